// Typing and presence, whose events may be lost.
import { expect, test } from "vitest";
import { settled } from "./harness/clock.js";
import { conversation, FakeServer, message } from "./harness/fake-server.js";

test("typing is sent at once and every three seconds, without a reply, and its end is sent once", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  await settled();
  for (let key = 0; key < 40; key++) {
    client.setTyping("c1", true);
    await server.clock.advance(100);
  }
  const said = link.unread.filter((request) => request.setTyping);
  expect(said).toEqual(Array(2).fill({ setTyping: { conversationId: "c1", typing: true } }));
  client.setTyping("c1", false);
  client.setTyping("c1", false);
  expect(link.unread.filter((request) => request.setTyping)).toHaveLength(3);
});

test("sending a message ends typing without a frame of its own", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  await settled();
  client.setTyping("c1", true);
  client.send("c1", "done");
  client.setTyping("c1", false);
  expect(link.unread.filter((request) => request.setTyping)).toHaveLength(1);
});

test("other users are typing until they stop, send a message, or six seconds have passed", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 1)]);
  await settled();
  const reported: string[] = [];
  client.on("typing", ({ userIds }) => reported.push(userIds.join()));
  link.event({ typing: { conversationId: "c1", userId: "tom", typing: true } });
  await server.clock.advance(4_000);
  link.event({ typing: { conversationId: "c1", userId: "tom", typing: true } });
  await server.clock.advance(5_999);
  expect(client.typing("c1")).toEqual(["tom"]);
  await server.clock.advance(1);
  expect(client.typing("c1")).toEqual([]);
  link.event({ typing: { conversationId: "c1", userId: "tom", typing: true } });
  link.event({ messageSent: { message: message("c1", 2) } });
  expect(client.typing("c1")).toEqual([]);
  link.event({ typing: { conversationId: "c1", userId: "zoe", typing: true } });
  link.event({ typing: { conversationId: "c1", userId: "zoe" } });
  expect(reported).toEqual(["tom", "", "tom", "", "zoe", ""]);
});

test("no user is typing after the connection was lost", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  link.event({ typing: { conversationId: "c1", userId: "tom", typing: true } });
  link.end();
  expect(client.typing("c1")).toEqual([]);
});

test("watched users are sent in one command, again after a reconnection, and without users who are no longer watched", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([]);
  await settled();
  client.watchPresence(["tom", "zoe"]);
  const end = client.watchPresence(["zoe", "max"]);
  const watch = await link.next("watchPresence");
  expect(watch.body.userIds).toEqual(["tom", "zoe", "max"]);
  link.reply(watch, {
    presenceList: {
      presences: [
        { userId: "tom", online: true },
        { userId: "zoe", lastSeenAt: "2026-11-20T11:00:00Z" },
      ],
    },
  });
  await settled();
  expect(client.presence("tom")).toEqual({ userId: "tom", online: true, lastSeenAt: undefined });
  expect(client.presence("zoe")?.lastSeenAt?.toISOString()).toBe("2026-11-20T11:00:00.000Z");
  link.event({ presenceChanged: { userId: "tom", lastSeenAt: "2026-11-20T12:00:00Z" } });
  expect(client.presence("tom")?.online).toBe(false);
  end();
  expect((await link.next("watchPresence")).body.userIds).toEqual(["tom", "zoe"]);
  link.end();
  await server.clock.advance(1_000);
  const { link: second } = await server.welcome({ resumed: { epoch: "epoch-1" } });
  expect((await second.next("watchPresence")).body.userIds).toEqual(["tom", "zoe"]);
});
