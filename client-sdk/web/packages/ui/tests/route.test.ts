// The routes of the messenger.
import { expect, test } from "vitest";
import { chatOf, detailsOf, parseRoute, routeOfMessage, routeOfUser } from "../src/route.js";

test("a route names what is shown, with or without its details", () => {
  expect(parseRoute("")).toEqual({ kind: "list" });
  expect(parseRoute("new")).toEqual({ kind: "compose" });
  expect(parseRoute("network")).toEqual({ kind: "network" });
  expect(parseRoute("c1")).toEqual({ kind: "conversation", id: "c1", details: false, seq: 0 });
  expect(parseRoute(detailsOf("c1"))).toEqual({ kind: "conversation", id: "c1", details: true, seq: 0 });
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

test("the route of a message leads to its conversation", () => {
  expect(parseRoute(routeOfMessage("c1", 12))).toEqual({ kind: "conversation", id: "c1", details: false, seq: 12 });
  expect(chatOf(routeOfMessage("c1", 12))).toBe("c1");
  expect(detailsOf(routeOfMessage("c1", 12))).toBe("c1/details");
  // Neither is a message.
  expect(parseRoute("c1/x")).toEqual({ kind: "conversation", id: "c1/x", details: false, seq: 0 });
  expect(chatOf("to/12")).toBe("to/12");
});
