// The functions of the admin page that need no browser.
import { expect, test } from "vitest";
import type { Api } from "../src/api.js";
import { readTable } from "../src/csv.js";
import { errorOf } from "../src/errors.js";
import { en } from "../src/i18n/en.js";
import { fr } from "../src/i18n/fr.js";
import { linesOf } from "../src/import-upload.js";
import { hashOf, parseRoute } from "../src/route.js";
import { Session } from "../src/session.js";

test.each([
  ["users", "lea/../é?#", { q: "a b&c" }],
  ["users", "", {}],
  ["explain", "", { as: "user:1", to: "%41" }],
])("the fragment of a route leads to the same route: %s %s", (view, id, query) => {
  const route = parseRoute(hashOf(view, id, query));
  expect([route.view, route.id, Object.fromEntries(route.query)]).toEqual([view, id, query]);
});

test("a damaged fragment is no error", () => {
  expect(parseRoute("#users/%E0%A4%A").id).toBe("%E0%A4%A");
  expect(parseRoute("").view).toBe("");
});

function sessionWith(...scopes: string[]): Session {
  const key = { id: "1", name: "a key", scopes, createdAt: "2026-01-01T00:00:00Z" };
  return new Session({} as Api, { key, tenant: { slug: "acme", name: "Acme" } });
}

test("each scope shows its own views", () => {
  expect(sessionWith("provision").views).toEqual(["users", "groups", "import"]);
  expect(sessionWith("read").views).toEqual(["overview", "users", "groups", "rules", "explain", "audit", "jobs"]);
  expect(sessionWith("admin").views).toEqual(["overview", "rules", "explain", "audit", "jobs", "api-keys", "signing-keys"]);
  expect(sessionWith("act", "a scope of a newer server").views).toEqual([]);
  expect(sessionWith("read").may("edit")).toBe(false);
  expect(sessionWith("provision").may("edit")).toBe(true);
});

test("the lines of refused rows are read from a file of many pieces", async () => {
  const text = Array.from({ length: 5_000 }, (_, at) => `{"id":"élève ${at + 1}"}`).join("\r\n");
  const found = await linesOf(new Blob([text]), new Set([1, 2_500, 5_000]));
  expect([...found]).toEqual([1, 2_500, 5_000].map((line) => [line, `{"id":"élève ${line}"}`]));
});

test("a table becomes rows at the same lines, and other lines are named", () => {
  const text =
    '\ufeffid;name;roles;deleted\r\nlea;"Martin; ""Léa""";owner  staff;\r\n\r\ntom;;;true\r\nzoe;Zoé\r\nada;"open;;\r\n';
  const { columns, rows, wrong } = readTable(text, "user");
  expect(columns).toEqual(["id", "name", "roles", "deleted"]);
  expect(rows.split("\n")).toEqual([
    "",
    '{"type":"user","id":"lea","name":"Martin; \\"Léa\\"","roles":["owner","staff"]}',
    "",
    '{"type":"user","id":"tom","deleted":true}',
    "",
    "",
    "",
  ]);
  expect(wrong).toEqual([
    { row: 5, cells: 2 },
    { row: 6, cells: 0 },
  ]);
  expect(readTable("type\tid\nuser\tlea", "group").rows).toBe('\n{"type":"user","id":"lea"}');
});

test("an answer of a proxy is an error too", () => {
  expect(errorOf(502, "<html>bad gateway</html>")).toMatchObject({ status: 502, code: "unavailable", field: "" });
  expect(errorOf(400, '{"name":"invalid","detail":"no","field":"roles"}')).toMatchObject({ code: "invalid", field: "roles" });
});

/** All texts of a language; functions are called with numbers or words. */
function texts(strings: object): string[] {
  return Object.values(strings).flatMap((value) => {
    if (typeof value === "string") return [value];
    return typeof value === "function" ? [String(value(3, 4)), String(value(1, "pairs"))] : texts(value);
  });
}

test("no text is missing, and French has its spaces", () => {
  expect(texts(fr)).toHaveLength(texts(en).length);
  for (const text of [...texts(en), ...texts(fr)]) expect(text).not.toMatch(/undefined|\[object|\bNaN\b/);
  for (const text of texts(fr)) expect(text).not.toMatch(/ [?!:;»]|« /);
});
