import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { composerStyles } from "./composer-styles.js";
import { closeIcon, editIcon, sendIcon, smileIcon } from "./conversation-icons.js";
import type { Drafts, Edit } from "./drafts.js";
import type { EmojiPicker } from "./emoji/emoji-picker.js";
import type { EmojiCompletion } from "./emoji-completion.js";
import { enterKey, setEnterKey } from "./enter-key.js";
import { strings } from "./i18n/index.js";
import { base } from "./styles.js";
import { charactersLeft } from "./text-limit.js";

/** The greatest height of the text field, in pixels. A longer text scrolls. */
const heightMax = 168;

/**
 * The text field of a chat. `drafts` holds its text. Enter sends or begins a new line (`enterKey`), and `:name` becomes an emoji. Fires `causerie-send` with the text of a
 * new message, `causerie-save` with an `Edit`, `causerie-typing` with whether the field has text, and `causerie-edit-last` on the up
 * arrow in an empty field.
 */
@customElement("causerie-composer")
export class Composer extends LitElement {
  @property({ attribute: false }) drafts!: Drafts;
  /** The key of the draft: the id of the conversation, or a route. */
  @property() conversationId = "";
  /** A message is being sent; no other may be sent before it is. */
  @property({ type: Boolean }) busy = false;
  /** The greatest length of a message in UTF-8, in bytes; 0 when it is unknown. */
  @property({ type: Number }) textBytesMax = 0;
  /** Whether the panel of emoji is open. */
  @state() private picking = false;
  @query("textarea") private field?: HTMLTextAreaElement;
  @query("causerie-emoji-picker") private picker?: EmojiPicker;

  #unsubscribe: () => void = () => {};

  #completion: EmojiCompletion | undefined;

  static override styles = [base, composerStyles];

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
    const edit = this.#edit;
    const label = edit ? strings.save : strings.send;
    const left = this.#charactersLeft;
    const ready = this.#text.trim() !== "" && !this.#isTooLong && !this.busy;
    const completion = this.#completion?.offered.length ? this.#completion : undefined;
    // A press on a button must not move the focus out of the field: a phone would hide its keyboard.
    const keepFocus = (event: MouseEvent): void => event.preventDefault();
    return html`
      ${
        edit
          ? html`<div class="editing">
            ${editIcon}<span>${strings.editing}</span>
            <button class="icon-button" aria-label=${strings.cancel} title=${strings.cancel} @click=${this.#cancel}>${closeIcon}</button>
          </div>`
          : ""
      }
      ${this.#isTooLong ? html`<p class="visually-hidden" role="alert">${strings.tooLong}</p>` : ""}
      ${
        left === undefined
          ? ""
          : html`<p class="limit ${left < 0 ? "over" : ""}" id="limit">
            ${left < 0 ? strings.charactersOver(-left) : strings.charactersLeft(left)}
          </p>`
      }
      <form part="composer" @submit=${this.#submit}>
        ${completion?.render() ?? ""}
        <textarea
          rows="1"
          dir="auto"
          enterkeyhint=${enterKey() === "send" ? "send" : "enter"}
          aria-label=${strings.writeMessage}
          aria-describedby=${left === undefined ? nothing : "limit"}
          aria-autocomplete="list"
          aria-controls=${completion ? "offered" : nothing}
          aria-activedescendant=${completion ? `emoji-${completion.selected}` : nothing}
          placeholder=${strings.writeMessage}
          .value=${live(this.#text)}
          @input=${this.#input}
          @keydown=${this.#key}
          @click=${this.#complete}
          @blur=${() => this.#completion?.close()}
        ></textarea>
        <button
          class="icon-button open-emoji"
          type="button"
          aria-label=${strings.emoji}
          title=${strings.emoji}
          aria-haspopup="dialog"
          aria-expanded=${this.picking ? "true" : "false"}
          @mousedown=${keepFocus}
          @click=${this.#togglePicker}
        >
          ${smileIcon}
        </button>
        <button
          class="send"
          aria-label=${label}
          title=${label}
          aria-disabled=${ready ? "false" : "true"}
          @mousedown=${keepFocus}
        >
          ${sendIcon}
        </button>
        ${this.#text ? this.#enterHint() : ""}
        ${
          this.picking
            ? html`<div class="picker" tabindex="-1" role="dialog" aria-label=${strings.emoji} @keydown=${this.#pickerKey} @focusout=${this.#pickerLeft}>
              <causerie-emoji-picker @causerie-emoji=${this.#insert}></causerie-emoji-picker>
            </div>`
            : ""
        }
      </form>
    `;
  }

  /** Says what Enter does, and changes it on a press. */
  #enterHint(): unknown {
    const sends = enterKey() === "send";
    const shortcut = /^(Mac|iP)/.test(navigator.platform) ? "⌘" : strings.ctrlKey;
    const change = (): void => {
      setEnterKey(sends ? "newline" : "send");
      this.requestUpdate();
      this.focusField();
    };
    return html`<button class="enter" type="button" title=${sends ? strings.letEnterBreak : strings.letEnterSend} @click=${change}>
      ${sends ? strings.enterSends : strings.shortcutSends(shortcut)}
    </button>`;
  }

  get #edit(): Edit | undefined {
    return this.drafts.get(this.conversationId).edit;
  }

