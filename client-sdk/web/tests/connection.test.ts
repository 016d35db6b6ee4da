import { expect, test } from "vitest";
import { type CauserieError, type ConnectionState, CauserieError as Refusal } from "../src/sdk/index.js";
import { settled } from "./harness/clock.js";
import { Peer } from "./harness/peer.js";

test("says hello with a token and becomes connected", async () => {
  const peer = new Peer();
  const client = peer.client();
  const states: string[] = [];
  client.on("state", ({ name }) => states.push(name));
  client.connect();
  const { link, hello } = await peer.welcome();
  await client.ready();
  expect(link.protocols).toEqual(["causerie.v1.json"]);
  expect(hello.body.token).toBe("token-1");
  expect(hello.body.resume).toBeUndefined();
  expect(states).toEqual(["connecting", "connected"]);
  expect(client.me?.name).toBe("Léa Martin");
});

test("waits with full jitter that doubles up to the maximum, and starts anew after a good connection", async () => {
  const peer = new Peer();
  peer.random = 1;
  const client = peer.client({ backoff: { minMs: 100, maxMs: 500 } });
  client.connect();
  for (const waitMs of [100, 200, 400, 500, 500]) {
    (await peer.dialled()).end();
    expect(client.state).toEqual({ name: "reconnecting", waitingForNetwork: false });
    expect(peer.clock.pending[0]).toBe(waitMs);
    await peer.clock.advance(waitMs);
  }
  const { link } = await peer.welcome();
  await client.ready();
  await peer.clock.advance(6_000);
  link.end();
  expect(peer.clock.pending[0]).toBe(100);
});

test("a connection that ends at once does not shorten the waits", async () => {
  const peer = new Peer();
  peer.random = 1;
  const client = peer.client({ backoff: { minMs: 100, maxMs: 800 } });
  client.connect();
  for (const waitMs of [100, 200, 400]) {
    const { link } = await peer.welcome();
    await settled();
    link.end(4000);
    expect(peer.clock.pending[0]).toBe(waitMs);
    await peer.clock.advance(waitMs);
  }
});

test.each([
  [4000, "internal", 50],
  [4002, "heartbeat_lost", 50],
  [1011, "", 50],
  [4400, "overloaded", 15_000],
  [4401, "rate_limited", 15_000],
])("after close code %i it comes back when the band says", async (code, reason, waitMs) => {
  const peer = new Peer();
  const client = peer.client({ backoff: { minMs: 100, maxMs: 20_000 } });
  client.connect();
  const { link } = await peer.welcome();
  await client.ready();
  await peer.clock.advance(6_000);
  link.end(code, reason);
  expect(peer.clock.pending[0]).toBe(waitMs);
  await peer.clock.advance(waitMs);
  expect(peer.links).toHaveLength(2);
});

test.each([
  [4500, "malformed"],
  [4503, "revoked"],
  [4504, "too_many_connections"],
])("close code %i ends it, with its reason", async (code, reason) => {
  const peer = new Peer();
  const client = peer.client();
  client.connect();
  const { link } = await peer.welcome();
  await client.ready();
  link.end(code, reason);
  expect(client.state).toMatchObject({ name: "closed", reason: { code, name: reason, temporary: false } });
  await peer.clock.advance(3_600_000);
  expect(peer.links).toHaveLength(1);
  client.connect();
  expect((await peer.hello()).hello.body.token).toBe("token-2");
});

test("a server that goes away tells when to come back", async () => {
  const peer = new Peer();
  const client = peer.client();
  client.connect();
  const { link } = await peer.welcome();
  await client.ready();
  link.event({ goingAway: { reconnectAfterMs: 3_210 } });
  link.end(4001, "going_away");
  expect(peer.clock.pending[0]).toBe(3_210);
});

