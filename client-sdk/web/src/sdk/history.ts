import { type Message, toMessage } from "./model.js";
import type { OutgoingMessage } from "./outbox.js";
import type { Call } from "./requests.js";
import type { Store } from "./store.js";
import { type HistoryPage, Timeline } from "./timeline.js";
import type * as wire from "./wire.gen.js";

const empty = new Timeline();

/** What a history needs of the client around it. */
export interface HistoryHost {
  readonly call: Call;
  outgoing(conversationId: string): readonly OutgoingMessage[];
}

/** The messages of one conversation, read and extended in both directions. The `history` event tells when it changed. */
export class History {
  #loading: Promise<void> | undefined;
  /** What is being loaded: the same wanted again is not asked for twice. */
  #loadingRange = "";

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

  /** What is held, oldest first, without holes. A new array at every change. */
  get messages(): readonly Message[] {
    return this.#timeline.messages;
  }

  /** One's own messages that are not part of it yet. Shown behind the others. */
  get outgoing(): readonly OutgoingMessage[] {
    return this.#host.outgoing(this.conversationId);
  }

  /** Something was loaded, be it nothing. */
  get loaded(): boolean {
    return this.#timeline.loaded;
  }

  /** There are older messages. */
  get moreBefore(): boolean {
    return this.#timeline.moreBefore;
  }

  /** There are newer messages than those held. */
  get moreAfter(): boolean {
    return this.#timeline.moreAfter;
  }

  /** Loads the newest messages, dropping others. */
  loadNewest(): Promise<void> {
    return this.#once({}, (timeline, page) => timeline.open(page));
  }

  /** Loads a page that begins some messages before `seq`, dropping others. */
  loadAround(seq: number, before = 20): Promise<void> {
    return this.#once({ afterSeq: Math.max(seq - before - 1, 0) }, (timeline, page) => timeline.open(page));
  }

  /** Adds older messages. */
  loadOlder(): Promise<void> {
    const first = this.messages[0]?.seq;
    if (first === undefined || !this.moreBefore) return Promise.resolve();
    return this.#once({ beforeSeq: first }, (timeline, page) => timeline.prepend(page));
  }

  /** Adds newer messages. */
  loadNewer(): Promise<void> {
    const last = this.messages.at(-1)?.seq;
    if (last === undefined || !this.moreAfter) return Promise.resolve();
    return this.#once({ afterSeq: last }, (timeline, page) => timeline.append(page));
  }

  get #timeline(): Timeline {
    return this.#store.get(this.conversationId)?.timeline ?? empty;
  }

  /** One load at a time. The same one wanted meanwhile is the one under way; another one waits for it. */
  async #once(range: wire.GetHistory, take: (timeline: Timeline, page: HistoryPage) => void): Promise<void> {
    const wanted = JSON.stringify(range);
    while (this.#loading) {
      if (this.#loadingRange === wanted) return this.#loading;
      await this.#loading.catch(() => {});
    }
    this.#loadingRange = wanted;
    this.#loading = this.#load(range, take).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(range: wire.GetHistory, take: (timeline: Timeline, page: HistoryPage) => void): Promise<void> {
    const { conversationId } = this;
    const page = await this.#host.call("getHistory", { conversationId, ...range });
    const held = this.#store.get(conversationId);
    if (!held) return;
    const version = page.version ?? 0;
    const atEnd = !page.moreAfter && version >= held.conversation.version;
    take(held.timeline, {
      messages: (page.messages ?? []).map(toMessage),
      moreBefore: page.moreBefore ?? false,
      moreAfter: page.moreAfter ?? false,
      through: atEnd ? held.conversation.lastSeq : 0,
    });
    this.#store.timelineChanged(conversationId);
    if (version >= held.conversation.version) return;
    // Events overtook the page: what they told of messages that were not held then is asked for again.
    const changes = await this.#host.call("getChanges", { conversationId, sinceVersion: version });
    if (this.#store.get(conversationId) !== held) return;
    for (const message of changes.messages ?? []) held.timeline.take(toMessage(message));
    this.#store.timelineChanged(conversationId);
  }
}
