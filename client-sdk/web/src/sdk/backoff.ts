// When to come back after a connection ended.

/** What a close code asks of the client, by its band (`Return::after` in protocol/src/codes.rs). */
export type Return = "now" | "later" | "never";

/**
 * The band of a close code. RFC 6455's 1002 to 1009 say that a frame broke the rules, and the same frame would again; 1005 and
 * 1006 among them mean that no code came. Other codes (a proxy's 1011) are accidents: come back.
 */
export function returnAfter(closeCode: number): Return {
  if (closeCode >= 1002 && closeCode <= 1009 && closeCode !== 1005 && closeCode !== 1006) return "never";
  if (closeCode >= 4400 && closeCode < 4500) return "later";
  if (closeCode >= 4500 && closeCode < 5000) return "never";
  return "now";
}

/** Bounds of the waiting time between attempts, in milliseconds. */
export interface BackoffBounds {
  minMs: number;
  maxMs: number;
}

/**
 * Full jitter: anywhere between nothing and a ceiling that doubles with each attempt, so that a crowd cut off together does
 * not return together. `attempt` counts from 0; `random` gives 0 to 1.
 */
export function fullJitter(attempt: number, bounds: BackoffBounds, random: () => number): number {
  return Math.round(random() * Math.min(bounds.maxMs, bounds.minMs * 2 ** Math.min(attempt, 30)));
}

/** A server that asks to come later gets the upper half of the longest wait. */
export function later(bounds: BackoffBounds, random: () => number): number {
  return Math.round((bounds.maxMs * (1 + random())) / 2);
}
