// Commands that change conversations or relations: their frames, and the state after their replies.
import { expect, test } from "vitest";
import { randomUuid } from "../src/index.js";
import { settled } from "./harness/clock.js";
import { conversation, FakeServer, tom } from "./harness/fake-server.js";

test("a mail is sent with its recipients, copies and the message it answers, and has one client id", async () => {
  const { client, link } = await new FakeServer().connected([]);
  const sending = client.sendMail({
    to: [{ groupExternalId: "6a" }, { externalId: "tom" }],
    copy: [{ id: "yanis" }],
    subject: "Trip",
    text: "Bring a hat",
    inReplyTo: "m-1",
  });
  const start = await link.next("startConversation");
  expect(start.body).toEqual({
    kind: "CONVERSATION_KIND_MAIL",
    with: [{ groupExternalId: "6a" }, { externalId: "tom" }],
    copy: [{ id: "yanis" }],
    subject: "Trip",
    clientId: "uuid-1",
    firstMessage: { clientId: "uuid-1", text: "Bring a hat" },
    inReplyTo: "m-1",
  });
  const sent = conversation("mail", 1, {
    kind: "CONVERSATION_KIND_MAIL",
    addressees: [{ group: { externalId: "6a" } }, { user: tom }, { user: { id: "yanis" }, isCopy: true }],
  });
  link.reply(start, { conversationStarted: { conversation: sent, created: true, reached: 3 } });
  expect(await sending).toMatchObject({ id: "mail", kind: "mail", isCopy: false, inReplyTo: undefined });
  expect(client.conversation("mail")?.addressees.map(({ isCopy }) => isCopy)).toEqual([false, false, true]);
});

test("a mail that failed is sent again with the same client id", async () => {
  const { client, link } = await new FakeServer().connected([]);
  const mail = { to: [{ externalId: "tom" }], text: "Bring a hat" };
  const first = client.sendMail(mail, "mail-1");
  const refused = await link.next("startConversation");
  link.refuse(refused, { code: 258, name: "needs_friend", field: "startConversation.with[0]" });
  await expect(first).rejects.toMatchObject({ name: "needs_friend", field: "startConversation.with[0]", temporary: false });
  const second = client.sendMail(mail, "mail-1");
  const again = await link.next("startConversation");
  expect(again.body).toEqual(refused.body);
  expect(again.body).toMatchObject({ clientId: "mail-1", copy: [], subject: "", inReplyTo: "" });
  link.reply(again, { conversationStarted: { conversation: conversation("mail", 1), created: true } });
  expect((await second).id).toBe("mail");
});

test("relations are requested, accepted and ended", async () => {
  const { client, link } = await new FakeServer().connected([]);
  const pending = { relation: "friend", user: tom, state: "RELATION_STATE_PENDING", direction: "DIRECTION_OUTGOING" } as const;
  const asking = client.relate("friend", { externalId: "tom" });
  const asked = await link.next("relate");
  expect(asked.body).toEqual({ relation: "friend", user: { externalId: "tom" } });
  link.reply(asked, { relationUpdated: { relation: pending } });
  expect(await asking).toMatchObject({
    relation: "friend",
    state: "pending",
    direction: "outgoing",
    user: { name: "Tom Petit" },
  });

  const accepting = client.acceptRelation("friend", { id: "tom" });
  const accepted = await link.next("acceptRelation");
  expect(accepted.body).toEqual({ relation: "friend", user: { id: "tom" } });
  const mutual = { ...pending, state: "RELATION_STATE_ACCEPTED", direction: "DIRECTION_MUTUAL" } as const;
  link.reply(accepted, { relationUpdated: { relation: mutual } });
  expect(await accepting).toMatchObject({ state: "accepted", direction: "mutual" });

  const ending = client.unrelate("friend", { id: "tom" });
  link.reply(await link.next("unrelate"), { relationUpdated: {} });
  expect(await ending).toBeUndefined();
});

