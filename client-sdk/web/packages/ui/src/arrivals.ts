import type { Client, Message } from "causerie";
import { html, LitElement, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { strings } from "./i18n/index.js";
import { nameById } from "./names.js";
import { base } from "./styles.js";

/** Messages that arrive within this time are announced together, in milliseconds. */
const batchMs = 1_000;
/** An announcement stays in the page for this time: a screen reader has read it by then, and must not find it again. Milliseconds. */
const staysMs = 10_000;
/** A longer text is cut, in characters. */
const textMax = 200;

/**
 * Announces the messages that arrive in the shown conversation to screen readers: the text of a single message, or the number of messages.
 * It is the only live region of the messages; the list is none, because a screen reader would read loaded pages and own messages too.
 */
@customElement("causerie-arrivals")
export class Arrivals extends LitElement {
  @property({ attribute: false }) client!: Client;
  @property() conversationId = "";
  @state() private text = "";

  #arrived: Message[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unsubscribe: () => void = () => {};

  static override styles = [base];

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unsubscribe();
    this.#forget();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("client")) this.#listen();
    if (changed.has("conversationId")) this.#forget();
  }

  protected override render(): unknown {
    return html`<p class="visually-hidden" role="status">${this.text}</p>`;
  }

  #listen(): void {
    this.#unsubscribe();
    this.#unsubscribe = this.client.on("message", ({ message }) => {
      if (message.conversationId !== this.conversationId || message.authorId === this.client.me?.id) return;
      this.#arrived.push(message);
      if (this.#arrived.length > 1) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#announce(), batchMs);
    });
  }

  #announce(): void {
    const [message, ...others] = this.#arrived;
    this.#arrived = [];
    if (!message) return;
    const name = nameById(this.client, message.authorId) ?? strings.unnamedUser;
    const { length } = message.text;
    const text = length > textMax ? `${message.text.slice(0, textMax)}…` : message.text;
    this.text = others.length ? strings.messagesArrived(others.length + 1) : strings.authoredText(name, text);
    this.#timer = setTimeout(() => this.#forget(), staysMs);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#arrived = [];
    this.text = "";
  }
}
