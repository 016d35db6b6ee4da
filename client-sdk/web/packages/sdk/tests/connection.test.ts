import { expect, test } from "vitest";
import { type CauserieError, type ConnectionState, CauserieError as Refusal } from "../src/index.js";
import { settled } from "./harness/clock.js";
import { conversation, FakeServer, tom } from "./harness/fake-server.js";

test("the client sends its token with hello and becomes connected", async () => {
  const server = new FakeServer();
  const client = server.client();
  const states: string[] = [];
  client.on("state", ({ name }) => states.push(name));
  client.connect();
  const { link, hello } = await server.welcome();
  await client.ready();
  expect(link.protocols).toEqual(["causerie.v1.json"]);
  expect(hello.body.token).toBe("token-1");
  expect(hello.body.resume).toBeUndefined();
  expect(states).toEqual(["connecting", "connected"]);
  expect(client.me?.name).toBe("Léa Martin");
});

test("reconnection delays have full jitter, double up to the maximum, and start again after a stable connection", async () => {
  const server = new FakeServer();
  server.random = 1;
  const client = server.client({ backoff: { minMs: 100, maxMs: 500 } });
  client.connect();
  for (const waitMs of [100, 200, 400, 500, 500]) {
    (await server.dialled()).end();
    expect(client.state).toEqual({ name: "reconnecting", waitingForNetwork: false });
    expect(server.clock.pending[0]).toBe(waitMs);
    await server.clock.advance(waitMs);
  }
  const { link } = await server.welcome();
  await client.ready();
  await server.clock.advance(6_000);
  link.end();
  expect(server.clock.pending[0]).toBe(100);
});

test("a connection that ends at once does not reset the delays", async () => {
  const server = new FakeServer();
  server.random = 1;
  const client = server.client({ backoff: { minMs: 100, maxMs: 800 } });
  client.connect();
  for (const waitMs of [100, 200, 400]) {
    const { link } = await server.welcome();
    await settled();
    link.end(4000);
    expect(server.clock.pending[0]).toBe(waitMs);
    await server.clock.advance(waitMs);
  }
});

test.each([
  [4000, "internal", 50],
  [4002, "heartbeat_lost", 50],
  [1011, "", 50],
  [4400, "overloaded", 15_000],
  [4401, "rate_limited", 15_000],
])("after close code %i the client reconnects after the delay of its range", async (code, reason, waitMs) => {
  const server = new FakeServer();
  const client = server.client({ backoff: { minMs: 100, maxMs: 20_000 } });
  client.connect();
  const { link } = await server.welcome();
  await client.ready();
  await server.clock.advance(6_000);
  link.end(code, reason);
  expect(server.clock.pending[0]).toBe(waitMs);
  await server.clock.advance(waitMs);
  expect(server.links).toHaveLength(2);
});

test.each([
  [4500, "malformed"],
  [4503, "revoked"],
  [4504, "too_many_connections"],
])("close code %i closes the client with its reason", async (code, reason) => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const { link } = await server.welcome();
  await client.ready();
  link.end(code, reason);
  expect(client.state).toMatchObject({ name: "closed", reason: { code, name: reason, temporary: false } });
  await server.clock.advance(3_600_000);
  expect(server.links).toHaveLength(1);
  client.connect();
  expect((await server.hello()).hello.body.token).toBe("token-2");
});

test("a server that goes away sets the delay of the reconnection", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const { link } = await server.welcome();
  await client.ready();
  link.event({ goingAway: { reconnectAfterMs: 3_210 } });
  link.end(4001, "going_away");
  expect(server.clock.pending[0]).toBe(3_210);
});

test("the token is kept over reconnections, and a new one is requested after close code 4003", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const first = await server.welcome({ tokenTtlMs: 3_600_000 });
  await client.ready();
  first.link.end();
  await server.clock.advance(1_000);
  const second = await server.welcome({ tokenTtlMs: 3_600_000 });
  expect(second.hello.body.token).toBe("token-1");
  await settled();
  second.link.end(4003, "token_expired");
  // Not before the interval between two calls of getToken is over.
  await server.clock.advance(28_000);
  expect(server.tokens).toBe(1);
  await server.clock.advance(1_000);
  expect((await server.hello()).hello.body.token).toBe("token-2");
});

