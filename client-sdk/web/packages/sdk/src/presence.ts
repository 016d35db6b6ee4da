import { type Presence, toPresence } from "./model.js";
import type { Call } from "./requests.js";
import { reuseIfEqual } from "./reuse.js";
import type * as wire from "./wire.gen.js";

/** Users that one connection may watch (`PRESENCE_MAX` in protocol/src/limits.rs). */
const watchedMax = 200;

/** The presence of the watched users. */
export class Presences {
  readonly #known = new Map<string, Presence>();
  readonly #watches = new Set<readonly string[]>();
  /** The watched ids that the server was last sent, joined. */
  #sent = "";

  readonly #call: Call;
  readonly #changed: (presence: Presence) => void;

  constructor(call: Call, changed: (presence: Presence) => void) {
    this.#call = call;
    this.#changed = changed;
  }

  /** The last known presence of a user. */
  get(userId: string): Presence | undefined {
    return this.#known.get(userId);
  }

  /** Watches users until the returned function is called. */
  add(userIds: readonly string[]): () => void {
    const watch = [...userIds];
    this.#watches.add(watch);
    void this.#send();
    return () => {
      this.#watches.delete(watch);
      void this.#send();
    };
  }

  /** Sends the watched ids again: a new connection watches no user. */
  connected(): void {
    this.#sent = "";
    void this.#send();
  }

  /** Takes a presence from a reply or an event. */
  apply(presence: wire.Presence): void {
    const received = toPresence(presence);
    const known = this.#known.get(received.userId);
    const next = reuseIfEqual(known, received);
    if (next === known) return;
    this.#known.set(received.userId, next);
    this.#changed(next);
  }

  /** Sends the watched ids after all changes of this moment: a command replaces the whole set. Sends them once, because they are equal then. */
  async #send(): Promise<void> {
    await Promise.resolve();
    const userIds = [...new Set([...this.#watches].flat())].slice(0, watchedMax);
    const ids = userIds.join();
    if (ids === this.#sent) return;
    this.#sent = ids;
    try {
      for (const presence of (await this.#call("watchPresence", { userIds })).presences ?? []) this.apply(presence);
    } catch {
      // Presence is not essential: the ids are sent again after the next change of the set or of the connection.
      if (this.#sent === ids) this.#sent = "";
    }
  }
}
