// The relations of the connected user, such as friends and requests.
import type { Client, Relation } from "causerie";
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** The number of pages of relations that are loaded at most. */
const pagesMax = 20;
/** The number of users in the directory from which the client learns whether relations can be requested. */
const probedMax = 5;

function isSame(one: Relation, other: Relation): boolean {
  return one.relation === other.relation && one.user.id === other.user.id;
}

/** The relations of one client: loaded with each connection, and kept up to date by events. */
export class Relations {
  /** All relations. */
  items: readonly Relation[] = [];
  /** `loaded` after the first complete answer. */
  state: "loading" | "loaded" | "failed" = "loading";
  /** Whether users of this tenant can agree to be in touch, such as by becoming friends. */
  get isOffered(): boolean {
    return this.#isRequestable || this.items.some(({ state, direction }) => state === "pending" || direction === "mutual");
  }
  #isRequestable = false;
  /** The number of `relation` events. A list that was requested before an event is out of date. */
  #events = 0;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly client: Client) {
    client.on("state", ({ name }) => name === "connected" && void this.load());
    client.on("relation", (relation) => this.#take(relation));
    if (client.state.name === "connected") void this.load();
  }

  /** Requests of other users that wait for an answer of the connected user. */
  get received(): readonly Relation[] {
    return this.#pending("incoming");
  }

  /** Requests of the connected user that wait for an answer. */
  get sent(): readonly Relation[] {
    return this.#pending("outgoing");
  }

  /** Relations that both users have agreed to, such as friendship. */
  get mutual(): readonly Relation[] {
    return this.items.filter(({ state, direction }) => state === "accepted" && direction === "mutual");
  }

  /** Calls `listener` after every change. Returns a function that removes the listener. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Loads all relations. */
  async load(): Promise<void> {
    const events = this.#events;
    const loaded: Relation[] = [];
    try {
      let cursor = "";
      for (let page = 0; page < pagesMax; page++) {
        const { items, nextCursor } = await this.client.relations("", cursor);
        loaded.push(...items);
        if (!nextCursor) break;
        cursor = nextCursor;
      }
    } catch {
      // Loaded again with the next connection, or by the user.
      if (this.state !== "loaded") this.state = "failed";
      return this.#changed();
    }
    if (events !== this.#events) return this.load();
    this.items = loaded;
    this.state = "loaded";
    this.#changed();
    if (!this.isOffered) await this.#probe();
  }

  /** A user without any relation learns from the directory whether relations can be requested here. */
  async #probe(): Promise<void> {
    try {
      const { items } = await this.client.searchDirectory("", probedMax);
      this.#isRequestable = items.some(({ mayRequest }) => mayRequest.length > 0);
      this.#changed();
    } catch {
      // Repeated with the next connection.
    }
  }

  #pending(wanted: Relation["direction"]): readonly Relation[] {
    return this.items.filter(({ state, direction }) => state === "pending" && direction === wanted);
  }

  #take(relation: Relation): void {
    this.#events++;
    const others = this.items.filter((each) => !isSame(each, relation));
    const isOver = relation.state !== "pending" && relation.state !== "accepted";
    this.items = isOver ? others : [relation, ...others];
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const byClient = new WeakMap<Client, Relations>();

/** The relations of a client. Returns the same object for the same client. */
function relationsOf(client: Client): Relations {
  let relations = byClient.get(client);
  if (!relations) byClient.set(client, (relations = new Relations(client)));
  return relations;
}

/** Renders a component again when the relations change. */
export class RelationsController implements ReactiveController {
  #relations: Relations | undefined;
  #unsubscribe: () => void = () => {};

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  /** Returns the relations of a client, and observes them from now on. */
  of(client: Client): Relations {
    const relations = relationsOf(client);
    if (relations !== this.#relations) {
      this.#relations = relations;
      this.hostConnected();
    }
    return relations;
  }

  hostConnected(): void {
    this.#unsubscribe();
    if (this.#relations) this.#unsubscribe = this.#relations.on(() => this.host.requestUpdate());
  }

  hostDisconnected(): void {
    this.#unsubscribe();
  }
}
