import { CauserieError, type Client } from "causerie";
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { isUuid } from "./route.js";

/** The state of a lookup. `failed`: it is repeated with the next connection, or by `retry`. */
export type LookupState = "searching" | "missing" | "failed";

/** Loads a conversation that a route names and that is not loaded yet. */
export class ConversationLookup implements ReactiveController {
  #id = "";
  #state: LookupState = "searching";
  #isLoading = false;
  #wasConnected = false;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {}

  /** Returns the state of the lookup, and starts it if necessary. To be called again after changes of the client. */
  find(client: Client, id: string): LookupState {
    const connected = client.state.name === "connected";
    const again = this.#state === "failed" && connected && !this.#wasConnected;
    this.#wasConnected = connected;
    if (id !== this.#id || again) {
      this.#id = id;
      this.#state = isUuid(id) ? "searching" : "missing";
    }
    // The list may contain the conversation, so load the list first.
    if (this.#state === "searching" && connected && client.conversationsLoaded && !this.#isLoading) void this.#load(client, id);
    return this.#state;
  }

  /** Repeats the lookup. */
  retry(): void {
    this.#id = "";
    this.host.requestUpdate();
  }

  async #load(client: Client, id: string): Promise<void> {
    this.#isLoading = true;
    try {
      await client.getConversation(id);
    } catch (thrown) {
      const temporary = thrown instanceof CauserieError && thrown.temporary;
      if (id === this.#id) this.#state = temporary ? "failed" : "missing";
    } finally {
      this.#isLoading = false;
      this.host.requestUpdate();
    }
  }
}
