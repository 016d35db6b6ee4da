import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Somebody looks at the page. */
export function isLookedAt(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

/**
 * Decides when something shown counts as read: the page is visible and has the focus. Calls `read` whenever that begins, and
 * on `seen()` while it lasts.
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

  /** Something new was shown. */
  readonly seen = (): void => {
    if (isLookedAt()) this.read();
  };
}
