// The object that applications use: state, events and commands. It connects the parts of the SDK.
import { fullJitter } from "./backoff.js";
import { Commands } from "./commands.js";
import { ConversationList } from "./conversation-list.js";
import { type ConnectionState, Driver } from "./driver.js";
import { Emitter } from "./emitter.js";
import { type CauserieError, notConnected } from "./errors.js";
import type { ClientEvents } from "./events.js";
import { History } from "./history.js";
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
import { reuseIfEqual } from "./reuse.js";
import { Store } from "./store.js";
import { Sync } from "./sync.js";
import { Typing } from "./typing.js";
import { Users } from "./users.js";
import { normalizeLineBreaks, requireType, validate } from "./validate.js";
import type * as wire from "./wire.gen.js";

/**
 * A client of the chat server for one user. It keeps a connection, holds the loaded conversations and messages, and emits events when they
 * change. All properties return the same object until something in it changes.
 *
 * The constructor throws a `TypeError` when a required option is missing. It does not connect: call `connect`.
 */
export class Client extends Commands {
  readonly #settings: Settings;
  readonly #events = new Emitter<ClientEvents>();
  readonly #driver: Driver;
  readonly #store: Store;
  readonly #sync: Sync;
  readonly #list: ConversationList;
  readonly #outbox: Outbox;
  readonly #typing: Typing;
  readonly #presences: Presences;
  readonly #users: Users;
  readonly #histories = new Map<string, History>();
  /** By conversation: the last result of `#outgoing`. */
  readonly #outgoings = new Map<string, readonly OutgoingMessage[]>();
  #restored: Promise<void> | undefined;
  #isProbing = false;
  #me: User | undefined;
  #may: wire.MayStartChanged = {};

