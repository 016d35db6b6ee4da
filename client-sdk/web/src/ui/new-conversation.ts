import { html } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { ClientEvents, Conversation, DirectoryHit, User } from "../sdk/index.js";
import "./avatar.js";
import { ClientElement } from "./client-element.js";
import { dialogStyles } from "./dialog-styles.js";
import { explain, strings } from "./i18n/index.js";
import type { Explanations } from "./i18n/strings.js";
import { backIcon, checkIcon, closeIcon, groupIcon } from "./icons.js";
import { colourKey, displayName } from "./names.js";
import { newConversationStyles } from "./new-conversation-styles.js";
import { addressOfPerson } from "./place.js";
import { base } from "./styles.js";

/** Typing pauses this long before the directory is asked. */
const pauseMs = 150;

/** A person the directory gave; groups of the product are not offered here. */
interface Found extends DirectoryHit {
  readonly user: User;
}

/**
 * Finds people and starts a conversation with one, several, or oneself. Fires `causerie-open` with the address of the
 * conversation, or of the person where there is none yet.
 */
@customElement("causerie-new-conversation")
export class NewConversation extends ClientElement {
  @state() private query = "";
  @state() private found: readonly Found[] | undefined;
  @state() private mayStartGroup = false;
  /** Whom one has asked for a relation, and who has not answered. */
  @state() private asked: ReadonlySet<string> = new Set();
  @state() private group = false;
  @state() private subject = "";
  @state() private chosen: readonly User[] = [];
  @state() private busy = false;
  @state() private problem = "";
  @query("dialog") private dialog!: HTMLDialogElement;

  protected override readonly drawnAfter: readonly (keyof ClientEvents)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Answers may come in another order than questions. */
  #searches = 0;

  static override styles = [base, dialogStyles, newConversationStyles];

  /** Opens the dialog, empty. */
  show(): void {
    this.query = this.subject = this.problem = "";
    this.found = undefined;
    this.chosen = [];
    this.asked = new Set();
    this.group = this.busy = false;
    this.dialog.showModal();
    void this.#search();
    void this.#loadAsked();
  }

