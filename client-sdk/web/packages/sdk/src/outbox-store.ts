// Storage for unsent messages, so that they survive a reload of the page.
import { requireType } from "./validate.js";

/** An unsent message in an `OutboxStore`. */
export interface StoredMessage {
  readonly clientId: string;
  readonly conversationId: string;
  readonly text: string;
  /** Milliseconds since 1970. Messages are sent in this order. */
  readonly createdAt: number;
  /** How many times the server closed the connection while the message had no reply. */
  readonly closes?: number;
  /** Why the message is `failed`. */
  readonly error?: { readonly code: number; readonly name: string; readonly message: string; readonly field: string };
}

/**
 * Storage for the unsent messages of one user. A method that rejects is reported by the `error` event; the message is still sent, but does not
 * survive a reload.
 */
export interface OutboxStore {
  /** All stored messages, in any order. */
  load(): Promise<StoredMessage[]>;
  /** Stores a message. Replaces an earlier one with the same `clientId`. */
  put(record: StoredMessage): Promise<void>;
  /** Removes a message. Does nothing when there is no such message. */
  remove(clientId: string): Promise<void>;
}

/**
 * Stores unsent messages in `localStorage`, one entry per message, so that tabs do not overwrite each other's messages. `name` is the
 * prefix of the keys; each user needs their own. Throws a `TypeError` when `name` is no string.
 */
export function localStorageOutbox(name: string, storage: Storage = localStorage): OutboxStore {
  requireType("name", name, "string");
  const prefix = `${name}/`;
  return {
    async load() {
      const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
      return keys.flatMap((key) => {
        try {
          return ((key.startsWith(prefix) && JSON.parse(storage.getItem(key) ?? "")) || []) as StoredMessage[];
        } catch {
          // Skip an entry that can't be read, so that the others are sent.
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

/** Stores unsent messages in IndexedDB. `name` is the name of the database; each user needs their own. Throws a `TypeError` when `name` is no string. */
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
    load: () => run<StoredMessage[]>((rows) => rows.getAll()),
    put: async (record) => void (await run((rows) => rows.put(record))),
    remove: (clientId) => run((rows) => rows.delete(clientId)),
  };
}
