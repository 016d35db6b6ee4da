// The functions of the list of messages and the text field that need no browser.
import { beforeEach, expect, test } from "vitest";
import { EmojiIndex, loadIndex } from "../src/emoji/emoji-index.js";
import { setLanguage } from "../src/i18n/index.js";
import { linkify } from "../src/linkify.js";
import { charactersLeft } from "../src/text-limit.js";

beforeEach(async () => void (await setLanguage(["en-US"])));

test("links are whole: with the brackets that belong to them, and www. without a scheme", () => {
  const links = (text: string) => linkify(text).map(({ text: shown, href }) => (href ? `<${href}>` : shown));
  expect(links("https://en.wikipedia.org/wiki/Rust_(programming_language)")).toEqual([
    "<https://en.wikipedia.org/wiki/Rust_(programming_language)>",
  ]);
  expect(links("(see https://a.test/x_(y))")).toEqual(["(see ", "<https://a.test/x_(y)>", ")"]);
  expect(links("https://a.test/a[1]]. b")).toEqual(["<https://a.test/a[1]>", "]. b"]);
  expect(links("go to www.example.org/a, now")).toEqual(["go to ", "<https://www.example.org/a>", ", now"]);
  expect(links("awww.no, me@www.example.org, www.5, www.")).toEqual(["awww.no, me@www.example.org, www.5, www."]);
  const long = `https://a.test/${")".repeat(16_000)}`;
  const started = performance.now();
  expect(links(long)[0]).toBe("<https://a.test/>");
  expect(performance.now() - started).toBeLessThan(1_000);
});

test("the characters that are left or too many are counted near the limit", () => {
  expect(charactersLeft("a".repeat(89), 100)).toBeUndefined();
  expect(charactersLeft("a".repeat(95), 100)).toBe(5);
  expect(charactersLeft("a".repeat(104), 100)).toBe(-4);
  // A letter of two bytes, and an emoji of four.
  expect(charactersLeft("é".repeat(51), 100)).toBe(-1);
  expect(charactersLeft("🎉".repeat(26), 100)).toBe(-1);
  expect(charactersLeft("a".repeat(1_000), 0)).toBeUndefined();
});

test("emoji are found by the beginnings of their words, the exact name first", () => {
  const flags = [{ character: "🇫🇷", name: "France", words: "" }];
  const index = new EmojiIndex(
    "😀|smile\t😄|smile_eyes\n🧇|",
    "Smileys\tgrinning face\tgrinning face with smiling eyes\nFood\tgaufre salée",
    flags,
  );
  const search = (query: string) => index.search(query, 5).map(({ character }) => character);
  expect(search("smil")).toEqual(["😀", "😄"]);
  expect(search("smile_eyes")).toEqual(["😄"]);
  expect(search("face grin")).toEqual(["😀", "😄"]);
  expect(search("salee")).toEqual(["🧇"]);
  expect(search("inning")).toEqual([]);
  expect(index.byName("smile")?.character).toBe("😀");
  expect(index.byName("Grinning Face")?.character).toBe("😀");
  expect(index.byName("nothing")).toBeUndefined();
  expect(index.groups.map(({ name, emoji }) => [name, emoji.length])).toEqual([
    ["Smileys", 2],
    ["Food", 2],
  ]);
});

test.each(["en", "fr"])("every emoji has a name in %s", async (language) => {
  await setLanguage([language]);
  const { groups } = await loadIndex();
  expect(groups).toHaveLength(9);
  const all = groups.flatMap(({ emoji }) => emoji);
  expect(all.length).toBeGreaterThan(1_800);
  expect(all.filter(({ character, name }) => !character || !name)).toEqual([]);
  expect(all.find(({ character }) => character === "🇩🇪")?.name).toBe(language === "fr" ? "Allemagne" : "Germany");
  expect(all.find(({ character }) => character === "🧇")?.name).toBe(language === "fr" ? "gaufre" : "waffle");
});
