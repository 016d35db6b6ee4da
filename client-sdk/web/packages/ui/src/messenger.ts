import type { ClientEvents, Conversation, User } from "causerie";
import { css, html, type PropertyValues } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { ClientElement } from "./client-element.js";
import "./connection-banner.js";
import { ConversationLookup, type LookupState } from "./conversation-lookup.js";
import "./conversation-placeholder.js";
import { draftsOf } from "./drafts.js";
import { strings } from "./i18n/index.js";
import { chatIcon } from "./icons.js";
import { type LazyPart, LazyParts } from "./lazy-parts.js";
import { displayName, peerOf, titleOf } from "./names.js";
import { chatOf, composeRoute, detailsOf, isUuid, parseRoute, type Route } from "./route.js";
import "./sidebar.js";
import type { Sidebar } from "./sidebar.js";
import { base, emptyState, theme } from "./styles.js";

/** In a window narrower than this, the list and the chat are two screens, as in the styles below. */
const narrowPx = 720;

/** Notifications begin this long after the messenger, so that the first page loads without them; milliseconds. */
const alertsDelayMs = 2_000;

/** What a chat is about: a conversation, or a user without one. */
interface Chat {
  readonly conversation?: Conversation;
  readonly user?: User;
}

/** What is shown in the pane beside the list. */
interface Pane extends HTMLElement {
  /** Focuses the field that the user fills first. */
  focusComposer(): Promise<void>;
  /** Focuses the title. */
  focusHeading(): Promise<void>;
}

/**
 * The messenger: the list of conversations and one chat, side by side or, in a narrow window, one at a time.
 *
 * Fires `causerie-navigate` with the route to show next, and `causerie-redirect` when the shown conversation has another route from now on.
 * The page then sets `route`. Fires `causerie-title` with the title of what is shown; empty for the list.
 */
