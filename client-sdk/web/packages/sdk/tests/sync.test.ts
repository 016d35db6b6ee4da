import { expect, test } from "vitest";
import type { Client } from "../src/index.js";
import { settled } from "./harness/clock.js";
import { conversation, FakeServer, me, message } from "./harness/fake-server.js";

/** The texts of the messages that the client reported, in order. */
function heard(client: Client): string[] {
  const texts: string[] = [];
  client.on("message", ({ message }) => texts.push(message.text));
  return texts;
}

function texts(client: Client, id = "c1"): string[] {
  return client.history(id).messages.map(({ text }) => text);
}

/** Loads the history of a conversation; the server replies with its messages up to `last`. */
async function loaded(peerConnected: Awaited<ReturnType<FakeServer["connected"]>>, last: number, from = 1): Promise<void> {
  const { client, link } = peerConnected;
  const loading = client.history("c1").loadNewest();
  const messages = Array.from({ length: last - from + 1 }, (_, index) => message("c1", from + index));
  link.reply(await link.next("getHistory"), { messagePage: { messages, moreBefore: from > 1, version: last } });
  await loading;
}

test("the list is loaded after connecting, and sorted by activity", async () => {
  const server = new FakeServer();
  const { client } = await server.connected([
    conversation("old", 1, { activeAt: "2026-11-19T10:00:00Z" }),
    conversation("new", 1, { activeAt: "2026-11-20T11:00:00Z" }),
  ]);
  await settled();
  expect(client.conversations.map(({ id }) => id)).toEqual(["new", "old"]);
  expect(client.conversationsLoaded).toBe(true);
  expect(client.hasMoreConversations).toBe(false);
});

test("the list is loaded although the first welcome contains an empty resume", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const { link, hello } = await server.welcome({ resumed: { epoch: "epoch-1", inboxVersion: 3 } });
  expect(hello.body.resume).toBeUndefined();
  const list = await link.next("listConversations");
  link.reply(list, { conversationPage: { conversations: [conversation("c1")], epoch: "epoch-1", inboxVersion: 3 } });
  await settled();
  expect(client.conversationsLoaded).toBe(true);
  expect(client.conversations.map(({ id }) => id)).toEqual(["c1"]);
});

test("the list is loaded page by page", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const { link } = await server.welcome();
  link.reply(await link.next("listConversations"), {
    conversationPage: { conversations: [conversation("a")], nextCursor: "more", epoch: "e" },
  });
  await settled();
  expect(client.hasMoreConversations).toBe(true);
  const more = client.loadMoreConversations();
  const second = await link.next("listConversations");
  expect(second.body.cursor).toBe("more");
  link.reply(second, { conversationPage: { conversations: [conversation("b")] } });
  await more;
  expect(client.conversations).toHaveLength(2);
  expect(client.hasMoreConversations).toBe(false);
});

test("the list starts again when the server refuses the cursor, and contains no conversation twice", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const { link } = await server.welcome();
  const first = [conversation("a"), conversation("b")];
  link.reply(await link.next("listConversations"), {
    conversationPage: { conversations: first, nextCursor: "of an earlier server", epoch: "e" },
  });
  await settled();
  const more = client.loadMoreConversations();
  const refused = await link.next("listConversations");
  expect(refused.body.cursor).toBe("of an earlier server");
  link.refuse(refused, { code: 151, name: "invalid", message: "no", field: "listConversations.cursor" });
  const again = await link.next("listConversations");
  expect(again.body.cursor ?? "").toBe("");
  link.reply(again, { conversationPage: { conversations: first, nextCursor: "second", epoch: "e" } });
  const second = await link.next("listConversations");
  expect(second.body.cursor).toBe("second");
  link.reply(second, { conversationPage: { conversations: [conversation("c")] } });
  await more;
  expect(client.conversations.map(({ id }) => id).sort()).toEqual(["a", "b", "c"]);
  expect(client.hasMoreConversations).toBe(false);
});

test("the list is requested again only once, and only when the cursor was refused", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const { link } = await server.welcome();
  link.reply(await link.next("listConversations"), {
    conversationPage: { conversations: [conversation("a")], nextCursor: "old", epoch: "e" },
  });
  await settled();
  const invalid = { code: 151, name: "invalid", message: "no", field: "listConversations.cursor" } as const;
  const twice = client.loadMoreConversations();
  link.refuse(await link.next("listConversations"), invalid);
  link.refuse(await link.next("listConversations"), invalid);
  await expect(twice).rejects.toMatchObject({ name: "invalid" });
  const other = client.loadMoreConversations();
  link.refuse(await link.next("listConversations"), { code: 202, name: "forbidden", message: "no" });
  await expect(other).rejects.toMatchObject({ name: "forbidden" });
});

