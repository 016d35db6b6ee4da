// Search in names, as in the directory of the server: each word of the query is the beginning of a word of the text.

/** The words of a text, without case and accents. */
export function wordsOf(text: string): readonly string[] {
  const plain = text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

/** Whether each word of the query is the beginning of a word of the text. */
export function matchesWords(text: string, query: string): boolean {
  const words = wordsOf(text);
  return wordsOf(query).every((each) => words.some((word) => word.startsWith(each)));
}

/** The beginning of a text: at most `max` characters. */
export function beginning(text: string, max: number): string {
  if (text.length <= max) return text;
  const letters = [...text.slice(0, (max + 1) * 2)];
  return letters.length <= max ? letters.join("") : `${letters.slice(0, max).join("")}…`;
}
