// The stored frames of the protocol: the client accepts each of them, and the types have all their fields.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type * as wire from "../src/wire.gen.js";
import { conversation, FakeServer } from "./harness/fake-server.js";
import { fieldsOf } from "./harness/schema.js";

const folder = join(import.meta.dirname, "../../../../../protocol/tests/golden");
let names: string[] = [];
try {
  names = readdirSync(folder).filter((name) => name.endsWith(".json"));
} catch {
  // A missing folder fails the test as an empty one does.
}
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));
const requests = names.filter((name) => name.startsWith("request_"));
const frames = names.filter((name) => name.startsWith("frame_"));
let check: (type: string, value: unknown) => string[];

// A busy machine needs more than the usual 10 s to compile the types.
beforeAll(() => {
  check = fieldsOf(join(import.meta.dirname, "../src/wire.gen.ts"));
}, 60_000);

test("there are golden frames of both directions and no other files", () => {
  expect(requests.length).toBeGreaterThan(0);
  expect(frames.length).toBeGreaterThan(0);
  expect(names.length).toBe(requests.length + frames.length);
});

test.each(requests)("%s has the type of a request", (name) => {
  expect(check("Request", read(name))).toEqual([]);
});

test.each(frames)("%s has the type of a server frame, and the client accepts it", async (name) => {
  const frame = read(name) as wire.ServerFrame;
  expect(check("ServerFrame", frame)).toEqual([]);
  const server = new FakeServer();
  const { client, link } = await server.connected([conversation("c1", 1)]);
  const errors: unknown[] = [];
  client.on("error", (error) => errors.push(error));
  link.text(JSON.stringify(frame));
  expect(errors).toEqual([]);
});