test("empty pages are skipped until a page has a conversation or is the last", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const { link } = await server.welcome();
  const empty = async (cursor: string, nextCursor: string) => {
    const asked = await link.next("listConversations");
    expect(asked.body.cursor ?? "").toBe(cursor);
    link.reply(asked, { conversationPage: { conversations: [], nextCursor, epoch: "e" } });
  };
  await empty("", "second");
  await empty("second", "third");
  const asked = await link.next("listConversations");
  link.reply(asked, { conversationPage: { conversations: [conversation("a")], nextCursor: "fourth" } });
  await settled();
  expect(client.conversations).toHaveLength(1);
  const more = client.loadMoreConversations();
  await empty("fourth", "fifth");
  await empty("fifth", "");
  await more;
  expect(client.hasMoreConversations).toBe(false);
});

test("the next version is applied, and older versions are ignored", async () => {
  const server = new FakeServer();
  const connected = await server.connected([conversation("c1", 2)]);
  const { client, link } = connected;
  await loaded(connected, 2);
  const said = heard(client);
  link.event({ messageSent: { message: message("c1", 3, { sentAt: "2026-11-20T12:30:00Z" }) } });
  link.event({ messageSent: { message: message("c1", 3) } });
  link.event({
    messageEdited: { message: message("c1", 1, { version: 4, text: "better", editedAt: "2026-11-20T12:31:00Z" }) },
  });
  link.event({ messageDeleted: { message: message("c1", 3, { version: 5, text: "", deletedAt: "2026-11-20T12:32:00Z" }) } });
  expect(texts(client)).toEqual(["better", "text 2", ""]);
  expect(said).toEqual(["text 3"]);
  const held = client.conversation("c1");
  expect(held).toMatchObject({ version: 5, lastSeq: 3 });
  expect(held?.lastMessage?.deletedAt).toBeInstanceOf(Date);
  expect(held?.activeAt.toISOString()).toBe("2026-11-20T12:30:00.000Z");
});

test("a gap is filled, and later events of that conversation are deferred until then", async () => {
  const server = new FakeServer();
  const connected = await server.connected([conversation("c1", 2), conversation("c2", 0)]);
  const { client, link } = connected;
  await loaded(connected, 2);
  const said = heard(client);
  link.event({ messageSent: { message: message("c1", 5) } });
  link.event({ messageSent: { message: message("c1", 6) } });
  link.event({ messageSent: { message: message("c2", 1, { text: "elsewhere" }) } });
  expect(texts(client)).toEqual(["text 1", "text 2"]);
  const changes = await link.next("getChanges");
  expect(changes.body).toEqual({ conversationId: "c1", sinceVersion: 2 });
  link.reply(changes, {
    changes: { conversation: conversation("c1", 5), messages: [3, 4, 5].map((seq) => message("c1", seq)) },
  });
  await settled();
  expect(texts(client)).toEqual([1, 2, 3, 4, 5, 6].map((seq) => `text ${seq}`));
  expect(said).toEqual(["elsewhere", "text 3", "text 4", "text 5", "text 6"]);
  expect(client.conversation("c1")?.version).toBe(6);
});

test("the request that fills a gap is repeated after a temporary error", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 1)]);
  await settled();
  link.event({ messageSent: { message: message("c1", 3) } });
  link.refuse(await link.next("getChanges"), { code: 101, name: "unavailable", temporary: true, retryAfterMs: 2_000 });
  await server.clock.advance(1_999);
  expect(link.received("getChanges")).toBe(false);
  await server.clock.advance(1);
  link.reply(await link.next("getChanges"), { changes: { conversation: conversation("c1", 3) } });
  await settled();
  expect(client.conversation("c1")?.version).toBe(3);
});

test("a conversation that no longer exists when a gap is filled is unloaded", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 1)]);
  await settled();
  link.event({ messageSent: { message: message("c1", 3) } });
  link.refuse(await link.next("getChanges"), { code: 252, name: "not_a_member" });
  await settled();
  expect(client.conversations).toHaveLength(0);
});