test("an expired token is not sent", async () => {
  const server = new FakeServer();
  const client = server.client({ backoff: { minMs: 100_000, maxMs: 100_000 } });
  client.connect();
  const { link } = await server.welcome({ tokenTtlMs: 30_000 });
  await client.ready();
  link.end();
  await server.clock.advance(50_000);
  expect((await server.hello()).hello.body.token).toBe("token-2");
});

test.each([
  ["unauthenticated", 200],
  ["token_expired", 201],
])(
  "a hello that is refused (%s) for a cached token is repeated once with a new token, and then the client closes",
  async (name, code) => {
    const server = new FakeServer();
    const client = server.client();
    client.connect();
    const { link } = await server.welcome({ tokenTtlMs: 3_600_000, heartbeatMs: 3_600_000 });
    link.reply(await link.next("listConversations"), { conversationPage: {} });
    await client.ready();
    await server.clock.advance(60_000);
    link.end();
    await server.clock.advance(500);
    const first = await server.hello();
    expect(first.hello.body.token).toBe("token-1");
    first.link.refuse(first.hello, { code, name });
    const second = await server.hello();
    expect(second.hello.body.token).toBe("token-2");
    second.link.refuse(second.hello, { code, name });
    await settled();
    expect(client.state).toMatchObject({ name: "closed", reason: { code, name } });
  },
);

test("a new token that has expired is replaced once; a new token that is not trusted closes the client", async () => {
  const server = new FakeServer();
  const client = server.client();
  const errors: string[] = [];
  client.on("error", ({ name }) => errors.push(name));
  client.connect();
  const first = await server.hello();
  first.link.refuse(first.hello, { code: 201, name: "token_expired" });
  await settled();
  expect(client.state).toMatchObject({ name: "reconnecting", reason: { name: "token_expired" } });
  expect(errors).toEqual(["token_expired"]);
  await server.clock.advance(29_999);
  expect(server.tokens).toBe(1);
  await server.clock.advance(1);
  const second = await server.hello();
  expect(second.hello.body.token).toBe("token-2");
  second.link.refuse(second.hello, { code: 200, name: "unauthenticated" });
  await settled();
  expect(client.state).toMatchObject({ name: "closed", reason: { name: "unauthenticated" } });
});

test("commands before and after a permanent refusal of the token reject with the error of the server", async () => {
  const server = new FakeServer();
  const client = server.client();
  const refusal = { code: 200, name: "unauthenticated", message: "the token is not a signed JWT: it has one part" };
  const refused = { ...refusal, temporary: false };
  const states: ConnectionState[] = [];
  client.on("state", (state) => states.push(state));
  client.connect();
  const waiting = [client.ready(), client.startDirect({ externalId: "tom" })].map((call) =>
    expect(call).rejects.toMatchObject(refused),
  );
  const { link, hello } = await server.hello();
  link.refuse(hello, refusal);
  await settled();
  link.end(4502, "unauthenticated");
  await Promise.all(waiting);
  expect(states.at(-1)).toMatchObject({ name: "closed", reason: refused });
  await expect(client.startDirect({ externalId: "tom" })).rejects.toMatchObject(refused);
  client.disconnect();
  await expect(client.startDirect({ externalId: "tom" })).rejects.toMatchObject({ name: "unavailable", temporary: true });
});

test("a pending command rejects with the reason when the server closes the connection for good", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([]);
  const search = expect(client.searchDirectory("x")).rejects.toMatchObject({ code: 4503, name: "revoked", temporary: false });
  await link.next("searchDirectory");
  link.end(4503, "revoked");
  await search;
});

test("close code 4502 is treated like a refused hello", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  (await server.hello()).link.end(4502, "unauthenticated");
  expect(client.state).toMatchObject({ name: "closed", reason: { code: 4502, name: "unauthenticated" } });
});

