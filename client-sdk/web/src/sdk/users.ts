import { asError } from "./errors.js";
import { toUser, type User } from "./model.js";
import type { Call } from "./requests.js";
import { kept } from "./stable.js";

/** People one `getUsers` takes (`USERS_MAX` in protocol/src/limits.rs). */
const batchMax = 100;
/** People kept; the ones told longest ago go first. */
const knownMax = 5_000;

/** The people met in any answer, by id, and the asking for those who were not. */
export class Users {
  readonly #known = new Map<string, User>();
  /** Unknown people to ask for next. */
  readonly #wanted = new Set<string>();
  /** Asked for on this connection, and not told: they are not asked for again. */
  readonly #refused = new Set<string>();
  #asking = false;

  readonly #call: Call;
  readonly #changed: () => void;

  constructor(call: Call, changed: () => void) {
    this.#call = call;
    this.#changed = changed;
  }

  /** Takes people from an answer. */
  learn(users: readonly (User | undefined)[]): void {
    let wasMissing = false;
    for (const user of users) {
      if (!user?.id) continue;
      const next = kept(this.#known.get(user.id), user);
      this.#known.delete(user.id);
      this.#known.set(user.id, next);
      this.#wanted.delete(user.id);
      if (this.#refused.delete(user.id)) wasMissing = true;
    }
    for (const id of this.#known.keys()) {
      if (this.#known.size <= knownMax) break;
      this.#known.delete(id);
    }
    if (wasMissing) this.#changed();
  }

  /** A person, if known; one who is not is asked for. */
  get(userId: string): User | undefined {
    const user = this.#known.get(userId);
    if (!user && userId && !this.#refused.has(userId)) {
      this.#wanted.add(userId);
      void this.#fetch();
    }
    return user;
  }

  /** The server was asked for this person and did not tell. */
  isRefused(userId: string): boolean {
    return this.#refused.has(userId);
  }

  /** A new connection may know more. */
  connected(): void {
    this.#refused.clear();
    void this.#fetch();
  }

  /** Those wanted at the same time are asked for together. */
  async #fetch(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    await Promise.resolve();
    try {
      while (this.#wanted.size) {
        await this.#fetchSome([...this.#wanted].slice(0, batchMax));
        this.#changed();
      }
    } catch {
      // A name is missing: the next connection asks again.
    } finally {
      this.#asking = false;
    }
  }

  async #fetchSome(ids: string[]): Promise<void> {
    try {
      const { users = [] } = await this.#call("getUsers", { userIds: ids });
      this.learn(users.map(toUser));
    } catch (thrown) {
      if (asError(thrown).temporary) throw thrown;
    }
    for (const id of ids) if (this.#wanted.delete(id)) this.#refused.add(id);
  }
}
