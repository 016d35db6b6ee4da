// The addresses of the demo: the tenant, the user, and the name of the outbox in the browser.
import { expect, test } from "vitest";
import { addressOf, identityIn, outboxName } from "../src/demo.js";

const identity = (query: string) => identityIn(new URLSearchParams(query));

test("an address names a user, of the default tenant when it names no tenant", () => {
  expect(identity("")).toBeUndefined();
  expect(identity("tenant=school")).toBeUndefined();
  expect(identity("as=lea")).toEqual({ tenant: "demo", externalId: "lea" });
  expect(identity("tenant=school&as=lea")).toEqual({ tenant: "school", externalId: "lea" });
});

test("the address for a user names that user and keeps the language", () => {
  const page = "http://localhost:8080/?lang=fr&tenant=school&as=tom#01a1";
  for (const tenant of ["demo", "school"]) {
    const address = new URL(addressOf({ tenant, externalId: "l&a" }, page));
    expect(identityIn(address.searchParams)).toEqual({ tenant, externalId: "l&a" });
    expect(address.searchParams.get("lang")).toBe("fr");
    expect(address.hash).toBe("");
  }
  expect(addressOf({ tenant: "demo", externalId: "lea" }, "http://localhost/")).toBe("http://localhost/?as=lea");
});

test("each user has their own outbox name, and no name is the prefix of another", () => {
  const names = [
    ["demo", "lea"],
    ["school", "lea"],
    ["demo", "lea/x"],
    ["demo/lea", "x"],
  ].map(([tenant = "", externalId = ""]) => `${outboxName({ tenant, externalId })}/`);
  for (const name of names) expect(names.filter((other) => other.startsWith(name))).toEqual([name]);
});
