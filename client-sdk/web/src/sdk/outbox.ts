// Messages on their way. One appears at once as `sending`. It goes out when those before it in its conversation are answered, with
// a client id made once: whatever happens to the connection, the same id is repeated, and the server makes one message of it. A
// temporary refusal is tried again with growing waits; a lasting one makes the message `failed`, to be retried or discarded
// by the person. Once the message came back as part of the conversation its entry is dropped.
import { asError, type CauserieError } from "./errors.js";
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

export class Outbox {
  /** By conversation, in the order of sending. */
  readonly #queues = new Map<string, OutgoingMessage[]>();
  /** Conversations with a message under way. */
  readonly #sending = new Set<string>();
  #stopped = true;

  constructor(
    private readonly store: OutboxStore | undefined,
    private readonly now: () => number,
    private readonly host: OutboxHost,
  ) {}

  /** What is on its way in a conversation, oldest first. */
  of(conversationId: string): readonly OutgoingMessage[] {
    return this.#queues.get(conversationId) ?? [];
  }

  /** Brings back what an earlier page could not send. */
  async restore(): Promise<void> {
    if (!this.store) return;
    try {
      const records = await this.store.load();
      for (const record of records) this.#enqueue(record);
      // The store may be slower than the connection.
      if (!this.#stopped) this.start();
    } catch (thrown) {
      this.host.error(asError(thrown));
    }
  }

  /** Sends go out from now on. */
  start(): void {
    this.#stopped = false;
    for (const conversationId of this.#queues.keys()) void this.#drain(conversationId);
  }

  /** What is queued stays queued. */
  stop(): void {
    this.#stopped = true;
  }

  /** Queues a message. */
  push(conversationId: string, clientId: string, text: string): OutgoingMessage {
    const record = { clientId, conversationId, text, createdAt: this.now() };
    this.#keep((store) => store.put(record));
    const entry = this.#enqueue(record);
    void this.#drain(conversationId);
    return entry;
  }

  /** Tries a failed message again, with the same client id. */
  retry(clientId: string): void {
    const entry = this.#find(clientId);
    if (entry?.status !== "failed") return;
    this.#replace({ ...entry, status: "sending", error: undefined });
    void this.#drain(entry.conversationId);
  }

  /** Gives a message up. One that is under way may arrive all the same. */
  discard(clientId: string): void {
    const entry = this.#find(clientId);
    if (entry) this.#remove(entry);
  }

  /** A message is part of its conversation now, up to this version. */
  settle(conversationId: string, version: number, clientId?: string): void {
    for (const entry of this.of(conversationId)) {
      if (entry.clientId === clientId || (entry.message && entry.message.version <= version)) this.#remove(entry);
    }
  }

  #enqueue(record: OutboxRecord): OutgoingMessage {
    const held = this.#find(record.clientId);
    if (held) return held;
    const { clientId, conversationId, text } = record;
    const createdAt = new Date(record.createdAt);
    const entry: OutgoingMessage = {
      clientId,
      conversationId,
      text,
      createdAt,
      status: "sending",
      error: undefined,
      message: undefined,
    };
    const queue = [...this.of(conversationId), entry];
    this.#set(
      conversationId,
      queue.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime()),
    );
    return entry;
  }

  /** Sends what waits in one conversation, one after the other: the server keeps the order in which it is asked. */
  async #drain(conversationId: string): Promise<void> {
    if (this.#sending.has(conversationId) || this.#stopped) return;
    this.#sending.add(conversationId);
    try {
      for (let next = this.#next(conversationId); next && !this.#stopped; next = this.#next(conversationId)) {
        await this.#sendOne(next);
      }
    } finally {
      this.#sending.delete(conversationId);
    }
  }

  #next(conversationId: string): OutgoingMessage | undefined {
    return this.of(conversationId).find((entry) => entry.status === "sending");
  }

  async #sendOne(entry: OutgoingMessage): Promise<void> {
    const { clientId, conversationId, text } = entry;
    const record = { clientId, conversationId, text, createdAt: entry.createdAt.getTime() };
    for (let attempt = 0; this.#find(clientId); attempt++) {
      try {
        const message = await this.host.send(record);
        this.#keep((store) => store.remove(clientId));
        // The event may have come first, and the entry be gone.
        if (!this.#find(clientId)) return;
        if (this.host.isShown(message)) this.#remove(entry);
        else this.#replace({ ...entry, status: "sent", message });
        return;
      } catch (thrown) {
        // Stopped, be it for good: queued as before, until `start`.
        if (this.#stopped) return;
        const error = asError(thrown);
        if (!error.temporary) {
          if (this.#find(clientId)) this.#replace({ ...entry, status: "failed", error });
          return;
        }
        try {
          await this.host.pause(error, attempt);
        } catch {
          // Stopped meanwhile.
          return;
        }
      }
    }
  }

  #find(clientId: string): OutgoingMessage | undefined {
    for (const queue of this.#queues.values()) {
      const entry = queue.find((each) => each.clientId === clientId);
      if (entry) return entry;
    }
    return undefined;
  }

  #replace(entry: OutgoingMessage): void {
    this.#set(
      entry.conversationId,
      this.of(entry.conversationId).map((each) => (each.clientId === entry.clientId ? entry : each)),
    );
  }

  #remove(entry: OutgoingMessage): void {
    this.#keep((store) => store.remove(entry.clientId));
    this.#set(
      entry.conversationId,
      this.of(entry.conversationId).filter((each) => each.clientId !== entry.clientId),
    );
  }

  #set(conversationId: string, queue: OutgoingMessage[]): void {
    if (queue.length) this.#queues.set(conversationId, queue);
    else this.#queues.delete(conversationId);
    this.host.changed(conversationId);
  }

  #keep(write: (store: OutboxStore) => Promise<void>): void {
    if (this.store) write(this.store).catch((thrown: unknown) => this.host.error(asError(thrown)));
  }
}
