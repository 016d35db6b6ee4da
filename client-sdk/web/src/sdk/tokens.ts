import { notConnected } from "./errors.js";
import type { Clock } from "./options.js";

/** Some 60 s before a token runs out, a fresh one is asked for. */
const refreshAheadMs = 60_000;
/** The embedding product is asked for at most one token in this time, whatever happens. */
export const askEveryMs = 30_000;
/** Browsers keep timers in 31 bits. */
const timerMax = 2 ** 31 - 1;

/** Keeps the token and knows when to ask the embedding product for another. Counts by a clock that does not jump. */
export class Tokens {
  #token: string | undefined;
  /** On the clock's `elapsed`, as is `#askedAt`. */
  #expiresAt = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<string> | undefined;
  #cancel: () => void = () => {};

  readonly #clock: Clock;
  readonly #getToken: () => Promise<string> | string;
  /** The client was not stopped. */
  readonly #isWanted: () => boolean;

  constructor(clock: Clock, getToken: () => Promise<string> | string, isWanted: () => boolean) {
    this.#clock = clock;
    this.#getToken = getToken;
    this.#isWanted = isWanted;
  }

  /** How long to wait before the next question, in milliseconds. */
  get waitMs(): number {
    return Math.max(this.#askedAt + askEveryMs - this.#clock.elapsed(), 0);
  }

  /** The held token, or a fresh one where there is none or it ran out. */
  current(): Promise<string> {
    const held = this.#token;
    if (held !== undefined && this.#clock.elapsed() < this.#expiresAt) return Promise.resolve(held);
    return this.fresh();
  }

  /** Asks for a fresh token, as soon as it may; calls at the same time share one question. */
  fresh(): Promise<string> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(): Promise<string> {
    const { waitMs } = this;
    if (waitMs) await new Promise<void>((resolve) => this.#clock.after(waitMs, resolve));
    if (!this.#isWanted()) throw notConnected();
    this.#askedAt = this.#clock.elapsed();
    this.#token = await this.#getToken();
    // Until the server says otherwise.
    this.#expiresAt = Number.POSITIVE_INFINITY;
    return this.#token;
  }

  /** The held token is no good. */
  drop(): void {
    this.#token = undefined;
  }

  /**
   * The server told how long the token lives, or, before it knew how to, when it ends by the time of day: calls `refresh` 60 s
   * before, or half-way through a shorter life.
   */
  lives({ tokenTtlMs, tokenExpiresAt = "" }: { tokenTtlMs?: number; tokenExpiresAt?: string }, refresh: () => void): void {
    const leftMs = tokenTtlMs || Date.parse(tokenExpiresAt) - this.#clock.now();
    this.stop();
    if (Number.isNaN(leftMs)) return;
    this.#expiresAt = this.#clock.elapsed() + leftMs;
    this.later(Math.max(leftMs - refreshAheadMs, leftMs / 2, 0), refresh);
  }

  /** Calls `refresh` then, in place of what was to be called before. */
  later(delayMs: number, refresh: () => void): void {
    this.stop();
    this.#cancel = this.#clock.after(Math.min(delayMs, timerMax), refresh);
  }

  /** Forgets the appointment, keeps the token. */
  stop(): void {
    this.#cancel();
  }
}
