import type { ClientEvents, Conversation, History, Message, OutgoingMessage } from "causerie";
import { html, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { ClientElement } from "./client-element.js";
import { dayName } from "./day-name.js";
import type { FloatingDate } from "./floating-date.js";
import { currentTimeZone } from "./format.js";
import { strings } from "./i18n/index.js";
import { chatIcon } from "./icons.js";
import "./load-sentinel.js";
import type { LoadSentinel } from "./load-sentinel.js";
import { loadMemberNames } from "./member-names.js";
import "./message.js";
import type { MessageActionsRequest, MessageElement } from "./message.js";
import type { MessageDetails } from "./message-details.js";
import { MessageFocus } from "./message-focus.js";
import { type GroupedMessage, groupMessages, groupOutgoing } from "./message-groups.js";
import { messageListStyles } from "./message-list-styles.js";
import { type Goal, MessageLoader, seqOf } from "./message-loader.js";
import { type Direction, MessageWindow, type Range } from "./message-window.js";
import { colourSeed, nameById, titleOf } from "./names.js";
import type { Popup } from "./popup.js";
import { isPageActive } from "./read-marker.js";
import { noReaders, type Reader } from "./reader-faces.js";
import { progressOf, readersBySeq } from "./readers.js";
import { leavePlace, placeIn } from "./reading-places.js";
import { routeOfMessage } from "./route.js";
import { lastSeqInView, middleSeq, renderedMessages, ScrollAnchor } from "./scroll-anchor.js";
import { base, emptyState } from "./styles.js";
import { typingText } from "./typing-text.js";

/** Within this distance of the end, the user counts as being at the end, in pixels. */
const nearEndPx = 80;
/** The separator of new messages, and a message to which a link leads, are shown at this fraction of the height. */
const goalAt = 1 / 4;
/** The list scrolls smoothly to the end when it is at most this many screens away, and otherwise jumps. */
const smoothScreens = 2;
const loadLater = (): Promise<typeof import("./message-list-later.js")> => import("./message-list-later.js");
/** When more messages than this are loaded, those far from the visible ones are unloaded. */
const loadedMax = 1_000;
/** This number of messages stays loaded on each side of those in the page. */
const loadedBeside = 300;

/**
 * The messages of a conversation. Opens at the first unread message, where the user left, or at the end. Fires `causerie-seen` when `seen` may
 * have grown, `causerie-edit`, `causerie-delete` and `causerie-delete-copy` with a message, and `causerie-problem` with a sentence.
 */
@customElement("causerie-message-list")
export class MessageList extends ClientElement {
  @property({ attribute: false }) conversation!: Conversation;
  /** The `seq` of a message to show, from a link; 0 for none. */
  @property({ type: Number }) target = 0;
  /** Returns the address of a route; `undefined` when the page has no addresses. */
  @property({ attribute: false }) addressOf: ((route: string) => string) | undefined;
  /** Whether the newest message is not visible. */
  @state() private away = false;
  @query(".scroller") private scroller!: HTMLElement;
  @query("causerie-popup") private popup?: Popup;
  @query("causerie-floating-date") private floatingDate?: FloatingDate;
  @query("causerie-message-details") private details!: MessageDetails;
  @query(".column") private column?: HTMLElement;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["history", "typing", "state", "users"];

  /** The `seq` of the first message that was unread when the conversation was opened; 0 for none. */
  #newSeq = 0;
  #goal: Goal | undefined;
  readonly #anchor = new ScrollAnchor();
  readonly #window = new MessageWindow();
  readonly #loader = new MessageLoader(
    this,
    () => this.#history,
    (goal) => {
      this.#goal = goal;
      this.#window.reset();
    },
  );
  /** The messages in the page, as a part of the loaded ones. */
  #range: Range = { from: 0, to: 0 };
  /** Whether the list has rendered and was not positioned yet: the visible part may be wrong, and its position is not to be remembered. */
  #unpositioned = false;
  /** Whether the newest message is in the page. */
  #atNewest = false;
  /** Whether the user is at the end: the list then scrolls to each new message. */
  #stick = true;
  /** Whether a smooth scroll to the end is in progress. */
  #jumping = false;
  /** The outgoing messages that were last rendered. */
  #outgoing: readonly OutgoingMessage[] = [];
  readonly #focus = new MessageFocus(
    this,
    () => this.scroller,
    (element) => this.#keyOf(element),
    () => void this.#jump(),
    () => this.#scrolled(),
  );
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
    (messages[at + 1] ?? messages[at] ?? messages.at(-1))?.focus({ preventScroll: false });
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
    this.#leave(this.conversation);
  }

  protected override concerns<Name extends keyof ClientEvents>(event: Name, payload: ClientEvents[Name]): boolean {
    if (event !== "history" && event !== "typing") return true;
    return (payload as ClientEvents["history" | "typing"]).conversationId === this.conversation.id;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const before = changed.get("conversation") as Conversation | undefined;
    if (changed.has("conversation") && before?.id !== this.conversation.id) {
      if (before) this.#leave(before);
      this.#opened();
    } else {
      if (this.column && !this.#unpositioned) this.#anchor.capture(this.scroller);
      if (changed.has("target") && this.target) this.#loader.show({ to: "message", seq: this.target, flash: true });
      else if (!this.#history.loaded && !this.#loader.isOpening) this.#reload();
      else this.#loader.check();
    }
    this.#loader.connected(this.client.state.name === "connected");
    this.#holdNewMessages();
    const { outgoing } = this.#history;
    const last = outgoing.at(-1);
    // A failed message becomes the last one when the messages after it are sent or discarded: then the user has sent nothing new.
    if (last && !this.#outgoing.some(({ clientId }) => clientId === last.clientId)) {
      // A user who sends a message has seen the new messages, and wants to see their own.
      this.#newSeq = 0;
      this.#loader.show({ to: "end" });
    }
    this.#outgoing = outgoing;
    const { messages, moreAfter } = this.#history;
    this.#range = this.#window.fit(messages, this.#centre(), moreAfter);
    this.#atNewest = !moreAfter && this.#range.to === messages.length;
    this.#focus.willUpdate();
  }

  protected override firstUpdated(): void {
    loadLater().then(
      ({ onDayChange }) => onDayChange(this),
      // The load is repeated when the user opens a menu.
      () => {},
    );
  }

  protected override updated(): void {
    this.#unpositioned = true;
    this.#focus.updated();
    void this.#position();
    this.#unloadFar();
  }

  protected override render(): unknown {
    const { conversation, client } = this;
    const history = this.#history;
    if (!history.loaded || this.#loader.isOpening) return this.#loadingState();
    const { messages, moreBefore } = history;
    const { from, to } = this.#range;
    // Outgoing messages belong after the newest message.
    const outgoing = this.#atNewest ? history.outgoing : [];
    const typing = this.#atNewest ? typingText(client, client.typing(conversation.id)) : "";
    const shown = [
      ...groupMessages(messages, this.#firstNew(messages), from, to),
      ...groupOutgoing(outgoing, messages.at(-1)?.authorId === client.me?.id),
    ];
    const active = this.#focus.activeAmong(shown.map((each) => this.#keyOf(each)));
    const readers = readersBySeq(client, conversation, history);
    const zone = currentTimeZone();
    return html`
      <div class="scroller" tabindex="-1" role="group" aria-label=${strings.messagesOf(titleOf(conversation, client.me?.id))}
        @scroll=${this.#userScrolled} @keydown=${this.#focus.key} @focusin=${this.#focus.entered}
        @causerie-actions=${this.#act} @causerie-details=${({ detail }: CustomEvent<Message>) => this.#showDetails(detail)}>
        ${shown.length ? "" : this.#empty()}
        <div class="column">
          ${from > 0 || moreBefore ? this.#sentinel("older", from > 0, strings.olderFailed) : ""}
          ${
            shown.length
              ? html`<div role="list">
                ${repeat(
                  shown,
                  (each) => this.#keyOf(each),
                  (each) => this.#message(each, active, readers, zone),
                )}
              </div>`
              : ""
          }
          ${this.#atNewest ? "" : this.#sentinel("newer", to < messages.length, strings.newerFailed)}
          <p class="typing">${typing}</p>
        </div>
      </div>
      <causerie-floating-date></causerie-floating-date>
      <causerie-arrivals .client=${client} .conversationId=${conversation.id}></causerie-arrivals>
      <causerie-popup></causerie-popup>
      <causerie-message-details .client=${client} .conversation=${conversation}></causerie-message-details>
      <causerie-latest-button
        ?shown=${this.away}
        .unread=${conversation.readState.unread}
        @causerie-latest=${this.#jump}
      ></causerie-latest-button>
    `;
  }

  /** `isLoaded`: on this side are loaded messages that are not in the page. They are added first; a failure concerns those after them. */
  #sentinel(direction: Direction, isLoaded: boolean, problem: string): unknown {
    return html`<causerie-load-sentinel
      .problem=${this.#loader.failed === direction && !isLoaded ? problem : ""}
      @causerie-load=${() => this.#extend(direction)}
    ></causerie-load-sentinel>`;
  }

  /** Own messages keep their element when they become `sent`. Client ids of other users may be equal, so they are no keys. */
  #keyOf({ message, outgoing }: Pick<GroupedMessage, "message" | "outgoing">): string {
    if (!message) return outgoing?.clientId ?? "";
    return (message.authorId === this.client.me?.id && message.clientId) || message.id;
  }

  #message(each: GroupedMessage, active: string, readers: ReadonlyMap<number, readonly Reader[]>, timeZone: string): unknown {
    const { message, outgoing, startsDay, startsNew, first, last } = each;
    const { conversation, client } = this;
    const own = !message || message.authorId === client.me?.id;
    const author = own ? client.me : client.user(message.authorId);
    const isActive = active === this.#keyOf(each);
    return html`
      <causerie-message
        exportparts="bubble,own-bubble"
        role="listitem"
        tabindex=${isActive ? 0 : -1}
        .message=${message}
        .outgoing=${outgoing}
        .day=${message && startsDay ? dayName(message.sentAt, new Date()) : ""}
        ?startsNew=${startsNew}
        ?own=${own}
        ?first=${first}
        ?last=${last}
        .author=${own ? "" : this.#nameOf(message.authorId)}
        .colour=${conversation.kind === "group" && !own ? (author ? colourSeed(author) : message.authorId) : ""}
        .progress=${outgoing?.status ?? (own && message ? progressOf(conversation, message) : "")}
        .readers=${(message && readers.get(message.seq)) ?? noReaders}
        .timeZone=${timeZone}
        ?actionable=${message !== undefined && !message.deletedAt}
        ?active=${isActive}
      ></causerie-message>
    `;
  }

  #nameOf(userId: string): string | undefined {
    const { client, conversation } = this;
    if (client.isHidden(userId)) void loadMemberNames(client, conversation.id);
    return nameById(client, userId);
  }

  async #act({ detail: { message, anchor, returnTo } }: CustomEvent<MessageActionsRequest>): Promise<void> {
    const later = await loadLater().catch(() => undefined);
    if (!later) return this.#reportProblem();
    // Another conversation was opened meanwhile.
    if (message.conversationId !== this.conversation.id) return;
    const items = later.messageActions({
      message,
      capabilities: this.conversation.capabilities,
      isOwn: message.authorId === this.client.me?.id,
      address: this.addressOf?.(routeOfMessage(this.conversation.id, message.seq)),
      fire: (name) => this.dispatchEvent(new CustomEvent(name, { detail: message })),
      showDetails: () => void this.#showDetails(message),
    });
    await this.popup?.show(strings.messageActions, items, anchor, returnTo);
  }

  async #showDetails(message: Message): Promise<void> {
    try {
      await import("./message-details.js");
      await this.details.show(message);
    } catch {
      this.#reportProblem();
    }
  }

  /** A module could not be loaded. */
  #reportProblem(): void {
    this.dispatchEvent(new CustomEvent("causerie-problem", { detail: strings.loadFailed }));
  }

  /** The `seq` below the separator of new messages; 0 while the message before it is not loaded. */
  #firstNew(messages: readonly Message[]): number {
    const first = messages[0];
    if (!this.#newSeq || !first || (first.seq > this.#newSeq && this.#history.moreBefore)) return 0;
    return messages.find(({ seq }) => seq >= this.#newSeq)?.seq ?? 0;
  }

  #loadingState(): unknown {
    return html`<div class="scroller" tabindex="-1">${
      this.#loader.failed === "first"
        ? html`<div class="empty" role="alert">
          <p>${strings.loadFailed}</p>
          <button class="button" @click=${this.#loader.retry}>${strings.tryAgain}</button>
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
    this.#goal = { to: "separator", seq: this.#newSeq };
  }

  #opened(): void {
    const { readSeq, unread } = this.conversation.readState;
    this.#newSeq = unread ? readSeq + 1 : 0;
    // The method is undefined until the element is loaded.
    this.popup?.close?.();
    this.#anchor.clear();
    this.#focus.reset();
    this.#window.reset();
    this.#loader.reset();
    this.#goal = undefined;
    this.#stick = this.#jumping = this.away = false;
    this.#outgoing = this.#history.outgoing;
    const place = placeIn(this.client, this.conversation.id);
    if (this.target) this.#loader.show({ to: "message", seq: this.target, flash: true });
    else if (this.#newSeq) this.#loader.show({ to: "separator", seq: this.#newSeq });
    else this.#loader.show(place ? { to: "message", ...place } : { to: "end" });
  }

  /** The loaded messages were out of date, and the client loads the newest ones: goes back to the visible messages, unless at the end. */
  #reload(): void {
    const { place } = this.#anchor;
    this.#loader.reset();
    this.#loader.show(this.#stick || !place ? { to: "end" } : { to: "message", ...place });
  }

  /** Remembers where the user leaves a conversation, and keeps only the messages in the page. */
  #leave({ id }: Conversation): void {
    if (!this.column || this.#goal) return;
    leavePlace(this.client, id, this.#stick ? undefined : this.#anchor.place);
    this.#unload(this.client.history(id), 0);
  }

  /** Unloads the messages that are far from those in the page. */
  #unloadFar(): void {
    const history = this.#history;
    if (history.messages.length > loadedMax) this.#unload(history, loadedBeside);
  }

  #unload(history: History, beside: number): void {
    const { messages } = history;
    const first = messages[Math.max(this.#range.from - beside, 0)];
    const last = messages[Math.min(this.#range.to + beside, messages.length) - 1];
    if (first && last) history.unloadExcept(first.seq, last.seq);
  }

  /** The message around which messages are in the page, by `seq`. */
  #centre(): number {
    if (this.#goal) return seqOf(this.#goal) || Number.POSITIVE_INFINITY;
    return this.#stick || !this.column ? Number.POSITIVE_INFINITY : middleSeq(this.scroller);
  }

  #extend(direction: Direction): void {
    if (this.#window.grow(this.#history.messages, direction)) this.requestUpdate();
    else void this.#loader.extend(direction);
  }

  /** Positions the list after all messages have rendered, which they do after the list. */
  async #position(): Promise<void> {
    const { scroller, column } = this;
    if (!column) {
      this.#unpositioned = false;
      return;
    }
    await Promise.all(
      renderedMessages(scroller)
        .filter((each) => each.isUpdatePending)
        .map((each) => each.updateComplete),
    );
    this.#unpositioned = false;
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
    const goal = this.#goal;
    if (!goal || !scroller.clientHeight) return;
    this.#goal = undefined;
    const isGoal = ({ message, startsNew }: MessageElement): boolean =>
      goal.to === "message" ? (message?.seq ?? 0) >= goal.seq : goal.to === "separator" && startsNew;
    const element = renderedMessages(scroller).find(isGoal);
    this.#stick = !element;
    if (!element) return;
    const top = (goal.to === "message" ? goal.top : undefined) ?? scroller.clientHeight * goalAt;
    scroller.scrollTop += element.getBoundingClientRect().top - scroller.getBoundingClientRect().top - top;
    this.#anchor.capture(scroller);
    if (goal.to === "message" && goal.flash) element.flash();
  }

  /** Keeps the position: at the end, or at the first visible message. */
  #hold(): void {
    const { scroller, column } = this;
    if (!column || this.#goal) return;
    if (this.#stick || this.#jumping) scroller.scrollTop = scroller.scrollHeight;
    else this.#anchor.restore(scroller);
    this.#scrolled();
  }

  #userScrolled(): void {
    this.#scrolled();
    // The method is undefined until the element is loaded.
    if (!this.#stick) this.floatingDate?.show?.(this.scroller);
  }

  /** Updates the state that depends on the scroll position. */
  #scrolled(): void {
    const { scroller } = this;
    if (this.#goal || this.#unpositioned || !scroller.clientHeight) return;
    const below = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    const atEnd = below < nearEndPx && this.#atNewest;
    if (atEnd) this.#jumping = false;
    this.#stick = atEnd;
    this.away = !atEnd && !this.#jumping;
    this.#anchor.capture(scroller);
    this.#focus.scrolled(atEnd);
    this.dispatchEvent(new CustomEvent("causerie-seen"));
  }

  /** Shows the newest message and focuses it, because the focused button disappears. */
  async #jump(): Promise<void> {
    const { scroller } = this;
    const far = !this.#atNewest || scroller.scrollHeight - scroller.scrollTop > (smoothScreens + 1) * scroller.clientHeight;
    if (far || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.#loader.show({ to: "end" });
      await this.updateComplete;
    } else {
      this.#jumping = true;
      scroller.scrollTo({ top: scroller.scrollHeight, behavior: "smooth" });
    }
    this.#focus.last();
  }
}
