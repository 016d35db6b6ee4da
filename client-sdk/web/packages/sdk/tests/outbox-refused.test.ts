// Messages that the server refuses: each fails with its reason and does not prevent other messages from being sent.
import { expect, test } from "vitest";
import { type Client, localStorageOutbox, type OutboxStore } from "../src/index.js";
import { settled } from "./harness/clock.js";
import { conversation, type FakeConnection, FakeServer, message, type ReceivedRequest } from "./harness/fake-server.js";
import { memoryStorage } from "./harness/storage.js";

function statuses(client: Client, id = "c1"): string[] {
  return client
    .history(id)
    .outgoing.map(({ text, status, error }) => `${text.slice(0, 8)} ${status} ${error?.name ?? ""}`.trim());
}

function accept(link: FakeConnection, send: ReceivedRequest<"sendMessage">, seq: number): void {
  const { conversationId = "", clientId = "", text = "" } = send.body;
  link.reply(send, { messageSent: { message: message(conversationId, seq, { authorId: "lea", clientId, text }) } });
}

/** The next connection after a lost one. */
async function reconnected(server: FakeServer): Promise<FakeConnection> {
  for (const links = server.links.length; server.links.length === links; ) await server.clock.advance(500);
  return (await server.welcome({ resumed: { epoch: "epoch-1", inboxVersion: 3 } })).link;
}

test.each([
  ["half a surrogate pair", "cut \ud83d", "invalid"],
  ["the other half", "\ude00 cut", "invalid"],
  ["a control character", "a\u0092b", "invalid"],
  ["nothing but spaces", " \n\t ", "invalid"],
  ["70,000 letters", "x".repeat(70_000), "too_large"],
  ["one byte too much", `${"é".repeat(8_192)}x`, "too_large"],
])("a message of %s fails at once and is not sent", async (_, text, name) => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  await settled();
  const outgoing = client.send("c1", text);
  expect(outgoing).toMatchObject({ status: "failed", text, error: { name, temporary: false, field: "sendMessage.text" } });
  client.send("c1", "sound");
  const sound = await link.next("sendMessage");
  expect(sound.body.text).toBe("sound");
  accept(link, sound, 1);
  await settled();
  client.retry(outgoing.clientId);
  await settled();
  expect(client.history("c1").outgoing[0]).toMatchObject({ status: "failed", error: { name } });
  expect(link.received("sendMessage")).toBe(false);
  expect(client.state.name).toBe("connected");
  client.discard(outgoing.clientId);
  expect(statuses(client)).toEqual(["sound sent"]);
});

test("a text within the limits is sent, whatever its length in JSON", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  await settled();
  for (const text of ["é".repeat(8_192), '"'.repeat(16_384), "\\".repeat(16_384), "😀".repeat(4_096)]) {
    const { clientId } = client.send("c1", text);
    const send = await link.next("sendMessage");
    expect(send.body.text).toBe(text);
    accept(link, send, 1);
    await settled();
    client.discard(clientId);
  }
});

test("the limits of the server apply after the first connection", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  await server.welcome({ limits: { textBytesMax: 5, subjectBytesMax: 3, frameBytesMax: 300 } });
  await client.ready();
  expect(client.send("c1", "123456")).toMatchObject({ status: "failed", error: { name: "too_large" } });
  expect(client.send("c1", "12345").status).toBe("sending");
  await expect(client.rename("c1", "1234")).rejects.toMatchObject({ name: "too_large", field: "renameConversation.subject" });
});

test("all kinds of line breaks become \\n", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  await settled();
  expect(client.send("c1", "a\u000bb\u0085c\r\nd\re\u2028f\tg").text).toBe("a\nb\nc\nd\ne\nf\tg");
  expect((await link.next("sendMessage")).body.text).toBe("a\nb\nc\nd\ne\nf\tg");
});

test("every command is checked before it is sent, and the error names the field", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  await settled();
  link.unread.length = 0;
  const half = "cut \ud83d";
  const users = Array.from({ length: 1_000 }, (_, index) => ({ externalId: `${"x".repeat(100)}${index}` }));
  for (const [call, field, name] of [
    [client.edit("c1", "m1", half), "editMessage.text", "invalid"],
    [client.rename("c1", half), "renameConversation.subject", "invalid"],
    [client.rename("c1", "x".repeat(513)), "renameConversation.subject", "too_large"],
    [client.searchDirectory(half), "searchDirectory.query", "invalid"],
    [client.searchDirectory("x".repeat(129)), "searchDirectory.query", "too_large"],
    [client.startGroup(half, []), "startConversation.subject", "invalid"],
    [client.startGroup("", [{ externalId: "a" }, { externalId: half }]), "startConversation.with[1].externalId", "invalid"],
    [client.sendMail({ to: [], text: half }), "startConversation.firstMessage.text", "invalid"],
    [client.relate(half, { externalId: "tom" }), "relate.relation", "invalid"],
    [client.addMembers("c1", users), "addMembers", "too_large"],
  ] as const) {
    await expect(call, field).rejects.toMatchObject({ field, name, temporary: false });
  }
  expect(link.unread).toEqual([]);
  expect(client.state.name).toBe("connected");
});

