// A search in the directory that loads page by page.
import type { Client, DirectoryHit, User } from "causerie";
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { explain } from "./i18n/index.js";

/** The directory is searched after a pause in the typing of this length, in milliseconds. */
const searchDelayMs = 150;
/** The number of hits per page; the server allows no more. */
const pageSize = 50;

/** A user in the directory. The messenger does not show the groups of the product. */
export interface UserHit extends DirectoryHit {
  readonly user: User;
}

/** The users that a search has found, for a component that shows them. The connected user is not among them. */
export class DirectorySearch implements ReactiveController {
  /** The users found so far; `undefined` while the first page is loaded. */
  hits: readonly UserHit[] | undefined;
  /** Whether there are more users. */
  more = false;
  /** The sentence of the last error; empty for none. */
  problem = "";
  mayStartGroup = false;
  mayStartNote = false;
  /** Whether the answer to the last search is missing: `hits` are those of an earlier search. */
  isPending = false;
  #client: Client | undefined;
  #query = "";
  #cursor = "";
  #isLoading = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The number of searches: replies to earlier searches are ignored. */
  #searches = 0;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {}

  hostDisconnected(): void {
    clearTimeout(this.#timer);
  }

  /** Starts a search; with `delayed`, after a pause in the typing. The earlier hits stay until the answer is there. */
  search(client: Client, query: string, delayed = false): void {
    clearTimeout(this.#timer);
    this.#client = client;
    this.#query = query.trim();
    this.#searches++;
    this.isPending = true;
    if (delayed) this.#timer = setTimeout(() => void this.#load(""), searchDelayMs);
    else void this.#load("");
  }

  /** Loads the next page. */
  loadMore(): Promise<void> {
    return this.#isLoading ? Promise.resolve() : this.#load(this.#cursor);
  }

  async #load(cursor: string): Promise<void> {
    const client = this.#client;
    if (!client) return;
    const search = this.#searches;
    this.#isLoading = true;
    this.problem = "";
    try {
      const page = await client.searchDirectory(this.#query, pageSize, cursor);
      if (search !== this.#searches) return;
      const meId = client.me?.id;
      const found = page.items.filter((hit): hit is UserHit => hit.user !== undefined && hit.user.id !== meId);
      this.hits = cursor ? [...(this.hits ?? []), ...found] : found;
      this.#cursor = page.nextCursor;
      this.more = page.nextCursor !== "";
      this.mayStartGroup = page.mayStartGroup;
      this.mayStartNote = page.mayStartNote;
    } catch (thrown) {
      if (search !== this.#searches) return;
      this.hits ??= [];
      this.problem = explain(thrown);
    } finally {
      if (search === this.#searches) {
        this.#isLoading = this.isPending = false;
        this.host.requestUpdate();
      }
    }
  }
}
