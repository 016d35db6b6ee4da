/** The room is shown in the last part of a text, as a fraction of the limit. */
const shownFrom = 0.9;
const encoder = new TextEncoder();

/**
 * How many characters a text may still grow by, about; negative: how many are too many. `undefined` while the text is far from the limit.
 * `bytesMax` is the limit in UTF-8, in bytes; 0 when it is unknown.
 */
export function charactersLeft(text: string, bytesMax: number): number | undefined {
  // A UTF-16 unit has at most three bytes in UTF-8, so short texts need not be encoded.
  if (!bytesMax || text.length * 3 < bytesMax * shownFrom) return undefined;
  const bytes = encoder.encode(text).length;
  if (bytes < bytesMax * shownFrom) return undefined;
  const letters = [...text];
  if (bytes <= bytesMax) return Math.floor(((bytesMax - bytes) * letters.length) / bytes);
  let [over, left] = [0, bytes];
  while (left > bytesMax) {
    over += 1;
    left -= encoder.encode(letters[letters.length - over]).length;
  }
  return -over;
}