test("a reload unloads the messages and loads them again", async () => {
  const server = new FakeServer();
  const connected = await server.connected([conversation("c1", 2)]);
  const { client, link } = connected;
  await loaded(connected, 2);
  link.event({ messageSent: { message: message("c1", 500) } });
  link.reply(await link.next("getChanges"), { changes: { conversation: conversation("c1", 500), reload: true } });
  const history = await link.next("getHistory");
  expect(client.history("c1").loaded).toBe(false);
  link.reply(history, { messagePage: { messages: [message("c1", 499), message("c1", 500)], moreBefore: true, version: 500 } });
  await settled();
  expect(texts(client)).toEqual(["text 499", "text 500"]);
});

test("after a lost connection the client resumes with all versions it has", async () => {
  const server = new FakeServer();
  const connected = await server.connected([conversation("c1", 2), conversation("c2", 7), conversation("c3", 1)]);
  const { client, link } = connected;
  await loaded(connected, 2);
  const said = heard(client);
  link.end();
  await server.clock.advance(1_000);
  const { link: second, hello } = await server.hello();
  expect(hello.body.resume?.epoch).toBe("epoch-1");
  expect(hello.body.resume?.inboxVersion).toBe(3);
  expect(hello.body.resume?.held).toEqual(
    expect.arrayContaining([
      { conversationId: "c1", version: 2 },
      { conversationId: "c2", version: 7 },
      { conversationId: "c3", version: 1 },
    ]),
  );
  second.reply(hello, {
    welcome: {
      me,
      totalUnread: 4,
      resumed: {
        epoch: "epoch-1",
        inboxVersion: 5,
        changes: [
          { conversation: conversation("c1", 4), messages: [message("c1", 3), message("c1", 4)] },
          { conversation: conversation("c4", 0) },
        ],
        gone: ["c3"],
        readStates: [{ conversationId: "c1", readSeq: 2, unread: 2 }],
        totalUnread: 4,
      },
    },
  });
  await client.ready();
  expect(texts(client)).toEqual(["text 1", "text 2", "text 3", "text 4"]);
  expect(said).toEqual(["text 3", "text 4"]);
  expect(client.conversations.map(({ id }) => id).sort()).toEqual(["c1", "c2", "c4"]);
  expect(client.conversation("c1")?.readState.unread).toBe(2);
  expect(client.totalUnread).toBe(4);
  await settled();
  expect(second.received("listConversations")).toBe(false);
});

test("after a gap event the client resumes and defers events meanwhile", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 2)]);
  await settled();
  const said = heard(client);
  link.event({ gap: {} });
  const resume = await link.next("resume");
  expect(resume.body.held).toEqual([{ conversationId: "c1", version: 2 }]);
  link.event({ messageSent: { message: message("c1", 4) } });
  link.reply(resume, {
    resumed: {
      epoch: "epoch-1",
      inboxVersion: 3,
      changes: [{ conversation: conversation("c1", 3), messages: [message("c1", 3)] }],
    },
  });
  await settled();
  expect(said).toEqual(["text 3", "text 4"]);
  expect(link.received("getChanges")).toBe(false);
});

test("after a change of the epoch the client reloads what the server names, and keeps the new epoch", async () => {
  const server = new FakeServer();
  const connected = await server.connected([conversation("c1", 9)]);
  const { client, link } = connected;
  await loaded(connected, 9);
  link.end();
  await server.clock.advance(1_000);
  const { link: second } = await server.welcome({
    resumed: {
      epoch: "epoch-2",
      inboxVersion: 1,
      changes: [{ conversation: conversation("c1", 4), reload: true }],
      reloadList: true,
    },
  });
  await client.ready();
  const messages = [1, 2, 3, 4].map((seq) => message("c1", seq));
  second.reply(await second.next("getHistory"), { messagePage: { messages, version: 4 } });
  second.reply(await second.next("listConversations"), { conversationPage: { conversations: [conversation("c1", 4)] } });
  await settled();
  expect(texts(client)).toHaveLength(4);
  expect(client.conversation("c1")?.version).toBe(4);
  second.end();
  await server.clock.advance(5_000);
  expect((await server.hello()).hello.body.resume?.epoch).toBe("epoch-2");
});

test("joins and leaves raise the inbox version, and a missed one is detected", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 1)]);
  await settled();
  const said = heard(client);
  link.event({ conversationJoined: { inboxVersion: 4, conversation: conversation("c2", 1) } });
  link.event({ messageSent: { message: message("c2", 1) } });
  expect(said).toEqual(["text 1"]);
  link.event({ conversationLeft: { inboxVersion: 5, conversationId: "c1" } });
  expect(client.conversations.map(({ id }) => id)).toEqual(["c2"]);
  expect(link.received("resume")).toBe(false);
  link.event({ conversationLeft: { inboxVersion: 7, conversationId: "c9" } });
  expect((await link.next("resume")).body.inboxVersion).toBe(5);
});

