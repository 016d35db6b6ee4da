import { css, html, LitElement, type PropertyValues } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Drafts, Edit } from "./drafts.js";
import { strings } from "./i18n/index.js";
import { closeIcon, editIcon, sendIcon } from "./icons.js";
import { base } from "./styles.js";

/** The greatest height of the text field, in pixels. A longer text scrolls. */
const heightMax = 168;

/**
 * The text field of a chat. `drafts` holds its text. Enter sends; Shift+Enter inserts a line break. Fires `causerie-send` with the text of a
 * new message, `causerie-save` with an `Edit`, `causerie-typing` with whether the field has text, and `causerie-edit-last` on the up
 * arrow in an empty field.
 */
@customElement("causerie-composer")
export class Composer extends LitElement {
  @property({ attribute: false }) drafts!: Drafts;
  /** The key of the draft: the id of the conversation, or a route. */
  @property() conversationId = "";
  /** Shown instead of the field when the user can't write; empty when the user can. */
  @property() notice = "";
  /** A message is being sent; no other may be sent before it is. */
  @property({ type: Boolean }) busy = false;
  /** The greatest length of a message in UTF-8, in bytes; 0 when it is unknown. */
  @property({ type: Number }) textBytesMax = 0;
  @query("textarea") private field?: HTMLTextAreaElement;

  #unsubscribe: () => void = () => {};

  static override styles = [
    base,
    css`
      :host {
        display: block;
        padding: 8px 20px 16px;
      }
      form,
      .notice,
      .editing,
      .problem {
        max-width: 860px;
        margin-inline: auto;
      }
      form {
        display: flex;
        align-items: flex-end;
        gap: 8px;
      }
      textarea {
        display: block;
        flex: 1;
        min-width: 0;
        height: 44px;
        max-height: 168px;
        resize: none;
        padding: 10.5px 18px;
        border: 1px solid transparent;
        border-radius: 22px;
        background: var(--field);
        line-height: 1.4;
        scrollbar-width: thin;
      }
      textarea::placeholder {
        color: var(--muted);
        opacity: 1;
      }
      textarea:focus {
        outline: none;
        border-color: var(--accent);
      }
      .send {
        flex: none;
        width: 44px;
        height: 44px;
        display: grid;
        place-items: center;
        border-radius: 50%;
        background: var(--accent);
        color: var(--on-accent);
        transition: opacity 0.12s, filter 0.12s;
      }
      .send:hover {
        filter: brightness(1.1);
      }
      .send[aria-disabled="true"] {
        cursor: default;
        opacity: 0.45;
        filter: none;
      }
      .notice {
        padding: 12px 16px;
        border-radius: 14px;
        background: var(--field);
        color: var(--muted);
        text-align: center;
      }
      .editing {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 0 0 6px 14px;
        font-size: 0.875rem;
        color: var(--accent);
      }
      .editing .icon {
        width: 18px;
        height: 18px;
      }
      .editing span {
        flex: 1;
      }
      .editing .icon-button {
        width: 32px;
        height: 32px;
      }
      .problem {
        padding: 0 18px 6px;
        font-size: 0.8125rem;
        color: var(--danger);
      }
      @container messenger (max-width: 719px) {
        :host {
          padding: 6px 12px max(10px, env(safe-area-inset-bottom));
        }
      }
    `,
  ];

  /** Focuses the text field. */
  focusField(): void {
    this.field?.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unsubscribe();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("drafts")) this.#listen();
  }

  protected override updated(): void {
    this.#grow();
  }

  protected override render(): unknown {
    if (this.notice) return html`<p class="notice">${this.notice}</p>`;
    const tooLong = this.#tooLong;
    const edit = this.#edit;
    const label = edit ? strings.save : strings.send;
    const ready = this.#text.trim() !== "" && !tooLong && !this.busy;
    // A press on the button must not move the focus out of the field: a phone would hide its keyboard.
    return html`
      ${
        edit
          ? html`<div class="editing">
            ${editIcon}<span>${strings.editing}</span>
            <button class="icon-button" aria-label=${strings.cancel} title=${strings.cancel} @click=${this.#cancel}>${closeIcon}</button>
          </div>`
          : ""
      }
      ${tooLong ? html`<p class="problem" role="alert">${strings.tooLong}</p>` : ""}
      <form @submit=${this.#submit}>
        <textarea
          rows="1"
          dir="auto"
          enterkeyhint="send"
          aria-label=${strings.writeMessage}
          placeholder=${strings.writeMessage}
          .value=${live(this.#text)}
          @input=${this.#input}
          @keydown=${this.#key}
        ></textarea>
        <button
          class="send"
          aria-label=${label}
          title=${label}
          aria-disabled=${ready ? "false" : "true"}
          @mousedown=${(event: MouseEvent) => event.preventDefault()}
        >
          ${sendIcon}
        </button>
      </form>
    `;
  }

  get #edit(): Edit | undefined {
    return this.drafts.get(this.conversationId).edit;
  }

  /** The text in the field. */
  get #text(): string {
    const { text, edit } = this.drafts.get(this.conversationId);
    return edit ? edit.text : text;
  }

  get #tooLong(): boolean {
    // A UTF-16 unit has at most three bytes in UTF-8, so short texts need not be encoded.
    const { textBytesMax } = this;
    const text = this.#text;
    return textBytesMax > 0 && text.length * 3 > textBytesMax && new TextEncoder().encode(text.trim()).length > textBytesMax;
  }

  #listen(): void {
    this.#unsubscribe();
    this.#unsubscribe = this.drafts.on(() => this.requestUpdate());
  }

  #input(): void {
    const text = this.field?.value ?? "";
    this.drafts.setText(this.conversationId, text);
    if (!this.#edit) this.#fire("causerie-typing", text.trim() !== "");
  }

  #key(event: KeyboardEvent): void {
    // While an input method composes a word (Japanese, dead keys), Enter accepts the word.
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) this.#submit(event);
    else if (event.key === "Escape" && this.#edit) this.#cancel();
    else if (event.key === "ArrowUp" && !this.#text && !this.#edit) this.#fire("causerie-edit-last", undefined);
    else return;
    event.preventDefault();
  }

  #submit(event: Event): void {
    event.preventDefault();
    this.focusField();
    const text = this.#text.trim();
    const edit = this.#edit;
    if (!text || this.#tooLong || this.busy) return;
    if (edit) return this.#fire("causerie-save", { ...edit, text });
    this.drafts.setText(this.conversationId, "");
    this.#fire("causerie-send", text);
  }

  #cancel(): void {
    this.drafts.endEdit(this.conversationId);
    this.focusField();
  }

  #grow(): void {
    const { field } = this;
    if (!field) return;
    field.style.height = "44px";
    if (field.scrollHeight > 46) field.style.height = `${Math.min(field.scrollHeight + 2, heightMax)}px`;
    field.style.overflowY = field.scrollHeight > heightMax ? "auto" : "hidden";
  }

  #fire(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
