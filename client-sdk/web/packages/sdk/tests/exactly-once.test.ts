// Against a server whose events, replies and losses come in a random order, the client reports each message once.
import { expect, test } from "vitest";
import type { Client } from "../src/index.js";
import type * as wire from "../src/wire.gen.js";
import { settled } from "./harness/clock.js";
import { conversation, type FakeConnection, FakeServer, me, message } from "./harness/fake-server.js";

/** A source of pseudo-random numbers, the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A conversation on the server. */
class Room {
  version = 0;
  readonly messages: wire.Message[] = [];
  joinedAt = 0;

  constructor(readonly id: string) {}

  send(): wire.Message {
    const seq = this.messages.length + 1;
    const sent = message(this.id, seq, { version: ++this.version });
    this.messages.push(sent);
    return sent;
  }

  /** The conversation at a version, without later messages. */
  now(): wire.Conversation {
    const lastMessage = this.messages.at(-1);
    return conversation(this.id, 0, {
      version: this.version,
      lastSeq: this.messages.length,
      readState: { conversationId: this.id, readSeq: this.joinedAt, unread: this.messages.length - this.joinedAt },
      ...(lastMessage && { lastMessage }),
    });
  }

  since(version: number): wire.Message[] {
    return this.messages.filter((each) => (each.version ?? 0) > version);
  }
}

class World {
  readonly random: () => number;
  readonly server = new FakeServer();
  readonly rooms = new Map<string, Room>();
  readonly reported = new Map<string, number[]>();
  /** The messages that the client must report. */
  readonly due = new Map<string, number[]>();
  client: Client;
  link!: FakeConnection;
  frames: wire.Event[] = [];
  /** conversationJoined events that have not been delivered. */
  joinings: wire.Event[] = [];
  answers: (() => void)[] = [];
  inboxVersion = 3;
  parted = false;

  constructor(
    seed: number,
    /** Keeps the order of the protocol: conversationJoined comes before the messages after it. */
    readonly ordered: boolean,
  ) {
    this.random = randomFrom(seed);
    this.client = this.server.client();
    this.client.on("message", ({ message: { conversationId, seq } }) => {
      this.reported.set(conversationId, [...(this.reported.get(conversationId) ?? []), seq]);
    });
  }

