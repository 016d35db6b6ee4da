// The one object an application holds: state, events, commands. It wires the parts together and decides nothing itself.
import { fullJitter } from "./backoff.js";
import { Commands } from "./commands.js";
import { Connection, type ConnectionState } from "./connection.js";
import { Emitter } from "./emitter.js";
import { type CauserieError, notConnected } from "./errors.js";
import type { ClientEvents } from "./events.js";
import { History } from "./history.js";
import { List } from "./list.js";
import {
  type Conversation,
  type Message,
  type Presence,
  type ReadState,
  toConversation,
  toMessage,
  toReadState,
  toRelation,
  toUser,
  type User,
} from "./model.js";
import { type ClientOptions, type Settings, settingsFrom } from "./options.js";
import { Outbox, type OutgoingMessage } from "./outbox.js";
import { Presences } from "./presence.js";
import type { Call } from "./requests.js";
import { kept } from "./stable.js";
import { Store } from "./store.js";
import { Sync } from "./sync.js";
import { Typing } from "./typing.js";
import { Users } from "./users.js";
import { normalizeLineBreaks, requireType, validate } from "./validate.js";
import type * as wire from "./wire.gen.js";

export class Client extends Commands {
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
  /** Outgoing messages of a conversation, as they were read last. */
  readonly #outgoings = new Map<string, readonly OutgoingMessage[]>();
  #restored: Promise<void> | undefined;
  #inDoubt = false;
  #me: User | undefined;

