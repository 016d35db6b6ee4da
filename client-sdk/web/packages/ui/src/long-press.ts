import type { LitElement, ReactiveController } from "lit";

/** A touch of this length is a long press, in milliseconds. */
const holdMs = 450;
/** A touch that moves farther than this is no long press, in pixels. */
const movePx = 10;

/** Calls `pressed` after a long press on the component, except on a link or a button. */
export class LongPress implements ReactiveController {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #start = { x: 0, y: 0 };
  #touches = false;

  constructor(
    private readonly host: LitElement,
    private readonly pressed: () => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.host.addEventListener("pointerdown", this.#down);
    this.host.addEventListener("pointermove", this.#move);
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) this.host.addEventListener(end, this.#end);
    this.host.addEventListener("contextmenu", this.#contextMenu);
  }

  hostDisconnected(): void {
    this.#end();
    this.host.removeEventListener("pointerdown", this.#down);
    this.host.removeEventListener("pointermove", this.#move);
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) this.host.removeEventListener(end, this.#end);
    this.host.removeEventListener("contextmenu", this.#contextMenu);
  }

  readonly #down = (event: Event): void => {
    const { pointerType, isPrimary, clientX: x, clientY: y } = event as PointerEvent;
    const onLink = event.composedPath().some((each) => each instanceof HTMLAnchorElement || each instanceof HTMLButtonElement);
    this.#touches = pointerType === "touch" && !onLink;
    this.#end();
    if (!this.#touches || !isPrimary) return;
    this.#start = { x, y };
    this.#timer = setTimeout(this.pressed, holdMs);
  };

  readonly #move = (event: Event): void => {
    const { clientX, clientY } = event as PointerEvent;
    if (Math.hypot(clientX - this.#start.x, clientY - this.#start.y) > movePx) this.#end();
  };

  readonly #end = (): void => clearTimeout(this.#timer);

  /** Suppresses the context menu that browsers open on a long press. */
  readonly #contextMenu = (event: Event): void => {
    if (this.#touches) event.preventDefault();
  };
}
