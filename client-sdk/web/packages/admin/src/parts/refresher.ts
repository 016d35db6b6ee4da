import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Calls a function at intervals while the element is shown and the window is visible. */
export class Refresher implements ReactiveController {
  #timer = 0;

  constructor(
    host: ReactiveControllerHost,
    private readonly everyMs: number,
    private readonly refresh: () => unknown,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#timer = window.setInterval(() => {
      if (document.visibilityState === "visible") void this.refresh();
    }, this.everyMs);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
  }
}
