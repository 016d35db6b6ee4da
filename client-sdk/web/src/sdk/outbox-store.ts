// Where unsent messages survive a reload.

/** An unsent message as it is kept. */
export interface OutboxRecord {
  readonly clientId: string;
  readonly conversationId: string;
  readonly text: string;
  /** Milliseconds since 1970; the order of sending. */
  readonly createdAt: number;
  /** How often the server closed the connection while it was under way. */
  readonly closes?: number;
  /** Why it failed: it waits for the user then. */
  readonly error?: { readonly code: number; readonly name: string; readonly message: string; readonly field: string };
}

/** A place for unsent messages. Failing to write costs survival, not sending. */
export interface OutboxStore {
  load(): Promise<OutboxRecord[]>;
  /** Keeps a record whole, in place of an earlier one with its `clientId`. */
  put(record: OutboxRecord): Promise<void>;
  remove(clientId: string): Promise<void>;
}

/** Keeps unsent messages in `localStorage`, one entry each, so that two tabs do not overwrite one another. `name` must be of one person. */
export function localStorageOutbox(name: string, storage: Storage = localStorage): OutboxStore {
  const prefix = `${name}/`;
  return {
    async load() {
      const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
      const kept = keys.filter((key) => key.startsWith(prefix)).map((key) => storage.getItem(key) ?? "null");
      return kept.flatMap((text) => {
        try {
          return (JSON.parse(text) as OutboxRecord | null) ?? [];
        } catch {
          // An entry that can't be read must not keep the others from being sent.
          return [];
        }
      });
    },
    async put(record) {
      storage.setItem(prefix + record.clientId, JSON.stringify(record));
    },
    async remove(clientId) {
      storage.removeItem(prefix + clientId);
    },
  };
}

/** Keeps unsent messages in IndexedDB. `name` must be of one person. */
export function indexedDbOutbox(name: string, factory: IDBFactory = indexedDB): OutboxStore {
  const table = "outbox";
  const settled = <Result>(request: IDBRequest<Result>): Promise<Result> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  let opened: Promise<IDBDatabase> | undefined;
  const rows = async (mode: IDBTransactionMode): Promise<IDBObjectStore> => {
    if (!opened) {
      const request = factory.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(table, { keyPath: "clientId" });
      opened = settled(request);
    }
    return (await opened).transaction(table, mode).objectStore(table);
  };
  return {
    load: async () => settled((await rows("readonly")).getAll() as IDBRequest<OutboxRecord[]>),
    put: async (record) => void (await settled((await rows("readwrite")).put(record))),
    remove: async (clientId) => void (await settled((await rows("readwrite")).delete(clientId))),
  };
}