test("a refusal from before a user left does not remove the conversation that the user joined again", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 1)]);
  await settled();
  link.event({ messageSent: { message: message("c1", 5) } });
  const changes = await link.next("getChanges");
  link.event({ conversationLeft: { inboxVersion: 2, conversationId: "c1" } });
  link.event({ conversationJoined: { inboxVersion: 3, conversation: conversation("c1", 7) } });
  link.refuse(changes, { code: 252, name: "not_a_member" });
  await settled();
  expect(client.conversations.map(({ id }) => id)).toEqual(["c1"]);
});

test("an answer from before a user left does not add the conversation again", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([]);
  await settled();
  link.event({ messageSent: { message: message("c1", 5) } });
  const found = await link.next("getConversation");
  link.event({ conversationLeft: { inboxVersion: 2, conversationId: "c1" } });
  link.reply(found, { conversationFound: { conversation: conversation("c1", 5) } });
  await settled();
  expect(client.conversations).toEqual([]);
});

test("an event of a conversation that is not loaded loads the conversation", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([]);
  await settled();
  const said = heard(client);
  link.event({ messageSent: { message: message("far", 8) } });
  link.event({ messageSent: { message: message("far", 9) } });
  const found = await link.next("getConversation");
  link.reply(found, { conversationFound: { conversation: conversation("far", 8) } });
  await settled();
  expect(said).toEqual(["text 8", "text 9"]);
  expect(client.conversation("far")?.version).toBe(9);
});

test("members, subject and state change by an event; absent fields stay", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([
    conversation("c1", 1, { kind: "CONVERSATION_KIND_GROUP", subject: "before" }),
  ]);
  await settled();
  const zoe = { user: { id: "zoe", name: "Zoé" } };
  link.event({ conversationChanged: { conversationId: "c1", version: 2, membersAdded: [zoe], memberCount: 3 } });
  expect(client.conversation("c1")).toMatchObject({ subject: "before", memberCount: 3, state: "open", version: 2 });
  link.event({
    conversationChanged: { conversationId: "c1", version: 3, membersRemoved: ["tom"], memberCount: 2, subject: "after" },
  });
  expect(client.conversation("c1")?.members.map(({ user }) => user.id)).toEqual(["lea", "zoe"]);
  link.event({ conversationChanged: { conversationId: "c1", version: 4, state: "CONVERSATION_STATE_LOCKED" } });
  link.event({ capabilitiesChanged: { conversationId: "c1", capabilities: ["CAPABILITY_LEAVE"] } });
  expect(client.conversation("c1")).toMatchObject({ subject: "after", memberCount: 2, state: "locked", version: 4 });
  expect([...(client.conversation("c1")?.capabilities ?? [])]).toEqual(["leave"]);
});

test("read states and totals are those of the server; read positions of other members only rise", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 5)]);
  await settled();
  const totals: number[] = [];
  client.on("unread", (total) => totals.push(total));
  link.event({ readStateChanged: { readState: { conversationId: "c1", readSeq: 2, unread: 3 }, totalUnread: 7 } });
  expect(client.conversation("c1")?.readState).toEqual({ readSeq: 2, unread: 3, markedUnread: false });
  expect(totals).toEqual([7]);
  link.event({ memberRead: { conversationId: "c1", userId: "tom", readSeq: 5 } });
  link.event({ memberRead: { conversationId: "c1", userId: "tom", readSeq: 4 } });
  expect(client.conversation("c1")?.members.find(({ user }) => user.id === "tom")?.readSeq).toBe(5);
});

test("markRead sends a command only for unread messages; markUnread marks a conversation", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([
    conversation("c1", 5, { readState: { conversationId: "c1", readSeq: 2, unread: 3 } }),
  ]);
  await settled();
  const marking = client.markRead("c1");
  const mark = await link.next("markRead");
  expect(mark.body).toEqual({ conversationId: "c1", seq: 5 });
  link.reply(mark, { marked: { readState: { conversationId: "c1", readSeq: 5 } } });
  await marking;
  expect(client.conversation("c1")?.readState).toEqual({ readSeq: 5, unread: 0, markedUnread: false });
  await client.markRead("c1");
  expect(link.received("markRead")).toBe(false);
  const unmarking = client.markUnread("c1");
  link.reply(await link.next("markUnread"), {
    marked: { readState: { conversationId: "c1", readSeq: 5, markedUnread: true } },
  });
  await unmarking;
  expect(client.conversation("c1")?.readState.markedUnread).toBe(true);
});

