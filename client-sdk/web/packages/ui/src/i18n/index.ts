import { CauserieError } from "causerie";
import type { Explanations, Strings } from "./strings.js";

/** Loads the texts of a language, by its code. */
const languages: Readonly<Record<string, () => Promise<Strings>>> = {
  ar: async () => (await import("./ar.js")).ar,
  en: async () => (await import("./en.js")).en,
  fr: async () => (await import("./fr.js")).fr,
};

/** Texts of the application that replace those of the messenger, by the code of a language. */
export type OwnTexts = Readonly<Record<string, Partial<Strings>>>;

/** The texts of the current language. Components are rendered only after `setLanguage` has loaded them. */
export let strings: Strings;

/** The current language as a BCP 47 tag for `Intl`, with the region of the user if it is known. */
export let locale = "en";

/**
 * Loads and returns the texts of the first language in the list that the messenger has; English when it has none of them. `ownTexts`
 * replaces some of them, such as the hint in an empty conversation, or the rules of the service in plain words.
 */
export async function setLanguage(preferred: readonly string[], ownTexts: OwnTexts = {}): Promise<Strings> {
  const language = (tag: string): string => tag.toLowerCase().split("-", 1)[0] ?? "";
  const tag = preferred.find((each) => languages[language(each)]) ?? "en";
  const texts = (await languages[language(tag)]?.()) ?? strings;
  const own = ownTexts[language(tag)];
  strings = own ? { ...texts, ...own } : texts;
  // `fr` names no region; a later `fr-CA` does.
  locale = preferred.find((each) => each.length > 2 && language(each) === language(tag)) ?? tag;
  return strings;
}

/** The sentence to show for an error. `special` has sentences that replace the usual ones. */
export function explain(thrown: unknown, special: Explanations = {}): string {
  if (!(thrown instanceof CauserieError)) return strings.unknownError;
  const { name, code } = thrown;
  // Any other code is a close code or an error that the client itself found: there is no connection.
  const other = code < 100 || code > 999 ? strings.errors.unavailable : undefined;
  return special[name] ?? strings.errors[name] ?? other ?? strings.unknownError;
}
