import { open, result } from "./indexed-db.js";
import type { OutboxStore, StoredMessage } from "./outbox-store.js";
import { requireType } from "./validate.js";

const table = "outbox";

/** Stores unsent messages in IndexedDB. `name` is the name of the database; each user needs their own. Throws a `TypeError` when `name` is no string. */
export function indexedDbOutbox(name: string, factory?: IDBFactory): OutboxStore {
  requireType("name", name, "string");
  let opened: Promise<IDBDatabase> | undefined;
  const run = async <Result>(ask: (rows: IDBObjectStore) => IDBRequest<Result>): Promise<Result> => {
    opened ??= open(name, factory, (database) => database.createObjectStore(table, { keyPath: "clientId" }));
    let rows: IDBObjectStore;
    try {
      rows = (await opened).transaction(table, "readwrite").objectStore(table);
    } catch (thrown) {
      // The database could not be opened, or the browser has closed it: the next call opens it again.
      opened = undefined;
      throw thrown;
    }
    return result(ask(rows));
  };
  return {
    load: () => run<StoredMessage[]>((rows) => rows.getAll()),
    put: async (record) => void (await run((rows) => rows.put(record))),
    remove: (clientId) => run((rows) => rows.delete(clientId)),
  };
}