test("the token is refreshed on the connection a minute before it expires", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const { link } = await server.welcome({ tokenTtlMs: 600_000, heartbeatMs: 3_600_000 });
  link.reply(await link.next("listConversations"), { conversationPage: {} });
  await client.ready();
  await server.clock.advance(9 * 60_000 - 1);
  expect(link.received("refreshToken")).toBe(false);
  await server.clock.advance(1);
  const refresh = await link.next("refreshToken");
  expect(refresh.body.token).toBe("token-2");
  link.reply(refresh, { tokenRefreshed: { tokenTtlMs: 660_000 } });
  await server.clock.advance(10 * 60_000);
  expect((await link.next("refreshToken")).body.token).toBe("token-3");
});

test("the token is refreshed when the server says that it expires", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const { link } = await server.welcome({ heartbeatMs: 3_600_000 });
  link.reply(await link.next("listConversations"), { conversationPage: {} });
  await client.ready();
  link.event({ tokenExpiring: { tokenExpiresAt: "2026-11-20T12:01:00Z" } });
  await server.clock.advance(30_000);
  expect((await link.next("refreshToken")).body.token).toBe("token-2");
});

test("getToken is called again after a temporary error; a permanent error closes the client", async () => {
  const server = new FakeServer();
  let fails = 2;
  const errors: CauserieError[] = [];
  const client = server.client({
    getToken: () => {
      if (fails-- > 0) throw new Error("back end is down");
      return "late";
    },
  });
  client.on("error", (error) => errors.push(error));
  client.connect();
  await server.clock.advance(60_000);
  expect((await server.hello()).hello.body.token).toBe("late");
  expect(errors.map((error) => error.message)).toEqual(["back end is down", "back end is down"]);

  const refused = server.client({
    getToken: () => {
      throw new Refusal({ code: 200, name: "unauthenticated", message: "signed out" });
    },
  });
  refused.connect();
  const reason = { code: 200, name: "unauthenticated", message: "signed out", temporary: false };
  await expect(refused.startNoteToSelf()).rejects.toMatchObject(reason);
  expect(refused.state).toMatchObject({ name: "closed", reason });
});

test("the client sends a ping when nothing arrives, and gives up a connection without an answer", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const { link } = await server.welcome({ heartbeatMs: 10_000 });
  link.reply(await link.next("listConversations"), { conversationPage: {} });
  await client.ready();
  await server.clock.advance(10_000);
  link.reply(await link.next("ping"), { pong: {} });
  await server.clock.advance(10_000);
  await link.next("ping");
  expect(client.state.name).toBe("connected");
  await server.clock.advance(5_000);
  expect(client.state.name).toBe("reconnecting");
  expect(link.readyState).toBe(3);
});

test("a dead connection is detected ten seconds after the first command without a reply", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([]);
  const probing: boolean[] = [];
  client.on("probing", (isProbing) => probing.push(isProbing));
  client.searchDirectory("to").catch(() => {});
  await server.clock.advance(5_000);
  await link.next("ping");
  expect(client.isProbing).toBe(true);
  expect(client.state.name).toBe("connected");
  await server.clock.advance(5_000);
  expect(client.state.name).toBe("reconnecting");
  expect(probing).toEqual([true, false]);
});

test("when the device goes offline the client probes the connection at once, until the server answers", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([]);
  server.network.set(false);
  expect(client.isProbing).toBe(true);
  link.reply(await link.next("ping"), { pong: {} });
  expect(client.isProbing).toBe(false);
  expect(client.state.name).toBe("connected");
  server.network.set(false);
  await server.clock.advance(5_000);
  expect(client.state).toEqual({ name: "reconnecting", waitingForNetwork: true });
});

test("connect during a reconnection delay connects at once", async () => {
  const server = new FakeServer();
  const client = server.client({ backoff: { minMs: 10_000, maxMs: 10_000 } });
  client.connect();
  const { link } = await server.welcome();
  await client.ready();
  link.end();
  client.connect();
  await settled();
  expect(server.links).toHaveLength(2);
  // Also while an attempt hangs.
  client.connect();
  await settled();
  expect(server.links).toHaveLength(3);
  expect(server.links[1]?.readyState).toBe(3);
});

