import { css, html, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { ClientEvents } from "../sdk/index.js";
import "./avatar.js";
import "./chat.js";
import type { Chat } from "./chat.js";
import { ClientElement } from "./client-element.js";
import "./connection-banner.js";
import "./conversation-list.js";
import type { ConversationList } from "./conversation-list.js";
import { draftsOf } from "./drafts.js";
import { strings } from "./i18n/index.js";
import { chatIcon, plusIcon } from "./icons.js";
import { Lookup, type Sought } from "./lookup.js";
import { colourKey, displayName, peerOf } from "./names.js";
import "./new-chat.js";
import type { NewChat } from "./new-chat.js";
import type { NewConversation } from "./new-conversation.js";
import "./nowhere.js";
import { isId, type Place, placeOf } from "./place.js";
import "./requests.js";
import { base, emptyState, theme } from "./styles.js";

/** Few begin by starting a conversation: its part of the page comes when the rest is there, or is asked for. */
const pickerAfterMs = 2_000;
const loadPicker = (): Promise<unknown> => import("./new-conversation.js");

/**
 * The messenger: conversations and one chat, side by side where there is room, else one after the other. Fires
 * `causerie-open` with the address of what to show, empty for the list, and `causerie-moved` when what is shown has another
 * address from now on. The page around it decides, and sets `current`.
 */
@customElement("causerie-messenger")
export class Messenger extends ClientElement {
  /** The address of what is shown: a conversation's id, or `to/` and a user's; empty for the list. */
  @property() current = "";
  /** What starts conversations could not be loaded. */
  @state() private noPicker = false;
  @query("causerie-new-conversation") private newConversation!: NewConversation;
  @query("causerie-chat") private chat?: Chat;
  @query("causerie-new-chat") private newChat?: NewChat;
  @query("causerie-conversation-list") private list!: ConversationList;
  @query("h1") private heading!: HTMLElement;

  protected override readonly drawnAfter: readonly (keyof ClientEvents)[] = ["conversations", "state", "users"];
  #place: Place = { kind: "list" };
  readonly #lookup = new Lookup(this);
  #sought: Sought = "searching";
  /** The address of what is shown, and whether it went while it was. */
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
      causerie-chat {
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
    setTimeout(() => loadPicker().catch(() => {}), pickerAfterMs);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const { client } = this;
    const place = placeOf(this.current);
    this.#place = place;
    if (place.kind === "conversation" && !client.conversation(place.id)) {
      // What was shown is there no more: deleted, left, or taken from one.
      if (this.#shown === place.id) this.#gone = true;
      else this.#sought = this.#lookup.seek(client, place.id);
    }
    if (place.kind === "person") this.#sought = isId(place.userId) && !client.isHidden(place.userId) ? "searching" : "missing";
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (this.#gone) {
      this.#gone = false;
      // "Back" would lead to what is there no more.
      return this.#moved("");
    }
    const there = this.#conversationWithPerson();
    if (there) {
      draftsOf(this.client.me?.id ?? "").move(this.current, there);
      return this.#moved(there);
    }
    const shown = this.chat || this.newChat ? this.current : "";
    const before = this.#shown;
    this.#shown = shown;
    if (shown !== before || (shown && changed.has("current"))) void this.#focus(shown, before);
  }

  /** The focus goes with what is shown: to where one writes, but on touch, where that raises the keyboard over the messages, to the title; and back to the row. */
  async #focus(shown: string, before: string): Promise<void> {
    const chat = this.chat ?? this.newChat;
    if (shown) return matchMedia("(hover: hover)").matches ? chat?.focusComposer() : chat?.focusHeading();
    if (this.#place.kind === "list" && !(await this.list.focusItem(before))) this.heading.focus();
  }

  protected override render(): unknown {
    const { client } = this;
    const me = client.me;
    return html`
      <causerie-connection-banner .client=${client}></causerie-connection-banner>
      <div class="panes ${this.#place.kind === "list" ? "list" : "chat"}" @causerie-open=${this.#take}>
        <aside>
          <header>
            ${
              me
                ? html`<causerie-avatar .name=${displayName(me)} .key=${colourKey(me)} title=${strings.signedInAs(displayName(me))}></causerie-avatar>`
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
          ${this.noPicker ? html`<p class="problem" role="alert">${strings.loadFailed}</p>` : ""}
          <causerie-requests .client=${client}></causerie-requests>
          <causerie-conversation-list .client=${client} .current=${this.current}></causerie-conversation-list>
        </aside>
        <main>${this.#main()}</main>
        <causerie-new-conversation .client=${client}></causerie-new-conversation>
      </div>
    `;
  }

  #main(): unknown {
    const { client } = this;
    const place = this.#place;
    if (place.kind === "list") return this.#nothing();
    const conversation = place.kind === "conversation" && client.conversation(place.id);
    if (conversation) {
      return html`<causerie-chat
        .client=${client}
        .conversation=${conversation}
        @causerie-back=${() => this.#open("")}
        @causerie-mark-unread=${this.#markUnread}
      ></causerie-chat>`;
    }
    const user =
      place.kind === "person" && client.conversationsLoaded && isId(place.userId) ? client.user(place.userId) : undefined;
    if (user) {
      return html`<causerie-new-chat
        .client=${client}
        .user=${user}
        @causerie-back=${() => this.#open("")}
        @causerie-moved=${({ detail }: CustomEvent<string>) => this.#moved(detail)}
      ></causerie-new-chat>`;
    }
    return html`<causerie-nowhere
      .state=${this.#sought}
      @causerie-back=${() => this.#open("")}
      @causerie-again=${() => this.#lookup.again()}
    ></causerie-nowhere>`;
  }

  #nothing(): unknown {
    return html`<div class="empty">
      <span class="badge">${chatIcon}</span>
      <h2>${strings.chooseConversation}</h2>
      <p>${strings.chooseConversationHint}</p>
      <button class="button primary" @click=${this.#startNew}>${strings.newConversation}</button>
    </div>`;
  }

  /** The conversation there is with the person an address names; empty for none that is known. */
  #conversationWithPerson(): string {
    const place = this.#place;
    if (place.kind !== "person") return "";
    const { conversations, me } = this.client;
    return conversations.find((each) => peerOf(each, me?.id)?.id === place.userId)?.id ?? "";
  }

  readonly #startNew = async (): Promise<void> => {
    this.noPicker = false;
    try {
      await loadPicker();
      await this.newConversation.updateComplete;
      this.newConversation.show();
    } catch {
      this.noPicker = true;
    }
  };

  /** One's way to another conversation passes here once, whoever asked. */
  #take(event: CustomEvent<string>): void {
    event.stopPropagation();
    this.#open(event.detail);
  }

  #open(address: string): void {
    this.dispatchEvent(new CustomEvent("causerie-open", { detail: address }));
  }

  #moved(address: string): void {
    this.dispatchEvent(new CustomEvent("causerie-moved", { detail: address }));
  }

  /** Back to the list, or looking at it would read it at once. */
  #markUnread(): void {
    const { current } = this;
    this.#open("");
    this.client.markUnread(current).catch(() => {});
  }
}
