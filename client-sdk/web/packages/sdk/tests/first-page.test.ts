// The first page of the list is requested together with `hello`, which saves a round trip.
import { expect, test } from "vitest";
import { settled } from "./harness/clock.js";
import { conversation, FakeServer, me } from "./harness/fake-server.js";

const page = { conversationPage: { conversations: [conversation("c1")], epoch: "epoch-1", inboxVersion: 3 } };

test("the first page is requested before the welcome, and once", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const { link, hello } = await server.hello();
  const list = await link.next("listConversations");
  link.reply(hello, { welcome: { me } });
  link.reply(list, page);
  await settled();
  expect(client.conversations.map(({ id }) => id)).toEqual(["c1"]);
  expect(link.received("listConversations")).toBe(false);
});

test("a first page that the server refuses is reported, and can be requested again", async () => {
  const server = new FakeServer();
  const client = server.client();
  const errors: string[] = [];
  client.on("error", ({ name }) => errors.push(name));
  client.connect();
  const { link } = await server.welcome();
  link.refuse(await link.next("listConversations"), { code: 100, name: "internal" });
  await settled();
  expect(errors).toEqual(["internal"]);
  expect(client.conversationsLoaded).toBe(false);
  const again = client.loadMoreConversations();
  link.reply(await link.next("listConversations"), page);
  await again;
  expect(client.conversations.map(({ id }) => id)).toEqual(["c1"]);
});

test("a refused hello is one error, although the first page has no reply either", async () => {
  const server = new FakeServer();
  const client = server.client();
  const errors: string[] = [];
  client.on("error", ({ name }) => errors.push(name));
  client.connect();
  const { link, hello } = await server.hello();
  link.refuse(hello, { code: 202, name: "forbidden" });
  await settled();
  expect(client.state.name).toBe("closed");
  expect(errors).toEqual(["forbidden"]);
});

test("a connection that is lost before the first page loads it on the next connection", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const first = await server.welcome();
  await settled();
  first.link.end();
  await server.clock.advance(1_000);
  const { link, hello } = await server.hello();
  const list = await link.next("listConversations");
  link.reply(hello, { welcome: { me } });
  link.reply(list, page);
  await settled();
  expect(client.conversations.map(({ id }) => id)).toEqual(["c1"]);
});

test("a first page that is late makes the client check the connection", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const { link } = await server.welcome();
  await server.clock.advance(4_999);
  expect(link.received("ping")).toBe(false);
  await server.clock.advance(1);
  expect(link.received("ping")).toBe(true);
  client.disconnect();
});

test("a client that resumes requests no first page", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  link.end();
  await server.clock.advance(1_000);
  const { link: next, hello } = await server.hello();
  expect(hello.body.resume).toBeDefined();
  expect(next.received("listConversations")).toBe(false);
  client.disconnect();
});
