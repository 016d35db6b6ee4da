// The fragment of the address: `#users/lea?q=martin` is the view `users`, the item `lea` and a query. It never holds the key.

/** What the page shows. */
export interface Route {
  readonly view: string;
  readonly id: string;
  readonly query: URLSearchParams;
}

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = split(hash.replace(/^#/, ""), "?");
  const [view = "", id = ""] = split(path, "/");
  return { view: decoded(view), id: decoded(id), query: new URLSearchParams(query) };
}

/** The fragment of a route. Empty values of the query are left out. */
export function hashOf(view: string, id = "", query: Readonly<Record<string, string>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value);
  const search = new URLSearchParams(given).toString();
  return `#${view}${id && `/${encodeURIComponent(id)}`}${search && `?${search}`}`;
}

/** Splits at the first mark only: ids may contain it, encoded or not. */
function split(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