test("relations are listed page by page, and changes of relations are events", async () => {
  const { client, link } = await new FakeServer().connected([]);
  const reported: string[] = [];
  client.on("relation", ({ relation, state, user }) => reported.push(`${relation} ${state} ${user.id}`));
  const listing = client.relations("friend", "page-2");
  const asked = await link.next("listRelations");
  expect(asked.body).toEqual({ relation: "friend", cursor: "page-2" });
  const one = { relation: "friend", user: tom, state: "RELATION_STATE_PENDING", direction: "DIRECTION_INCOMING" } as const;
  link.reply(asked, { relationPage: { relations: [one], nextCursor: "page-3" } });
  const page = await listing;
  expect(page.nextCursor).toBe("page-3");
  expect(page.items).toMatchObject([{ state: "pending", direction: "incoming" }]);
  link.event({ relationChanged: { relation: one } });
  link.event({ relationChanged: { relation: { relation: "friend", user: tom } } });
  expect(reported).toEqual(["friend pending tom", "friend unspecified tom"]);
});

test("after closing and reopening, state and capabilities are those of the reply, whether the event or the reply is first", async () => {
  const { client, link } = await new FakeServer().connected([conversation("c1", 1)]);
  await settled();
  const closing = client.closeConversation("c1");
  const close = await link.next("closeConversation");
  expect(close.body).toEqual({ conversationId: "c1" });
  link.event({ conversationChanged: { conversationId: "c1", version: 2, state: "CONVERSATION_STATE_CLOSED" } });
  link.event({ capabilitiesChanged: { conversationId: "c1", capabilities: ["CAPABILITY_REOPEN"] } });
  const closed = conversation("c1", 1, { version: 2, state: "CONVERSATION_STATE_CLOSED", capabilities: ["CAPABILITY_REOPEN"] });
  link.reply(close, { conversationUpdated: { conversation: closed } });
  expect((await closing).state).toBe("closed");
  expect([...(client.conversation("c1")?.capabilities ?? [])]).toEqual(["reopen"]);

  const reopening = client.reopenConversation("c1");
  const reopen = await link.next("reopenConversation");
  const open = conversation("c1", 1, { version: 3 });
  link.reply(reopen, { conversationUpdated: { conversation: open } });
  await reopening;
  // The reply is newer than the loaded version: the changes between are loaded, so that each message is reported.
  link.reply(await link.next("getChanges"), { changes: { conversation: open } });
  await settled();
  expect(client.conversation("c1")).toMatchObject({ state: "open", version: 3 });
  expect(client.conversation("c1")?.capabilities.has("send")).toBe(true);
});

test("a deleted conversation is unloaded unless the server refuses; erasing for all is a separate argument", async () => {
  const { client, link } = await new FakeServer().connected([conversation("c1", 1), conversation("c2", 1)]);
  await settled();
  const refused = client.deleteConversation("c1");
  const first = await link.next("deleteConversation");
  expect(first.body).toEqual({ conversationId: "c1", forAll: false });
  link.refuse(first, { code: 251, name: "unsupported" });
  await expect(refused).rejects.toMatchObject({ name: "unsupported" });
  expect(client.conversation("c1")).toBeDefined();

  const deleting = client.deleteConversation("c1");
  link.reply(await link.next("deleteConversation"), { conversationDeleted: { conversationId: "c1" } });
  await deleting;
  const erasing = client.deleteConversation("c2", true);
  const erase = await link.next("deleteConversation");
  expect(erase.body.forAll).toBe(true);
  link.reply(erase, { conversationDeleted: { conversationId: "c2" } });
  await erasing;
  expect(client.conversations).toEqual([]);
  // The conversation appears again, without its earlier messages, when another member sends a message.
  link.event({ conversationJoined: { inboxVersion: 4, conversation: conversation("c1", 2) } });
  expect(client.conversations.map(({ id }) => id)).toEqual(["c1"]);
  expect(client.history("c1").messages).toEqual([]);
});

test("randomUuid makes a different UUID of version 4 each time", () => {
  const made = Array.from({ length: 100 }, randomUuid);
  for (const uuid of made) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(made).size).toBe(100);
});
