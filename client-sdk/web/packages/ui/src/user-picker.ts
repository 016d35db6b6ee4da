import type { ClientEvents, User } from "causerie";
import { html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import "./avatar.js";
import { ClientElement } from "./client-element.js";
import { checkIcon } from "./conversation-icons.js";
import { DirectorySearch, type UserHit } from "./directory.js";
import { strings } from "./i18n/index.js";
import "./load-sentinel.js";
import type { LoadSentinel } from "./load-sentinel.js";
import { colourSeed, displayName } from "./names.js";
import "./reach-help.js";
import { RelationsController } from "./relations.js";
import { userRow, userTexts } from "./rows.js";
import { base } from "./styles.js";
import { userPickerStyles } from "./user-picker-styles.js";

/**
 * A text field with the users that match it: the arrow keys choose a user, Enter takes the user. Fires `causerie-pick` with the hit,
 * `causerie-remove-last` on the backspace key in an empty field, and `causerie-searched` when a search has ended. Its slots have content
 * before the field (`label`), between the field and the users (`between`), and above the users of an empty search (`shortcuts`).
 */
@customElement("causerie-user-picker")
export class UserPicker extends ClientElement {
  @property() label = "";
  @property() placeholder = "";
  /** Whether several users are chosen: each user then has a box. */
  @property({ type: Boolean }) multiple = false;
  @property({ attribute: false }) chosen: readonly User[] = [];
  /** Only users for whom this returns true are shown. */
  @property({ attribute: false }) accepts: (hit: UserHit) => boolean = () => true;
  @state() private query = "";
  /** The number of the user that Enter takes; -1 for none. */
  @state() private active = -1;
  @query("input") private field!: HTMLInputElement;
  @query("causerie-load-sentinel") private sentinel?: LoadSentinel;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["state"];
  readonly #directory = new DirectorySearch(this);
  readonly #relations = new RelationsController(this);
  #announced: readonly UserHit[] | undefined;
  /** Enter was pressed before the answer to the search was there: the first user of the answer is taken. */
  #takesFirst = false;
  /** An arrow key has chosen the active user since the text changed. */
  #isChosen = false;

  static override styles = [base, userRow, userPickerStyles];

  /** Whether the connected user may start groups, as the last search said. */
  get mayStartGroup(): boolean {
    return this.#directory.mayStartGroup;
  }

  /** Whether the connected user may start a note to self, as the last search said. */
  get mayStartNote(): boolean {
    return this.#directory.mayStartNote;
  }

  /** Focuses the field. */
  async focusField(): Promise<void> {
    await this.updateComplete;
    this.field.focus();
  }

  /** Empties the field and shows all users. */
  reset(): void {
    this.query = "";
    this.active = -1;
    this.#directory.search(this.client, "");
  }

  protected override clientChanged(): void {
    this.#directory.search(this.client, this.query);
  }

  protected override updated(): void {
    if (this.#announced === this.#directory.hits) return;
    this.#announced = this.#directory.hits;
    const [first] = this.#shown ?? [];
    const takesFirst = this.#takesFirst;
    this.#takesFirst = false;
    if (takesFirst && first) this.#pick(first);
    this.dispatchEvent(new CustomEvent("causerie-searched"));
    this.sentinel?.observe();
  }

  protected override render(): unknown {
    const hits = this.#shown;
    const { problem, more } = this.#directory;
    const active = hits?.[this.active] ? `option-${this.active}` : undefined;
    return html`
      <div class="to">
        <slot name="label"></slot>
        <input
          class="field"
          role="combobox"
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls="options"
          aria-activedescendant=${active ?? ""}
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          enterkeyhint="go"
          dir="auto"
          aria-label=${this.label}
          placeholder=${this.placeholder}
          .value=${live(this.query)}
          @input=${this.#input}
          @keydown=${this.#key}
        />
      </div>
      <slot name="between"></slot>
      <p class="visually-hidden" role="status">${hits && this.query.trim() ? strings.usersFound(hits.length) : ""}</p>
      <div
        class="results"
        role=${this.multiple ? "group" : nothing}
        aria-label=${this.multiple ? strings.people : nothing}
        tabindex=${this.multiple ? 0 : nothing}
      >
        <div>
          ${this.query.trim() ? "" : html`<slot name="shortcuts"></slot>`}
          ${problem && !more ? html`<p class="problem" role="alert">${problem}</p>` : ""}
          ${hits ? "" : html`<p class="hint muted">${strings.loading}</p>`}
          ${hits && !hits.length && !problem ? html`<causerie-reach-help ?searched=${this.query.trim() !== ""}></causerie-reach-help>` : ""}
          <ul
            id="options"
            role="listbox"
            aria-label=${strings.people}
            aria-multiselectable=${this.multiple ? "true" : "false"}
            ?hidden=${!hits?.length}
          >
            ${hits?.map((hit, index) => this.#option(hit, index))}
          </ul>
          ${more ? html`<causerie-load-sentinel .problem=${problem} @causerie-load=${this.#loadMore}></causerie-load-sentinel>` : ""}
        </div>
      </div>
    `;
  }

  get #shown(): readonly UserHit[] | undefined {
    return this.#directory.hits?.filter(this.accepts);
  }

  #option(hit: UserHit, index: number): unknown {
    const { user } = hit;
    const name = displayName(user);
    const isChosen = this.chosen.some(({ id }) => id === user.id);
    const isActive = index === this.active;
    // A press must not move the focus out of the field.
    return html`<li
      id="option-${index}"
      class="user ${isActive ? "active" : ""} ${isChosen ? "chosen" : ""}"
      role="option"
      aria-selected=${this.multiple ? isChosen : isActive}
      @mousedown=${(event: MouseEvent) => event.preventDefault()}
      @click=${() => this.#pick(hit)}
    >
      <causerie-avatar .name=${name} .key=${colourSeed(user)}></causerie-avatar>
      ${userTexts(user, this.#noteOf(hit))}
      ${this.multiple ? html`<i class="box" aria-hidden="true">${checkIcon}</i>` : ""}
    </li>`;
  }

  /** What the connected user has to know before choosing the user: a request, or that no message can be sent. */
  #noteOf({ user, can, conversationId, mayRequest }: UserHit): string {
    if (this.multiple || can.has("start") || conversationId !== undefined) return "";
    const relations = this.#relations.of(this.client);
    const isOf = (each: { readonly user: User }): boolean => each.user.id === user.id;
    if (relations.received.some(isOf)) return strings.wantsToConnect;
    if (relations.sent.some(isOf)) return strings.requestSent;
    return mayRequest.length ? strings.reachableOnRequest : strings.userNotReachable;
  }

  #input(): void {
    this.query = this.field.value;
    this.active = this.query.trim() ? 0 : -1;
    this.#takesFirst = false;
    this.#isChosen = false;
    this.#directory.search(this.client, this.query, true);
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const hits = this.#shown ?? [];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const hit = hits[this.active];
    if (step) {
      this.#isChosen = true;
      void this.#activate((this.active + step + hits.length + (this.active < 0 && step < 0 ? 1 : 0)) % (hits.length || 1));
    } else if (event.key === "Enter" && hit && (this.#isChosen || !this.#directory.isPending)) this.#pick(hit);
    else if (event.key === "Enter" && this.#directory.isPending) this.#takesFirst = this.query.trim() !== "";
    else if (event.key === "Escape" && this.query) this.reset();
    else if (event.key === "Backspace" && !this.query) {
      this.dispatchEvent(new CustomEvent("causerie-remove-last"));
      return;
    } else return;
    event.preventDefault();
  }

  async #activate(index: number): Promise<void> {
    this.active = index;
    await this.updateComplete;
    this.renderRoot.querySelector(`#option-${index}`)?.scrollIntoView({ block: "nearest" });
  }

  #pick(hit: UserHit): void {
    this.dispatchEvent(new CustomEvent("causerie-pick", { detail: hit }));
    if (this.multiple && this.query) this.reset();
  }

  readonly #loadMore = async (): Promise<void> => {
    await this.#directory.loadMore();
    await this.updateComplete;
    this.sentinel?.observe();
  };
}
