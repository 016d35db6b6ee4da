// The dictionaries of all languages have the same texts, and each of them fits its arguments.
import { expect, test } from "vitest";
import { textsOf } from "../../messenger/src/demo-texts.js";
import { elementTexts } from "../../widget/src/element-texts.js";
import { launcherTexts } from "../../widget/src/texts.js";
import { ar as widgetTexts } from "../../widget/src/texts-ar.js";
import { isolated } from "../src/bidi.js";
import { dayName } from "../src/day-name.js";
import { initials } from "../src/face.js";
import { badgeText, timeOfDay } from "../src/format.js";
import { ar } from "../src/i18n/ar.js";
import { en } from "../src/i18n/en.js";
import { fr } from "../src/i18n/fr.js";
import { locale, setLanguage } from "../src/i18n/index.js";

const dictionaries = { ar, en, fr };
const counts = [0, 1, 2, 3, 11, 100];
/** The texts whose argument is a number. */
const countedTexts = [
  "charactersLeft",
  "charactersOver",
  "jumpToLatestUnread",
  "members",
  "messagesArrived",
  "notReadBy",
  "readByCount",
  "requestsCount",
  "selected",
  "unread",
  "usersFound",
] as const;

/** The names of all texts of a dictionary, those of inner objects too. */
function namesOf(texts: object): string[] {
  return Object.entries(texts)
    .flatMap(([name, text]) => (typeof text === "object" ? namesOf(text).map((each) => `${name}.${each}`) : name))
    .sort();
}

/** All texts of a dictionary by name; a text with arguments with the names of two users, or with 3. */
function allTexts(texts: object): [name: string, text: string][] {
  return Object.entries(texts).flatMap(([name, text]): [string, string][] => {
    if (typeof text === "object") return allTexts(text);
    const args = (countedTexts as readonly string[]).includes(name) ? [3] : ["ليلى", "عمر"];
    return [[name, typeof text === "function" ? text(...args) : text]];
  });
}

test.each(Object.entries(dictionaries))("the dictionary %s has the same texts as the others, and none is empty", (_, texts) => {
  expect(namesOf(texts)).toEqual(namesOf(en));
  const kinds = (all: object): string[] => Object.entries(all).map(([name, text]) => `${name}: ${typeof text}`);
  expect(kinds(texts).sort()).toEqual(kinds(en).sort());
  // An application gives the text about its rules.
  expect(
    allTexts(texts)
      .filter(([, text]) => !text.trim())
      .map(([name]) => name),
  ).toEqual(["reachRules"]);
});

test.each(Object.entries(dictionaries))("the texts with a number in %s fit 0, 1, 2, 3, 11 and 100", async (language, texts) => {
  await setLanguage([language]);
  for (const name of countedTexts) {
    const all = counts.map((count) => texts[name](count));
    for (const text of all) expect(text, name).toMatch(/^[^#]*\p{L}{2,}[^#]*$/u);
    expect(all.join(), name).not.toMatch(/undefined|NaN/);
    expect(new Set(all).size, name).toBe(counts.length);
    for (const [at, count] of counts.entries()) if (count > 2) expect(all[at], name).toContain(String(count));
  }
});

test("every text with a number is in the list of this test", () => {
  const withArguments = Object.entries(en).filter(([, text]) => typeof text === "function");
  const isCounted = (text: unknown): boolean => /\b7\b/.test((text as (count: number) => string)(7));
  const taken = withArguments.filter(([, text]) => /^\(?count\b/.test(String(text))).map(([name]) => name);
  expect(taken.sort()).toEqual([...countedTexts]);
  expect(taken.every((name) => isCounted(en[name as keyof typeof en]))).toBe(true);
});

test("Arabic has six plural forms", async () => {
  await setLanguage(["ar"]);
  expect(counts.map(ar.members)).toEqual(["لا أعضاء", "عضو واحد", "عضوان", "3 أعضاء", "11 عضوًا", "100 عضو"]);
  expect(ar.members(103)).toBe("103 أعضاء");
});

test("Arabic texts have no letters of other scripts, but the names of keys", () => {
  const latin = allTexts(ar).filter(([name]) => !["locale", "direction"].includes(name));
  const words = latin.flatMap(([, text]) => text.match(/[A-Za-zÀ-ÿ]+/g) ?? []);
  expect([...new Set(words)].sort()).toEqual(["Ctrl", "Enter", "Shift"]);
  expect(latin.filter(([, text]) => /[?;,]/.test(text))).toEqual([]);
});

test("numbers, times and days follow the region of the language", async () => {
  const at = new Date(2026, 10, 3, 14, 5);
  await setLanguage(["ar-EG"]);
  expect(locale).toBe("ar-EG");
  expect(badgeText(7)).toBe("٧");
  expect(badgeText(120)).toBe("٩٩+");
  expect(ar.unread(3)).toBe("٣ رسائل غير مقروءة");
  expect(timeOfDay(at)).toMatch(/^٢:٠٥\sم$/u);
  expect(dayName(at, new Date(2026, 10, 30))).toBe("٣ نوفمبر");
  await setLanguage(["ar-MA"]);
  expect(badgeText(7)).toBe("7");
  await setLanguage(["en-GB"]);
  expect(badgeText(120)).toBe("99+");
  // Where the clock has 24 hours, the hour has two digits.
  const night = new Date(2026, 10, 3, 1, 5);
  for (const [region, text] of [
    ["en-GB", /^01:05$/],
    ["fr-FR", /^01:05$/],
    ["en-US", /^1:05\sAM$/u],
  ] as const) {
    await setLanguage([region]);
    expect(timeOfDay(night)).toMatch(text);
  }
});

test("a language is known by its whole code: Mapudungun, arn, is not Arabic", async () => {
  expect(await setLanguage(["arn-CL", "fr"])).toBe(fr);
  expect(await setLanguage(["AR"])).toBe(ar);
  expect([ar.direction, en.direction, fr.direction]).toEqual(["rtl", "ltr", "ltr"]);
});

test("in Arabic, names of all scripts are isolated; Arabic initials do not join", async () => {
  await setLanguage(["ar"]);
  expect(isolated("Léa (6A)")).toBe("\u2068Léa (6A)\u2069");
  await setLanguage(["en"]);
  expect(isolated("Léa (6A)")).toBe("Léa (6A)");
  expect(initials("ليلى حسن")).toBe("ل\u200cح");
});

test("the widget and the demo have the same texts in each language", () => {
  const ofWidget = { ...launcherTexts.en, ...elementTexts.en };
  expect(Object.keys(widgetTexts)).toEqual(expect.arrayContaining(Object.keys(ofWidget)));
  const placeholders = (text = ""): string[] => text.match(/\{\w+\}/g) ?? [];
  for (const [name, text] of Object.entries(ofWidget)) {
    expect(widgetTexts[name], name).toBeTruthy();
    expect(placeholders(widgetTexts[name]), name).toEqual(placeholders(text));
  }
  for (const tenant of ["demo-school", "demo-community", "demo-medical", "demo-lms"]) {
    const { en = {}, ...others } = textsOf(tenant);
    expect(Object.keys(others).sort()).toEqual(["ar", "fr"]);
    for (const other of Object.values(others)) expect(Object.keys(other).sort(), tenant).toEqual(Object.keys(en).sort());
  }
});
