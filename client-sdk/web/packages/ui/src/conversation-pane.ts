import type { ClientEvents, Conversation, Message, OutgoingMessage } from "causerie";
import { html, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import "./chat-header.js";
import type { ChatHeader } from "./chat-header.js";
import { ClientElement } from "./client-element.js";
import "./composer.js";
import type { Composer } from "./composer.js";
import type { ConfirmDialog } from "./confirm-dialog.js";
import { type Drafts, draftsOf, type Edit } from "./drafts.js";
import { explain, strings } from "./i18n/index.js";
import "./message-list.js";
import type { MessageList } from "./message-list.js";
import { noticeOf } from "./notice.js";
import { ReadMarker } from "./read-marker.js";
import { base, chatPane } from "./styles.js";

/** The pane of a conversation: header, messages and composer. */
@customElement("causerie-conversation-pane")
export class ConversationPane extends ClientElement {
  @property({ attribute: false }) conversation!: Conversation;
  /** The `seq` of a message to show; 0 for none. */
  @property({ type: Number }) target = 0;
  /** Returns the address of a route; `undefined` when the page has no addresses. */
  @property({ attribute: false }) addressOf: ((route: string) => string) | undefined;
  /** Whether the details are shown beside the pane. */
  @property({ type: Boolean }) details = false;
  @state() private problem = "";
  /** The message that the user is asked about, and whether only their own copy is to be deleted. */
  @state() private deleting: { readonly message: Message; readonly ownCopy: boolean } | undefined;
  @query("causerie-chat-header") private header!: ChatHeader;
  @query("causerie-message-list") private list!: MessageList;
  @query("causerie-composer") private composer?: Composer;
  @query("causerie-confirm-dialog") private confirm!: ConfirmDialog;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["state"];
  /** The conversation was marked as unread when it was opened. Reading it clears that mark, but not a mark that is set later. */
  #openedMarked = false;
  #marking = false;
  #marker = new ReadMarker(this, () => void this.#markRead());

  static override styles = [base, chatPane];

  /** Focuses the text field; the title, if the user can't write. */
  async focusComposer(): Promise<void> {
    await this.updateComplete;
    if (!this.composer) return this.focusHeading();
    await this.composer.updateComplete;
    this.composer.focusField();
  }

  /** Focuses the title. */
  async focusHeading(): Promise<void> {
    await this.updateComplete;
    await this.header.focusHeading();
  }

  get #drafts(): Drafts {
    return draftsOf(this.client.me?.id ?? "");
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const before = changed.get("conversation") as Conversation | undefined;
    if (changed.has("conversation") && before?.id !== this.conversation.id) {
      this.problem = "";
      this.#openedMarked = this.conversation.readState.markedUnread;
    }
  }

  protected override updated(): void {
    this.#marker.seen();
  }

  protected override render(): unknown {
    const { conversation, client } = this;
    const notice = noticeOf(conversation, client.me?.id);
    // Few conversations have a notice: it is loaded when it is needed.
    if (notice) void import("./chat-notice.js").catch(() => {});
    return html`
      <causerie-chat-header
        exportparts="header"
        .client=${client}
        .conversation=${conversation}
        ?details=${this.details}
        @causerie-problem=${this.#showProblem}
      ></causerie-chat-header>
      <causerie-message-list
        exportparts="bubble,own-bubble"
        .client=${client}
        .conversation=${conversation}
        .target=${this.target}
        .addressOf=${this.addressOf}
        @causerie-seen=${this.#marker.seen}
        @causerie-edit=${this.#edit}
        @causerie-delete=${({ detail }: CustomEvent<Message>) => this.#askDelete(detail, false)}
        @causerie-delete-copy=${({ detail }: CustomEvent<Message>) => this.#askDelete(detail, true)}
        @causerie-retry=${({ detail }: CustomEvent<OutgoingMessage>) => this.#resolveFailed(() => client.retry(detail.clientId))}
        @causerie-discard=${({ detail }: CustomEvent<OutgoingMessage>) => this.#resolveFailed(() => client.discard(detail.clientId))}
        @causerie-rewrite=${({ detail }: CustomEvent<OutgoingMessage>) => this.#rewrite(detail)}
        @causerie-problem=${this.#showProblem}
      ></causerie-message-list>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : ""}
      ${
        notice
          ? html`<causerie-chat-notice .client=${client} .conversation=${conversation} .text=${notice}></causerie-chat-notice>`
          : html`<causerie-composer
            exportparts="composer"
            .drafts=${this.#drafts}
            .conversationId=${conversation.id}
            .textBytesMax=${client.limits.textBytesMax ?? 0}
            @causerie-send=${this.#send}
            @causerie-save=${this.#save}
            @causerie-edit-last=${this.#editLast}
            @causerie-typing=${(event: CustomEvent<boolean>) => client.setTyping(conversation.id, event.detail)}
          ></causerie-composer>`
      }
      <causerie-confirm-dialog
        .heading=${strings.deleteTitle}
        .text=${this.deleting?.ownCopy ? strings.deleteForMeText : strings.deleteText}
        .action=${strings.delete}
        @causerie-confirm=${this.#delete}
      ></causerie-confirm-dialog>
    `;
  }

  /** Marks the visible messages as read while the page is active. Sends one command at a time, even while the user scrolls. */
  async #markRead(): Promise<void> {
    const { conversation, client } = this;
    const seen = this.list?.seen ?? 0;
    if (!seen || this.#marking || client.state.name !== "connected") return;
    const { unread, markedUnread, readSeq } = conversation.readState;
    if (!(unread && seen > readSeq) && !(markedUnread && this.#openedMarked)) return;
    const openedMarked = this.#openedMarked;
    this.#openedMarked = false;
    this.#marking = true;
    try {
      await client.markRead(conversation.id, Math.max(seen, readSeq));
    } catch {
      // The connection was lost. The next call marks the messages.
      if (this.conversation.id === conversation.id) this.#openedMarked ||= openedMarked;
      return;
    } finally {
      this.#marking = false;
    }
    this.#marker.seen();
  }

  #send(event: CustomEvent<string>): void {
    this.problem = "";
    this.client.send(this.conversation.id, event.detail);
  }

  #edit({ detail }: CustomEvent<Message>): void {
    this.#beginEdit(detail);
  }

  #editLast(): void {
    const history = this.client.history(this.conversation.id);
    // While the last message is being sent, the message before it is not the one that the user wants to edit.
    if (!this.conversation.capabilities.has("edit") || history.outgoing.length || history.moreAfter) return;
    const mine = (message: Message): boolean => message.authorId === this.client.me?.id && !message.deletedAt;
    const last = history.messages.findLast(mine);
    if (last) this.#beginEdit(last);
  }

  #beginEdit(message: Message): void {
    this.#drafts.startEdit(message.conversationId, message);
    if (message.conversationId === this.conversation.id) void this.focusComposer();
  }

  async #save({ detail: { messageId, original, text } }: CustomEvent<Edit>): Promise<void> {
    const { id } = this.conversation;
    const drafts = this.#drafts;
    await this.#attempt(async () => {
      if (text !== original) await this.client.edit(id, messageId, text);
      // The user may have started to edit another message.
      if (drafts.get(id).edit?.messageId === messageId) drafts.endEdit(id);
    });
  }

  /** Retries or discards a failed message, and focuses the last message, because the pressed button disappears. */
  #resolveFailed(resolve: () => void): void {
    resolve();
    void this.list.focusLast();
  }

  /** Puts the text of a failed message back into the text field, before a text that is there. */
  #rewrite({ clientId, text }: OutgoingMessage): void {
    const { id } = this.conversation;
    const drafts = this.#drafts;
    if (!this.client.discard(clientId)) return;
    drafts.endEdit(id);
    drafts.setText(id, [text, drafts.get(id).text].filter(Boolean).join("\n"));
    void this.focusComposer();
  }

  async #askDelete(message: Message, ownCopy: boolean): Promise<void> {
    this.deleting = { message, ownCopy };
    await this.#attempt(async () => {
      await import("./confirm-dialog.js");
      await this.confirm.updateComplete;
      this.confirm.show();
    });
  }

  async #delete(): Promise<void> {
    if (!this.deleting) return;
    const { message, ownCopy } = this.deleting;
    const { conversationId, id, seq } = message;
    const { client } = this;
    const drafts = this.#drafts;
    if (drafts.get(conversationId).edit?.messageId === id) drafts.endEdit(conversationId);
    await this.#attempt(async () => {
      await (ownCopy ? client.deleteOwnCopy(conversationId, id) : client.delete(conversationId, id));
      // The focused button disappeared with the message.
      if (conversationId === this.conversation.id) await this.list.focusAfter(seq);
    });
  }

  #showProblem({ detail }: CustomEvent<string>): void {
    this.problem = detail;
  }

  async #attempt(run: () => Promise<void>): Promise<void> {
    this.problem = "";
    try {
      await run();
    } catch (thrown) {
      this.problem = explain(thrown);
    }
  }
}
