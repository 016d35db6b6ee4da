// The API tables of the packages' READMEs name what the sources have, and nothing else.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const packages = join(import.meta.dirname, "../packages");
const read = (path: string): string => readFileSync(join(packages, path), "utf8");

interface Class {
  readonly tag: string | undefined;
  readonly members: readonly ts.ClassElement[];
  readonly text: string;
}

/** The class of a name in a file, or the first one. */
function classIn(path: string, name?: string): Class | undefined {
  const text = read(path);
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found = source.statements.find(
    (each): each is ts.ClassDeclaration => ts.isClassDeclaration(each) && (!name || each.name?.text === name),
  );
  const tag = found?.getText().match(/^@customElement\("([\w-]+)"\)/)?.[1];
  return found && { tag, members: found.members, text };
}

/** The names of the public members; of those with the decorator `@property`, where `decorated`. */
function publicNames({ members }: Class, decorated = false): string[] {
  const isPublic = (member: ts.ClassElement): boolean =>
    !(
      ts.getCombinedModifierFlags(member) &
      (ts.ModifierFlags.Private | ts.ModifierFlags.Protected | ts.ModifierFlags.Static | ts.ModifierFlags.Override)
    );
  return members
    .filter((each) => each.name && ts.isIdentifier(each.name) && isPublic(each))
    .filter((each) => !decorated || /^@property\(/.test(each.getText()))
    .map((each) => each.name?.getText() ?? "");
}

/** The rows of all tables below a heading, each as the list of its cells. */
function rows(readme: string, heading: string): string[][] {
  const section = readme.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| -"));
  return lines.map((line) => line.split("|").map((cell) => cell.trim()));
}

/** The names in backquotes in a cell, without their arguments. */
const namesIn = (cell = ""): string[] => [...cell.matchAll(/`([\w-]+)[^`]*`/g)].map(([, name = ""]) => name);

test("the README of the SDK lists the members of Client and History", () => {
  const client = [classIn("sdk/src/client.ts", "Client"), classIn("sdk/src/commands.ts", "Commands")];
  const sources = client.flatMap((each) => (each ? publicNames(each) : []));
  const history = classIn("sdk/src/history.ts", "History");
  // A constructor's `readonly conversationId` is a member too.
  const expected = [...sources, "conversationId", ...(history ? publicNames(history) : [])];
  const listed = rows(read("sdk/README.md"), "API").flatMap(([, cell]) => namesIn(cell));
  expect(sources.length).toBeGreaterThan(40);
  expect([...listed].sort()).toEqual([...expected].sort());
});

test("the README of the SDK lists the options and events", () => {
  const fields = (path: string, name: string): string[] =>
    [...(read(path).match(new RegExp(`interface ${name} \\{([\\s\\S]*?)\\n\\}`))?.[1] ?? "").matchAll(/^ {2}(\w+)\??:/gm)].map(
      ([, field = ""]) => field,
    );
  const readme = read("sdk/README.md");
  const listed = (heading: string): string[] => rows(readme, heading).flatMap(([, cell]) => namesIn(cell));
  expect(listed("Options").sort()).toEqual(fields("sdk/src/options.ts", "ClientOptions").sort());
  expect(listed("Events").sort()).toEqual(fields("sdk/src/events.ts", "ClientEvents").sort());
});

test.each(["ui"])("the README of %s lists the properties and events of its elements", (name) => {
  const files = readdirSync(join(packages, name, "src")).filter((file) => file.endsWith(".ts"));
  const elements = new Map(
    files.flatMap((file) => {
      const found = classIn(`${name}/src/${file}`);
      return found?.tag ? [[found.tag, found] as const] : [];
    }),
  );
  const table = rows(read(`${name}/README.md`), "Elements").filter(([, cell = ""]) => cell.startsWith("`causerie-"));
  expect(table.length).toBeGreaterThan(0);
  for (const [, tagCell, properties, events] of table) {
    const [tag = ""] = namesIn(tagCell);
    const element = elements.get(tag);
    expect(element, tag).toBeDefined();
    if (!element) continue;
    const inherited = element.text.includes("extends ClientElement") ? ["client"] : [];
    expect(namesIn(properties).sort(), tag).toEqual([...inherited, ...publicNames(element, true)].sort());
    const fired = new Set([...element.text.matchAll(/(?:new CustomEvent|#fire)\("([\w-]+)"/g)].map(([, event = ""]) => event));
    expect(namesIn(events).sort(), tag).toEqual([...fired].sort());
  }
});
