import { css, html, LitElement, type PropertyValues } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { browserStorage } from "../browser-storage.js";
import { strings } from "../i18n/index.js";
import { base } from "../styles.js";
import { type Emoji, type EmojiGroup, type EmojiIndex, loadIndex } from "./emoji-index.js";

const storageKey = "causerie.emoji";
/** The number of recently used emoji that are kept. */
const recentMax = 24;
/** The number of emoji in a row. */
const columns = 8;
const foundMax = 80;

/** Safari does not focus a pressed button, and the panel closes when it loses the focus: leaves the focus where it is. */
function keepFocus(event: MouseEvent): void {
  if (event.target instanceof HTMLButtonElement) event.preventDefault();
}

/** A panel of emoji with a search field. Fires `causerie-emoji` with the chosen emoji, and `causerie-close` on Escape. */
@customElement("causerie-emoji-picker")
export class EmojiPicker extends LitElement {
  @state() private index: EmojiIndex | undefined;
  @state() private failed = false;
  @state() private group = 0;
  @state() private wanted = "";
  @query("input") private field?: HTMLInputElement;

  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-direction: column;
        width: min(352px, calc(100vw - 24px));
        height: min(360px, 60vh);
        overflow: hidden;
        border: 1px solid var(--border);
        border-radius: 18px;
        background: var(--raised);
        box-shadow: var(--shadow);
      }
      .search {
        padding: 10px 10px 6px;
      }
      .groups {
        display: flex;
        padding: 0 6px;
        border-bottom: 1px solid var(--border);
      }
      .groups button {
        flex: 1;
        height: 36px;
        border-bottom: 2px solid transparent;
        font-size: 1.125rem;
      }
      .groups button[aria-selected="true"] {
        border-color: var(--accent);
      }
      .grid {
        flex: 1;
        display: grid;
        grid-template-columns: repeat(8, 1fr);
        grid-auto-rows: 40px;
        padding: 6px;
        overflow-y: auto;
        scrollbar-width: thin;
      }
      .grid button {
        border-radius: 10px;
        font-size: 1.5rem;
        line-height: 1;
      }
      .grid button:hover,
      .grid button:focus-visible {
        background: var(--hover);
      }
      :focus-visible {
        outline-offset: -2px;
      }
      .state {
        flex: 1;
        display: grid;
        place-items: center;
        color: var(--muted);
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  /** Focuses the search field. */
  override focus(): void {
    void this.updateComplete.then(() => this.field?.focus());
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("group")) this.renderRoot.querySelector(".grid")?.scrollTo(0, 0);
  }

  protected override render(): unknown {
    return html`
      <div class="search">
        <input
          class="field"
          type="search"
          aria-label=${strings.searchEmoji}
          placeholder=${strings.searchEmoji}
          .value=${this.wanted}
          @input=${({ target }: Event) => {
            this.wanted = (target as HTMLInputElement).value;
          }}
          @keydown=${this.#searchKey}
        />
      </div>
      ${this.index ? this.#content(this.index) : this.#state()}
    `;
  }

  #state(): unknown {
    return this.failed
      ? html`<p class="state" role="alert">${strings.loadFailed}</p>`
      : html`<div class="state"><span class="spinner" role="img" aria-label=${strings.loading}></span></div>`;
  }

  #content(index: EmojiIndex): unknown {
    if (this.wanted.trim()) return this.#grid(index.search(this.wanted, foundMax));
    const recent = readRecent().flatMap((character) => index.byCharacter(character) ?? []);
    const groups: readonly EmojiGroup[] = recent.length
      ? [{ name: strings.recentEmoji, emoji: recent }, ...index.groups]
      : index.groups;
    const shown = Math.min(this.group, groups.length - 1);
    return html`
      <div class="groups" role="tablist" aria-label=${strings.emoji} @keydown=${this.#groupKey} @mousedown=${keepFocus}>
        ${groups.map(
          ({ name, emoji }, at) =>
            html`<button
              role="tab"
              aria-selected=${at === shown ? "true" : "false"}
              tabindex=${at === shown ? 0 : -1}
              aria-label=${name}
              title=${name}
              @click=${() => {
                this.group = at;
              }}
            >
              ${at === 0 && recent.length ? "🕘" : emoji[0]?.character}
            </button>`,
        )}
      </div>
      ${this.#grid(groups[shown]?.emoji ?? [])}
    `;
  }

  #grid(emoji: readonly Emoji[]): unknown {
    if (!emoji.length) return html`<p class="state" role="status">${strings.noEmojiFound}</p>`;
    return html`<div class="grid" @keydown=${this.#gridKey} @mousedown=${keepFocus}>
      ${emoji.map(
        (each, at) =>
          html`<button
            tabindex=${at === 0 ? 0 : -1}
            aria-label=${each.name}
            title=${each.name}
            @click=${() => this.#choose(each)}
          >${each.character}</button>`,
      )}
    </div>`;
  }

  async #load(): Promise<void> {
    this.failed = false;
    try {
      this.index = await loadIndex();
    } catch {
      this.failed = true;
    }
  }

  #choose({ character }: Emoji): void {
    writeRecent([character, ...readRecent().filter((each) => each !== character)].slice(0, recentMax));
    this.dispatchEvent(new CustomEvent("causerie-emoji", { detail: character }));
  }

  get #buttons(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>(".grid button")];
  }

  /** In the search field: Enter takes the first emoji, the arrow leads to the others. */
  #searchKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const [first] = this.#buttons;
    if (event.key === "Enter" && this.wanted.trim()) first?.click();
    else if (event.key === "ArrowDown") first?.focus();
    else return;
    event.preventDefault();
  }

  #groupKey(event: KeyboardEvent): void {
    const tabs = [...this.renderRoot.querySelectorAll<HTMLElement>("[role=tab]")];
    const at = tabs.indexOf(event.target as HTMLElement);
    const forward = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const step = { ArrowRight: forward, ArrowLeft: -forward }[event.key];
    if (!step) return;
    const tab = tabs.at((at + step) % tabs.length);
    tab?.focus();
    tab?.click();
    event.preventDefault();
  }

  #gridKey(event: KeyboardEvent): void {
    const buttons = this.#buttons;
    const at = buttons.indexOf(event.target as HTMLElement);
    const forward = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const step = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: columns, ArrowUp: -columns }[event.key];
    if (event.key === "Home") buttons[0]?.focus();
    else if (event.key === "End") buttons.at(-1)?.focus();
    else if (step && at + step < 0) this.field?.focus();
    else if (step) buttons[at + step]?.focus();
    else return;
    event.preventDefault();
  }
}

/** The recently used emoji of this browser. */
function readRecent(): readonly string[] {
  try {
    return (browserStorage()?.getItem(storageKey) ?? "").split(" ").filter(Boolean);
  } catch {
    return [];
  }
}

function writeRecent(characters: readonly string[]): void {
  try {
    browserStorage()?.setItem(storageKey, characters.join(" "));
  } catch {
    // The storage is full: the emoji are not remembered.
  }
}