test("a connection that is never accepted is given up", async () => {
  const server = new FakeServer();
  const client = server.client({ connectTimeoutMs: 5_000 });
  client.connect();
  await server.hello();
  await server.clock.advance(5_000);
  expect(client.state.name).toBe("reconnecting");
});

test("the state says when the device is offline, and the client connects at once when it is online", async () => {
  const server = new FakeServer();
  const client = server.client({ backoff: { minMs: 10_000, maxMs: 10_000 } });
  client.connect();
  const { link } = await server.welcome();
  await client.ready();
  server.network.set(false);
  expect(client.state.name).toBe("connected");
  link.end();
  expect(client.state).toEqual({ name: "reconnecting", waitingForNetwork: true });
  server.network.set(true);
  await settled();
  expect(client.state).toEqual({ name: "reconnecting", waitingForNetwork: false });
  expect(server.links).toHaveLength(2);
});

test("a command without a reply rejects with a temporary error; a refused command rejects with code, name and field", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([]);
  const search = client.searchDirectory("to");
  const late = expect(search).rejects.toMatchObject({ name: "timeout", code: 102, temporary: true });
  await link.next("searchDirectory");
  await server.clock.advance(5_000);
  // The server answers the ping, so the connection stays: only this command has no reply.
  link.reply(await link.next("ping"), { pong: {} });
  await server.clock.advance(5_000);
  await late;
  expect(client.state.name).toBe("connected");
  const start = client.startDirect({ externalId: "tom" });
  const refused = expect(start).rejects.toMatchObject({
    name: "invalid",
    code: 151,
    temporary: false,
    field: "startConversation.with",
  });
  link.refuse(await link.next("startConversation"), { code: 151, name: "invalid", field: "startConversation.with" });
  await refused;
});

test("replies may arrive in another order than the requests", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([]);
  const [first, second] = [client.getUsers(["a"]), client.getUsers(["b"])];
  const [one, two] = [await link.next("getUsers"), await link.next("getUsers")];
  link.reply(two, { userList: { users: [{ id: "b" }] } });
  link.reply(one, { userList: { users: [{ id: "a" }] } });
  expect((await first)[0]?.id).toBe("a");
  expect((await second)[0]?.id).toBe("b");
});

test("invalid frames and unknown events are ignored", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([]);
  const errors: CauserieError[] = [];
  client.on("error", (error) => errors.push(error));
  link.text("{");
  link.text("{}");
  link.text('{"event":{"fromTheFuture":{}}}');
  link.text('{"reply":{"id":99,"pong":{}}}');
  expect(errors).toHaveLength(1);
  expect(client.state.name).toBe("connected");
});

test("the client disconnects and connects again on request", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([]);
  const search = expect(client.searchDirectory("x")).rejects.toMatchObject({ name: "unavailable" });
  await link.next("searchDirectory");
  client.disconnect();
  await search;
  expect(client.state.name).toBe("disconnected");
  expect(link.readyState).toBe(3);
  await server.clock.advance(3_600_000);
  expect(server.links).toHaveLength(1);
  client.connect();
  expect((await server.hello()).hello.body.resume?.epoch).toBe("epoch-1");
});

test("a token of another user closes the client: nothing of the first user is shown or sent as the other", async () => {
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1")]);
  const errors: string[] = [];
  client.on("error", ({ name }) => errors.push(name));
  link.end();
  client.send("c1", "of Léa");
  await server.clock.advance(1_000);
  const { link: other } = await server.welcome({ me: tom, totalUnread: 7 });
  await settled();
  expect(client.state).toMatchObject({ name: "closed", reason: { name: "unauthenticated", temporary: false } });
  expect([client.me?.id, client.totalUnread, errors]).toEqual(["lea", 0, ["unauthenticated"]]);
  expect([other.readyState, other.unread]).toEqual([3, []]);

  // With a token of the first user again, the client goes on.
  client.connect();
  await server.clock.advance(30_000);
  const { link: own, hello } = await server.welcome({ resumed: { epoch: "epoch-1", inboxVersion: 3 } });
  expect(hello.body.token).toBe("token-2");
  expect((await own.next("sendMessage")).body.text).toBe("of Léa");
});
