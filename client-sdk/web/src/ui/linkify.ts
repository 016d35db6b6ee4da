/** A stretch of a message: plain text, or an address. */
export interface Piece {
  readonly text: string;
  readonly href: string | undefined;
}

/** Only what is plainly a web address; no other scheme is ever made clickable. */
const address = /https?:\/\/[^\s<>"'`]+/giu;
/** Punctuation that ends a sentence, not an address. */
const trailing = /[.,;:!?)\]}»”’]+$/u;

/** Splits a message at its web addresses. What is shown is what is opened. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(address)) {
    const found = match[0].replace(trailing, "");
    if (!URL.canParse(found)) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), href: undefined });
    pieces.push({ text: found, href: found });
    end = match.index + found.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), href: undefined });
  return pieces;
}
