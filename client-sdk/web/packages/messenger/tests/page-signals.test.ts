// The title and the icon of the tab.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { iconWithCount, pageTitle } from "../src/page-signals.js";

test("the title has the number of unread messages and the title of the chat", () => {
  expect(pageTitle(0, "")).toBe("Causerie");
  expect(pageTitle(3, "")).toBe("(3) Causerie");
  expect(pageTitle(0, "Nora")).toBe("Nora · Causerie");
  expect(pageTitle(3, "Nora")).toBe("(3) Nora · Causerie");
});

test("the icon with a number is the icon of the page and a number of at most two characters", () => {
  const icon = readFileSync(join(import.meta.dirname, "../src/public/icon.svg"), "utf8");
  const shapes = icon.match(/<path [^>]*>/g) ?? [];
  expect(shapes).toHaveLength(2);
  for (const [unread, text] of [
    [1, "1"],
    [9, "9"],
    [10, "9+"],
    [12_345, "9+"],
  ] as const) {
    const drawn = decodeURIComponent(iconWithCount(unread));
    for (const shape of shapes) expect(drawn).toContain(shape);
    expect(drawn).toContain(`>${text}</text>`);
  }
});

test("the manifest names files that exist", () => {
  const folder = join(import.meta.dirname, "../src/public");
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.webmanifest"), "utf8")) as { icons: { src: string }[] };
  expect(manifest.icons.length).toBeGreaterThan(0);
  for (const { src } of manifest.icons) expect(readFileSync(join(folder, src), "utf8")).toContain("<svg");
});
