// What an avatar shows of a name: its initials and its colour.

/** The number of avatar colours (`.c0` and so on in avatar.ts). */
export const colours = 10;

/** The initials of a name: one or two letters. */
export function initials(name: string): string {
  const words = name
    .replace(/\p{Bidi_Control}/gu, "")
    .split(/[\s,'’-]+/)
    .filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? "")][0] ?? "");
  // Arabic letters would join to a word: a ZERO WIDTH NON-JOINER keeps them apart.
  return letters.join(/^\p{Script=Arabic}+$/u.test(letters.join("")) ? "\u200c" : "").toLocaleUpperCase();
}

/** The number of the colour for a seed; the same seed always has the same colour. */
export function colourOf(id: string): number {
  let hash = 2_166_136_261;
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619);
  return (hash >>> 0) % colours;
}
