import type { Client, Conversation, Member, Message } from "causerie";
import { css, html, LitElement } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import "./avatar.js";
import { dialogStyles } from "./dialog-styles.js";
import { fullDate } from "./format.js";
import { strings } from "./i18n/index.js";
import { colourSeed, displayName, nameById } from "./names.js";
import { base } from "./styles.js";

/** The number of pages of members that are loaded at most. */
const pagesMax = 20;

/** A dialog about one message: author, when it was sent and edited and, for an own message, who has read it. `show()` opens it. */
@customElement("causerie-message-details")
export class MessageDetails extends LitElement {
  @property({ attribute: false }) client!: Client;
  @property({ attribute: false }) conversation!: Conversation;
  @state() private message: Message | undefined;
  /** The other members of a conversation that does not list all of its members; `undefined` while they are loaded. */
  @state() private others: readonly Member[] | undefined;
  @state() private failed = false;
  @query("dialog") private dialog!: HTMLDialogElement;

  static override styles = [
    base,
    dialogStyles,
    css`
      dialog {
        padding: 20px 22px 16px;
        overflow-y: auto;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 6px 16px;
        margin: 14px 0 0;
      }
      dt {
        color: var(--muted);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      h3 {
        margin: 18px 0 6px;
        font-size: 0.9375rem;
        font-weight: 650;
      }
      li {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 44px;
        --avatar-size: 32px;
      }
      li span {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .state {
        margin-top: 16px;
      }
    `,
  ];

  /** Opens the dialog. */
  async show(message: Message): Promise<void> {
    this.message = message;
    this.others = undefined;
    this.failed = false;
    await this.updateComplete;
    this.dialog.showModal();
    if (this.#isReadByMany) await this.#load(message);
  }

  protected override render(): unknown {
    const { message, client } = this;
    if (!message) return html`<dialog></dialog>`;
    const own = message.authorId === client.me?.id;
    const author = own ? strings.you : (nameById(client, message.authorId) ?? strings.unnamedUser);
    const row = (label: string, value: string): unknown => html`<dt>${label}</dt><dd><bdi>${value}</bdi></dd>`;
    return html`<dialog aria-labelledby="heading" @click=${this.#pressed}>
      <h2 id="heading">${strings.messageDetails}</h2>
      <dl>
        ${row(strings.author, author)} ${row(strings.sent, fullDate(message.sentAt))}
        ${message.editedAt ? row(strings.editedAt, fullDate(message.editedAt)) : ""}
      </dl>
      ${own && this.conversation.kind !== "note_to_self" ? this.#readers(message) : ""}
      <div class="buttons"><button class="button" @click=${() => this.dialog.close()}>${strings.close}</button></div>
    </dialog>`;
  }

  /** Whether the members have to be loaded, because the conversation lists only some of them. */
  get #isReadByMany(): boolean {
    const { members, memberCount } = this.conversation;
    return this.message?.authorId === this.client.me?.id && members.length < memberCount;
  }

  #readers(message: Message): unknown {
    if (this.failed) return html`<p class="state" role="alert">${strings.loadFailed}</p>`;
    const others = this.#isReadByMany ? this.others : this.#others(this.conversation.members);
    if (!others) return html`<p class="state muted" role="status">${strings.loading}</p>`;
    const read = others.filter(({ readSeq }) => readSeq >= message.seq);
    const unread = others.filter(({ readSeq }) => readSeq < message.seq);
    return html`${this.#people(strings.readByCount(read.length), read)}${this.#people(strings.notReadBy(unread.length), unread)}`;
  }

  #people(heading: string, members: readonly Member[]): unknown {
    if (!members.length) return "";
    return html`<h3>${heading}</h3>
      <ul>
        ${members.map(({ user }) => {
          const name = displayName(user);
          return html`<li><causerie-avatar .name=${name} .key=${colourSeed(user)}></causerie-avatar><span>${name}</span></li>`;
        })}
      </ul>`;
  }

  #others(members: readonly Member[]): readonly Member[] {
    return members.filter(({ user }) => user.id !== this.client.me?.id);
  }

  async #load(message: Message): Promise<void> {
    const members: Member[] = [];
    try {
      let cursor = "";
      for (let page = 0; page < pagesMax; page++) {
        const { items, nextCursor } = await this.client.listMembers(this.conversation.id, cursor);
        members.push(...items);
        if (!(cursor = nextCursor)) break;
      }
      if (this.message === message) this.others = this.#others(members);
    } catch {
      if (this.message === message) this.failed = true;
    }
  }

  /** A press outside closes the dialog. */
  #pressed(event: Event): void {
    if (event.target === this.dialog) this.dialog.close();
  }
}
