// Keeps the store true: applies events in order of version, finds gaps and fills them, resumes after a loss.
import { type Change, changeOf } from "./changes.js";
import { asError, type CauserieError } from "./errors.js";
import { type Conversation, type Message, toCapabilities, toConversation, toMessage, toReadState } from "./model.js";
import type { Answers, CommandBody, CommandName } from "./requests.js";
import type { Held, Store } from "./store.js";
import type * as wire from "./wire.gen.js";

/** What synchronising needs of the client around it. */
export interface SyncHost {
  call<Name extends CommandName>(name: Name, body: CommandBody<Name>): Promise<Answers[Name]>;
  /** Waits before the next try of something temporary; rejects when the client was stopped. */
  pause(error: CauserieError, attempt: number): Promise<void>;
  /** A message that was not known before. */
  message(conversation: Conversation, message: Message): void;
  /** Messages of a conversation were dropped because they may be stale: load them anew. */
  reload(conversationId: string): void;
  /** The list may lack conversations: load it anew. */
  reloadList(): void;
  /** How many conversations fit one `Resume`. */
  heldMax(): number;
  error(error: CauserieError): void;
}

/** There is no such conversation, or not for this person. */
function isGone({ name }: CauserieError): boolean {
  return name === "not_found" || name === "not_a_member";
}

