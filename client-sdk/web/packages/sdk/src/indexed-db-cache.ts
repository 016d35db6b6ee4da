// Stores the state of a client in IndexedDB, so that a page that starts without a connection shows the list and the messages, and resumes
// from their versions when it connects.
//
// What is stored is always a state that the client was in at one moment: the position in the inbox, the conversations with their versions,
// and the messages of each at that version. It is written in one transaction. The server's answer to `resume` is exact for such a position,
// so nothing is missed and nothing is reported twice. Messages are left out where they may not be those of the version: while an older part
// of a conversation is shown, and while changes of a page are being requested.
import type { Cache, CacheHost } from "./cache-host.js";
import { toError } from "./errors.js";
import { done, open, result } from "./indexed-db.js";
import type { Conversation, Message, User } from "./model.js";
import { randomUuid } from "./options.js";
import { requireType } from "./validate.js";

/** How much a cache stores. */
export interface CacheLimits {
  /** Conversations, the most active ones. Default: 200. */
  readonly conversationsMax?: number;
  /** Conversations whose messages are stored, among those whose messages were loaded. Default: 50. */
  readonly historiesMax?: number;
  /** Messages of a conversation, the newest ones, and at most 64 Ki characters of text. Default: 50. */
  readonly messagesMax?: number;
}

/** The rows of an earlier version of this file are not read. */
const format = 1;
const textMax = 64 * 1024;
/** Time between a change and its write, in milliseconds. */
const writeAfterMs = 1_000;
/** Time to wait after a write has failed, in milliseconds. */
const pauseAfterFailureMs = 60_000;
/** A database that does not answer in this time does not keep the client from connecting, in milliseconds. */
const readMsMax = 2_000;

/** The row `state`. */
interface StateRow {
  readonly format: number;
  /** The tab that wrote the rows. */
  readonly writer: string;
  readonly epoch: string;
  readonly inboxVersion: number;
  readonly totalUnread: number;
  readonly hasMore: boolean;
  readonly me: User | undefined;
}

/** One conversation. */
interface Row {
  readonly id: string;
  readonly conversation: Conversation;
  /** `undefined` when the messages are not stored. */
  readonly messages: readonly Message[] | undefined;
  readonly moreBefore: boolean;
  readonly completeTo: number;
  /** The authors who are not among the listed members. */
  readonly authors: readonly User[];
}

/** The values that a row was made of. It is written again when one has changed. */
interface Source {
  readonly conversation: Conversation;
  readonly messages: readonly Message[] | undefined;
}

/** The newest messages, within the limits. */
function newest(messages: readonly Message[], max: number): readonly Message[] {
  let from = messages.length;
  for (let chars = 0; from > 0 && messages.length - from < max; from--) {
    chars += messages[from - 1]?.text.length ?? 0;
    if (chars > textMax) break;
  }
  return messages.slice(from);
}

/**
 * Stores the list of conversations and the loaded messages in IndexedDB. `name` is part of the name of the database: each user needs their
 * own. The stored texts are not encrypted; call `clear` when the user logs out. Where storage is forbidden, full or does not answer, the client
 * works without it, and its `error` event reports why. Throws a `TypeError` when `name` is no string.
 */
export function indexedDbCache(name: string, limits: CacheLimits = {}, factory?: IDBFactory): Cache {
  requireType("name", name, "string");
  return new IndexedDbCache(`causerie-cache/${name}`, limits, factory);
}

class IndexedDbCache implements Cache {
  readonly #writer = randomUuid();
  #database: Promise<IDBDatabase> | undefined;
  #host: CacheHost | undefined;
  /** Whether this client writes: it is connected, and no client of another tab writes. */
  #isLeader = false;
  /** Whether it writes, or waits until no other client does. */
  #isCandidate = false;
  #isCleared = false;
  #release = (): void => {};
  #isWriting = false;
  /** Whether something has changed since the last write began. */
  #isDirty = false;
  #cancelWrite: (() => void) | undefined;
  /** By conversation: what its row was made of. */
  #written = new Map<string, Source>();
  readonly #limits: Required<CacheLimits>;

