// Where tokens come from, and which user they name.
import { afterEach, expect, test, vi } from "vitest";
import { requestToken, subjectOf } from "../src/token.js";

const answers = (status: number, body: string, type: string): void => {
  vi.stubGlobal("fetch", async () => new Response(body, { status, headers: { "content-type": type } }));
};
afterEach(() => vi.unstubAllGlobals());

const signIn = { server: "https://chat.example", tokenUrl: "/chat-token" };

test("a token URL answers with text or JSON", async () => {
  answers(200, " a.b.c\n", "text/plain; charset=utf-8");
  expect(await requestToken(signIn)).toBe("a.b.c");
  answers(200, '{"token":"d.e.f"}', "application/json");
  expect(await requestToken(signIn)).toBe("d.e.f");
});

test("401 and 403 mean that no user is signed in, for good; other answers may change", async () => {
  for (const status of [401, 403]) {
    answers(status, "", "text/plain");
    await expect(requestToken(signIn)).rejects.toMatchObject({ name: "unauthenticated", temporary: false });
  }
  answers(503, "", "text/plain");
  await expect(requestToken(signIn)).rejects.toThrow("/chat-token answered 503");
  for (const [body, type] of [
    ["", "text/plain"],
    ['{"jwt":"x"}', "application/json"],
    ["null", "application/json"],
  ] as const) {
    answers(200, body, type);
    await expect(requestToken(signIn), body).rejects.toThrow("/chat-token returned no token");
  }
});

test("a function is used in place of the URL", async () => {
  expect(await requestToken({ ...signIn, getToken: async () => "x.y.z" })).toBe("x.y.z");
  await expect(requestToken({ ...signIn, getToken: () => "" })).rejects.toThrow("getToken returned no token");
});

test("a token names its user and key, also with other letters than ASCII", () => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = (sub: unknown, kid: unknown): string => `${encode({ kid })}.${encode({ sub })}.x`;
  expect(subjectOf(token("léa", "acme-1"))).toBe("acme-1/l%C3%A9a");
  expect(subjectOf(token("lea", "acme-1"))).not.toBe(subjectOf(token("lea", "other-1")));
  for (const broken of ["", "x", "a.b.c", token(undefined, "k")]) expect(subjectOf(broken)).toBe("");
});
