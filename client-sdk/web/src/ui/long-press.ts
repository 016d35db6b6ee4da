import type { LitElement, ReactiveController } from "lit";

/** A finger that stays this long means it, in milliseconds. */
const holdMs = 450;
/** It may tremble by so much, in pixels. */
const tremblePx = 10;

/** Calls `held` when a finger rests on the component. A finger that scrolls, or rests on a link, is let alone. */
export class LongPress implements ReactiveController {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #start = { x: 0, y: 0 };
  #touches = false;

  constructor(
    private readonly host: LitElement,
    private readonly held: () => void,
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
    this.#timer = setTimeout(this.held, holdMs);
  };

  readonly #move = (event: Event): void => {
    const { clientX, clientY } = event as PointerEvent;
    if (Math.hypot(clientX - this.#start.x, clientY - this.#start.y) > tremblePx) this.#end();
  };

  readonly #end = (): void => clearTimeout(this.#timer);

  /** The browser's own menu for a held finger stays away. */
  readonly #contextMenu = (event: Event): void => {
    if (this.#touches) event.preventDefault();
  };
}
