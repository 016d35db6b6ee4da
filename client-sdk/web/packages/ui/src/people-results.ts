import type { ClientEvents } from "causerie";
import { css, html, type PropertyValues } from "lit";
import { customElement, property } from "lit/decorators.js";
import "./avatar.js";
import { ClientElement } from "./client-element.js";
import { DirectorySearch, type UserHit } from "./directory.js";
import { strings } from "./i18n/index.js";
import { colourSeed, displayName } from "./names.js";
import "./reach-help.js";
import { routeOfUser } from "./route.js";
import { userRow, userTexts } from "./rows.js";
import { base } from "./styles.js";

/** The number of users that are shown; a longer name narrows the search. */
const shownMax = 8;

/**
 * Users who match the search above the list of conversations and have no row in the list. Fires `causerie-navigate` with the route of the
 * chosen user.
 */
@customElement("causerie-people-results")
export class PeopleResults extends ClientElement {
  @property() query = "";
  /** Ids of conversations that the list has. */
  @property({ attribute: false }) listed: ReadonlySet<string> = new Set();
  /** Whether the list shows a conversation for the query. */
  @property({ attribute: false }) hasRows = false;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["state"];
  readonly #directory = new DirectorySearch(this);

  static override styles = [
    base,
    userRow,
    css`
      :host {
        display: block;
        padding: 0 8px 12px;
        --avatar-size: 40px;
      }
      h2 {
        padding: 8px 12px 4px;
        font-size: 0.8125rem;
        font-weight: 650;
        color: var(--muted);
      }
      .user {
        width: 100%;
        gap: 12px;
        min-height: 56px;
        border-radius: 12px;
        text-align: start;
      }
      .problem {
        padding: 8px 12px;
        color: var(--danger);
        font-size: 0.875rem;
      }
    `,
  ];

  /** Opens the first user. Returns whether there is one. */
  openFirst(): boolean {
    const [first] = this.#directory.isPending ? [] : this.#shown;
    if (first) this.#open(first);
    return first !== undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (changed.has("query") || changed.has("client")) this.#directory.search(this.client, this.query, true);
  }

  protected override render(): unknown {
    const { hits, problem } = this.#directory;
    if (problem) return html`<p class="problem" role="alert">${problem}</p>`;
    if (!hits) return "";
    const shown = this.#shown;
    if (!shown.length) return this.hasRows ? "" : html`<causerie-reach-help searched></causerie-reach-help>`;
    return html`<h2 id="people">${strings.people}</h2>
      <ul aria-labelledby="people">
        ${shown.map((hit) => {
          const name = displayName(hit.user);
          return html`<li>
            <button class="user" @click=${() => this.#open(hit)}>
              <causerie-avatar .name=${name} .key=${colourSeed(hit.user)}></causerie-avatar>
              ${userTexts(hit.user)}
            </button>
          </li>`;
        })}
      </ul>`;
  }

  get #shown(): readonly UserHit[] {
    const hits = this.#directory.hits ?? [];
    return hits.filter(({ conversationId = "" }) => !this.listed.has(conversationId)).slice(0, shownMax);
  }

  #open({ user, conversationId }: UserHit): void {
    const detail = conversationId ?? routeOfUser(user.id);
    this.dispatchEvent(new CustomEvent("causerie-navigate", { detail, bubbles: true, composed: true }));
  }
}