test("history is loaded page by page in both directions", async () => {
  const server = new FakeServer();
  const connected = await server.connected([conversation("c1", 9)]);
  const { client, link } = connected;
  const history = client.history("c1");
  const around = history.loadAround(5, 1);
  const first = await link.next("getHistory");
  expect(first.body).toMatchObject({ conversationId: "c1", afterSeq: 3 });
  link.reply(first, {
    messagePage: { messages: [message("c1", 4), message("c1", 5)], moreBefore: true, moreAfter: true, version: 9 },
  });
  await around;
  const older = history.loadOlder();
  const before = await link.next("getHistory");
  expect(before.body.beforeSeq).toBe(4);
  link.reply(before, { messagePage: { messages: [1, 2, 3].map((seq) => message("c1", seq)), version: 9 } });
  await older;
  expect(history.moreBefore).toBe(false);
  link.event({ messageSent: { message: message("c1", 10) } });
  expect(texts(client)).toHaveLength(5);
  const newer = history.loadNewer();
  const after = await link.next("getHistory");
  expect(after.body.afterSeq).toBe(5);
  link.reply(after, {
    messagePage: { messages: [6, 7, 8, 9, 10].map((seq) => message("c1", seq)), moreBefore: true, version: 10 },
  });
  await newer;
  expect(texts(client)).toEqual(Array.from({ length: 10 }, (_, index) => `text ${index + 1}`));
  expect(history.moreAfter).toBe(false);
});

test.each(["loadOlder", "loadNewer"] as const)(
  "%s does nothing when its message was unloaded while it waited",
  async (load) => {
    const server = new FakeServer();
    const { client, link } = await server.connected([conversation("c1", 9)]);
    const history = client.history("c1");
    const page = async (loading: Promise<void>, from: number, to: number, more = {}) => {
      const messages = Array.from({ length: to - from + 1 }, (_, index) => message("c1", from + index));
      link.reply(await link.next("getHistory"), { messagePage: { messages, version: 9, ...more } });
      await loading;
    };
    await page(history.loadAround(5), 4, 5, { moreBefore: true, moreAfter: true });
    const newest = history.loadNewest();
    const beside = history[load]();
    await page(newest, 8, 9, { moreBefore: true });
    await (load === "loadOlder" ? page(beside, 2, 3, { moreBefore: true }) : page(beside, 6, 7, { moreAfter: true }));
    expect(texts(client)).toEqual(["text 8", "text 9"]);
    expect([history.moreBefore, history.moreAfter]).toEqual([true, false]);
  },
);

test("changes of events that arrived before a page of history are loaded again", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 2)]);
  await settled();
  const loading = client.history("c1").loadNewest();
  const asked = await link.next("getHistory");
  link.event({ messageDeleted: { message: message("c1", 1, { version: 3, text: "", deletedAt: "2026-11-20T12:00:00Z" }) } });
  link.event({ messageSent: { message: message("c1", 3, { version: 4 }) } });
  link.reply(asked, { messagePage: { messages: [message("c1", 1), message("c1", 2)], version: 2 } });
  const changes = await link.next("getChanges");
  expect(changes.body).toEqual({ conversationId: "c1", sinceVersion: 2 });
  link.reply(changes, {
    changes: {
      conversation: conversation("c1", 4),
      messages: [
        message("c1", 1, { version: 3, text: "", deletedAt: "2026-11-20T12:00:00Z" }),
        message("c1", 3, { version: 4 }),
      ],
    },
  });
  await loading;
  expect(texts(client)).toEqual(["", "text 2", "text 3"]);
});

test("the position of a resume fits into a frame", async () => {
  const server = new FakeServer();
  const many = Array.from({ length: 1_200 }, (_, index) =>
    conversation(`0190a1b2-0000-7000-8000-${String(index).padStart(12, "0")}`, 4_294_967_295, { lastMessage: {} }),
  );
  const { link } = await server.connected(many);
  await settled();
  link.end();
  await server.clock.advance(1_000);
  const { hello } = await server.hello();
  expect(JSON.stringify(hello.body).length).toBeLessThan(64 * 1024 - 4096);
  expect(hello.body.resume?.held?.length).toBeGreaterThan(600);
});