  constructor(
    readonly name: string,
    limits: CacheLimits,
    readonly factory: IDBFactory | undefined,
  ) {
    this.#limits = { conversationsMax: 200, historiesMax: 50, messagesMax: 50, ...limits };
  }

  async attach(host: CacheHost): Promise<void> {
    this.#host = host;
    let isLate = false;
    const loaded = this.#load()
      .then((rows) => !isLate && rows && this.#restore(host, ...rows))
      .catch((thrown: unknown) => this.#failed(thrown));
    const timeout = new Promise<void>((resolve) => host.clock.after(readMsMax, resolve));
    await Promise.race([loaded, timeout]);
    isLate = true;
    for (const event of ["conversations", "history", "unread"] as const) host.events.on(event, () => this.#changed());
    host.events.on("state", ({ name }) => {
      if (name === "connected") this.#lead();
      else if (this.#isStopped) void this.#write().finally(() => this.#isStopped && this.#release());
    });
    globalThis.addEventListener?.("pagehide", () => void this.#write());
  }

  async clear(): Promise<void> {
    this.#stop();
    const opened = await this.#database?.catch(() => undefined);
    opened?.close();
    await result((this.factory ?? globalThis.indexedDB).deleteDatabase(this.name));
  }

  #open(): Promise<IDBDatabase> {
    this.#database ??= open(this.name, this.factory, (database) => {
      database.createObjectStore("state");
      database.createObjectStore("conversations", { keyPath: "id" });
    }).then((database) => {
      // Another tab removes the database, because the user has logged out.
      database.onversionchange = () => {
        this.#stop();
        database.close();
      };
      return database;
    });
    return this.#database;
  }

  async #load(): Promise<[StateRow, Row[]] | undefined> {
    const transaction = (await this.#open()).transaction(["state", "conversations"]);
    const state = result<StateRow | undefined>(transaction.objectStore("state").get("state"));
    const rows = result<Row[]>(transaction.objectStore("conversations").getAll());
    const [found, conversations] = await Promise.all([state, rows]);
    return found?.format === format ? [found, conversations] : undefined;
  }

  #restore({ client, store, list, users, setMe, events }: CacheHost, state: StateRow, rows: readonly Row[]): void {
    if (this.#isCleared || store.epoch !== undefined) return;
    store.totalUnread = state.totalUnread;
    list.loaded = true;
    list.more = state.hasMore;
    setMe(state.me);
    users.add([state.me, ...rows.flatMap(({ authors }) => authors)]);
    for (const { id, conversation, messages, moreBefore, completeTo } of rows) {
      const { timeline } = store.put(conversation);
      if (messages) timeline.replace({ messages, moreBefore, moreAfter: false, completeTo });
      store.timelineChanged(id);
    }
    // After the rows: when one can't be read, the client does not resume, and loads the list.
    store.epoch = state.epoch;
    store.inboxVersion = state.inboxVersion;
    events.emit("conversations");
    const end = client.on("state", ({ name }) => {
      if (name !== "connected") return;
      end();
      // The application gave the cache of another user.
      if (client.me?.id !== state.me?.id) for (const { id } of store.conversations) store.remove(id);
      // `resume` is about the held conversations, and not about names and capabilities: load those, and conversations that were not stored.
      list.load().catch((thrown: unknown) => events.emit("error", toError(thrown)));
    });
  }

  /** Writes from the moment on when no other client of the user does, until `#release`. */
  #lead(): void {
    if (this.#isCandidate || this.#isCleared) return;
    this.#isCandidate = true;
    const lead = async (): Promise<void> => {
      // The client was stopped while it waited.
      if (this.#isCleared || this.#isStopped) return;
      this.#isLeader = true;
      this.#changed();
      await new Promise<void>((resolve) => {
        this.#release = resolve;
      });
      this.#isLeader = false;
    };
    const locks = globalThis.navigator?.locks;
    const led = locks ? locks.request(this.name, lead).catch(lead) : lead();
    void led.finally(() => {
      this.#isCandidate = false;
    });
  }

  /** Whether the client was disconnected, or has given up. */
  get #isStopped(): boolean {
    const name = this.#host?.client.state.name;
    return name === "disconnected" || name === "closed";
  }

  #stop(): void {
    this.#isCleared = true;
    this.#cancelWrite?.();
    this.#release();
  }

  #changed(): void {
    this.#isDirty = true;
    this.#schedule(writeAfterMs);
  }

