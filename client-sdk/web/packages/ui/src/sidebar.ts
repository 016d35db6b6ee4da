import type { ClientEvents, User } from "causerie";
import { html } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import "./avatar.js";
import { ClientElement } from "./client-element.js";
import { type ConversationList, matchesFilter } from "./conversation-list.js";
import { strings } from "./i18n/index.js";
import { chatIcon, plusIcon } from "./icons.js";
import { colourSeed, displayName } from "./names.js";
import type { PeopleResults } from "./people-results.js";
import type { Popup } from "./popup.js";
import { composeRoute, networkRoute } from "./route.js";
import { sidebarStyles } from "./sidebar-styles.js";
import { base, emptyState } from "./styles.js";

/**
 * The pane beside the chat: the user, the buttons for a new conversation and the network, a search, and the list of conversations. Fires
 * `causerie-navigate` with a route.
 */
@customElement("causerie-sidebar")
export class Sidebar extends ClientElement {
  /** The route of the chat that is shown beside the list. */
  @property() current = "";
  /** Whether the user may start conversations. */
  @property({ type: Boolean }) mayStart = false;
  @state() private filter = "";
  @state() private problem = "";
  @query("h1") private heading!: HTMLElement;
  @query("input") private field?: HTMLInputElement;
  @query("causerie-conversation-list") private list!: ConversationList;
  @query("causerie-people-results") private people?: PeopleResults;
  @query(".me") private meButton!: HTMLElement;
  @query("causerie-popup") private popup!: Popup;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["conversations", "state"];

  static override styles = [base, emptyState, sidebarStyles];

  /** Focuses the row of a conversation, or the title if there is no such row. */
  async focusItem(conversationId: string): Promise<void> {
    await this.updateComplete;
    if (!(await this.list.focusItem(conversationId))) this.heading.focus();
  }

  /** Focuses the list, or the title if the list has no row. */
  async focusList(): Promise<void> {
    await this.updateComplete;
    if (!(await this.list.focusReachable())) this.heading.focus();
  }

  /** Focuses the search field. */
  async focusSearch(): Promise<void> {
    await this.updateComplete;
    (this.field ?? this.heading).focus();
    this.field?.select();
  }

  /** The id of the conversation that is `step` rows below the shown one; empty for none. */
  neighbour(step: number): string {
    const rows = this.list.shown;
    const at = rows.findIndex(({ id }) => id === this.current);
    return (at < 0 ? rows[0] : rows[at + step])?.id ?? "";
  }

  protected override updated(): void {
    // Not needed for the first page.
    if (this.client.conversationsLoaded) void import("./network-link.js").catch(() => {});
  }

  protected override render(): unknown {
    const { client, filter } = this;
    const { me } = client;
    const isSearch = filter.trim() !== "";
    return html`<aside @causerie-navigate=${this.#clear}>
      <header>
        ${me ? this.#me(me) : ""}
        <h1 class="clip" tabindex="-1">${strings.conversations}</h1>
        <causerie-network-link .client=${client} ?current=${this.current === networkRoute}></causerie-network-link>
        ${
          this.mayStart
            ? html`<button
              class="icon-button new"
              aria-label=${strings.newConversation}
              title=${strings.newConversation}
              @click=${() => this.#navigate(composeRoute)}
            >
              ${plusIcon}
            </button>`
            : ""
        }
      </header>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : ""}
      ${client.conversations.length || isSearch ? this.#search() : ""}
      ${isSearch ? "" : html`<causerie-network-link .client=${client} look="row"></causerie-network-link>`}
      <causerie-conversation-list exportparts="conversation" .client=${client} .current=${this.current} .filter=${filter}>
        <div slot="empty" class="empty">
          <span class="badge">${chatIcon}</span>
          <h2>${strings.noConversations}</h2>
          <p>${this.mayStart ? strings.noConversationsHint : strings.noConversationsWait}</p>
          ${this.mayStart ? html`<button class="button primary" @click=${() => this.#navigate(composeRoute)}>${strings.newConversation}</button>` : ""}
        </div>
        ${isSearch ? this.#people() : ""}
      </causerie-conversation-list>
    </aside>`;
  }

  #me(me: User): unknown {
    const title = strings.signedInAs(displayName(me));
    return html`<button
        class="me"
        aria-haspopup="menu"
        aria-expanded="false"
        @mousedown=${(event: MouseEvent) => event.preventDefault()}
        @click=${this.#settings}
      >
        <causerie-avatar aria-hidden="true" title=${title} .name=${displayName(me)} .key=${colourSeed(me)}></causerie-avatar>
        <span class="visually-hidden">${title}. ${strings.settings}</span>
      </button>
      <causerie-popup></causerie-popup>`;
  }

  /** Opens the menu of the settings. */
  readonly #settings = async (): Promise<void> => {
    this.problem = "";
    try {
      const { alertItems } = await import("./alerts.js");
      const report = (problem: string): void => {
        this.problem = problem;
      };
      await this.popup.show(strings.settings, alertItems(report), this.meButton);
    } catch {
      this.problem = strings.loadFailed;
    }
  };

  #search(): unknown {
    return html`<div class="search">
      <input
        class="field"
        type="search"
        autocomplete="off"
        aria-keyshortcuts="Control+K Meta+K"
        aria-label=${strings.searchAll}
        placeholder=${strings.search}
        .value=${live(this.filter)}
        @input=${this.#input}
        @keydown=${this.#key}
      />
    </div>`;
  }

  #people(): unknown {
    const { client, filter } = this;
    const listed = new Set(client.conversations.map(({ id }) => id));
    const hasRows = client.conversations.some((each) => matchesFilter(each, client.me?.id, filter));
    return html`<causerie-people-results
      .client=${client}
      .query=${filter}
      .listed=${listed}
      .hasRows=${hasRows}
    ></causerie-people-results>`;
  }

  #input(event: InputEvent): void {
    this.filter = (event.target as HTMLInputElement).value;
    // Loaded when it is first needed; without it, the search finds conversations only.
    if (this.filter) void import("./people-results.js").catch(() => {});
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") void this.list.focusReachable();
    else if (event.key === "Enter" && this.filter.trim()) this.#openFirst();
    else if (event.key === "Escape" && this.filter) this.filter = "";
    else return;
    event.preventDefault();
  }

  #openFirst(): void {
    const [first] = this.list.shown;
    if (first) this.#navigate(first.id);
    else this.people?.openFirst();
  }

  readonly #clear = (): void => {
    this.filter = "";
  };

  #navigate(route: string): void {
    this.renderRoot
      .querySelector("aside")
      ?.dispatchEvent(new CustomEvent("causerie-navigate", { detail: route, bubbles: true, composed: true }));
  }
}
