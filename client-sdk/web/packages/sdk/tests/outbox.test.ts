import { IDBFactory } from "fake-indexeddb";
import { expect, test } from "vitest";
import { indexedDbOutbox } from "../src/cache.js";
import { type Client, localStorageOutbox, type OutboxStore, type StoredMessage } from "../src/index.js";
import { settled } from "./harness/clock.js";
import { conversation, FakeServer, message } from "./harness/fake-server.js";
import { memoryStorage } from "./harness/storage.js";

function statuses(client: Client, id = "c1"): string[] {
  return client.history(id).outgoing.map(({ text, status }) => `${text} ${status}`);
}

/** A message of the connected user as the server has it. */
function own(seq: number, clientId: string, text: string) {
  return message("c1", seq, { authorId: "lea", clientId, text });
}

test("a message appears at once, is sent, and becomes part of the conversation", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  await settled();
  const outgoing = client.send("c1", "hello");
  expect(outgoing.status).toBe("sending");
  expect(statuses(client)).toEqual(["hello sending"]);
  const send = await link.next("sendMessage");
  expect(send.body).toEqual({ conversationId: "c1", clientId: outgoing.clientId, text: "hello" });
  link.reply(send, { messageSent: { message: own(1, outgoing.clientId, "hello") } });
  await settled();
  expect(statuses(client)).toEqual(["hello sent"]);
  link.event({ messageSent: { message: own(1, outgoing.clientId, "hello") } });
  expect(statuses(client)).toEqual([]);
  expect(client.conversation("c1")?.lastMessage?.text).toBe("hello");
});

test("the event of a message may arrive before the reply", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  await settled();
  const { clientId } = client.send("c1", "hello");
  const send = await link.next("sendMessage");
  link.event({ messageSent: { message: own(1, clientId, "hello") } });
  expect(statuses(client)).toEqual([]);
  link.reply(send, { messageSent: { message: own(1, clientId, "hello") } });
  await settled();
  expect(statuses(client)).toEqual([]);
});

test("messages of a conversation are sent one after the other; conversations do not wait for each other", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1"), conversation("c2")]);
  await settled();
  const first = client.send("c1", "one");
  client.send("c1", "two");
  client.send("c2", "other");
  const one = await link.next("sendMessage");
  expect(one.body.text).toBe("one");
  expect((await link.next("sendMessage")).body.text).toBe("other");
  await settled();
  expect(link.received("sendMessage")).toBe(false);
  link.reply(one, { messageSent: { message: own(1, first.clientId, "one") } });
  expect((await link.next("sendMessage")).body.text).toBe("two");
});

test("messages without a reply are sent again after a reconnection, with the same client id and in order", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  await settled();
  const first = client.send("c1", "one");
  await link.next("sendMessage");
  link.end();
  const second = client.send("c1", "two");
  await server.clock.advance(2_000);
  const { link: next } = await server.welcome({ resumed: { epoch: "epoch-1", inboxVersion: 3 } });
  const again = await next.next("sendMessage");
  expect(again.body).toEqual({ conversationId: "c1", clientId: first.clientId, text: "one" });
  next.reply(again, { messageSent: { message: own(1, first.clientId, "one") } });
  expect((await next.next("sendMessage")).body.clientId).toBe(second.clientId);
});

test("a message that the server stored although the reply was lost is shown once", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  await settled();
  const { clientId } = client.send("c1", "one");
  await link.next("sendMessage");
  link.end();
  await server.clock.advance(2_000);
  await server.welcome({
    resumed: {
      epoch: "epoch-1",
      inboxVersion: 3,
      changes: [{ conversation: conversation("c1", 1), messages: [own(1, clientId, "one")] }],
    },
  });
  await settled();
  expect(statuses(client)).toEqual([]);
});

test("after a temporary error a message is sent again, not before the time that the server names", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  await settled();
  client.send("c1", "one");
  link.refuse(await link.next("sendMessage"), { code: 103, name: "rate_limited", temporary: true, retryAfterMs: 5_000 });
  await server.clock.advance(4_999);
  expect(link.received("sendMessage")).toBe(false);
  expect(statuses(client)).toEqual(["one sending"]);
  await server.clock.advance(1);
  expect(link.received("sendMessage")).toBe(true);
});

