import type { ClientEvents, Relation, User } from "causerie";
import { html, type PropertyValues } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import "./avatar.js";
import { ClientElement } from "./client-element.js";
import { sendIcon } from "./conversation-icons.js";
import { DirectorySearch, type UserHit } from "./directory.js";
import { digits } from "./format.js";
import { explain, strings } from "./i18n/index.js";
import "./load-sentinel.js";
import type { LoadSentinel } from "./load-sentinel.js";
import { colourSeed, displayName } from "./names.js";
import { networkPageStyles } from "./network-page-styles.js";
import "./page-header.js";
import type { PageHeader } from "./page-header.js";
import "./reach-help.js";
import { RelationsController } from "./relations.js";
import { detailsOf, routeOfUser } from "./route.js";
import { userRow, userTexts } from "./rows.js";
import { base, chatPane } from "./styles.js";

/** A declined request can be taken back for this time, in milliseconds. The server learns of it afterwards. */
const undoMs = 6_000;

const keyOf = ({ relation, user }: Relation): string => `${relation}/${user.id}`;

/**
 * The page of the user's network: requests of others, own requests, friends, and users who may be asked. Fires `causerie-back`, and
 * `causerie-navigate` with the route of a user or conversation.
 */
@customElement("causerie-network-page")
export class NetworkPage extends ClientElement {
  @state() private query = "";
  @state() private busy = false;
  @state() private problem = "";
  /** Declined requests that can be taken back, with their timers. */
  @state() private declined: ReadonlyMap<string, ReturnType<typeof setTimeout>> = new Map();
  @query("causerie-page-header") private header!: PageHeader;
  @query("causerie-load-sentinel") private sentinel?: LoadSentinel;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["state"];
  readonly #relations = new RelationsController(this);
  readonly #directory = new DirectorySearch(this);
  /** The directory is searched again when the relations have changed, because they change what the rules allow. */
  #searchedFor: readonly Relation[] | undefined;

  static override styles = [base, chatPane, userRow, networkPageStyles];

  /** Focuses the title. */
  async focusHeading(): Promise<void> {
    await this.updateComplete;
    await this.header.focusHeading();
  }

  /** Focuses the title. */
  focusComposer(): Promise<void> {
    return this.focusHeading();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // The page is left: nothing can be taken back any more.
    for (const relation of this.#relations.of(this.client).received) {
      const timer = this.declined.get(keyOf(relation));
      if (timer === undefined) continue;
      clearTimeout(timer);
      this.client.unrelate(relation.relation, { id: relation.user.id }).catch(() => {});
    }
    this.declined = new Map();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const { items } = this.#relations.of(this.client);
    if (items === this.#searchedFor) return;
    this.#searchedFor = items;
    this.#directory.search(this.client, this.query);
  }

  protected override updated(): void {
    this.sentinel?.observe();
  }

  protected override render(): unknown {
    const relations = this.#relations.of(this.client);
    return html`
      <causerie-page-header .heading=${strings.network}></causerie-page-header>
      <div class="scroller">
        <div class="column">
          ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : ""}
          ${this.#failed(relations.state === "failed")}
          ${this.#section("received", strings.requests, relations.received.map(this.#received))}
          ${this.#section("sent", strings.sentRequests, relations.sent.map(this.#sent))}
          ${this.#section("friends", strings.friends, relations.mutual.map(this.#friend), relations.state === "loaded" ? strings.noFriends : "")}
          <section aria-labelledby="people">
            <h3 id="people">${strings.findPeople}</h3>
            <input
              class="field"
              type="search"
              autocomplete="off"
              aria-label=${strings.findPeople}
              placeholder=${strings.searchUsers}
              .value=${live(this.query)}
              @input=${this.#input}
            />
            ${this.#people()}
          </section>
          ${
            this.#directory.more
              ? html`<causerie-load-sentinel
                .problem=${this.#directory.problem}
                @causerie-load=${() => this.#directory.loadMore()}
              ></causerie-load-sentinel>`
              : ""
          }
        </div>
      </div>
    `;
  }

  #failed(hasFailed: boolean): unknown {
    if (!hasFailed) return "";
    return html`<p class="problem" role="alert">${strings.loadFailed}
      <button class="button" @click=${() => this.#relations.of(this.client).load()}>${strings.tryAgain}</button></p>`;
  }

  #section(id: string, heading: string, rows: readonly unknown[], empty = ""): unknown {
    if (!rows.length && !empty) return "";
    return html`<section aria-labelledby=${id}>
      <h3 id=${id}>${heading}${rows.length ? html` <span class="count">${digits(rows.length)}</span>` : ""}</h3>
      ${rows.length ? html`<ul>${rows}</ul>` : html`<p class="muted empty-text">${empty}</p>`}
    </section>`;
  }

  /** Users who may be asked; in a search, all users who match. */
  #people(): unknown {
    const { hits, problem, more } = this.#directory;
    if (problem && !more) return html`<p class="problem" role="alert">${problem}</p>`;
    if (!hits) return html`<p class="muted empty-text">${strings.loading}</p>`;
    const isSearch = this.query.trim() !== "";
    const shown = isSearch ? hits : hits.filter(({ mayRequest }) => mayRequest.length);
    if (!shown.length) return isSearch && !more ? html`<causerie-reach-help searched></causerie-reach-help>` : "";
    return html`<ul>
      ${shown.map((hit) => this.#person(hit))}
    </ul>`;
  }

