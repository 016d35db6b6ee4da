import type { ReactiveController, ReactiveControllerHost } from "lit";
import { currentTimeZone } from "./format.js";

/** How often the date is checked, in milliseconds. */
const checkMs = 60_000;

/** Renders a component again when the day or the time zone of the device has changed, also while the page was hidden. */
export class DayChange implements ReactiveController {
  #timer: ReturnType<typeof setInterval> | undefined;
  #last = "";

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#last = DayChange.#now();
    this.#timer = setInterval(this.#check, checkMs);
    document.addEventListener("visibilitychange", this.#check);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
    document.removeEventListener("visibilitychange", this.#check);
  }

  static #now(): string {
    return `${new Date().toDateString()} ${currentTimeZone()}`;
  }

  readonly #check = (): void => {
    const now = DayChange.#now();
    if (now === this.#last) return;
    this.#last = now;
    this.host.requestUpdate();
  };
}
