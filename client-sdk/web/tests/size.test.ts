import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Rollup } from "vite";
import { expect, test } from "vitest";

test("the whole SDK, bundled and minified, is at most 12 KiB gzipped", async () => {
  const built = (await build({
    root: join(import.meta.dirname, ".."),
    configFile: false,
    logLevel: "silent",
    // The format that a page loads. In the format `es` the bundler keeps white space for the next bundler.
    build: {
      write: false,
      target: "es2022",
      minify: true,
      lib: { entry: "packages/sdk/src/index.ts", formats: ["iife"], name: "causerie" },
    },
  })) as Rollup.RollupOutput[];
  const chunks = built.flatMap(({ output }) => output).filter((file) => file.type === "chunk");
  const code = chunks.map((chunk) => chunk.code).join("");
  // The bundle has the whole SDK and no dependency.
  expect(code).toContain("causerie.v1.json");
  expect(chunks.flatMap((chunk) => chunk.imports)).toEqual([]);
  const bytes = gzipSync(code, { level: 9 }).length;
  console.log(`SDK: ${(bytes / 1024).toFixed(1)} KiB gzipped`);
  expect(bytes).toBeLessThanOrEqual(12 * 1024);
});

test("the messenger is at most 45 KiB gzipped until its first conversation, and later parts at most 20 KiB each", () => {
  // The committed build; `npm run check:dist` checks that it is up to date.
  const folder = join(import.meta.dirname, "../dist/messenger");
  const page = readFileSync(join(folder, "index.html"), "utf8");
  const size = (path: string): number => gzipSync(readFileSync(join(folder, path)), { level: 9 }).length;
  const assets = readdirSync(join(folder, "assets")).map((name) => `assets/${name}`);
  const later = assets.filter((path) => !page.includes(path));
  // A user loads one language; the larger one counts.
  const languages = later.filter((path) => /\/(en|fr)-/.test(path)).map(size);
  expect(languages).toHaveLength(2);
  const first = ["index.html", ...assets.filter((path) => page.includes(path))].map(size);
  const bytes = [...first, Math.max(...languages)].reduce((sum, each) => sum + each, 0);
  console.log(`messenger: ${(bytes / 1024).toFixed(1)} KiB gzipped`);
  expect(first.length).toBeGreaterThan(3);
  expect(bytes).toBeLessThanOrEqual(45 * 1024);
  for (const path of later) expect(size(path), path).toBeLessThanOrEqual(20 * 1024);
});
