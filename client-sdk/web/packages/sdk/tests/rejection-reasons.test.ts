// A command that gets no connection rejects with the reason, not just with `timeout`.
import { expect, test } from "vitest";
import { type Client, type ClientOptions, type UserRef, Client as WebClient } from "../src/index.js";
import { settled } from "./harness/clock.js";
import { FakeServer } from "./harness/fake-server.js";

const tom = { externalId: "tom" };
const refusing: ClientOptions["fetch"] = async () => ({
  json: async () => ({ service: "causerie", originAllowed: false, message: "pages of `http://app` may not connect" }),
});

/** The error of a command that gets no connection while `attempt` handles each attempt of the client. */
async function rejection(server: FakeServer, client: Client, attempt: () => Promise<void>): Promise<unknown> {
  client.on("error", () => {});
  client.connect();
  const rejected = client.startDirect(tom).then(
    () => "started",
    (error: unknown) => error,
  );
  for (let waited = 0; waited < 11_000; waited += 500) {
    if (server.links.some((link) => link.readyState === 0) || !server.links.length) await attempt();
    await server.clock.advance(500);
  }
  return rejected;
}

test("a command rejects with: the device is offline", async () => {
  const server = new FakeServer();
  server.network.set(false);
  const error = await rejection(server, server.client(), async () => (await server.dialled()).end());
  expect(error).toMatchObject({
    name: "unavailable",
    temporary: true,
    message: "the device is offline",
  });
});

test("a command rejects with: the server closed the connection for now", async () => {
  const server = new FakeServer();
  const error = await rejection(server, server.client(), async () => (await server.hello()).link.end(4400, "overloaded"));
  expect(error).toMatchObject({ name: "overloaded", code: 4400, temporary: true });
  expect((error as Error).message).toBe("closed by the server: 4400 overloaded");
});

test("a command rejects with: the origin of the page is refused", async () => {
  const server = new FakeServer();
  const error = await rejection(server, server.client({ fetch: refusing }), async () => (await server.dialled()).end());
  expect(error).toMatchObject({ name: "origin_refused", message: "pages of `http://app` may not connect" });
});

test("a command rejects with: getToken failed for now", async () => {
  const server = new FakeServer();
  const getToken = () => Promise.reject(new Error("no token: 500"));
  const error = await rejection(server, server.client({ getToken }), settled);
  expect(error).toMatchObject({ name: "internal", temporary: true, message: "no token: 500" });
});

test("a command rejects with: the server refused the hello for now", async () => {
  const server = new FakeServer();
  const error = await rejection(server, server.client(), async () => {
    const { link, hello } = await server.hello();
    link.refuse(hello, { code: 101, name: "unavailable", temporary: true, message: "the database can't serve now" });
  });
  expect(error).toMatchObject({ name: "unavailable", message: "the database can't serve now" });
});

test("a command rejects with: the token is refused for good", async () => {
  const server = new FakeServer();
  const message = "the token's signature does not match its signing key";
  const error = await rejection(server, server.client(), async () => {
    const { link, hello } = await server.hello();
    link.refuse(hello, { code: 200, name: "unauthenticated", message });
  });
  expect(error).toMatchObject({ name: "unauthenticated", temporary: false, message });
});

test("a command rejects with timeout when no reason is known", async () => {
  const server = new FakeServer();
  const error = await rejection(server, server.client(), async () => (await server.dialled()).end());
  expect(error).toMatchObject({ name: "timeout", temporary: true, message: "no answer in time" });
});

test("a command rejects with a hint before connect was called", async () => {
  await expect(new FakeServer().client().startDirect(tom)).rejects.toMatchObject({
    message: "not connected: call `connect()`",
  });
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
  const server = new FakeServer();
  const { client } = await server.connected([]);
  const refused = call(client, "tom" as unknown as UserRef);
  await expect(refused).rejects.toThrow(/^`.+` must be of type object such as { externalId: "tom" }, not string$/);
  await expect(refused).rejects.toBeInstanceOf(TypeError);
});

test("without a WebSocket, the constructor names the option to pass", () => {
  const held = globalThis.WebSocket;
  Reflect.deleteProperty(globalThis, "WebSocket");
  try {
    expect(() => new WebClient({ url: "ws://test/v1/ws", getToken: () => "" })).toThrow("`webSocket` must be given");
  } finally {
    if (held) globalThis.WebSocket = held;
  }
});

test("without getToken, the constructor names the option", () => {
  const options = { url: "ws://test/v1/ws", webSocket: class {} } as unknown as ClientOptions;
  expect(() => new WebClient(options)).toThrow(new TypeError("`options.getToken` must be of type function, not undefined"));
});

test("an option that is `undefined` has its default", () => {
  const options = { url: "ws://test/v1/ws", getToken: () => "", webSocket: class {} } as unknown as ClientOptions;
  expect(() =>
    new WebClient({ ...options, clock: undefined, backoff: undefined } as unknown as ClientOptions).connect(),
  ).not.toThrow();
});
