// The stored frames of the protocol: what any server may say, today's client must take, without a field it does not know.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type * as wire from "../src/sdk/wire.gen.js";
import { conversation, Peer } from "./harness/peer.js";
import { fieldsOf } from "./harness/schema.js";

const folder = join(import.meta.dirname, "../../../protocol/tests/golden");
let names: string[] = [];
try {
  names = readdirSync(folder).filter((name) => name.endsWith(".json"));
} catch {
  // An absent folder fails like an empty one.
}
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));
const requests = names.filter((name) => name.startsWith("request_"));
const frames = names.filter((name) => name.startsWith("frame_"));
let check: (type: string, value: unknown) => string[];

beforeAll(() => {
  check = fieldsOf(join(import.meta.dirname, "../src/sdk/wire.gen.ts"));
});

test("there are golden frames of both directions, and nothing else", () => {
  expect(requests.length).toBeGreaterThan(0);
  expect(frames.length).toBeGreaterThan(0);
  expect(names.length).toBe(requests.length + frames.length);
});

test.each(requests)("%s is a request the types describe", (name) => {
  expect(check("Request", read(name))).toEqual([]);
});

test.each(frames)("%s is a frame the types describe and the client takes", async (name) => {
  const frame = read(name) as wire.ServerFrame;
  expect(check("ServerFrame", frame)).toEqual([]);
  const peer = new Peer();
  const { client, link } = await peer.connected([conversation("c1", 1)]);
  const errors: unknown[] = [];
  client.on("error", (error) => errors.push(error));
  link.text(JSON.stringify(frame));
  expect(errors).toEqual([]);
});
