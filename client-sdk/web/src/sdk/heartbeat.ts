import type { Clock } from "./options.js";

/** A question without an answer for this long proves a connection dead, in milliseconds. */
export const patienceMs = 5_000;

/**
 * Watches over a silent connection. Browsers do not show WebSocket pings, so a client that heard nothing for one interval asks
 * with a `ping` command, and so it does where there is reason to doubt. A connection that then stays silent is dead.
 */
export class Heartbeat {
  #cancel: () => void = () => {};
  /** Set while a question is unanswered. */
  #cancelDoubt: (() => void) | undefined;
  #lastHeard = 0;

  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #ask: () => void;
  readonly #lost: () => void;
  readonly #doubted: (inDoubt: boolean) => void;

  constructor(clock: Clock, intervalMs: number, ask: () => void, lost: () => void, doubted: (inDoubt: boolean) => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#ask = ask;
    this.#lost = lost;
    this.#doubted = doubted;
    this.heard();
    this.#watch(intervalMs);
  }

  /** Something came from the server. */
  heard(): void {
    this.#lastHeard = this.#clock.elapsed();
    this.#trust();
  }

  /** Asks now, where there is reason to doubt: the network changed, a command has no answer. */
  probe(): void {
    if (this.#cancelDoubt) return;
    this.#cancelDoubt = this.#clock.after(patienceMs, this.#lost);
    this.#doubted(true);
    this.#ask();
  }

  stop(): void {
    this.#cancel();
    this.#trust();
  }

  #trust(): void {
    if (!this.#cancelDoubt) return;
    this.#cancelDoubt();
    this.#cancelDoubt = undefined;
    this.#doubted(false);
  }

  #watch(delayMs: number): void {
    this.#cancel = this.#clock.after(delayMs, () => {
      let leftMs = this.#intervalMs - this.#clock.elapsed() + this.#lastHeard;
      if (leftMs <= 0) {
        this.probe();
        leftMs = this.#intervalMs;
      }
      this.#watch(Math.max(leftMs, 1));
    });
  }
}
