import type { ClientEvents, Relation } from "causerie";
import { css, html } from "lit";
import { customElement, state } from "lit/decorators.js";
import "./avatar.js";
import { ClientElement } from "./client-element.js";
import { explain, strings } from "./i18n/index.js";
import { checkIcon, closeIcon } from "./icons.js";
import { colourSeed, displayName } from "./names.js";
import { base } from "./styles.js";

/** Whether a relation is a request that isIncomingRequest for the answer of the connected user. */
function isIncomingRequest({ state, direction }: Relation): boolean {
  return state === "pending" && direction === "incoming";
}

function isSame(one: Relation, other: Relation): boolean {
  return one.relation === other.relation && one.user.id === other.user.id;
}

/** The list of users who request a relation such as `friend`. Renders nothing when there are no requests. */
@customElement("causerie-relation-requests")
export class RelationRequests extends ClientElement {
  @state() private relations: readonly Relation[] = [];
  @state() private busy = false;
  @state() private problem = "";

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = [];
  #unsubscribes: (() => void)[] = [];
  /** The number of `relation` events. A list that was requested before an event is out of date. */
  #events = 0;

  static override styles = [
    base,
    css`
      :host {
        display: block;
        flex: none;
        max-height: 40%;
        overflow-y: auto;
        scrollbar-width: thin;
      }
      section {
        padding: 4px 8px 8px;
        border-bottom: 1px solid var(--border);
        --avatar-size: 40px;
      }
      h2 {
        padding: 4px 12px;
        font-size: 0.8125rem;
        font-weight: 650;
        color: var(--muted);
      }
      li {
        display: flex;
        align-items: center;
        gap: 12px;
        padding: 6px 12px;
      }
      .name {
        flex: 1;
        min-width: 0;
        font-weight: 600;
      }
      .icon-button {
        background: var(--hover);
      }
      .icon-button.yes {
        background: var(--accent);
        color: var(--on-accent);
      }
      .problem {
        padding: 4px 12px;
        color: var(--danger);
        font-size: 0.875rem;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.clientChanged();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  protected override clientChanged(): void {
    this.#stop();
    this.relations = [];
    this.#unsubscribes = [
      this.client.on("state", ({ name }) => name === "connected" && void this.#load()),
      this.client.on("relation", (relation) => this.#take(relation)),
    ];
    if (this.client.state.name === "connected") void this.#load();
  }

  protected override render(): unknown {
    if (!this.relations.length && !this.problem) return "";
    return html`<section aria-labelledby="heading">
      <h2 id="heading">${strings.requests}</h2>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : ""}
      <ul>
        ${this.relations.map((relation) => html`<li>${this.#request(relation)}</li>`)}
      </ul>
    </section>`;
  }

  #request({ relation, user }: Relation): unknown {
    const { client } = this;
    const name = displayName(user);
    const [yes, no] = [strings.acceptRequest(name), strings.declineRequest(name)];
    const ref = { id: user.id };
    return html`<causerie-avatar .name=${name} .key=${colourSeed(user)}></causerie-avatar>
      <span class="name clip" title=${name}>${name}</span>
      <button class="icon-button yes" aria-label=${yes} title=${yes} ?disabled=${this.busy}
        @click=${() => this.#answer(() => client.acceptRelation(relation, ref))}>${checkIcon}</button>
      <button class="icon-button" aria-label=${no} title=${no} ?disabled=${this.busy}
        @click=${() => this.#answer(() => client.unrelate(relation, ref))}>${closeIcon}</button>`;
  }

  /** Sends an answer. The list changes by the event that follows, on all devices of the user. */
  async #answer(run: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    this.problem = "";
    try {
      await run();
    } catch (thrown) {
      this.problem = explain(thrown);
    } finally {
      this.busy = false;
    }
  }

  #take(relation: Relation): void {
    this.#events++;
    const others = this.relations.filter((each) => !isSame(each, relation));
    this.relations = isIncomingRequest(relation) ? [relation, ...others] : others;
  }

  /** Loads the requests. The first page, which has the latest changes, is enough: older requests have been pending for long. */
  async #load(): Promise<void> {
    const [events, client] = [this.#events, this.client];
    try {
      const { items } = await client.relations();
      if (client !== this.client) return;
      if (events === this.#events) this.relations = items.filter(isIncomingRequest);
      else await this.#load();
    } catch {
      // The list is loaded again with the next connection.
    }
  }

  #stop(): void {
    for (const unsubscribe of this.#unsubscribes) unsubscribe();
    this.#unsubscribes = [];
  }
}
