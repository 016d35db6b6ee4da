import { css, html, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { ClientEvents, Conversation, History, Message } from "../sdk/index.js";
import { ClientElement } from "./client-element.js";
import { dayName } from "./format.js";
import { strings } from "./i18n/index.js";
import { chatIcon, downIcon } from "./icons.js";
import "./message.js";
import { type Placed, place } from "./message-groups.js";
import { displayName, titleOf } from "./names.js";
import { base, emptyState } from "./styles.js";
import { typingText } from "./typing-text.js";

/** This close to the end counts as being there, in pixels. */
const nearEnd = 80;
/** This close to an edge the next page is loaded. */
const nearEdge = 400;

/** The messages of one conversation. Fires `causerie-at-end` when its newest message comes into view. */
@customElement("causerie-message-list")
export class MessageList extends ClientElement {
  @property({ attribute: false }) conversation!: Conversation;
  @state() private failed = false;
  @state() private away = false;
  @query(".scroller") private scroller!: HTMLElement;

  protected override readonly drawnAfter: readonly (keyof ClientEvents)[] = ["history", "typing", "state"];

  /** The first message that was unread when the conversation was opened. */
  #newSeq = 0;
  /** Distance from the end, kept while older messages come in above. */
  #keep: number | undefined;
  /** The end of what was drawn last. */
  #lastKey = "";
  #stick = true;
  #resized = new ResizeObserver(() => this.#stick && this.#toEnd());

  static override styles = [
    base,
    emptyState,
    css`
      :host {
        position: relative;
        display: flex;
        flex-direction: column;
        min-height: 0;
        flex: 1;
      }
      .scroller {
        flex: 1;
        display: flex;
        flex-direction: column;
        min-height: 0;
        overflow-y: auto;
        overflow-x: hidden;
        overscroll-behavior: contain;
        overflow-anchor: none;
        scrollbar-width: thin;
        padding: 8px 20px 4px;
      }
      .scroller:focus-visible {
        outline-offset: -3px;
      }
      .column {
        width: 100%;
        max-width: 860px;
        margin: auto auto 0;
      }
      .day,
      .new {
        display: flex;
        justify-content: center;
        margin: 18px 0 8px;
        font-size: 0.8125rem;
        font-weight: 600;
        color: var(--muted);
      }
      .day span {
        padding: 3px 12px;
        border-radius: 12px;
        background: var(--field);
      }
      .new {
        align-items: center;
        gap: 12px;
        color: var(--accent);
      }
      .new::before,
      .new::after {
        content: "";
        flex: 1;
        height: 1px;
        background: color-mix(in srgb, var(--accent) 35%, transparent);
      }
      .typing {
        min-height: 24px;
        padding: 4px 4px 0;
        font-size: 0.8125rem;
        color: var(--muted);
      }
      .latest {
        position: absolute;
        right: 20px;
        bottom: 16px;
        z-index: 2;
        width: 42px;
        height: 42px;
        display: grid;
        place-items: center;
        border-radius: 50%;
        border: 1px solid var(--border);
        background: var(--raised);
        box-shadow: var(--shadow);
      }
      .older {
        display: grid;
        place-items: center;
        min-height: 44px;
      }
      .centre {
        flex: 1;
        display: grid;
        place-items: center;
      }
      @container messenger (max-width: 719px) {
        .scroller {
          padding-inline: 12px;
        }
      }
    `,
  ];

  /** The newest message is in view. */
  get atEnd(): boolean {
    return this.#stick && this.#history.loaded && !this.#history.moreAfter;
  }

  get #history(): History {
    return this.client.history(this.conversation.id);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const before = changed.get("conversation") as Conversation | undefined;
    if (changed.has("conversation") && before?.id !== this.conversation.id) this.#opened();
    // Before the first message of one's own after reading, everything new has been seen.
    if (this.#history.outgoing.length) this.#newSeq = 0;
  }

  protected override firstUpdated(): void {
    this.#resized.observe(this);
  }

  protected override updated(): void {
    const { scroller } = this;
    if (this.#keep !== undefined) {
      scroller.scrollTop = scroller.scrollHeight - this.#keep;
      this.#keep = undefined;
    }
    const { messages, outgoing } = this.#history;
    const key = outgoing.at(-1)?.clientId ?? messages.at(-1)?.clientId ?? "";
    const wroteMyself = key !== this.#lastKey && outgoing.length > 0;
    this.#lastKey = key;
    // Elements grow a moment after this one: the end is sought once they have drawn themselves.
    if (this.#stick || wroteMyself) requestAnimationFrame(() => this.#toEnd());
  }

  protected override render(): unknown {
    const { conversation, client } = this;
    const history = this.#history;
    if (!history.loaded) return this.#notLoaded();
    const { messages, outgoing } = history;
    const typing = typingText(conversation, client.typing(conversation.id));
    const placed = place(messages, this.#newSeq);
    return html`
      <div class="scroller" tabindex="0" role="log" aria-label=${strings.messagesOf(titleOf(conversation, client.me?.id))} @scroll=${this.#scrolled}>
        ${messages.length || outgoing.length ? "" : this.#empty()}
        <div class="column">
          ${history.moreBefore ? html`<div class="older"><span class="spinner" role="img" aria-label=${strings.loading}></span></div>` : ""}
          ${repeat(
            placed,
            ({ message }) => message.clientId || message.id,
            (each) => this.#message(each),
          )}
          ${repeat(
            outgoing,
            ({ clientId }) => clientId,
            (each, index) => html`<causerie-message
              .outgoing=${each}
              own
              ?first=${index === 0 && messages.at(-1)?.authorId !== client.me?.id}
              ?last=${index === outgoing.length - 1}
              .progress=${each.status}
            ></causerie-message>`,
          )}
          <p class="typing" aria-live="polite">${typing}</p>
        </div>
      </div>
      ${
        this.away || history.moreAfter
          ? html`<button class="latest" aria-label=${strings.jumpToLatest} title=${strings.jumpToLatest} @click=${this.#jump}>${downIcon}</button>`
          : ""
      }
    `;
  }

  #message({ message, startsDay, startsNew, first, last }: Placed): unknown {
    const { conversation, client } = this;
    const own = message.authorId === client.me?.id;
    const named = conversation.kind === "group" && !own && first;
    return html`
      ${startsDay ? html`<p class="day"><span>${dayName(message.sentAt, new Date())}</span></p>` : ""}
      ${startsNew ? html`<p class="new">${strings.newMessages}</p>` : ""}
      <causerie-message
        .message=${message}
        ?own=${own}
        ?first=${first}
        ?last=${last}
        .author=${named ? this.#nameOf(message.authorId) : ""}
        .progress=${own ? this.#progressOf(message) : ""}
        ?editable=${own && conversation.capabilities.has("edit")}
        ?deletable=${own && conversation.capabilities.has("delete")}
      ></causerie-message>
    `;
  }

  #nameOf(userId: string): string {
    return displayName(this.conversation.members.find(({ user }) => user.id === userId)?.user);
  }

  /** Read: by the other one, or in a group by all others that are listed. */
  #progressOf(message: Message): "sent" | "read" | "" {
    const { kind, members } = this.conversation;
    if (kind === "note_to_self") return "";
    const others = members.filter(({ user }) => user.id !== message.authorId);
    return others.length > 0 && others.every(({ readSeq }) => readSeq >= message.seq) ? "read" : "sent";
  }

  #notLoaded(): unknown {
    return html`<div class="scroller">${
      this.failed
        ? html`<div class="empty" role="alert">
          <p>${strings.loadFailed}</p>
          <button class="button" @click=${this.#load}>${strings.tryAgain}</button>
        </div>`
        : html`<div class="centre" role="status"><span class="spinner"></span><span class="visually-hidden">${strings.loading}</span></div>`
    }</div>`;
  }

  #empty(): unknown {
    return html`<div class="empty">
      <span class="badge">${chatIcon}</span>
      <h2>${strings.noMessages}</h2>
      <p>${strings.noMessagesHint}</p>
    </div>`;
  }

  #opened(): void {
    const { readState } = this.conversation;
    this.#newSeq = readState.unread ? readState.readSeq + 1 : 0;
    this.#stick = true;
    this.away = false;
    this.failed = false;
    if (!this.#history.loaded) void this.#load();
  }

  async #load(): Promise<void> {
    this.failed = false;
    const { id } = this.conversation;
    try {
      await this.#history.loadNewest();
    } catch {
      if (this.conversation.id === id) this.failed = true;
    }
  }

  async #older(): Promise<void> {
    const { scroller } = this;
    await this.#history.loadOlder();
    this.#keep = scroller.scrollHeight - scroller.scrollTop;
    this.requestUpdate();
  }

  #scrolled(): void {
    const { scroller } = this;
    const below = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    const stick = below < nearEnd;
    const arrived = stick && !this.#stick;
    this.#stick = stick;
    this.away = below > scroller.clientHeight;
    const history = this.#history;
    if (scroller.scrollTop < nearEdge && history.moreBefore) void this.#older().catch(() => {});
    if (below < nearEdge && history.moreAfter) void history.loadNewer().catch(() => {});
    if (arrived) this.#tellAtEnd();
  }

  async #jump(): Promise<void> {
    if (this.#history.moreAfter) await this.#history.loadNewest();
    this.#stick = true;
    this.#toEnd();
  }

  #toEnd(): void {
    const { scroller } = this;
    if (!scroller) return;
    this.#stick = true;
    scroller.scrollTop = scroller.scrollHeight;
    this.#tellAtEnd();
  }

  #tellAtEnd(): void {
    this.dispatchEvent(new CustomEvent("causerie-at-end", { bubbles: true, composed: true }));
  }
}