test("keeps its token over reconnections, and asks for another after 4003", async () => {
  const peer = new Peer();
  const client = peer.client();
  client.connect();
  const first = await peer.welcome({ tokenExpiresAt: "2026-11-20T13:00:00Z" });
  await client.ready();
  first.link.end();
  await peer.clock.advance(1_000);
  const second = await peer.welcome({ tokenExpiresAt: "2026-11-20T13:00:00Z" });
  expect(second.hello.body.token).toBe("token-1");
  await settled();
  second.link.end(4003, "token_expired");
  // Not before the time between two questions is over.
  await peer.clock.advance(28_000);
  expect(peer.tokens).toBe(1);
  await peer.clock.advance(1_000);
  expect((await peer.hello()).hello.body.token).toBe("token-2");
});

test("a token that ran out meanwhile is not presented", async () => {
  const peer = new Peer();
  const client = peer.client({ backoff: { minMs: 100_000, maxMs: 100_000 } });
  client.connect();
  const { link } = await peer.welcome({ tokenExpiresAt: "2026-11-20T12:00:30Z" });
  await client.ready();
  link.end();
  await peer.clock.advance(50_000);
  expect((await peer.hello()).hello.body.token).toBe("token-2");
});

test.each([
  ["unauthenticated", 200],
  ["token_expired", 201],
])("a hello refused (%s) for a held token is repeated once with a fresh one, then given up", async (name, code) => {
  const peer = new Peer();
  const client = peer.client();
  client.connect();
  const { link } = await peer.welcome({ tokenTtlMs: 3_600_000, heartbeatMs: 3_600_000 });
  link.reply(await link.next("listConversations"), { conversationPage: {} });
  await client.ready();
  await peer.clock.advance(60_000);
  link.end();
  await peer.clock.advance(500);
  const first = await peer.hello();
  expect(first.hello.body.token).toBe("token-1");
  first.link.refuse(first.hello, { code, name });
  const second = await peer.hello();
  expect(second.hello.body.token).toBe("token-2");
  second.link.refuse(second.hello, { code, name });
  await settled();
  expect(client.state).toMatchObject({ name: "closed", reason: { code, name } });
});

test("a fresh token that expired is replaced once, one that can't be trusted ends it at once", async () => {
  const peer = new Peer();
  const client = peer.client();
  const errors: string[] = [];
  client.on("error", ({ name }) => errors.push(name));
  client.connect();
  const first = await peer.hello();
  first.link.refuse(first.hello, { code: 201, name: "token_expired" });
  await settled();
  expect(client.state).toMatchObject({ name: "reconnecting", reason: { name: "token_expired" } });
  expect(errors).toEqual(["token_expired"]);
  await peer.clock.advance(29_999);
  expect(peer.tokens).toBe(1);
  await peer.clock.advance(1);
  const second = await peer.hello();
  expect(second.hello.body.token).toBe("token-2");
  second.link.refuse(second.hello, { code: 200, name: "unauthenticated" });
  await settled();
  expect(client.state).toMatchObject({ name: "closed", reason: { name: "unauthenticated" } });
});

test("calls made before and after a token was refused for good fail with what the server said of it", async () => {
  const peer = new Peer();
  const client = peer.client();
  const refusal = { code: 200, name: "unauthenticated", message: "the token is not a signed JWT: it has one part" };
  const refused = { ...refusal, temporary: false };
  const states: ConnectionState[] = [];
  client.on("state", (state) => states.push(state));
  client.connect();
  const waiting = [client.ready(), client.startDirect({ externalId: "tom" })].map((call) =>
    expect(call).rejects.toMatchObject(refused),
  );
  const { link, hello } = await peer.hello();
  link.refuse(hello, refusal);
  await settled();
  link.end(4502, "unauthenticated");
  await Promise.all(waiting);
  expect(states.at(-1)).toMatchObject({ name: "closed", reason: refused });
  await expect(client.startDirect({ externalId: "tom" })).rejects.toMatchObject(refused);
  client.disconnect();
  await expect(client.startDirect({ externalId: "tom" })).rejects.toMatchObject({ name: "unavailable", temporary: true });
});

