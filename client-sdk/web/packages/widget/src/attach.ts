// Keeps an element in the page. Routers such as Turbo and Astro replace the body of the document, and remove what scripts have added to it.

/** Adds an element to the body, and adds it again each time that the page removes it. The document must have a body. */
export function keepAttached(element: HTMLElement): void {
  const attach = (): void => {
    if (!element.isConnected) document.body.append(element);
    // A router may have replaced the body.
    for (const each of [document.documentElement, document.body]) observer.observe(each, { childList: true });
  };
  const observer = new MutationObserver(attach);
  attach();
}
