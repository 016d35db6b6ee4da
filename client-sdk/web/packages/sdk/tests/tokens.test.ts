// How often `getToken` is called, whatever the device, the product and the server do.
import { expect, test } from "vitest";
import type * as wire from "../src/wire.gen.js";
import { settled } from "./harness/clock.js";
import { FakeServer } from "./harness/fake-server.js";

const hourMs = 3_600_000;

test.each([-120, -61, -59, 0, 59, 61, 120])(
  "a device whose clock is %i minutes ahead requests a token once an hour",
  async (minutes) => {
    const server = new FakeServer();
    server.clock.ahead = minutes * 60_000;
    const client = server.client();
    client.connect();
    const { link } = await server.welcome({ tokenTtlMs: hourMs, heartbeatMs: 24 * hourMs });
    link.reply(await link.next("listConversations"), { conversationPage: {} });
    await client.ready();
    for (let asked = 1; asked <= 3; asked++) {
      expect(server.tokens).toBe(asked);
      await server.clock.advance(hourMs - 60_000);
      link.reply(await link.next("refreshToken"), { tokenRefreshed: { tokenTtlMs: hourMs } });
      await settled();
    }
  },
);

test("a clock that jumps while connected causes no request", async () => {
  const server = new FakeServer();
  const client = server.client();
  client.connect();
  const { link } = await server.welcome({ tokenTtlMs: hourMs, heartbeatMs: 24 * hourMs });
  link.reply(await link.next("listConversations"), { conversationPage: {} });
  await client.ready();
  for (const minutes of [600, -600, 61]) {
    server.clock.ahead = minutes * 60_000;
    await server.clock.advance(60_000);
    expect(client.state.name).toBe("connected");
  }
  expect(server.tokens).toBe(1);
});

/** Plays a server for some time. Returns when tokens were requested, in milliseconds. */
async function questions(
  server: FakeServer,
  serve: (request: wire.Request) => Omit<wire.Reply, "id"> | undefined,
  each: (server: FakeServer) => void = () => {},
  getToken: () => Promise<string> | string = () => "token",
): Promise<number[]> {
  const asked: number[] = [];
  const client = server.client({
    getToken: () => {
      asked.push(server.clock.elapsed());
      return getToken();
    },
  });
  client.connect();
  for (let second = 0; second < 300; second++) {
    const link = server.links.at(-1);
    if (link?.readyState === 0) link.open();
    await settled();
    for (const request of link?.unread.splice(0) ?? []) {
      const reply = serve(request);
      if (reply && link) link.reply({ id: request.id ?? 0 }, reply);
    }
    await settled();
    each(server);
    await server.clock.advance(1_000);
  }
  client.disconnect();
  return asked;
}

const welcome = (more: wire.Welcome = {}) => ({ welcome: { heartbeatMs: 24 * hourMs, ...more } });

test.each<[string, Parameters<typeof questions>[1], Parameters<typeof questions>[2]?, Parameters<typeof questions>[3]?]>([
  [
    "tokens live for a second",
    ({ hello }) => (hello ? welcome({ tokenTtlMs: 1_000 }) : { tokenRefreshed: { tokenTtlMs: 1_000 } }),
  ],
  ["a token's life is over", ({ hello }) => (hello ? welcome({ tokenTtlMs: 1 }) : { tokenRefreshed: { tokenTtlMs: 1 } })],
  [
    "every fresh token is refused on the connection",
    ({ hello }) => (hello ? welcome({ tokenTtlMs: 1 }) : { error: { code: 201 } }),
  ],
  [
    "the server closes with 4003 again and again",
    ({ hello }) => (hello ? welcome() : {}),
    (server) => server.links.at(-1)?.end(4003, "token_expired"),
  ],
  [
    "the server asks for a fresh one every second",
    ({ hello }) => (hello ? welcome() : { tokenRefreshed: { tokenTtlMs: hourMs } }),
    (server) => server.links.at(-1)?.event({ tokenExpiring: {} }),
  ],
  [
    "the product fails",
    () => ({}),
    undefined,
    () => {
      throw new Error("down");
    },
  ],
])("at most one token is requested in 30 s when %s", async (_name, serve, each, getToken) => {
  const server = new FakeServer();
  const asked = await questions(server, serve, each, getToken);
  expect(asked.length).toBeGreaterThan(1);
  asked.forEach((at, index) => {
    if (index) expect(at - (asked[index - 1] ?? 0)).toBeGreaterThanOrEqual(30_000);
  });
});

test("repeated connects request a token at most once in 30 s, and a stopped client requests none", async () => {
  const server = new FakeServer();
  const client = server.client();
  for (let round = 0; round < 20; round++) {
    client.connect();
    await settled();
    server.links.at(-1)?.end(4503, "revoked");
    await server.clock.advance(1_000);
  }
  client.disconnect();
  expect(server.tokens).toBe(1);
  await server.clock.advance(60_000);
  expect(server.tokens).toBe(1);
});