  /** The text in the field. */
  get #text(): string {
    const { text, edit } = this.drafts.get(this.conversationId);
    return edit ? edit.text : text;
  }

  get #charactersLeft(): number | undefined {
    return charactersLeft(this.#text.trim(), this.textBytesMax);
  }

  get #isTooLong(): boolean {
    return (this.#charactersLeft ?? 0) < 0;
  }

  #listen(): void {
    this.#unsubscribe();
    this.#unsubscribe = this.drafts.on(() => this.requestUpdate());
  }

  #input(): void {
    const text = this.field?.value ?? "";
    this.drafts.setText(this.conversationId, text);
    void this.#complete();
    if (!this.#edit) this.#fire("causerie-typing", text.trim() !== "");
  }

  /** Offers emoji for a name before the caret. */
  async #complete(): Promise<void> {
    if (!this.#completion) {
      if (!/:\p{L}/u.test(this.field?.value ?? "")) return;
      try {
        const { EmojiCompletion } = await import("./emoji-completion.js");
        this.#completion ??= new EmojiCompletion(
          this,
          () => this.field,
          () => this.#input(),
        );
      } catch {
        // Without the names of emoji the text stays as it was typed.
        return;
      }
    }
    await this.#completion.update();
  }

  #key(event: KeyboardEvent): void {
    // While an input method composes a word (Japanese, dead keys), Enter accepts the word. Safari ends the composition before it reports that
    // key, with the code 229.
    if (event.isComposing || event.keyCode === 229) return;
    const { key, shiftKey, ctrlKey, metaKey } = event;
    const sends = key === "Enter" && (ctrlKey || metaKey || (!shiftKey && enterKey() === "send"));
    if (this.#completion?.key(event)) event.preventDefault();
    else if (sends) this.#submit(event);
    else if (key === "Escape" && this.#edit) this.#cancel();
    else if (key === "ArrowUp" && !this.#text && !this.#edit) this.#fire("causerie-edit-last", undefined);
    else return;
    event.preventDefault();
  }

  #submit(event: Event): void {
    event.preventDefault();
    this.focusField();
    const text = this.#text.trim();
    const edit = this.#edit;
    if (!text || this.#isTooLong || this.busy) return;
    if (edit) return this.#fire("causerie-save", { ...edit, text });
    this.drafts.setText(this.conversationId, "");
    this.#fire("causerie-send", text);
  }

  #cancel(): void {
    this.drafts.endEdit(this.conversationId);
    this.focusField();
  }

  async #togglePicker(): Promise<void> {
    if (this.picking) return this.#closePicker();
    this.picking = true;
    try {
      await import("./emoji/emoji-picker.js");
      await this.updateComplete;
      this.picker?.focus();
    } catch {
      this.picking = false;
    }
  }

  #closePicker(): void {
    this.picking = false;
    this.focusField();
  }

  #pickerKey(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.#closePicker();
  }

  /** A press or the Tab key outside closes the panel. The button closes it by its click. */
  #pickerLeft({ relatedTarget, currentTarget }: FocusEvent): void {
    if (!relatedTarget || !(currentTarget as Element).contains(relatedTarget as Node)) this.picking = false;
  }

  /** Inserts an emoji at the caret. */
  #insert({ detail }: CustomEvent<string>): void {
    const { field } = this;
    if (!field) return;
    field.setRangeText(detail, field.selectionStart, field.selectionEnd, "end");
    this.#closePicker();
    this.#input();
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
