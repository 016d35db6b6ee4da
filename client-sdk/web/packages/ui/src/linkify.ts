/** A part of a message: plain text, or a link. */
export interface Piece {
  readonly text: string;
  readonly href: string | undefined;
}

/** Web addresses. No other scheme becomes a link. */
const address = /https?:\/\/[^\s<>"'`]+/giu;
/** Punctuation after an address, which is not part of it. */
const trailing = /[.,;:!?)\]}»”’]+$/u;

/** Splits a text at its web addresses. The text of a link is its address. */
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
