import { expect, test } from "vitest";
import { settled } from "./harness/clock.js";
import { conversation, Peer, tom } from "./harness/peer.js";

test("people who are not known are asked for together, once, and told", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([conversation("c1")]);
  await settled();
  expect(client.user("tom")?.name).toBe("Tom Petit");
  let told = 0;
  client.on("users", () => told++);
  const ids = Array.from({ length: 130 }, (_, index) => `u${index}`);
  for (const id of [...ids, ...ids]) expect(client.user(id)).toBeUndefined();
  const first = await link.next("getUsers");
  expect(first.body.userIds).toEqual(ids.slice(0, 100));
  link.reply(first, { userList: { users: ids.slice(0, 99).map((id) => ({ ...tom, id, name: id })) } });
  const second = await link.next("getUsers");
  expect(second.body.userIds).toEqual(ids.slice(100));
  link.reply(second, { userList: { users: [] } });
  await settled();
  expect(told).toBe(2);
  expect(client.user("u7")?.name).toBe("u7");
  // The server does not tell this one: it is not asked again on this connection.
  expect(client.user("u99")).toBeUndefined();
  expect(client.isHidden("u99")).toBe(true);
  await settled();
  expect(link.asked("getUsers")).toBe(false);
});
