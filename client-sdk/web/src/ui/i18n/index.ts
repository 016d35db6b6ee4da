import { CauserieError } from "../../sdk/index.js";
import type { Explanations, Strings } from "./strings.js";

/** Each is loaded by those who read it. */
const languages: Readonly<Record<string, () => Promise<Strings>>> = {
  en: async () => (await import("./en.js")).en,
  fr: async () => (await import("./fr.js")).fr,
};

/** The texts in use. Nothing is drawn before `setLanguage` has loaded them. */
export let strings: Strings;

/** BCP 47, given to `Intl`: the language in use, in the form of the person's region where it is known. */
export let locale = "en";

/** Takes the first language of the list that exists; English otherwise. Loads its texts and returns them. */
export async function setLanguage(preferred: readonly string[]): Promise<Strings> {
  const language = (tag: string): string => tag.slice(0, 2).toLowerCase();
  const tag = preferred.find((each) => languages[language(each)]) ?? "en";
  const load = languages[language(tag)];
  if (load) strings = await load();
  // `fr` says nothing of the region; a later `fr-CA` does.
  locale = preferred.find((each) => each.length > 2 && language(each) === language(tag)) ?? tag;
  return strings;
}

/** What to tell a person about something that failed; `special` says what names mean there in particular. */
export function explain(thrown: unknown, special: Explanations = {}): string {
  if (!(thrown instanceof CauserieError)) return strings.somethingWrong;
  const { name, code } = thrown;
  // Other numbers are a close code or the client's own finding: there is no connection.
  const other = code < 100 || code > 999 ? strings.errors.unavailable : undefined;
  return special[name] ?? strings.errors[name] ?? other ?? strings.somethingWrong;
}
