// The part of the loaded messages that is in the page: enough to scroll, and never more, however long the conversation is.
import type { Message } from "causerie";

/** The number of messages that are in the page at most. */
export const renderedMax = 200;
/** The number of messages that are added at once when the user scrolls. Rendering more would be felt: the list must keep up with the wheel. */
const step = 10;

/** Toward older or newer messages. */
export type Direction = "older" | "newer";

/** A part of a list: the index of its first element, and the index after its last. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The index of the first message whose `seq` is at least `seq`; the length of the list for none. */
export function indexOfSeq(messages: readonly Message[], seq: number): number {
  let [low, high] = [0, messages.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle]?.seq ?? 0) >= seq) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * A window on the loaded messages. Pages that are loaded are outside until the window grows. At the newest message of the conversation the window
 * stays open: messages that arrive are inside.
 */
export class MessageWindow {
  /** The `seq` of the first and the last message. */
  #first = 0;
  #last = Number.POSITIVE_INFINITY;
  #moreAfter = false;

  /** Opens both sides. */
  reset(): void {
    this.#first = 0;
    this.#last = Number.POSITIVE_INFINITY;
  }

  /**
   * The window, reduced to `renderedMax` messages: those around the message `seq`. `moreAfter`: newer messages exist that are not loaded.
   */
  fit(messages: readonly Message[], seq: number, moreAfter = false): Range {
    this.#moreAfter = moreAfter;
    const { from, to } = this.#range(messages);
    if (to - from <= renderedMax) return this.#set(messages, from, to);
    const at = indexOfSeq(messages, seq) - renderedMax / 2;
    const start = Math.max(from, Math.min(at, to - renderedMax));
    return this.#set(messages, start, start + renderedMax);
  }

  /** Moves a side of the window by some loaded messages, and the other side when there are too many. Returns whether there were any. */
  grow(messages: readonly Message[], direction: Direction): boolean {
    const { from, to } = this.#range(messages);
    if (direction === "older") {
      if (from === 0) return false;
      const start = Math.max(from - step, 0);
      this.#set(messages, start, Math.min(to, start + renderedMax));
    } else {
      if (to === messages.length) return false;
      const end = Math.min(to + step, messages.length);
      this.#set(messages, Math.max(from, end - renderedMax), end);
    }
    return true;
  }

  #range(messages: readonly Message[]): Range {
    const from = indexOfSeq(messages, this.#first);
    const to = indexOfSeq(messages, this.#last + 1);
    if (from < to || !messages.length) return { from, to };
    // Other messages were loaded.
    this.reset();
    return { from: 0, to: messages.length };
  }

  #set(messages: readonly Message[], from: number, to: number): Range {
    this.#first = messages[from]?.seq ?? 0;
    const isOpen = to >= messages.length && !this.#moreAfter;
    this.#last = (!isOpen && messages[to - 1]?.seq) || Number.POSITIVE_INFINITY;
    return { from, to: Math.min(to, messages.length) };
  }
}
