// What a program in JavaScript gets that calls the SDK with missing or wrong arguments.
// biome-ignore-all lint/suspicious/noExplicitAny: the calls are wrong on purpose, so types would refuse them
import { IDBFactory } from "fake-indexeddb";
import { expect, test } from "vitest";
import { indexedDbCache, indexedDbOutbox, sharedOutbox } from "../src/cache.js";
import { Client, localStorageOutbox } from "../src/index.js";
import { settled } from "./harness/clock.js";
import { FakeServer } from "./harness/fake-server.js";
import { memoryStorage } from "./harness/storage.js";

const tom = { externalId: "tom" };

/** Calls of a JavaScript program that have a missing or wrong argument, and the name that the error must have. */
const wrongCalls: [name: string, call: (client: any) => unknown][] = [
  ["mail", (client) => client.sendMail()],
  ["mail.to", (client) => client.sendMail({ text: "hello" })],
  ["mail.to", (client) => client.sendMail({ to: "tom", text: "hello" })],
  ["startConversation.with[0]", (client) => client.sendMail({ to: [null], text: "hello" })],
  ["startConversation.copy", (client) => client.sendMail({ to: [tom], copy: tom, text: "hello" })],
  ["startConversation.subject", (client) => client.sendMail({ to: [tom], subject: 1, text: "hello" })],
  ["startConversation.firstMessage.text", (client) => client.sendMail({ to: [tom] })],
  ["startConversation.with[0]", (client) => client.startDirect()],
  ["startConversation.with[0].externalId", (client) => client.startDirect({ externalId: 7 })],
  ["startConversation.firstMessage.clientId", (client) => client.startDirect(tom, { text: "hello" })],
  ["startConversation.subject", (client) => client.startGroup(undefined, [tom])],
  ["recipients", (client) => client.startGroup("Trip")],
  ["renameConversation.subject", (client) => client.rename("c1")],
  ["addMembers.users", (client) => client.addMembers("c1")],
  ["addMembers.users", (client) => client.addMembers("c1", "tom")],
  ["removeMember.userId", (client) => client.removeMember("c1")],
  ["removeMember.conversationId", (client) => client.leave()],
  ["closeConversation.conversationId", (client) => client.closeConversation()],
  ["reopenConversation.conversationId", (client) => client.reopenConversation()],
  ["deleteConversation.conversationId", (client) => client.deleteConversation()],
  ["deleteConversation.forAll", (client) => client.deleteConversation("c1", "yes")],
  ["getConversation.conversationId", (client) => client.getConversation()],
  ["listMembers.conversationId", (client) => client.listMembers()],
  ["getHistory.conversationId", (client) => client.history().loadNewest()],
  ["getHistory.afterSeq", (client) => client.history("c1").loadAround()],
  ["sendMessage.conversationId", (client) => client.send()],
  ["sendMessage.text", (client) => client.send("c1")],
  ["sendMessage.text", (client) => client.send("c1", 5)],
  ["editMessage.text", (client) => client.edit("c1", "m1")],
  ["deleteMessage.messageId", (client) => client.delete("c1")],
  ["deleteMessage.messageId", (client) => client.deleteOwnCopy("c1")],
  ["markRead.conversationId", (client) => client.markRead()],
  ["markRead.seq", (client) => client.markRead("c2", "5")],
  ["markUnread.conversationId", (client) => client.markUnread()],
  ["setTyping.typing", (client) => client.setTyping("c1")],
  ["getPresence.userIds", (client) => client.getPresence()],
  ["watchPresence.userIds", (client) => client.watchPresence("tom")],
  ["getUsers.userIds", (client) => client.getUsers()],
  ["getUsers.userIds[0]", (client) => client.getUsers([tom])],
  ["searchDirectory.query", (client) => client.searchDirectory()],
  ["searchDirectory.limit", (client) => client.searchDirectory("tom", "5")],
  ["relate.relation", (client) => client.relate()],
  ["relate.user", (client) => client.relate("friend")],
  ["acceptRelation.user", (client) => client.acceptRelation("friend")],
  ["unrelate.user", (client) => client.unrelate("friend")],
  ["listRelations.relation", (client) => client.relations(5)],
  ["listener", (client) => client.on("message")],
  ["options", () => new (Client as any)()],
  ["options.url", () => new (Client as any)({})],
  ["options.getToken", () => new (Client as any)({ url: "ws://test/v1/ws" })],
  ["name", () => (localStorageOutbox as any)(undefined, memoryStorage())],
  ["name", () => (indexedDbOutbox as any)(undefined, new IDBFactory())],
  ["name", () => (indexedDbCache as any)()],
  ["store", () => (sharedOutbox as any)()],
  ["name", () => (sharedOutbox as any)({})],
];

test.each(wrongCalls)("a missing or wrong `%s` is a TypeError that names it, and nothing is sent", async (name, call) => {
  const { client, link } = await new FakeServer().connected([]);
  await settled();
  link.unread.length = 0;
  const wrong = async (): Promise<unknown> => call(client);
  await expect(wrong()).rejects.toBeInstanceOf(TypeError);
  await expect(wrong()).rejects.toThrow(`\`${name}\` must be of type `);
  expect(link.unread).toEqual([]);
});

test("a method that returns a promise never throws by itself", async () => {
  const client = new FakeServer().client() as any;
  const calls = [client.sendMail(), client.startGroup("Trip"), client.rename(), client.getUsers(), client.startDirect()];
  for (const { reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[])
    expect(reason).toBeInstanceOf(TypeError);
});

test("retrying or discarding an unknown message returns false", () => {
  const client = new FakeServer().client();
  expect([client.retry("unknown"), client.discard("unknown")]).toEqual([false, false]);
  const { clientId } = client.send("c1", "hello");
  expect([client.retry(clientId), client.discard(clientId), client.discard(clientId)]).toEqual([false, true, false]);
});

test("a command keeps the list it was called with, although the caller changes the list while it waits", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const users = [tom];
  const adding = client.addMembers("c1", users);
  users.length = 0;
  const { link } = await server.welcome();
  const added = await link.next("addMembers");
  expect(added.body.users).toEqual([tom]);
  link.refuse(added, { code: 251, name: "unsupported" });
  await expect(adding).rejects.toMatchObject({ name: "unsupported" });
});
