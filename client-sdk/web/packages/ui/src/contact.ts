// What the connected user may do with another user.
import type { Client, DirectoryAction, Relation, User } from "causerie";
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { RelationsController } from "./relations.js";

/** What the connected user may do with another user now. */
export interface Contact {
  readonly can: ReadonlySet<DirectoryAction>;
  /** Names of mutual relations that may be requested. */
  readonly mayRequest: readonly string[];
  readonly conversationId: string | undefined;
}

/** The rules and relations between the connected user and another user, for a component that shows the user. */
export class ContactController implements ReactiveController {
  readonly #relations: RelationsController;
  #key = "";
  #contact: Contact | undefined;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
    this.#relations = new RelationsController(host);
  }

  hostConnected(): void {}

  /** All relations with a user, pending and accepted. */
  relations(client: Client, user: User | undefined): readonly Relation[] {
    return this.#relations.of(client).items.filter((each) => each.user.id === user?.id);
  }

  /** The pending request between the connected user and a user. */
  request(client: Client, user: User | undefined): Relation | undefined {
    return this.relations(client, user).find(({ state }) => state === "pending");
  }

  /** What the connected user may do with a user; `undefined` while it is not known. To be called again after changes of the client. */
  of(client: Client, user: User | undefined): Contact | undefined {
    const relations = this.relations(client, user);
    const states = relations.map(({ relation, state, direction }) => `${relation} ${state} ${direction}`);
    const key = [user?.id, client.state.name === "connected", ...states].join("/");
    if (key !== this.#key) {
      if (!this.#key.startsWith(`${user?.id}/`)) this.#contact = undefined;
      this.#key = key;
      if (user && client.state.name === "connected") void this.#load(client, user, key);
    }
    return this.#contact;
  }

  async #load(client: Client, user: User, key: string): Promise<void> {
    try {
      const { items } = await client.searchDirectory(user.externalId || user.name, 50);
      if (key !== this.#key) return;
      const hit = items.find((each) => each.user?.id === user.id);
      this.#contact = hit ?? { can: new Set(), mayRequest: [], conversationId: undefined };
      this.host.requestUpdate();
    } catch {
      // Repeated with the next connection.
    }
  }
}
