import { expect, test } from "vitest";
import { settled } from "./harness/clock.js";
import { conversation, FakeServer, tom } from "./harness/fake-server.js";

test("unknown users are requested together and once, and their arrival is an event", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  await settled();
  expect(client.user("tom")?.name).toBe("Tom Petit");
  let reported = 0;
  client.on("users", () => reported++);
  const ids = Array.from({ length: 130 }, (_, index) => `u${index}`);
  for (const id of [...ids, ...ids]) expect(client.user(id)).toBeUndefined();
  const first = await link.next("getUsers");
  expect(first.body.userIds).toEqual(ids.slice(0, 100));
  link.reply(first, { userList: { users: ids.slice(0, 99).map((id) => ({ ...tom, id, name: id })) } });
  const second = await link.next("getUsers");
  expect(second.body.userIds).toEqual(ids.slice(100));
  link.reply(second, { userList: { users: [] } });
  await settled();
  expect(reported).toBe(2);
  expect(client.user("u7")?.name).toBe("u7");
  // The server does not return this user: the client does not request them again on this connection.
  expect(client.user("u99")).toBeUndefined();
  expect(client.isHidden("u99")).toBe(true);
  await settled();
  expect(link.received("getUsers")).toBe(false);
});
