// The other end of the client's sockets, played by the test: it sees requests and says what to answer.
import { Client, type ClientOptions, type SocketLike } from "../../src/sdk/index.js";
import type * as wire from "../../src/sdk/wire.gen.js";
import { ManualClock } from "./clock.js";

type Command = Exclude<keyof wire.Request, "id">;
/** A request of one command, with the body filled in. */
export type Asked<Name extends Command> = { id: number; body: NonNullable<wire.Request[Name]> };

/** One connection, seen from the server. */
export class Link implements SocketLike {
  readyState = 0;
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  onerror: SocketLike["onerror"] = null;
  /** Requests that no test asked for yet. */
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
  async next<Name extends Command>(name: Name): Promise<Asked<Name>> {
    const at = this.unread.findIndex((request) => name in request);
    const request =
      at >= 0
        ? (this.unread.splice(at, 1)[0] as wire.Request)
        : await new Promise<wire.Request>((resolve) => this.#waiting.push({ name, resolve }));
    return { id: request.id ?? 0, body: request[name] as Asked<Name>["body"] };
  }

  /** Whether such a request came that was not asked for. */
  asked(name: Command): boolean {
    return this.unread.some((request) => name in request);
  }

  reply(to: { id: number }, result: Omit<wire.Reply, "id">): void {
    this.#say({ reply: { id: to.id, ...result } });
  }

  refuse(to: { id: number }, error: wire.Error): void {
    this.reply(to, { error });
  }

  event(event: wire.Event): void {
    this.#say({ event });
  }

  /** Any text as a frame. */
  text(text: string): void {
    this.onmessage?.({ data: text } as never);
  }

  /** The connection ends, from the server or on its own (1006). */
  end(code = 1006, reason = ""): void {
    this.readyState = 3;
    this.onclose?.({ code, reason } as never);
  }

  #say(frame: wire.ServerFrame): void {
    this.text(JSON.stringify(frame));
  }
}

/** Events of the network. */
class Network extends EventTarget {
  online = true;

  set(online: boolean): void {
    this.online = online;
    this.dispatchEvent(new Event(online ? "online" : "offline"));
  }
}

/** A server for one client. */
export class Peer {
  readonly clock = new ManualClock();
  readonly network = new Network();
  readonly links: Link[] = [];
  /** Tokens given out. */
  tokens = 0;
  /** What `random` gives. */
  random = 0.5;
  #uuids = 0;
  #waiting: ((link: Link) => void)[] = [];
  #accepted = 0;

  client(options: Partial<ClientOptions> = {}): Client {
    const peer = this;
    return new Client({
      url: "ws://test/v1/ws",
      getToken: async () => `token-${++this.tokens}`,
      clock: this.clock,
      random: () => this.random,
      uuid: () => `uuid-${++this.#uuids}`,
      fetch: null,
      networkEventTarget: this.network,
      isOnline: () => this.network.online,
      webSocket: class extends Link {
        constructor(url: string, protocols: string[]) {
          super(url, protocols);
          peer.links.push(this);
          const waiting = peer.#waiting.shift();
          if (waiting) waiting(this);
        }
      },
      ...options,
    });
  }

  /** The next connection the client opens, not yet open. */
  async dialled(): Promise<Link> {
    const link = this.links[this.#accepted++];
    return link ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next connection, open, with its hello. */
  async hello(): Promise<{ link: Link; hello: Asked<"hello"> }> {
    const link = await this.dialled();
    link.open();
    return { link, hello: await link.next("hello") };
  }

  /** The next connection, welcomed. */
  async welcome(welcome: wire.Welcome = {}): Promise<{ link: Link; hello: Asked<"hello"> }> {
    const { link, hello } = await this.hello();
    link.reply(hello, { welcome: { me, heartbeatMs: 25_000, ...welcome } });
    return { link, hello };
  }

  /** A client that is connected and has the given conversations. */
  async connected(
    conversations: wire.Conversation[],
    options: Partial<ClientOptions> = {},
  ): Promise<{ client: Client; link: Link }> {
    const client = this.client(options);
    client.connect();
    const { link } = await this.welcome();
    const list = await link.next("listConversations");
    link.reply(list, { conversationPage: { conversations, epoch: "epoch-1", inboxVersion: 3 } });
    await client.ready();
    return { client, link };
  }
}

/** Who is connected. */
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

/** A message of `tom`, whose version is its seq unless told otherwise. */
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
