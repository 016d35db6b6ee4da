// Loads the messages that the list is to show.
import type { History } from "causerie";
import type { ReactiveControllerHost } from "lit";
import type { Direction } from "./message-window.js";

/** Where the list scrolls to: the end, the separator of new messages above `seq`, or a message. */
export type Goal =
  | { readonly to: "end" }
  | { readonly to: "separator"; readonly seq: number }
  | {
      readonly to: "message";
      readonly seq: number;
      /** The distance from the top of the visible part, in pixels. */
      readonly top?: number;
      readonly flash?: boolean;
    };

/** The message of a goal; 0 for the newest. */
export function seqOf(goal: Goal): number {
  return goal.to === "end" ? 0 : goal.seq;
}

/** Whether the messages of a goal are loaded. */
function isLoaded({ loaded, messages, moreBefore, moreAfter }: History, goal: Goal): boolean {
  const seq = seqOf(goal);
  if (!loaded || !seq) return loaded && !moreAfter;
  return ((messages[0]?.seq ?? 0) <= seq || !moreBefore) && ((messages.at(-1)?.seq ?? 0) >= seq || !moreAfter);
}

/** Loads messages around a goal, and older or newer pages. Renders the list again when its state changes. */
export class MessageLoader {
  /** Which messages could not be loaded: the first ones to show, older ones or newer ones. */
  failed: "" | "first" | Direction = "";
  #pending: Goal | undefined;
  /** Whether no messages of the conversation are shown yet. */
  #isFirst = true;
  #isConnected = false;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly history: () => History,
    /** The messages of a goal are loaded. */
    private readonly settled: (goal: Goal) => void,
  ) {}

  /** Whether the first messages are being loaded, or could not be. */
  get isOpening(): boolean {
    return this.#isFirst;
  }

  /** Starts with a conversation. */
  reset(): void {
    this.#isFirst = true;
    this.#pending = undefined;
    this.failed = "";
  }

  /** Calls `settled` as soon as the messages of the goal are loaded. */
  show(goal: Goal): void {
    this.#pending = goal;
    this.failed = "";
    if (!this.check()) void this.#load(goal);
  }

  /** Settles the goal when an event has brought its messages. */
  check(): boolean {
    const goal = this.#pending;
    if (!goal || !isLoaded(this.history(), goal)) return false;
    this.#settle(goal);
    return true;
  }

  /** Loads the first messages again. */
  readonly retry = (): void => {
    if (this.#pending) this.show(this.#pending);
  };

  /** Loads a page in one direction. */
  async extend(direction: Direction): Promise<void> {
    const history = this.history();
    if (this.failed) {
      this.failed = "";
      this.host.requestUpdate();
    }
    try {
      await (direction === "older" ? history.loadOlder() : history.loadNewer());
    } catch {
      this.#fail(history, direction);
    }
  }

  /** After a reconnection, loads the messages again that could not be loaded. */
  connected(isConnected: boolean): void {
    if (isConnected && !this.#isConnected && this.failed) {
      if (this.failed === "first") this.retry();
      this.failed = "";
    }
    this.#isConnected = isConnected;
  }

  async #load(goal: Goal): Promise<void> {
    const history = this.history();
    const seq = seqOf(goal);
    const first = history.messages[0]?.seq ?? 0;
    try {
      await (seq ? history.loadAround(seq) : history.loadNewest());
    } catch {
      if (this.#pending !== goal) return;
      if (this.#isFirst) return this.#fail(history, "first");
      this.#pending = undefined;
      return this.#fail(history, seq && seq < first ? "older" : "newer");
    }
    // The message may not exist. The list then shows the messages after it.
    if (this.#pending === goal) this.#settle(goal);
  }

  #settle(goal: Goal): void {
    this.#pending = undefined;
    this.#isFirst = false;
    this.failed = "";
    this.settled(goal);
    this.host.requestUpdate();
  }

  #fail(history: History, what: "first" | Direction): void {
    // Another conversation is shown.
    if (history !== this.history()) return;
    this.failed = what;
    this.host.requestUpdate();
  }
}
