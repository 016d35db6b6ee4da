/** A part of a message: plain text, or a link. */
export interface Piece {
  readonly text: string;
  readonly href: string | undefined;
}

/**
 * Web addresses, also those that begin with `www.` instead of a scheme. No other scheme becomes a link. An address ends at a character that
 * changes the writing direction, with which it could be shown as another address.
 */
const address = /(?:https?:\/\/|(?<![\p{L}\p{N}@./_-])www\.(?=[\p{L}\p{N}-]+\.\p{L}))[^\s<>"'`\p{Bidi_Control}]+/giu;
/** Characters that are no part of an address when they are its last ones. */
const punctuation = new Set(".,;:!?»”’…");
/** A closing bracket is a part of an address that has its opening bracket. */
const brackets: ReadonlyMap<string, string> = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);

/** Removes the punctuation after an address, and the closing brackets without an opening bracket in the address. */
function trimmed(found: string): string {
  const counts = new Map<string, number>();
  const count = (letter: string): number => counts.get(letter) ?? 0;
  for (const letter of found) counts.set(letter, count(letter) + 1);
  let length = found.length;
  for (; length > 0; length--) {
    const last = found[length - 1] ?? "";
    const opening = brackets.get(last);
    if (opening === undefined ? !punctuation.has(last) : count(last) <= count(opening)) break;
    counts.set(last, count(last) - 1);
  }
  return found.slice(0, length);
}

/**
 * Splits a text at its web addresses. The text of a link is its address. An address with a user name or password, such as
 * `https://bank@evil.example`, is no link.
 */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(address)) {
    const found = trimmed(match[0]);
    const href = /^www\./i.test(found) ? `https://${found}` : found;
    if (!URL.canParse(href)) continue;
    const { username, password } = new URL(href);
    if (username || password) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), href: undefined });
    pieces.push({ text: found, href });
    end = match.index + found.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), href: undefined });
  return pieces;
}
