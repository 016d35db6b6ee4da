// Keeps what a reader looks at where it is while messages come in above it or change their height.
import type { MessageElement } from "./message.js";

/** The index of the first element for which `holds`, of a list where all that follow hold too; its length where none does. */
function firstIndex(elements: readonly Element[], holds: (box: DOMRect) => boolean): number {
  let [low, high] = [0, elements.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds((elements[middle] as Element).getBoundingClientRect())) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** All messages drawn, from top to bottom. */
export function drawn(scroller: Element): readonly MessageElement[] {
  return [...scroller.querySelectorAll<MessageElement>("causerie-message")];
}

/** The seq of the last message whose end is in view; 0 for none. */
export function lastSeqInView(scroller: Element): number {
  const messages = drawn(scroller).filter(({ message }) => message);
  const { bottom } = scroller.getBoundingClientRect();
  return messages[firstIndex(messages, (box) => box.bottom > bottom + 1) - 1]?.message?.seq ?? 0;
}

/** The first message in view and how far down it stands. */
export class Anchor {
  #element: MessageElement | undefined;
  #seq = 0;
  #top = 0;

  /** Notes what is looked at now. */
  note(scroller: Element): void {
    const messages = drawn(scroller);
    const { top } = scroller.getBoundingClientRect();
    const first = messages[firstIndex(messages, (box) => box.bottom > top + 1)];
    this.#element = first;
    this.#seq = first?.message?.seq ?? 0;
    this.#top = first ? first.getBoundingClientRect().top - top : 0;
  }

  /** Brings it back to where it was. The message is looked for by its place when its element was replaced. */
  restore(scroller: Element): void {
    const element = this.#element?.isConnected ? this.#element : this.#bySeq(scroller);
    if (!element) return;
    const moved = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top - this.#top;
    if (Math.abs(moved) >= 0.5) scroller.scrollTop += moved;
  }

  /** Nothing is looked at. */
  clear(): void {
    this.#element = undefined;
    this.#seq = 0;
  }

  #bySeq(scroller: Element): MessageElement | undefined {
    return this.#seq ? drawn(scroller).find(({ message }) => message?.seq === this.#seq) : undefined;
  }
}
