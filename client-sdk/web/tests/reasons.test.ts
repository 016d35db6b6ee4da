// A command that can't be sent is rejected with the reason, as the state of the connection has it, and not with `timeout` alone.
import { expect, test } from "vitest";
import { type Client, type ClientOptions, type UserRef, Client as WebClient } from "../src/sdk/index.js";
import { settled } from "./harness/clock.js";
import { Peer } from "./harness/peer.js";

const tom = { externalId: "tom" };
const refusing: ClientOptions["fetch"] = async () => ({
  json: async () => ({ service: "causerie", originAllowed: false, message: "pages of `http://app` may not connect" }),
});

/** What a command is rejected with that waits in vain while `attempt` meets each new connection. */
async function rejection(peer: Peer, client: Client, attempt: () => Promise<void>): Promise<unknown> {
  client.on("error", () => {});
  client.connect();
  const rejected = client.startDirect(tom).then(
    () => "started",
    (error: unknown) => error,
  );
  for (let waited = 0; waited < 11_000; waited += 500) {
    if (peer.links.some((link) => link.readyState === 0) || !peer.links.length) await attempt();
    await peer.clock.advance(500);
  }
  return rejected;
}

test("the device is offline", async () => {
  const peer = new Peer();
  peer.network.set(false);
  const error = await rejection(peer, peer.client(), async () => (await peer.dialled()).end());
  expect(error).toMatchObject({ name: "unavailable", temporary: true, message: "the device is offline" });
});

test("the server closed the connection and wants it later", async () => {
  const peer = new Peer();
  const error = await rejection(peer, peer.client(), async () => (await peer.hello()).link.end(4400, "overloaded"));
  expect(error).toMatchObject({ name: "overloaded", code: 4400, temporary: true });
  expect((error as Error).message).toBe("the server closed the connection: 4400 overloaded");
});

test("the origin of the page is refused", async () => {
  const peer = new Peer();
  const error = await rejection(peer, peer.client({ fetch: refusing }), async () => (await peer.dialled()).end());
  expect(error).toMatchObject({ name: "origin_refused", message: "pages of `http://app` may not connect" });
});

test("there is no token for now", async () => {
  const peer = new Peer();
  const getToken = () => Promise.reject(new Error("no token: 500"));
  const error = await rejection(peer, peer.client({ getToken }), settled);
  expect(error).toMatchObject({ name: "internal", temporary: true, message: "no token: 500" });
});

test("the server refuses the hello for now", async () => {
  const peer = new Peer();
  const error = await rejection(peer, peer.client(), async () => {
    const { link, hello } = await peer.hello();
    link.refuse(hello, { code: 101, name: "unavailable", temporary: true, message: "the database can't serve now" });
  });
  expect(error).toMatchObject({ name: "unavailable", message: "the database can't serve now" });
});

test("the token is refused for good", async () => {
  const peer = new Peer();
  const message = "the token's signature does not match its signing key";
  const error = await rejection(peer, peer.client(), async () => {
    const { link, hello } = await peer.hello();
    link.refuse(hello, { code: 200, name: "unauthenticated", message });
  });
  expect(error).toMatchObject({ name: "unauthenticated", temporary: false, message });
});

test("nothing answers, and nothing says why", async () => {
  const peer = new Peer();
  const error = await rejection(peer, peer.client(), async () => (await peer.dialled()).end());
  expect(error).toMatchObject({ name: "timeout", temporary: true, message: "no answer came in time" });
});

test("a client that was not told to connect says so", async () => {
  await expect(new Peer().client().startDirect(tom)).rejects.toMatchObject({ message: "not connected: call `connect()`" });
});

test.each<[string, (client: Client, user: UserRef) => Promise<unknown>]>([
  ["startDirect", (client, user) => client.startDirect(user)],
  ["startGroup", (client, user) => client.startGroup("subject", [user])],
  ["sendMail", (client, user) => client.sendMail({ to: [tom], copy: [user], text: "hello" })],
  ["addMembers", (client, user) => client.addMembers("c1", [user])],
  ["relate", (client, user) => client.relate("friend", user)],
  ["acceptRelation", (client, user) => client.acceptRelation("friend", user)],
  ["unrelate", (client, user) => client.unrelate("friend", user)],
])("%s with a string instead of an object rejects and shows what to pass", async (_, call) => {
  const peer = new Peer();
  const { client } = await peer.connected([]);
  const refused = call(client, "tom" as unknown as UserRef);
  await expect(refused).rejects.toThrow(/^`.+` must be of type object such as { externalId: "tom" }, not string$/);
  await expect(refused).rejects.toBeInstanceOf(TypeError);
});

test("an environment without WebSocket says which option mends it", () => {
  const held = globalThis.WebSocket;
  Reflect.deleteProperty(globalThis, "WebSocket");
  try {
    expect(() => new WebClient({ url: "ws://test/v1/ws", getToken: () => "" })).toThrow(
      "`webSocket` must be given, from the package `ws`",
    );
  } finally {
    if (held) globalThis.WebSocket = held;
  }
});

test("a client without `getToken` says so", () => {
  const options = { url: "ws://test/v1/ws", webSocket: class {} } as unknown as ClientOptions;
  expect(() => new WebClient(options)).toThrow(new TypeError("`options.getToken` must be of type function, not undefined"));
});

test("an option that is `undefined` has its default", () => {
  const options = { url: "ws://test/v1/ws", getToken: () => "", webSocket: class {} } as unknown as ClientOptions;
  expect(() =>
    new WebClient({ ...options, clock: undefined, backoff: undefined } as unknown as ClientOptions).connect(),
  ).not.toThrow();
});
