import type { ClientEvents, Conversation } from "causerie";
import { css, html, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { ClientElement } from "./client-element.js";
import "./conversation-item.js";
import type { ConversationItem } from "./conversation-item.js";
import { type Drafts, DraftsController } from "./drafts.js";
import { strings } from "./i18n/index.js";
import "./load-sentinel.js";
import type { LoadSentinel } from "./load-sentinel.js";
import { peerOf, titleOf } from "./names.js";
import { matchesWords, wordsOf } from "./search-words.js";
import { skeletonStyles } from "./skeleton-styles.js";
import { base, emptyState } from "./styles.js";

/** The number of users whose presence the list watches; one client can watch 200. */
const watchedMax = 150;
/** This number of rows is added at once. Many rows at once would delay the first ones, and stop the list while it scrolls. */
const step = 10;
/** Letters typed within this time of each other are one search for a row, in milliseconds. */
const typeAheadMs = 700;

/** Whether the title of a conversation or a member's name has all words of the filter. */
export function matchesFilter(conversation: Conversation, meId: string | undefined, filter: string): boolean {
  const members = conversation.members.filter(({ user }) => user.id !== meId).map(({ user }) => user.name);
  return matchesWords([titleOf(conversation, meId), ...members].join(" "), filter);
}

/**
 * The list of conversations, by last activity. It loads more when the user comes near its end. The Tab key reaches one row; the arrow keys,
 * Home, End and the first letters of a title reach the others. Its slots have what is shown in place of an empty list (`empty`) and what is
 * shown below the rows.
 */
@customElement("causerie-conversation-list")
export class ConversationList extends ClientElement {
  /** The id of the conversation that is shown beside the list. */
  @property() current = "";
  /** Only conversations with these words in their title or the names of their members are shown. */
  @property() filter = "";
  @state() private problem = "";
  /** The id of the conversation whose row last had the focus. */
  @state() private focused = "";
  /** The number of rows in the page at most. The others are added step by step. */
  @state() private rowsMax = 2 * step;
  @query("causerie-load-sentinel") private sentinel?: LoadSentinel;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["conversations", "state"];
  readonly #drafts = new DraftsController(this);
  #watched = "";
  #unwatch: () => void = () => {};
  #stopErrors: () => void = () => {};
  #loading = false;
  /** Loads what renders the rows again when the day changes, because they say "Yesterday". */
  #dayChange: Promise<unknown> | undefined;
  #typed = { text: "", at: 0 };

  static override styles = [
    base,
    emptyState,
    skeletonStyles,
    css`
      :host {
        display: flex;
        min-height: 0;
      }
      .scroller {
        flex: 1;
        min-width: 0;
        display: flex;
        flex-direction: column;
        overflow-y: auto;
        overscroll-behavior: contain;
        scrollbar-width: thin;
      }
      ul {
        padding: 4px 8px 12px;
      }
      .failed {
        padding: 24px 20px;
        display: grid;
        gap: 12px;
        justify-items: center;
        text-align: center;
      }
    `,
  ];

  /** Focuses the row of a conversation. Returns whether there is one. */
  async focusItem(conversationId: string): Promise<boolean> {
    await this.updateComplete;
    return this.#focus(this.#items().find(({ conversation }) => conversation.id === conversationId));
  }

  /** Focuses the row that the Tab key reaches. Returns whether there is one. */
  async focusReachable(): Promise<boolean> {
    await this.updateComplete;
    return this.#focus(this.#items().find(({ reachable }) => reachable));
  }

  /** The conversations that are shown, in their order. */
  get shown(): readonly Conversation[] {
    const { client, filter } = this;
    const sorted = this.#byActivity(client.conversations, this.#drafts.of(client.me?.id ?? ""));
    if (!filter.trim()) return sorted;
    const meId = client.me?.id;
    return sorted.filter((each) => matchesFilter(each, meId, filter));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch();
    this.#stopErrors();
    this.#watched = "";
  }

  protected override clientChanged(): void {
    this.#stopErrors();
    this.#stopErrors = this.client.on("error", () => {
      // The first page is loaded by the client itself, so its failure is known only by this event.
      if (!this.client.conversationsLoaded && this.client.state.name === "connected") this.problem = strings.loadFailed;
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const { conversations, conversationsLoaded } = this.client;
    if (conversationsLoaded && this.problem === strings.loadFailed) this.problem = "";
    // With room for more rows than there are, so that a new conversation does not remove the last row, which may have the focus.
    if (!this.#hasMoreRows) this.rowsMax = conversations.length + 2 * step;
  }

  protected override updated(): void {
    // The element also renders after it was removed, while rows are to be added.
    if (this.isConnected) this.#watch();
    const rowsMax = this.rowsMax + step;
    if (this.#hasMoreRows) setTimeout(() => (this.rowsMax = rowsMax));
    // Not needed for the first page. After a failure, the next update loads it again.
    this.#dayChange ??= import("./passing-time.js").then(
      ({ onDayChange }) => onDayChange(this, this.#renderRows),
      () => {
        this.#dayChange = undefined;
      },
    );
  }

  protected override render(): unknown {
    const { client } = this;
    if (!client.conversationsLoaded) return this.problem ? this.#failed() : this.#skeleton();
    const rows = this.shown.slice(0, this.rowsMax);
    if (!client.conversations.length) return html`<div class="scroller"><slot name="empty"></slot><slot></slot></div>`;
    const drafts = this.#drafts.of(client.me?.id ?? "");
    const reachable = [this.focused, this.current].find((id) => rows.some((each) => each.id === id)) ?? rows[0]?.id;
    return html`<div class="scroller">
      <div>
        <ul aria-label=${strings.conversations} @keydown=${this.#key} @focusin=${this.#remember}>
          ${repeat(
            rows,
            ({ id }) => id,
            (conversation) => html`<li>
              <causerie-conversation-item
                exportparts="conversation"
                .client=${client}
                .conversation=${conversation}
                .draft=${this.#draftOf(conversation, drafts)?.text ?? ""}
                ?current=${conversation.id === this.current}
                .reachable=${conversation.id === reachable}
              ></causerie-conversation-item>
            </li>`,
          )}
        </ul>
        ${
          client.hasMoreConversations && !this.#hasMoreRows
            ? html`<causerie-load-sentinel .problem=${this.problem} @causerie-load=${this.#loadMore}></causerie-load-sentinel>`
            : ""
        }
      </div>
      <slot></slot>
    </div>`;
  }

  get #hasMoreRows(): boolean {
    return this.rowsMax < this.client.conversations.length;
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

  #skeleton(): unknown {
    if (this.client.state.name === "closed") return "";
    return html`<div role="status"><span class="visually-hidden">${strings.loading}</span></div>
      <ul class="scroller" aria-hidden="true">
        ${Array.from({ length: 6 }, () => html`<li class="skeleton"><i></i><i></i><i></i></li>`)}
      </ul>`;
  }

  #failed(): unknown {
    return html`<div class="scroller failed" role="alert">
      <p>${this.problem}</p>
      <button class="button" @click=${this.#loadMore}>${strings.tryAgain}</button>
    </div>`;
  }

  #items(): ConversationItem[] {
    return [...this.renderRoot.querySelectorAll<ConversationItem>("causerie-conversation-item")];
  }

  async #focus(item: ConversationItem | undefined): Promise<boolean> {
    await item?.updateComplete;
    item?.focus();
    return item !== undefined;
  }

  #remember(event: Event): void {
    const item = event.target as Partial<ConversationItem>;
    this.focused = item.conversation?.id ?? this.focused;
  }

  #key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const items = this.#items();
    const at = items.indexOf(event.target as ConversationItem);
    const steps: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
    const step = steps[event.key];
    if (step !== undefined) this.#typed = { text: "", at: 0 };
    if (step !== undefined) void this.#focus(items[Math.min(Math.max(step, 0), items.length - 1)]);
    else if ([...event.key].length === 1 && event.key !== " ") void this.#focus(this.#typeAhead(event.key, items, at));
    else return;
    event.preventDefault();
  }

  /** The next row whose title begins with the letters that were typed. */
  #typeAhead(letter: string, items: readonly ConversationItem[], at: number): ConversationItem | undefined {
    const now = Date.now();
    const again = now - this.#typed.at < typeAheadMs;
    const text = (again ? this.#typed.text : "") + letter;
    this.#typed = { text, at: now };
    const wanted = wordsOf(text).join(" ");
    // A second letter may match the row that the first letter found.
    const from = again ? at : at + 1;
    const inOrder = [...items.slice(from), ...items.slice(0, from)];
    const meId = this.client.me?.id;
    return inOrder.find(({ conversation }) => wordsOf(titleOf(conversation, meId)).join(" ").startsWith(wanted));
  }

  #watch(): void {
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

  readonly #renderRows = (): void => {
    for (const item of this.#items()) item.requestUpdate();
  };

  readonly #loadMore = async (): Promise<void> => {
    if (this.#loading) return;
    this.#loading = true;
    this.problem = "";
    try {
      await this.client.loadMoreConversations();
    } catch {
      this.problem = this.client.conversationsLoaded ? strings.moreConversationsFailed : strings.loadFailed;
    } finally {
      this.#loading = false;
    }
    await this.updateComplete;
    this.sentinel?.observe();
  };
}
