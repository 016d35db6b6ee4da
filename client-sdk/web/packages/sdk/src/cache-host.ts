// What a client and a cache of its state know of each other.
import type { Client } from "./client.js";
import type { ConversationList } from "./conversation-list.js";
import type { Emitter } from "./emitter.js";
import type { ClientEvents } from "./events.js";
import type { User } from "./model.js";
import type { Clock } from "./options.js";
import type { Store } from "./store.js";
import type { Users } from "./users.js";

/** The parts of a client that a cache reads and fills. */
export interface CacheHost {
  readonly client: Client;
  readonly clock: Clock;
  readonly events: Emitter<ClientEvents>;
  readonly list: ConversationList;
  readonly store: Store;
  readonly users: Users;
  /** Sets `Client.me`. */
  setMe(me: User | undefined): void;
}

/** Keeps the list of conversations and the loaded messages over restarts; see `indexedDbCache` in `causerie/cache`. */
export interface Cache {
  /**
   * Called once, by the client. Fills the client with the stored state and from then on stores its state. Resolves when the client may
   * connect; never rejects.
   */
  attach(host: CacheHost): Promise<void>;
  /** Removes everything that is stored, in all tabs, and stores nothing any more. To be called when the user logs out. */
  clear(): Promise<void>;
}
