// Keeps an element in the page. Routers such as Turbo and Astro replace the body of the document, and remove what scripts have added to it.

/** Adds an element to the body, and again whenever the page has removed it. To be called when there is a body. */
export function keepAttached(element: HTMLElement): void {
  const attach = (): void => {
    if (!element.isConnected) document.body.append(element);
  };
  const observed = new MutationObserver(() => {
    attach();
    // The new body is another element.
    watch();
  });
  const watch = (): void => {
    observed.observe(document.documentElement, { childList: true });
    observed.observe(document.body, { childList: true });
  };
  attach();
  watch();
}
