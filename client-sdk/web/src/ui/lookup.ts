import type { ReactiveController, ReactiveControllerHost } from "lit";
import { CauserieError, type Client } from "../sdk/index.js";
import { isId } from "./place.js";

/** How far the search for a conversation is. `failed`: it is tried again with the next connection, or when asked. */
export type Sought = "searching" | "missing" | "failed";

/** Finds a conversation that an address names and that the list has not loaded. */
export class Lookup implements ReactiveController {
  #id = "";
  #state: Sought = "searching";
  #asking = false;
  #wasConnected = false;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {}

  /** How far the search for this conversation is; begins it where need be. Call again when the client changed. */
  seek(client: Client, id: string): Sought {
    const connected = client.state.name === "connected";
    const again = this.#state === "failed" && connected && !this.#wasConnected;
    this.#wasConnected = connected;
    if (id !== this.#id || again) {
      this.#id = id;
      this.#state = isId(id) ? "searching" : "missing";
    }
    // The list may bring it.
    if (this.#state === "searching" && connected && client.conversationsLoaded && !this.#asking) void this.#ask(client, id);
    return this.#state;
  }

  /** Searches once more. */
  again(): void {
    this.#id = "";
    this.host.requestUpdate();
  }

  async #ask(client: Client, id: string): Promise<void> {
    this.#asking = true;
    try {
      await client.fetchConversation(id);
    } catch (thrown) {
      const temporary = thrown instanceof CauserieError && thrown.temporary;
      if (id === this.#id) this.#state = temporary ? "failed" : "missing";
    } finally {
      this.#asking = false;
      this.host.requestUpdate();
    }
  }
}
