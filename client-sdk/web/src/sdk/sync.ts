// Keeps the store true: applies events in order of version, finds gaps and fills them, resumes after a loss. Tells each
// message once, whatever the order in which the wire brings a conversation and its messages.
import { type Change, changeOf } from "./changes.js";
import { asError, type CauserieError } from "./errors.js";
import { type Conversation, type Message, toCapabilities, toConversation, toMessage, toReadState } from "./model.js";
import type { Call } from "./requests.js";
import type { Held, Store } from "./store.js";
import type * as wire from "./wire.gen.js";

/** What synchronising needs of the client around it. */
export interface SyncHost {
  readonly call: Call;
  /** Waits before the next try of something temporary; rejects when the client was stopped. */
  pause(error: CauserieError, attempt: number): Promise<void>;
  /** A message that was not known before. */
  message(conversation: Conversation, message: Message): void;
  /** Messages of a conversation were dropped because they may be stale: load them anew. */
  reload(conversationId: string): void;
  /** The list may lack conversations: load it anew. */
  reloadList(): void;
  error(error: CauserieError): void;
}

/** A conversation that is joined with more unread messages than this has a past: its messages are read in its history. */
const coveredMax = 200;

/** There is no such conversation, or not for this user. */
function isGone({ name }: CauserieError): boolean {
  return name === "not_found" || name === "not_a_member";
}

export class Sync {
  /** Conversations met in events and not held yet, with the changes that came meanwhile. */
  readonly #meeting = new Map<string, Change[]>();
  /** Set while a resume is under way: changes that came meanwhile. */
  #resuming: Change[] | undefined;
  /** The stream was parted once more meanwhile. */
  #resumeAgain = false;
  /** Known before `conversationJoined`, which may still come, and whether by a start of this client; else they were met in an event. */
  readonly #early = new Map<string, boolean>();

  readonly #store: Store;
  readonly #host: SyncHost;

  constructor(store: Store, host: SyncHost) {
    this.#store = store;
    this.#host = host;
  }

  /** Applies an event that concerns conversations. */
  event(event: wire.Event): void {
    const change = changeOf(event);
    if (change) return this.change(change);
    const { conversationJoined, conversationLeft, capabilitiesChanged, readStateChanged, memberRead, gap } = event;
    if (conversationJoined) this.#joinedEvent(conversationJoined);
    else if (conversationLeft) {
      this.#inbox(conversationLeft.inboxVersion ?? 0);
      this.#store.remove(conversationLeft.conversationId ?? "");
    } else if (capabilitiesChanged) {
      const capabilities = toCapabilities(capabilitiesChanged.capabilities);
      this.#store.patch(capabilitiesChanged.conversationId ?? "", () => ({ capabilities }));
    } else if (readStateChanged) {
      this.#store.readState(readStateChanged.readState?.conversationId ?? "", toReadState(readStateChanged.readState));
      this.#store.totalUnread = readStateChanged.totalUnread ?? 0;
    } else if (memberRead) this.#memberRead(memberRead);
    else if (gap) void this.#resume();
  }

