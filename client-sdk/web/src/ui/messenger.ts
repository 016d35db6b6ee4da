import { css, html, type PropertyValues } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { ClientEvents } from "../sdk/index.js";
import "./avatar.js";
import "./chat.js";
import type { Chat } from "./chat.js";
import { ClientElement } from "./client-element.js";
import "./connection-banner.js";
import "./conversation-list.js";
import { strings } from "./i18n/index.js";
import { chatIcon, plusIcon } from "./icons.js";
import { colourKey, displayName } from "./names.js";
import "./new-conversation.js";
import type { NewConversation } from "./new-conversation.js";
import "./requests.js";
import { base, emptyState, theme } from "./styles.js";

/**
 * The messenger: conversations and one chat, side by side where there is room, else one after the other. Fires
 * `causerie-open` with the id of the conversation to show, empty for none; whoever embeds it decides and sets `current`.
 */
@customElement("causerie-messenger")
export class Messenger extends ClientElement {
  /** The id of the conversation shown. */
  @property() current = "";
  @query("causerie-new-conversation") private newConversation!: NewConversation;
  @query("causerie-chat") private chat?: Chat;

  protected override readonly drawnAfter: readonly (keyof ClientEvents)[] = ["list", "state"];
  #opened = "";

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

  protected override updated(changed: PropertyValues<this>): void {
    // The cursor goes where one writes, but not on touch screens, where it would raise the keyboard over the messages.
    const shown = this.chat ? this.current : "";
    const before = this.#opened;
    if (shown === before && !changed.has("current")) return;
    this.#opened = shown;
    if (shown) {
      if (matchMedia("(hover: hover)").matches) void this.chat?.focusComposer();
      return;
    }
    // What was shown is there no more: deleted, left, or taken from one.
    if (before && before === this.current) this.#open("");
  }

  protected override render(): unknown {
    const { client } = this;
    const conversation = this.current ? client.conversation(this.current) : undefined;
    const me = client.me;
    return html`
      <causerie-connection-banner .client=${client}></causerie-connection-banner>
      <div class="panes ${conversation || (this.current && !client.listLoaded) ? "chat" : "list"}" @causerie-open=${this.#take}>
        <aside>
          <header>
            ${
              me
                ? html`<causerie-avatar .name=${displayName(me)} .key=${colourKey(me)} title=${strings.signedInAs(displayName(me))}></causerie-avatar>`
                : ""
            }
            <h1 class="clip">${strings.conversations}</h1>
            <button
              class="icon-button new"
              aria-label=${strings.newConversation}
              title=${strings.newConversation}
              @click=${() => this.newConversation.show()}
            >
              ${plusIcon}
            </button>
          </header>
          <causerie-requests .client=${client}></causerie-requests>
          <causerie-conversation-list .client=${client} .current=${this.current}></causerie-conversation-list>
        </aside>
        <main>
          ${
            conversation
              ? html`<causerie-chat
                .client=${client}
                .conversation=${conversation}
                @causerie-back=${() => this.#open("")}
                @causerie-mark-unread=${this.#markUnread}
              ></causerie-chat>`
              : this.#nothing()
          }
        </main>
        <causerie-new-conversation .client=${client}></causerie-new-conversation>
      </div>
    `;
  }

  #nothing(): unknown {
    if (this.current && !this.client.listLoaded) {
      return html`<div class="empty" role="status"><span class="spinner"></span><span class="visually-hidden">${strings.loading}</span></div>`;
    }
    return html`<div class="empty">
      <span class="badge">${chatIcon}</span>
      <h2>${strings.chooseConversation}</h2>
      <p>${strings.chooseConversationHint}</p>
      <button class="button primary" @click=${() => this.newConversation.show()}>${strings.newConversation}</button>
    </div>`;
  }

  /** One's way to another conversation passes here once, whoever asked. */
  #take(event: CustomEvent<string>): void {
    event.stopPropagation();
    this.#open(event.detail);
  }

  #open(conversationId: string): void {
    this.dispatchEvent(new CustomEvent("causerie-open", { detail: conversationId }));
  }

  /** Back to the list, or looking at it would read it at once. */
  #markUnread(): void {
    const { current } = this;
    this.#open("");
    this.client.markUnread(current).catch(() => {});
  }
}
