import type { ClientEvents, Conversation } from "causerie";
import { css, html, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { ClientElement } from "./client-element.js";
import "./conversation-item.js";
import type { ConversationItem } from "./conversation-item.js";
import { type Drafts, DraftsController } from "./drafts.js";
import { strings } from "./i18n/index.js";
import { chatIcon } from "./icons.js";
import { peerOf } from "./names.js";
import { base, emptyState } from "./styles.js";

/** The number of users whose presence the list watches; one client can watch 200. */
const watchedMax = 150;

/** The list of conversations, by last activity. */
@customElement("causerie-conversation-list")
export class ConversationList extends ClientElement {
  /** The id of the conversation that is shown beside the list. */
  @property() current = "";
  @state() private loadingMore = false;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["conversations", "state"];
  readonly #drafts = new DraftsController(this);
  #watched = "";
  #unwatch: () => void = () => {};

  static override styles = [
    base,
    emptyState,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        overflow-y: auto;
        overscroll-behavior: contain;
        scrollbar-width: thin;
      }
      ul {
        padding: 4px 8px 12px;
      }
      .more {
        display: block;
        margin: 0 auto 16px;
      }
      .skeleton {
        display: grid;
        grid-template-columns: 48px 1fr;
        gap: 12px;
        padding: 10px 12px;
        align-items: center;
        animation: pulse 1.4s ease-in-out infinite alternate;
      }
      .skeleton i {
        display: block;
        background: var(--border);
        border-radius: 8px;
        height: 12px;
      }
      .skeleton i:first-child {
        width: 48px;
        height: 48px;
        border-radius: 50%;
        grid-row: span 2;
      }
      .skeleton i:nth-child(2) {
        width: 55%;
        align-self: end;
      }
      .skeleton i:nth-child(3) {
        width: 80%;
        align-self: start;
      }
      @keyframes pulse {
        to {
          opacity: 0.45;
        }
      }
    `,
  ];

  /** Focuses the row of a conversation. Returns whether there is one. */
  async focusItem(conversationId: string): Promise<boolean> {
    await this.updateComplete;
    const items = [...this.renderRoot.querySelectorAll<ConversationItem>("causerie-conversation-item")];
    const item = items.find(({ conversation }) => conversation.id === conversationId);
    await item?.updateComplete;
    item?.focus();
    return item !== undefined;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch();
    this.#watched = "";
  }

  protected override updated(_changed: PropertyValues<this>): void {
    const { client } = this;
    const peers = client.conversations.map((conversation) => peerOf(conversation, client.me?.id)?.id);
    const watched = peers.filter((id) => id !== undefined).slice(0, watchedMax);
    const key = [...watched].sort().join();
    if (key === this.#watched) return;
    this.#watched = key;
    const unwatch = this.#unwatch;
    this.#unwatch = client.watchPresence(watched);
    unwatch();
  }

  protected override render(): unknown {
    const { client } = this;
    const { conversations } = client;
    if (!conversations.length) return client.conversationsLoaded ? this.#empty() : this.#skeleton();
    const drafts = this.#drafts.of(client.me?.id ?? "");
    return html`
      <ul aria-label=${strings.conversations}>
        ${repeat(
          this.#byActivity(conversations, drafts),
          ({ id }) => id,
          (conversation) => html`<li>
            <causerie-conversation-item
              .client=${client}
              .conversation=${conversation}
              .draft=${this.#draftOf(conversation, drafts)?.text ?? ""}
              ?current=${conversation.id === this.current}
            ></causerie-conversation-item>
          </li>`,
        )}
      </ul>
      ${
        client.hasMoreConversations
          ? html`<button class="button more" ?disabled=${this.loadingMore} @click=${this.#loadMore}>${strings.loadMore}</button>`
          : ""
      }
    `;
  }

  /** The draft of a conversation that is not shown beside the list. */
  #draftOf({ id }: Conversation, drafts: Drafts): { text: string; at: number } | undefined {
    const draft = id === this.current ? undefined : drafts.get(id);
    return draft?.text.trim() ? draft : undefined;
  }

  /** Sorts by last activity; a draft counts as activity. */
  #byActivity(conversations: readonly Conversation[], drafts: Drafts): readonly Conversation[] {
    const at = new Map(
      conversations.map((each) => [each, Math.max(each.activeAt.getTime(), this.#draftOf(each, drafts)?.at ?? 0)]),
    );
    return conversations.toSorted((a, b) => (at.get(b) ?? 0) - (at.get(a) ?? 0));
  }

  #empty(): unknown {
    return html`<div class="empty">
      <span class="badge">${chatIcon}</span>
      <h2>${strings.noConversations}</h2>
      <p>${strings.noConversationsHint}</p>
    </div>`;
  }

  #skeleton(): unknown {
    if (this.client.state.name === "closed") return "";
    return html`<div role="status"><span class="visually-hidden">${strings.loading}</span></div>
      <ul aria-hidden="true">
        ${Array.from({ length: 6 }, () => html`<li class="skeleton"><i></i><i></i><i></i></li>`)}
      </ul>`;
  }

  async #loadMore(): Promise<void> {
    this.loadingMore = true;
    try {
      await this.client.loadMoreConversations();
    } catch {
      // The button stays, so that the user can try again.
    } finally {
      this.loadingMore = false;
    }
  }
}
