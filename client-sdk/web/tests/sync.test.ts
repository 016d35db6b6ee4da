import { expect, test } from "vitest";
import type { Client } from "../src/sdk/index.js";
import { settled } from "./harness/clock.js";
import { conversation, message, Peer } from "./harness/peer.js";

/** Texts of the messages the client told of, in order. */
function heard(client: Client): string[] {
  const texts: string[] = [];
  client.on("message", ({ message }) => texts.push(message.text));
  return texts;
}

function texts(client: Client, id = "c1"): string[] {
  return client.history(id).messages.map(({ text }) => text);
}

/** Loads the history of a conversation, answered with its messages up to `last`. */
async function loaded(peerConnected: Awaited<ReturnType<Peer["connected"]>>, last: number, from = 1): Promise<void> {
  const { client, link } = peerConnected;
  const loading = client.history("c1").loadNewest();
  const messages = Array.from({ length: last - from + 1 }, (_, index) => message("c1", from + index));
  link.reply(await link.next("getHistory"), { messagePage: { messages, moreBefore: from > 1, version: last } });
  await loading;
}

test("loads the list once connected, sorted by activity", async () => {
  const peer = new Peer();
  const { client } = await peer.connected([
    conversation("old", 1, { activeAt: "2026-11-19T10:00:00Z" }),
    conversation("new", 1, { activeAt: "2026-11-20T11:00:00Z" }),
  ]);
  await settled();
  expect(client.conversations.map(({ id }) => id)).toEqual(["new", "old"]);
  expect(client.conversationsLoaded).toBe(true);
  expect(client.hasMoreConversations).toBe(false);
});

test("pages through the list", async () => {
  const peer = new Peer();
  const client = peer.client();
  client.connect();
  const { link } = await peer.welcome();
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

test("begins the list anew when the server refuses its cursor, and shows no conversation twice", async () => {
  const peer = new Peer();
  const client = peer.client();
  client.connect();
  const { link } = await peer.welcome();
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

test("asks once more only: a refusal of the beginning, or of anything else, is the caller's", async () => {
  const peer = new Peer();
  const client = peer.client();
  client.connect();
  const { link } = await peer.welcome();
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

test("goes on past pages that hold nothing, until there is a conversation or no page", async () => {
  const peer = new Peer();
  const client = peer.client();
  client.connect();
  const { link } = await peer.welcome();
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

test("applies the next version and drops what it has", async () => {
  const peer = new Peer();
  const connected = await peer.connected([conversation("c1", 2)]);
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

test("fills a gap, holding later events of that conversation until it is filled", async () => {
  const peer = new Peer();
  const connected = await peer.connected([conversation("c1", 2), conversation("c2", 0)]);
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

test("keeps asking when filling a gap fails for now", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([conversation("c1", 1)]);
  await settled();
  link.event({ messageSent: { message: message("c1", 3) } });
  link.refuse(await link.next("getChanges"), { code: 101, name: "unavailable", temporary: true, retryAfterMs: 2_000 });
  await peer.clock.advance(1_999);
  expect(link.asked("getChanges")).toBe(false);
  await peer.clock.advance(1);
  link.reply(await link.next("getChanges"), { changes: { conversation: conversation("c1", 3) } });
  await settled();
  expect(client.conversation("c1")?.version).toBe(3);
});

test("a conversation that is gone when a gap is filled is let go", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([conversation("c1", 1)]);
  await settled();
  link.event({ messageSent: { message: message("c1", 3) } });
  link.refuse(await link.next("getChanges"), { code: 252, name: "not_a_member" });
  await settled();
  expect(client.conversations).toHaveLength(0);
});

test("a reload drops the messages and loads them anew", async () => {
  const peer = new Peer();
  const connected = await peer.connected([conversation("c1", 2)]);
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

test("resumes after a lost connection with all held versions", async () => {
  const peer = new Peer();
  const connected = await peer.connected([conversation("c1", 2), conversation("c2", 7), conversation("c3", 1)]);
  const { client, link } = connected;
  await loaded(connected, 2);
  const said = heard(client);
  link.end();
  await peer.clock.advance(1_000);
  const { link: second, hello } = await peer.hello();
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
  expect(second.asked("listConversations")).toBe(false);
});

test("after a gap event it resumes and holds what comes meanwhile", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([conversation("c1", 2)]);
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
  expect(link.asked("getChanges")).toBe(false);
});

test("another epoch makes it reload what the server says, and keeps the new epoch", async () => {
  const peer = new Peer();
  const connected = await peer.connected([conversation("c1", 9)]);
  const { client, link } = connected;
  await loaded(connected, 9);
  link.end();
  await peer.clock.advance(1_000);
  const { link: second } = await peer.welcome({
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
  await peer.clock.advance(5_000);
  expect((await peer.hello()).hello.body.resume?.epoch).toBe("epoch-2");
});

test("joinings and leavings move the inbox version, and a missed one is found", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([conversation("c1", 1)]);
  await settled();
  const said = heard(client);
  link.event({ conversationJoined: { inboxVersion: 4, conversation: conversation("c2", 1) } });
  link.event({ messageSent: { message: message("c2", 1) } });
  expect(said).toEqual(["text 1"]);
  link.event({ conversationLeft: { inboxVersion: 5, conversationId: "c1" } });
  expect(client.conversations.map(({ id }) => id)).toEqual(["c2"]);
  expect(link.asked("resume")).toBe(false);
  link.event({ conversationLeft: { inboxVersion: 7, conversationId: "c9" } });
  expect((await link.next("resume")).body.inboxVersion).toBe(5);
});

test("an event of a conversation that is not held brings the conversation", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([]);
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

test("members, subject and state change by event; absent is unchanged", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([
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

test("read states and totals are taken as told, read marks of others move forward only", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([conversation("c1", 5)]);
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

test("marks as read only what is not, and as unread", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([
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
  expect(link.asked("markRead")).toBe(false);
  const unmarking = client.markUnread("c1");
  link.reply(await link.next("markUnread"), {
    marked: { readState: { conversationId: "c1", readSeq: 5, markedUnread: true } },
  });
  await unmarking;
  expect(client.conversation("c1")?.readState.markedUnread).toBe(true);
});

test("pages through history in both directions", async () => {
  const peer = new Peer();
  const connected = await peer.connected([conversation("c1", 9)]);
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

test("events that overtook a page of history are made up for", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([conversation("c1", 2)]);
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

test("what is presented fits a frame", async () => {
  const peer = new Peer();
  const many = Array.from({ length: 1_200 }, (_, index) =>
    conversation(`0190a1b2-0000-7000-8000-${String(index).padStart(12, "0")}`, 4_294_967_295, { lastMessage: {} }),
  );
  const { link } = await peer.connected(many);
  await settled();
  link.end();
  await peer.clock.advance(1_000);
  const { hello } = await peer.hello();
  expect(JSON.stringify(hello.body).length).toBeLessThan(64 * 1024 - 4096);
  expect(hello.body.resume?.held?.length).toBeGreaterThan(600);
});
