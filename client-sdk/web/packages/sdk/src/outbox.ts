// Messages that are not yet part of their conversation. A message appears at once as `sending`. It is sent when the messages before it
// in its conversation have replies. It keeps its client id when it is sent again after a lost connection, and the server creates
// one message per client id. After a temporary error the message is sent again with backoff; a permanent error makes it `failed`,
// and the user may retry or discard it. When the message is part of the conversation, its entry is removed.
//
// A server that closes the connection because of a frame does not name the frame. Every message that had no reply then is suspected,
// and is sent again only while no other message is. A message becomes `failed` when the server closes the connection a second time.
import { CauserieError, toError } from "./errors.js";
import type { Message } from "./model.js";
import type { OutboxStore, StoredMessage } from "./outbox-store.js";

/** `sent`: the server has accepted the message, and it is not part of `History.messages` yet. */
export type SendStatus = "sending" | "sent" | "failed";

/** A message that is not part of its conversation yet. A new object after every change. */
export interface OutgoingMessage {
  /** A UUID made by the client; identifies the message in `retry` and `discard`. */
  readonly clientId: string;
  readonly conversationId: string;
  readonly text: string;
  readonly createdAt: Date;
  readonly status: SendStatus;
  /** Why the message is `failed`. */
  readonly error: CauserieError | undefined;
  /** The message as the server has it, once `sent`. */
  readonly message: Message | undefined;
}

/** The services of the client that the outbox uses. */
export interface OutboxHost {
  /** Sends a message; waits for a connection when there is none. */
  send(record: StoredMessage): Promise<Message>;
  /** Waits before the next attempt. Rejects when the client was stopped. */
  pause(error: CauserieError, attempt: number): Promise<void>;
  /** Whether the stored version of the conversation contains this message. */
  isShown(message: Message): boolean;
  changed(conversationId: string): void;
  error(error: CauserieError): void;
}

/** A message is `failed` after the server has closed the connection this many times while it had no reply. */
const closesMax = 2;
const tokenExpired = 201;
const none: readonly OutgoingMessage[] = [];

/** The queues of unsent messages, one per conversation. */
export class Outbox {
  /** By conversation, in the order in which messages are sent. */
  readonly #queues = new Map<string, readonly OutgoingMessage[]>();
  /** By conversation: the client id of the message that is being sent, or waits for its next attempt. */
  readonly #sending = new Map<string, string>();
  /** Client ids of the messages that were sent and have no reply yet. */
  readonly #unanswered = new Set<string>();
  /** By client id: how many times the server closed the connection while the message had no reply. */
  readonly #closes = new Map<string, number>();
  #stopped = true;

  readonly #store: OutboxStore | undefined;
  readonly #now: () => number;
  readonly #host: OutboxHost;

  constructor(store: OutboxStore | undefined, now: () => number, host: OutboxHost) {
    this.#store = store;
    this.#now = now;
    this.#host = host;
  }

  /** The messages of a conversation, oldest first. The same array as long as nothing changes. */
  of(conversationId: string): readonly OutgoingMessage[] {
    return this.#queues.get(conversationId) ?? none;
  }

