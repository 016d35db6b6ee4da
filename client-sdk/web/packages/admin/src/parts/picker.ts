import { css, html, LitElement } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { explain, strings } from "../i18n/index.js";
import type { Session } from "../session.js";
import type { GroupRow, RowPage, UserRow } from "../types.js";
import { view } from "./styles.js";

/** The milliseconds from the last typed letter to the search. */
const pauseMs = 200;
const hitsMax = 8;

/**
 * A field for a user or a group, with suggestions by name and id. Dispatches `admin-pick` with the id in `detail`. If the API key may not find
 * rows, the field has no suggestions, and the operator types the id.
 */
@customElement("admin-picker")
export class Picker extends LitElement {
  @property({ attribute: false }) session!: Session;
  /** Whether the field is for a user or for a group. */
  @property() what: "users" | "groups" = "users";
  @property() label = "";
  /** The id of the chosen user or group. */
  @property() value = "";
  @property() error = "";
  @state() private hits: readonly (UserRow | GroupRow)[] = [];
  @state() private open = false;
  @state() private active = 0;
  /** The text in the field; `undefined` while the field shows `value`. */
  @state() private typed: string | undefined;
  @state() private name = "";
  @state() private message = "";
  @query("input") private input!: HTMLInputElement;
  #timer = 0;
  #abort: AbortController | undefined;
  /** The suggestions belong to an earlier text: the search for the typed text has not ended. */
  #isPending = false;
  /** The operator pressed Enter while the search was pending: the end of the search chooses. */
  #choosesAtEnd = false;

  static override styles = [
    ...view,
    css`
      :host {
        position: relative;
        min-width: 0;
      }
      [role="listbox"] {
        position: absolute;
        z-index: 2;
        inset-inline: 0;
        top: calc(100% + 4px);
        max-height: 320px;
        overflow-y: auto;
        padding: 5px;
        border: 1px solid var(--border);
        border-radius: 12px;
        background: var(--raised);
        box-shadow: var(--shadow);
      }
      .box {
        position: relative;
      }
      [role="option"] {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        align-items: baseline;
        gap: 0 12px;
        padding: 7px 10px;
        border-radius: 8px;
        cursor: pointer;
        font-weight: 400;
        font-size: 0.9375rem;
      }
      [role="option"] > * {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      [role="option"][aria-selected="true"] {
        background: var(--accent-soft);
      }
      @media (forced-colors: active) {
        [role="option"][aria-selected="true"] {
          outline: 2px solid Highlight;
        }
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("value") || changed.has("what")) {
      this.typed = undefined;
      this.name = "";
      if (this.value) void this.#readName(this.value);
    }
  }

  protected override render(): unknown {
    const text = this.typed ?? this.value;
    return html`<label for="input">${this.label}</label>
      <div class="box">
        <input
          id="input"
          class="field"
          dir="auto"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded=${this.open}
          aria-controls="hits"
          aria-activedescendant=${this.open && this.hits.length ? `hit-${this.active}` : ""}
          aria-invalid=${this.error !== ""}
          aria-describedby="about"
          autocomplete="off"
          spellcheck="false"
          placeholder=${this.what === "users" ? strings.pickUser : strings.pickGroup}
          .value=${live(text)}
          @input=${this.#typing}
          @keydown=${this.#key}
          @blur=${() => this.#leave()}
        />
        <ul id="hits" role="listbox" aria-label=${this.label} ?hidden=${!this.open}>
          ${this.hits.map(
            (hit, at) => html`<li id="hit-${at}" role="option" aria-selected=${at === this.active}
              @mousedown=${(event: Event) => event.preventDefault()} @click=${() => this.#pick(hit)}>
              <bdi>${hit.name || hit.id}</bdi><span class="hint mono">${hit.id}</span>
            </li>`,
          )}
        </ul>
      </div>
      <span id="about" class=${this.error ? "wrong" : "hint"} role="status">${this.error || this.message || html`<bdi>${this.name}</bdi>`}</span>`;
  }

  #typing(): void {
    this.typed = this.input.value;
    this.error = "";
    clearTimeout(this.#timer);
    if (!this.session.may("findRows")) return;
    this.#isPending = true;
    this.#choosesAtEnd = false;
    this.#timer = window.setTimeout(() => void this.#search(), pauseMs);
  }

  async #search(): Promise<void> {
    this.#abort?.abort();
    const q = (this.typed ?? "").trim();
    if (!q) return this.#close();
    const { signal } = (this.#abort = new AbortController());
    try {
      const page = await this.session.api.get<RowPage<UserRow>>(`rows/${this.what}`, { q, limit: hitsMax }, signal);
      this.hits = page.rows;
      this.active = 0;
      this.open = this.hits.length > 0;
      this.message = this.open ? strings.found(this.hits.length) : strings.noHits;
    } catch (thrown) {
      if (signal.aborted) return;
      this.hits = [];
      this.message = explain(thrown);
    }
    this.#isPending = false;
    if (this.#choosesAtEnd) this.#chooseOf(q);
  }

  /** Chooses the hit with the typed id, or the first hit; without hits, the typed text is the id. */
  #chooseOf(text: string): void {
    this.#choosesAtEnd = false;
    const hit = this.hits.find(({ id }) => id === text) ?? this.hits[0];
    if (hit) this.#pick(hit);
    else this.#leave();
  }

  async #readName(id: string): Promise<void> {
    if (!this.session.may("findRows")) return;
    try {
      const row = await this.session.api.get<UserRow>(`rows/${this.what}/${encodeURIComponent(id)}`);
      if (this.value === id) this.name = row.name;
    } catch {
      // The field stays without a name. If the id is wrong, the later request that uses the id returns the error.
    }
  }

  #key(event: KeyboardEvent): void {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step && this.open) {
      event.preventDefault();
      this.active = (this.active + step + this.hits.length) % this.hits.length;
      void this.updateComplete.then(() =>
        this.renderRoot.querySelector(`#hit-${this.active}`)?.scrollIntoView({ block: "nearest" }),
      );
    } else if (event.key === "Escape" && this.open) {
      event.preventDefault();
      this.#close();
    } else if (event.key === "Enter" && this.#isPending && this.typed?.trim()) {
      event.preventDefault();
      this.#choosesAtEnd = true;
      clearTimeout(this.#timer);
      void this.#search();
    } else if (event.key === "Enter") {
      const hit = this.open ? this.hits[this.active] : undefined;
      if (hit) {
        // This Enter chooses the suggestion. The next Enter sends the form.
        event.preventDefault();
        this.#pick(hit);
      } else this.#leave();
    }
  }

  /** The operator leaves the field: chooses the typed text as the id. */
  #leave(): void {
    clearTimeout(this.#timer);
    this.#close();
    if (this.typed !== undefined && this.typed.trim() !== this.value) this.#choose(this.typed.trim());
  }

  #pick(hit: UserRow | GroupRow): void {
    this.#close();
    this.#choose(hit.id);
  }

  #choose(id: string): void {
    this.typed = undefined;
    this.dispatchEvent(new CustomEvent("admin-pick", { detail: id }));
  }

  #close(): void {
    this.#abort?.abort();
    this.#isPending = false;
    this.open = false;
    this.hits = [];
    this.message = "";
  }
}
