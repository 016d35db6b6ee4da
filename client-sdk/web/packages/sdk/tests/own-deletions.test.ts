// Messages that the user has deleted for themself: the server sends conversationJoined again, and the history lacks them.
import { expect, test } from "vitest";
import { settled } from "./harness/clock.js";
import { conversation, FakeServer, message } from "./harness/fake-server.js";

test("a second conversationJoined event unloads the messages and loads them again", async () => {
  const { client, link } = await new FakeServer().connected([conversation("c", 3)]);
  const loading = client.history("c").loadNewest();
  const messages = [1, 2, 3].map((seq) => message("c", seq));
  link.reply(await link.next("getHistory"), { messagePage: { messages, version: 3 } });
  await loading;
  link.event({ conversationJoined: { inboxVersion: 4, conversation: conversation("c", 3) } });
  expect(client.history("c").messages).toEqual([]);
  link.reply(await link.next("getHistory"), { messagePage: { messages: messages.slice(0, 2), version: 3 } });
  await settled();
  expect(client.history("c").messages.map(({ seq }) => seq)).toEqual([1, 2]);
  // The next message is added although the message before it is missing.
  link.event({ messageSent: { message: message("c", 4) } });
  link.event({ messageEdited: { message: message("c", 2, { version: 5, text: "other" }) } });
  expect(client.history("c").messages.map(({ seq }) => seq)).toEqual([1, 2, 4]);
  expect(client.history("c").messages[1]?.text).toBe("other");
});

test("the conversationJoined event of a conversation that the client started does not load it again", async () => {
  const { client, link } = await new FakeServer().connected([]);
  const starting = client.startGroup("Trip", [{ groupExternalId: "6a" }, { externalId: "tom" }]);
  const start = await link.next("startConversation");
  expect(start.body.with).toEqual([{ groupExternalId: "6a" }, { externalId: "tom" }]);
  link.reply(start, { conversationStarted: { conversation: conversation("g", 1), created: true } });
  await starting;
  const loading = client.history("g").loadNewest();
  link.reply(await link.next("getHistory"), { messagePage: { messages: [message("g", 1)], version: 1 } });
  await loading;
  link.event({ conversationJoined: { inboxVersion: 4, conversation: conversation("g", 1) } });
  await settled();
  expect(client.history("g").messages).toHaveLength(1);
  expect(link.received("getHistory")).toBe(false);
});
