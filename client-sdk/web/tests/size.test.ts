import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Rollup } from "vite";
import { expect, test } from "vitest";

/** The chunks of a package, bundled and minified without the packages that are `external`. */
async function bundled(entry: string, external: string[] = []): Promise<Rollup.OutputChunk[]> {
  const built = (await build({
    root: join(import.meta.dirname, ".."),
    configFile: false,
    logLevel: "silent",
    // The format that a page loads. In the format `es` the bundler keeps white space for the next bundler.
    build: {
      write: false,
      target: "es2022",
      minify: true,
      lib: { entry, formats: ["iife"], name: "causerie" },
      rolldownOptions: { external, output: { globals: Object.fromEntries(external.map((name) => [name, "other"])) } },
    },
  })) as Rollup.RollupOutput[];
  return built.flatMap(({ output }) => output).filter((file) => file.type === "chunk");
}

const gzipped = (chunks: Rollup.OutputChunk[]): number =>
  gzipSync(chunks.map(({ code }) => code).join(""), { level: 9 }).length;

test("the whole SDK, bundled and minified, is at most 12 KiB gzipped", async () => {
  const chunks = await bundled("packages/sdk/src/index.ts");
  // The bundle has the whole SDK and no dependency.
  expect(chunks.map(({ code }) => code).join("")).toContain("causerie.v1.json");
  expect(chunks.flatMap(({ imports }) => imports)).toEqual([]);
  const bytes = gzipped(chunks);
  console.log(`SDK: ${(bytes / 1024).toFixed(1)} KiB gzipped`);
  expect(bytes).toBeLessThanOrEqual(12 * 1024);
});

test("the cache adds at most 4 KiB gzipped to the SDK", async () => {
  const bytes = gzipped(await bundled("packages/sdk/src/cache.ts"));
  console.log(`causerie/cache: ${(bytes / 1024).toFixed(1)} KiB gzipped`);
  expect(bytes).toBeLessThanOrEqual(4 * 1024);
});

test("the hooks for React add at most 3 KiB gzipped to the SDK and React", async () => {
  const chunks = await bundled("packages/react/src/index.ts", ["causerie", "react"]);
  expect(chunks.map(({ code }) => code).join("")).toContain("<CauserieProvider client=");
  const bytes = gzipped(chunks);
  console.log(`React hooks: ${(bytes / 1024).toFixed(1)} KiB gzipped`);
  expect(bytes).toBeLessThanOrEqual(3 * 1024);
});

test("the components of the elements add at most 2 KiB gzipped to the widget and React", async () => {
  const chunks = await bundled("packages/react/src/elements.ts", ["@causerie/widget", "causerie", "react"]);
  expect(chunks.map(({ code }) => code).join("")).toContain("causerie-contact");
  const bytes = gzipped(chunks);
  console.log(`React components: ${(bytes / 1024).toFixed(1)} KiB gzipped`);
  expect(bytes).toBeLessThanOrEqual(2 * 1024);
});

/** Whether a file has the pane of a conversation: its header, its messages and its composer. */
const isConversation = (path: string): boolean => /\/conversation-[\w-]{8}\.js$/.test(path);

test("the messenger is at most 39 KiB gzipped until its list of conversations, 54 KiB until the first conversation, and later parts at most 20 KiB each", () => {
  // The committed build; `npm run check:dist` checks that it is up to date.
  const folder = join(import.meta.dirname, "../dist/messenger");
  const page = readFileSync(join(folder, "index.html"), "utf8");
  const size = (path: string): number => gzipSync(readFileSync(join(folder, path)), { level: 9 }).length;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const assets = files.map(({ name, parentPath }) => (parentPath === folder ? name : `assets/${name}`));
  const later = assets.filter((path) => path !== "index.html" && !page.includes(path));
  // A user loads one language; the largest one counts.
  const languages = later.filter((path) => /\/(ar|en|fr)-/.test(path)).map(size);
  expect(languages).toHaveLength(3);
  const first = assets.filter((path) => path === "index.html" || page.includes(path)).map(size);
  const bytes = [...first, Math.max(...languages)].reduce((sum, each) => sum + each, 0);
  console.log(`messenger: ${(bytes / 1024).toFixed(1)} KiB gzipped`);
  expect(first.length).toBeGreaterThan(3);
  expect(bytes).toBeLessThanOrEqual(39 * 1024);
  const [conversation = "", ...others] = later.filter(isConversation);
  expect(others).toEqual([]);
  const opened = bytes + size(conversation);
  console.log(`messenger: ${(opened / 1024).toFixed(1)} KiB gzipped until the first conversation`);
  expect(opened).toBeLessThanOrEqual(54 * 1024);
  for (const path of later) expect(size(path), path).toBeLessThanOrEqual(20 * 1024);
});

