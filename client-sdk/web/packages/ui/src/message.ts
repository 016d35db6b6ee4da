import type { Message, OutgoingMessage } from "causerie";
import { html, LitElement } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { fullDate, timeOfDay } from "./format.js";
import { explain, strings } from "./i18n/index.js";
import { alertIcon, checkIcon, checksIcon, clockIcon, moreIcon } from "./icons.js";
import { linkify } from "./linkify.js";
import { LongPress } from "./long-press.js";
import { messageStyles } from "./message-styles.js";
import { base } from "./styles.js";

/** A message that is still `sending` after this time says that it waits for the connection, in milliseconds. */
const waitingMs = 5_000;

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
 * A message or an outgoing message. Fires `causerie-actions` with a `MessageActionsRequest` on a press of its menu button or a long press, and
 * `causerie-retry` and `causerie-discard` with the client id.
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
  /** The name of the author, shown above the text; empty to show none, `undefined` while it is being loaded. */
  @property({ attribute: false }) author: string | undefined = "";
  /** The progress of an own message; empty for other messages. */
  @property() progress: Progress | "" = "";
  /** Whether the message has a menu. */
  @property({ type: Boolean }) actionable = false;
  @query(".bubble") private bubble!: HTMLElement;

  constructor() {
    super();
    new LongPress(this, () => this.actionable && this.#act(this.bubble, this));
  }

  static override styles = [base, messageStyles];

  #timer: ReturnType<typeof setTimeout> | undefined;

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
    const { message, outgoing } = this;
    const at = message?.sentAt ?? outgoing?.createdAt ?? new Date();
    const text = message?.text ?? outgoing?.text ?? "";
    const deleted = message?.deletedAt !== undefined;
    return html`
      <div class="row">
        ${this.actionable ? this.#button() : ""}
        <div class="bubble ${deleted ? "gone" : ""} ${this.progress === "failed" ? "failed" : ""}">
          ${this.author === "" ? "" : html`<p class="author">${this.author ?? html`<i class="unknown"></i>`}</p>`}
          <p class="text">${deleted ? strings.deleted : linkify(text).map(this.#piece)}</p>
          <span class="meta">
            ${message?.editedAt && !deleted ? html`<span>${strings.edited}</span>` : ""}
            <time datetime=${at.toISOString()} title=${fullDate(at)}>${timeOfDay(at)}</time>
            ${deleted ? "" : this.#progress()}
          </span>
        </div>
      </div>
      ${this.progress === "failed" ? this.#failure() : ""}
      ${this.#isWaiting ? html`<p class="waiting">${strings.waitingForConnection}</p>` : ""}
    `;
  }

  #piece = ({ text, href }: { text: string; href: string | undefined }): unknown =>
    href === undefined ? text : html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;

  #progress(): unknown {
    if (!this.progress) return "";
    const [icon, label] = {
      sending: [clockIcon, strings.sending],
      sent: [checkIcon, strings.sent],
      read: [checksIcon, strings.read],
      failed: [alertIcon, strings.notSent],
    }[this.progress] as [unknown, string];
    return html`<span class="progress ${this.progress}" role="img" aria-label=${label} title=${label}>${icon}</span>`;
  }

  #failure(): unknown {
    const clientId = this.outgoing?.clientId;
    return html`<p class="failure" role="alert">
      <span>${strings.notSent}. ${explain(this.outgoing?.error)}</span>
      <button @click=${() => this.#fire("causerie-retry", clientId)}>${strings.retry}</button>
      <button @click=${() => this.#fire("causerie-discard", clientId)}>${strings.discard}</button>
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
