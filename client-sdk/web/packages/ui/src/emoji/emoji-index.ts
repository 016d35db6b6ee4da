// Emoji by name, in the current language. This module and the names are loaded when the user needs them first.
import { strings } from "../i18n/index.js";

/** An emoji with its name. */
export interface Emoji {
  readonly character: string;
  readonly name: string;
  /** Further words that find it, separated by spaces. */
  readonly words: string;
}

/** A group of emoji, such as animals, in the order of Unicode. */
export interface EmojiGroup {
  readonly name: string;
  readonly emoji: readonly Emoji[];
}

/** A text without accents and capitals. */
function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[_-]/g, " ").trim();
}

/** An emoji, its folded name, and its folded name and words. */
type Entry = readonly [emoji: Emoji, label: string, text: string];

/** All emoji of a language. */
export class EmojiIndex {
  readonly groups: readonly EmojiGroup[];
  readonly #byCharacter = new Map<string, Emoji>();
  readonly #entries: readonly Entry[];

  /**
   * `characters` has a line for each group, with its emoji and their further words; `names` has a line for each group, with its name and the
   * names of its emoji. `flags` are added to the last group.
   */
  constructor(characters: string, names: string, flags: readonly Emoji[]) {
    const ofGroups = names.split("\n").map((line) => line.split("\t"));
    this.groups = characters.split("\n").map((line, at) => {
      const [name = "", ...labels] = ofGroups[at] ?? [];
      const emoji = line.split("\t").map((entry, index) => {
        const [character = "", words = ""] = entry.split("|");
        return { character, name: labels[index] ?? "", words };
      });
      return { name, emoji: at === ofGroups.length - 1 ? [...emoji, ...flags] : emoji };
    });
    const all = this.groups.flatMap(({ emoji }) => emoji);
    for (const each of all) this.#byCharacter.set(each.character, each);
    this.#entries = all.map((each) => [each, folded(each.name), folded(`${each.name} ${each.words}`)]);
  }

  /** The emoji that has the name, or one of the words, `name`. */
  byName(name: string): Emoji | undefined {
    const wanted = folded(name);
    const has = ([{ words }, label]: Entry): boolean => label === wanted || words.split(" ").map(folded).includes(wanted);
    return this.#entries.find(has)?.[0];
  }

  /** An emoji by its character. */
  byCharacter(character: string): Emoji | undefined {
    return this.#byCharacter.get(character);
  }

  /** The emoji with a word that begins with each word of `query`; those whose name begins with it first. */
  search(query: string, limit: number): readonly Emoji[] {
    const wanted = folded(query);
    if (!wanted) return [];
    const words = wanted.split(" ");
    const found = this.#entries.filter(([, , text]) => words.every((word) => ` ${text}`.includes(` ${word}`)));
    const exact = this.byName(query);
    const rank = ([emoji, label]: Entry): number => (emoji === exact ? 0 : label.startsWith(wanted) ? 1 : 2);
    return found
      .sort((one, other) => rank(one) - rank(other))
      .slice(0, limit)
      .map(([emoji]) => emoji);
  }
}

/** The flags of regions, which are two letters of an alphabet of flags. The browser knows the names of regions. */
function flagsOf(regions: string, language: string): readonly Emoji[] {
  const names = new Intl.DisplayNames(language, { type: "region" });
  const letterOf = (letter: string): string => String.fromCodePoint((letter.codePointAt(0) ?? 0) - 0x41 + 0x1f1e6);
  return regions.split(" ").map((region) => ({
    character: [...region].map(letterOf).join(""),
    name: names.of(region) ?? region,
    words: "",
  }));
}

/** Loads the names of the emoji in a language. */
const namesIn: Readonly<Record<string, () => Promise<{ readonly names: string }>>> = {
  ar: () => import("./names-ar.js"),
  en: () => import("./names-en.js"),
  fr: () => import("./names-fr.js"),
};

/** Loads the emoji of a language. */
async function load(language: string): Promise<EmojiIndex> {
  const [{ characters, regions }, { names = "" } = {}] = await Promise.all([import("./characters.js"), namesIn[language]?.()]);
  return new EmojiIndex(characters, names, flagsOf(regions, language));
}

const indexes = new Map<string, Promise<EmojiIndex>>();

/** The emoji in the current language. */
export function loadIndex(): Promise<EmojiIndex> {
  const language = strings.locale;
  let index = indexes.get(language);
  if (!index) {
    index = load(language);
    // A failed load is repeated at the next need.
    index.catch(() => indexes.delete(language));
    indexes.set(language, index);
  }
  return index;
}