@customElement("causerie-messenger")
export class Messenger extends ClientElement {
  /** The route to show: see `route.ts`. */
  @property() route = "";
  /** Returns the address of a route, for links to messages; `undefined` when the page has no addresses. */
  @property({ attribute: false }) addressOf: ((route: string) => string) | undefined;
  /** Whether the messenger takes the focus only when it has it already: it was not the user who has opened it. */
  @property({ attribute: false }) keepFocus = false;
  /** Whether the messenger is a part of a page, which has keys of its own and announces messages itself. */
  @property({ type: Boolean }) embedded = false;
  @query(".pane") private pane?: Pane;
  @query("causerie-details-pane") private detailsPane?: Pane;
  @query("causerie-sidebar") private sidebar!: Sidebar;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["conversations", "mayStart", "state", "users"];
  #parsedRoute: Route = { kind: "list" };
  readonly #lookup = new ConversationLookup(this);
  readonly #parts = new LazyParts(this);
  #lookupState: LookupState = "searching";
  /** The route that is shown, and whether its conversation has disappeared. */
  #shown = "";
  #gone = false;
  #title = "";
  #stopAlerts: () => void = () => {};

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
      main {
        display: flex;
        flex-direction: column;
        min-width: 0;
        min-height: 0;
      }
      .pane {
        flex: 1;
      }
      causerie-details-pane {
        min-width: 0;
        min-height: 0;
      }
      /* Between the widths below, the details take the place of the chat. */
      .panes.details main {
        display: none;
      }
      @container messenger (min-width: 1100px) {
        .panes.details {
          grid-template-columns: 320px minmax(0, 1fr) 320px;
        }
        .panes.details main {
          display: flex;
        }
      }
      @container messenger (min-width: 1200px) {
        .panes {
          grid-template-columns: 360px minmax(0, 1fr);
        }
        .panes.details {
          grid-template-columns: 340px minmax(0, 1fr) 340px;
        }
      }
      @container messenger (max-width: 719px) {
        .panes {
          grid-template-columns: minmax(0, 1fr);
        }
        .panes.list main,
        .panes.chat causerie-sidebar {
          display: none;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    // The language of the page around it may be another one.
    this.lang ||= strings.locale;
    this.dir ||= strings.direction;
    addEventListener("keydown", this.#shortcut);
    if (this.hasUpdated) this.clientChanged();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.#shortcut);
    this.#stopAlerts();
  }

  protected override clientChanged(): void {
    const { client } = this;
    this.#stopAlerts();
    // The page announces messages, also while the messenger is closed.
    if (this.embedded) return;
    let stop = (): void => clearTimeout(timer);
    const start = async (): Promise<void> => {
      const { startAlerts } = await import("./alerts.js");
      if (client === this.client && this.isConnected) stop = startAlerts(client, (id) => this.#navigate(id));
    };
    const timer = setTimeout(() => start().catch(() => {}), alertsDelayMs);
    this.#stopAlerts = () => stop();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const { client } = this;
    const route = parseRoute(this.route);
    this.#parsedRoute = route;
    if (route.kind === "conversation" && !client.conversation(route.id)) {
      // The shown conversation has disappeared: the user deleted or left it, or was removed.
      if (chatOf(this.#shown) === route.id) this.#gone = true;
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
      draftsOf(this.client.me?.id ?? "").move(chatOf(this.route), direct);
      return this.#redirect(this.#hasDetails ? detailsOf(direct) : direct);
    }
    this.#reportTitle();
    const shown = this.pane ? this.route : "";
    const before = this.#shown;
    this.#shown = shown;
    if (shown !== before || (shown && changed.has("route"))) void this.#focus(shown, before);
  }

  /**
   * Moves the focus to the shown chat: to its text field or, on a touch screen, where that would open the keyboard, to its title; or to the
   * title of the details. Moves it back to the row when the list is shown.
   */
  async #focus(shown: string, before: string): Promise<void> {
    if (this.keepFocus && !this.matches(":focus-within")) return;
    if (shown && this.#hasDetails) return this.detailsPane?.focusHeading();
    const isBack = shown !== "" && before === detailsOf(shown);
    if (isBack || (shown && !matchMedia("(hover: hover)").matches)) return this.pane?.focusHeading();
    if (shown) return this.pane?.focusComposer();
    if (this.#parsedRoute.kind === "list") await this.sidebar.focusItem(chatOf(before));
  }

  protected override render(): unknown {
    const { client } = this;
    const hasDetails = this.#hasDetails;
    const shownAs = `${this.#parsedRoute.kind === "list" ? "list" : "chat"} ${hasDetails ? "details" : ""}`;
    return html`
      <causerie-connection-banner .client=${client}></causerie-connection-banner>
      <div
        class="panes ${shownAs}"
        @causerie-navigate=${this.#forwardNavigation}
        @causerie-back=${() => this.#navigate("")}
        @causerie-details=${() => this.#navigate(hasDetails ? chatOf(this.route) : detailsOf(this.route))}
        @causerie-mark-unread=${this.#markUnread}
      >
        <causerie-sidebar exportparts="conversation" .client=${client} .current=${chatOf(this.route)} .mayStart=${this.#mayStart}></causerie-sidebar>
        <main>${this.#main()}</main>
        ${hasDetails ? this.#details() : ""}
      </div>
    `;
  }

  /** Whether the page that starts a conversation has anybody for the user: to write to, or to ask first. */
  get #mayStart(): boolean {
    return this.client.mayStart || this.client.mayRequest;
  }

  get #hasDetails(): boolean {
    return "details" in this.#parsedRoute && this.#parsedRoute.details && this.#chat() !== undefined;
  }

  /** The shown conversation, or the user to whom the user is about to write. */
  #chat(): Chat | undefined {
    const { client } = this;
    const route = this.#parsedRoute;
    if (route.kind === "conversation") {
      const conversation = client.conversation(route.id);
      return conversation && { conversation };
    }
    if (route.kind !== "user" || !client.conversationsLoaded || !isUuid(route.userId)) return undefined;
    const user = client.user(route.userId);
    return user && { user };
  }

  #main(): unknown {
    const { client } = this;
    const { kind } = this.#parsedRoute;
    if (kind === "list") return this.#emptyPane();
    if (kind === "compose") {
      return this.#part(
        "compose",
        () => html`<causerie-compose
          class="pane"
          .client=${client}
          @causerie-redirect=${({ detail }: CustomEvent<string>) => this.#redirect(detail)}
        ></causerie-compose>`,
      );
    }
    if (kind === "network")
      return this.#part("network", () => html`<causerie-network-page class="pane" .client=${client}></causerie-network-page>`);
    const { conversation, user } = this.#chat() ?? {};
    if (conversation) {
      return this.#part(
        "conversation",
        () => html`<causerie-conversation-pane
          exportparts="header,bubble,own-bubble,composer"
          class="pane"
          .client=${client}
          .conversation=${conversation}
          .target=${"seq" in this.#parsedRoute ? this.#parsedRoute.seq : 0}
          .addressOf=${this.addressOf}
          ?details=${this.#hasDetails}
        ></causerie-conversation-pane>`,
      );
    }
    if (user) {
      return this.#part(
        "newChat",
        () => html`<causerie-new-chat
          exportparts="header,composer"
          class="pane"
          .client=${client}
          .user=${user}
          ?details=${this.#hasDetails}
          @causerie-redirect=${({ detail }: CustomEvent<string>) => this.#redirect(detail)}
        ></causerie-new-chat>`,
      );
    }
    return html`<causerie-conversation-placeholder
      .state=${this.#lookupState}
      @causerie-back=${() => this.#navigate("")}
      @causerie-retry-lookup=${() => this.#lookup.retry()}
    ></causerie-conversation-placeholder>`;
  }

  #details(): unknown {
    const { conversation, user } = this.#chat() ?? {};
    return this.#part(
      "details",
      () =>
        html`<causerie-details-pane .client=${this.client} .conversation=${conversation} .user=${user}></causerie-details-pane>`,
    );
  }

  /** A part that is loaded when it is first shown. */
  #part(part: LazyPart, render: () => unknown): unknown {
    const state = this.#parts.show(part);
    if (state === "loaded") return render();
    return html`<causerie-conversation-placeholder
      .state=${state}
      @causerie-back=${() => this.#navigate("")}
      @causerie-retry-lookup=${() => this.#parts.retry(part)}
    ></causerie-conversation-placeholder>`;
  }

  #emptyPane(): unknown {
    const { client } = this;
    // Nothing can be chosen while the list is loaded.
    if (!client.conversationsLoaded) return "";
    const start = this.#mayStart;
    const [heading, hint] = client.conversations.length
      ? [strings.chooseConversation, start ? strings.chooseConversationHint : ""]
      : [strings.noConversations, start ? strings.noConversationsHint : strings.noConversationsWait];
    return html`<div class="empty">
      <span class="badge">${chatIcon}</span>
      <h2>${heading}</h2>
      <p>${hint}</p>
      ${start ? html`<button class="button primary" @click=${() => this.#navigate(composeRoute)}>${strings.newConversation}</button>` : ""}
      <causerie-network-link .client=${client} look="button"></causerie-network-link>
    </div>`;
  }

  /** The id of the loaded direct conversation with the user of the route; empty for none. */
  #directConversation(): string {
    const route = this.#parsedRoute;
    if (route.kind !== "user") return "";
    const { conversations, me } = this.client;
    return conversations.find((each) => peerOf(each, me?.id)?.id === route.userId)?.id ?? "";
  }

  #reportTitle(): void {
    const { kind } = this.#parsedRoute;
    const { conversation, user } = this.#chat() ?? {};
    const pages: Readonly<Record<string, string>> = { compose: strings.newConversation, network: strings.network };
    const title = conversation ? titleOf(conversation, this.client.me?.id) : user ? displayName(user) : (pages[kind] ?? "");
    if (title === this.#title) return;
    this.#title = title;
    this.dispatchEvent(new CustomEvent("causerie-title", { detail: title }));
  }

  /** Ctrl+K: search. Alt with an arrow up or down: the chat above or below. Escape: from the details to the chat, from there to the list. */
  readonly #shortcut = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const path = event.composedPath();
    // Keys that are pressed elsewhere in the page belong to the page, and a modal dialog has the keys to itself.
    if ((this.embedded || path[0] !== document.body) && !path.includes(this)) return;
    if (path.some((each) => each instanceof HTMLDialogElement)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") this.#search();
    else if (event.altKey && step) this.#navigate(this.sidebar.neighbour(step) || this.route);
    else if (event.key === "Escape" && this.#parsedRoute.kind !== "list") this.#leave();
    else return;
    event.preventDefault();
  };

  #search(): void {
    if (this.#isNarrow && this.#parsedRoute.kind !== "list") this.#navigate("");
    void this.sidebar.focusSearch();
  }

  #leave(): void {
    if (this.#hasDetails) this.#navigate(chatOf(this.route));
    else if (this.#isNarrow) this.#navigate("");
    else void this.sidebar.focusList();
  }

  get #isNarrow(): boolean {
    return this.getBoundingClientRect().width < narrowPx;
  }

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
    const route = chatOf(this.route);
    this.#navigate("");
    this.client.markUnread(route).catch(() => {});
  }
}