  #row(user: User, note: string, actions: unknown): unknown {
    const name = displayName(user);
    return html`<li>
      <button class="user" @click=${() => this.#show(user)}>
        <causerie-avatar .name=${name} .key=${colourSeed(user)}></causerie-avatar>
        ${userTexts(user, note)}
      </button>
      <span class="actions">${actions}</span>
    </li>`;
  }

  #button(label: string, name: string, run: () => unknown, isPrimary = false): unknown {
    return html`<button
      class="button ${isPrimary ? "primary" : ""}"
      aria-label=${strings.actionFor(label, name)}
      ?disabled=${this.busy}
      @click=${run}
    >
      ${label}
    </button>`;
  }

  readonly #received = (request: Relation): unknown => {
    const { relation, user } = request;
    const name = displayName(user);
    const accept = (): Promise<void> => this.#attempt(() => this.client.acceptRelation(relation, { id: user.id }));
    if (this.declined.has(keyOf(request)))
      return this.#row(
        user,
        strings.requestDeclined,
        this.#button(strings.undo, name, () => this.#undo(request)),
      );
    return this.#row(
      user,
      strings.wantsToConnect,
      html`${this.#button(strings.accept, name, accept, true)}${this.#button(strings.decline, name, () => this.#decline(request))}`,
    );
  };

  readonly #sent = ({ relation, user }: Relation): unknown =>
    this.#row(user, strings.requestSent, this.#withdraw(relation, user));

  readonly #friend = ({ user }: Relation): unknown => this.#row(user, "", this.#plane(user));

  #person({ user, mayRequest }: UserHit): unknown {
    const { received, sent } = this.#relations.of(this.client);
    const isOf = (each: Relation): boolean => each.user.id === user.id;
    const incoming = received.find(isOf);
    if (incoming) return this.#received(incoming);
    const outgoing = sent.find(isOf);
    if (outgoing) return this.#sent(outgoing);
    const [relation] = mayRequest;
    if (relation === undefined) return this.#row(user, "", this.#plane(user));
    const ask = (): Promise<void> => this.#attempt(() => this.client.relate(relation, { id: user.id }));
    return this.#row(user, "", this.#button(strings.sendRequest, displayName(user), ask));
  }

  #withdraw(relation: string, user: User): unknown {
    const withdraw = (): Promise<void> => this.#attempt(() => this.client.unrelate(relation, { id: user.id }));
    return this.#button(strings.withdraw, displayName(user), withdraw);
  }

  /** The paper plane, on users to whom the connected user may write. */
  #plane(user: User): unknown {
    const hit = this.#directory.hits?.find((each) => each.user.id === user.id);
    if (!hit?.can.has("start")) return "";
    const label = strings.writeTo(displayName(user));
    return html`<button
      class="icon-button plane"
      aria-label=${label}
      title=${label}
      @click=${() => this.#navigate(hit.conversationId ?? routeOfUser(user.id))}
    >
      ${sendIcon}
    </button>`;
  }

  #show(user: User): void {
    const hit = this.#directory.hits?.find((each) => each.user.id === user.id);
    this.#navigate(detailsOf(hit?.conversationId ?? routeOfUser(user.id)));
  }

  #navigate(route: string): void {
    this.dispatchEvent(new CustomEvent("causerie-navigate", { detail: route, bubbles: true, composed: true }));
  }

  #input(event: InputEvent): void {
    this.query = (event.target as HTMLInputElement).value;
    this.#directory.search(this.client, this.query, true);
  }

  #decline(request: Relation): void {
    const { relation, user } = request;
    const end = (): void => {
      this.#undo(request);
      void this.#attempt(() => this.client.unrelate(relation, { id: user.id }));
    };
    this.declined = new Map(this.declined).set(keyOf(request), setTimeout(end, undoMs));
  }

  #undo(request: Relation): void {
    const declined = new Map(this.declined);
    clearTimeout(declined.get(keyOf(request)));
    declined.delete(keyOf(request));
    this.declined = declined;
  }

  /** Takes a step in a relation. The page changes by the event that follows, on all devices of the user. */
  async #attempt(run: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    this.problem = "";
    try {
      await run();
    } catch (thrown) {
      this.problem = explain(thrown);
    } finally {
      this.busy = false;
    }
  }
}
