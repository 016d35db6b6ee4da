import { toConversation } from "./model.js";
import type { Call } from "./requests.js";
import type { Store } from "./store.js";
import type { Sync } from "./sync.js";
import type * as wire from "./wire.gen.js";

/** Loads the list of conversations page by page into the store. */
export class ConversationList {
  /** Whether the first page was loaded. */
  loaded = false;
  /** Whether there are conversations that are not loaded. */
  more = false;
  #cursor = "";
  #loading: Promise<void> | undefined;
  #expected: Promise<wire.ConversationPage> | undefined;

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

  /** Takes a first page that was requested. The next load uses it. */
  expectPage(page: Promise<wire.ConversationPage>): void {
    this.#expected = page;
    page.catch(() => {});
  }

  /** Loads the first page, even when it was loaded before. */
  load(): Promise<void> {
    this.#cursor = "";
    this.#loading = undefined;
    return this.loadMore();
  }

  /** Loads the next page; pages without a new conversation are skipped. Rejects with a `CauserieError`. */
  loadMore(): Promise<void> {
    const loading: Promise<void> = (this.#loading ??= this.#load().finally(() => {
      if (this.#loading === loading) this.#loading = undefined;
    }));
    return loading;
  }

  async #load(): Promise<void> {
    const known = this.#store.conversations.length;
    do {
      const expected = this.#expected;
      this.#expected = undefined;
      const page = await (expected ?? this.#call("listConversations", { cursor: this.#cursor })).catch((error) => {
        // The server can't read the cursor any more: start again with the first page.
        if (error.field !== "listConversations.cursor") throw error;
        return this.#call("listConversations", {});
      });
      // Only when they are not set: later, events move the position, and an event on its way must not be skipped.
      this.#store.epoch ??= page.epoch ?? "";
      this.#store.inboxVersion ??= page.inboxVersion ?? 0;
      for (const conversation of page.conversations ?? []) this.#sync.receive(toConversation(conversation));
      this.#cursor = page.nextCursor ?? "";
      this.loaded = true;
      this.more = this.#cursor !== "";
    } while (this.more && this.#store.conversations.length <= known);
    this.#changed();
  }
}
