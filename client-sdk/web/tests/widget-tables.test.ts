// The tables of the widget's README name what the sources have, and nothing else.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "../packages/widget");
const readme = readFileSync(join(folder, "README.md"), "utf8");
const source = (name: string): string => readFileSync(join(folder, "src", name), "utf8");
const sources = readdirSync(join(folder, "src")).filter((name) => name.endsWith(".ts"));
const all = sources.map(source).join("\n");

/** The texts of a list such as `const events = ["open", "close"]`. */
const listed = (text: string, name: string): string[] => {
  const [, items = ""] = text.match(new RegExp(`const ${name}[^=]*= \\[([^\\]]*)\\]`)) ?? [];
  return [...items.matchAll(/"([\w-]+)"/g)].map(([, item = ""]) => item);
};
/** The names in backquotes, without arguments. */
const named = (text: string): string[] => [...text.matchAll(/`([\w-]+)[^`]*`/g)].map(([, name = ""]) => name);
/** The cells of the rows of the table whose first cell is `heading`. */
function table(heading: string): string[][] {
  const [, rows = ""] = readme.match(new RegExp(`^\\| ${heading} \\|[^\\n]*\\n\\| -[^\\n]*\\n((?:\\|[^\\n]*\\n)*)`, "m")) ?? [];
  return rows
    .trim()
    .split("\n")
    .map((row) => row.split(/(?<!\\)\|/).slice(1, -1));
}
const firstCells = (heading: string): string[] => table(heading).flatMap(([cell = ""]) => named(cell));
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

test("the README lists the attributes and events of the elements", () => {
  const rows = new Map(
    table("element").map(([tag = "", attributes = "", events = ""]) => [named(tag)[0], { attributes, events }]),
  );
  const attributes = listed(source("chat.ts"), "attributes");
  const events = listed(source("api.ts"), "events");
  expect(attributes.length).toBeGreaterThan(8);
  expect(named(rows.get("causerie-chat")?.attributes ?? "")).toEqual(attributes);
  expect(firstCells("attribute")).toEqual(attributes);
  expect(named(rows.get("causerie-chat")?.events ?? "")).toEqual(events.map((name) => `causerie-${name}`));
  expect(sorted(firstCells("event"))).toEqual(sorted(events));
  const tags = sorted([...all.matchAll(/(?:customElements\.define\(|const tag = )"([\w-]+)"/g)].map(([, tag = ""]) => tag));
  expect(sorted([...rows.keys()].map((tag) => tag ?? ""))).toEqual(tags);
});

test("the README lists the commands", () => {
  const api = source("api.ts");
  const commands = [...listed(api, "actions"), ...listed(api, "settings"), "on"];
  expect(commands.length).toBeGreaterThan(12);
  expect(sorted(firstCells("command"))).toEqual(sorted(commands));
});

test("the README lists the custom properties and parts", () => {
  const look = readme.split(/^## /m).find((section) => section.startsWith("Look\n")) ?? "";
  const [properties = "", parts = ""] = look.split(/^Parts/m);
  expect(sorted(named(properties).filter((name) => name.startsWith("--")))).toEqual(
    sorted(all.match(/--causerie-[\w-]+/g) ?? []),
  );
  const own = [...all.matchAll(/\bpart: "([\w-]+)"/g)].map(([, part = ""]) => part);
  const exported = [...all.matchAll(/"exportparts", "([^"]+)"/g)].flatMap(([, parts = ""]) => parts.split(","));
  const inSources = [...own, ...exported];
  expect(sorted(named(parts).filter((name) => !/^(causerie|--|::)/.test(name)))).toEqual(sorted(inSources));
});
