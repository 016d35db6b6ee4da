// Completes `:name` in a text field to an emoji.
import { html, type ReactiveControllerHost } from "lit";
import type { Emoji, EmojiIndex } from "./emoji/emoji-index.js";
import { strings } from "./i18n/index.js";

/** A colon and at least two letters before the caret, at the beginning of a word. */
const typed = /(?<=^|[\s(])(:([\p{L}\p{N}_+-]{2,30})(:?))$/u;
/** The number of emoji that are offered at most. */
const offeredMax = 6;

/** Loads the names of emoji in the current language. */
export async function loadEmoji(): Promise<EmojiIndex> {
  return (await import("./emoji/emoji-index.js")).loadIndex();
}

/** The emoji that complete the word before the caret. */
export class EmojiCompletion {
  /** The emoji to offer; none while the user types no name. */
  offered: readonly Emoji[] = [];
  /** The index of the selected one. */
  selected = 0;
  /** The word before the caret, and the beginning of the word that is not completed, because the user has pressed Escape. */
  #word = "";
  #dismissed = "";

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly field: () => HTMLTextAreaElement | undefined,
    /** The text of the field was changed. */
    private readonly changed: () => void,
  ) {}

  /** To be called when the text or the caret has changed. */
  async update(): Promise<void> {
    const [, word = "", name = "", end = ""] = typed.exec(this.#beforeCaret()) ?? [];
    this.#word = word;
    if (!word.startsWith(this.#dismissed)) this.#dismissed = "";
    if (!word || this.#dismissed) return this.#offer([]);
    try {
      const index = await loadEmoji();
      if (this.#word !== word) return;
      const exact = end && index.byName(name);
      if (exact) this.choose(exact);
      else this.#offer(end ? [] : index.search(name, offeredMax));
    } catch {
      // Without names the text stays as it was typed.
    }
  }

  /** Handles a key while emoji are offered. Returns whether it did. */
  key({ key, shiftKey }: KeyboardEvent): boolean {
    const { offered, selected } = this;
    const chosen = offered[selected];
    if (!chosen || shiftKey) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) this.selected = (selected + step + offered.length) % offered.length;
    else if (key === "Enter" || key === "Tab") this.choose(chosen);
    else if (key === "Escape") this.close();
    else return false;
    this.host.requestUpdate();
    return true;
  }

  /** The list of the offered emoji. The selected one has the id `emoji-` and its index. */
  render(): unknown {
    return html`<ul class="offered" id="offered" role="listbox" aria-label=${strings.emoji}>
      ${this.offered.map(
        (each, at) =>
          html`<li
            role="option"
            id="emoji-${at}"
            aria-selected=${at === this.selected ? "true" : "false"}
            @mousedown=${(event: MouseEvent) => event.preventDefault()}
            @click=${() => this.choose(each)}
          >
            <span class="character">${each.character}</span><span class="clip">${each.name}</span>
          </li>`,
      )}
    </ul>`;
  }

  /** Replaces the word before the caret by an emoji. */
  choose(emoji: Emoji): void {
    const field = this.field();
    if (!field) return;
    const caret = field.selectionStart;
    field.setRangeText(`${emoji.character} `, caret - this.#word.length, caret, "end");
    this.#offer([]);
    this.changed();
  }

  /** Stops offering emoji for the current word. */
  close(): void {
    this.#dismissed = this.#word;
    this.#offer([]);
  }

  #beforeCaret(): string {
    const field = this.field();
    if (!field || field.selectionStart !== field.selectionEnd) return "";
    return field.value.slice(Math.max(field.selectionStart - 40, 0), field.selectionStart);
  }

  #offer(offered: readonly Emoji[]): void {
    if (!offered.length && !this.offered.length) return;
    this.offered = offered;
    this.selected = 0;
    this.host.requestUpdate();
  }
}
