/** What the browser keeps for this site; nothing where it is told to keep nothing, for then even to look throws. */
export function browserStorage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
