import { toError } from "./errors.js";
import { toUser, type User } from "./model.js";
import type { Call } from "./requests.js";
import { reuseIfEqual } from "./reuse.js";

/** Users per `getUsers` command (`USERS_MAX` in protocol/src/limits.rs). */
const batchMax = 100;
/** Users that are cached. The users received longest ago are dropped first. */
const knownMax = 5_000;

/** A cache of the users in all replies and events; loads missing users in batches. */
export class Users {
  readonly #known = new Map<string, User>();
  /** Ids of users to load next. */
  readonly #missing = new Set<string>();
  /** Ids that the server did not answer on this connection. They are not requested again. */
  readonly #hidden = new Set<string>();
  #isLoading = false;

  readonly #call: Call;
  readonly #changed: () => void;

  constructor(call: Call, changed: () => void) {
    this.#call = call;
    this.#changed = changed;
  }

  /** Adds users from a reply or an event. */
  add(users: readonly (User | undefined)[]): void {
    let wasHidden = false;
    for (const user of users) {
      if (!user?.id) continue;
      const next = reuseIfEqual(this.#known.get(user.id), user);
      this.#known.delete(user.id);
      this.#known.set(user.id, next);
      this.#missing.delete(user.id);
      if (this.#hidden.delete(user.id)) wasHidden = true;
    }
    for (const id of this.#known.keys()) {
      if (this.#known.size <= knownMax) break;
      this.#known.delete(id);
    }
    if (wasHidden) this.#changed();
  }

  /** A cached user. A user who is not cached is requested, and `changed` is called when the reply is there. */
  get(userId: string): User | undefined {
    const user = this.#known.get(userId);
    if (!user && userId && !this.#hidden.has(userId)) {
      this.#missing.add(userId);
      void this.#load();
    }
    return user;
  }

  /** Whether the server was asked for this user and did not return them. */
  isHidden(userId: string): boolean {
    return this.#hidden.has(userId);
  }

  /** Requests all missing users again: the rules may have changed since the last connection. */
  connected(): void {
    this.#hidden.clear();
    void this.#load();
  }

  /** Loads the missing users. Ids that are added at the same moment are loaded together. */
  async #load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    await Promise.resolve();
    try {
      while (this.#missing.size) {
        const userIds = [...this.#missing].slice(0, batchMax);
        try {
          const { users = [] } = await this.#call("getUsers", { userIds });
          this.add(users.map(toUser));
        } catch (thrown) {
          if (toError(thrown).temporary) throw thrown;
        }
        for (const id of userIds) if (this.#missing.delete(id)) this.#hidden.add(id);
        this.#changed();
      }
    } catch {
      // Only names are missing: the next connection requests them again.
    } finally {
      this.#isLoading = false;
    }
  }
}
