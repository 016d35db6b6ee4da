// Keeps the store up to date: applies events in the order of their versions, detects and fills gaps, and resumes after a lost
// connection. Reports each message once, although replies and events may contain it several times and in any order.
import { type Change, changeOf } from "./changes.js";
import { type CauserieError, toError } from "./errors.js";
import { type Conversation, type Message, toConversation, toMessage, toReadState, toRights } from "./model.js";
import type { Call } from "./requests.js";
import type { Held, Store } from "./store.js";
import type * as wire from "./wire.gen.js";

/** The services of the client that `Sync` uses. */
export interface SyncHost {
  readonly call: Call;
  /** Waits before the next attempt after a temporary error. Rejects when the client was stopped. */
  pause(error: CauserieError, attempt: number): Promise<void>;
  /** Reports a new message. */
  message(conversation: Conversation, message: Message): void;
  /** The messages of a conversation were unloaded because they may be out of date: load them again. */
  reload(conversationId: string): void;
  /** The list may lack conversations: load it again. */
  reloadList(): void;
  error(error: CauserieError): void;
}

/** Above this number of unread messages, those of a newly joined conversation are not reported one by one. */
const unreadReportMax = 200;

/** Whether the conversation does not exist, or the user is not in it. */
function isGone({ name }: CauserieError): boolean {
  return name === "not_found" || name === "not_a_member";
}

/** Applies replies and events to the store. */
export class Sync {
  /** By id: changes of conversations that an event named and that are being loaded. */
  readonly #loading = new Map<string, Change[]>();
  /** While a `resume` has no reply: the changes that have arrived since. */
  #resuming: Change[] | undefined;
  /** Another gap was reported while a `resume` had no reply. */
  #resumeAgain = false;
  /**
   * Ids of conversations that were added to the store before their `conversationJoined` event, which may still arrive. `true`: this client
   * started the conversation; `false`: an event named it.
   */
  readonly #knownBeforeJoin = new Map<string, boolean>();

  readonly #store: Store;
  readonly #host: SyncHost;

  constructor(store: Store, host: SyncHost) {
    this.#store = store;
    this.#host = host;
  }

  /** Applies an event about conversations. */
  event(event: wire.Event): void {
    const change = changeOf(event);
    if (change) return this.receiveChange(change);
    const { conversationJoined, conversationLeft, capabilitiesChanged, readStateChanged, memberRead, gap } = event;
    if (conversationJoined) this.#conversationJoined(conversationJoined);
    else if (conversationLeft) {
      this.#advanceInbox(conversationLeft.inboxVersion ?? 0);
      this.#remove(conversationLeft.conversationId ?? "");
    } else if (capabilitiesChanged) {
      this.#store.patch(capabilitiesChanged.conversationId ?? "", () => toRights(capabilitiesChanged));
    } else if (readStateChanged) {
      this.#store.readState(readStateChanged.readState?.conversationId ?? "", toReadState(readStateChanged.readState));
      this.#store.totalUnread = readStateChanged.totalUnread ?? 0;
    } else if (memberRead) this.#memberRead(memberRead);
    else if (gap) void this.#resume();
  }