/** The gzipped sizes of the files of a build, by path, and the files that each loads at once or later. */
function filesOf(folder: string): Map<string, { bytes: number; imports: string[]; later: string[] }> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".js"));
  const entries = paths.map((path) => {
    const code = readFileSync(join(folder, path), "utf8");
    const named = (pattern: RegExp): string[] => [...code.matchAll(pattern)].map(([, name = ""]) => join(dirname(path), name));
    const imports = named(/(?:from|import)\s*["'`](\.[^"'`]+)["'`]/g);
    return [
      path,
      { bytes: gzipSync(code, { level: 9 }).length, imports, later: named(/import\((?:\$base\+)?["'`]([^"'`]+)["'`]\)/g) },
    ] as const;
  });
  return new Map(entries);
}

test("the launcher is at most 4 KiB gzipped, the widget at most 47 KiB until its list of conversations, 62 KiB until the first conversation, and each file at most 20 KiB", () => {
  const files = filesOf(join(import.meta.dirname, "../dist/widget"));
  const launcher = files.get("v1.js");
  expect(launcher?.imports).toEqual([]);
  expect(launcher?.bytes).toBeLessThanOrEqual(4 * 1024);
  // The panel and the session, with all that they load at once.
  const loaded = new Set(["v1.js", ...(launcher?.later ?? [])]);
  for (const path of loaded) {
    const { imports = [], later = [] } = files.get(path) ?? {};
    for (const each of path.includes("dialog-") ? [...imports, ...later] : imports) loaded.add(each);
  }
  expect(loaded.size).toBeGreaterThan(3);
  const sizeOf = (path: string): number => files.get(path)?.bytes ?? Number.NaN;
  // A user loads one language; the largest one counts. Arabic has the texts of the launcher in a file of their own.
  const languages = ["ar", "en", "fr"].map((language) =>
    [...files.keys()].filter((path) => RegExp(`/(texts-)?${language}-`).test(path)),
  );
  expect(languages.map(({ length }) => length)).toEqual([2, 1, 1]);
  const sizes = languages.map((paths) => paths.reduce((sum, path) => sum + sizeOf(path), 0));
  const bytes = [...loaded].reduce((sum, path) => sum + sizeOf(path), Math.max(...sizes));
  const kib = (each: number): string => `${(each / 1024).toFixed(1)} KiB`;
  console.log(`widget: ${kib(sizeOf("v1.js"))} at page load, ${kib(bytes)} until the list of conversations`);
  expect(bytes).toBeLessThanOrEqual(47 * 1024);
  // What the pane of a conversation imports, too.
  const opened = new Set([...files.keys()].filter(isConversation));
  expect(opened.size).toBe(1);
  for (const path of opened) for (const each of files.get(path)?.imports ?? []) opened.add(each);
  const more = [...opened].filter((path) => !loaded.has(path)).reduce((sum, path) => sum + sizeOf(path), 0);
  console.log(`widget: ${kib(bytes + more)} until the first conversation`);
  expect(bytes + more).toBeLessThanOrEqual(62 * 1024);
  for (const path of files.keys()) expect(sizeOf(path), path).toBeLessThanOrEqual(20 * 1024);
});

test("the admin page is at most 60 KiB gzipped with all its views in one language, and each file at most 20 KiB", () => {
  // The committed build; `npm run check:dist` checks that it is up to date.
  const folder = join(import.meta.dirname, "../dist/admin");
  const size = (path: string): number => gzipSync(readFileSync(join(folder, path)), { level: 9 }).length;
  const assets = readdirSync(join(folder, "assets")).map((name) => `assets/${name}`);
  const isLanguage = (path: string): boolean => /\/(en|fr)-/.test(path);
  const languages = assets.filter(isLanguage).map(size);
  expect(languages).toHaveLength(2);
  const others = ["index.html", ...assets.filter((path) => !isLanguage(path))].map(size);
  const bytes = [...others, Math.max(...languages)].reduce((sum, each) => sum + each, 0);
  console.log(`admin page: ${(bytes / 1024).toFixed(1)} KiB gzipped in ${others.length + 1} files`);
  expect(others.length).toBeGreaterThan(10);
  expect(bytes).toBeLessThanOrEqual(60 * 1024);
  for (const path of assets) expect(size(path), path).toBeLessThanOrEqual(20 * 1024);
});
