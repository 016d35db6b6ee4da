// The one object an application holds: state, events, commands. It wires the parts together and decides nothing itself.
import { fullJitter } from "./backoff.js";
import { faultOf, withPlainLines } from "./check.js";
import { Connection, type ConnectionState } from "./connection.js";
import { Emitter } from "./emitter.js";
import { type CauserieError, notConnected } from "./errors.js";
import { History } from "./history.js";
import { List } from "./list.js";
import {
  type Conversation,
  type DirectoryPage,
  kindOnWire,
  type Member,
  type Message,
  type Page,
  type Presence,
  type ReadState,
  type Relation,
  toConversation,
  toHit,
  toMember,
  toMessage,
  toPresence,
  toReadState,
  toRelation,
  toUser,
  type User,
} from "./model.js";
import { type ClientOptions, type Settings, settingsFrom } from "./options.js";
import { Outbox, type OutgoingMessage } from "./outbox.js";
import { Presences } from "./presence.js";
import { kept } from "./stable.js";
import { Store } from "./store.js";
import { Sync } from "./sync.js";
import { Typing } from "./typing.js";
import { Users } from "./users.js";
import type * as wire from "./wire.gen.js";

/** What `on` can be asked for. */
export interface ClientEvents {
  /** The connection's state changed. */
  state: ConnectionState;
  /** The connection is in doubt: the device says that it is offline, or the server owes an answer. It proves alive or is lost soon. */
  doubt: boolean;
  /** The list of conversations changed: order, members, or anything in one. */
  list: undefined;
  /** A conversation or its messages changed. */
  history: { readonly conversationId: string };
  /** A message that was not known before, one's own included; each once, in the order of the conversation. */
  message: { readonly conversation: Conversation; readonly message: Message };
  /** Who is writing in a conversation. */
  typing: { readonly conversationId: string; readonly userIds: readonly string[] };
  presence: Presence;
  /** People asked for by `user` are known now. */
  users: undefined;
  /** A relation of one's own came, was answered or ended. */
  relation: Relation;
  /** Unread messages in all conversations together. */
  unread: number;
  /** Something failed that nobody waits for. For logs. */
  error: CauserieError;
}

/** How to name a person: the server's id, or the embedding product's. */
export type UserRef = { readonly id: string } | { readonly externalId: string };

/** Someone to write to: a person, or a group of the embedding product, which stands for the people in it at that moment. */
export type Recipient = UserRef | { readonly groupId: string } | { readonly groupExternalId: string };

/** A mail before it is sent. */
export interface MailDraft {
  /** One at least. */
  readonly to: readonly Recipient[];
  /** Who gets it as a copy, for all to see. */
  readonly copy?: readonly Recipient[];
  /** May be empty. */
  readonly subject?: string;
  readonly text: string;
  /** The message it answers: its author, and the people it went to, may be written to whatever the rules say of them. */
  readonly inReplyTo?: string;
}

/** The most bytes one held conversation takes in a JSON `Resume`. */
const heldBytes = 80;
/** Room for a token and the rest of a hello. */
const helloBytes = 8 * 1024;

export class Client {
  readonly #settings: Settings;
  readonly #events = new Emitter<ClientEvents>();
  readonly #connection: Connection;
  readonly #store: Store;
  readonly #sync: Sync;
  readonly #list: List;
  readonly #outbox: Outbox;
  readonly #typing: Typing;
  readonly #presences: Presences;
  readonly #users: Users;
  readonly #histories = new Map<string, History>();
  /** Outgoing messages of a conversation, as they were read last, where its messages show some of them. */
  readonly #outgoings = new Map<string, readonly OutgoingMessage[]>();
  #restored: Promise<void> | undefined;
  #presented = false;
  #inDoubt = false;
  #me: User | undefined;
  #limits: wire.Limits = {};

