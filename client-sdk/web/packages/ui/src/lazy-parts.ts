import type { ReactiveController, ReactiveControllerHost } from "lit";

/** The parts of the messenger that are loaded when they are first shown. */
const parts = {
  conversation: () => import("./conversation-pane.js"),
  compose: () => import("./compose.js"),
  newChat: () => import("./new-chat.js"),
  network: () => import("./network-page.js"),
  details: () => import("./details-pane.js"),
} as const;

/** The name of such a part. */
export type LazyPart = keyof typeof parts;

/** The part that most users need next. It is loaded at once, beside the list. */
const nextPart: LazyPart = "conversation";
/** The other parts are loaded this long after the messenger, or when they are shown; milliseconds. */
const preloadDelayMs = 2_000;

/** Loads parts of the messenger, for the component that shows them. */
export class LazyParts implements ReactiveController {
  readonly #states = new Map<LazyPart, "searching" | "loaded" | "failed">();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    void this.#preload(nextPart);
    this.#timer = setTimeout(() => {
      for (const part of Object.keys(parts) as LazyPart[]) void this.#preload(part);
    }, preloadDelayMs);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
  }

  /** The state of a part that is to be shown. The part is loaded if it is not. */
  show(part: LazyPart): "searching" | "loaded" | "failed" {
    const state = this.#states.get(part);
    if (state) return state;
    this.#states.set(part, "searching");
    void this.#load(part);
    return "searching";
  }

  /** Loads a part again after a failure. */
  retry(part: LazyPart): void {
    this.#states.delete(part);
    this.host.requestUpdate();
  }

  /** Loads a part that is not shown. After a failure, it is loaded again when it is shown. */
  async #preload(part: LazyPart): Promise<void> {
    if (this.#states.has(part)) return;
    try {
      await parts[part]();
      this.#states.set(part, "loaded");
    } catch {}
  }

  async #load(part: LazyPart): Promise<void> {
    try {
      await parts[part]();
      this.#states.set(part, "loaded");
    } catch {
      this.#states.set(part, "failed");
    }
    this.host.requestUpdate();
  }
}