  /** Takes a change: the next one is applied, an older one dropped, a later one betrays a gap. */
  change(change: Change): void {
    if (this.#resuming) return void this.#resuming.push(change);
    const held = this.#store.get(change.conversationId);
    if (!held) return void this.#meet(change);
    if (held.asking) return void held.waiting.push(() => this.change(change));
    const { version } = held.conversation;
    if (change.version > version + 1) return void this.#repair(held, change);
    if (change.version === version + 1) this.#store.apply(held, change);
    // A message of a version that is held may be news too: an answer can overtake its event.
    if (change.kind === "sent") this.#tell(held, [change.message]);
  }

  /** The connection is there. Returns whether what was held is up to date; if not, the list is to be loaded. */
  welcome(resumed: wire.Resumed | undefined): boolean {
    this.#resuming = undefined;
    this.#resumeAgain = false;
    if (!resumed) return false;
    this.#resumed(resumed);
    return true;
  }

  /** Takes the conversation that a start made. */
  started(conversation: Conversation): void {
    if (!this.#store.get(conversation.id)) this.#early.set(conversation.id, true);
    this.#joined(conversation);
  }

  /** Takes a conversation from an answer. One that is held in an older version is caught up with, so that no message goes by unheard. */
  offer(conversation: Conversation): void {
    const held = this.#store.get(conversation.id);
    if (!held) this.#put(conversation);
    else if (held.conversation.version === conversation.version) this.#store.put(conversation);
    else if (held.conversation.version < conversation.version) {
      held.behind = Math.max(held.behind, conversation.version);
      if (!held.asking) this.#repair(held);
    }
  }

  /** Takes `Changes` of a held conversation, or of one newly joined. */
  changes(changes: wire.Changes): void {
    const conversation = toConversation(changes.conversation);
    const held = this.#store.get(conversation.id);
    if (!held) return this.#joined(conversation);
    if (held.asking) return void held.waiting.push(() => this.changes(changes));
    const knownSeq = held.conversation.lastSeq;
    const messages = (changes.messages ?? []).map(toMessage);
    if (changes.reload) return this.#reload(held, conversation);
    if (conversation.version < held.conversation.version) return;
    for (const message of messages) held.timeline.take(message);
    this.#store.put(conversation);
    if (messages.length) this.#store.timelineChanged(conversation.id);
    // An answer told of messages whose events are lost now.
    if (held.toldTo && held.toldTo < knownSeq) return this.#cover(held, conversation, held.toldTo);
    const news = messages.filter(({ seq }) => seq > knownSeq);
    this.#tell(held, news);
  }

  #joinedEvent({ inboxVersion = 0, conversation: joined }: wire.ConversationJoined): void {
    const known = this.#store.inboxVersion;
    const next = this.#inbox(inboxVersion);
    const conversation = toConversation(joined);
    const held = this.#store.get(conversation.id);
    const isStarted = this.#early.get(conversation.id);
    const isEarly = this.#early.delete(conversation.id);
    if (!held || isEarly || (known !== undefined && inboxVersion <= known)) this.#joined(conversation);
    else this.offer(conversation);
    // Own copies of messages were deleted: which ones, only its history tells.
    if (held && next && !isStarted) this.#clear(held);
  }

  /** The user is in a conversation. Its unread messages are told, if they were not: they need not have events of their own. */
  #joined(conversation: Conversation): void {
    const held = this.#store.get(conversation.id);
    if (held) {
      // What is newer than the held version is told when it is caught up with.
      const readSeq = Math.min(held.conversation.readState.readSeq, conversation.readState.readSeq);
      this.#cover(held, held.conversation, readSeq);
      this.offer(conversation);
    } else this.#cover(this.#store.put(conversation), conversation, conversation.readState.readSeq);
    this.#flushMeeting(conversation.id);
  }