  constructor(options: ClientOptions) {
    super();
    this.#settings = settingsFrom(options);
    const { clock } = this.#settings;
    const error = (thrown: CauserieError): void => this.#events.emit("error", thrown);
    const history = (conversationId: string): void => this.#events.emit("history", { conversationId });
    this.#connection = new Connection(this.#settings, {
      held: () => this.#store.present(),
      limits: () => this.#store.limits,
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
    this.#users = new Users(this.call, () => this.#events.emit("users"));
    this.#store = new Store({
      peopleTold: (people) => this.#users.learn(people),
      listChanged: () => this.#events.emit("list"),
      conversationChanged: (id) => {
        const version = this.#store.get(id)?.conversation.version;
        if (version !== undefined) this.#outbox.settle(id, version);
        history(id);
      },
      unreadChanged: (total) => this.#events.emit("unread", total),
    });
    this.#sync = new Sync(this.#store, {
      call: this.call,
      pause: (reason, attempt) => this.#pause(reason, attempt),
      message: (conversation, message) => this.#message(conversation, message),
      reload: (id) => void this.history(id).loadNewest().catch(error),
      reloadList: () => void this.#list.load().catch(error),
      error,
    });
    this.#list = new List(this.#store, this.#sync, this.call, () => this.#events.emit("list"));
    this.#outbox = new Outbox(this.#settings.outboxStore, () => clock.now(), {
      send: (record) => this.#send(record.conversationId, record.clientId, record.text),
      pause: (reason, attempt) => this.#pause(reason, attempt),
      isShown: ({ conversationId, version }) => (this.conversation(conversationId)?.version ?? 0) >= version,
      changed: history,
      error,
    });
    this.#typing = new Typing(
      clock,
      (conversationId, typing) => this.#connection.notify("setTyping", { conversationId, typing }),
      (conversationId) => this.#events.emit("typing", { conversationId, userIds: this.typing(conversationId) }),
    );
    this.#presences = new Presences(this.call, (presence) => this.#events.emit("presence", presence));
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
    return this.#store.limits;
  }

  /** Calls `listener` at every `event`; returns what ends it. */
  on<Name extends keyof ClientEvents>(event: Name, listener: (payload: ClientEvents[Name]) => void): () => void {
    requireType("listener", listener, "function");
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
    const { conversation } = await this.call("getConversation", { conversationId });
    return this.taken(conversation);
  }

  /** Takes someone out of a group. */
  async removeMember(conversationId: string, userId: string): Promise<void> {
    await this.call("removeMember", { conversationId, userId });
    if (userId === this.#me?.id) this.#store.remove(conversationId);
  }

  /** Leaves a group. */
  async leave(conversationId: string): Promise<void> {
    await this.#connection.connected(this.#settings.commandTimeoutMs);
    await this.removeMember(conversationId, this.#me?.id ?? "");
  }

  // Messages

  /** The messages of a conversation; the same object every time. */
  history(conversationId: string): History {
    let history = this.#histories.get(conversationId);
    if (!history) {
      history = new History(conversationId, this.#store, {
        call: this.call,
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
    const clientId = this.#settings.uuid();
    const error = validate("sendMessage", { conversationId, clientId, text }, this.#store.limits);
    this.#typing.sent(conversationId);
    return this.#outbox.push(conversationId, clientId, normalizeLineBreaks(text), error);
  }

  /** Tries a failed message again. */
  retry(clientId: string): boolean {
    return this.#outbox.retry(clientId);
  }

  /** Gives an unsent message up. */
  discard(clientId: string): boolean {
    return this.#outbox.discard(clientId);
  }

  // Read marks, typing, presence

  /** Read up to this message; without `seq`, up to the last one. Does nothing where that is known already. */
  async markRead(conversationId: string, seq?: number): Promise<void> {
    const held = this.conversation(conversationId);
    const upTo = seq ?? held?.lastSeq ?? 0;
    if (held && upTo <= held.readState.readSeq && held.readState.unread === 0 && !held.readState.markedUnread) return;
    this.#marked(await this.call("markRead", { conversationId, seq: upTo }));
  }

  /** Marks a conversation to come back to. */
  async markUnread(conversationId: string): Promise<void> {
    this.#marked(await this.call("markUnread", { conversationId }));
  }

  /** Tells the others that one is writing, or stopped. Call at every key: it is said every 3 s. */
  setTyping(conversationId: string, typing: boolean): void {
    validate("setTyping", { conversationId, typing }, this.#store.limits);
    this.#typing.set(conversationId, typing);
  }

  /** Ids of those who are writing. */
  typing(conversationId: string): readonly string[] {
    return this.#typing.of(conversationId);
  }

  /** Wants to know whether these people are there, until the returned function is called. 200 in all. */
  watchPresence(userIds: readonly string[]): () => void {
    validate("watchPresence", { userIds }, this.#store.limits);
    return this.#presences.add(userIds);
  }

  /** Whether a watched person is there, as far as known. */
  presence(userId: string): Presence | undefined {
    return this.#presences.get(userId);
  }

  // People

  /** A person met in any answer. One who is not known is asked for, and the `users` event tells. */
  user(userId: string): User | undefined {
    return this.#users.get(userId);
  }

  /** The server was asked for this person and did not tell: there is no such person, or not for the connected one. */
  isHidden(userId: string): boolean {
    return this.#users.isRefused(userId);
  }

  protected readonly call: Call = (name, body) => this.#connection.call(name, body);

  protected uuid(): string {
    return this.#settings.uuid();
  }

  protected taken(answer: wire.Conversation | undefined): Conversation {
    const conversation = toConversation(answer);
    this.#sync.offer(conversation);
    return this.conversation(conversation.id) ?? conversation;
  }

  protected started(conversation: Conversation): void {
    this.#sync.started(conversation);
  }

  protected dropped(conversationId: string): void {
    this.#store.remove(conversationId);
  }

  protected met(users: readonly (User | undefined)[]): void {
    this.#users.learn(users);
  }

  async #send(conversationId: string, clientId: string, text: string): Promise<Message> {
    const { message } = await this.call("sendMessage", { conversationId, clientId, text });
    return toMessage(message);
  }

  /** What the messages do not show yet: an event may overtake the answer to the send. */
  #outgoing(conversationId: string): readonly OutgoingMessage[] {
    const outgoing = this.#outbox.of(conversationId);
    const messages = outgoing.length ? (this.#store.get(conversationId)?.timeline.messages ?? []) : [];
    const shown = new Set(messages.filter(({ authorId }) => authorId === this.#me?.id).map(({ clientId }) => clientId));
    const left = outgoing.filter(({ clientId }) => !shown.has(clientId));
    const next = kept(this.#outgoings.get(conversationId), left);
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
    this.#store.limits = kept(this.#store.limits, welcome.limits ?? {});
    this.#store.totalUnread = welcome.totalUnread ?? 0;
    if (!this.#sync.welcome(welcome.resumed)) {
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
    else if (relationChanged) this.#events.emit("relation", toRelation(relationChanged.relation));
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
}
