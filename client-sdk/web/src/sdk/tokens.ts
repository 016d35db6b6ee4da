import type { Clock } from "./options.js";

/** Some 60 s before a token runs out, a fresh one is asked for. */
const refreshAheadMs = 60_000;
/** Browsers keep timers in 31 bits. */
const timerMax = 2 ** 31 - 1;

/** Keeps the token and knows when to ask the embedding product for another. */
export class Tokens {
  #token: string | undefined;
  #expiresAt = 0;
  #asking: Promise<string> | undefined;
  #cancel: () => void = () => {};

  constructor(
    private readonly clock: Clock,
    private readonly getToken: () => Promise<string> | string,
  ) {}

  /** The held token, or a fresh one where there is none or it ran out. */
  current(): Promise<string> {
    const held = this.#token;
    if (held !== undefined && this.clock.now() < this.#expiresAt) return Promise.resolve(held);
    return this.fresh();
  }

  /** Asks for a fresh token; calls at the same time share one question. */
  fresh(): Promise<string> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(): Promise<string> {
    this.#token = await this.getToken();
    // Until the server says otherwise.
    this.#expiresAt = Number.POSITIVE_INFINITY;
    return this.#token;
  }

  /** The held token is no good. */
  drop(): void {
    this.#token = undefined;
  }

  /** The server told when the token runs out: calls `refresh` 60 s before, or half-way through a shorter life. */
  expiresAt(timestamp: string | undefined, refresh: () => void): void {
    this.stop();
    const at = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
    if (Number.isNaN(at)) return;
    this.#expiresAt = at;
    const leftMs = at - this.clock.now();
    this.#cancel = this.clock.after(Math.min(Math.max(leftMs - refreshAheadMs, leftMs / 2, 0), timerMax), refresh);
  }

  /** Forgets the appointment, keeps the token. */
  stop(): void {
    this.#cancel();
  }
}
