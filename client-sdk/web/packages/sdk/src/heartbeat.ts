import type { Clock } from "./options.js";

/** Time to wait for the reply to a ping before the connection counts as lost, in milliseconds. */
export const probeTimeoutMs = 5_000;

/**
 * Detects a dead connection. Browsers hide WebSocket pings from pages, so the client sends a `ping` command when it has received
 * nothing for one interval, and when `probe` is called. A connection on which then nothing arrives is lost.
 */
export class Heartbeat {
  #cancel: () => void = () => {};
  /** Cancels the timeout of the ping that has no reply yet. */
  #cancelProbe: (() => void) | undefined;
  #lastReceived = 0;

  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #ping: () => void;
  readonly #lost: () => void;
  readonly #probing: (inDoubt: boolean) => void;

  /** `ping` sends a ping; `lost` is called when its reply does not arrive; `probing` at the start and end of each wait for a reply. */
  constructor(clock: Clock, intervalMs: number, ping: () => void, lost: () => void, probing: (isProbing: boolean) => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#ping = ping;
    this.#lost = lost;
    this.#probing = probing;
    this.received();
    this.#watch(intervalMs);
  }

  /** A frame arrived from the server. */
  received(): void {
    this.#lastReceived = this.#clock.elapsed();
    this.#endProbe();
  }

  /** Sends a ping now, because the network changed or a reply is late. Does nothing while a ping has no reply. */
  probe(): void {
    if (this.#cancelProbe) return;
    this.#cancelProbe = this.#clock.after(probeTimeoutMs, this.#lost);
    this.#probing(true);
    this.#ping();
  }

  /** Stops all timers. */
  stop(): void {
    this.#cancel();
    this.#endProbe();
  }

  #endProbe(): void {
    if (!this.#cancelProbe) return;
    this.#cancelProbe();
    this.#cancelProbe = undefined;
    this.#probing(false);
  }

  #watch(delayMs: number): void {
    this.#cancel = this.#clock.after(delayMs, () => {
      let leftMs = this.#intervalMs - this.#clock.elapsed() + this.#lastReceived;
      if (leftMs <= 0) {
        this.probe();
        leftMs = this.#intervalMs;
      }
      this.#watch(Math.max(leftMs, 1));
    });
  }
}