  constructor(options: ClientOptions) {
    super();
    this.#settings = settingsFrom(options);
    const { clock } = this.#settings;
    const error = (thrown: CauserieError): void => this.#events.emit("error", thrown);
    const history = (conversationId: string): void => this.#events.emit("history", { conversationId });
    this.#driver = new Driver(this.#settings, {
      position: async () => {
        await cached;
        return this.#store.position();
      },
      expectPage: (page) => this.#list.expectPage(page),
      limits: () => this.#store.limits,
      suspect: (reason) => this.#outbox.suspect(reason),
      welcomed: (welcome) => this.#welcomed(welcome),
      event: (event) => this.#event(event),
      state: (state) => this.#stateChanged(state),
      probing: (isProbing) => {
        this.#isProbing = isProbing;
        this.#events.emit("probing", isProbing);
      },
      error,
    });
    this.#users = new Users(this.call, () => this.#events.emit("users"));
    this.#store = new Store({
      users: (users) => this.#users.add(users),
      listChanged: () => this.#events.emit("conversations"),
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
      message: (conversation, message) => this.#reportMessage(conversation, message),
      // A history that no caller has opened is loaded when it is opened.
      reload: (id) => void this.#histories.get(id)?.loadNewest().catch(error),
      // After the state has become `connected`, because commands wait for this state.
      reloadList: () => queueMicrotask(() => void this.#list.load().catch(error)),
      error,
    });
    this.#list = new ConversationList(this.#store, this.#sync, this.call, () => this.#events.emit("conversations"));
    this.#outbox = new Outbox(this.#settings.outboxStore, () => clock.now(), {
      send: (record) => this.#send(record.conversationId, record.clientId, record.text),
      pause: (reason, attempt) => this.#pause(reason, attempt),
      isShown: ({ conversationId, version }) => (this.conversation(conversationId)?.version ?? 0) >= version,
      changed: history,
      error,
    });
    this.#typing = new Typing(
      clock,
      (conversationId, typing) => this.#driver.notify("setTyping", { conversationId, typing }),
      (conversationId) => this.#events.emit("typing", { conversationId, userIds: this.typing(conversationId) }),
    );
    this.#presences = new Presences(this.call, (presence) => this.#events.emit("presence", presence));
    const cached = this.#settings.cache?.attach({
      client: this,
      clock,
      events: this.#events,
      list: this.#list,
      store: this.#store,
      users: this.#users,
      setMe: (me) => {
        this.#me = me;
      },
    });
  }

  // Connection

  /** Connects, and reconnects after a lost connection, until `disconnect`. While the client waits to reconnect, connects at once. */
  connect(): void {
    this.#restored ??= this.#outbox.restore();
    this.#driver.connect();
  }

  /** Closes the connection. The loaded state stays; `connect` brings it up to date. */
  disconnect(): void {
    this.#driver.disconnect();
  }

  /**
   * Resolves when connected. Rejects with a `CauserieError` when the client closes or is disconnected, or is not connected after
   * `timeoutMs`; the error has the reason.
   */
  ready(timeoutMs = this.#settings.connectTimeoutMs): Promise<void> {
    return this.#driver.connected(timeoutMs);
  }

  /** The state of the connection. */
  get state(): ConnectionState {
    return this.#driver.state;
  }

  /** Whether the client waits for the reply to a ping, because the device went offline or a reply is late. */
  get isProbing(): boolean {
    return this.#isProbing;
  }

  /** The connected user; `undefined` before the first connection. */
  get me(): User | undefined {
    return this.#me;
  }

  /** Whether the connected user may start a conversation with anybody, or a note to self. */
  get mayStart(): boolean {
    return !!this.#may.mayStart;
  }

  /** Whether the connected user may request a mutual relation, such as `friend`, from anybody. */
  get mayRequest(): boolean {
    return !!this.#may.mayRequest;
  }

  /** The limits of the server; empty before the first connection. */
  get limits(): Readonly<wire.Limits> {
    return this.#store.limits;
  }

  /** Calls `listener` at every `event`. Returns a function that removes the listener. Throws a `TypeError` when `listener` is no function. */
  on<Name extends keyof ClientEvents>(event: Name, listener: (payload: ClientEvents[Name]) => void): () => void {
    requireType("listener", listener, "function");
    return this.#events.on(event, listener);
  }

  // Conversations

  /** The loaded conversations by last activity, newest first. */
  get conversations(): readonly Conversation[] {
    return this.#store.conversations;
  }

  /** Whether the first page of conversations was loaded. */
  get conversationsLoaded(): boolean {
    return this.#list.loaded;
  }

  /** Whether the server has conversations that are not loaded yet. */
  get hasMoreConversations(): boolean {
    return this.#list.more;
  }

  /** The number of unread messages in all conversations, as counted by the server. */
  get totalUnread(): number {
    return this.#store.totalUnread;
  }

  /** Loads the next page of conversations. Rejects with a `CauserieError`. */
  loadMoreConversations(): Promise<void> {
    return this.#list.loadMore();
  }

  /** A loaded conversation; `undefined` when it is not loaded. */
  conversation(conversationId: string): Conversation | undefined {
    return this.#store.get(conversationId)?.conversation;
  }

  /**
   * Returns a conversation; loads it when it is not loaded. Rejects like the methods of `Commands`, with `not_found` when the conversation
   * does not exist or the connected user may not read it.
   */
  async getConversation(conversationId: string): Promise<Conversation> {
    const known = this.conversation(conversationId);
    if (known) return known;
    const { conversation } = await this.call("getConversation", { conversationId });
    return this.receive(conversation);
  }

  /** Removes a member from a group conversation. Rejects like the methods of `Commands`. */
  async removeMember(conversationId: string, userId: string): Promise<void> {
    await this.call("removeMember", { conversationId, userId });
    if (userId === this.#me?.id) this.#store.remove(conversationId);
  }

  /** Removes the connected user from a group conversation. Rejects like the methods of `Commands`. */
  async leave(conversationId: string): Promise<void> {
    await this.#driver.connected(this.#settings.commandTimeoutMs);
    await this.removeMember(conversationId, this.#me?.id ?? "");
  }

  // Messages

  /** The messages of a conversation. Returns the same object for the same conversation. */
  history(conversationId: string): History {
    const outgoing = (id: string): readonly OutgoingMessage[] => this.#outgoing(id);
    const history =
      this.#histories.get(conversationId) ?? new History(conversationId, this.#store, { call: this.call, outgoing });
    this.#histories.set(conversationId, history);
    return history;
  }

  /**
   * Sends a message, as soon as there is a connection. It appears at once in `history(…).outgoing`: as `failed` when the text is invalid
   * or too long. Line breaks become `\n`. Throws a `TypeError` when an argument is no string.
   */
  send(conversationId: string, text: string): OutgoingMessage {
    const clientId = this.#settings.uuid();
    const error = validate("sendMessage", { conversationId, clientId, text }, this.#store.limits);
    this.#typing.sent(conversationId);
    return this.#outbox.push(conversationId, clientId, normalizeLineBreaks(text), error);
  }

  /** Sends a failed message again. Returns `false` when no failed message has this client id. */
  retry(clientId: string): boolean {
    return this.#outbox.retry(clientId);
  }

  /** Removes an outgoing message. Returns `false` when no outgoing message has this client id. */
  discard(clientId: string): boolean {
    return this.#outbox.discard(clientId);
  }

  // Read state, typing, presence

  /**
   * Marks all messages up to `seq` as read; without `seq`, up to the last message. Does nothing when they are read already. Rejects like
   * the methods of `Commands`.
   */
  async markRead(conversationId: string, seq?: number): Promise<void> {
    const held = this.conversation(conversationId);
    const upTo = seq ?? held?.lastSeq ?? 0;
    if (held && upTo <= held.readState.readSeq && held.readState.unread === 0 && !held.readState.markedUnread) return;
    this.#applyMark(await this.call("markRead", { conversationId, seq: upTo }));
  }

  /** Marks a conversation as unread. Rejects like the methods of `Commands`. */
  async markUnread(conversationId: string): Promise<void> {
    this.#applyMark(await this.call("markUnread", { conversationId }));
  }

  /**
   * Shows the other members that the connected user is typing, or has stopped typing. Call it at every key press: the client sends at most one
   * notice every 3 s. Throws a `TypeError` for an argument of a wrong type.
   */
  setTyping(conversationId: string, typing: boolean): void {
    validate("setTyping", { conversationId, typing }, this.#store.limits);
    this.#typing.set(conversationId, typing);
  }

  /** Ids of the other users who are typing in a conversation. */
  typing(conversationId: string): readonly string[] {
    return this.#typing.of(conversationId);
  }

  /**
   * Watches the presence of users until the returned function is called; at most 200 users in all calls. Throws a `TypeError` when
   * `userIds` is no array of strings.
   */
  watchPresence(userIds: readonly string[]): () => void {
    validate("watchPresence", { userIds }, this.#store.limits);
    return this.#presences.add(userIds);
  }

  /** The last known presence of a user; `undefined` when none is known. */
  presence(userId: string): Presence | undefined {
    return this.#presences.get(userId);
  }

  // Users

  /**
   * Returns a user that a reply or an event contained. For any other user, returns `undefined`, requests the user, and emits `users` when the
   * reply has arrived.
   */
  user(userId: string): User | undefined {
    return this.#users.get(userId);
  }

  /** Whether the server was asked for this user and did not return them: the user does not exist, or is hidden from the connected user. */
  isHidden(userId: string): boolean {
    return this.#users.isHidden(userId);
  }

  protected readonly call: Call = (name, body) => this.#driver.call(name, body);

  protected uuid(): string {
    return this.#settings.uuid();
  }

  protected receive(reply: wire.Conversation | undefined): Conversation {
    const conversation = toConversation(reply);
    this.#sync.receive(conversation);
    return this.conversation(conversation.id) ?? conversation;
  }

  protected conversationCreated(conversation: Conversation): void {
    this.#sync.conversationCreated(conversation);
  }

  protected conversationGone(conversationId: string): void {
    this.#store.remove(conversationId);
  }

  protected addUsers(users: readonly (User | undefined)[]): void {
    this.#users.add(users);
  }

  async #send(conversationId: string, clientId: string, text: string): Promise<Message> {
    const { message } = await this.call("sendMessage", { conversationId, clientId, text });
    return toMessage(message);
  }

  /** The outgoing messages without the messages that the conversation shows already, because their event arrived before the reply. */
  #outgoing(conversationId: string): readonly OutgoingMessage[] {
    const outgoing = this.#outbox.of(conversationId);
    const messages = outgoing.length ? (this.#store.get(conversationId)?.timeline.messages ?? []) : [];
    const shown = new Set(messages.filter(({ authorId }) => authorId === this.#me?.id).map(({ clientId }) => clientId));
    const left = outgoing.filter(({ clientId }) => !shown.has(clientId));
    const next = reuseIfEqual(this.#outgoings.get(conversationId), left);
    this.#outgoings.set(conversationId, next);
    return next;
  }

  /** Applies the reply to a mark, unless an event has brought a newer read state. */
  #applyMark({ readState = {} }: wire.Marked): void {
    const conversationId = readState.conversationId ?? "";
    const known = this.conversation(conversationId)?.readState;
    const marked: ReadState = toReadState(readState);
    if (!known || marked.readSeq < known.readSeq) return;
    if (marked.readSeq > known.readSeq || marked.markedUnread !== known.markedUnread)
      this.#store.readState(conversationId, marked);
  }

  #welcomed(welcome: wire.Welcome): void {
    this.#me = reuseIfEqual(this.#me, toUser(welcome.me));
    this.#users.add([this.#me]);
    this.#store.limits = reuseIfEqual(this.#store.limits, welcome.limits ?? {});
    this.#store.totalUnread = welcome.totalUnread ?? 0;
    this.#may = welcome;
    this.#sync.welcome(welcome.resumed);
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
    this.#events.emit("frame", event);
    const { typing, presenceChanged, relationChanged, mayStartChanged } = event;
    if (typing) this.#typing.received(typing.conversationId ?? "", typing.userId ?? "", typing.typing ?? false);
    else if (presenceChanged) this.#presences.apply(presenceChanged);
    else if (relationChanged) this.#events.emit("relation", toRelation(relationChanged.relation));
    else if (mayStartChanged) {
      this.#may = mayStartChanged;
      this.#events.emit("mayStart");
    } else this.#sync.event(event);
  }

  #reportMessage(conversation: Conversation, message: Message): void {
    this.#typing.received(message.conversationId, message.authorId, false);
    if (message.authorId === this.#me?.id) this.#outbox.settle(message.conversationId, message.version, message.clientId);
    this.#events.emit("message", { conversation, message });
  }

  /** Waits for the time that the server asked for, or the backoff if that is longer. Rejects when the client was stopped meanwhile. */
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
