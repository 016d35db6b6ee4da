import type { Client, ClientEvents } from "causerie";
import { LitElement, type PropertyValues } from "lit";
import { property } from "lit/decorators.js";

/** The base class of components that show the state of a client. Renders again after the events in `updateEvents`. */
export abstract class ClientElement extends LitElement {
  /** The client; set by the parent. */
  @property({ attribute: false }) client!: Client;

  #unsubscribes: (() => void)[] = [];

  /** The events after which this component renders again. */
  protected abstract readonly updateEvents: readonly (keyof ClientEvents)[];

  /** Whether an event changes what this component shows. */
  protected concerns<Name extends keyof ClientEvents>(_event: Name, _payload: ClientEvents[Name]): boolean {
    return true;
  }

  /** Called when `client` was set. */
  protected clientChanged(): void {}

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("client")) return;
    this.#listen();
    this.clientChanged();
  }

  #listen(): void {
    this.#stop();
    this.#unsubscribes = this.updateEvents.map((event) =>
      this.client.on(event, (payload) => {
        if (this.concerns(event, payload)) this.requestUpdate();
      }),
    );
  }

  #stop(): void {
    for (const unsubscribe of this.#unsubscribes) unsubscribe();
    this.#unsubscribes = [];
  }
}