test("a call under way when the server closes for good fails with its reason", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([]);
  const search = expect(client.searchDirectory("x")).rejects.toMatchObject({ code: 4503, name: "revoked", temporary: false });
  await link.next("searchDirectory");
  link.end(4503, "revoked");
  await search;
});

test("close code 4502 is treated like a refused hello", async () => {
  const peer = new Peer();
  const client = peer.client();
  client.connect();
  (await peer.hello()).link.end(4502, "unauthenticated");
  expect(client.state).toMatchObject({ name: "closed", reason: { code: 4502, name: "unauthenticated" } });
});

test("refreshes the token on the connection a minute before it runs out", async () => {
  const peer = new Peer();
  const client = peer.client();
  client.connect();
  const { link } = await peer.welcome({ tokenExpiresAt: "2026-11-20T12:10:00Z", heartbeatMs: 3_600_000 });
  link.reply(await link.next("listConversations"), { conversationPage: {} });
  await client.ready();
  await peer.clock.advance(9 * 60_000 - 1);
  expect(link.asked("refreshToken")).toBe(false);
  await peer.clock.advance(1);
  const refresh = await link.next("refreshToken");
  expect(refresh.body.token).toBe("token-2");
  link.reply(refresh, { tokenRefreshed: { tokenExpiresAt: "2026-11-20T12:20:00Z" } });
  await peer.clock.advance(10 * 60_000);
  expect((await link.next("refreshToken")).body.token).toBe("token-3");
});

test("refreshes when the server says that the token runs out", async () => {
  const peer = new Peer();
  const client = peer.client();
  client.connect();
  const { link } = await peer.welcome({ heartbeatMs: 3_600_000 });
  link.reply(await link.next("listConversations"), { conversationPage: {} });
  await client.ready();
  link.event({ tokenExpiring: { tokenExpiresAt: "2026-11-20T12:01:00Z" } });
  await peer.clock.advance(30_000);
  expect((await link.next("refreshToken")).body.token).toBe("token-2");
});

test("a product that has no token for now is asked again; one that refuses for good ends it", async () => {
  const peer = new Peer();
  let fails = 2;
  const errors: CauserieError[] = [];
  const client = peer.client({
    getToken: () => {
      if (fails-- > 0) throw new Error("back end is down");
      return "late";
    },
  });
  client.on("error", (error) => errors.push(error));
  client.connect();
  await peer.clock.advance(60_000);
  expect((await peer.hello()).hello.body.token).toBe("late");
  expect(errors.map((error) => error.message)).toEqual(["back end is down", "back end is down"]);

  const refused = peer.client({
    getToken: () => {
      throw new Refusal({ code: 200, name: "unauthenticated", message: "signed out" });
    },
  });
  refused.connect();
  const reason = { code: 200, name: "unauthenticated", message: "signed out", temporary: false };
  await expect(refused.startNoteToSelf()).rejects.toMatchObject(reason);
  expect(refused.state).toMatchObject({ name: "closed", reason });
});

test("asks a silent server and cuts one that does not answer", async () => {
  const peer = new Peer();
  const client = peer.client();
  client.connect();
  const { link } = await peer.welcome({ heartbeatMs: 10_000 });
  link.reply(await link.next("listConversations"), { conversationPage: {} });
  await client.ready();
  await peer.clock.advance(10_000);
  link.reply(await link.next("ping"), { pong: {} });
  await peer.clock.advance(10_000);
  await link.next("ping");
  expect(client.state.name).toBe("connected");
  await peer.clock.advance(5_000);
  expect(client.state.name).toBe("reconnecting");
  expect(link.readyState).toBe(3);
});

test("a dead connection is found ten seconds after the first command without an answer", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([]);
  const probing: boolean[] = [];
  client.on("probing", (isProbing) => probing.push(isProbing));
  client.searchDirectory("to").catch(() => {});
  await peer.clock.advance(5_000);
  await link.next("ping");
  expect(client.isProbing).toBe(true);
  expect(client.state.name).toBe("connected");
  await peer.clock.advance(5_000);
  expect(client.state.name).toBe("reconnecting");
  expect(probing).toEqual([true, false]);
});

