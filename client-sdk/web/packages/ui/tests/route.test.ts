// The routes of the messenger.
import { expect, test } from "vitest";
import { chatOf, detailsOf, parseRoute, routeOfUser } from "../src/route.js";

test("a route names what is shown, with or without its details", () => {
  expect(parseRoute("")).toEqual({ kind: "list" });
  expect(parseRoute("new")).toEqual({ kind: "compose" });
  expect(parseRoute("network")).toEqual({ kind: "network" });
  expect(parseRoute("c1")).toEqual({ kind: "conversation", id: "c1", details: false });
  expect(parseRoute(detailsOf("c1"))).toEqual({ kind: "conversation", id: "c1", details: true });
  expect(parseRoute(routeOfUser("u1"))).toEqual({ kind: "user", userId: "u1", details: false });
  expect(parseRoute(detailsOf(routeOfUser("u1")))).toEqual({ kind: "user", userId: "u1", details: true });
});

test("the details of a chat lead back to the chat", () => {
  for (const chat of ["c1", "to/u1"]) {
    expect(chatOf(detailsOf(chat))).toBe(chat);
    expect(chatOf(chat)).toBe(chat);
    expect(detailsOf(detailsOf(chat))).toBe(detailsOf(chat));
  }
});
