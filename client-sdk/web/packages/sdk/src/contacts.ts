// Contacts: what the connected user may do with the users on screen, live. A separate entry point, `causerie/contacts`, so that pages that
// do not use it do not load it.
import type { Client } from "./client.js";
import type { UserRef } from "./commands.js";
import { CauserieError, toError } from "./errors.js";
import { type Contact, enumName, toActions, toRelationStatus, toUser } from "./model.js";
import type { Call } from "./requests.js";
import { reuseIfEqual } from "./reuse.js";
import { requireType, validate } from "./validate.js";
import type * as wire from "./wire.gen.js";

export type { Contact, RelationStatus } from "./model.js";

/** Users that one connection may watch (`CONTACTS_MAX` in protocol/src/limits.rs). */
const watchedMax = 100;
/** The shortest time until a refused watch is sent again, in milliseconds. */
const retryMs = 1_000;

/**
 * Watches what the connected user may do with users: start a conversation, send, request a relation. Calls `listener` with a contact for
 * each user, in the order of `users`: when the answer of the server is there, and after every change.
 *
 * `users` are ids of the embedding product, or `UserRef`s. All calls for one client share one subscription of at most 100 different users.
 * For further users, `can` is empty and `cannotStart` is `too_many`.
 *
 * Returns a function that ends the watch. Throws a `TypeError` for an argument of a wrong type, and a `CauserieError` for an invalid id.
 */
export function watchContacts(
  client: Client,
  users: readonly (string | UserRef)[],
  listener: (contacts: readonly Contact[]) => void,
): () => void {
  requireType("users", users, "array");
  requireType("listener", listener, "function");
  const refs = users.map((user) => (typeof user === "string" ? { externalId: user } : user));
  const error = validate("watchContacts", { users: refs }, client.limits);
  if (error) throw error;
  for (const [at, ref] of refs.entries()) requireId(ref, `watchContacts.users[${at}]`);
  let watches = watchesOf.get(client);
  if (!watches) watchesOf.set(client, (watches = new Watches(client)));
  return watches.add({ refs, keys: refs.map(keyOf), listener, last: undefined });
}

/** The server would refuse the whole command because of one invalid id. */
function requireId(ref: UserRef, field: string): void {
  const isValid = "id" in ref ? /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(ref.id) : ref.externalId;
  if (!isValid) throw new CauserieError({ code: 151, name: "invalid", field, message: `\`${field}\` has no valid id` });
}

/** One call of `watchContacts`. */
interface Watch {
  readonly refs: readonly UserRef[];
  /** The keys of `refs`, in their order. */
  readonly keys: readonly string[];
  readonly listener: (contacts: readonly Contact[]) => void;
  /** What the listener was called with last. */
  last: readonly Contact[] | undefined;
}

const watchesOf = new WeakMap<Client, Watches>();

function keyOf(ref: wire.UserRef): string {
  return "id" in ref ? `id ${ref.id?.toLowerCase()}` : `external ${ref.externalId}`;
}

/** All watches of one client. */
class Watches {
  readonly #client: Client;
  /** `call` is protected, because applications use the methods of `Client`. */
  readonly #call: Call;
  readonly #watches = new Set<Watch>();
  /** The contacts of the watched users, by key. */
  readonly #known = new Map<string, Contact>();
  /** The keys of the last command, joined; empty if the server watches nobody for this connection. */
  #sent = "";
  #isScheduled = false;

  constructor(client: Client) {
    this.#client = client;
    this.#call = (client as unknown as { call: Call }).call;
    client.on("state", ({ name }) => {
      // A new connection watches nobody.
      if (name === "connected") this.#again();
    });
    client.on("frame", ({ contactsChanged, gap }) => {
      // Events are missing.
      if (gap) this.#again();
      if (contactsChanged) this.#apply(contactsChanged.contacts);
    });
  }

  add(watch: Watch): () => void {
    this.#watches.add(watch);
    this.#schedule();
    return () => {
      this.#watches.delete(watch);
      this.#schedule();
    };
  }

  #again(): void {
    this.#sent = "";
    this.#schedule();
  }

  /** Sends the watched users once after all calls of this moment: a command replaces the whole set. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      void this.#send();
    });
  }

  async #send(): Promise<void> {
    const refs = new Map<string, UserRef>();
    const overflow = new Set<string>();
    for (const watch of this.#watches) {
      for (const [at, key] of watch.keys.entries()) {
        const ref = watch.refs[at];
        if (refs.has(key) || !ref) continue;
        if (refs.size < watchedMax) refs.set(key, ref);
        else if (!overflow.has(key)) {
          overflow.add(key);
          this.#learn({ userRef: { ...ref }, cannotStart: "ERROR_CODE_TOO_MANY" });
        }
      }
    }
    for (const key of this.#known.keys()) if (!refs.has(key) && !overflow.has(key)) this.#known.delete(key);
    const keys = [...refs.keys()].join("\n");
    // A contact that was beyond the limit before has no answer yet.
    this.#notify();
    if (keys === this.#sent || this.#client.state.name !== "connected") return;
    this.#sent = keys;
    try {
      const { contacts } = await this.#call("watchContacts", { users: [...refs.values()] });
      if (this.#sent === keys) this.#apply(contacts);
    } catch (thrown) {
      if (this.#sent !== keys) return;
      this.#sent = "";
      const { temporary, retryAfterMs } = toError(thrown);
      if (temporary) setTimeout(() => this.#schedule(), Math.max(retryAfterMs, retryMs));
    }
  }

  #apply(contacts: readonly wire.Contact[] = []): void {
    for (const contact of contacts) this.#learn(contact);
    this.#notify();
  }

  #learn(contact: wire.Contact): void {
    const key = keyOf(contact.userRef ?? {});
    this.#known.set(key, reuseIfEqual(this.#known.get(key), toContact(contact)));
  }

  /** Calls the listeners whose contacts are all known and changed. */
  #notify(): void {
    for (const watch of [...this.#watches]) {
      const contacts = watch.keys.map((key) => this.#known.get(key));
      if (!contacts.every((contact) => contact !== undefined)) continue;
      const { last } = watch;
      if (last?.every((contact, at) => contact === contacts[at])) continue;
      watch.last = contacts;
      try {
        watch.listener(contacts);
      } catch (thrown) {
        // Reported as uncaught; the other listeners are still called.
        queueMicrotask(() => {
          throw thrown;
        });
      }
    }
  }
}

/** Converts a `Contact` of the wire. */
function toContact({ userRef = {}, user, conversationId, ...contact }: wire.Contact): Contact {
  const { cannotStart, relations = [], mayRequest = [] } = contact;
  return {
    ref: userRef as UserRef,
    user: user && toUser(user),
    can: toActions(contact.can),
    cannotStart: cannotStart && enumName(cannotStart),
    relations: relations.map(toRelationStatus),
    mayRequest,
    conversationId: conversationId || undefined,
  };
}
