// Names of others within a line: their writing direction stays their own.

/** Letters and controls that can reorder what stands around them: Unicode's ranges of right-to-left scripts, and its bidi controls. */
const reorders = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]|\p{Bidi_Control}/u;

/**
 * A text for use within a sentence, a label or a title, where no `<bdi>` can stand: between FIRST STRONG ISOLATE and its end (Unicode
 * Standard Annex 9), with what it leaves open closed. A text from left to right stays as it is.
 */
export function isolated(text: string): string {
  if (!reorders.test(text)) return text;
  let open = 0;
  let line = "";
  for (const letter of text) {
    if (letter >= "\u2066" && letter <= "\u2068") open += 1;
    if (letter === "\u2069") {
      // One that closes nothing within the text would close the isolate around it.
      if (open === 0) continue;
      open -= 1;
    }
    line += letter;
  }
  return `\u2068${line}${"\u2069".repeat(open + 1)}`;
}