test("after a permanent error a message is failed and can be retried or discarded; the next one is sent", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  await settled();
  const { clientId } = client.send("c1", "one");
  const other = client.send("c1", "two");
  link.refuse(await link.next("sendMessage"), { code: 254, name: "closed" });
  const second = await link.next("sendMessage");
  expect(second.body.text).toBe("two");
  expect(statuses(client)).toEqual(["one failed", "two sending"]);
  expect(client.history("c1").outgoing[0]?.error).toMatchObject({ name: "closed", temporary: false });
  link.reply(second, { messageSent: { message: own(1, other.clientId, "two") } });
  client.retry(clientId);
  const retried = await link.next("sendMessage");
  expect(retried.body.clientId).toBe(clientId);
  link.refuse(retried, { code: 254, name: "closed" });
  await settled();
  client.discard(clientId);
  expect(statuses(client)).toEqual(["two sent"]);
});

test("a message without a reply when the server closes for good waits for the next connection", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  await settled();
  const { clientId } = client.send("c1", "one");
  await link.next("sendMessage");
  link.end(4503, "revoked");
  await settled();
  expect(statuses(client)).toEqual(["one sending"]);
  client.connect();
  await server.clock.advance(30_000);
  const { link: next } = await server.welcome({ resumed: { epoch: "epoch-1", inboxVersion: 3 } });
  expect((await next.next("sendMessage")).body.clientId).toBe(clientId);
});

const stores: [string, () => (user: string) => OutboxStore][] = [
  [
    "localStorage",
    () => {
      const storage = memoryStorage();
      return (user) => localStorageOutbox(user, storage);
    },
  ],
  [
    "IndexedDB",
    () => {
      const factory = new IDBFactory();
      return (user) => indexedDbOutbox(user, factory);
    },
  ],
];

test.each(stores)("unsent messages survive a reload in %s, in order, for each user separately", async (_name, place) => {
  const open = place();
  const server = new FakeServer();
  const before = server.client({ outboxStore: open("lea") });
  before.send("c1", "one");
  await server.clock.advance(5);
  before.send("c1", "two");
  server.client({ outboxStore: open("tom") }).send("c1", "of another user");
  await server.clock.advance(5);

  const reloaded = new FakeServer();
  const { client, link } = await reloaded.connected([conversation("c1")], { outboxStore: open("lea") });
  const first = await link.next("sendMessage");
  expect(first.body).toMatchObject({ clientId: "uuid-1", text: "one" });
  link.reply(first, { messageSent: { message: own(1, "uuid-1", "one") } });
  const second = await link.next("sendMessage");
  expect(second.body).toMatchObject({ clientId: "uuid-2", text: "two" });
  link.reply(second, { messageSent: { message: own(2, "uuid-2", "two") } });
  await reloaded.clock.advance(5);
  client.disconnect();
  expect(await open("lea").load()).toEqual([]);
  expect(await open("tom").load()).toHaveLength(1);
});

test("a database that could not be opened, or was closed by the browser, is opened again", async () => {
  const factory = new IDBFactory();
  const databases: IDBDatabase[] = [];
  let isForbidden = true;
  const open: IDBFactory["open"] = (name, version) => {
    if (isForbidden) throw new Error("forbidden");
    const request = factory.open(name, version);
    request.addEventListener("success", () => databases.push(request.result));
    return request;
  };
  const store = indexedDbOutbox("lea", { open } as IDBFactory);
  await expect(store.load()).rejects.toThrow("forbidden");
  isForbidden = false;
  expect(await store.load()).toEqual([]);
  databases[0]?.close();
  await expect(store.load()).rejects.toThrow();
  expect(await store.load()).toEqual([]);
});

test("when the store can't be written, messages are still sent", async () => {
  const server = new FakeServer();
  const full: OutboxStore = {
    load: () => Promise.reject(new Error("no storage")),
    put: () => Promise.reject(new Error("full")),
    remove: () => Promise.reject(new Error("full")),
  };
  const client = server.client({ outboxStore: full });
  const errors: string[] = [];
  client.on("error", ({ message: text }) => errors.push(text));
  client.connect();
  const { link } = await server.welcome();
  client.send("c1", "one");
  expect((await link.next("sendMessage")).body.text).toBe("one");
  expect(errors).toEqual(["no storage", "full"]);
});

test("messages keep their order over a reload, also within a millisecond and after the clock was set back", async () => {
  const stored = new Map<string, StoredMessage>();
  const reversing: OutboxStore = {
    load: async () => [...stored.values()].reverse(),
    put: async (record) => void stored.set(record.clientId, record),
    remove: async (clientId) => void stored.delete(clientId),
  };
  const server = new FakeServer();
  const before = server.client({ outboxStore: reversing });
  before.send("c1", "one");
  before.send("c1", "two");
  server.clock.ahead = -60_000;
  before.send("c1", "three");
  await settled();

  const after = new FakeServer().client({ outboxStore: reversing });
  after.connect();
  await settled();
  expect(statuses(after)).toEqual(["one sending", "two sending", "three sending"]);
});
