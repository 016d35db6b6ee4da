// What the connected user may do with another user.
import type { Client, User } from "causerie";
import { type Contact, watchContacts } from "causerie/contacts";
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** The rules and relations between the connected user and another user, live, for a component that shows the user. */
export class ContactController implements ReactiveController {
  #client: Client | undefined;
  #userId: string | undefined;
  #contact: Contact | undefined;
  #end: () => void = () => {};

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  /** Begins the watch again, if the component was removed and inserted. */
  hostConnected(): void {
    this.host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#watch(undefined, undefined);
  }

  /** What the connected user may do with a user; `undefined` while it is not known. The component calls this with each rendering. */
  of(client: Client, user: User | undefined): Contact | undefined {
    if (client !== this.#client || user?.id !== this.#userId) this.#watch(client, user?.id);
    return this.#contact;
  }

  #watch(client: Client | undefined, userId: string | undefined): void {
    this.#end();
    this.#end = () => {};
    this.#client = client;
    this.#userId = userId;
    this.#contact = undefined;
    if (!client || userId === undefined) return;
    this.#end = watchContacts(client, [{ id: userId }], ([contact]) => {
      this.#contact = contact;
      this.host.requestUpdate();
    });
  }
}
