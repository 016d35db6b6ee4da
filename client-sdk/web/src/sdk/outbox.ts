// Messages on their way. A message appears at once as `sending`. It goes out when those before it in its conversation are
// answered, with a client id made once: whatever happens to the connection, the same id is repeated, and the server makes one
// message of it. A temporary refusal is tried again with growing waits; a lasting one makes the message `failed`, to be retried
// or discarded by the user. Once the message came back as part of the conversation its entry is dropped.
//
// A server that closes the connection over a frame does not say which frame it was. Every message that was under way then is
// suspected, and from there on sent while no other is: the one on which the server closes a second time is `failed`.
import { asError, CauserieError } from "./errors.js";
import type { Message } from "./model.js";
import type { OutboxRecord, OutboxStore } from "./outbox-store.js";

/** `sent`: the server has it, the conversation has not shown it yet. */
export type SendStatus = "sending" | "sent" | "failed";

/** A message that is not part of its conversation yet. A new object at every change. */
export interface OutgoingMessage {
  readonly clientId: string;
  readonly conversationId: string;
  readonly text: string;
  readonly createdAt: Date;
  readonly status: SendStatus;
  /** Why it failed. */
  readonly error: CauserieError | undefined;
  /** What became of it, once `sent`. */
  readonly message: Message | undefined;
}

/** What the outbox needs of the client around it. */
export interface OutboxHost {
  /** Sends one message; waits for a connection if there is none. */
  send(record: OutboxRecord): Promise<Message>;
  /** Waits before the next try; rejects when the client was stopped. */
  pause(error: CauserieError, attempt: number): Promise<void>;
  /** The conversation is held in a version that has this message. */
  isShown(message: Message): boolean;
  changed(conversationId: string): void;
  error(error: CauserieError): void;
}

/** Closed over this often, a message is set aside. */
const closesMax = 2;
const tokenExpired = 201;
const none: readonly OutgoingMessage[] = [];

export class Outbox {
  /** By conversation, in the order of sending. */
  readonly #queues = new Map<string, readonly OutgoingMessage[]>();
  /** The message that each conversation sends, or waits to send again. */
  readonly #sending = new Map<string, string>();
  /** Messages under way now. */
  readonly #underWay = new Set<string>();
  /** How often the server closed the connection while a message was under way. */
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

  /** What is on its way in a conversation, oldest first. The same array as long as nothing changed. */
  of(conversationId: string): readonly OutgoingMessage[] {
    return this.#queues.get(conversationId) ?? none;
  }

