/** Returns `previous` when it equals `next` by value, so that a comparison by `===` shows that nothing changed. */
export function reuseIfEqual<Value>(previous: Value | undefined, next: Value): Value {
  return previous !== undefined && serialize(previous) === serialize(next) ? previous : next;
}

const serialize = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (part instanceof Set ? [...part] : part));
