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

/** The names of the fields of an interface. */
function fieldsOf(path: string, name: string): string[] {
  const body = read(path).match(new RegExp(`interface ${name} \\{([\\s\\S]*?)\\n\\}`))?.[1] ?? "";
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)].map(([, field = ""]) => field);
}

/** The texts of a list such as `const events = ["open", "close"]`. */
function listOf(path: string, name: string): string[] {
  const [, items = ""] = read(path).match(new RegExp(`const ${name}[^=]*= \\[([^\\]]*)\\]`)) ?? [];
  return [...items.matchAll(/"([\w-]+)"/g)].map(([, item = ""]) => item);
}

/** The names that a module exports by `export { … } from`. */
function exportsOf(path: string): { name: string; isType: boolean }[] {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true);
  const clauses = source.statements.filter(ts.isExportDeclaration);
  return clauses.flatMap(({ exportClause, isTypeOnly }) =>
    exportClause && ts.isNamedExports(exportClause)
      ? exportClause.elements.map((each) => ({ name: each.name.text, isType: isTypeOnly || each.isTypeOnly }))
      : [],
  );
}

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
  const readme = read("sdk/README.md");
  const listed = (heading: string): string[] => rows(readme, heading).flatMap(([, cell]) => namesIn(cell));
  expect(listed("Options").sort()).toEqual(fieldsOf("sdk/src/options.ts", "ClientOptions").sort());
  expect(listed("Events").sort()).toEqual(fieldsOf("sdk/src/events.ts", "ClientEvents").sort());
});

test("the READMEs name what the packages export, and each export and public member has a comment for editors", () => {
  const entries = ["sdk/src/index.ts", "sdk/src/cache.ts", "react/src/index.ts", "react/src/elements.ts"];
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const program = ts.createProgram(
    entries.map((entry) => join(packages, entry)),
    {
      ...options,
      lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
      types: [],
      customConditions: ["causerie-source"],
      skipLibCheck: true,
    },
  );
  const checker = program.getTypeChecker();
  const bare: string[] = [];
  const missing: string[] = [];
  let count = 0;
  for (const entry of entries) {
    const source = program.getSourceFile(join(packages, entry));
    const readme = read(`${entry.split("/")[0]}/README.md`);
    const values = new Set(exportsOf(entry).flatMap(({ name, isType }) => (isType ? [] : [name])));
    for (const exported of checker.getExportsOfModule(checker.getSymbolAtLocation(source as ts.SourceFile) as ts.Symbol)) {
      count++;
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const isCommented = (each: ts.Symbol): boolean => each.getDocumentationComment(checker).length > 0;
      if (!isCommented(symbol)) bare.push(symbol.name);
      // Types are named where they are used; functions and classes are what a reader looks for.
      if (values.has(exported.name) && !readme.includes(`\`${symbol.name}`)) missing.push(symbol.name);
      const declaration = symbol.declarations?.find(ts.isClassDeclaration);
      for (const member of declaration?.members ?? []) {
        const name = member.name && ts.isIdentifier(member.name) ? member.name.text : undefined;
        const isHidden = ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected);
        if (name && !isHidden && !ts.getJSDocCommentsAndTags(member).length) bare.push(`${symbol.name}.${name}`);
      }
    }
  }
  expect(count).toBeGreaterThan(50);
  expect({ bare, missing }).toEqual({ bare: [], missing: [] });
}, 60_000);

test("the README of the React package lists what the package exports, and what the hooks return", () => {
  const readme = read("react/README.md");
  const exported = exportsOf("react/src/index.ts");
  const named = (isType: boolean): string[] => exported.filter((each) => each.isType === isType).map(({ name }) => name);
  const cells = rows(readme, "API");
  expect(named(false).length).toBeGreaterThan(8);
  expect(cells.flatMap(([, cell]) => namesIn(cell)).sort()).toEqual(named(false).sort());
  expect(namesIn(readme.match(/^Types: .*$/m)?.[0]).sort()).toEqual(named(true).sort());
  for (const [hook, file, type] of [
    ["useConversations", "conversations", "ConversationsValue"],
    ["useConversation", "conversation", "ConversationValue"],
    ["useHistory", "history", "HistoryValue"],
  ]) {
    const fields = fieldsOf(`react/src/${file}.ts`, type ?? "");
    const described = namesIn(cells.find(([, cell]) => cell === `\`${hook}\``)?.[2]);
    expect(described.sort(), hook).toEqual(fields.sort());
  }
});

test("the README of the React package lists the components of the elements, with their properties", () => {
  const readme = read("react/README.md");
  const exported = exportsOf("react/src/elements.ts");
  const components = rows(readme, "Elements").filter(([, cell = ""]) => cell.startsWith("`"));
  expect(components.map(([, cell]) => namesIn(cell)[0])).toEqual(
    exported.filter(({ isType }) => !isType).map(({ name }) => name),
  );
  expect(namesIn(readme.split("## Elements\n")[1]?.match(/^Types: .*$/m)?.[0]).sort()).toEqual(
    exported.flatMap(({ name, isType }) => (isType ? [name] : [])).sort(),
  );
  const own = { CauserieChat: ["chat", "ChatSettings"], CauserieContact: ["contact", "ContactSettings"] } as const;
  for (const [component, [file, type]] of Object.entries(own)) {
    const listed = components.find(([, cell]) => cell === `\`${component}\``)?.[2];
    expect(namesIn(listed), component).toEqual(fieldsOf(`react/src/elements/${file}.ts`, type));
  }
  // The component has every setting and event of the element.
  const attributes = listOf("widget/src/chat.ts", "attributes").map((name) =>
    name.replace(/-./, (part) => part.slice(1).toUpperCase()),
  );
  const events = listOf("widget/src/api.ts", "events").map((name) => `on${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  expect(events.length).toBeGreaterThan(4);
  expect(fieldsOf("react/src/elements/chat.ts", "ChatSettings").sort()).toEqual([...attributes, "getToken", ...events].sort());
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
