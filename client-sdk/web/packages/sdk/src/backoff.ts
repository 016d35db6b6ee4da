// How long the client waits before it connects again.

/** When a client may reconnect: `soon` with the usual backoff, `later` with the longest, or `never`. */
export type Reconnect = "soon" | "later" | "never";

/**
 * When to reconnect after a close code; the ranges are those of `Return::after` in protocol/src/codes.rs. RFC 6455's codes 1002 to
 * 1009 report an invalid frame, and the same frame would be refused again; of these, 1005 and 1006 mean that no code was
 * received. Any other code, such as a proxy's 1011, reports an accident.
 */
export function reconnectAfter(closeCode: number): Reconnect {
  if (closeCode >= 1002 && closeCode <= 1009 && closeCode !== 1005 && closeCode !== 1006) return "never";
  if (closeCode >= 4400 && closeCode < 4500) return "later";
  if (closeCode >= 4500 && closeCode < 5000) return "never";
  return "soon";
}

/** Bounds of the delay before an attempt to connect, in milliseconds: the first ceiling and the last. */
export interface BackoffBounds {
  minMs: number;
  maxMs: number;
}

/**
 * A delay in milliseconds with full jitter: between 0 and a ceiling that doubles with each attempt, so that clients that were
 * disconnected together do not reconnect together. `attempt` counts from 0; `random` returns 0 to 1.
 */
export function fullJitter(attempt: number, bounds: BackoffBounds, random: () => number): number {
  return Math.round(random() * Math.min(bounds.maxMs, bounds.minMs * 2 ** Math.min(attempt, 30)));
}

/** A delay in milliseconds after a close code that asks for `later`: between half of `maxMs` and `maxMs`. */
export function lateDelay(bounds: BackoffBounds, random: () => number): number {
  return Math.round((bounds.maxMs * (1 + random())) / 2);
}
