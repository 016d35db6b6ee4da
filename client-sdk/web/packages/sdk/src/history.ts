import { type Message, toMessage } from "./model.js";
import type { OutgoingMessage } from "./outbox.js";
import type { Call } from "./requests.js";
import type { Store } from "./store.js";
import { type HistoryPage, Timeline } from "./timeline.js";
import type * as wire from "./wire.gen.js";

const empty = new Timeline();

/** Adds a page to a timeline. */
type ApplyPage = (timeline: Timeline, page: HistoryPage) => void;

/** The services of the client that a history uses. */
export interface HistoryHost {
  readonly call: Call;
  outgoing(conversationId: string): readonly OutgoingMessage[];
}

/**
 * The messages of one conversation, loaded page by page in both directions. The client emits `history` after every change.
 *
 * Each `load…` method rejects with a `CauserieError` when the page can't be loaded; the loaded messages then stay as they were.
 */
export class History {
  #loading: Promise<void> | undefined;
  /** The range that is being loaded, as JSON. A second call for the same range shares the request. */
  #loadingRange: string | undefined;

  readonly #store: Store;
  readonly #host: HistoryHost;

  constructor(
    readonly conversationId: string,
    store: Store,
    host: HistoryHost,
  ) {
    this.#store = store;
    this.#host = host;
  }

  /** The loaded messages, oldest first, without gaps. A new array after every change. */
  get messages(): readonly Message[] {
    return this.#timeline.messages;
  }

  /** Messages of the connected user that are not yet part of the conversation. To be shown after `messages`. */
  get outgoing(): readonly OutgoingMessage[] {
    return this.#host.outgoing(this.conversationId);
  }

  /** Whether a page was loaded, even an empty one. */
  get loaded(): boolean {
    return this.#timeline.loaded;
  }

  /** Whether there are older messages that are not loaded. */
  get moreBefore(): boolean {
    return this.#timeline.moreBefore;
  }

  /** Whether there are newer messages that are not loaded. */
  get moreAfter(): boolean {
    return this.#timeline.moreAfter;
  }

  /** Loads the newest messages. Unloads the others. */
  loadNewest(): Promise<void> {
    return this.#once({}, (timeline, page) => timeline.replace(page));
  }

  /** Loads a page that begins `before` messages before the message `seq`. Unloads the others. */
  loadAround(seq: number, before = 20): Promise<void> {
    return this.#once({ afterSeq: Math.max(seq - before - 1, 0) }, (timeline, page) => timeline.replace(page));
  }

  /** Loads the page of messages before the loaded ones. Does nothing when there is none. */
  loadOlder(): Promise<void> {
    return this.#extend(this.moreBefore, 0);
  }

  /** Loads the page of messages after the loaded ones. Does nothing when there is none. */
  loadNewer(): Promise<void> {
    return this.#extend(this.moreAfter, -1);
  }

  /**
   * Unloads the messages before `firstSeq` and after `lastSeq`, to free memory; `loadOlder` and `loadNewer` load them again. Does nothing while
   * a page is being loaded, and when no message would be left.
   */
  unloadExcept(firstSeq: number, lastSeq: number): void {
    const timeline = this.#timeline;
    const { messages } = timeline;
    const kept = messages.filter(({ seq }) => seq >= firstSeq && seq <= lastSeq);
    if (this.#loading || !kept.length) return;
    timeline.messages = kept;
    timeline.moreBefore ||= kept[0] !== messages[0];
    if (kept.at(-1) !== messages.at(-1)) {
      timeline.moreAfter = true;
      timeline.completeTo = 0;
    }
    this.#store.timelineChanged(this.conversationId);
  }

  get #timeline(): Timeline {
    return this.#store.get(this.conversationId)?.timeline ?? empty;
  }

  /** Loads the page before the first message, or after the last one (-1). Does nothing without a message. */
  async #extend(more: boolean, edge: 0 | -1): Promise<void> {
    const seq = this.messages.at(edge)?.seq;
    if (!more || !seq) return;
    await this.#once({ [edge ? "afterSeq" : "beforeSeq"]: seq }, (timeline, page) => {
      // While this call waited, another page may have replaced the messages.
      if (timeline.messages.at(edge)?.seq !== seq) return;
      if (edge) timeline.append(page);
      else timeline.prepend(page);
    });
  }

  /** Loads one range at a time. A call for the range that is being loaded shares its request; any other call waits for it. */
  async #once(range: wire.GetHistory, apply: ApplyPage): Promise<void> {
    const wanted = JSON.stringify(range);
    while (this.#loading) {
      if (this.#loadingRange === wanted) return this.#loading;
      await this.#loading.catch(() => {});
    }
    this.#loadingRange = wanted;
    this.#loading = this.#load(range, apply).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(range: wire.GetHistory, apply: ApplyPage): Promise<void> {
    const { conversationId } = this;
    const page = await this.#host.call("getHistory", { conversationId, ...range });
    const held = this.#store.get(conversationId);
    if (!held) return;
    const version = page.version ?? 0;
    const { timeline } = held;
    const isStale = version < held.conversation.version;
    const atEnd = !page.moreAfter && !isStale;
    timeline.isStale ||= isStale;
    apply(timeline, {
      messages: (page.messages ?? []).map(toMessage),
      moreBefore: page.moreBefore ?? false,
      moreAfter: page.moreAfter ?? false,
      completeTo: atEnd ? held.conversation.lastSeq : 0,
    });
    this.#store.timelineChanged(conversationId);
    if (!isStale) return;
    // Events have raised the version since the server read the page. Those that edited or deleted messages of the page were ignored, because
    // the messages were not loaded yet: load the changes again.
    const changes = await this.#host.call("getChanges", { conversationId, sinceVersion: version });
    if (this.#store.get(conversationId) !== held) return;
    for (const message of changes.messages ?? []) timeline.apply(toMessage(message));
    timeline.isStale = false;
    this.#store.timelineChanged(conversationId);
  }
}
