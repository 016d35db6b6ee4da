// Keeps the visible messages at their place while messages above them are added or change their height.
import type { MessageElement } from "./message.js";
import type { ReadingPlace } from "./reading-places.js";

/** The index of the first element for which `holds` is true; it must be true for all later elements too. The length of the list for none. */
export function firstIndex(elements: readonly Element[], holds: (box: DOMRect) => boolean): number {
  let [low, high] = [0, elements.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds((elements[middle] as Element).getBoundingClientRect())) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The rendered messages, from top to bottom. */
export function renderedMessages(scroller: Element): readonly MessageElement[] {
  return [...scroller.querySelectorAll<MessageElement>("causerie-message")];
}

/** The last message whose end is visible, without outgoing messages. */
export function lastInView(scroller: Element): MessageElement | undefined {
  const messages = renderedMessages(scroller).filter(({ message }) => message);
  const { bottom } = scroller.getBoundingClientRect();
  return messages[firstIndex(messages, (box) => box.bottom > bottom + 1) - 1];
}

/** The `seq` of the last message whose end is visible; 0 for none. */
export function lastSeqInView(scroller: Element): number {
  return lastInView(scroller)?.message?.seq ?? 0;
}

/** The `seq` of the message in the middle of the visible part; infinite for an outgoing message or none. */
export function middleSeq(scroller: Element): number {
  const messages = renderedMessages(scroller);
  const { top, bottom } = scroller.getBoundingClientRect();
  const index = firstIndex(messages, (box) => box.bottom > (top + bottom) / 2);
  return messages[index]?.message?.seq ?? Number.POSITIVE_INFINITY;
}

/** Remembers the first visible message and its distance from the top of the scroller, in pixels. */
export class ScrollAnchor {
  #element: MessageElement | undefined;
  #seq = 0;
  #top = 0;

  /** The first visible message and its distance from the top; `undefined` for an outgoing message or none. */
  get place(): ReadingPlace | undefined {
    return this.#seq ? { seq: this.#seq, top: this.#top } : undefined;
  }

  /** Remembers the current position. */
  capture(scroller: Element): void {
    const messages = renderedMessages(scroller);
    const { top } = scroller.getBoundingClientRect();
    const first = messages[firstIndex(messages, (box) => box.bottom > top + 1)];
    const distance = first ? first.getBoundingClientRect().top - top : 0;
    // The browser rounds scroll positions. With the rounded distance, the errors of many small pages would add up.
    if (first !== this.#element || Math.abs(distance - this.#top) >= 1) this.#top = distance;
    this.#element = first;
    this.#seq = first?.message?.seq ?? 0;
  }

  /** Scrolls the message back to its remembered distance. Finds it by `seq` when its element was replaced. */
  restore(scroller: Element): void {
    const element = this.#element?.isConnected ? this.#element : this.#bySeq(scroller);
    if (!element) return;
    const moved = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top - this.#top;
    if (Math.abs(moved) >= 0.5) scroller.scrollTop += moved;
  }

  /** Forgets the position. */
  clear(): void {
    this.#element = undefined;
    this.#seq = 0;
  }

  #bySeq(scroller: Element): MessageElement | undefined {
    return this.#seq ? renderedMessages(scroller).find(({ message }) => message?.seq === this.#seq) : undefined;
  }
}
