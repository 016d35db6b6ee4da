import type { ClientEvents, Conversation, DirectoryHit, User } from "causerie";
import { html } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import "./avatar.js";
import { ClientElement } from "./client-element.js";
import { dialogStyles } from "./dialog-styles.js";
import { explain, strings } from "./i18n/index.js";
import type { Explanations } from "./i18n/strings.js";
import { backIcon, checkIcon, closeIcon, groupIcon } from "./icons.js";
import { colourSeed, displayName } from "./names.js";
import { newConversationStyles } from "./new-conversation-styles.js";
import { routeOfUser } from "./route.js";
import { base, userRow } from "./styles.js";

/** The directory is searched after a pause in the typing of this length, in milliseconds. */
const searchDelayMs = 150;

/** A user in the directory. Groups of the product are not shown in this dialog. */
interface UserHit extends DirectoryHit {
  readonly user: User;
}

/**
 * The dialog that starts a direct conversation, a group, or notes to self. It fires `causerie-navigate` with the route of the
 * conversation, or with the route of the user if the conversation does not exist yet.
 */
@customElement("causerie-new-conversation")
export class NewConversation extends ClientElement {
  @state() private query = "";
  @state() private hits: readonly UserHit[] | undefined;
  @state() private mayStartGroup = false;
  /** Ids of the users who have a pending request of the connected user. */
  @state() private requested: ReadonlySet<string> = new Set();
  @state() private group = false;
  @state() private subject = "";
  @state() private chosen: readonly User[] = [];
  @state() private busy = false;
  @state() private problem = "";
  @query("dialog") private dialog!: HTMLDialogElement;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The number of searches: replies to earlier searches are ignored. */
  #searches = 0;

  static override styles = [base, dialogStyles, userRow, newConversationStyles];

  /** Opens the dialog with empty fields. */
  show(): void {
    this.query = this.subject = this.problem = "";
    this.hits = undefined;
    this.chosen = [];
    this.requested = new Set();
    this.group = this.busy = false;
    this.dialog.showModal();
    void this.#search();
    void this.#loadRequested();
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
          aria-label=${strings.searchUsers}
          placeholder=${strings.searchUsers}
          .value=${live(this.query)}
          @input=${this.#input}
        />
      </div>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : ""}
      <div class="results">
        ${this.group || this.query ? "" : this.#shortcuts()}
        <div aria-live="polite">${this.#results()}</div>
      </div>
      ${this.group ? this.#foot() : ""}
    </dialog>`;
  }

  #shortcuts(): unknown {
    return html`${
      this.mayStartGroup
        ? html`<button class="user" @click=${() => this.#setGroup(true)}>
          <i class="circle">${groupIcon}</i><span class="name">${strings.newGroup}</span>
        </button>`
        : ""
    }
      <button class="user" ?disabled=${this.busy} @click=${() => this.#start(() => this.client.startNoteToSelf())}>
        <causerie-avatar kind="note" .key=${this.client.me ? colourSeed(this.client.me) : ""}></causerie-avatar><span class="name">${strings.noteToSelf}</span>
      </button>`;
  }

  #results(): unknown {
    if (!this.hits) return html`<p class="hint muted">${strings.loading}</p>`;
    // The caller can't add a user to a group if the rules do not let the caller start a conversation with that user.
    const shown = this.group ? this.hits.filter(({ can }) => can.has("start")) : this.hits;
    if (!shown.length) {
      const heading = this.query.trim() ? strings.noUsersFound : strings.noReachableUsers;
      return this.problem
        ? ""
        : html`<div class="hint"><p>${heading}</p><p class="muted">${strings.reachableUsersHint}</p></div>`;
    }
    return html`<ul>
      ${shown.map((hit) => html`<li>${this.#user(hit)}</li>`)}
    </ul>`;
  }

  #user({ user, can, conversationId, mayRequest }: UserHit): unknown {
    const name = displayName(user);
    const face = html`<causerie-avatar .name=${name} .key=${colourSeed(user)}></causerie-avatar>`;
    if (!this.group) {
      // The first message creates the conversation. If the rules do not allow a conversation, the server says why.
      const isOpen = can.has("start") || conversationId !== undefined;
      const choose = (): void => {
        if (isOpen) this.#open(conversationId ?? routeOfUser(user.id));
        else void this.#start(() => this.client.startDirect({ id: user.id }), strings.startErrors);
      };
      const [relation] = mayRequest;
      const closed = this.requested.has(user.id)
        ? strings.requestSent
        : relation
          ? strings.reachableOnRequest
          : strings.userNotReachable;
      return html`<div class="row">
        <button class="user" ?disabled=${this.busy} @click=${choose}>
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
    return html`<button class="user" aria-pressed=${chosen ? "true" : "false"} @click=${() => this.#toggle(user)}>
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
    this.#timer = setTimeout(() => void this.#search(), searchDelayMs);
  }

  async #search(): Promise<void> {
    const search = ++this.#searches;
    try {
      const { items, mayStartGroup } = await this.client.searchDirectory(this.query.trim(), 50);
      if (search !== this.#searches) return;
      const meId = this.client.me?.id;
      this.mayStartGroup = mayStartGroup;
      this.hits = items.filter((hit): hit is UserHit => hit.user !== undefined && hit.user.id !== meId);
      this.problem = "";
    } catch (thrown) {
      if (search !== this.#searches) return;
      this.hits = [];
      this.problem = explain(thrown);
    }
  }

  /** Loads the pending requests. The first page, which has the latest changes, is enough: older requests have been pending for long. */
  async #loadRequested(): Promise<void> {
    try {
      const { items } = await this.client.relations();
      const pending = items.filter(({ state, direction }) => state === "pending" && direction === "outgoing");
      this.requested = new Set([...this.requested, ...pending.map(({ user }) => user.id)]);
    } catch {
      // Only the label of pending requests is missing.
    }
  }

  async #request(relation: string, user: User): Promise<void> {
    this.busy = true;
    this.problem = "";
    try {
      await this.client.relate(relation, { id: user.id });
      this.requested = new Set([...this.requested, user.id]);
      await this.#search();
    } catch (thrown) {
      this.problem = explain(thrown);
    } finally {
      this.busy = false;
    }
  }

  #open(address: string): void {
    this.dialog.close();
    this.dispatchEvent(new CustomEvent("causerie-navigate", { detail: address, bubbles: true, composed: true }));
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
