import type { Message } from "./model.js";

/** What a page of history tells, read. */
export interface HistoryPage {
  readonly messages: readonly Message[];
  readonly moreBefore: boolean;
  readonly moreAfter: boolean;
  /** Nothing up to this seq lies behind the last message. */
  readonly through: number;
}

/** The messages held of one conversation, by seq: a stretch that lacks only those of which one deleted one's own copy. */
export class Timeline {
  /** Oldest first; a new array at every change. */
  messages: readonly Message[] = [];
  /** Something was loaded, be it nothing. */
  loaded = false;
  moreBefore = false;
  /** There are newer ones that are not held: live messages are not added then. */
  moreAfter = false;
  /** Held up to here: beyond the last message where one deleted one's own copy of later ones. */
  through = 0;

  /** Replaces all by a page. */
  open(page: HistoryPage): void {
    Object.assign(this, page, { loaded: true });
  }

  /** Adds an older page in front. */
  prepend(page: HistoryPage): void {
    const first = this.messages[0]?.seq ?? Number.POSITIVE_INFINITY;
    this.messages = [...page.messages.filter((message) => message.seq < first), ...this.messages];
    this.moreBefore = page.moreBefore;
  }

  /** Adds a newer page behind. */
  append(page: HistoryPage): void {
    const last = this.#lastSeq;
    this.messages = [...this.messages, ...page.messages.filter((message) => message.seq > last)];
    this.moreAfter = page.moreAfter;
    this.through = page.through;
  }

  /** Takes one message in its present form: a new one at the end, or the newer form of a held one. */
  take(message: Message): void {
    if (!this.loaded) return;
    const last = this.#lastSeq;
    if (message.seq > last) {
      if (this.moreAfter) return;
      if (message.seq === last + 1) this.messages = [...this.messages, message];
      // A hole may not be papered over; `loadNewer` fills it.
      else this.moreAfter = true;
      return;
    }
    const index = this.messages.findIndex(({ seq }) => seq === message.seq);
    const held = this.messages[index];
    if (held && held.version < message.version) this.messages = this.messages.with(index, message);
  }

  /** Holds nothing any more. */
  clear(): void {
    Object.assign(this, new Timeline());
  }

  get #lastSeq(): number {
    return Math.max(this.messages.at(-1)?.seq ?? 0, this.through);
  }
}
