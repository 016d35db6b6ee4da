// Several tabs share one store of unsent messages. Each message belongs to one tab, which alone sends it; a tab holds a lock as long as it
// lives or until `close`, so that another tab can adopt the messages of a closed one. The messages of a conversation are sent by one tab at a
// time, oldest first, whichever tab they were written in.
import { notConnected } from "./errors.js";
import { randomUuid } from "./options.js";
import type { OutboxStore, StoredMessage } from "./outbox-store.js";
import { requireType } from "./validate.js";

/** How long a message waits for older messages of another tab that is alive but does not send them, in milliseconds. */
const patienceMs = 5_000;
/** Time between two looks at the store, in milliseconds. */
const lookMs = 100;
/** Time between two looks for messages of closed tabs, in milliseconds. */
const adoptMs = 5_000;

/**
 * Makes the tabs of a user share a store of unsent messages: a message is sent by one tab, and after its end by another. `name` is the prefix
 * of the locks; each user needs their own. Where the browser has no Web Locks, which pages without TLS lack, it returns `store` itself. Throws
 * a `TypeError` when an argument is missing.
 */
export function sharedOutbox(store: OutboxStore, name: string, locks = globalThis.navigator?.locks): OutboxStore {
  requireType("store", store, "object");
  requireType("name", name, "string");
  if (!locks) return store;
  const tabLock = (tab: string): string => `${name}/tab/${tab}`;
  const tab = randomUuid();
  let timer: ReturnType<typeof setInterval> | undefined;
  let isClosed = false;
  let close = (): void => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  // Held until `close`, or the end of the tab.
  const lives = new Promise<void>((resolve) => {
    locks
      .request(tabLock(tab), () => {
        resolve();
        return closed;
      })
      .catch(resolve);
  });
  const removed = new Set<string>();

  /** The records of tabs that are closed; or of those that are alive, except this one. */
  const recordsOf = async (alive: boolean): Promise<StoredMessage[]> => {
    const records = await store.load();
    const { held = [] } = await locks.query();
    const names = new Set(held.map((lock) => lock.name));
    return records.filter((record) => record.tab !== tab && names.has(tabLock(record.tab ?? "")) === alive);
  };

  /** Whether a tab that is alive has an older message for the same conversation to send. */
  const isOvertaking = async (message: StoredMessage): Promise<boolean> => {
    const others = await recordsOf(true);
    return others.some(
      ({ conversationId, createdAt, error }) =>
        !error && conversationId === message.conversationId && createdAt < message.createdAt,
    );
  };

  /** Calls `adoptable` each time a look at the store finds messages of closed tabs. */
  const look = (adoptable: () => void): void => {
    clearInterval(timer);
    timer = setInterval(async () => {
      const left = await recordsOf(false).catch(() => []);
      if (left.length) adoptable();
    }, adoptMs);
  };

  return {
    load: (adoptable) =>
      locks.request(`${name}/adopt`, async () => {
        await lives;
        // The store may have been closed while this waited.
        if (adoptable && !isClosed) look(adoptable);
        const adopted = await recordsOf(false);
        const own = adopted.map((record) => ({ ...record, tab }));
        // A store that is full still has the record, and this tab sends it.
        await Promise.allSettled(own.map((record) => store.put(record)));
        return own;
      }) as Promise<StoredMessage[]>,
    async put(record) {
      await lives;
      if (!removed.has(record.clientId)) await store.put({ ...record, tab });
    },
    async remove(clientId) {
      removed.add(clientId);
      await store.remove(clientId);
    },
    async turn<Result>(message: StoredMessage, send: () => Promise<Result>): Promise<Result> {
      for (let waitedMs = 0; ; waitedMs += lookMs) {
        const sent = await locks.request(`${name}/send/${message.conversationId}`, async () => {
          if (removed.has(message.clientId)) throw notConnected("the message was removed");
          // A store that can't be read does not keep a message from being sent.
          if (waitedMs < patienceMs && (await isOvertaking(message).catch(() => false))) return undefined;
          return { result: await send() };
        });
        if (sent) return (sent as { result: Result }).result;
        await new Promise((resolve) => setTimeout(resolve, lookMs));
      }
    },
    close() {
      isClosed = true;
      clearInterval(timer);
      close();
    },
  };
}
