import { html, LitElement } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { Message, OutgoingMessage } from "../sdk/index.js";
import { fullDate, timeOfDay } from "./format.js";
import { explain, strings } from "./i18n/index.js";
import { alertIcon, checkIcon, checksIcon, clockIcon, moreIcon } from "./icons.js";
import { linkify } from "./linkify.js";
import { LongPress } from "./long-press.js";
import { messageStyles } from "./message-styles.js";
import { base } from "./styles.js";

/** A message that was not sent after this long says why, in milliseconds. */
const waitingMs = 5_000;

/** Somebody wants to do something with a message. */
export interface ActionsWanted {
  readonly message: Message;
  /** What the choice is shown beside, and what gets the focus after it. */
  readonly anchor: HTMLElement;
  readonly returnTo: HTMLElement;
}

/** How far one's own message came. */
export type Progress = "sending" | "sent" | "read" | "failed";

/**
 * One message, or one on its way. Fires `causerie-actions` with an `ActionsWanted` when its button is pressed or a finger held
 * on it, `causerie-retry` and `causerie-discard` with the client id.
 */
@customElement("causerie-message")
export class MessageElement extends LitElement {
  @property({ attribute: false }) message: Message | undefined;
  @property({ attribute: false }) outgoing: OutgoingMessage | undefined;
  /** Written by the person who looks. */
  @property({ type: Boolean, reflect: true }) own = false;
  /** First of its group, and last. */
  @property({ type: Boolean, reflect: true }) first = false;
  @property({ type: Boolean, reflect: true }) last = false;
  /** Shown above; empty where it is plain who wrote, `undefined` while the name is on its way. */
  @property({ attribute: false }) author: string | undefined = "";
  /** Of one's own messages. */
  @property() progress: Progress | "" = "";
  /** Something may be done with it. */
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

  /** It should have been sent by now. */
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
    // A press on the button would take the focus out of the open menu, and close it before the click.
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
    if (this.message) this.#fire("causerie-actions", { message: this.message, anchor, returnTo } satisfies ActionsWanted);
  }

  #fire(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
