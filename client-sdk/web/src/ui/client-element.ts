import { LitElement, type PropertyValues } from "lit";
import { property } from "lit/decorators.js";
import type { Client, ClientEvents } from "../sdk/index.js";

/** A component that shows something of a client and is drawn anew when that changes. */
export abstract class ClientElement extends LitElement {
  /** Given by the page; components make no client of their own. */
  @property({ attribute: false }) client!: Client;

  #endings: (() => void)[] = [];

  /** The events after which this component looks different. */
  protected abstract readonly drawnAfter: readonly (keyof ClientEvents)[];

  /** Called once for each client the component is given. */
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
    this.#endings = this.drawnAfter.map((event) => this.client.on(event, () => this.requestUpdate()));
  }

  #stop(): void {
    for (const end of this.#endings) end();
    this.#endings = [];
  }
}
