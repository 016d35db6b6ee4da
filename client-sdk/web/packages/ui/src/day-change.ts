import type { ReactiveController, ReactiveControllerHost } from "lit";
import { currentTimeZone } from "./format.js";

/** How often the date is checked, in milliseconds. */
const checkMs = 60_000;

/** Calls `changed` when the day or the time zone of the device has changed, also while the page was hidden. Default: renders the host again. */
export class DayChange implements ReactiveController {
  #timer: ReturnType<typeof setInterval> | undefined;
  #last = "";

  constructor(
    host: ReactiveControllerHost,
    private readonly changed: () => void = () => host.requestUpdate(),
  ) {
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
    this.changed();
  };
}