test("a device that goes offline doubts its connection at once, and trusts it again when the server answers", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([]);
  peer.network.set(false);
  expect(client.isProbing).toBe(true);
  link.reply(await link.next("ping"), { pong: {} });
  expect(client.isProbing).toBe(false);
  expect(client.state.name).toBe("connected");
  peer.network.set(false);
  await peer.clock.advance(5_000);
  expect(client.state).toEqual({ name: "reconnecting", waitingForNetwork: true });
});

test("connect while waiting to come back tries at once", async () => {
  const peer = new Peer();
  const client = peer.client({ backoff: { minMs: 10_000, maxMs: 10_000 } });
  client.connect();
  const { link } = await peer.welcome();
  await client.ready();
  link.end();
  client.connect();
  await settled();
  expect(peer.links).toHaveLength(2);
  // Also where an attempt hangs.
  client.connect();
  await settled();
  expect(peer.links).toHaveLength(3);
  expect(peer.links[1]?.readyState).toBe(3);
});

test("a server that never welcomes is given up", async () => {
  const peer = new Peer();
  const client = peer.client({ connectTimeoutMs: 5_000 });
  client.connect();
  await peer.hello();
  await peer.clock.advance(5_000);
  expect(client.state.name).toBe("reconnecting");
});

test("tells waiting for the network from reconnecting, and tries at once when it is back", async () => {
  const peer = new Peer();
  const client = peer.client({ backoff: { minMs: 10_000, maxMs: 10_000 } });
  client.connect();
  const { link } = await peer.welcome();
  await client.ready();
  peer.network.set(false);
  expect(client.state.name).toBe("connected");
  link.end();
  expect(client.state).toEqual({ name: "reconnecting", waitingForNetwork: true });
  peer.network.set(true);
  await settled();
  expect(client.state).toEqual({ name: "reconnecting", waitingForNetwork: false });
  expect(peer.links).toHaveLength(2);
});

test("a command without an answer fails as temporary; one that the server refuses carries code, name and field", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([]);
  const search = client.searchDirectory("to");
  const late = expect(search).rejects.toMatchObject({ name: "timeout", code: 102, temporary: true });
  await link.next("searchDirectory");
  await peer.clock.advance(5_000);
  // The server is asked whether it is there: it is, only this command has no answer.
  link.reply(await link.next("ping"), { pong: {} });
  await peer.clock.advance(5_000);
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

test("replies may come in another order than requests", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([]);
  const [first, second] = [client.getUsers(["a"]), client.getUsers(["b"])];
  const [one, two] = [await link.next("getUsers"), await link.next("getUsers")];
  link.reply(two, { userList: { users: [{ id: "b" }] } });
  link.reply(one, { userList: { users: [{ id: "a" }] } });
  expect((await first)[0]?.id).toBe("a");
  expect((await second)[0]?.id).toBe("b");
});

test("frames that can't be read, and events it does not know, harm nothing", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([]);
  const errors: CauserieError[] = [];
  client.on("error", (error) => errors.push(error));
  link.text("{");
  link.text("{}");
  link.text('{"event":{"fromTheFuture":{}}}');
  link.text('{"reply":{"id":99,"pong":{}}}');
  expect(errors).toHaveLength(1);
  expect(client.state.name).toBe("connected");
});

test("stops when asked, and comes back when asked", async () => {
  const peer = new Peer();
  const { client, link } = await peer.connected([]);
  const search = expect(client.searchDirectory("x")).rejects.toMatchObject({ name: "unavailable" });
  await link.next("searchDirectory");
  client.disconnect();
  await search;
  expect(client.state.name).toBe("disconnected");
  expect(link.readyState).toBe(3);
  await peer.clock.advance(3_600_000);
  expect(peer.links).toHaveLength(1);
  client.connect();
  expect((await peer.hello()).hello.body.resume?.epoch).toBe("epoch-1");
});
