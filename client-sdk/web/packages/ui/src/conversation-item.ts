import type { ClientEvents, Conversation, Message } from "causerie";
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import "./avatar.js";
import { isolated } from "./bidi.js";
import { ClientElement } from "./client-element.js";
import { fullDate, shortDate } from "./format.js";
import { strings } from "./i18n/index.js";
import { colourSeed, nameById, peerOf, titleOf } from "./names.js";
import { base } from "./styles.js";
import { typingText } from "./typing-text.js";

/** A row in the list of conversations. Fires `causerie-navigate` with the id of the conversation. */
@customElement("causerie-conversation-item")
export class ConversationItem extends ClientElement {
  @property({ attribute: false }) conversation!: Conversation;
  /** The unsent text of the composer; empty for none. */
  @property() draft = "";
  /** Whether the conversation is shown beside the list. */
  @property({ type: Boolean }) current = false;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["presence", "typing", "users"];

  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };

  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      button {
        width: 100%;
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 12px;
        align-items: center;
        padding: 10px 12px;
        border-radius: 14px;
        text-align: start;
        transition: background 0.12s;
      }
      button:hover {
        background: var(--hover);
      }
      button[aria-current="true"] {
        background: var(--accent-soft);
        --avatar-ring: var(--accent-soft);
      }
      button:focus-visible {
        outline-offset: -2px;
      }
      .line {
        display: flex;
        align-items: baseline;
        gap: 8px;
        min-width: 0;
      }
      .line > :first-child {
        flex: 1;
        min-width: 0;
      }
      .name {
        font-weight: 600;
      }
      .preview {
        min-height: 1.45em;
      }
      time {
        flex: none;
        font-size: 0.8125rem;
        color: var(--muted);
      }
      .unread .preview {
        color: var(--text);
      }
      .typing {
        color: var(--accent);
      }
      .draft {
        color: var(--danger);
      }
      .deleted {
        font-style: italic;
      }
      .badge {
        flex: none;
        align-self: center;
        min-width: 21px;
        height: 21px;
        padding: 0 6px;
        border-radius: 11px;
        background: var(--accent);
        color: var(--on-accent);
        font-size: 0.75rem;
        font-weight: 700;
        line-height: 21px;
        text-align: center;
        font-variant-numeric: tabular-nums;
      }
      .badge.dot {
        min-width: 12px;
        width: 12px;
        height: 12px;
        padding: 0;
      }
    `,
  ];

  protected override render(): unknown {
    const { conversation, client } = this;
    const meId = client.me?.id;
    const title = titleOf(conversation, meId);
    const peer = peerOf(conversation, meId);
    const { unread, markedUnread } = conversation.readState;
    return html`
      <button
        class=${unread || markedUnread ? "unread" : ""}
        aria-current=${this.current ? "true" : "false"}
        @click=${this.#open}
      >
        <causerie-avatar
          .name=${title}
          .key=${peer ? colourSeed(peer) : conversation.id}
          .kind=${peer ? "user" : conversation.kind === "group" ? "group" : "note"}
          ?online=${peer !== undefined && (client.presence(peer.id)?.online ?? false)}
        ></causerie-avatar>
        <span>
          <span class="line">
            <span class="name clip">${title}</span>
            ${
              conversation.lastMessage
                ? html`<time datetime=${conversation.activeAt.toISOString()} title=${fullDate(conversation.activeAt)}
                    >${shortDate(conversation.activeAt, new Date())}</time
                  >`
                : ""
            }
          </span>
          <span class="line">${this.#preview()}${this.#badge(unread, markedUnread)}</span>
        </span>
      </button>
    `;
  }

  #preview(): unknown {
    const { conversation, client } = this;
    const typing = typingText(client, client.typing(conversation.id));
    if (typing) return html`<span class="preview typing clip">${typing}</span>`;
    if (this.draft) {
      return html`<span class="preview muted clip"><span class="draft">${strings.draft}</span>${this.draft.trim()}</span>`;
    }
    const message = conversation.lastMessage;
    if (!message) return html`<span class="preview muted clip">${strings.noMessages}</span>`;
    if (message.deletedAt) return html`<span class="preview muted deleted clip">${strings.deleted}</span>`;
    const author = this.#authorOf(message);
    return html`<span class="preview muted clip">${author ? strings.authoredText(author, isolated(message.text)) : message.text}</span>`;
  }

  /** The name of the author for the preview; empty when the title of the conversation says it. */
  #authorOf({ authorId }: Message): string {
    const { kind } = this.conversation;
    if (kind === "note_to_self") return "";
    if (authorId === this.client.me?.id) return strings.you;
    return kind === "group" ? (nameById(this.client, authorId) ?? "") : "";
  }

  #badge(unread: number, markedUnread: boolean): unknown {
    if (unread) {
      const shown = unread > 99 ? "99+" : unread;
      return html`<span class="badge" title=${strings.unread(unread)}
        >${shown}<span class="visually-hidden"> ${strings.unread(unread)}</span></span
      >`;
    }
    if (!markedUnread) return "";
    return html`<span class="badge dot" title=${strings.markedUnread}
      ><span class="visually-hidden">${strings.markedUnread}</span></span
    >`;
  }

  #open(): void {
    this.dispatchEvent(new CustomEvent("causerie-navigate", { detail: this.conversation.id, bubbles: true, composed: true }));
  }
}
