// How often the embedding product is asked for a token, whatever device, product and server do.
import { expect, test } from "vitest";
import type * as wire from "../src/sdk/wire.gen.js";
import { settled } from "./harness/clock.js";
import { Peer } from "./harness/peer.js";

const hourMs = 3_600_000;

/** What a server that tells the remaining life says of a token of an hour, and what an older one says. */
function life(peer: Peer, told: boolean): wire.Welcome {
  const tokenExpiresAt = new Date(peer.clock.elapsed() + hourMs).toISOString();
  return { tokenExpiresAt, ...(told && { tokenTtlMs: hourMs }) };
}

test.each([-120, -61, -59, 0, 59, 61, 120])("a device whose clock is %i minutes ahead asks once an hour", async (minutes) => {
  const peer = new Peer();
  peer.clock.ahead = minutes * 60_000;
  const client = peer.client();
  client.connect();
  const { link } = await peer.welcome({ ...life(peer, true), heartbeatMs: 24 * hourMs });
  link.reply(await link.next("listConversations"), { conversationPage: {} });
  await client.ready();
  for (let asked = 1; asked <= 3; asked++) {
    expect(peer.tokens).toBe(asked);
    await peer.clock.advance(hourMs - 60_000);
    link.reply(await link.next("refreshToken"), { tokenRefreshed: life(peer, true) });
    await settled();
  }
});

test("a clock that jumps while connected changes nothing", async () => {
  const peer = new Peer();
  const client = peer.client();
  client.connect();
  const { link } = await peer.welcome({ ...life(peer, true), heartbeatMs: 24 * hourMs });
  link.reply(await link.next("listConversations"), { conversationPage: {} });
  await client.ready();
  for (const minutes of [600, -600, 61]) {
    peer.clock.ahead = minutes * 60_000;
    await peer.clock.advance(60_000);
    expect(client.state.name).toBe("connected");
  }
  expect(peer.tokens).toBe(1);
});

/** Plays a server for some time; returns when tokens were asked for, in milliseconds. */
async function questions(
  peer: Peer,
  serve: (request: wire.Request) => Omit<wire.Reply, "id"> | undefined,
  each: (peer: Peer) => void = () => {},
  getToken: () => Promise<string> | string = () => "token",
): Promise<number[]> {
  const asked: number[] = [];
  const client = peer.client({
    getToken: () => {
      asked.push(peer.clock.elapsed());
      return getToken();
    },
  });
  client.connect();
  for (let second = 0; second < 300; second++) {
    const link = peer.links.at(-1);
    if (link?.readyState === 0) link.open();
    await settled();
    for (const request of link?.unread.splice(0) ?? []) {
      const reply = serve(request);
      if (reply && link) link.reply({ id: request.id ?? 0 }, reply);
    }
    await settled();
    each(peer);
    await peer.clock.advance(1_000);
  }
  client.disconnect();
  return asked;
}

const welcome = (more: wire.Welcome = {}) => ({ welcome: { heartbeatMs: 24 * hourMs, ...more } });

test.each<[string, Parameters<typeof questions>[1], Parameters<typeof questions>[2]?, Parameters<typeof questions>[3]?]>([
  [
    "the device is 61 minutes ahead of an older server",
    ({ hello }) => (hello ? welcome({ tokenExpiresAt: "2026-11-20T11:00:00Z" }) : {}),
  ],
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
    (peer) => peer.links.at(-1)?.end(4003, "token_expired"),
  ],
  [
    "the server asks for a fresh one every second",
    ({ hello }) => (hello ? welcome() : { tokenRefreshed: { tokenTtlMs: hourMs } }),
    (peer) => peer.links.at(-1)?.event({ tokenExpiring: {} }),
  ],
  [
    "the product fails",
    () => ({}),
    undefined,
    () => {
      throw new Error("down");
    },
  ],
])("at most one token is asked for in 30 s when %s", async (_, serve, each, getToken) => {
  const peer = new Peer();
  if (_.includes("ahead")) peer.clock.ahead = 61 * 60_000;
  const asked = await questions(peer, serve, each, getToken);
  expect(asked.length).toBeGreaterThan(1);
  asked.forEach((at, index) => {
    if (index) expect(at - (asked[index - 1] ?? 0)).toBeGreaterThanOrEqual(30_000);
  });
});

test("connecting again and again asks at most once in 30 s, and a client that was stopped does not ask", async () => {
  const peer = new Peer();
  const client = peer.client();
  for (let round = 0; round < 20; round++) {
    client.connect();
    await settled();
    peer.links.at(-1)?.end(4503, "revoked");
    await peer.clock.advance(1_000);
  }
  client.disconnect();
  expect(peer.tokens).toBe(1);
  await peer.clock.advance(60_000);
  expect(peer.tokens).toBe(1);
});
