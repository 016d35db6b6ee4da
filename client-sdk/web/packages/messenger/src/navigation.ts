// Reads and changes the route, which is a part of the address of the page. Each route that the user visits has an entry in the browser's
// history.

/** The state that the browser stores for an entry of its history. */
interface EntryState {
  /** The route of the previous entry; absent for the first entry. */
  readonly before?: string;
}

/** Returns the current route. It is the fragment of the address, so that the browser's back and reload buttons work. */
export function currentRoute(): string {
  const hash = location.hash.slice(1);
  try {
    return decodeURIComponent(hash);
  } catch {
    // An invalid fragment: the messenger says that there is no such conversation.
    return hash;
  }
}

/** The address of a route, relative to the page. */
function addressOf(route: string): string {
  const hash = route.split("/").map(encodeURIComponent).join("/");
  return hash ? `#${hash}` : location.pathname + location.search;
}

/**
 * Goes to a route. Returns whether the address has the route now. If the previous entry of the history has the route, this goes back to that
 * entry, and the browser changes the address later. The back buttons of the messenger and of the browser then lead to the same entry.
 */
export function goTo(route: string): boolean {
  const from = currentRoute();
  if (route === from) return true;
  const { before } = (history.state ?? {}) as EntryState;
  if (before === route) {
    history.back();
    return false;
  }
  history.pushState({ before: from } satisfies EntryState, "", addressOf(route));
  return true;
}

/** Replaces the route of the current entry. */
export function replaceRoute(route: string): void {
  history.replaceState(history.state, "", addressOf(route));
}

/** The absolute URL of a route, for links. */
export function linkTo(route: string): string {
  return new URL(addressOf(route), location.href).href;
}
