import type { ClientEvents, Conversation, History, Message } from "causerie";
import { html, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { ClientElement } from "./client-element.js";
import { lastSeqInView, renderedMessages, ScrollAnchor } from "./scroll-anchor.js";
import "./load-sentinel.js";
import { dayName } from "./format.js";
import { strings } from "./i18n/index.js";
import { chatIcon } from "./icons.js";
import type { LoadSentinel } from "./load-sentinel.js";
import "./latest-button.js";
import { loadMemberNames } from "./member-names.js";
import "./message.js";
import type { MessageActionsRequest } from "./message.js";
import { messageActions } from "./message-actions.js";
import { type GroupedMessage, groupMessages, groupOutgoing } from "./message-groups.js";
import { messageListStyles } from "./message-list-styles.js";
import { nameById, titleOf } from "./names.js";
import "./popup.js";
import type { MenuItem, Popup } from "./popup.js";
import { isPageActive } from "./read-marker.js";
import { base, emptyState } from "./styles.js";
import { typingText } from "./typing-text.js";

/** Within this distance of the end, the user counts as being at the end, in pixels. */
const nearEndPx = 80;
/** When a conversation is opened, the separator of new messages is at this fraction of the height. */
const unreadAt = 1 / 4;
/** The list scrolls smoothly to the end when it is at most this many screens away, and otherwise jumps. */
const smoothScreens = 2;

/**
 * The messages of a conversation. Opens at the first unread message, or at the end. Fires `causerie-seen` when `seen` may have grown, and
 * `causerie-edit` and `causerie-delete` with a message.
 */
@customElement("causerie-message-list")
export class MessageList extends ClientElement {
  @property({ attribute: false }) conversation!: Conversation;
  /** Which messages could not be loaded: the first ones to show, older ones or newer ones. */
  @state() private failed: "" | "first" | "older" | "newer" = "";
  /** Whether the first messages to show are being loaded. */
  @state() private opening = false;
  /** Whether the newest message is not visible. */
  @state() private away = false;
  @query(".scroller") private scroller!: HTMLElement;
  @query("causerie-popup") private popup!: Popup;
  @query(".column") private column?: HTMLElement;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["history", "typing", "state", "users"];

  /** The `seq` of the first message that was unread when the conversation was opened; 0 for none. */
  #newSeq = 0;
  /** Where to scroll to after the messages are rendered. */
  #goal: "unread" | "end" | undefined;
  readonly #anchor = new ScrollAnchor();
  /** Whether the user is at the end: the list then scrolls to each new message. */
  #stick = true;
  /** Whether a smooth scroll to the end is in progress. */
  #jumping = false;
  #connected = false;
  /** The client id of the last outgoing message that was rendered. */
  #lastOutgoing = "";
  #resized = new ResizeObserver(() => this.#hold());

  static override styles = [base, emptyState, messageListStyles];

  /** The `seq` of the last message whose end is visible; 0 for none. */
  get seen(): number {
    if (!this.column || this.#goal || !this.scroller.clientHeight) return 0;
    return this.#stick ? this.conversation.lastSeq : lastSeqInView(this.scroller);
  }

  /** Focuses the message after `seq`, or the message `seq` itself when it is the last. */
  async focusAfter(seq: number): Promise<void> {
    await this.updateComplete;
    const messages = renderedMessages(this.scroller);
    const at = messages.findIndex(({ message }) => message?.seq === seq);
    (messages[at + 1] ?? messages[at])?.focus({ preventScroll: false });
  }

  /** Focuses the last message. */
  async focusLast(): Promise<void> {
    await this.updateComplete;
    renderedMessages(this.scroller).at(-1)?.focus();
  }

  get #history(): History {
    return this.client.history(this.conversation.id);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const before = changed.get("conversation") as Conversation | undefined;
    if (changed.has("conversation") && before?.id !== this.conversation.id) this.#opened();
    else if (this.column) this.#anchor.capture(this.scroller);
    this.#reconnected();
    this.#holdNewMessages();
    const { outgoing, moreAfter } = this.#history;
    const last = outgoing.at(-1)?.clientId ?? "";
    if (last && last !== this.#lastOutgoing) {
      // A user who sends a message has seen the new messages, and wants to see their own.
      this.#newSeq = 0;
      if (moreAfter) void this.#jump();
      else this.#goal = "end";
    }
    this.#lastOutgoing = last;
  }

  protected override updated(): void {
    void this.#position();
  }

  protected override render(): unknown {
    const { conversation, client } = this;
    const history = this.#history;
    if (!history.loaded || this.opening) return this.#loadingState();
    const { messages, moreBefore, moreAfter } = history;
    // Outgoing messages belong after the newest message, which is not loaded.
    const outgoing = moreAfter ? [] : history.outgoing;
    const typing = moreAfter ? "" : typingText(client, client.typing(conversation.id));
    return html`
      <div class="scroller" tabindex="0" role="log" aria-label=${strings.messagesOf(titleOf(conversation, client.me?.id))} @scroll=${this.#scrolled}
        @causerie-actions=${this.#act}>
        ${messages.length || outgoing.length ? "" : this.#empty()}
        <div class="column">
          ${moreBefore ? this.#sentinel("older", strings.olderFailed) : ""}
          ${repeat(
            [
              ...groupMessages(messages, this.#firstNew(messages)),
              ...groupOutgoing(outgoing, messages.at(-1)?.authorId === client.me?.id),
            ],
            (each) => this.#keyOf(each),
            (each) => this.#message(each),
          )}
          ${moreAfter ? this.#sentinel("newer", strings.newerFailed) : ""}
          <p class="typing" aria-live="polite">${typing}</p>
        </div>
      </div>
      <causerie-popup></causerie-popup>
      <causerie-latest-button
        ?shown=${this.away}
        .unread=${conversation.readState.unread}
        @causerie-latest=${this.#jump}
      ></causerie-latest-button>
    `;
  }

  #sentinel(direction: "older" | "newer", problem: string): unknown {
    return html`<causerie-load-sentinel
      .problem=${this.failed === direction ? problem : ""}
      @causerie-load=${() => this.#extend(direction)}
    ></causerie-load-sentinel>`;
  }

  /** Own messages keep their element when they become `sent`. Client ids of other users may be equal, so they are no keys. */
  #keyOf({ message, outgoing }: GroupedMessage): string {
    if (!message) return outgoing?.clientId ?? "";
    return (message.authorId === this.client.me?.id && message.clientId) || message.id;
  }

  #message({ message, outgoing, startsDay, startsNew, first, last }: GroupedMessage): unknown {
    const { conversation, client } = this;
    const own = !message || message.authorId === client.me?.id;
    const named = conversation.kind === "group" && !own && first;
    return html`
      ${message && startsDay ? html`<p class="day"><span>${dayName(message.sentAt, new Date())}</span></p>` : ""}
      ${startsNew ? html`<p class="new">${strings.newMessages}</p>` : ""}
      <causerie-message
        tabindex="-1"
        .message=${message}
        .outgoing=${outgoing}
        ?own=${own}
        ?first=${first}
        ?last=${last}
        .author=${named ? this.#nameOf(message.authorId) : ""}
        .progress=${outgoing?.status ?? (own && message ? this.#progressOf(message) : "")}
        ?actionable=${message !== undefined && this.#actionsOf(message).length > 0}
      ></causerie-message>
    `;
  }

  #nameOf(userId: string): string | undefined {
    const { client, conversation } = this;
    if (client.isHidden(userId)) void loadMemberNames(client, conversation.id);
    return nameById(client, userId);
  }

  #actionsOf(message: Message): readonly MenuItem[] {
    const own = message.authorId === this.client.me?.id;
    return messageActions(message, this.conversation, own, (name, detail) =>
      this.dispatchEvent(new CustomEvent(name, { detail })),
    );
  }

  #act({ detail: { message, anchor, returnTo } }: CustomEvent<MessageActionsRequest>): void {
    void this.popup.show(strings.messageActions, this.#actionsOf(message), anchor, returnTo);
  }

  /** The `seq` below the separator of new messages; 0 while the message before it is not loaded. */
  #firstNew(messages: readonly Message[]): number {
    const first = messages[0];
    if (!this.#newSeq || !first || (first.seq > this.#newSeq && this.#history.moreBefore)) return 0;
    return messages.find(({ seq }) => seq >= this.#newSeq)?.seq ?? 0;
  }

  /** `read`: all other members have read the message. Unknown when the conversation lists only some of its members. */
  #progressOf(message: Message): "sent" | "read" | "" {
    const { kind, members, memberCount } = this.conversation;
    if (kind === "note_to_self") return "";
    const others = members.filter(({ user }) => user.id !== message.authorId);
    const all = others.length > 0 && members.length >= memberCount;
    return all && others.every(({ readSeq }) => readSeq >= message.seq) ? "read" : "sent";
  }

  #loadingState(): unknown {
    return html`<div class="scroller">${
      this.failed === "first"
        ? html`<div class="empty" role="alert">
          <p>${strings.loadFailed}</p>
          <button class="button" @click=${this.#open}>${strings.tryAgain}</button>
        </div>`
        : html`<div class="centre" role="status"><span class="spinner"></span><span class="visually-hidden">${strings.loading}</span></div>`
    }</div>`;
  }

  #empty(): unknown {
    return html`<div class="empty">
      <span class="badge">${chatIcon}</span>
      <h2>${strings.noMessages}</h2>
      <p>${strings.noMessagesHint}</p>
    </div>`;
  }

  /** While the page is not active, the list does not scroll past new messages: the first of them stays visible. */
  #holdNewMessages(): void {
    const { unread, readSeq } = this.conversation.readState;
    if (!unread || !this.#stick || isPageActive() || !this.column) return;
    this.#newSeq = Math.max(this.#newSeq, readSeq + 1);
    this.#goal = "unread";
  }

  #opened(): void {
    const { readSeq, unread } = this.conversation.readState;
    this.#newSeq = unread ? readSeq + 1 : 0;
    this.#goal = this.#newSeq ? "unread" : "end";
    this.#anchor.clear();
    this.#stick = this.#jumping = this.away = this.opening = false;
    this.#lastOutgoing = this.#history.outgoing.at(-1)?.clientId ?? "";
    this.failed = "";
    const { loaded, messages, moreAfter } = this.#history;
    const [first, last] = [messages[0]?.seq ?? 0, messages.at(-1)?.seq ?? 0];
    const wanted = this.#newSeq ? first <= this.#newSeq && (this.#newSeq <= last || !moreAfter) : !moreAfter;
    if (!loaded || !wanted) void this.#open();
  }

  async #open(): Promise<void> {
    const { id } = this.conversation;
    const history = this.#history;
    this.failed = "";
    this.opening = true;
    try {
      await (this.#newSeq ? history.loadAround(this.#newSeq) : history.loadNewest());
    } catch {
      if (this.conversation.id === id) this.failed = "first";
      return;
    }
    if (this.conversation.id === id) this.opening = false;
  }

  async #extend(direction: "older" | "newer"): Promise<void> {
    const { id } = this.conversation;
    const history = this.#history;
    this.failed = "";
    try {
      await (direction === "older" ? history.loadOlder() : history.loadNewer());
    } catch {
      if (this.conversation.id === id) this.failed = direction;
    }
  }

  /** After a reconnection, loads the messages again that could not be loaded. */
  #reconnected(): void {
    const connected = this.client.state.name === "connected";
    if (connected && !this.#connected && this.failed) {
      if (this.failed === "first") void this.#open();
      else this.failed = "";
    }
    this.#connected = connected;
  }

  /** Positions the list after all messages have rendered, which they do after the list. */
  async #position(): Promise<void> {
    const { scroller, column } = this;
    if (!column) return;
    await Promise.all(
      renderedMessages(scroller)
        .filter((each) => each.isUpdatePending)
        .map((each) => each.updateComplete),
    );
    if (!column.isConnected) return;
    this.#resized.disconnect();
    this.#resized.observe(scroller);
    this.#resized.observe(column);
    this.#scrollToGoal();
    this.#hold();
    for (const sentinel of scroller.querySelectorAll<LoadSentinel>("causerie-load-sentinel")) sentinel.observe();
  }

  /** Scrolls to `#goal`. */
  #scrollToGoal(): void {
    const { scroller } = this;
    if (!this.#goal || !scroller.clientHeight) return;
    const line = this.#goal === "unread" ? scroller.querySelector(".new") : null;
    this.#goal = undefined;
    this.#stick = !line;
    if (!line) return;
    const down = line.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    scroller.scrollTop += down - scroller.clientHeight * unreadAt;
    this.#anchor.capture(scroller);
  }

  /** Keeps the position: at the end, or at the first visible message. */
  #hold(): void {
    const { scroller, column } = this;
    if (!column || this.#goal) return;
    if (this.#stick || this.#jumping) scroller.scrollTop = scroller.scrollHeight;
    else this.#anchor.restore(scroller);
    this.#scrolled();
  }

  /** Updates the state that depends on the scroll position. */
  #scrolled(): void {
    const { scroller } = this;
    if (this.#goal || !scroller.clientHeight) return;
    const below = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    const atEnd = below < nearEndPx && !this.#history.moreAfter;
    if (atEnd) this.#jumping = false;
    this.#stick = atEnd;
    this.away = !atEnd && !this.#jumping;
    this.#anchor.capture(scroller);
    this.dispatchEvent(new CustomEvent("causerie-seen"));
  }

  async #jump(): Promise<void> {
    if (this.#history.moreAfter) {
      try {
        await this.#history.loadNewest();
      } catch {
        this.failed = "newer";
        return;
      }
      this.#goal = "end";
      this.requestUpdate();
      return;
    }
    const { scroller } = this;
    const far = scroller.scrollHeight - scroller.scrollTop > (smoothScreens + 1) * scroller.clientHeight;
    const still = far || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#jumping = !still;
    // The focused button is about to disappear.
    scroller.focus({ preventScroll: true });
    scroller.scrollTo({ top: scroller.scrollHeight, behavior: still ? "instant" : "smooth" });
  }
}
