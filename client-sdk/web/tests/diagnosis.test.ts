// Why the server can't be reached, told by the client: a browser says nothing of a socket that was refused.
import { expect, test } from "vitest";
import type { ClientOptions } from "../src/sdk/index.js";
import { settled } from "./harness/clock.js";
import { Peer } from "./harness/peer.js";

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
  ["nobody answers", () => Promise.reject(new TypeError("Failed to fetch")), "unreachable"],
])("tells that %s, once, and keeps trying", async (_, fetch, name) => {
  const peer = new Peer();
  const asked: string[] = [];
  const client = peer.client({
    fetch: (url, init) => {
      asked.push(url);
      return fetch(url, init);
    },
  });
  const errors: string[] = [];
  client.on("error", (error) => errors.push(error.name));
  client.connect();
  for (let attempt = 0; attempt < 12; attempt++) {
    (await peer.dialled()).end();
    await settled();
    for (const links = peer.links.length; peer.links.length === links; ) await peer.clock.advance(500);
  }
  expect(errors).toEqual([name]);
  expect(client.state).toMatchObject({ name: "reconnecting", reason: { name } });
  // At the first failure, then at every fourth.
  expect(asked).toEqual(Array(4).fill("http://test/v1/ws"));
  await peer.welcome();
  await client.ready();
  expect(client.state).toEqual({ name: "connected" });
});

test("an accident is no obstacle", async () => {
  const peer = new Peer();
  const client = peer.client({ fetch: answering(causerie) });
  client.on("error", (error) => expect.unreachable(error.message));
  client.connect();
  (await peer.dialled()).end();
  await settled();
  expect(client.state).toEqual({ name: "reconnecting", waitingForNetwork: false });
});

test("a connection that came about, and a device without a network, are not asked about", async () => {
  const peer = new Peer();
  const client = peer.client({ fetch: () => expect.unreachable("asked") });
  client.connect();
  const { link } = await peer.welcome();
  await client.ready();
  link.end();
  peer.network.set(false);
  await peer.clock.advance(1_000);
  (await peer.dialled()).end();
  await settled();
  expect(client.state).toEqual({ name: "reconnecting", waitingForNetwork: true });
});

test("an address that can be none ends the client with the reason", async () => {
  const peer = new Peer();
  const webSocket = class {
    constructor() {
      throw new SyntaxError("the URL is invalid");
    }
  } as unknown as NonNullable<ClientOptions["webSocket"]>;
  const client = peer.client({ webSocket, url: "chat" });
  client.connect();
  await settled();
  expect(client.state).toMatchObject({ name: "closed", reason: { name: "invalid_url", temporary: false } });
  await expect(client.startNoteToSelf()).rejects.toMatchObject({ name: "invalid_url" });
});
