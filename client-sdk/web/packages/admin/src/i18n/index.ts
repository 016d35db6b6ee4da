import { ApiError } from "../errors.js";
import type { Strings } from "./en.js";

/** Loads the texts of a language, by its code. */
const languages: Readonly<Record<string, () => Promise<Strings>>> = {
  en: async () => (await import("./en.js")).en,
  fr: async () => (await import("./fr.js")).fr,
};

/** The texts of the current language. Elements are rendered only after `setLanguage` has loaded them. */
export let strings: Strings;

/** The current language as a BCP 47 tag for `Intl`, with the region of the user if it is known. */
let locale = "en";

/** Loads the texts of the first language in the list that the page has; English when it has none of them. */
export async function setLanguage(preferred: readonly string[]): Promise<void> {
  const language = (tag: string): string => tag.slice(0, 2).toLowerCase();
  const tag = preferred.find((each) => languages[language(each)]) ?? "en";
  const load = languages[language(tag)];
  if (load) strings = await load();
  locale = navigator.languages.find((each) => each.length > 2 && language(each) === language(tag)) ?? tag;
  document.documentElement.lang = strings.locale;
}

export function number(value: number): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** `16 KiB`, `1 GiB`. */
export function bytes(value: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(value, 1)) / 10), strings.units.length - 1);
  const rounded = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value / 1024 ** power);
  return `${rounded}\u00a0${strings.units[power]}`;
}

/** `30 Nov 2026, 09:15`. */
export function dateTime(text: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(text));
}

/** `30 Nov 2026`. */
export function date(text: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date(text));
}

/** A list in a sentence: `a, b and c`. */
export function listed(items: readonly string[]): string {
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(items);
}

/** The sentence to show for an error. The server's own sentence is shown where it names what to mend. */
export function explain(thrown: unknown): string {
  if (!(thrown instanceof ApiError)) return strings.errors.unknown;
  const known = strings.errors as Readonly<Record<string, string>>;
  return known[thrown.code] ?? (thrown.status >= 500 ? strings.errors.unavailable : thrown.detail);
}
