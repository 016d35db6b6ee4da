import type { Message, OutgoingMessage } from "causerie";
import { html, LitElement } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import "./avatar.js";
import { alertIcon, checkIcon, checksIcon, clockIcon, moreIcon } from "./conversation-icons.js";
import { isEmojiOnly } from "./emoji-only.js";
import { colourOf } from "./face.js";
import { fullDate, timeOfDay } from "./format.js";
import { explain, locale, strings } from "./i18n/index.js";
import { linkify } from "./linkify.js";
import { LongPress } from "./long-press.js";
import { messageStyles } from "./message-styles.js";
import { noReaders, type Reader, readerFaces } from "./reader-faces.js";
import { base } from "./styles.js";

/** A message that is still `sending` after this time says that it waits for the connection, in milliseconds. */
const waitingMs = 5_000;

/** A longer text is cut at first, in characters. */
const cutAt = 3_000;

/** A request to show the menu of a message. */
export interface MessageActionsRequest {
  readonly message: Message;
  /** The element beside which the menu opens, and the element that is focused when the menu closes. */
  readonly anchor: HTMLElement;
  readonly returnTo: HTMLElement;
}

/** The progress of a message of the connected user. */
export type Progress = "sending" | "sent" | "read" | "failed";

/**
 * A message or an outgoing message, with the separators above it. Fires `causerie-actions` with a `MessageActionsRequest` on a press of its
 * menu button or a long press, `causerie-details` with the message on a press of the faces of its readers, and `causerie-retry`,
 * `causerie-rewrite` and `causerie-discard` with the outgoing message.
 */
@customElement("causerie-message")
export class MessageElement extends LitElement {
  @property({ attribute: false }) message: Message | undefined;
  @property({ attribute: false }) outgoing: OutgoingMessage | undefined;
  /** Whether the connected user is the author. */
  @property({ type: Boolean, reflect: true }) own = false;
  /** Whether it is the first, and the last, message of its group. */
  @property({ type: Boolean, reflect: true }) first = false;
  @property({ type: Boolean, reflect: true }) last = false;
  /** The text of the separator between days above the message; empty for none. */
  @property() day = "";
  /** Whether the separator of new messages is above the message. */
  @property({ type: Boolean }) startsNew = false;
  /** The name of the author; `undefined` while it is being loaded. */
  @property({ attribute: false }) author: string | undefined = "";
  /** The seed of the author's colour. When it is set, the message shows the author: a name above, and a face beside the last of a group. */
  @property() colour = "";
  /** The progress of an own message; empty for other messages. */
  @property() progress: Progress | "" = "";
  /** The members whose last read message this is. */
  @property({ attribute: false }) readers: readonly Reader[] = noReaders;
  /** Whether the message has a menu. */
  @property({ type: Boolean }) actionable = false;
  /** Whether the links and buttons of the message can be reached with the Tab key. */
  @property({ type: Boolean }) active = false;
  /** The time zone of the device. A change renders the time again. */
  @property() timeZone = "";
  /** Whether the user has asked for the whole of a long text. */
  @state() private expanded = false;
  @query(".bubble") private bubble!: HTMLElement;