  constructor(options: ClientOptions) {
    this.#settings = settingsFrom(options);
    const { clock } = this.#settings;
    const error = (thrown: CauserieError): void => this.#events.emit("error", thrown);
    const history = (conversationId: string): void => this.#events.emit("history", { conversationId });
    this.#connection = new Connection(this.#settings, {
      held: () => {
        const resume = this.#store.present(this.#heldMax);
        this.#presented = resume !== undefined;
        return resume;
      },
      limits: () => this.#limits,
      suspect: (reason) => this.#outbox.suspect(reason),
      welcomed: (welcome) => this.#welcomed(welcome),
      event: (event) => this.#event(event),
      state: (state) => this.#stateChanged(state),
      doubt: (inDoubt) => {
        this.#inDoubt = inDoubt;
        this.#events.emit("doubt", inDoubt);
      },
      error,
    });
    this.#users = new Users(
      async (userIds) => ((await this.#connection.call("getUsers", { userIds })).users ?? []).map(toUser),
      () => this.#events.emit("users", undefined),
    );
    this.#store = new Store({
      peopleTold: (people) => this.#users.learn(people),
      listChanged: () => this.#events.emit("list", undefined),
      conversationChanged: (id) => {
        const version = this.#store.get(id)?.conversation.version;
        if (version !== undefined) this.#outbox.settle(id, version);
        history(id);
      },
      unreadChanged: (total) => this.#events.emit("unread", total),
    });
    this.#sync = new Sync(this.#store, {
      call: (name, body) => this.#connection.call(name, body),
      pause: (reason, attempt) => this.#pause(reason, attempt),
      message: (conversation, message) => this.#message(conversation, message),
      reload: (id) => void this.history(id).loadNewest().catch(error),
      reloadList: () => void this.#list.load().catch(error),
      heldMax: () => this.#heldMax,
      error,
    });
    this.#list = new List(
      this.#store,
      this.#sync,
      (body) => this.#connection.call("listConversations", body),
      () => this.#events.emit("list", undefined),
    );
    this.#outbox = new Outbox(this.#settings.outboxStore, () => clock.now(), {
      send: (record) => this.#send(record.conversationId, record.clientId, record.text),
      pause: (reason, attempt) => this.#pause(reason, attempt),
      isShown: ({ conversationId, version }) => (this.conversation(conversationId)?.version ?? 0) >= version,
      changed: history,
      error,
    });
    this.#typing = new Typing(
      clock,
      (conversationId, typing) => this.#connection.tell("setTyping", { conversationId, typing }),
      (conversationId) => this.#events.emit("typing", { conversationId, userIds: this.typing(conversationId) }),
    );
    this.#presences = new Presences(
      (userIds) => this.#connection.call("watchPresence", { userIds }),
      (presence) => this.#events.emit("presence", presence),
    );
  }

  // Connection

  /** Connects and stays connected until `disconnect`. While it waits to come back, tries at once. Harmless when connected. */
  connect(): void {
    this.#restored ??= this.#outbox.restore();
    this.#connection.connect();
  }

  /** Ends the connection. What is held stays, and is caught up with on `connect`. */
  disconnect(): void {
    this.#connection.disconnect();
  }

  /** Resolves once connected; rejects when refused, stopped, or not connected after `timeoutMs`. */
  ready(timeoutMs = this.#settings.connectTimeoutMs): Promise<void> {
    return this.#connection.connected(timeoutMs);
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** There is reason to doubt the connection: the server is being asked. */
  get inDoubt(): boolean {
    return this.#inDoubt;
  }

  /** Who is connected; unknown before the first connection. */
  get me(): User | undefined {
    return this.#me;
  }

  /** What the server accepts, as it told last. */
  get limits(): Readonly<wire.Limits> {
    return this.#limits;
  }

  /** Calls `listener` at every `event`; returns what ends it. */
  on<Name extends keyof ClientEvents>(event: Name, listener: (payload: ClientEvents[Name]) => void): () => void {
    return this.#events.on(event, listener);
  }

  // Conversations

  /** What is held, by last activity, newest first. The same array as long as nothing changed. */
  get conversations(): readonly Conversation[] {
    return this.#store.conversations;
  }

  /** The list was loaded once. */
  get listLoaded(): boolean {
    return this.#list.loaded;
  }

  /** There are more conversations than those held. */
  get moreConversations(): boolean {
    return this.#list.more;
  }

  /** Unread messages in all conversations together, as the server counts. */
  get totalUnread(): number {
    return this.#store.totalUnread;
  }

  /** Loads the next page of the list. */
  loadMoreConversations(): Promise<void> {
    return this.#list.loadMore();
  }

  /** A conversation that is held. */
  conversation(conversationId: string): Conversation | undefined {
    return this.#store.get(conversationId)?.conversation;
  }

  /** A conversation, asked for if it is not held. */
  async fetchConversation(conversationId: string): Promise<Conversation> {
    const held = this.conversation(conversationId);
    if (held) return held;
    const { conversation } = await this.#connection.call("getConversation", { conversationId });
    return this.#offered(conversation);
  }

  /**
   * The direct conversation with a person: the one there is, or a new one. With a first message, nothing is made unless that
   * is sent too; call again with the same `clientId` after a failure: it is sent once.
   */
  startDirect(user: UserRef, firstMessage?: { readonly clientId: string; readonly text: string }): Promise<Conversation> {
    return this.#start({ kind: kindOnWire("direct"), with: [user], ...(firstMessage && { firstMessage }) });
  }

  /** A new group of oneself and others. */
  startGroup(subject: string, recipients: readonly Recipient[]): Promise<Conversation> {
    return this.#start({ kind: kindOnWire("group"), subject, with: [...recipients], clientId: this.#settings.uuid() });
  }

  /** Sends a mail. Call again with the same `clientId` after a failure: it is the same mail, for ever. */
  sendMail(mail: MailDraft, clientId = this.#settings.uuid()): Promise<Conversation> {
    const { to, copy = [], subject = "", text, inReplyTo = "" } = mail;
    const firstMessage = { clientId, text };
    return this.#start({
      kind: kindOnWire("mail"),
      with: [...to],
      copy: [...copy],
      subject,
      clientId,
      firstMessage,
      inReplyTo,
    });
  }

  /** The notes to oneself: those there are, or new ones. */
  startNoteToSelf(): Promise<Conversation> {
    return this.#start({ kind: kindOnWire("note_to_self") });
  }

  /** Gives a group another subject. */
  rename(conversationId: string, subject: string): Promise<Conversation> {
    return this.#updated(this.#connection.call("renameConversation", { conversationId, subject }));
  }

  /** Brings people into a group. */
  addMembers(conversationId: string, users: readonly UserRef[]): Promise<Conversation> {
    return this.#updated(this.#connection.call("addMembers", { conversationId, users: [...users] }));
  }

  /** Takes someone out of a group. */
  async removeMember(conversationId: string, userId: string): Promise<void> {
    await this.#connection.call("removeMember", { conversationId, userId });
    if (userId === this.#me?.id) this.#store.remove(conversationId);
  }

  /** Leaves a group. */
  async leave(conversationId: string): Promise<void> {
    await this.#connection.connected(this.#settings.commandTimeoutMs);
    await this.removeMember(conversationId, this.#me?.id ?? "");
  }

  /** Ends a conversation: it stays readable, and nobody posts. */
  closeConversation(conversationId: string): Promise<Conversation> {
    return this.#updated(this.#connection.call("closeConversation", { conversationId }));
  }

  /** Opens a closed conversation again. */
  reopenConversation(conversationId: string): Promise<Conversation> {
    return this.#updated(this.#connection.call("reopenConversation", { conversationId }));
  }

  /** Deletes one's own copy of a conversation, for good; or erases it for all its members. */
  async deleteConversation(conversationId: string, forAll = false): Promise<void> {
    await this.#connection.call("deleteConversation", { conversationId, forAll });
    this.#store.remove(conversationId);
  }

  /** A page of a conversation's members. */
  async listMembers(conversationId: string, cursor = ""): Promise<Page<Member>> {
    const page = await this.#connection.call("listMembers", { conversationId, cursor });
    const items = (page.members ?? []).map(toMember);
    this.#users.learn(items.map(({ user }) => user));
    return { items, nextCursor: page.nextCursor ?? "" };
  }

  // Messages

  /** The messages of a conversation; the same object every time. */
  history(conversationId: string): History {
    let history = this.#histories.get(conversationId);
    if (!history) {
      history = new History(conversationId, this.#store, {
        getHistory: (body) => this.#connection.call("getHistory", body),
        getChanges: (body) => this.#connection.call("getChanges", body),
        outgoing: (id) => this.#outgoing(id),
      });
      this.#histories.set(conversationId, history);
    }
    return history;
  }

  /**
   * Sends a message, now or when there is a connection. It appears at once in `history(…).outgoing`; as `failed` where the server
   * would refuse its form or length. Ends of lines become `\n`.
   */
  send(conversationId: string, text: string): OutgoingMessage {
    this.#typing.sent(conversationId);
    const clientId = this.#settings.uuid();
    const plain = withPlainLines(text);
    const error = faultOf("sendMessage", { conversationId, clientId, text: plain }, this.#limits);
    return this.#outbox.push(conversationId, clientId, plain, error);
  }

  /** Tries a failed message again. */
  retry(clientId: string): void {
    this.#outbox.retry(clientId);
  }

  /** Gives an unsent message up. */
  discard(clientId: string): void {
    this.#outbox.discard(clientId);
  }

  /** Changes a message of one's own. */
  async edit(conversationId: string, messageId: string, text: string): Promise<Message> {
    const { message } = await this.#connection.call("editMessage", { conversationId, messageId, text });
    return toMessage(message ?? {});
  }

  /** Deletes a message of one's own, for everyone. */
  async delete(conversationId: string, messageId: string): Promise<void> {
    await this.#connection.call("deleteMessage", { conversationId, messageId });
  }

  /** Deletes one's own copy of a message, whoever wrote it; the others keep theirs. */
  async deleteOwnCopy(conversationId: string, messageId: string): Promise<void> {
    await this.#connection.call("deleteMessage", { conversationId, messageId, ownCopy: true });
  }

  // Read marks, typing, presence

  /** Read up to this message; without `seq`, up to the last one. Does nothing where that is known already. */
  async markRead(conversationId: string, seq?: number): Promise<void> {
    const held = this.conversation(conversationId);
    const upTo = seq ?? held?.lastSeq ?? 0;
    if (held && upTo <= held.readState.readSeq && held.readState.unread === 0 && !held.readState.markedUnread) return;
    this.#marked(await this.#connection.call("markRead", { conversationId, seq: upTo }));
  }

  /** Marks a conversation to come back to. */
  async markUnread(conversationId: string): Promise<void> {
    this.#marked(await this.#connection.call("markUnread", { conversationId }));
  }

  /** Tells the others that one is writing, or stopped. Call at every key: it is said every 3 s. */
  setTyping(conversationId: string, typing: boolean): void {
    this.#typing.set(conversationId, typing);
  }

  /** Ids of those who are writing. */
  typing(conversationId: string): readonly string[] {
    return this.#typing.of(conversationId);
  }

  /** Wants to know whether these people are there, until the returned function is called. 200 in all. */
  watchPresence(userIds: readonly string[]): () => void {
    return this.#presences.add(userIds);
  }

  /** Whether a watched person is there, as far as known. */
  presence(userId: string): Presence | undefined {
    return this.#presences.get(userId);
  }

  /** Asks once whether people are there. */
  async getPresence(userIds: readonly string[]): Promise<readonly Presence[]> {
    const { presences = [] } = await this.#connection.call("getPresence", { userIds: [...userIds] });
    return presences.map(toPresence);
  }

  // People

  /** A page of the people and groups one may write to, found by the beginnings of words of their name or identifier. */
  async searchDirectory(query: string, limit = 0, cursor = ""): Promise<DirectoryPage> {
    const page = await this.#connection.call("searchDirectory", { query, limit, cursor });
    const { hits = [], nextCursor = "", mayStartGroup = false } = page;
    const items = hits.map(toHit);
    this.#users.learn(items.map(({ user }) => user));
    return { items, nextCursor, mayStartGroup };
  }

  /** Asks someone for a mutual relation (`friend`), or enters a one-sided one (`block`). */
  relate(relation: string, user: UserRef): Promise<Relation | undefined> {
    return this.#related(this.#connection.call("relate", { relation, user }));
  }

  /** Says yes to someone who asked for a relation. */
  acceptRelation(relation: string, user: UserRef): Promise<Relation | undefined> {
    return this.#related(this.#connection.call("acceptRelation", { relation, user }));
  }

  /** Ends a relation, declines a request, or takes one's own back. */
  unrelate(relation: string, user: UserRef): Promise<Relation | undefined> {
    return this.#related(this.#connection.call("unrelate", { relation, user }));
  }

  /** A page of one's relations; of all names where `relation` is empty. */
  async relations(relation = "", cursor = ""): Promise<Page<Relation>> {
    const { relations = [], nextCursor = "" } = await this.#connection.call("listRelations", { relation, cursor });
    const items = relations.map(toRelation);
    this.#users.learn(items.map(({ user }) => user));
    return { items, nextCursor };
  }

  /** People by id, at most 100. */
  async getUsers(userIds: readonly string[]): Promise<readonly User[]> {
    const { users = [] } = await this.#connection.call("getUsers", { userIds: [...userIds] });
    const told = users.map(toUser);
    this.#users.learn(told);
    return told;
  }

  /** A person met in any answer. One who is not known is asked for, and the `users` event tells. */
  user(userId: string): User | undefined {
    return this.#users.get(userId);
  }

  /** The server was asked for this person and did not tell: there is no such person, or not for the connected one. */
  isHidden(userId: string): boolean {
    return this.#users.isRefused(userId);
  }

  async #start(body: wire.StartConversation): Promise<Conversation> {
    const { conversation, created } = await this.#connection.call("startConversation", body);
    if (created) this.#sync.started(toConversation(conversation));
    return this.#offered(conversation);
  }

  async #related(answer: Promise<wire.RelationUpdated>): Promise<Relation | undefined> {
    const { relation } = await answer;
    return relation && toRelation(relation);
  }

  async #updated(answer: Promise<wire.ConversationUpdated>): Promise<Conversation> {
    return this.#offered((await answer).conversation);
  }

  #offered(answer: wire.Conversation | undefined): Conversation {
    const conversation = toConversation(answer);
    this.#sync.offer(conversation);
    return this.conversation(conversation.id) ?? conversation;
  }

  async #send(conversationId: string, clientId: string, text: string): Promise<Message> {
    const { message } = await this.#connection.call("sendMessage", { conversationId, clientId, text });
    return toMessage(message ?? {});
  }

  /** What the messages do not show yet: an event may overtake the answer to the send. */
  #outgoing(conversationId: string): readonly OutgoingMessage[] {
    const outgoing = this.#outbox.of(conversationId);
    const messages = outgoing.length ? (this.#store.get(conversationId)?.timeline.messages ?? []) : [];
    const shown = new Set(messages.filter(({ authorId }) => authorId === this.#me?.id).map(({ clientId }) => clientId));
    const next = outgoing.filter(({ clientId }) => !shown.has(clientId));
    if (next.length === outgoing.length) return outgoing;
    const held = this.#outgoings.get(conversationId);
    if (held?.length === next.length && held.every((each, index) => each === next[index])) return held;
    this.#outgoings.set(conversationId, next);
    return next;
  }

  /** The event says the same; whichever is newer counts. */
  #marked({ readState = {} }: wire.Marked): void {
    const conversationId = readState.conversationId ?? "";
    const held = this.conversation(conversationId)?.readState;
    const told: ReadState = toReadState(readState);
    if (!held || told.readSeq < held.readSeq) return;
    if (told.readSeq > held.readSeq || told.markedUnread !== held.markedUnread) this.#store.readState(conversationId, told);
  }

  #welcomed(welcome: wire.Welcome): void {
    this.#me = kept(this.#me, toUser(welcome.me));
    this.#users.learn([this.#me]);
    this.#limits = kept(this.#limits, welcome.limits ?? {});
    this.#store.totalUnread = welcome.totalUnread ?? 0;
    if (!this.#sync.welcome(welcome.resumed, this.#presented)) {
      // Not before the state is `connected`: commands wait for that.
      queueMicrotask(() => void this.#list.load().catch((error: CauserieError) => this.#events.emit("error", error)));
    }
  }

  #stateChanged(state: ConnectionState): void {
    if (state.name === "connected") {
      this.#presences.connected();
      this.#users.connected();
      this.#outbox.start();
    } else {
      this.#typing.clear();
      if (state.name === "disconnected" || state.name === "closed") this.#outbox.stop();
    }
    this.#events.emit("state", state);
  }

  #event(event: wire.Event): void {
    const { typing, presenceChanged, relationChanged } = event;
    if (typing) this.#typing.heard(typing.conversationId ?? "", typing.userId ?? "", typing.typing ?? false);
    else if (presenceChanged) this.#presences.take(presenceChanged);
    else if (relationChanged) this.#events.emit("relation", toRelation(relationChanged.relation ?? {}));
    else this.#sync.event(event);
  }

  #message(conversation: Conversation, message: Message): void {
    this.#typing.heard(message.conversationId, message.authorId, false);
    if (message.authorId === this.#me?.id) this.#outbox.settle(message.conversationId, message.version, message.clientId);
    this.#events.emit("message", { conversation, message });
  }

  /** Waits as the server asked, or with jitter. Rejects when stopped: nothing goes on by itself then. */
  #pause(reason: CauserieError, attempt: number): Promise<void> {
    const { clock, backoff, random } = this.#settings;
    return new Promise((resolve, reject) => {
      clock.after(Math.max(reason.retryAfterMs, fullJitter(attempt, backoff, random)), () => {
        const { name } = this.state;
        if (name === "disconnected" || name === "closed") reject(notConnected());
        else resolve();
      });
    });
  }

  get #heldMax(): number {
    const { heldMax = 1_000, frameBytesMax = 64 * 1024 } = this.#limits;
    return Math.min(heldMax, Math.floor((frameBytesMax - helloBytes) / heldBytes));
  }
}
