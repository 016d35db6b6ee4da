import { CauserieError } from "../../sdk/index.js";
import { en } from "./en.js";
import { fr } from "./fr.js";
import type { Strings } from "./strings.js";

const languages: Readonly<Record<string, Strings>> = { en, fr };

/** The texts in use. Set before anything is drawn. */
export let strings: Strings = en;

/** Takes the first language of the list that exists; English otherwise. Returns its texts. */
export function setLanguage(preferred: readonly string[]): Strings {
  const known = preferred.map((tag) => languages[tag.slice(0, 2).toLowerCase()]).find((found) => found !== undefined);
  strings = known ?? en;
  return strings;
}

/** What to tell a person about something that failed. */
export function explain(thrown: unknown): string {
  return (thrown instanceof CauserieError && strings.errors[thrown.name]) || strings.somethingWrong;
}