  constructor() {
    super();
    new LongPress(this, () => this.actionable && this.#act(this.bubble, this));
  }

  static override styles = [base, messageStyles];

  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Opens the menu of the message, as its button does. */
  openMenu(): void {
    if (this.actionable) this.#act(this.bubble, this);
  }

  /** Draws the attention of the user to the message. */
  flash(): void {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const ring = "0 0 0 3px var(--accent)";
    const frames = still
      ? [{ boxShadow: ring }, { boxShadow: ring }]
      : [{ boxShadow: ring }, { boxShadow: ring }, { boxShadow: "none" }];
    this.bubble.animate(frames, { duration: 1_800, easing: "ease-out" });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override updated(): void {
    clearTimeout(this.#timer);
    const { outgoing } = this;
    if (!outgoing || this.progress !== "sending" || this.#isWaiting) return;
    this.#timer = setTimeout(() => this.requestUpdate(), outgoing.createdAt.getTime() + waitingMs - Date.now());
  }

  /** Whether the message should have been sent by now. */
  get #isWaiting(): boolean {
    return this.progress === "sending" && Date.now() - (this.outgoing?.createdAt.getTime() ?? 0) >= waitingMs;
  }

  protected override render(): unknown {
    const { message, outgoing, colour } = this;
    const at = message?.sentAt ?? outgoing?.createdAt ?? new Date();
    const text = message?.text ?? outgoing?.text ?? "";
    const deleted = message?.deletedAt !== undefined;
    const large = !deleted && isEmojiOnly(text);
    const kind = `${deleted ? "gone" : ""} ${large ? "large" : ""} ${this.progress === "failed" ? "failed" : ""}`;
    return html`
      ${this.day ? html`<h3 class="day"><span>${this.day}</span></h3>` : ""}
      ${this.startsNew ? html`<p class="new">${strings.newMessages}</p>` : ""}
      <div class="row ${colour ? "with-face" : ""}">
        ${colour && this.last ? html`<causerie-avatar .name=${this.author ?? ""} .key=${colour}></causerie-avatar>` : ""}
        <div class="bubble ${kind}" part=${this.own ? "bubble own-bubble" : "bubble"}>
          <span class="visually-hidden"><bdi>${this.#spoken(at, deleted)}</bdi></span>
          ${colour && this.first ? this.#author() : ""}
          <div class="body" dir="auto">
            <p class="text">${deleted ? strings.deleted : this.#text(text)}</p>
            <span class="meta" aria-hidden="true">
              ${message?.editedAt && !deleted ? html`<span>${strings.edited}</span>` : ""}
              <time dir="auto" datetime=${at.toISOString()} title=${fullDate(at)}>${timeOfDay(at)}</time>
              ${deleted ? "" : this.#progress()}
            </span>
          </div>
        </div>
        ${this.actionable ? this.#button() : ""}
      </div>
      ${this.readers.length && message ? readerFaces(this.readers, this.active, () => this.#fire("causerie-details", message)) : ""}
      ${this.progress === "failed" ? this.#failure() : ""}
      ${this.#isWaiting ? html`<p class="waiting">${strings.waitingForConnection}</p>` : ""}
    `;
  }

  /** The text with its links. A long text is cut at a space, so that no link is cut. */
  #text(text: string): unknown {
    const cut = !this.expanded && text.length > cutAt * 1.2;
    if (!cut) return linkify(text).map(this.#piece);
    const space = text.slice(0, cutAt).search(/\s\S*$/);
    const shown = text.slice(0, space > 0 ? space : cutAt);
    const expand = (): void => {
      this.expanded = true;
    };
    return html`${linkify(shown).map(this.#piece)}…<button class="expand" tabindex=${this.active ? 0 : -1} @click=${expand}
        >${strings.showAll}</button
      >`;
  }

  /** What a screen reader says before the text: `You, 14:05, read`. */
  #spoken(at: Date, deleted: boolean): string {
    const [, progress = ""] = deleted || !this.progress ? [] : this.#progressParts(this.progress);
    const edited = this.message?.editedAt && !deleted ? strings.edited : "";
    const name = this.own ? strings.you : (this.author ?? "");
    return [name, timeOfDay(at), edited, progress.toLocaleLowerCase(locale)].filter(Boolean).join(strings.comma);
  }

  #author(): unknown {
    return html`<p class="author c${colourOf(this.colour)}" aria-hidden="true"
      >${this.author === undefined ? html`<i class="unknown"></i>` : html`<bdi>${this.author}</bdi>`}</p
    >`;
  }

  #piece = ({ text, href }: { text: string; href: string | undefined }): unknown =>
    href === undefined
      ? text
      : html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow" tabindex=${this.active ? 0 : -1}>${text}</a>`;

  #progressParts(progress: Progress): readonly [unknown, string] {
    return {
      sending: [clockIcon, strings.sending],
      sent: [checkIcon, strings.sent],
      read: [checksIcon, strings.read],
      failed: [alertIcon, strings.notSent],
    }[progress] as [unknown, string];
  }

  #progress(): unknown {
    if (!this.progress) return "";
    const [icon, label] = this.#progressParts(this.progress);
    return html`<span class="progress ${this.progress}" title=${label}>${icon}</span>`;
  }

  #failure(): unknown {
    const { outgoing } = this;
    return html`<p class="failure" role="alert">
      <span>${strings.notSent}. ${explain(outgoing?.error)}</span>
      <button @click=${() => this.#fire("causerie-retry", outgoing)}>${strings.retry}</button>
      <button @click=${() => this.#fire("causerie-rewrite", outgoing)}>${strings.edit}</button>
      <button @click=${() => this.#fire("causerie-discard", outgoing)}>${strings.discard}</button>
    </p>`;
  }

  #button(): unknown {
    // A press on the button would move the focus out of the open menu, which would close before the click.
    return html`<button
      class="icon-button actions"
      aria-label=${strings.messageActions}
      title=${strings.messageActions}
      aria-haspopup="menu"
      aria-expanded="false"
      tabindex=${this.active ? 0 : -1}
      @mousedown=${(event: MouseEvent) => event.preventDefault()}
      @click=${({ currentTarget }: Event) => this.#act(currentTarget as HTMLElement)}
    >
      ${moreIcon}
    </button>`;
  }

  #act(anchor: HTMLElement, returnTo = anchor): void {
    if (this.message)
      this.#fire("causerie-actions", { message: this.message, anchor, returnTo } satisfies MessageActionsRequest);
  }

  #fire(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
