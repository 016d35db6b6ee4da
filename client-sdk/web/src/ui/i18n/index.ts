import { CauserieError } from "../../sdk/index.js";
import { en } from "./en.js";
import { fr } from "./fr.js";
import type { Explanations, Strings } from "./strings.js";

const languages: Readonly<Record<string, Strings>> = { en, fr };

/** The texts in use. Set before anything is drawn. */
export let strings: Strings = en;

/** BCP 47, given to `Intl`: the language in use, in the form of the person's region where it is known. */
export let locale = "en";

/** Takes the first language of the list that exists; English otherwise. Returns its texts. */
export function setLanguage(preferred: readonly string[]): Strings {
  const language = (tag: string): string => tag.slice(0, 2).toLowerCase();
  const tag = preferred.find((each) => languages[language(each)]) ?? "en";
  strings = languages[language(tag)] ?? en;
  // `fr` says nothing of the region; a later `fr-CA` does.
  locale = preferred.find((each) => each.length > 2 && language(each) === language(tag)) ?? tag;
  return strings;
}

/** What to tell a person about something that failed; `special` says what names mean there in particular. */
export function explain(thrown: unknown, special: Explanations = {}): string {
  const name = thrown instanceof CauserieError ? thrown.name : "unspecified";
  return special[name] ?? strings.errors[name] ?? strings.somethingWrong;
}