  #schedule(delayMs: number): void {
    if (!this.#isLeader || this.#isCleared || this.#isWriting) return;
    this.#cancelWrite ??= this.#host?.clock.after(delayMs, () => void this.#write());
  }

  async #write(): Promise<void> {
    this.#cancelWrite?.();
    this.#cancelWrite = undefined;
    const host = this.#host;
    if (!host || !this.#isLeader || this.#isCleared || this.#isWriting || !this.#isDirty) return;
    const { store, client, list } = host;
    const { epoch, inboxVersion = 0, totalUnread } = store;
    // Before the first reply there is no position.
    if (epoch === undefined) return;
    const kept = store.conversations.slice(0, this.#limits.conversationsMax);
    const hasMore = list.more || kept.length < store.conversations.length;
    const state: StateRow = { format, writer: this.#writer, epoch, inboxVersion, totalUnread, hasMore, me: client.me };
    const sources = new Map(kept.map((conversation, index) => [conversation.id, this.#source(conversation, index)]));
    // Made now, because the state may have changed when the transaction begins.
    const rows = [...sources].map(([id, source]) => this.#row(id, source));
    const changed = rows.filter(({ id }) => {
      const [before, now] = [this.#written.get(id), sources.get(id)];
      return before?.conversation !== now?.conversation || before?.messages !== now?.messages;
    });
    const gone = [...this.#written.keys()].filter((id) => !sources.has(id));
    this.#isDirty = false;
    this.#isWriting = true;
    let delayMs = writeAfterMs;
    try {
      const transaction = (await this.#open()).transaction(["state", "conversations"], "readwrite");
      const written = done(transaction);
      const states = transaction.objectStore("state");
      const table = transaction.objectStore("conversations");
      const found = states.get("state") as IDBRequest<StateRow | undefined>;
      found.onsuccess = () => {
        // The rows of another tab are replaced as a whole: they are of another moment.
        const isMine = found.result?.writer === this.#writer;
        if (!isMine) table.clear();
        for (const row of isMine ? changed : rows) table.put(row);
        for (const id of isMine ? gone : []) table.delete(id);
        states.put(state, "state");
      };
      await written;
      this.#written = sources;
    } catch (thrown) {
      this.#failed(thrown);
      this.#isDirty = true;
      delayMs = pauseAfterFailureMs;
    } finally {
      this.#isWriting = false;
    }
    if (this.#isDirty) this.#schedule(delayMs);
  }

  #source(conversation: Conversation, index: number): Source {
    const timeline = this.#host?.store.get(conversation.id)?.timeline;
    const isExact = timeline?.loaded && !timeline.moreAfter && !timeline.isStale && index < this.#limits.historiesMax;
    return { conversation, messages: isExact ? timeline.messages : undefined };
  }

  #row(id: string, { conversation, messages }: Source): Row {
    const { store, users } = this.#host ?? {};
    const timeline = store?.get(id)?.timeline;
    const kept = messages && newest(messages, this.#limits.messagesMax);
    const listed = new Set(conversation.members.map(({ user }) => user.id));
    const others = new Set(kept?.map(({ authorId }) => authorId).filter((authorId) => !listed.has(authorId)));
    return {
      id,
      conversation,
      messages: kept,
      moreBefore: kept?.length !== messages?.length || (timeline?.moreBefore ?? false),
      completeTo: timeline?.completeTo ?? 0,
      authors: [...others].flatMap((authorId) => users?.get(authorId) ?? []),
    };
  }

  #failed(thrown: unknown): void {
    // The database may have been closed by the browser: open it again at the next attempt.
    this.#database = undefined;
    if (!this.#isCleared) this.#host?.events.emit("error", toError(thrown));
  }
}
