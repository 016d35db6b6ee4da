// A fake server for the SDK: the test receives the requests of the client and sends replies and events.
import { Client, type ClientOptions, type SocketLike } from "../../src/index.js";
import type * as wire from "../../src/wire.gen.js";
import { ManualClock } from "./clock.js";

type Command = Exclude<keyof wire.Request, "id">;
/** A received request of one command. */
export type ReceivedRequest<Name extends Command> = { id: number; body: NonNullable<wire.Request[Name]> };

/** One connection, from the side of the server. */
export class FakeConnection implements SocketLike {
  readyState = 0;
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  onerror: SocketLike["onerror"] = null;
  /** Requests that no call of `next` has returned. */
  readonly unread: wire.Request[] = [];
  #waiting: { name: Command; resolve: (request: wire.Request) => void }[] = [];

  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {}

  send(text: string): void {
    const request = JSON.parse(text) as wire.Request;
    const waiting = this.#waiting.find(({ name }) => name in request);
    if (!waiting) return void this.unread.push(request);
    this.#waiting = this.#waiting.filter((each) => each !== waiting);
    waiting.resolve(request);
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.({} as never);
  }

  /** The next request of a command. */
  async next<Name extends Command>(name: Name): Promise<ReceivedRequest<Name>> {
    const at = this.unread.findIndex((request) => name in request);
    const request =
      at >= 0
        ? (this.unread.splice(at, 1)[0] as wire.Request)
        : await new Promise<wire.Request>((resolve) => this.#waiting.push({ name, resolve }));
    return { id: request.id ?? 0, body: request[name] as ReceivedRequest<Name>["body"] };
  }

  /** Whether there is a request of this command that no call of `next` has returned. */
  received(name: Command): boolean {
    return this.unread.some((request) => name in request);
  }

  reply(to: { id: number }, result: Omit<wire.Reply, "id">): void {
    this.#send({ reply: { id: to.id, ...result } });
  }

  refuse(to: { id: number }, error: wire.Error): void {
    this.reply(to, { error });
  }

  event(event: wire.Event): void {
    this.#send({ event });
  }

  /** Sends a text as a frame. */
  text(text: string): void {
    this.onmessage?.({ data: text } as never);
  }

  /** Ends the connection with a close code; 1006 is a lost connection. */
  end(code = 1006, reason = ""): void {
    this.readyState = 3;
    this.onclose?.({ code, reason } as never);
  }

  #send(frame: wire.ServerFrame): void {
    this.text(JSON.stringify(frame));
  }
}

/** The `online` and `offline` events of the device. */
class Network extends EventTarget {
  online = true;

  set(online: boolean): void {
    this.online = online;
    this.dispatchEvent(new Event(online ? "online" : "offline"));
  }
}

/** A fake server for one client. */
export class FakeServer {
  readonly clock = new ManualClock();
  readonly network = new Network();
  readonly links: FakeConnection[] = [];
  /** The number of tokens that `getToken` has returned. */
  tokens = 0;
  /** The result of `random`. */
  random = 0.5;
  #uuids = 0;
  #waiting: ((link: FakeConnection) => void)[] = [];
  #accepted = 0;

  client(options: Partial<ClientOptions> = {}): Client {
    const server = this;
    return new Client({
      url: "ws://test/v1/ws",
      getToken: async () => `token-${++this.tokens}`,
      clock: this.clock,
      random: () => this.random,
      uuid: () => `uuid-${++this.#uuids}`,
      fetch: null,
      networkEventTarget: this.network,
      isOnline: () => this.network.online,
      webSocket: class extends FakeConnection {
        constructor(url: string, protocols: string[]) {
          super(url, protocols);
          server.links.push(this);
          const waiting = server.#waiting.shift();
          if (waiting) waiting(this);
        }
      },
      ...options,
    });
  }

  /** The next connection the client opens, not yet open. */
  async dialled(): Promise<FakeConnection> {
    const link = this.links[this.#accepted++];
    return link ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next connection, open, with its hello. */
  async hello(): Promise<{ link: FakeConnection; hello: ReceivedRequest<"hello"> }> {
    const link = await this.dialled();
    link.open();
    return { link, hello: await link.next("hello") };
  }

  /** The next connection, accepted with `Welcome`. */
  async welcome(welcome: wire.Welcome = {}): Promise<{ link: FakeConnection; hello: ReceivedRequest<"hello"> }> {
    const { link, hello } = await this.hello();
    link.reply(hello, { welcome: { me, heartbeatMs: 25_000, ...welcome } });
    return { link, hello };
  }

  /** A connected client that has loaded the given conversations. */
  async connected(
    conversations: wire.Conversation[],
    options: Partial<ClientOptions> = {},
  ): Promise<{ client: Client; link: FakeConnection }> {
    const client = this.client(options);
    client.connect();
    const { link } = await this.welcome();
    const list = await link.next("listConversations");
    link.reply(list, { conversationPage: { conversations, epoch: "epoch-1", inboxVersion: 3 } });
    await client.ready();
    return { client, link };
  }
}

/** The connected user. */
export const me: wire.User = { id: "lea", externalId: "lea", name: "Léa Martin" };
export const tom: wire.User = { id: "tom", externalId: "tom", name: "Tom Petit" };

/** A direct conversation of `me` and `tom` after some messages. */
export function conversation(id: string, messages = 0, more: wire.Conversation = {}): wire.Conversation {
  return {
    id,
    kind: "CONVERSATION_KIND_DIRECT",
    state: "CONVERSATION_STATE_OPEN",
    version: messages,
    lastSeq: messages,
    members: [{ user: me }, { user: tom }],
    memberCount: 2,
    activeAt: "2026-11-20T10:00:00Z",
    capabilities: ["CAPABILITY_SEND"],
    ...(messages > 0 && { lastMessage: message(id, messages) }),
    ...more,
  };
}

/** A message of `tom`. Its version is its seq unless `more` has another. */
export function message(conversationId: string, seq: number, more: wire.Message = {}): wire.Message {
  return {
    id: `${conversationId}-${seq}`,
    conversationId,
    seq,
    version: seq,
    authorId: "tom",
    clientId: `client-${seq}`,
    text: `text ${seq}`,
    sentAt: "2026-11-20T10:00:00Z",
    ...more,
  };
}
