import { html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Message, OutgoingMessage } from "../sdk/index.js";
import { fullDate, timeOfDay } from "./format.js";
import { explain, strings } from "./i18n/index.js";
import { alertIcon, checkIcon, checksIcon, clockIcon, deleteIcon, editIcon } from "./icons.js";
import { linkify } from "./linkify.js";
import "./menu.js";
import type { MenuItem } from "./menu.js";
import { messageStyles } from "./message-styles.js";
import { base } from "./styles.js";

/** How far one's own message came. */
export type Progress = "sending" | "sent" | "read" | "failed";

/**
 * One message, or one on its way. Fires `causerie-edit` and `causerie-delete` with the message, `causerie-retry` and
 * `causerie-discard` with the client id.
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
  @property({ type: Boolean }) editable = false;
  @property({ type: Boolean }) deletable = false;

  static override styles = [base, messageStyles];

  protected override render(): unknown {
    const { message, outgoing } = this;
    const at = message?.sentAt ?? outgoing?.createdAt ?? new Date();
    const text = message?.text ?? outgoing?.text ?? "";
    const deleted = message?.deletedAt !== undefined;
    return html`
      <div class="row">
        ${this.#menu(deleted)}
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

  #menu(deleted: boolean): unknown {
    const items: MenuItem[] = [];
    const item = (icon: unknown, label: string, event: string): void =>
      void items.push({ icon, label, run: () => this.#fire(event, this.message) });
    if (this.editable) item(editIcon, strings.edit, "causerie-edit");
    if (this.deletable) item(deleteIcon, strings.delete, "causerie-delete");
    if (deleted || !items.length) return "";
    return html`<causerie-menu .label=${strings.messageActions} .items=${items} .within=${this.parentElement}></causerie-menu>`;
  }

  #fire(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
