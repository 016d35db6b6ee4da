// The signs of the page outside of its content: the title, the icon of the tab, the badge of the installed page.

const name = "Causerie";
/** The shapes of icon.svg. */
const bubble =
  '<path fill="#4f4fcb" d="M16 3C8.800 3 3 8.300 3 15c0 3.300 1.500 6.300 3.900 8.500L5.500 29l6-2.600c1.400.4 2.900.6 4.500.6 7.200 0 13-5.300 13-12S23.200 3 16 3z"/>' +
  '<path fill="none" stroke="#fff" stroke-width="2.400" stroke-linecap="round" d="M10.500 12.500h11M10.500 17.500h7"/>';

/** The title of the page: `(3) Nora · Causerie`. `shown` is the title of the chat; empty for the list. */
export function pageTitle(unread: number, shown: string): string {
  const title = shown ? `${shown} · ${name}` : name;
  return unread > 0 ? `(${unread}) ${title}` : title;
}

/** The icon of the tab with a number, as the address of a picture. */
export function iconWithCount(unread: number): string {
  const text = unread > 9 ? "9+" : String(unread);
  const size = text.length > 1 ? 13 : 15;
  const badge = `<circle cx="22" cy="22" r="10" fill="#d3263c"/><text x="22" y="27" font-family="sans-serif" font-size="${size}" font-weight="bold" text-anchor="middle" fill="#fff">${text}</text>`;
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${bubble}${badge}</svg>`)}`;
}

/** Shows the number of unread messages and the title of the chat in the signs of the page. */
export class PageSignals {
  #unread = 0;
  #shown = "";
  readonly #icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  readonly #plainIcon = this.#icon?.href ?? "";

  set unread(total: number) {
    this.#unread = total;
    if (this.#icon) this.#icon.href = total > 0 ? iconWithCount(total) : this.#plainIcon;
    // The badge of an installed page. Browsers that have none do nothing.
    navigator.setAppBadge?.(total).catch(() => {});
    this.#update();
  }

  set shown(title: string) {
    this.#shown = title;
    this.#update();
  }

  #update(): void {
    document.title = pageTitle(this.#unread, this.#shown);
  }
}
