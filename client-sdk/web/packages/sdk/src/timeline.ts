import type { Message } from "./model.js";

/** One page of a history. */
export interface HistoryPage {
  readonly messages: readonly Message[];
  readonly moreBefore: boolean;
  readonly moreAfter: boolean;
  /** The page is complete up to this `seq`, which may be beyond its last message; 0 when that is unknown. */
  readonly completeTo: number;
}

/**
 * The loaded messages of one conversation: a contiguous range of `seq` without gaps, except for messages that the connected user has
 * deleted for themself.
 */
export class Timeline {
  /** Oldest first. A new array after every change. */
  messages: readonly Message[] = [];
  /** Whether a page was loaded, even an empty one. */
  loaded = false;
  /** Whether there are older messages that are not loaded. */
  moreBefore = false;
  /** Whether there are newer messages that are not loaded. New messages are not added then. */
  moreAfter = false;
  /** The range is complete up to this `seq`: beyond the last message when the user has deleted later ones for themself. */
  completeTo = 0;

  /** Whether changes of the loaded messages are still being requested: some may be out of date. */
  isStale = false;

  /** Replaces the loaded messages by a page. */
  replace(page: HistoryPage): void {
    Object.assign(this, page, { loaded: true });
  }

  /** Adds the page of messages before the first loaded one. */
  prepend(page: HistoryPage): void {
    this.messages = [...page.messages, ...this.messages];
    this.moreBefore = page.moreBefore;
  }

  /** Adds the page of messages after the last loaded one. */
  append(page: HistoryPage): void {
    this.messages = [...this.messages, ...page.messages];
    this.moreAfter = page.moreAfter;
    this.completeTo = page.completeTo;
  }

  /** Adds a new message at the end, or replaces a loaded message by a newer version of it. Ignores any other message. */
  apply(message: Message): void {
    if (!this.loaded) return;
    const last = this.#lastSeq;
    if (message.seq > last) {
      if (this.moreAfter) return;
      if (message.seq === last + 1) this.messages = [...this.messages, message];
      // The messages between are missing; `History.loadNewer` loads them.
      else this.moreAfter = true;
      return;
    }
    const index = this.messages.findIndex(({ seq }) => seq === message.seq);
    const current = this.messages[index];
    if (current && current.version < message.version) this.messages = this.messages.with(index, message);
  }

  /** Unloads all messages. */
  clear(): void {
    Object.assign(this, new Timeline());
  }

  get #lastSeq(): number {
    return Math.max(this.messages.at(-1)?.seq ?? 0, this.completeTo);
  }
}
