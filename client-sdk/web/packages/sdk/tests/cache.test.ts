// The cache in IndexedDB: a page that starts without a connection, and resumes from what an earlier page has stored.
import { IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { afterEach, expect, test, vi } from "vitest";
import { type CacheLimits, indexedDbCache } from "../src/cache.js";
import type { Client, ClientOptions } from "../src/index.js";
import type * as wire from "../src/wire.gen.js";
import { settled } from "./harness/clock.js";
import { conversation, type FakeConnection, FakeServer, message } from "./harness/fake-server.js";

afterEach(() => void vi.restoreAllMocks());

/** One browser, with the pages that a user opens in it. */
class Browser {
  readonly factory = new IDBFactory();

  constructor(
    readonly user = "lea",
    readonly limits: CacheLimits = {},
  ) {}

  cache() {
    return indexedDbCache(this.user, this.limits, this.factory);
  }

  /** A page that is not connected. Its client has what was stored. */
  async page(options: Partial<ClientOptions> = {}) {
    const server = new FakeServer();
    const cache = this.cache();
    const client = server.client({ cache, ...options });
    const errors: string[] = [];
    client.on("error", ({ message: text }) => errors.push(text));
    await turns();
    return { server, client, cache, errors };
  }

  /** A page that is connected and has loaded the given conversations. */
  async connected(conversations: wire.Conversation[]) {
    const page = await this.page();
    page.client.connect();
    const { link } = await page.server.welcome();
    link.reply(await link.next("listConversations"), {
      conversationPage: { conversations, epoch: "epoch-1", inboxVersion: 3 },
    });
    await page.client.ready();
    await settled();
    return { ...page, link };
  }
}

/** Lets the database take its turns. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await settled();
}

/** Waits until the state of a page is stored. */
async function stored({ server }: { server: FakeServer }): Promise<void> {
  await server.clock.advance(1_000);
  await turns();
}

/** Waits until the state of a page is stored, and closes the page. */
async function leave(page: { server: FakeServer; client: Client }): Promise<void> {
  await stored(page);
  page.client.disconnect();
}

async function loadHistory(client: Client, link: FakeConnection, id: string, last: number, version = last): Promise<void> {
  const loading = client.history(id).loadNewest();
  const messages = Array.from({ length: last }, (_, index) => message(id, index + 1));
  link.reply(await link.next("getHistory"), { messagePage: { messages, version } });
  await loading;
}

function texts(client: Client, id = "c1"): string[] {
  return client.history(id).messages.map(({ text }) => text);
}

test("a page without a connection shows what was stored, and resumes from there without holes or doubles", async () => {
  const browser = new Browser();
  const before = await browser.connected([conversation("c1", 2), conversation("c2", 1)]);
  await loadHistory(before.client, before.link, "c1", 2);
  before.link.event({ messageSent: { message: message("c1", 3) } });
  before.link.event({ readStateChanged: { readState: { conversationId: "c1", readSeq: 2, unread: 1 }, totalUnread: 4 } });
  before.link.event({ capabilitiesChanged: { conversationId: "c2", capabilities: ["CAPABILITY_LEAVE"] } });
  await leave(before);

  const { server, client, errors } = await browser.page();
  const reported: string[] = [];
  client.on("message", ({ message: { text } }) => reported.push(text));
  expect(client.conversationsLoaded).toBe(true);
  expect(client.conversations).toEqual(before.client.conversations);
  expect(client.conversation("c2")?.capabilities).toEqual(new Set(["leave"]));
  expect(texts(client)).toEqual(["text 1", "text 2", "text 3"]);
  expect(client.history("c2").loaded).toBe(false);
  expect([client.totalUnread, client.me?.id, client.user("tom")?.name]).toEqual([4, "lea", "Tom Petit"]);

  client.connect();
  const held = [
    { conversationId: "c2", version: 1 },
    { conversationId: "c1", version: 3 },
  ];
  const changes = [{ conversation: conversation("c1", 5), messages: [message("c1", 4), message("c1", 5)] }];
  const { link, hello } = await server.welcome({ resumed: { epoch: "epoch-1", inboxVersion: 3, changes, totalUnread: 6 } });
  expect(hello.body.resume).toEqual({ epoch: "epoch-1", inboxVersion: 3, held });
  expect(texts(client)).toEqual(["text 1", "text 2", "text 3", "text 4", "text 5"]);
  expect(reported).toEqual(["text 4", "text 5"]);

  // A conversation that was not stored is found by the list, with the names and capabilities of now.
  const renamed = [{ user: { id: "tom", externalId: "tom", name: "Tom Grand" } }];
  const conversations = [conversation("c3", 7), conversation("c1", 5, { members: renamed })];
  link.reply(await link.next("listConversations"), { conversationPage: { conversations, epoch: "epoch-1", inboxVersion: 3 } });
  await settled();
  expect(client.conversations.map(({ id }) => id).sort()).toEqual(["c1", "c2", "c3"]);
  expect(client.user("tom")?.name).toBe("Tom Grand");
  link.event({ messageSent: { message: message("c1", 5) } });
  link.event({ messageSent: { message: message("c1", 6) } });
  expect(texts(client).at(-1)).toBe("text 6");
  expect(reported).toEqual(["text 4", "text 5", "text 6"]);
  expect([...before.errors, ...errors]).toEqual([]);
});

test("messages that are out of date for the server are unloaded, and loaded again only where they are shown", async () => {
  const browser = new Browser();
  const before = await browser.connected([conversation("c1", 2), conversation("c2", 2)]);
  for (const id of ["c1", "c2"]) await loadHistory(before.client, before.link, id, 2);
  await leave(before);
  const { server, client } = await browser.page();
  expect(texts(client, "c1")).toHaveLength(2);
  client.connect();
  const changes = ["c1", "c2"].map((id) => ({ conversation: conversation(id, 900), reload: true }));
  const { link } = await server.welcome({ resumed: { epoch: "epoch-2", inboxVersion: 9, changes } });
  expect((await link.next("getHistory")).body.conversationId).toBe("c1");
  await settled();
  expect(link.received("getHistory")).toBe(false);
  expect([client.history("c1").loaded, client.history("c2").loaded]).toEqual([false, false]);
});

test("only so much is stored as the limits say", async () => {
  const browser = new Browser("lea", { conversationsMax: 2, historiesMax: 1, messagesMax: 3 });
  const hour = (hours: number): wire.Conversation => ({ activeAt: `2026-11-20T0${hours}:00:00Z` });
  const before = await browser.connected([
    conversation("c1", 5, hour(3)),
    conversation("c2", 5, hour(2)),
    conversation("c3", 5, hour(1)),
  ]);
  for (const id of ["c1", "c2", "c3"]) await loadHistory(before.client, before.link, id, 5);
  await leave(before);
  const { client } = await browser.page();
  expect(client.conversations.map(({ id }) => id)).toEqual(["c1", "c2"]);
  expect(client.hasMoreConversations).toBe(true);
  expect(texts(client)).toEqual(["text 3", "text 4", "text 5"]);
  expect([client.history("c1").moreBefore, client.history("c1").moreAfter]).toEqual([true, false]);
  expect(client.history("c2").loaded).toBe(false);
});

test("long messages are stored up to 64 Ki characters", async () => {
  const browser = new Browser();
  const before = await browser.connected([conversation("c1", 6)]);
  const loading = before.client.history("c1").loadNewest();
  const messages = Array.from({ length: 6 }, (_, index) => message("c1", index + 1, { text: "x".repeat(16_000) }));
  before.link.reply(await before.link.next("getHistory"), { messagePage: { messages, version: 6 } });
  await loading;
  await leave(before);
  const { client } = await browser.page();
  expect(client.history("c1").messages.map(({ seq }) => seq)).toEqual([3, 4, 5, 6]);
});

test("messages are not stored while changes of them are being requested, or while an older part is shown", async () => {
  const browser = new Browser();
  const before = await browser.connected([conversation("c1", 2), conversation("c2", 9)]);
  // The server read the page before an edit that has arrived already.
  const loading = before.client.history("c1").loadNewest();
  const request = await before.link.next("getHistory");
  before.link.event({ messageEdited: { message: message("c1", 1, { version: 3, text: "edited" }) } });
  before.link.reply(request, { messagePage: { messages: [message("c1", 1), message("c1", 2)], version: 2 } });
  const older = before.client.history("c2").loadAround(2);
  const range = await before.link.next("getHistory");
  before.link.reply(range, { messagePage: { messages: [message("c2", 1), message("c2", 2)], moreAfter: true, version: 9 } });
  await older;
  await stored(before);
  const between = await browser.page();
  expect(between.client.conversation("c1")?.version).toBe(3);
  expect(between.client.history("c1").loaded).toBe(false);
  expect(between.client.history("c2").loaded).toBe(false);

  const changed = {
    conversation: conversation("c1", 2, { version: 3 }),
    messages: [message("c1", 1, { version: 3, text: "edited" })],
  };
  before.link.reply(await before.link.next("getChanges"), { changes: changed });
  await loading;
  await leave(before);
  expect(texts((await browser.page()).client)).toEqual(["edited", "text 2"]);
});

test("clear removes everything, in every tab, and nothing is stored afterwards", async () => {
  const browser = new Browser();
  const first = await browser.connected([conversation("c1", 2)]);
  const second = await browser.connected([conversation("c1", 2)]);
  await leave(first);
  await first.cache.clear();
  second.link.event({ messageSent: { message: message("c1", 3) } });
  await leave(second);
  expect((await browser.page()).client.conversations).toEqual([]);
  await new Browser().cache().clear();
});

test("each user has a cache of their own, and the state of another user is dropped", async () => {
  const browser = new Browser();
  const before = await browser.connected([conversation("c1", 2)]);
  await leave(before);
  expect((await new Browser("tom").page()).client.conversations).toEqual([]);
  const tom = indexedDbCache("tom", {}, browser.factory);
  expect((await browser.page({ cache: tom })).client.conversations).toEqual([]);

  const { server, client } = await browser.page();
  expect(client.conversations).toHaveLength(1);
  client.connect();
  const other = { id: "mia", externalId: "mia", name: "Mia" };
  const { link } = await server.welcome({ me: other, resumed: { epoch: "epoch-1", inboxVersion: 1 } });
  await settled();
  expect(client.conversations).toEqual([]);
  link.reply(await link.next("listConversations"), { conversationPage: { conversations: [conversation("c9")] } });
  await settled();
  expect(client.conversations.map(({ id }) => id)).toEqual(["c9"]);
});

test("what is stored is the state of one tab, also when two tabs write", async () => {
  const browser = new Browser();
  const first = await browser.connected([conversation("c1", 1), conversation("c2", 1)]);
  const second = await browser.connected([conversation("c1", 1)]);
  await stored(first);
  await stored(second);
  expect((await browser.page()).client.conversations.map(({ id }) => id)).toEqual(["c1"]);
  first.link.event({ messageSent: { message: message("c2", 2) } });
  await leave(first);
  const { client } = await browser.page();
  expect(client.conversations.map(({ id, version }) => `${id} ${version}`).sort()).toEqual(["c1 1", "c2 2"]);
});

test.each<[string, () => Partial<IDBFactory>]>([
  [
    "is forbidden",
    () => ({
      open: () => {
        throw new Error("forbidden");
      },
    }),
  ],
  ["does not answer", () => ({ open: () => ({}) as IDBOpenDBRequest })],
])("where storage %s, the client works without it", async (what, factory) => {
  const server = new FakeServer();
  const client = server.client({ cache: indexedDbCache("lea", {}, factory() as IDBFactory) });
  const errors: string[] = [];
  client.on("error", ({ message: text }) => errors.push(text));
  client.connect();
  await settled();
  await server.clock.advance(2_000);
  const { link, hello } = await server.welcome();
  expect(hello.body.resume).toBeUndefined();
  link.reply(await link.next("listConversations"), { conversationPage: { conversations: [conversation("c1")], epoch: "e" } });
  await settled();
  expect(client.conversations).toHaveLength(1);
  await server.clock.advance(1_000);
  await settled();
  expect(new Set(errors)).toEqual(new Set(what === "is forbidden" ? ["forbidden"] : []));
});

test("a stored row that can't be read does not keep the client from connecting and loading the list", async () => {
  const browser = new Browser();
  await leave(await browser.connected([conversation("c1", 1), conversation("c2", 1)]));
  const put = browser.factory.open("causerie-cache/lea");
  await turns();
  put.result.transaction("conversations", "readwrite").objectStore("conversations").put({ id: "c2" });
  put.result.close();
  await turns();
  const { server, client, errors } = await browser.page();
  expect(errors).toHaveLength(1);
  client.connect();
  const { link, hello } = await server.welcome();
  expect(hello.body.resume).toBeUndefined();
  link.reply(await link.next("listConversations"), {
    conversationPage: { conversations: [conversation("c2", 1)], epoch: "e" },
  });
  await settled();
  expect(client.conversation("c2")?.version).toBe(1);
});

test("when the storage is full, the stored state stays, the error is reported, and a later write succeeds", async () => {
  const browser = new Browser();
  const page = await browser.connected([conversation("c1", 1)]);
  await stored(page);
  expect(page.errors).toEqual([]);
  let isAborted = false;
  const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: { transaction: IDBTransaction }) {
    if (!isAborted) this.transaction.abort();
    isAborted = true;
    return {} as never;
  });
  page.link.event({ messageSent: { message: message("c1", 2) } });
  await stored(page);
  put.mockRestore();
  expect(page.errors).toHaveLength(1);
  expect((await browser.page()).client.conversation("c1")?.version).toBe(1);
  await page.server.clock.advance(60_000);
  await turns();
  expect((await browser.page()).client.conversation("c1")?.version).toBe(2);
});
