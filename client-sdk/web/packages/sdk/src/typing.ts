import type { Clock } from "./options.js";

/** A typing notice expires after this time (`SetTyping` in protocol/proto), in milliseconds. */
const expiryMs = 6_000;
/** Interval at which the notice is repeated while the user types: half the expiry, so that it does not lapse. */
const repeatMs = 3_000;

const none: readonly string[] = [];

/** Typing notices of other users, and those that the client sends for the connected user. */
export class Typing {
  /** By conversation and user id: cancels the expiry of the notice. */
  readonly #others = new Map<string, Map<string, () => void>>();
  /** The user ids in `#others`, by conversation. */
  readonly #userIds = new Map<string, readonly string[]>();
  /** By conversation: when the client last sent a notice, on the clock's `elapsed`. */
  readonly #sentAt = new Map<string, number>();

  readonly #clock: Clock;
  readonly #send: (conversationId: string, typing: boolean) => void;
  readonly #changed: (conversationId: string) => void;

  constructor(
    clock: Clock,
    send: (conversationId: string, typing: boolean) => void,
    changed: (conversationId: string) => void,
  ) {
    this.#clock = clock;
    this.#send = send;
    this.#changed = changed;
  }

  /** The user typed, or emptied the field. To be called at every key press; sends a notice at most every 3 s. */
  set(conversationId: string, typing: boolean): void {
    const sentAt = this.#sentAt.get(conversationId);
    const now = this.#clock.elapsed();
    if (!typing) {
      if (this.#sentAt.delete(conversationId) && sentAt !== undefined && now - sentAt < expiryMs)
        this.#send(conversationId, false);
    } else if (sentAt === undefined || now - sentAt >= repeatMs) {
      this.#sentAt.set(conversationId, now);
      this.#send(conversationId, true);
    }
  }

  /** The user sent a message: for the other members, that ends the notice. */
  sent(conversationId: string): void {
    this.#sentAt.delete(conversationId);
  }

  /** Ids of the other users who are typing. The same array as long as nothing changes. */
  of(conversationId: string): readonly string[] {
    return this.#userIds.get(conversationId) ?? none;
  }

  /** Another user types, or stopped. */
  received(conversationId: string, userId: string, typing: boolean): void {
    const others = this.#others.get(conversationId) ?? new Map<string, () => void>();
    this.#others.set(conversationId, others);
    const end = others.get(userId);
    end?.();
    if (typing) {
      others.set(
        userId,
        this.#clock.after(expiryMs, () => this.received(conversationId, userId, false)),
      );
    } else others.delete(userId);
    if (typing === (end !== undefined)) return;
    if (others.size) this.#userIds.set(conversationId, [...others.keys()]);
    else this.#userIds.delete(conversationId);
    this.#changed(conversationId);
  }

  /** Forgets all notices: the connection was lost. */
  clear(): void {
    for (const [conversationId, others] of this.#others) {
      for (const userId of others.keys()) this.received(conversationId, userId, false);
    }
    this.#sentAt.clear();
  }
}