  #put(conversation: Conversation): void {
    this.#store.put(conversation);
    this.#flushMeeting(conversation.id);
  }

  /** Drops what is held of a conversation. */
  #reload(held: Held, conversation: Conversation): void {
    // Nothing of it is told: it is to be loaded. Where a backup was restored, later messages get the numbers of lost ones.
    if (held.toldTo) held.toldTo = conversation.lastSeq;
    held.toldFrom = Math.min(held.toldFrom, held.toldTo);
    held.conversation = conversation;
    held.behind = 0;
    this.#clear(held);
  }

  /** Drops the messages of a conversation, and loads again what was shown. */
  #clear(held: Held): void {
    const { id } = held.conversation;
    const wasLoaded = held.timeline.loaded;
    held.timeline.clear();
    this.#store.changed(id);
    if (wasLoaded) this.#host.reload(id);
  }

  /** Tells those of some messages that were not told yet, oldest first. */
  #tell(held: Held, messages: readonly Message[]): void {
    const news = messages.filter(({ seq }) => !isTold(held, seq)).sort((a, b) => a.seq - b.seq);
    for (const message of news) {
      // First noted, then told: a listener may do what leads here again.
      held.toldFrom = Math.min(held.toldFrom || message.seq, message.seq);
      held.toldTo = Math.max(held.toldTo, message.seq);
      this.#host.message(held.conversation, message);
    }
  }

  /** Tells the unread messages that a conversation brings when it is joined. */
  #cover(held: Held, { id, version, lastSeq, lastMessage }: Conversation, readSeq: number): void {
    // The message a conversation was started with is told to its author as well, who has read it. Nothing has changed since
    // that message, or the user was added later.
    const after = lastMessage?.seq === 1 && lastMessage.version === version ? 0 : readSeq;
    if (lastSeq <= after || lastSeq - after > coveredMax || (isTold(held, after + 1) && isTold(held, lastSeq))) return;
    if (lastSeq === after + 1 && lastMessage?.seq === lastSeq) return this.#tell(held, [lastMessage]);
    const load = async (): Promise<Message[]> => {
      const messages: Message[] = [];
      for (let last = after; last < lastSeq; ) {
        const page = await this.#host.call("getHistory", { conversationId: id, afterSeq: last });
        const read = (page.messages ?? []).map(toMessage);
        messages.push(...read.filter(({ seq }) => seq <= lastSeq));
        last = read.at(-1)?.seq ?? lastSeq;
      }
      return messages;
    };
    void this.#ask(held, load, (messages) => this.#tell(held, messages));
  }

  #memberRead({ conversationId = "", userId, readSeq = 0 }: wire.MemberRead): void {
    this.#store.patch(conversationId, ({ members }) => ({
      members: members.map((member) =>
        member.user.id === userId && member.readSeq < readSeq ? { ...member, readSeq } : member,
      ),
    }));
  }

  /** Joinings and leavings are counted too: is this the next? One that went by unheard is found by resuming. */
  #inbox(version: number): boolean {
    const held = this.#store.inboxVersion;
    if (held === undefined || version <= held) return false;
    if (version === held + 1) this.#store.inboxVersion = version;
    else void this.#resume();
    return version === held + 1;
  }

  /** Fills the gap before a change. */
  #repair(held: Held, change?: Change): void {
    const { id: conversationId } = held.conversation;
    const ask = (): Promise<wire.Changes> =>
      this.#host.call("getChanges", { conversationId, sinceVersion: held.conversation.version });
    void this.#ask(held, ask, (changes) => this.changes(changes));
    if (change) held.waiting.push(() => this.change(change));
  }

  /** Asks something about a held conversation. Its changes wait until the answer was taken. */
  async #ask<Answer>(held: Held, ask: () => Promise<Answer>, take: (answer: Answer) => void): Promise<void> {
    held.asking++;
    const { id } = held.conversation;
    const answer = await this.#persist(ask, id);
    held.asking--;
    if (this.#store.get(id) !== held) return;
    if (answer !== undefined) take(answer);
    if (held.asking) return;
    for (const take of held.waiting.splice(0)) take();
    if (answer !== undefined && !held.asking && held.behind > held.conversation.version) this.#repair(held);
  }

  /** A conversation that is not held, because the list was not loaded that far, or because its joining is still to come. */
  async #meet(change: Change): Promise<void> {
    const id = change.conversationId;
    const meeting = this.#meeting.get(id);
    if (meeting) return void meeting.push(change);
    const waiting = [change];
    this.#meeting.set(id, waiting);
    const found = await this.#persist(() => this.#host.call("getConversation", { conversationId: id }), id);
    if (this.#meeting.get(id) !== waiting) return;
    if (!found) return void this.#meeting.delete(id);
    this.#early.set(id, false);
    this.#put(toConversation(found.conversation));
  }

  /** A conversation is held now: takes the changes that came before it. */
  #flushMeeting(id: string): void {
    const waiting = this.#meeting.get(id) ?? [];
    this.#meeting.delete(id);
    for (const change of waiting) this.change(change);
  }

  async #resume(): Promise<void> {
    this.#resumeAgain = this.#resuming !== undefined;
    if (this.#resumeAgain) return;
    const waiting: Change[] = [];
    this.#resuming = waiting;
    const resume = this.#store.present();
    const resumed = resume && (await this.#persist(() => this.#host.call("resume", resume)));
    // A new connection came in between and resumed by itself.
    if (this.#resuming !== waiting) return;
    this.#resuming = undefined;
    if (resumed) this.#resumed(resumed);
    for (const change of waiting) this.change(change);
    if (this.#resumeAgain) void this.#resume();
  }

  #resumed(resumed: wire.Resumed): void {
    // The answer tells of every joining, also of those that would have come as events.
    this.#early.clear();
    this.#store.epoch = resumed.epoch ?? "";
    this.#store.inboxVersion = resumed.inboxVersion ?? 0;
    for (const conversationId of resumed.gone ?? []) this.#store.remove(conversationId);
    for (const changes of resumed.changes ?? []) this.changes(changes);
    for (const { id, lastSeq } of this.#store.conversations) {
      const held = this.#store.get(id);
      if (held?.toldTo && held.toldTo < lastSeq && !held.asking) this.#cover(held, held.conversation, held.toldTo);
    }
    for (const state of resumed.readStates ?? []) this.#store.readState(state.conversationId ?? "", toReadState(state));
    this.#store.totalUnread = resumed.totalUnread ?? 0;
    if (resumed.reloadList) this.#host.reloadList();
  }

  /** Asks until there is an answer. A conversation that turns out to be gone is removed. */
  async #persist<Answer>(ask: () => Promise<Answer>, conversationId?: string): Promise<Answer | undefined> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await ask();
      } catch (thrown) {
        const error = asError(thrown);
        if (conversationId !== undefined && isGone(error)) {
          this.#store.remove(conversationId);
          return undefined;
        }
        if (!error.temporary) {
          this.#host.error(error);
          return undefined;
        }
        try {
          await this.#host.pause(error, attempt);
        } catch {
          return undefined;
        }
      }
    }
  }
}

/** A message was told already. */
function isTold({ toldFrom, toldTo }: Held, seq: number): boolean {
  return seq >= toldFrom && seq <= toldTo;
}