test.each([
  [4500, "malformed"],
  [4501, "too_large"],
  [1007, ""],
  [1009, ""],
])("a message on which the server closes twice with %i fails, and the others are sent", async (code, reason) => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1"), conversation("c2")]);
  await settled();
  client.send("c1", "poison");
  client.send("c1", "after it");
  client.send("c2", "elsewhere");
  await link.next("sendMessage");
  await link.next("sendMessage");
  link.end(code, reason);
  // Both had no reply: they are sent one at a time, after a new message.
  const second = await reconnected(server);
  const poison = await second.next("sendMessage");
  expect(poison.body.text).toBe("poison");
  await settled();
  expect(second.received("sendMessage")).toBe(false);
  second.end(code, reason);
  const third = await reconnected(server);
  const texts: (string | undefined)[] = [];
  for (let count = 1; count <= 2; count++) {
    const send = await third.next("sendMessage");
    texts.push(send.body.text);
    accept(third, send, count);
  }
  expect(texts.sort()).toEqual(["after it", "elsewhere"]);
  await settled();
  expect(client.state.name).toBe("connected");
  expect(client.history("c1").outgoing[0]).toMatchObject({
    text: "poison",
    status: "failed",
    error: { code, temporary: false },
  });
});

test("lost connections, and close codes that are not about a frame, fail no message", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  await settled();
  client.send("c1", "one");
  let current = link;
  for (const code of [1006, 4000, 1011, 1006, 4001]) {
    await current.next("sendMessage");
    current.end(code);
    current = await reconnected(server);
  }
  expect(statuses(client)).toEqual(["one sending"]);
});

test("suspected and failed messages are known after a reload", async () => {
  const storage = memoryStorage();
  const open = (): OutboxStore => localStorageOutbox("lea", storage);
  const before = new FakeServer();
  const { client, link } = await before.connected([conversation("c1")], { outboxStore: open() });
  client.send("c1", "refused");
  link.refuse(await link.next("sendMessage"), { code: 254, name: "closed", message: "the conversation was ended" });
  await before.clock.advance(5);
  client.send("c1", "\ud83d");
  await before.clock.advance(5);
  client.send("c1", "poison");
  await link.next("sendMessage");
  link.end(4500, "malformed");
  client.disconnect();

  const uuid = (): string => "after-the-reload";
  const after = new FakeServer();
  const second = await after.connected([conversation("c1")], { outboxStore: open(), uuid });
  await second.link.next("sendMessage");
  second.link.end(4500, "malformed");
  const third = await reconnected(after);
  await settled();
  const failed = ["refused failed closed", "\ud83d failed invalid", "poison failed malformed"];
  expect(statuses(second.client)).toEqual(failed);
  expect(second.client.history("c1").outgoing[0]?.error?.message).toBe("the conversation was ended");
  second.client.send("c1", "sound");
  const sound = await third.next("sendMessage");
  expect(sound.body.text).toBe("sound");
  accept(third, sound, 1);
  await settled();

  const last = new FakeServer();
  const reloaded = await last.connected([conversation("c1")], { outboxStore: open() });
  await settled();
  expect(statuses(reloaded.client)).toEqual(failed);
  expect(reloaded.link.received("sendMessage")).toBe(false);
  const [refused, half, poison] = reloaded.client.history("c1").outgoing;
  reloaded.client.discard(half?.clientId ?? "");
  reloaded.client.discard(poison?.clientId ?? "");
  reloaded.client.retry(refused?.clientId ?? "");
  accept(reloaded.link, await reloaded.link.next("sendMessage"), 2);
  await settled();
  expect(await open().load()).toEqual([]);
});

test("an entry of the outbox that can't be read does not prevent other messages from being sent", async () => {
  const storage = memoryStorage();
  storage.setItem("lea/broken", "{");
  storage.setItem("lea/nothing", "null");
  await localStorageOutbox("lea", storage).put({ clientId: "kept", conversationId: "c1", text: "one", createdAt: 1 });
  const { link } = await new FakeServer().connected([conversation("c1")], { outboxStore: localStorageOutbox("lea", storage) });
  expect((await link.next("sendMessage")).body.clientId).toBe("kept");
});
