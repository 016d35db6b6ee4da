import type { Clock } from "./options.js";

/**
 * Watches over a silent connection. Browsers do not show WebSocket pings, so a client that heard nothing for one interval asks
 * with a `ping` command, and takes the connection for dead when nothing was heard for two.
 */
export class Heartbeat {
  #cancel: () => void = () => {};
  #lastHeard = 0;
  #asked = false;

  constructor(
    private readonly clock: Clock,
    private readonly intervalMs: number,
    private readonly ask: () => void,
    private readonly lost: () => void,
  ) {
    this.heard();
    this.#watch(intervalMs);
  }

  /** Something came from the server. */
  heard(): void {
    this.#lastHeard = this.clock.now();
    this.#asked = false;
  }

  /** Asks now, where there is reason to doubt: the network changed. */
  probe(): void {
    this.#asked = true;
    this.ask();
  }

  stop(): void {
    this.#cancel();
  }

  #watch(delayMs: number): void {
    this.#cancel = this.clock.after(delayMs, () => {
      const silentMs = this.clock.now() - this.#lastHeard;
      // Only a question that went unanswered is proof: a laptop that slept has been deaf, not forgotten.
      if (silentMs >= 2 * this.intervalMs && this.#asked) return this.lost();
      if (silentMs >= this.intervalMs && !this.#asked) this.probe();
      this.#watch(Math.max(silentMs >= this.intervalMs ? this.intervalMs : this.intervalMs - silentMs, 1));
    });
  }
}