  chance(of: number): boolean {
    return this.random() < of;
  }

  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.random() * items.length)];
  }

  async start(): Promise<void> {
    const old = new Room("old");
    for (let count = 0; count < 5; count++) old.send();
    old.joinedAt = 2;
    this.rooms.set("old", old);
    this.client.connect();
    this.link = (await this.server.welcome()).link;
    await settled();
    this.serve(this.link.unread.shift() ?? {});
    this.answer();
    await settled();
  }

  emit(event: wire.Event): void {
    if (!this.parted) this.frames.push(event);
    if (this.chance(0.1) && !this.parted) this.frames.push(event);
  }

  /** Another user starts a conversation with this user, perhaps with messages that only conversationJoined contains. */
  begin(): void {
    const room = new Room(`room-${this.rooms.size}`);
    this.rooms.set(room.id, room);
    this.due.set(room.id, []);
    this.inboxVersion++;
    const inboxVersion = this.inboxVersion;
    const unheard = Math.floor(this.random() * 4);
    for (let count = 0; count < unheard; count++) this.due.get(room.id)?.push(room.send().seq ?? 0);
    const joined = (): wire.Event => ({ conversationJoined: { inboxVersion, conversation: room.now() } });
    if (this.ordered) return this.emit(joined());
    // The conversation is read after some messages that have events of their own.
    const overlapping = Math.floor(this.random() * 3);
    for (let count = 0; count < overlapping; count++) this.say(room);
    if (!this.parted) this.joinings.push(joined());
  }

  say(room: Room): void {
    const sent = room.send();
    this.due.set(room.id, [...(this.due.get(room.id) ?? []), sent.seq ?? 0]);
    this.emit({ messageSent: { message: sent } });
  }

  change(room: Room): void {
    room.version++;
    this.emit({ conversationChanged: { conversationId: room.id, version: room.version, subject: `v${room.version}` } });
  }

  resumed({ held = [], inboxVersion = 0 }: wire.Resume): wire.Resumed {
    const versions = new Map(held.map(({ conversationId, version }) => [conversationId, version ?? 0]));
    const changes = [...this.rooms.values()].flatMap((room): wire.Changes[] => {
      const version = versions.get(room.id);
      if (version === undefined) {
        const isNew = room.id !== "old" && inboxVersion < this.inboxVersion;
        return isNew ? [{ conversation: room.now() }] : [];
      }
      return version < room.version ? [{ conversation: room.now(), messages: room.since(version) }] : [];
    });
    return { epoch: "epoch-1", inboxVersion: this.inboxVersion, changes };
  }

  /** Executes a request now; its reply arrives some time later. */
  serve(request: wire.Request): void {
    const { link } = this;
    const answer = (result: Omit<wire.Reply, "id">): void =>
      void this.answers.push(() => {
        if (link === this.link) link.reply({ id: request.id ?? 0 }, result);
      });
    const { listConversations, getConversation, getChanges, getHistory, resume } = request;
    const room = this.rooms.get((getConversation ?? getChanges ?? getHistory)?.conversationId ?? "");
    if (listConversations) {
      const conversations = [...this.rooms.values()].filter(({ id }) => id === "old").map((each) => each.now());
      answer({ conversationPage: { conversations, epoch: "epoch-1", inboxVersion: 3 } });
    } else if (getConversation && room) answer({ conversationFound: { conversation: room.now() } });
    else if (getChanges && room) {
      answer({ changes: { conversation: room.now(), messages: room.since(getChanges.sinceVersion ?? 0) } });
    } else if (getHistory && room) {
      const messages = room.messages.slice(getHistory.afterSeq ?? 0, (getHistory.afterSeq ?? 0) + 2);
      answer({ messagePage: { messages, version: room.version } });
    } else if (resume) {
      this.parted = false;
      answer({ resumed: this.resumed(resume) });
    }
  }

  async reconnect(): Promise<void> {
    this.link.end();
    this.frames = [];
    this.joinings = [];
    this.answers = [];
    this.parted = false;
    for (const links = this.server.links.length; this.server.links.length === links; ) await this.server.clock.advance(100);
    const { link, hello } = await this.server.hello();
    this.link = link;
    const { resume } = hello.body;
    link.reply(hello, {
      welcome: { me, heartbeatMs: 3_600_000, ...(resume ? { resumed: this.resumed(resume) } : {}) },
    });
  }

  async step(): Promise<void> {
    const dice = this.random();
    const request = this.link.unread.shift();
    if (request && this.chance(0.7)) this.serve(request);
    else if (request) this.link.unread.unshift(request);
    const room = this.pick([...this.rooms.values()]);
    if (dice < 0.05 && this.rooms.size < 4) this.begin();
    else if (dice < 0.25 && room) this.say(room);
    else if (dice < 0.3 && room) this.change(room);
    else if (dice < 0.5) this.deliver();
    else if (dice < 0.6) this.join();
    else if (dice < 0.9) this.answer();
    else if (dice < 0.91) this.part();
    else if (dice < 0.92 && !this.joinings.length) await this.reconnect();
    await settled();
  }

  deliver(): void {
    const frame = this.frames.shift();
    if (frame) this.link.event(frame);
  }

  join(): void {
    const frame = this.joinings.shift();
    if (frame) this.link.event(frame);
  }

  answer(): void {
    const index = Math.floor(this.random() * this.answers.length);
    for (const give of this.answers.splice(index, 1)) give();
  }

  /** The client read too slowly: some events are lost, and it receives a gap event. */
  part(): void {
    if (this.parted || this.joinings.length) return;
    this.frames = [{ gap: {} }];
    this.parted = true;
  }

  /** Delivers everything. A last message makes the client notice missing events. */
  async finish(): Promise<void> {
    for (const room of this.rooms.values()) this.say(room);
    for (let quiet = 0; quiet < 3; ) {
      const request = this.link.unread.shift();
      const busy = request || this.frames.length || this.joinings.length || this.answers.length;
      quiet = busy ? 0 : quiet + 1;
      if (request) this.serve(request);
      this.deliver();
      this.join();
      this.answer();
      await settled();
      if (!busy) await this.server.clock.advance(1_000);
    }
  }
}

