// A property returns the same object until it changes, so that `===` and `useSyncExternalStore` of React work.
import { expect, test } from "vitest";
import { type Client, History } from "../src/index.js";
import { settled } from "./harness/clock.js";
import { conversation, type FakeConnection, FakeServer, me, message, tom } from "./harness/fake-server.js";

/** The values of all getters of an object. */
function gettersOf(of: object): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(of)))
    .filter(([, { get }]) => get)
    .map(([name]) => name);
}

/** All that can be read from a client without a request. */
function readAll(client: Client, ids: readonly string[]): Map<string, unknown> {
  const read = new Map<string, unknown>();
  const note = (name: string, of: object): void => {
    for (const getter of gettersOf(of)) read.set(`${name}.${getter}`, (of as Record<string, unknown>)[getter]);
  };
  note("client", client);
  for (const id of ids) {
    read.set(`conversation(${id})`, client.conversation(id));
    read.set(`typing(${id})`, client.typing(id));
    read.set(`history(${id})`, client.history(id));
    note(`history(${id})`, client.history(id));
  }
  for (const id of ["lea", "tom", "nobody"]) {
    read.set(`presence(${id})`, client.presence(id));
    read.set(`user(${id})`, client.user(id));
    read.set(`isHidden(${id})`, client.isHidden(id));
  }
  return read;
}

const ids = ["c1", "c2", "nowhere"];

function expectSame(client: Client, before = readAll(client, ids)): void {
  const after = readAll(client, ids);
  for (const [name, value] of before) expect(Object.is(value, after.get(name)), name).toBe(true);
}

/** A client with messages, outgoing messages, typing notices and presences. */
async function busy(): Promise<{ server: FakeServer; client: Client; link: FakeConnection }> {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 2), conversation("c2", 1)]);
  const loading = client.history("c1").loadNewest();
  link.reply(await link.next("getHistory"), { messagePage: { messages: [message("c1", 1), message("c1", 2)], version: 2 } });
  await loading;
  const { clientId } = client.send("c1", "shown already");
  client.send("c1", "not yet");
  await link.next("sendMessage");
  // The event arrives before the reply, and a gap defers it.
  link.event({ messageSent: { message: message("c1", 3, { authorId: "lea", clientId }) } });
  link.event({ typing: { conversationId: "c1", userId: "tom", typing: true } });
  client.watchPresence(["tom"]);
  link.reply(await link.next("watchPresence"), { presenceList: { presences: [{ userId: "tom", online: true }] } });
  await settled();
  return { server, client, link };
}

test("every public value is the same object when it is read twice", async () => {
  const { client } = await busy();
  expect(client.history("c1").messages).toHaveLength(3);
  expect(client.history("c1").outgoing).toHaveLength(1);
  expect(client.typing("c1")).toEqual(["tom"]);
  expect(gettersOf(client)).toEqual(expect.arrayContaining(["conversations", "limits", "me", "state", "totalUnread"]));
  expect(gettersOf(client.history("c1"))).toEqual(expect.arrayContaining(["messages", "outgoing"]));
  expect(client.history("c1")).toBeInstanceOf(History);
  expectSame(client);
  expectSame(new FakeServer().client());
});

test("events and replies that repeat the known state change no value", async () => {
  const { client, link } = await busy();
  const before = readAll(client, ids);
  let told = 0;
  for (const event of ["conversations", "history", "presence", "typing", "unread", "state", "message"] as const)
    client.on(event, () => told++);
  link.event({ readStateChanged: { readState: { conversationId: "c1" }, totalUnread: 0 } });
  link.event({ capabilitiesChanged: { conversationId: "c1", capabilities: ["CAPABILITY_SEND"] } });
  link.event({ memberRead: { conversationId: "c1", userId: "tom", readSeq: 0 } });
  link.event({ presenceChanged: { userId: "tom", online: true } });
  link.event({ typing: { conversationId: "c1", userId: "tom", typing: true } });
  link.event({ messageSent: { message: message("c1", 3) } });
  const asking = client.getUsers(["tom"]);
  link.reply(await link.next("getUsers"), { userList: { users: [tom] } });
  await asking;
  expectSame(client, before);
  expect(told).toBe(0);
});

test("a reconnection without news changes only the state", async () => {
  const { server, client, link } = await busy();
  link.event({ typing: { conversationId: "c1", userId: "tom", typing: false } });
  const before = readAll(client, ids);
  before.delete("client.state");
  link.end();
  for (const links = server.links.length; server.links.length === links; ) await server.clock.advance(100);
  await server.welcome({ me, resumed: { epoch: "epoch-1", inboxVersion: 3 } });
  await client.ready();
  expectSame(client, before);
});