  /** Loads the messages that an earlier page stored. */
  async restore(): Promise<void> {
    try {
      const adopt = (): unknown => this.#stopped || this.restore();
      for (const record of (await this.#store?.load(adopt)) ?? []) this.#enqueue(record);
    } catch (thrown) {
      this.#host.error(toError(thrown));
    }
    // The client may have connected before the store was read.
    this.#pump();
  }

  /** Starts to send. Adopts messages of tabs that were closed meanwhile. */
  start(): void {
    this.#stopped = false;
    if (this.#store?.turn) void this.restore();
    else this.#pump();
  }

  /** Stops to send. The messages stay queued. */
  stop(): void {
    this.#stopped = true;
  }

  /** Queues a message. A message with an `error` is `failed` at once. */
  push(conversationId: string, clientId: string, text: string, error?: CauserieError): OutgoingMessage {
    // Later than the queued messages, also within a millisecond or after the clock was set back: a store returns messages in any order.
    const createdAt = Math.max(this.#now(), (this.of(conversationId).at(-1)?.createdAt.getTime() ?? 0) + 1);
    const entry = this.#enqueue({ clientId, conversationId, text, createdAt, ...(error && { error }) });
    this.#write((store) => store.put(this.#recordOf(entry)));
    this.#pump();
    return entry;
  }

  /** Sends a failed message again, with the same client id. Returns whether there was such a message. */
  retry(clientId: string): boolean {
    const entry = this.#find(clientId);
    if (entry?.status !== "failed") return false;
    this.#closes.delete(clientId);
    this.#update({ ...entry, status: "sending", error: undefined });
    this.#pump();
    return true;
  }

  /** Removes a message. A message without a reply may still arrive. Returns whether there was such a message. */
  discard(clientId: string): boolean {
    const entry = this.#find(clientId);
    if (entry) this.#remove(entry);
    return entry !== undefined;
  }

  /** Removes the messages that are part of the conversation at `version`, and the message with `clientId`. */
  settle(conversationId: string, version: number, clientId?: string): void {
    for (const entry of this.of(conversationId)) {
      if (entry.clientId === clientId || (entry.message && entry.message.version <= version)) this.#remove(entry);
    }
  }

  /** The server closed the connection because of a frame. Returns whether that frame may have been a message. */
  suspect(error: CauserieError): boolean {
    for (const clientId of this.#unanswered) {
      const entry = this.#find(clientId);
      if (!entry) continue;
      const closes = (this.#closes.get(clientId) ?? 0) + 1;
      this.#closes.set(clientId, closes);
      this.#update(closes < closesMax ? entry : { ...entry, status: "failed", error });
    }
    return this.#unanswered.size > 0;
  }

  #enqueue(record: StoredMessage): OutgoingMessage {
    const known = this.#find(record.clientId);
    if (known) return known;
    const { clientId, conversationId, text, error, closes } = record;
    if (closes) this.#closes.set(clientId, closes);
    const entry: OutgoingMessage = {
      clientId,
      conversationId,
      text,
      createdAt: new Date(record.createdAt),
      status: error ? "failed" : "sending",
      error: error && new CauserieError(error),
      message: undefined,
    };
    const queue = [...this.of(conversationId), entry];
    this.#set(
      conversationId,
      queue.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime()),
    );
    return entry;
  }

  /** Sends the first message of each conversation that is not sending. One at a time keeps the order of the messages. */
  #pump(): void {
    if (this.#stopped) return;
    const idle = [...this.#queues.keys()].filter((conversationId) => !this.#sending.has(conversationId));
    const heads = idle.flatMap((conversationId) => this.of(conversationId).find(({ status }) => status === "sending") ?? []);
    const isSuspected = ({ clientId }: OutgoingMessage): boolean => this.#closes.has(clientId);
    // A suspected message is sent alone, so that a close is known to be about it.
    if ([...this.#sending.values()].some((clientId) => this.#closes.has(clientId))) return;
    for (const head of heads) if (!isSuspected(head)) void this.#send(head);
    const suspected = heads.find(isSuspected);
    if (suspected && this.#sending.size === 0) void this.#send(suspected);
  }

  async #send(entry: OutgoingMessage): Promise<void> {
    this.#sending.set(entry.conversationId, entry.clientId);
    try {
      for (let attempt = 0; await this.#attempt(entry, attempt); attempt++);
    } finally {
      this.#sending.delete(entry.conversationId);
      this.#pump();
    }
  }

  /** Sends a message once. Returns whether it has to be sent again. */
  async #attempt(entry: OutgoingMessage, attempt: number): Promise<boolean> {
    const { clientId } = entry;
    const closes = this.#closes.get(clientId);
    try {
      const record = this.#recordOf(entry);
      const send = (): Promise<Message> => {
        this.#unanswered.add(clientId);
        return this.#host.send(record).finally(() => this.#unanswered.delete(clientId));
      };
      const message = await (this.#store?.turn?.(record, send) ?? send());
      this.#closes.delete(clientId);
      this.#write((store) => store.remove(clientId));
      // The event of the message may have arrived first and removed the entry.
      if (!this.#find(clientId)) return false;
      if (this.#host.isShown(message)) this.#remove(entry);
      else this.#replace({ ...entry, status: "sent", message });
      return false;
    } catch (thrown) {
      // Stopped: the message stays queued until `start`. Suspected meanwhile: other messages are sent first.
      if (this.#stopped || this.#find(clientId)?.status !== "sending" || this.#closes.get(clientId) !== closes) return false;
      const error = toError(thrown);
      // The driver replaces an expired token, and the message is sent again.
      if (!error.temporary && error.code !== tokenExpired) {
        this.#update({ ...entry, status: "failed", error });
        return false;
      }
      try {
        await this.#host.pause(error, attempt);
      } catch {
        // The client was stopped meanwhile.
        return false;
      }
      return this.#find(clientId)?.status === "sending";
    }
  }

  #find(clientId: string): OutgoingMessage | undefined {
    return [...this.#queues.values()].flat().find((entry) => entry.clientId === clientId);
  }

  #recordOf({ clientId, conversationId, text, createdAt, error }: OutgoingMessage): StoredMessage {
    const closes = this.#closes.get(clientId);
    const record = { clientId, conversationId, text, createdAt: createdAt.getTime() };
    return { ...record, ...(closes && { closes }), ...(error && { error: { ...error, message: error.message } }) };
  }

  /** Replaces an entry, and stores it, so that its status survives a reload. */
  #update(entry: OutgoingMessage): void {
    this.#write((store) => store.put(this.#recordOf(entry)));
    this.#replace(entry);
  }

  #replace(entry: OutgoingMessage): void {
    this.#set(
      entry.conversationId,
      this.of(entry.conversationId).map((each) => (each.clientId === entry.clientId ? entry : each)),
    );
  }

  #remove(entry: OutgoingMessage): void {
    this.#closes.delete(entry.clientId);
    this.#write((store) => store.remove(entry.clientId));
    this.#set(
      entry.conversationId,
      this.of(entry.conversationId).filter((each) => each.clientId !== entry.clientId),
    );
  }

  #set(conversationId: string, queue: OutgoingMessage[]): void {
    if (queue.length) this.#queues.set(conversationId, queue);
    else this.#queues.delete(conversationId);
    this.#host.changed(conversationId);
  }

  #write(write: (store: OutboxStore) => Promise<void>): void {
    if (this.#store) write(this.#store).catch((thrown: unknown) => this.#host.error(toError(thrown)));
  }
}
