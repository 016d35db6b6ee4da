// The demo's addresses: which tenant, which person, and what the browser keeps for them.
import { expect, test } from "vitest";
import { addressOf, identityIn, outboxName } from "../src/messenger/demo.js";

const identity = (query: string) => identityIn(new URLSearchParams(query));

test("an address names a person, of the first tenant unless told otherwise", () => {
  expect(identity("")).toBeUndefined();
  expect(identity("tenant=school")).toBeUndefined();
  expect(identity("as=lea")).toEqual({ tenant: "demo", externalId: "lea" });
  expect(identity("tenant=school&as=lea")).toEqual({ tenant: "school", externalId: "lea" });
});

test("addresses lead to the person they were made for, and keep the language", () => {
  const page = "http://localhost:8080/?lang=fr&tenant=school&as=tom#01a1";
  for (const tenant of ["demo", "school"]) {
    const address = new URL(addressOf({ tenant, externalId: "l&a" }, page));
    expect(identityIn(address.searchParams)).toEqual({ tenant, externalId: "l&a" });
    expect(address.searchParams.get("lang")).toBe("fr");
    expect(address.hash).toBe("");
  }
  expect(addressOf({ tenant: "demo", externalId: "lea" }, "http://localhost/")).toBe("http://localhost/?as=lea");
});

test("no two people share what is kept in the browser, nor does one's name begin another's", () => {
  const names = [
    ["demo", "lea"],
    ["school", "lea"],
    ["demo", "lea/x"],
    ["demo/lea", "x"],
  ].map(([tenant = "", externalId = ""]) => `${outboxName({ tenant, externalId })}/`);
  for (const name of names) expect(names.filter((other) => other.startsWith(name))).toEqual([name]);
});