  /** Applies a change that has the next version. Ignores an older change. A later change shows a gap, which is filled first. */
  receiveChange(change: Change): void {
    if (this.#resuming) return void this.#resuming.push(change);
    const held = this.#store.get(change.conversationId);
    if (!held) return void this.#loadUnknown(change);
    if (held.requests) return void held.deferred.push(() => this.receiveChange(change));
    const { version } = held.conversation;
    if (change.version > version + 1) return void this.#fillGap(held, change);
    if (change.version === version + 1) this.#store.apply(held, change);
    // A message of a known version may not be reported yet: a reply can arrive before the event of a message that it contains.
    if (change.kind === "sent") this.#report(held, [change.message]);
  }

  /** A new connection was accepted: resumes the store, or loads the list when the store is empty. */
  welcome(resumed: wire.Resumed | undefined): void {
    this.#resuming = undefined;
    this.#resumeAgain = false;
    // The server sends `resumed` also to a client that sent no position.
    if (resumed && this.#store.epoch !== undefined) this.#resumed(resumed);
    else this.#host.reloadList();
  }

  /** Adds a conversation that this client has created. */
  conversationCreated(conversation: Conversation): void {
    if (!this.#store.get(conversation.id)) this.#knownBeforeJoin.set(conversation.id, true);
    this.#joined(conversation);
  }

  /** Adds a conversation from a reply. When the store has an older version, the changes between are loaded, so that each message is reported. */
  receive(conversation: Conversation): void {
    const held = this.#store.get(conversation.id);
    if (!held) this.#add(conversation);
    else if (held.conversation.version === conversation.version) this.#store.put(conversation);
    else if (held.conversation.version < conversation.version) {
      held.newestVersion = Math.max(held.newestVersion, conversation.version);
      if (!held.requests) this.#fillGap(held);
    }
  }

  /** Applies `Changes` of a loaded conversation, or adds a conversation that the user has joined. */
  receiveChanges(changes: wire.Changes): void {
    const conversation = toConversation(changes.conversation);
    const held = this.#store.get(conversation.id);
    if (!held) return this.#joined(conversation);
    if (held.requests) return void held.deferred.push(() => this.receiveChanges(changes));
    const knownSeq = held.conversation.lastSeq;
    const messages = (changes.messages ?? []).map(toMessage);
    if (changes.reload) return this.#reload(held, conversation);
    if (conversation.version < held.conversation.version) return;
    for (const message of messages) held.timeline.apply(message);
    this.#store.put(conversation);
    if (messages.length) this.#store.timelineChanged(conversation.id);
    // A reply contained messages whose events have been lost.
    if (held.reportedTo && held.reportedTo < knownSeq) return this.#reportUnread(held, conversation, held.reportedTo);
    this.#report(
      held,
      messages.filter(({ seq }) => seq > knownSeq),
    );
  }

  #conversationJoined({ inboxVersion = 0, conversation: joined }: wire.ConversationJoined): void {
    const known = this.#store.inboxVersion;
    const next = this.#advanceInbox(inboxVersion);
    const conversation = toConversation(joined);
    const held = this.#store.get(conversation.id);
    const isStarted = this.#knownBeforeJoin.get(conversation.id);
    const isEarly = this.#knownBeforeJoin.delete(conversation.id);
    if (!held || isEarly || (known !== undefined && inboxVersion <= known)) this.#joined(conversation);
    else this.receive(conversation);
    // The user has deleted messages for themself. The event does not name them, so load the messages again.
    if (held && next && !isStarted) this.#clear(held);
  }

  /** The user is a member of a conversation. Reports its unread messages: messages sent before the join have no events of their own. */
  #joined(conversation: Conversation): void {
    const held = this.#store.get(conversation.id);
    if (held) {
      // Messages after the stored version are reported when the changes since then are loaded.
      const readSeq = Math.min(held.conversation.readState.readSeq, conversation.readState.readSeq);
      this.#reportUnread(held, held.conversation, readSeq);
      this.receive(conversation);
    } else this.#reportUnread(this.#store.put(conversation), conversation, conversation.readState.readSeq);
    this.#applyDeferred(conversation.id);
  }