test.each([
  ["in any order", false],
  ["in the order that the protocol promises", true],
])("each message is reported once when a conversation and its messages come %s", { timeout: 40_000 }, async (_, ordered) => {
  for (let seed = 1; seed <= 600; seed++) {
    const world = new World(seed, ordered);
    await world.start();
    for (let step = 0; step < 80; step++) await world.step();
    await world.finish();
    const sorted = [...world.reported].map(([id, seqs]) => [id, [...seqs].sort((a, b) => a - b)]);
    const due = [...world.due].filter(([, seqs]) => seqs.length);
    expect(new Map(sorted as [string, number[]][]), `seed ${seed}`).toEqual(new Map(due));
    if (ordered) expect(world.reported, `seed ${seed}`).toEqual(new Map(sorted as [string, number[]][]));
    world.client.disconnect();
  }
});

/** The texts of the messages that a client reports. */
function heard(client: Client): string[] {
  const texts: string[] = [];
  client.on("message", ({ message: { text } }) => texts.push(text));
  return texts;
}

test("a first message that arrives before its conversationJoined event is reported once", async () => {
  const { client, link } = await new FakeServer().connected([]);
  await settled();
  const said = heard(client);
  link.event({ messageSent: { message: message("c1", 1) } });
  link.event({ conversationJoined: { inboxVersion: 4, conversation: conversation("c1", 1) } });
  const found = await link.next("getConversation");
  link.event({ messageSent: { message: message("c1", 2) } });
  link.reply(found, { conversationFound: { conversation: conversation("c1", 2) } });
  await settled();
  expect(said).toEqual(["text 1", "text 2"]);
});

test("unread messages that only conversationJoined contains are reported before later messages", async () => {
  const { client, link } = await new FakeServer().connected([]);
  await settled();
  const said = heard(client);
  link.event({ conversationJoined: { inboxVersion: 4, conversation: conversation("c1", 3) } });
  link.event({ messageSent: { message: message("c1", 4) } });
  const asked = await link.next("getHistory");
  expect(asked.body).toEqual({ conversationId: "c1", afterSeq: 0 });
  link.reply(asked, { messagePage: { messages: [1, 2, 3, 4].map((seq) => message("c1", seq)), version: 4 } });
  await settled();
  expect(said).toEqual(["text 1", "text 2", "text 3", "text 4"]);
});

test("the earlier messages of a group are not reported to a user who is added to it", async () => {
  const { client, link } = await new FakeServer().connected([]);
  await settled();
  const said = heard(client);
  const readState = { conversationId: "c1", readSeq: 300 };
  link.event({ conversationJoined: { inboxVersion: 4, conversation: conversation("c1", 300, { readState }) } });
  link.event({ messageSent: { message: message("c1", 301) } });
  await settled();
  expect(said).toEqual(["text 301"]);
  expect(link.received("getHistory")).toBe(false);
});

test.each(["answer", "event"])(
  "the first message of a conversation that the client started is reported once when the %s comes first",
  async (first) => {
    const { client, link } = await new FakeServer().connected([]);
    await settled();
    const said = heard(client);
    const sending = client.sendMail({ to: [{ externalId: "tom" }], text: "text 1" });
    const start = await link.next("startConversation");
    const started = conversation("m", 1, { readState: { conversationId: "m", readSeq: 1 } });
    const steps = [
      () => link.reply(start, { conversationStarted: { conversation: started, created: true } }),
      () => link.event({ conversationJoined: { inboxVersion: 4, conversation: started } }),
    ];
    for (const step of first === "answer" ? steps : steps.reverse()) {
      step();
      await settled();
    }
    await sending;
    expect(said).toEqual(["text 1"]);
  },
);

test("a gap during a resume leads to another resume", async () => {
  const { link } = await new FakeServer().connected([conversation("c1", 2)]);
  await settled();
  link.event({ gap: {} });
  const resume = await link.next("resume");
  link.event({ gap: {} });
  link.reply(resume, { resumed: { epoch: "epoch-1", inboxVersion: 3 } });
  expect((await link.next("resume")).body.held).toEqual([{ conversationId: "c1", version: 2 }]);
});
