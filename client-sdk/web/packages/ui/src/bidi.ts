// Names in a sentence: their writing direction must not change the order of the words around them.
import { strings } from "./i18n/index.js";

/** Characters that can reorder the text around them: those of right-to-left scripts, and the bidi controls of Unicode. */
const reorders = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]|\p{Bidi_Control}/u;

/**
 * Isolates the direction of a text within a sentence, label or title, where `<bdi>` can't be used: puts it between FIRST STRONG ISOLATE and
 * POP DIRECTIONAL ISOLATE (Unicode Standard Annex 9), and closes the isolates that it leaves open. In a language that is written from left to
 * right, a left-to-right text stays as it is.
 */
export function isolated(text: string): string {
  if (strings.direction === "ltr" && !reorders.test(text)) return text;
  let open = 0;
  let line = "";
  for (const letter of text) {
    if (letter >= "\u2066" && letter <= "\u2068") open += 1;
    if (letter === "\u2069") {
      // An unmatched POP would close the isolate around the text.
      if (open === 0) continue;
      open -= 1;
    }
    line += letter;
  }
  return `\u2068${line}${"\u2069".repeat(open + 1)}`;
}