  #add(conversation: Conversation): void {
    this.#store.put(conversation);
    this.#applyDeferred(conversation.id);
  }

  /** Replaces a conversation and unloads its messages. */
  #reload(held: Held, conversation: Conversation): void {
    // Its messages are not reported. After the restore of a backup, new messages have the `seq` of lost ones.
    if (held.reportedTo) held.reportedTo = conversation.lastSeq;
    held.reportedFrom = Math.min(held.reportedFrom, held.reportedTo);
    held.conversation = conversation;
    held.newestVersion = 0;
    this.#clear(held);
  }

  /** Unloads the messages of a conversation, and loads them again when they had been loaded. */
  #clear(held: Held): void {
    const { id } = held.conversation;
    const wasLoaded = held.timeline.loaded;
    held.timeline.clear();
    this.#store.changed(id);
    if (wasLoaded) this.#host.reload(id);
  }

  /** Reports the messages that were not reported before, oldest first. */
  #report(held: Held, messages: readonly Message[]): void {
    const unreported = messages.filter(({ seq }) => !isReported(held, seq)).sort((a, b) => a.seq - b.seq);
    for (const message of unreported) {
      // Noted before the report: a listener may call the client, which may lead here again.
      held.reportedFrom = Math.min(held.reportedFrom || message.seq, message.seq);
      held.reportedTo = Math.max(held.reportedTo, message.seq);
      this.#host.message(held.conversation, message);
    }
  }

  /** Reports the messages of a conversation after `readSeq`; loads them unless `lastMessage` is the only one. */
  #reportUnread(held: Held, { id, version, lastSeq, lastMessage }: Conversation, readSeq: number): void {
    // The first message of a new conversation is reported to its author too, although the author has read it. When the version of the
    // conversation is later than that message, the user may have been added later.
    const after = lastMessage?.seq === 1 && lastMessage.version === version ? 0 : readSeq;
    if (lastSeq <= after || lastSeq - after > unreadReportMax || (isReported(held, after + 1) && isReported(held, lastSeq)))
      return;
    if (lastSeq === after + 1 && lastMessage?.seq === lastSeq) return this.#report(held, [lastMessage]);
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
    void this.#request(held, load, (messages) => this.#report(held, messages));
  }

  #memberRead({ conversationId = "", userId, readSeq = 0 }: wire.MemberRead): void {
    this.#store.patch(conversationId, ({ members }) => ({
      members: members.map((member) =>
        member.user.id === userId && member.readSeq < readSeq ? { ...member, readSeq } : member,
      ),
    }));
  }

  /** Sets the inbox version to `version` if that is the next, and returns whether it is. Resumes when versions between were missed. */
  #advanceInbox(version: number): boolean {
    const held = this.#store.inboxVersion;
    if (held === undefined || version <= held) return false;
    if (version === held + 1) this.#store.inboxVersion = version;
    else void this.#resume();
    return version === held + 1;
  }

  /** Loads the changes between the stored version and `change`, then applies `change`. */
  #fillGap(held: Held, change?: Change): void {
    const { id: conversationId } = held.conversation;
    const ask = (): Promise<wire.Changes> =>
      this.#host.call("getChanges", { conversationId, sinceVersion: held.conversation.version });
    void this.#request(held, ask, (changes) => this.receiveChanges(changes));
    if (change) held.deferred.push(() => this.receiveChange(change));
  }

  /** Sends a request about a loaded conversation. Its changes are deferred until the reply was applied. */
  async #request<Answer>(held: Held, ask: () => Promise<Answer>, apply: (answer: Answer) => void): Promise<void> {
    held.requests++;
    const { id } = held.conversation;
    // A user who left and joined again holds another state: the old answer says nothing about it.
    const gone = () => this.#store.get(id) === held && this.#store.remove(id);
    const answer = await this.#retryWhileTemporary(ask, gone);
    held.requests--;
    if (this.#store.get(id) !== held) return;
    if (answer !== undefined) apply(answer);
    if (held.requests) return;
    for (const run of held.deferred.splice(0)) run();
    if (answer !== undefined && !held.requests && held.newestVersion > held.conversation.version) this.#fillGap(held);
  }

  /** Loads the conversation of a change: the list was not loaded that far, or `conversationJoined` has not arrived yet. */
  async #loadUnknown(change: Change): Promise<void> {
    const id = change.conversationId;
    const known = this.#loading.get(id);
    if (known) return void known.push(change);
    const deferred = [change];
    this.#loading.set(id, deferred);
    const ask = () => this.#host.call("getConversation", { conversationId: id });
    const found = await this.#retryWhileTemporary(ask, () => {});
    if (this.#loading.get(id) !== deferred) return;
    if (!found) return void this.#loading.delete(id);
    this.#knownBeforeJoin.set(id, false);
    this.#add(toConversation(found.conversation));
  }

  /** Applies the changes that arrived while a conversation was being loaded. */
  #applyDeferred(id: string): void {
    const deferred = this.#loading.get(id) ?? [];
    this.#loading.delete(id);
    for (const change of deferred) this.receiveChange(change);
  }

  async #resume(): Promise<void> {
    this.#resumeAgain = this.#resuming !== undefined;
    if (this.#resumeAgain) return;
    const deferred: Change[] = [];
    this.#resuming = deferred;
    const resume = this.#store.position();
    const resumed = resume && (await this.#retryWhileTemporary(() => this.#host.call("resume", resume)));
    // A new connection was opened meanwhile and has resumed.
    if (this.#resuming !== deferred) return;
    this.#resuming = undefined;
    if (resumed) this.#resumed(resumed);
    for (const change of deferred) this.receiveChange(change);
    if (this.#resumeAgain) void this.#resume();
  }

  #resumed(resumed: wire.Resumed): void {
    // The reply contains every join, including those whose events have not arrived.
    this.#knownBeforeJoin.clear();
    this.#store.epoch = resumed.epoch ?? "";
    this.#store.inboxVersion = resumed.inboxVersion ?? 0;
    for (const conversationId of resumed.gone ?? []) this.#remove(conversationId);
    for (const changes of resumed.changes ?? []) this.receiveChanges(changes);
    for (const { id, lastSeq } of this.#store.conversations) {
      const held = this.#store.get(id);
      if (held?.reportedTo && held.reportedTo < lastSeq && !held.requests)
        this.#reportUnread(held, held.conversation, held.reportedTo);
    }
    for (const state of resumed.readStates ?? []) this.#store.readState(state.conversationId ?? "", toReadState(state));
    this.#store.totalUnread = resumed.totalUnread ?? 0;
    if (resumed.reloadList) this.#host.reloadList();
  }

  /** Removes a conversation that the user left, and ignores answers that would add it again. */
  #remove(id: string): void {
    this.#loading.delete(id);
    this.#store.remove(id);
  }

  /** Repeats a request while its error is temporary. Returns `undefined` after any other error; calls `gone` if the conversation does not exist. */
  async #retryWhileTemporary<Answer>(ask: () => Promise<Answer>, gone?: () => void): Promise<Answer | undefined> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await ask();
      } catch (thrown) {
        const error = toError(thrown);
        if (gone && isGone(error)) {
          gone();
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

/** Whether a message was reported. */
function isReported({ reportedFrom, reportedTo }: Held, seq: number): boolean {
  return seq >= reportedFrom && seq <= reportedTo;
}
