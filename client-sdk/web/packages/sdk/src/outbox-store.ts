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
  /** The tab that sends the message, when several tabs share the store; see `sharedOutbox` in `causerie/cache`. */
  readonly tab?: string;
  /** Why the message is `failed`. */
  readonly error?: { readonly code: number; readonly name: string; readonly message: string; readonly field: string };
}

/**
 * Storage for the unsent messages of one user. A method that rejects is reported by the `error` event; the message is still sent, but does not
 * survive a reload.
 */
export interface OutboxStore {
  /**
   * The messages to send that an earlier page has stored, in any order. A store that several tabs share calls `adoptable` when a tab has
   * closed and left messages, which the next `load` then returns. Only the latest `adoptable` is called.
   */
  load(adoptable?: () => void): Promise<StoredMessage[]>;
  /** Stores a message. Replaces an earlier one with the same `clientId`. */
  put(record: StoredMessage): Promise<void>;
  /** Removes a message. Does nothing when there is no such message. */
  remove(clientId: string): Promise<void>;
  /**
   * Runs `send` when the message may be sent, and returns its result. A store that has this method is shared by several tabs; `load` then
   * returns the messages of closed tabs, and is called again after each reconnection. Default: a message may be sent at once.
   */
  turn?<Result>(message: StoredMessage, send: () => Promise<Result>): Promise<Result>;
  /**
   * Leaves the messages to other tabs, and to later stores of this page. The client does not call it, because it may connect again; to be
   * called when the client is disconnected for good.
   */
  close?(): void;
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
