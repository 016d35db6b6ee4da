// Where unsent messages survive a reload.
import { requireType } from "./validate.js";

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
  requireType("name", name, "string");
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
  requireType("name", name, "string");
  const table = "outbox";
  const result = <Result>(request: IDBRequest<Result>): Promise<Result> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  let opened: Promise<IDBDatabase> | undefined;
  const run = async <Result>(ask: (rows: IDBObjectStore) => IDBRequest<Result>): Promise<Result> => {
    if (!opened) {
      const request = factory.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(table, { keyPath: "clientId" });
      opened = result(request);
    }
    return result(ask((await opened).transaction(table, "readwrite").objectStore(table)));
  };
  return {
    load: () => run<OutboxRecord[]>((rows) => rows.getAll()),
    put: async (record) => void (await run((rows) => rows.put(record))),
    remove: (clientId) => run((rows) => rows.delete(clientId)),
  };
}
