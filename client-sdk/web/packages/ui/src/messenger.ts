import type { ClientEvents } from "causerie";
import { css, html, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import "./avatar.js";
import "./conversation-pane.js";
import { ClientElement } from "./client-element.js";
import type { ConversationPane } from "./conversation-pane.js";
import "./connection-banner.js";
import "./conversation-list.js";
import type { ConversationList } from "./conversation-list.js";
import { ConversationLookup, type LookupState } from "./conversation-lookup.js";
import { draftsOf } from "./drafts.js";
import { strings } from "./i18n/index.js";
import { chatIcon, plusIcon } from "./icons.js";
import { colourSeed, displayName, peerOf } from "./names.js";
import "./new-chat.js";
import type { NewChat } from "./new-chat.js";
import type { NewConversation } from "./new-conversation.js";
import "./conversation-placeholder.js";
import { isUuid, parseRoute, type Route } from "./route.js";
import "./relation-requests.js";
import { base, emptyState, theme } from "./styles.js";

/** The dialog for new conversations is loaded this long after the messenger, or when the user opens it; milliseconds. */
const preloadDelayMs = 2_000;
const loadNewConversation = (): Promise<unknown> => import("./new-conversation.js");

/**
 * The messenger: the list of conversations and one chat, side by side or, in a narrow window, one at a time.
 *
 * Fires `causerie-navigate` with the route to show next, and `causerie-redirect` when the shown conversation has another route from now on.
 * The page then sets `route`.
 */
@customElement("causerie-messenger")
export class Messenger extends ClientElement {
  /** The route to show: the id of a conversation, or `to/` and the id of a user; empty for the list. */
  @property() route = "";
  /** Whether the dialog for new conversations could not be loaded. */
  @state() private newConversationFailed = false;
  @query("causerie-new-conversation") private newConversation!: NewConversation;
  @query("causerie-conversation-pane") private chat?: ConversationPane;
  @query("causerie-new-chat") private newChat?: NewChat;
  @query("causerie-conversation-list") private list!: ConversationList;
  @query("h1") private heading!: HTMLElement;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["conversations", "state", "users"];
  #parsedRoute: Route = { kind: "list" };
  readonly #lookup = new ConversationLookup(this);
  #lookupState: LookupState = "searching";
  /** The route of the chat that is shown, and whether its conversation has disappeared. */
  #shown = "";
  #gone = false;

  static override styles = [
    theme,
    base,
    emptyState,
    css`
      :host {
        display: flex;
        flex-direction: column;
        height: 100%;
        min-height: 0;
        background: var(--background);
        container: messenger / inline-size;
      }
      .panes {
        flex: 1;
        display: grid;
        grid-template-columns: minmax(300px, 32%) minmax(0, 1fr);
        grid-template-rows: minmax(0, 1fr);
        min-height: 0;
      }
      @container messenger (min-width: 1200px) {
        .panes {
          grid-template-columns: 360px minmax(0, 1fr);
        }
      }
      aside {
        display: flex;
        flex-direction: column;
        min-height: 0;
        min-width: 0;
        background: var(--surface);
        border-inline-end: 1px solid var(--border);
      }
      aside header {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 64px;
        padding: 10px 12px 6px 20px;
        --avatar-size: 36px;
      }
      h1 {
        flex: 1;
        font-size: 1.25rem;
        font-weight: 700;
        letter-spacing: -0.015em;
      }
      .new {
        background: var(--accent);
        color: var(--on-accent);
      }
      .new:hover:not(:disabled) {
        background: var(--accent);
        color: var(--on-accent);
        filter: brightness(1.1);
      }
      aside .problem {
        padding: 2px 20px 8px;
        color: var(--danger);
        font-size: 0.875rem;
      }
      causerie-conversation-list {
        flex: 1;
      }
      main {
        display: flex;
        flex-direction: column;
        min-width: 0;
        min-height: 0;
      }
      causerie-conversation-pane {
        flex: 1;
      }
      @container messenger (max-width: 719px) {
        .panes {
          grid-template-columns: minmax(0, 1fr);
        }
        .panes.list main,
        .panes.chat aside {
          display: none;
        }
      }
    `,
  ];

  protected override firstUpdated(): void {
    setTimeout(() => loadNewConversation().catch(() => {}), preloadDelayMs);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const { client } = this;
    const route = parseRoute(this.route);
    this.#parsedRoute = route;
    if (route.kind === "conversation" && !client.conversation(route.id)) {
      // The shown conversation has disappeared: the user deleted or left it, or was removed.
      if (this.#shown === route.id) this.#gone = true;
      else this.#lookupState = this.#lookup.find(client, route.id);
    }
    if (route.kind === "user")
      this.#lookupState = isUuid(route.userId) && !client.isHidden(route.userId) ? "searching" : "missing";
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (this.#gone) {
      this.#gone = false;
      // A redirect, so that the back button does not lead to the conversation that has disappeared.
      return this.#redirect("");
    }
    const direct = this.#directConversation();
    if (direct) {
      draftsOf(this.client.me?.id ?? "").move(this.route, direct);
      return this.#redirect(direct);
    }
    const shown = this.chat || this.newChat ? this.route : "";
    const before = this.#shown;
    this.#shown = shown;
    if (shown !== before || (shown && changed.has("route"))) void this.#focus(shown, before);
  }

  /**
   * Moves the focus to the shown chat: to its text field or, on a touch screen, where that would open the keyboard, to its title. Moves it
   * back to the row when the list is shown.
   */
  async #focus(shown: string, before: string): Promise<void> {
    const chat = this.chat ?? this.newChat;
    if (shown) return matchMedia("(hover: hover)").matches ? chat?.focusComposer() : chat?.focusHeading();
    if (this.#parsedRoute.kind === "list" && !(await this.list.focusItem(before))) this.heading.focus();
  }

  protected override render(): unknown {
    const { client } = this;
    const me = client.me;
    return html`
      <causerie-connection-banner .client=${client}></causerie-connection-banner>
      <div class="panes ${this.#parsedRoute.kind === "list" ? "list" : "chat"}" @causerie-navigate=${this.#forwardNavigation}>
        <aside>
          <header>
            ${
              me
                ? html`<causerie-avatar .name=${displayName(me)} .key=${colourSeed(me)} title=${strings.signedInAs(displayName(me))}></causerie-avatar>`
                : ""
            }
            <h1 class="clip" tabindex="-1">${strings.conversations}</h1>
            <button
              class="icon-button new"
              aria-label=${strings.newConversation}
              title=${strings.newConversation}
              @click=${this.#startNew}
            >
              ${plusIcon}
            </button>
          </header>
          ${this.newConversationFailed ? html`<p class="problem" role="alert">${strings.loadFailed}</p>` : ""}
          <causerie-relation-requests .client=${client}></causerie-relation-requests>
          <causerie-conversation-list .client=${client} .current=${this.route}></causerie-conversation-list>
        </aside>
        <main>${this.#main()}</main>
        <causerie-new-conversation .client=${client}></causerie-new-conversation>
      </div>
    `;
  }

  #main(): unknown {
    const { client } = this;
    const route = this.#parsedRoute;
    if (route.kind === "list") return this.#emptyPane();
    const conversation = route.kind === "conversation" && client.conversation(route.id);
    if (conversation) {
      return html`<causerie-conversation-pane
        .client=${client}
        .conversation=${conversation}
        @causerie-back=${() => this.#navigate("")}
        @causerie-mark-unread=${this.#markUnread}
      ></causerie-conversation-pane>`;
    }
    const user =
      route.kind === "user" && client.conversationsLoaded && isUuid(route.userId) ? client.user(route.userId) : undefined;
    if (user) {
      return html`<causerie-new-chat
        .client=${client}
        .user=${user}
        @causerie-back=${() => this.#navigate("")}
        @causerie-redirect=${({ detail }: CustomEvent<string>) => this.#redirect(detail)}
      ></causerie-new-chat>`;
    }
    return html`<causerie-conversation-placeholder
      .state=${this.#lookupState}
      @causerie-back=${() => this.#navigate("")}
      @causerie-retry-lookup=${() => this.#lookup.retry()}
    ></causerie-conversation-placeholder>`;
  }

  #emptyPane(): unknown {
    return html`<div class="empty">
      <span class="badge">${chatIcon}</span>
      <h2>${strings.chooseConversation}</h2>
      <p>${strings.chooseConversationHint}</p>
      <button class="button primary" @click=${this.#startNew}>${strings.newConversation}</button>
    </div>`;
  }

  /** The id of the loaded direct conversation with the user of the route; empty for none. */
  #directConversation(): string {
    const route = this.#parsedRoute;
    if (route.kind !== "user") return "";
    const { conversations, me } = this.client;
    return conversations.find((each) => peerOf(each, me?.id)?.id === route.userId)?.id ?? "";
  }

  readonly #startNew = async (): Promise<void> => {
    this.newConversationFailed = false;
    try {
      await loadNewConversation();
      await this.newConversation.updateComplete;
      this.newConversation.show();
    } catch {
      this.newConversationFailed = true;
    }
  };

  /** Dispatches the navigation of a child once, as an event of the messenger. */
  #forwardNavigation(event: CustomEvent<string>): void {
    event.stopPropagation();
    this.#navigate(event.detail);
  }

  #navigate(route: string): void {
    this.dispatchEvent(new CustomEvent("causerie-navigate", { detail: route }));
  }

  #redirect(route: string): void {
    this.dispatchEvent(new CustomEvent("causerie-redirect", { detail: route }));
  }

  /** Shows the list first, because the shown conversation would be marked as read at once. */
  #markUnread(): void {
    const { route } = this;
    this.#navigate("");
    this.client.markUnread(route).catch(() => {});
  }
}
