import { type Presence, toPresence } from "./model.js";
import type { Call } from "./requests.js";
import { kept } from "./stable.js";
import type * as wire from "./wire.gen.js";

/** People one connection may watch (`PRESENCE_MAX` in protocol/src/limits.rs). */
const watchedMax = 200;

/** Who is there, of those somebody wants to know about. */
export class Presences {
  readonly #known = new Map<string, Presence>();
  readonly #watches = new Set<readonly string[]>();
  #told = "";
  #scheduled = false;

  readonly #call: Call;
  readonly #changed: (presence: Presence) => void;

  constructor(call: Call, changed: (presence: Presence) => void) {
    this.#call = call;
    this.#changed = changed;
  }

  get(userId: string): Presence | undefined {
    return this.#known.get(userId);
  }

  /** Wants to know about these people until the returned function is called. */
  add(userIds: readonly string[]): () => void {
    const watch = [...userIds];
    this.#watches.add(watch);
    this.#schedule();
    return () => {
      this.#watches.delete(watch);
      this.#schedule();
    };
  }

  /** A new connection watches nobody yet. */
  connected(): void {
    this.#told = "";
    this.#schedule();
  }

  take(presence: wire.Presence): void {
    const told = toPresence(presence);
    const held = this.#known.get(told.userId);
    const next = kept(held, told);
    if (next === held) return;
    this.#known.set(told.userId, next);
    this.#changed(next);
  }

  /** The server takes the whole set at once, so changes made together are told together. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      void this.#tell();
    });
  }

  async #tell(): Promise<void> {
    const userIds = [...new Set([...this.#watches].flat())].slice(0, watchedMax);
    const told = userIds.join();
    if (told === this.#told) return;
    this.#told = told;
    try {
      for (const presence of (await this.#call("watchPresence", { userIds })).presences ?? []) this.take(presence);
    } catch {
      // Presence is an ornament: the next change of the set or connection asks again.
      if (this.#told === told) this.#told = "";
    }
  }
}