  /** Brings back what an earlier page could not send. */
  async restore(): Promise<void> {
    if (!this.#store) return;
    try {
      for (const record of await this.#store.load()) this.#enqueue(record);
    } catch (thrown) {
      this.#host.error(asError(thrown));
    }
    // The store may be slower than the connection.
    this.#pump();
  }

  /** Sends go out from now on. */
  start(): void {
    this.#stopped = false;
    this.#pump();
  }

  /** What is queued stays queued. */
  stop(): void {
    this.#stopped = true;
  }

  /** Queues a message. With an `error` that is known already it has failed, and waits for the user. */
  push(conversationId: string, clientId: string, text: string, error?: CauserieError): OutgoingMessage {
    const entry = this.#enqueue({ clientId, conversationId, text, createdAt: this.#now(), ...(error && { error }) });
    this.#keep((store) => store.put(this.#recordOf(entry)));
    this.#pump();
    return entry;
  }

  /** Tries a failed message again, with the same client id. */
  retry(clientId: string): boolean {
    const entry = this.#find(clientId);
    if (entry?.status !== "failed") return false;
    this.#closes.delete(clientId);
    this.#update({ ...entry, status: "sending", error: undefined });
    this.#pump();
    return true;
  }

  /** Gives a message up. One that is under way may arrive all the same. */
  discard(clientId: string): boolean {
    const entry = this.#find(clientId);
    if (entry) this.#remove(entry);
    return entry !== undefined;
  }

  /** A message is part of its conversation now, up to this version. */
  settle(conversationId: string, version: number, clientId?: string): void {
    for (const entry of this.of(conversationId)) {
      if (entry.clientId === clientId || (entry.message && entry.message.version <= version)) this.#remove(entry);
    }
  }

  /** The server closed the connection over some frame. Returns whether a message may be to blame. */
  suspect(error: CauserieError): boolean {
    for (const clientId of this.#underWay) {
      const entry = this.#find(clientId);
      if (!entry) continue;
      const closes = (this.#closes.get(clientId) ?? 0) + 1;
      this.#closes.set(clientId, closes);
      this.#update(closes < closesMax ? entry : { ...entry, status: "failed", error });
    }
    return this.#underWay.size > 0;
  }

  #enqueue(record: OutboxRecord): OutgoingMessage {
    const held = this.#find(record.clientId);
    if (held) return held;
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

  /** Sends what may be sent now: one message of each conversation, because the server keeps the order in which it is asked. */
  #pump(): void {
    if (this.#stopped) return;
    const idle = [...this.#queues.keys()].filter((conversationId) => !this.#sending.has(conversationId));
    const heads = idle.flatMap((conversationId) => this.of(conversationId).find(({ status }) => status === "sending") ?? []);
    const isSuspected = ({ clientId }: OutgoingMessage): boolean => this.#closes.has(clientId);
    // While a suspected message is under way no other is: what happens then is about it.
    if ([...this.#sending.values()].some((clientId) => this.#closes.has(clientId))) return;
    for (const head of heads) if (!isSuspected(head)) void this.#send(head);
    const suspected = heads.find(isSuspected);
    if (suspected && this.#sending.size === 0) void this.#send(suspected);
  }

  async #send(entry: OutgoingMessage): Promise<void> {
    this.#sending.set(entry.conversationId, entry.clientId);
    try {
      for (let attempt = 0; await this.#isToRepeat(entry, attempt); attempt++);
    } finally {
      this.#sending.delete(entry.conversationId);
      this.#pump();
    }
  }

  /** Sends a message once. */
  async #isToRepeat(entry: OutgoingMessage, attempt: number): Promise<boolean> {
    const { clientId } = entry;
    const closes = this.#closes.get(clientId);
    try {
      this.#underWay.add(clientId);
      const message = await this.#host.send(this.#recordOf(entry)).finally(() => this.#underWay.delete(clientId));
      this.#closes.delete(clientId);
      this.#keep((store) => store.remove(clientId));
      // The event may have come first, and the entry be gone.
      if (!this.#find(clientId)) return false;
      if (this.#host.isShown(message)) this.#remove(entry);
      else this.#replace({ ...entry, status: "sent", message });
      return false;
    } catch (thrown) {
      // Stopped, be it for good: queued as before, until `start`. Or suspected meanwhile: then others go first.
      if (this.#stopped || this.#find(clientId)?.status !== "sending" || this.#closes.get(clientId) !== closes) return false;
      const error = asError(thrown);
      // An expired token is the connection's business: the message goes out with the next one.
      if (!error.temporary && error.code !== tokenExpired) {
        this.#update({ ...entry, status: "failed", error });
        return false;
      }
      try {
        await this.#host.pause(error, attempt);
      } catch {
        // Stopped meanwhile.
        return false;
      }
      return this.#find(clientId)?.status === "sending";
    }
  }

  #find(clientId: string): OutgoingMessage | undefined {
    return [...this.#queues.values()].flat().find((entry) => entry.clientId === clientId);
  }

  #recordOf({ clientId, conversationId, text, createdAt, error }: OutgoingMessage): OutboxRecord {
    const closes = this.#closes.get(clientId);
    const record = { clientId, conversationId, text, createdAt: createdAt.getTime() };
    return { ...record, ...(closes && { closes }), ...(error && { error: { ...error, message: error.message } }) };
  }

  /** Keeps what became of a message, so that it is not forgotten over a reload. */
  #update(entry: OutgoingMessage): void {
    this.#keep((store) => store.put(this.#recordOf(entry)));
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
    this.#keep((store) => store.remove(entry.clientId));
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

  #keep(write: (store: OutboxStore) => Promise<void>): void {
    if (this.#store) write(this.#store).catch((thrown: unknown) => this.#host.error(asError(thrown)));
  }
}
