import { html, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { ClientEvents, Conversation, History, Message } from "../sdk/index.js";
import { Anchor, drawn, lastSeqInView } from "./anchor.js";
import { ClientElement } from "./client-element.js";
import "./edge.js";
import type { Edge } from "./edge.js";
import { dayName } from "./format.js";
import { strings } from "./i18n/index.js";
import { chatIcon } from "./icons.js";
import "./latest-button.js";
import { seekMembers } from "./member-names.js";
import "./message.js";
import type { ActionsWanted } from "./message.js";
import { messageActions } from "./message-actions.js";
import { type Placed, place, placeOutgoing } from "./message-groups.js";
import { messageListStyles } from "./message-list-styles.js";
import { nameById, titleOf } from "./names.js";
import "./popup.js";
import type { MenuItem, Popup } from "./popup.js";
import { isLookedAt } from "./read-marker.js";
import { base, emptyState } from "./styles.js";
import { typingText } from "./typing-text.js";

/** This close to the end counts as being there, in pixels. */
const nearEndPx = 80;
/** The line above the first unread message stands this far down when a conversation is opened. */
const unreadAt = 1 / 4;
/** A way to the end up to so many screens is scrolled, a longer one jumped. */
const smoothScreens = 2;

/**
 * The messages of one conversation. Opens at the first unread message, or at the end. Fires `causerie-seen` when `seen` may
 * have grown, `causerie-edit` and `causerie-delete` with a message.
 */
@customElement("causerie-message-list")
export class MessageList extends ClientElement {
  @property({ attribute: false }) conversation!: Conversation;
  /** The first messages, older or newer ones could not be loaded. */
  @state() private failed: "" | "first" | "older" | "newer" = "";
  /** The first messages to show are being loaded. */
  @state() private opening = false;
  /** The newest message is out of view. */
  @state() private away = false;
  @query(".scroller") private scroller!: HTMLElement;
  @query("causerie-popup") private popup!: Popup;
  @query(".column") private column?: HTMLElement;

  protected override readonly drawnAfter: readonly (keyof ClientEvents)[] = ["history", "typing", "state", "users"];

  /** The first message that was unread when the conversation was opened; 0 for none. */
  #newSeq = 0;
  /** Where to go once the messages are drawn. */
  #goal: "unread" | "end" | undefined;
  readonly #anchor = new Anchor();
  /** The reader is at the end, and new messages keep them there. */
  #stick = true;
  /** Scrolls smoothly to the end at the moment. */
  #jumping = false;
  #connected = false;
  /** The last outgoing message that was drawn. */
  #lastOutgoing = "";
  #resized = new ResizeObserver(() => this.#hold());

  static override styles = [base, emptyState, messageListStyles];

  /** The seq of the last message that was in view at the end of what is shown; 0 where nothing is. */
  get seen(): number {
    if (!this.column || this.#goal || !this.scroller.clientHeight) return 0;
    return this.#stick ? this.conversation.lastSeq : lastSeqInView(this.scroller);
  }

  /** Puts the focus on the message after this one, or on this one where it is the last. */
  async focusAfter(seq: number): Promise<void> {
    await this.updateComplete;
    const messages = drawn(this.scroller);
    const at = messages.findIndex(({ message }) => message?.seq === seq);
    (messages[at + 1] ?? messages[at])?.focus({ preventScroll: false });
  }

  /** Puts the focus on the last message. */
  async focusLast(): Promise<void> {
    await this.updateComplete;
    drawn(this.scroller).at(-1)?.focus();
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
    else if (this.column) this.#anchor.note(this.scroller);
    this.#reconnected();
    this.#unseen();
    const { outgoing, moreAfter } = this.#history;
    const last = outgoing.at(-1)?.clientId ?? "";
    if (last && last !== this.#lastOutgoing) {
      // Who writes has seen what is new, and wants to see what they wrote.
      this.#newSeq = 0;
      if (moreAfter) void this.#jump();
      else this.#goal = "end";
    }
    this.#lastOutgoing = last;
  }

  protected override updated(): void {
    void this.#settle();
  }

  protected override render(): unknown {
    const { conversation, client } = this;
    const history = this.#history;
    if (!history.loaded || this.opening) return this.#notLoaded();
    const { messages, moreBefore, moreAfter } = history;
    // Behind messages that are not loaded is not where they belong.
    const outgoing = moreAfter ? [] : history.outgoing;
    const typing = moreAfter ? "" : typingText(client, client.typing(conversation.id));
    return html`
      <div class="scroller" tabindex="0" role="log" aria-label=${strings.messagesOf(titleOf(conversation, client.me?.id))} @scroll=${this.#look}
        @causerie-actions=${this.#act}>
        ${messages.length || outgoing.length ? "" : this.#empty()}
        <div class="column">
          ${moreBefore ? this.#edge("older", strings.olderFailed) : ""}
          ${repeat(
            [
              ...place(messages, this.#firstNew(messages)),
              ...placeOutgoing(outgoing, messages.at(-1)?.authorId === client.me?.id),
            ],
            (each) => this.#keyOf(each),
            (each) => this.#message(each),
          )}
          ${moreAfter ? this.#edge("newer", strings.newerFailed) : ""}
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

  #edge(direction: "older" | "newer", problem: string): unknown {
    return html`<causerie-edge
      .problem=${this.failed === direction ? problem : ""}
      @causerie-near=${() => this.#extend(direction)}
    ></causerie-edge>`;
  }

  /** One's own message is one element from sending to sent. Others choose their client ids, and may choose the same. */
  #keyOf({ message, outgoing }: Placed): string {
    if (!message) return outgoing?.clientId ?? "";
    return (message.authorId === this.client.me?.id && message.clientId) || message.id;
  }

  #message({ message, outgoing, startsDay, startsNew, first, last }: Placed): unknown {
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
    if (client.isHidden(userId)) void seekMembers(client, conversation.id);
    return nameById(client, userId);
  }

  #actionsOf(message: Message): readonly MenuItem[] {
    const own = message.authorId === this.client.me?.id;
    return messageActions(message, this.conversation, own, (name, detail) =>
      this.dispatchEvent(new CustomEvent(name, { detail })),
    );
  }

  #act({ detail: { message, anchor, returnTo } }: CustomEvent<ActionsWanted>): void {
    void this.popup.show(strings.messageActions, this.#actionsOf(message), anchor, returnTo);
  }

  /** Where the line above what is new stands; nowhere while the message before it is not loaded. */
  #firstNew(messages: readonly Message[]): number {
    const first = messages[0];
    if (!this.#newSeq || !first || (first.seq > this.#newSeq && this.#history.moreBefore)) return 0;
    return messages.find(({ seq }) => seq >= this.#newSeq)?.seq ?? 0;
  }

  /** Read: by all others. A large conversation lists some of its members only, and nobody knows of the rest. */
  #progressOf(message: Message): "sent" | "read" | "" {
    const { kind, members, memberCount } = this.conversation;
    if (kind === "note_to_self") return "";
    const others = members.filter(({ user }) => user.id !== message.authorId);
    const all = others.length > 0 && members.length >= memberCount;
    return all && others.every(({ readSeq }) => readSeq >= message.seq) ? "read" : "sent";
  }

  #notLoaded(): unknown {
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

  /** What comes while nobody looks is not read by being scrolled past: the first of it stays in view. */
  #unseen(): void {
    const { unread, readSeq } = this.conversation.readState;
    if (!unread || !this.#stick || isLookedAt() || !this.column) return;
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

  /** What failed for want of a connection is tried again when it is there. */
  #reconnected(): void {
    const connected = this.client.state.name === "connected";
    if (connected && !this.#connected && this.failed) {
      if (this.failed === "first") void this.#open();
      else this.failed = "";
    }
    this.#connected = connected;
  }

  /** Messages draw themselves a moment after the list: places are right once they have. */
  async #settle(): Promise<void> {
    const { scroller, column } = this;
    if (!column) return;
    await Promise.all(
      drawn(scroller)
        .filter((each) => each.isUpdatePending)
        .map((each) => each.updateComplete),
    );
    if (!column.isConnected) return;
    this.#resized.disconnect();
    this.#resized.observe(scroller);
    this.#resized.observe(column);
    this.#reach();
    this.#hold();
    for (const edge of scroller.querySelectorAll<Edge>("causerie-edge")) edge.look();
  }

  /** Goes where the conversation is to be opened, or where the reader wants to be. */
  #reach(): void {
    const { scroller } = this;
    if (!this.#goal || !scroller.clientHeight) return;
    const line = this.#goal === "unread" ? scroller.querySelector(".new") : null;
    this.#goal = undefined;
    this.#stick = !line;
    if (!line) return;
    const down = line.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    scroller.scrollTop += down - scroller.clientHeight * unreadAt;
    this.#anchor.note(scroller);
  }

  /** Keeps the reader where they are: at the end, or at what they look at. */
  #hold(): void {
    const { scroller, column } = this;
    if (!column || this.#goal) return;
    if (this.#stick || this.#jumping) scroller.scrollTop = scroller.scrollHeight;
    else this.#anchor.restore(scroller);
    this.#look();
  }

  /** Takes notice of what is in view. */
  #look(): void {
    const { scroller } = this;
    if (this.#goal || !scroller.clientHeight) return;
    const below = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    const atEnd = below < nearEndPx && !this.#history.moreAfter;
    if (atEnd) this.#jumping = false;
    this.#stick = atEnd;
    this.away = !atEnd && !this.#jumping;
    this.#anchor.note(scroller);
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
    // The button is about to go, and the focus with it.
    scroller.focus({ preventScroll: true });
    scroller.scrollTo({ top: scroller.scrollHeight, behavior: still ? "instant" : "smooth" });
  }
}
