import type { ClientEvents, Conversation, Message, Presence } from "causerie";
import { html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import "./avatar.js";
import { ClientElement } from "./client-element.js";
import { conversationItemStyles } from "./conversation-item-styles.js";
import { badgeText, fullDate, shortDate } from "./format.js";
import { strings } from "./i18n/index.js";
import { colourSeed, nameById, peerOf, titleOf } from "./names.js";
import { beginning } from "./search-words.js";
import { base } from "./styles.js";
import { typingText } from "./typing-text.js";

/** The number of characters of a message in a row. More do not fit, and a screen reader would read them all. */
const previewMax = 120;

/**
 * A row in the list of conversations. Fires `causerie-navigate` with the id of the conversation. Its parts are in the order in which a
 * screen reader reads them: name, unread messages, preview, time.
 */
@customElement("causerie-conversation-item")
export class ConversationItem extends ClientElement {
  @property({ attribute: false }) conversation!: Conversation;
  /** The unsent text of the composer; empty for none. */
  @property() draft = "";
  /** Whether the conversation is shown beside the list. */
  @property({ type: Boolean }) current = false;
  /** Whether the Tab key reaches this row. The list has one such row; the arrow keys reach the others. */
  @property({ type: Boolean }) reachable = true;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["presence", "typing", "users"];

  protected override concerns<Name extends keyof ClientEvents>(event: Name, payload: ClientEvents[Name]): boolean {
    const { conversation, client } = this;
    if (event === "presence") return (payload as Presence).userId === peerOf(conversation, client.me?.id)?.id;
    return event !== "typing" || (payload as ClientEvents["typing"]).conversationId === conversation.id;
  }

  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };

  static override styles = [base, conversationItemStyles];

  protected override render(): unknown {
    const { conversation, client } = this;
    const meId = client.me?.id;
    const title = titleOf(conversation, meId);
    const peer = peerOf(conversation, meId);
    const online = peer !== undefined && (client.presence(peer.id)?.online ?? false);
    const { unread, markedUnread } = conversation.readState;
    const isUnread = unread > 0 || markedUnread;
    const { lastMessage, activeAt } = conversation;
    return html`
      <button
        part="conversation"
        class=${isUnread ? "unread" : "read"}
        aria-current=${this.current ? "true" : "false"}
        tabindex=${this.reachable ? 0 : -1}
        @click=${this.#open}
      >
        <causerie-avatar
          .name=${title}
          .key=${peer ? colourSeed(peer) : conversation.id}
          .kind=${peer ? "user" : conversation.kind === "group" ? "group" : "note"}
          ?online=${online}
        ></causerie-avatar>
        <span class="name clip" dir="auto">${title}</span>
        ${online ? html`<span class="visually-hidden">${strings.online}</span>` : ""}
        ${this.#badge(unread, markedUnread)}
        <span class="preview muted clip ${isUnread ? "" : "wide"}">
          ${conversation.state === "open" ? "" : html`<span class="tag">${strings.states[conversation.state]}</span>`}${this.#preview()}
        </span>
        ${
          lastMessage
            ? html`<time datetime=${activeAt.toISOString()} title=${fullDate(activeAt)}>${shortDate(activeAt, new Date())}</time>`
            : ""
        }
      </button>
    `;
  }

  #preview(): unknown {
    const { conversation, client } = this;
    const typing = typingText(client, client.typing(conversation.id));
    if (typing) return html`<span class="typing">${typing}</span>`;
    if (this.draft) {
      return html`<span class="draft">${strings.draft}</span><bdi>${beginning(this.draft.trim(), previewMax)}</bdi>`;
    }
    const message = conversation.lastMessage;
    if (!message) return strings.noMessages;
    if (message.deletedAt) return html`<i>${strings.deleted}</i>`;
    const author = this.#authorOf(message);
    return html`${author ? strings.authoredText(author, "") : ""}<bdi>${beginning(message.text, previewMax)}</bdi>`;
  }

  /** The name of the author for the preview; empty when the title of the conversation says it. */
  #authorOf({ authorId }: Message): string {
    const { kind } = this.conversation;
    if (kind === "note_to_self") return "";
    if (authorId === this.client.me?.id) return strings.you;
    return kind === "group" ? (nameById(this.client, authorId) ?? "") : "";
  }

  #badge(unread: number, markedUnread: boolean): unknown {
    if (!unread && !markedUnread) return "";
    const text = unread ? strings.unread(unread) : strings.markedUnread;
    return html`<span class="badge ${unread ? "" : "dot"}" aria-hidden="true" title=${text}
        >${unread ? badgeText(unread) : ""}</span
      ><span class="visually-hidden">${text}</span>`;
  }

  #open(): void {
    this.dispatchEvent(new CustomEvent("causerie-navigate", { detail: this.conversation.id, bubbles: true, composed: true }));
  }
}
