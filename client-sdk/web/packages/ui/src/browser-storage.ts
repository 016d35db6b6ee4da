/** Returns `localStorage`; `undefined` when the browser is set to store nothing, because reading the property then throws. */
export function browserStorage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
