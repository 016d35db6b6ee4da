import { toConversation } from "./model.js";
import type { Call } from "./requests.js";
import type { Store } from "./store.js";
import type { Sync } from "./sync.js";

/** Loads the list of conversations page by page into the store. */
export class List {
  /** The first page was loaded. */
  loaded = false;
  /** There are conversations that are not held. */
  more = false;
  #cursor = "";
  #loading: Promise<void> | undefined;

  readonly #store: Store;
  readonly #sync: Sync;
  readonly #call: Call;
  readonly #changed: () => void;

  constructor(store: Store, sync: Sync, call: Call, changed: () => void) {
    this.#store = store;
    this.#sync = sync;
    this.#call = call;
    this.#changed = changed;
  }

  /** Loads the newest page, again if need be. */
  load(): Promise<void> {
    this.#cursor = "";
    this.#loading = undefined;
    return this.loadMore();
  }

  /** Loads until one conversation more is held, or all are. */
  loadMore(): Promise<void> {
    const loading: Promise<void> = (this.#loading ??= this.#load().finally(() => {
      if (this.#loading === loading) this.#loading = undefined;
    }));
    return loading;
  }

  async #load(): Promise<void> {
    const known = this.#store.conversations.length;
    do {
      const page = await this.#call("listConversations", { cursor: this.#cursor }).catch((error) => {
        // A cursor that the server can't read any more: the beginning leads to the same conversations.
        if (error.field !== "listConversations.cursor") throw error;
        return this.#call("listConversations", {});
      });
      // Only where nothing is held yet: later, the position moves by events, and one under way may not be skipped.
      this.#store.epoch ??= page.epoch ?? "";
      this.#store.inboxVersion ??= page.inboxVersion ?? 0;
      for (const conversation of page.conversations ?? []) this.#sync.offer(toConversation(conversation));
      if (!this.loaded) this.#store.totalUnread = page.totalUnread ?? 0;
      this.#cursor = page.nextCursor ?? "";
      this.loaded = true;
      this.more = this.#cursor !== "";
    } while (this.more && this.#store.conversations.length <= known);
    this.#changed();
  }
}
