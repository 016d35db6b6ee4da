// Own copies of messages that were deleted: the conversation is joined anew, and its history has holes.
import { expect, test } from "vitest";
import { settled } from "./harness/clock.js";
import { conversation, message, Peer } from "./harness/peer.js";

test("a conversation joined anew drops its messages and loads them again", async () => {
  const { client, link } = await new Peer().connected([conversation("c", 3)]);
  const loading = client.history("c").loadNewest();
  const messages = [1, 2, 3].map((seq) => message("c", seq));
  link.reply(await link.next("getHistory"), { messagePage: { messages, version: 3 } });
  await loading;
  link.event({ conversationJoined: { inboxVersion: 4, conversation: conversation("c", 3) } });
  expect(client.history("c").messages).toEqual([]);
  link.reply(await link.next("getHistory"), { messagePage: { messages: messages.slice(0, 2), version: 3 } });
  await settled();
  expect(client.history("c").messages.map(({ seq }) => seq)).toEqual([1, 2]);
  // The next one follows although the one before it is not there.
  link.event({ messageSent: { message: message("c", 4) } });
  link.event({ messageEdited: { message: message("c", 2, { version: 5, text: "other" }) } });
  expect(client.history("c").messages.map(({ seq }) => seq)).toEqual([1, 2, 4]);
  expect(client.history("c").messages[1]?.text).toBe("other");
});

test("one's own start is not loaded anew when it is heard of as joined", async () => {
  const { client, link } = await new Peer().connected([]);
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
  expect(link.asked("getHistory")).toBe(false);
});
