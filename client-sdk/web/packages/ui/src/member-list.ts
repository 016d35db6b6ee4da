import type { ClientEvents, Conversation, Member } from "causerie";
import { css, html, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import "./avatar.js";
import { ClientElement } from "./client-element.js";
import "./confirm-dialog.js";
import type { ConfirmDialog } from "./confirm-dialog.js";
import { closeIcon } from "./conversation-icons.js";
import { explain, strings } from "./i18n/index.js";
import "./load-sentinel.js";
import type { LoadSentinel } from "./load-sentinel.js";
import { colourSeed, displayName } from "./names.js";
import { detailsOf, routeOfUser } from "./route.js";
import { userRow, userTexts } from "./rows.js";
import { matchesWords } from "./search-words.js";
import { base } from "./styles.js";

/** A search among the members is offered from this number on. */
const searchFrom = 8;

/**
 * The members of a group, loaded page by page. Its slot has what is shown above them. Fires `causerie-navigate` with the route of a member,
 * and `causerie-problem` with a sentence when a member could not be removed.
 */
@customElement("causerie-member-list")
export class MemberList extends ClientElement {
  @property({ attribute: false }) conversation!: Conversation;
  @state() private members: readonly Member[] = [];
  @state() private more = true;
  @state() private problem = "";
  @state() private filter = "";
  @state() private removing: Member | undefined;
  @query("causerie-load-sentinel") private sentinel?: LoadSentinel;
  @query("causerie-confirm-dialog") private confirm!: ConfirmDialog;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = [];
  #cursor = "";
  /** The number of times that the list began anew: answers from before are ignored. */
  #lists = 0;
  #isLoading = false;

  static override styles = [
    base,
    userRow,
    css`
      :host {
        display: flex;
        min-height: 0;
        --avatar-size: 40px;
      }
      .scroller {
        flex: 1;
        min-width: 0;
        overflow-y: auto;
        overscroll-behavior: contain;
        scrollbar-width: thin;
      }
      h3 {
        margin: 0;
        padding: 12px 20px 4px;
        font-size: 0.8125rem;
        font-weight: 650;
        color: var(--muted);
      }
      .members {
        border-top: 1px solid var(--border);
        padding-bottom: 12px;
      }
      .search {
        padding: 4px 16px;
      }
      ul {
        padding-inline: 8px;
      }
      li {
        display: flex;
        align-items: center;
      }
      .user {
        flex: 1;
        min-width: 0;
        min-height: 54px;
        gap: 12px;
        border-radius: 12px;
        text-align: start;
      }
      .user > .tag {
        flex: none;
        padding: 1px 8px;
        border: 1px solid var(--border);
        border-radius: 9px;
        color: var(--muted);
        font-size: 0.75rem;
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const before = changed.get("conversation") as Conversation | undefined;
    if (!changed.has("conversation") || (before?.id === this.conversation.id && sameMembers(before, this.conversation))) return;
    if (before?.id !== this.conversation.id) {
      this.members = [];
      this.filter = "";
    }
    this.#lists++;
    this.#cursor = "";
    this.#isLoading = false;
    this.more = true;
    void this.#load();
  }

  protected override render(): unknown {
    const { removing, filter } = this;
    const shown = filter.trim() ? this.members.filter(({ user }) => matchesWords(displayName(user), filter)) : this.members;
    const name = removing ? displayName(removing.user) : "";
    return html`<div class="scroller">
      <div>
        <slot></slot>
        <section class="members" aria-labelledby="heading">
          <h3 id="heading">${strings.members(this.conversation.memberCount)}</h3>
          ${this.conversation.memberCount >= searchFrom ? this.#search() : ""}
          <ul>
            ${repeat(
              shown,
              ({ user }) => user.id,
              (member) => html`<li>${this.#member(member)}</li>`,
            )}
          </ul>
        </section>
        ${
          this.more
            ? html`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${() => this.#load()}></causerie-load-sentinel>`
            : ""
        }
      </div>
      <causerie-confirm-dialog
        .heading=${strings.removeMemberTitle(name)}
        .text=${strings.removeMemberText}
        .action=${strings.removeMember}
        @causerie-confirm=${this.#remove}
      ></causerie-confirm-dialog>
    </div>`;
  }

  #search(): unknown {
    return html`<div class="search">
      <input
        class="field"
        type="search"
        autocomplete="off"
        aria-label=${strings.searchMembers}
        placeholder=${strings.searchMembers}
        .value=${this.filter}
        @input=${(event: InputEvent) => {
          this.filter = (event.target as HTMLInputElement).value;
        }}
      />
    </div>`;
  }

  #member(member: Member): unknown {
    const { user, role } = member;
    const isMe = user.id === this.client.me?.id;
    const name = displayName(user);
    const content = html`<causerie-avatar .name=${name} .key=${colourSeed(user)}></causerie-avatar>
      ${userTexts(user, "", isMe ? strings.you : name)}
      ${role === "owner" ? html`<span class="tag">${strings.owner}</span>` : ""}`;
    if (isMe) return html`<div class="user">${content}</div>`;
    const label = strings.remove(name);
    return html`<button class="user" @click=${() => this.#open(user.id)}>${content}</button>
      ${
        this.conversation.capabilities.has("remove_member")
          ? html`<button class="icon-button" aria-label=${label} title=${label} @click=${() => this.#ask(member)}>${closeIcon}</button>`
          : ""
      }`;
  }

  #open(userId: string): void {
    const detail = detailsOf(routeOfUser(userId));
    this.dispatchEvent(new CustomEvent("causerie-navigate", { detail, bubbles: true, composed: true }));
  }

  async #ask(member: Member): Promise<void> {
    this.removing = member;
    await this.updateComplete;
    this.confirm.show();
  }

  readonly #remove = async (): Promise<void> => {
    const { removing, conversation } = this;
    if (!removing) return;
    let problem = "";
    try {
      await this.client.removeMember(conversation.id, removing.user.id);
    } catch (thrown) {
      problem = explain(thrown);
    }
    this.dispatchEvent(new CustomEvent("causerie-problem", { detail: problem }));
  };

  async #load(): Promise<void> {
    if (this.#isLoading) return;
    const list = this.#lists;
    const first = this.#cursor === "";
    this.#isLoading = true;
    this.problem = "";
    try {
      const { items, nextCursor } = await this.client.listMembers(this.conversation.id, this.#cursor);
      if (list !== this.#lists) return;
      this.members = first ? items : [...this.members, ...items];
      this.#cursor = nextCursor;
      this.more = nextCursor !== "";
    } catch {
      if (list === this.#lists) this.problem = strings.membersFailed;
    } finally {
      if (list === this.#lists) this.#isLoading = false;
    }
    await this.updateComplete;
    this.sentinel?.observe();
  }
}

/** Whether two states of a conversation have the same members. */
function sameMembers(one: Conversation, other: Conversation): boolean {
  const ids = ({ members }: Conversation): string => members.map(({ user, role }) => `${user.id} ${role} ${user.name}`).join();
  return one.memberCount === other.memberCount && ids(one) === ids(other);
}
