// Keeps an element in the page. Routers such as Turbo and Astro replace the body of the document, and remove what scripts have added to it.

/** Adds an element to the body, and again whenever the page has removed it. To be called when there is a body. */
export function keepAttached(element: HTMLElement): void {
  const attach = (): void => {
    if (!element.isConnected) document.body.append(element);
    // The body may be a new one.
    for (const each of [document.documentElement, document.body]) observer.observe(each, { childList: true });
  };
  const observer = new MutationObserver(attach);
  attach();
}
