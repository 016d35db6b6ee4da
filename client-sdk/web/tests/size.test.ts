import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Rollup } from "vite";
import { expect, test } from "vitest";

test("the whole SDK, bundled and minified, is at most 12 KiB gzipped", async () => {
  const built = (await build({
    root: join(import.meta.dirname, ".."),
    configFile: false,
    logLevel: "silent",
    // As a page loads it: of the format `es` the bundler keeps the white space, for the next bundler.
    build: {
      write: false,
      target: "es2022",
      minify: true,
      lib: { entry: "src/sdk/index.ts", formats: ["iife"], name: "causerie" },
    },
  })) as Rollup.RollupOutput[];
  const chunks = built.flatMap(({ output }) => output).filter((file) => file.type === "chunk");
  const code = chunks.map((chunk) => chunk.code).join("");
  // Nothing of it was dropped, and nothing came in from outside.
  expect(code).toContain("causerie.v1.json");
  expect(chunks.flatMap((chunk) => chunk.imports)).toEqual([]);
  const bytes = gzipSync(code, { level: 9 }).length;
  console.log(`SDK: ${(bytes / 1024).toFixed(1)} KiB gzipped`);
  expect(bytes).toBeLessThanOrEqual(12 * 1024);
});