export class Sync {
  /** Conversations met in events and not held yet, with the changes that came meanwhile. */
  readonly #meeting = new Map<string, Change[]>();
  /** Set while a resume is under way: changes that came meanwhile. */
  #resuming: Change[] | undefined;
  /** Made by oneself, and not heard of as joined yet. */
  readonly #started = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly host: SyncHost,
  ) {}

  /** Applies an event that concerns conversations. */
  event(event: wire.Event): void {
    const change = changeOf(event);
    if (change) return this.change(change);
    const { conversationJoined, conversationLeft, capabilitiesChanged, readStateChanged, memberRead, gap } = event;
    if (conversationJoined) {
      const next = this.#inbox(conversationJoined.inboxVersion ?? 0);
      const conversation = toConversation(conversationJoined.conversation);
      const held = this.store.get(conversation.id);
      // Own copies of messages were deleted: which ones, only its history tells.
      if (next && held && !this.#started.delete(conversation.id)) this.#reload(held, conversation);
      else this.#joined(conversation);
    } else if (conversationLeft) {
      this.#inbox(conversationLeft.inboxVersion ?? 0);
      this.store.remove(conversationLeft.conversationId ?? "");
    } else if (capabilitiesChanged) {
      const capabilities = toCapabilities(capabilitiesChanged.capabilities);
      this.store.patch(capabilitiesChanged.conversationId ?? "", () => ({ capabilities }));
    } else if (readStateChanged) {
      this.store.readState(readStateChanged.readState?.conversationId ?? "", toReadState(readStateChanged.readState));
      this.store.totalUnread = readStateChanged.totalUnread ?? 0;
    } else if (memberRead) this.#memberRead(memberRead);
    else if (gap) void this.#resume();
  }

  /** Takes a change: the next one is applied, an older one dropped, a later one betrays a gap. */
  change(change: Change): void {
    if (this.#resuming) return void this.#resuming.push(change);
    const held = this.store.get(change.conversationId);
    if (!held) return void this.#meet(change);
    if (held.waiting) return void held.waiting.push(change);
    const { version } = held.conversation;
    if (change.version <= version) return;
    if (change.version > version + 1) return void this.#repair(held, [change]);
    this.store.apply(held, change);
    if (change.kind === "sent") this.host.message(held.conversation, change.message);
  }

  /** The connection is there. Returns whether what was held is up to date; if not, the list is to be loaded. */
  welcome(resumed: wire.Resumed | undefined, presented: boolean): boolean {
    this.#resuming = undefined;
    if (!resumed || !presented) return false;
    this.#resumed(resumed);
    return true;
  }

  /** One's own start made a conversation: hearing that it was joined is no news then. */
  started(conversationId: string): void {
    if (!this.store.get(conversationId)) this.#started.add(conversationId);
  }

  /** Takes a conversation from an answer. One that is held in an older version is caught up with, so that no message goes by unheard. */
  offer(conversation: Conversation): void {
    const held = this.store.get(conversation.id);
    if (!held) this.store.put(conversation);
    else if (held.conversation.version === conversation.version) this.store.put(conversation);
    else if (held.conversation.version < conversation.version && !held.waiting) void this.#repair(held, []);
  }

  /** Takes `Changes` of a held conversation, or of one newly joined. */
  changes(changes: wire.Changes): void {
    const conversation = toConversation(changes.conversation);
    const held = this.store.get(conversation.id);
    if (!held) return this.#joined(conversation);
    const knownSeq = held.conversation.lastSeq;
    const messages = (changes.messages ?? []).map(toMessage);
    if (changes.reload) return this.#reload(held, conversation);
    if (conversation.version < held.conversation.version) return;
    for (const message of messages) held.timeline.take(message);
    this.store.put(conversation);
    for (const message of messages) if (message.seq > knownSeq) this.host.message(held.conversation, message);
  }

  /** Drops what is held of a conversation, and loads again what was shown. */
  #reload(held: Held, conversation: Conversation): void {
    const wasLoaded = held.timeline.loaded;
    held.timeline.clear();
    this.store.put(conversation);
    if (wasLoaded) this.host.reload(conversation.id);
  }

  #joined(conversation: Conversation): void {
    if (this.store.get(conversation.id)) return this.offer(conversation);
    this.store.put(conversation);
    // A conversation that was started with a message: the message has no event of its own that would be news.
    if (conversation.lastSeq === 1 && conversation.lastMessage) this.host.message(conversation, conversation.lastMessage);
  }

  #memberRead({ conversationId = "", userId, readSeq = 0 }: wire.MemberRead): void {
    this.store.patch(conversationId, ({ members }) => ({
      members: members.map((member) =>
        member.user.id === userId && member.readSeq < readSeq ? { ...member, readSeq } : member,
      ),
    }));
  }

  /** Joinings and leavings are counted too: is this the next? One that went by unheard is found by resuming. */
  #inbox(version: number): boolean {
    const held = this.store.inboxVersion;
    if (held === undefined || version <= held) return false;
    if (version === held + 1) this.store.inboxVersion = version;
    else void this.#resume();
    return version === held + 1;
  }

  async #repair(held: Held, waiting: Change[]): Promise<void> {
    held.waiting = waiting;
    const { id } = held.conversation;
    const filled = await this.#persist(
      () => this.host.call("getChanges", { conversationId: id, sinceVersion: held.conversation.version }),
      id,
    );
    if (this.store.get(id) !== held) return;
    const changes = held.waiting;
    held.waiting = undefined;
    if (!filled) return;
    this.changes(filled);
    for (const change of changes) this.change(change);
  }

  /** A conversation that is not held, because the list was not loaded that far. */
  async #meet(change: Change): Promise<void> {
    const id = change.conversationId;
    const meeting = this.#meeting.get(id);
    if (meeting) return void meeting.push(change);
    const waiting = [change];
    this.#meeting.set(id, waiting);
    const found = await this.#persist(() => this.host.call("getConversation", { conversationId: id }), id);
    this.#meeting.delete(id);
    if (!found) return;
    const conversation = toConversation(found.conversation);
    if (!this.store.get(id)) this.store.put(conversation);
    for (const each of waiting) {
      if (each.kind === "sent" && each.version <= conversation.version) this.host.message(conversation, each.message);
      else this.change(each);
    }
  }

  async #resume(): Promise<void> {
    if (this.#resuming) return;
    const waiting: Change[] = [];
    this.#resuming = waiting;
    const resume = this.store.present(this.host.heldMax());
    const resumed = resume && (await this.#persist(() => this.host.call("resume", resume)));
    // A new connection came in between and resumed by itself.
    if (this.#resuming !== waiting) return;
    this.#resuming = undefined;
    if (resumed) this.#resumed(resumed);
    for (const change of waiting) this.change(change);
  }

  #resumed(resumed: wire.Resumed): void {
    // The answer tells of every joining, also of those that would have come as events.
    this.#started.clear();
    this.store.epoch = resumed.epoch ?? "";
    this.store.inboxVersion = resumed.inboxVersion ?? 0;
    for (const conversationId of resumed.gone ?? []) this.store.remove(conversationId);
    for (const changes of resumed.changes ?? []) this.changes(changes);
    for (const state of resumed.readStates ?? []) this.store.readState(state.conversationId ?? "", toReadState(state));
    this.store.totalUnread = resumed.totalUnread ?? 0;
    if (resumed.reloadList) this.host.reloadList();
  }

  /** Asks until there is an answer. A conversation that turns out to be gone is removed. */
  async #persist<Answer>(ask: () => Promise<Answer>, conversationId?: string): Promise<Answer | undefined> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await ask();
      } catch (thrown) {
        const error = asError(thrown);
        if (conversationId !== undefined && isGone(error)) {
          this.store.remove(conversationId);
          return undefined;
        }
        if (!error.temporary) {
          this.host.error(error);
          return undefined;
        }
        try {
          await this.host.pause(error, attempt);
        } catch {
          return undefined;
        }
      }
    }
  }
}
