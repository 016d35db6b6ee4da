import { notConnected } from "./errors.js";
import type { Clock } from "./options.js";

/** The time from the request of a new token to the expiry of the current token, in milliseconds. */
const refreshAheadMs = 60_000;
/** The least time between two calls of `getToken`, in milliseconds. */
export const tokenIntervalMs = 30_000;
/** The longest delay of a browser timer, which has 31 bits, in milliseconds. */
const timerMaxMs = 2 ** 31 - 1;

/** Holds the token, and requests new tokens with `getToken`. Uses the monotonic clock, because the time of day may be wrong. */
export class Tokens {
  #token: string | undefined;
  /** The value of `Clock.elapsed` at which the token expires. */
  #expiresAt = 0;
  /** The value of `Clock.elapsed` at the last call of `getToken`. */
  #requestedAt = Number.NEGATIVE_INFINITY;
  #request: Promise<string> | undefined;
  #cancel: () => void = () => {};

  readonly #clock: Clock;
  readonly #getToken: () => Promise<string> | string;
  /** Whether the client is still running. */
  readonly #isRunning: () => boolean;

  constructor(clock: Clock, getToken: () => Promise<string> | string, isRunning: () => boolean) {
    this.#clock = clock;
    this.#getToken = getToken;
    this.#isRunning = isRunning;
  }

  /** The time until `getToken` may be called again, in milliseconds. */
  get waitMs(): number {
    return Math.max(this.#requestedAt + tokenIntervalMs - this.#clock.elapsed(), 0);
  }

  /** Returns the held token, or a new token when no token is held or the held token has expired. Rejects like `fresh`. */
  current(): Promise<string> {
    const token = this.#token;
    if (token !== undefined && this.#clock.elapsed() < this.#expiresAt) return Promise.resolve(token);
    return this.fresh();
  }

  /**
   * Requests a new token, at the earliest `tokenIntervalMs` after the previous request; simultaneous calls share one request. Rejects with the
   * error of `getToken`, or with `unavailable` when the client was stopped.
   */
  fresh(): Promise<string> {
    this.#request ??= this.#requestToken().finally(() => {
      this.#request = undefined;
    });
    return this.#request;
  }

  async #requestToken(): Promise<string> {
    const { waitMs } = this;
    if (waitMs) await new Promise<void>((resolve) => this.#clock.after(waitMs, resolve));
    if (!this.#isRunning()) throw notConnected();
    this.#requestedAt = this.#clock.elapsed();
    this.#token = await this.#getToken();
    // The token does not expire until `setExpiry` sets the expiry from the reply of the server.
    this.#expiresAt = Number.POSITIVE_INFINITY;
    return this.#token;
  }

  /** Discards the held token. */
  drop(): void {
    this.#token = undefined;
  }

  /**
   * Sets the expiry of the token. Calls `refresh` 60 s before the expiry, or after half of the remaining time when less than 120 s remain.
   * `tokenTtlMs` is the remaining time in milliseconds; without it, the token does not expire.
   */
  setExpiry({ tokenTtlMs }: { tokenTtlMs?: number }, refresh: () => void): void {
    this.stop();
    if (!tokenTtlMs) return;
    this.#expiresAt = this.#clock.elapsed() + tokenTtlMs;
    this.refreshAfter(Math.max(tokenTtlMs - refreshAheadMs, tokenTtlMs / 2), refresh);
  }

  /** Calls `refresh` after a delay, instead of at the time that was set before. */
  refreshAfter(delayMs: number, refresh: () => void): void {
    this.stop();
    this.#cancel = this.#clock.after(Math.min(delayMs, timerMaxMs), refresh);
  }

  /** Cancels the next refresh. Keeps the token. */
  stop(): void {
    this.#cancel();
  }
}
