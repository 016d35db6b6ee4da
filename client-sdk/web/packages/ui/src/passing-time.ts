// Texts that become wrong while time passes, such as "Yesterday" and "Last seen 5 minutes ago". No event of the client renders them again.
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { currentTimeZone } from "./format.js";

const minuteMs = 60_000;

/** Renders the host again each minute, and when the page was hidden and is visible again. */
export class EachMinute implements ReactiveController {
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    host: ReactiveControllerHost,
    private readonly run: () => void = () => host.requestUpdate(),
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#timer = setInterval(this.run, minuteMs);
    document.addEventListener("visibilitychange", this.run);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
    document.removeEventListener("visibilitychange", this.run);
  }
}

/** The day and the time zone of the device. */
function today(): string {
  return `${new Date().toDateString()} ${currentTimeZone()}`;
}

/** Calls `changed` when the day or the time zone of the device has changed, also while the page was hidden. Default: renders the host again. */
export function onDayChange(host: ReactiveControllerHost, changed: () => void = () => host.requestUpdate()): void {
  let last = today();
  new EachMinute(host, () => {
    const now = today();
    if (now === last) return;
    last = now;
    changed();
  });
}
