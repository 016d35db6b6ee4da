import { css, html } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { ClientEvents, Relation } from "../sdk/index.js";
import "./avatar.js";
import { ClientElement } from "./client-element.js";
import { explain, strings } from "./i18n/index.js";
import { checkIcon, closeIcon } from "./icons.js";
import { colourKey, displayName } from "./names.js";
import { base } from "./styles.js";

/** Somebody asks, and waits for an answer. */
function waits({ state, direction }: Relation): boolean {
  return state === "pending" && direction === "incoming";
}

function isSame(one: Relation, other: Relation): boolean {
  return one.relation === other.relation && one.user.id === other.user.id;
}

/** People who ask to be friends, or what else needs a yes of both. Draws nothing where nobody asks. */
@customElement("causerie-requests")
export class Requests extends ClientElement {
  @state() private asking: readonly Relation[] = [];
  @state() private busy = false;
  @state() private problem = "";

  protected override readonly drawnAfter: readonly (keyof ClientEvents)[] = [];
  #endings: (() => void)[] = [];
  /** Grows with every change that was told: a list asked for before it is stale. */
  #told = 0;

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
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
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
    this.asking = [];
    this.#endings = [
      this.client.on("state", ({ name }) => name === "connected" && void this.#load()),
      this.client.on("relation", (relation) => this.#take(relation)),
    ];
    if (this.client.state.name === "connected") void this.#load();
  }

  protected override render(): unknown {
    if (!this.asking.length && !this.problem) return "";
    return html`<section aria-labelledby="heading">
      <h2 id="heading">${strings.requests}</h2>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : ""}
      <ul>
        ${this.asking.map((relation) => html`<li>${this.#request(relation)}</li>`)}
      </ul>
    </section>`;
  }

  #request({ relation, user }: Relation): unknown {
    const { client } = this;
    const name = displayName(user);
    const [yes, no] = [strings.acceptRequest(name), strings.declineRequest(name)];
    const ref = { id: user.id };
    return html`<causerie-avatar .name=${name} .key=${colourKey(user)}></causerie-avatar>
      <span class="name clip" title=${name}>${name}</span>
      <button class="icon-button yes" aria-label=${yes} title=${yes} ?disabled=${this.busy}
        @click=${() => this.#answer(() => client.acceptRelation(relation, ref))}>${checkIcon}</button>
      <button class="icon-button" aria-label=${no} title=${no} ?disabled=${this.busy}
        @click=${() => this.#answer(() => client.unrelate(relation, ref))}>${closeIcon}</button>`;
  }

  /** The change itself is told by an event, here and on one's other devices. */
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
    this.#told++;
    const others = this.asking.filter((each) => !isSame(each, relation));
    this.asking = waits(relation) ? [relation, ...others] : others;
  }

  /** Latest changes are first: beyond the first page are those that were left unanswered for long. */
  async #load(): Promise<void> {
    const [told, client] = [this.#told, this.client];
    try {
      const { items } = await client.relations();
      if (client !== this.client) return;
      if (told === this.#told) this.asking = items.filter(waits);
      else await this.#load();
    } catch {
      // The next connection asks again.
    }
  }

  #stop(): void {
    for (const end of this.#endings) end();
    this.#endings = [];
  }
}
