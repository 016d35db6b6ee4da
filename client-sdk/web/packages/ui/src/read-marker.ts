import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Whether the page is visible and focused. */
export function isPageActive(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

/**
 * Calls `read` when the page becomes active, and at each call of `seen` while it is active: only then do shown messages count as read.
 */
export class ReadMarker implements ReactiveController {
  constructor(
    host: ReactiveControllerHost,
    private readonly read: () => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    addEventListener("focus", this.seen);
    document.addEventListener("visibilitychange", this.seen);
  }

  hostDisconnected(): void {
    removeEventListener("focus", this.seen);
    document.removeEventListener("visibilitychange", this.seen);
  }

  /** To be called after new messages were shown. */
  readonly seen = (): void => {
    if (isPageActive()) this.read();
  };
}