  protected override render(): unknown {
    return html`<dialog aria-labelledby="heading">
      <div class="head ${this.group ? "deep" : ""}">
        ${
          this.group
            ? html`<button class="icon-button" aria-label=${strings.newConversation} title=${strings.newConversation} @click=${() => this.#setGroup(false)}>
              ${backIcon}
            </button>`
            : ""
        }
        <h2 id="heading">${this.group ? strings.newGroup : strings.newConversation}</h2>
        <button class="icon-button" aria-label=${strings.close} title=${strings.close} @click=${() => this.dialog.close()}>${closeIcon}</button>
      </div>
      <div class="fields">
        ${this.group ? this.#groupFields() : ""}
        <input
          class="field search"
          type="search"
          autofocus
          autocomplete="off"
          aria-label=${strings.searchPeople}
          placeholder=${strings.searchPeople}
          .value=${live(this.query)}
          @input=${this.#input}
        />
      </div>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : ""}
      <div class="results">
        ${this.group || this.query ? "" : this.#shortcuts()}
        <div aria-live="polite">${this.#people()}</div>
      </div>
      ${this.group ? this.#foot() : ""}
    </dialog>`;
  }

  #shortcuts(): unknown {
    return html`${
      this.mayStartGroup
        ? html`<button class="person" @click=${() => this.#setGroup(true)}>
          <i class="circle">${groupIcon}</i><span class="name">${strings.newGroup}</span>
        </button>`
        : ""
    }
      <button class="person" ?disabled=${this.busy} @click=${() => this.#start(() => this.client.startNoteToSelf())}>
        <causerie-avatar kind="note" .key=${this.client.me ? colourKey(this.client.me) : ""}></causerie-avatar><span class="name">${strings.noteToSelf}</span>
      </button>`;
  }

  #people(): unknown {
    if (!this.found) return html`<p class="hint muted">${strings.loading}</p>`;
    // Somebody to whom one may not start can't be brought into a group either.
    const shown = this.group ? this.found.filter(({ can }) => can.has("start")) : this.found;
    if (!shown.length) {
      const heading = this.query.trim() ? strings.nobodyFound : strings.nobodyToWriteTo;
      return this.problem ? "" : html`<div class="hint"><p>${heading}</p><p class="muted">${strings.onlyReachable}</p></div>`;
    }
    return html`<ul>
      ${shown.map((hit) => html`<li>${this.#person(hit)}</li>`)}
    </ul>`;
  }

  #person({ user, can, conversationId, mayRequest }: Found): unknown {
    const name = displayName(user);
    const face = html`<causerie-avatar .name=${name} .key=${colourKey(user)}></causerie-avatar>`;
    if (!this.group) {
      // Nothing is made before the first message. Of somebody who is not open to a start the server says what is missing.
      const isOpen = can.has("start") || conversationId !== undefined;
      const choose = (): void => {
        if (isOpen) this.#open(conversationId ?? addressOfPerson(user.id));
        else void this.#start(() => this.client.startDirect({ id: user.id }), strings.startErrors);
      };
      const [relation] = mayRequest;
      const closed = this.asked.has(user.id) ? strings.requestSent : relation ? strings.onRequest : strings.notStartable;
      return html`<div class="row">
        <button class="person" ?disabled=${this.busy} @click=${choose}>
          ${face}
          <span>
            <span class="name clip">${name}</span>
            ${isOpen ? "" : html`<span class="closed muted">${closed}</span>`}
          </span>
        </button>
        ${
          isOpen || relation === undefined
            ? ""
            : html`<button class="button" ?disabled=${this.busy} aria-label=${strings.sendRequestTo(name)} @click=${() => this.#request(relation, user)}>
              ${strings.sendRequest}
            </button>`
        }
      </div>`;
    }
    const chosen = this.chosen.some(({ id }) => id === user.id);
    return html`<button class="person" aria-pressed=${chosen ? "true" : "false"} @click=${() => this.#toggle(user)}>
      ${face}<span class="name clip">${name}</span><i class="box">${checkIcon}</i>
    </button>`;
  }

  #groupFields(): unknown {
    return html`<input
        class="field subject"
        autocomplete="off"
        aria-label=${strings.groupName}
        placeholder=${strings.groupName}
        .value=${live(this.subject)}
        @input=${(event: InputEvent) => {
          this.subject = (event.target as HTMLInputElement).value;
        }}
      />
      ${
        this.chosen.length
          ? html`<div class="chips">
            ${this.chosen.map((user) => {
              const name = displayName(user);
              return html`<button class="chip" aria-label=${strings.remove(name)} @click=${() => this.#toggle(user)}>
                <span class="clip">${name}</span>${closeIcon}
              </button>`;
            })}
          </div>`
          : ""
      }`;
  }

  #foot(): unknown {
    const ready = this.chosen.length > 0 && this.subject.trim() !== "" && !this.busy;
    const create = (): Promise<Conversation> =>
      this.client.startGroup(
        this.subject.trim(),
        this.chosen.map(({ id }) => ({ id })),
      );
    const words = { ...strings.startErrors, ...strings.startGroupErrors };
    return html`<div class="foot">
      <span class="muted">${strings.selected(this.chosen.length)}</span>
      <button class="button primary" ?disabled=${!ready} @click=${() => this.#start(create, words)}>${strings.createGroup}</button>
    </div>`;
  }

  #setGroup(group: boolean): void {
    this.group = group;
    this.problem = "";
  }

  #toggle(user: User): void {
    const others = this.chosen.filter(({ id }) => id !== user.id);
    this.chosen = others.length < this.chosen.length ? others : [...this.chosen, user];
  }

  #input(event: InputEvent): void {
    this.query = (event.target as HTMLInputElement).value;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#search(), pauseMs);
  }

  async #search(): Promise<void> {
    const search = ++this.#searches;
    try {
      const { items, mayStartGroup } = await this.client.searchDirectory(this.query.trim(), 50);
      if (search !== this.#searches) return;
      const meId = this.client.me?.id;
      this.mayStartGroup = mayStartGroup;
      this.found = items.filter((hit): hit is Found => hit.user !== undefined && hit.user.id !== meId);
      this.problem = "";
    } catch (thrown) {
      if (search !== this.#searches) return;
      this.found = [];
      this.problem = explain(thrown);
    }
  }

  /** Latest changes are first: beyond the first page are those that were left unanswered for long. */
  async #loadAsked(): Promise<void> {
    try {
      const { items } = await this.client.relations();
      const asked = items.filter(({ state, direction }) => state === "pending" && direction === "outgoing");
      this.asked = new Set([...this.asked, ...asked.map(({ user }) => user.id)]);
    } catch {
      // Only a word is missing: the directory tells whom one may ask.
    }
  }

  async #request(relation: string, user: User): Promise<void> {
    this.busy = true;
    this.problem = "";
    try {
      await this.client.relate(relation, { id: user.id });
      this.asked = new Set([...this.asked, user.id]);
      await this.#search();
    } catch (thrown) {
      this.problem = explain(thrown);
    } finally {
      this.busy = false;
    }
  }

  #open(address: string): void {
    this.dialog.close();
    this.dispatchEvent(new CustomEvent("causerie-open", { detail: address, bubbles: true, composed: true }));
  }

  async #start(run: () => Promise<Conversation>, words: Explanations = {}): Promise<void> {
    this.busy = true;
    this.problem = "";
    try {
      this.#open((await run()).id);
    } catch (thrown) {
      this.problem = explain(thrown, words);
    } finally {
      this.busy = false;
    }
  }
}
