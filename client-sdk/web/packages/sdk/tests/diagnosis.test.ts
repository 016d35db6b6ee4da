// The reasons that the client finds for a connection that does not open: a browser hides them from the page.
import { expect, test } from "vitest";
import type { ClientOptions } from "../src/index.js";
import { settled } from "./harness/clock.js";
import { FakeServer } from "./harness/fake-server.js";

type Fetch = NonNullable<ClientOptions["fetch"]>;

function answering(body?: unknown): Fetch {
  return async () => ({
    json: async () => {
      if (body === undefined) throw new SyntaxError("not JSON");
      return body;
    },
  });
}

const causerie = { service: "causerie", originAllowed: true, ready: true, message: "a WebSocket can be opened here" };

test.each<[string, Fetch, string]>([
  [
    "its origin is refused",
    answering({ ...causerie, originAllowed: false, message: "the origin is not listed" }),
    "origin_refused",
  ],
  ["the path is wrong", answering({ name: "not_found" }), "wrong_address"],
  ["another server is there", answering(), "wrong_address"],
  ["a proxy passes on no upgrade", answering(causerie), "upgrade_refused"],
  ["nothing answers", () => Promise.reject(new TypeError("Failed to fetch")), "unreachable"],
])("the reason is reported once and the client keeps trying: %s", async (_, fetch, name) => {
  const server = new FakeServer();
  const asked: string[] = [];
  const client = server.client({
    fetch: (url, init) => {
      asked.push(url);
      return fetch(url, init);
    },
  });
  const errors: string[] = [];
  client.on("error", (error) => errors.push(error.name));
  client.connect();
  for (let attempt = 0; attempt < 12; attempt++) {
    (await server.dialled()).end();
    await settled();
    for (const links = server.links.length; server.links.length === links; ) await server.clock.advance(500);
  }
  expect(errors).toEqual([name]);
  expect(client.state).toMatchObject({ name: "reconnecting", reason: { name } });
  // After the first failure, then after every fourth.
  expect(asked).toEqual(Array(4).fill("http://test/v1/ws"));
  await server.welcome();
  await client.ready();
  expect(client.state).toEqual({ name: "connected" });
});

test("a single failure is not reported as a problem", async () => {
  const server = new FakeServer();
  const client = server.client({ fetch: answering(causerie) });
  client.on("error", (error) => expect.unreachable(error.message));
  client.connect();
  (await server.dialled()).end();
  await settled();
  expect(client.state).toEqual({ name: "reconnecting", waitingForNetwork: false });
});

test("no diagnosis is requested after a successful connection or on an offline device", async () => {
  const server = new FakeServer();
  const client = server.client({ fetch: () => expect.unreachable("asked") });
  client.connect();
  const { link } = await server.welcome();
  await client.ready();
  link.end();
  server.network.set(false);
  await server.clock.advance(1_000);
  (await server.dialled()).end();
  await settled();
  expect(client.state).toEqual({ name: "reconnecting", waitingForNetwork: true });
});

test("an invalid address closes the client with the reason", async () => {
  const server = new FakeServer();
  const webSocket = class {
    constructor() {
      throw new SyntaxError("the URL is invalid");
    }
  } as unknown as NonNullable<ClientOptions["webSocket"]>;
  const client = server.client({ webSocket, url: "chat" });
  client.connect();
  await settled();
  expect(client.state).toMatchObject({ name: "closed", reason: { name: "invalid_url", temporary: false } });
  await expect(client.startNoteToSelf()).rejects.toMatchObject({ name: "invalid_url" });
});
