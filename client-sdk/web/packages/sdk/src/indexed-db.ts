// Promises around the requests of IndexedDB.

/** The result of a request. */
export function result<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Resolves when a transaction is durable. */
export function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("the transaction was aborted"));
  });
}

/** Opens version 1 of a database; `create` makes its tables. Rejects where the browser allows no storage. */
export async function open(
  name: string,
  factory: IDBFactory | undefined,
  create: (database: IDBDatabase) => void,
): Promise<IDBDatabase> {
  // Read here, because a browser that forbids storage may throw at the access.
  const request = (factory ?? globalThis.indexedDB).open(name, 1);
  request.onupgradeneeded = () => create(request.result);
  return result(request);
}
