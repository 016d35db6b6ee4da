// The functions of the list of messages and the text field that need no browser.
import { beforeEach, expect, test } from "vitest";
import { toMessage } from "../../sdk/src/model.js";
import { message } from "../../sdk/tests/harness/fake-server.js";
import { EmojiIndex, loadIndex } from "../src/emoji/emoji-index.js";
import { isEmojiOnly } from "../src/emoji-only.js";
import { setLanguage } from "../src/i18n/index.js";
import { linkify } from "../src/linkify.js";
import { groupMessages } from "../src/message-groups.js";
import { MessageWindow, renderedMax } from "../src/message-window.js";
import { charactersLeft } from "../src/text-limit.js";

beforeEach(async () => void (await setLanguage(["en-US"])));

/** Messages with these `seq`. */
const messages = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => toMessage(message("c1", from + index)));

test("a window shows all messages of a short conversation, and new ones", () => {
  const view = new MessageWindow();
  expect(view.fit(messages(1, 50), Number.POSITIVE_INFINITY)).toEqual({ from: 0, to: 50 });
  expect(view.fit(messages(1, 51), 10)).toEqual({ from: 0, to: 51 });
  expect(view.grow(messages(1, 51), "older")).toBe(false);
  expect(view.grow(messages(1, 51), "newer")).toBe(false);
});

test("a window never has more messages than its limit, and drops those far from the visible ones", () => {
  const view = new MessageWindow();
  const all = messages(1, 1_000);
  expect(view.fit(all, Number.POSITIVE_INFINITY)).toEqual({ from: 1_000 - renderedMax, to: 1_000 });
  // At the end, each new message displaces the oldest one.
  expect(view.fit(messages(1, 1_001), Number.POSITIVE_INFINITY)).toEqual({ from: 1_001 - renderedMax, to: 1_001 });
  // While the user reads the oldest ones in the page, new messages are left out instead.
  expect(view.fit(messages(1, 1_002), 803)).toEqual({ from: 801, to: 1_001 });
  expect(view.fit(messages(1, 1_003), 803)).toEqual({ from: 801, to: 1_001 });
  view.reset();
  expect(view.fit(all, 500)).toEqual({ from: 399, to: 599 });
});

test("a window grows by few messages toward older and newer ones, and reaches both ends", () => {
  const view = new MessageWindow();
  const all = messages(1, 500);
  expect(view.fit(all, 250)).toEqual({ from: 149, to: 349 });
  expect(view.grow(all, "older")).toBe(true);
  expect(view.fit(all, 250)).toEqual({ from: 139, to: 339 });
  while (view.grow(all, "older"));
  expect(view.fit(all, 1)).toEqual({ from: 0, to: renderedMax });
  while (view.grow(all, "newer"));
  expect(view.fit(all, 500)).toEqual({ from: 300, to: 500 });
  expect(view.fit(messages(1, 501), 501)).toEqual({ from: 301, to: 501 });
});

test("a page that is loaded is outside of a window until it grows", () => {
  const view = new MessageWindow();
  expect(view.fit(messages(101, 150), 101, true)).toEqual({ from: 0, to: 50 });
  expect(view.fit(messages(51, 150), 101, true)).toEqual({ from: 50, to: 100 });
  expect(view.grow(messages(51, 150), "older")).toBe(true);
  expect(view.fit(messages(51, 150), 101, true)).toEqual({ from: 40, to: 100 });
  // The last page of newer messages, and a message that arrives before they are all inside.
  expect(view.fit(messages(51, 160), 150)).toEqual({ from: 40, to: 100 });
  expect(view.fit(messages(51, 161), 150)).toEqual({ from: 40, to: 100 });
  while (view.grow(messages(51, 161), "newer"));
  expect(view.fit(messages(51, 162), 162)).toEqual({ from: 40, to: 112 });
});

test("a window shows the loaded messages when others were loaded", () => {
  const view = new MessageWindow();
  view.fit(messages(1, 1_000), 300);
  expect(view.fit(messages(2_000, 2_049), 2_010)).toEqual({ from: 0, to: 50 });
});

test("a part of the messages is grouped as in the whole conversation", () => {
  const all = messages(1, 6).map((each) => ({ ...each, authorId: "tom", sentAt: new Date(2026, 10, 20, 12, 0) }));
  const [first] = groupMessages(all, 0, 3, 6);
  expect([first?.message?.seq, first?.first, first?.startsDay]).toEqual([4, false, false]);
});

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

test("an address that could be shown as another address is no link", () => {
  const links = (text: string) => linkify(text).flatMap(({ href }) => href ?? []);
  // The characters after U+202E are shown from right to left.
  expect(links("https://evil.test/\u202Emoc.knab//:sptth")).toEqual(["https://evil.test/"]);
  expect(links("https://bank.test@evil.test/")).toEqual([]);
  expect(links("https://bank.test:443@evil.test/")).toEqual([]);
  expect(links("https://:bank.test@evil.test/")).toEqual([]);
  expect(links("https://a.test/@name")).toEqual(["https://a.test/@name"]);
});

test.each([
  ["👍", true],
  ["👍🏽 🎉", true],
  ["👨‍👩‍👧‍👦❤️🏴󠁧󠁢󠁥󠁮󠁧󠁿", true],
  ["🇫🇷", true],
  ["1️⃣", true],
  ["🙂🙂🙂🙂", false],
  ["12", false],
  ["ok 👍", false],
  ["©", false],
  ["", false],
])("%s is shown large: %s", (text, large) => {
  expect(isEmojiOnly(text)).toBe(large);
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
