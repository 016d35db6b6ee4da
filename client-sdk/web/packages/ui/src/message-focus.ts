// The keyboard in the list of messages: the Tab key reaches one message, and the arrow keys lead from message to message.
import type { ReactiveControllerHost } from "lit";
import { MessageElement } from "./message.js";
import { lastInView, renderedMessages } from "./scroll-anchor.js";

/** After this time without scrolling, the Tab key reaches the last visible message, in milliseconds. */
const restMs = 150;

/** The key of a message in the list. */
type KeyOf = (element: MessageElement) => string;

/** What the list of messages provides. */
export interface FocusHost extends ReactiveControllerHost {
  readonly shadowRoot: ShadowRoot | null;
}

/**
 * Decides which message the Tab key reaches: the focused one, or the last visible one. Handles the arrow keys, Home and End in the list, and
 * Enter and the keys for menus on a message.
 */
export class MessageFocus {
  #active = "";
  #focused: Element | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: FocusHost,
    private readonly scroller: () => HTMLElement,
    private readonly keyOf: KeyOf,
    /** Shows the newest message, and focuses it. */
    private readonly toEnd: () => void,
    /** Called after a key has moved the visible part, before the list renders again. */
    private readonly moved: () => void,
  ) {}

  /** The key of the message that the Tab key reaches, among those in the page. */
  activeAmong(keys: readonly string[]): string {
    return keys.includes(this.#active) ? this.#active : (keys.at(-1) ?? "");
  }

  /** To be called before the list renders. */
  willUpdate(): void {
    // A shadow host with the focus inside matches `:focus` too.
    this.#focused = this.host.shadowRoot?.querySelector(".scroller :focus") ?? undefined;
  }

  /** To be called after the list has rendered: keeps the focus in the list when the focused element is no longer in the page. */
  updated(): void {
    if (this.#focused && !this.#focused.isConnected && !this.host.shadowRoot?.activeElement)
      this.scroller().focus({ preventScroll: true });
  }

  /** To be called when the list was scrolled. `atEnd`: the newest message is visible. */
  scrolled(atEnd: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.host.shadowRoot?.activeElement instanceof MessageElement) return;
      const last = atEnd ? undefined : lastInView(this.scroller());
      this.#activate(last ? this.keyOf(last) : "");
    }, restMs);
  }

  /** Focuses the last message, without scrolling. */
  last(): void {
    renderedMessages(this.scroller()).at(-1)?.focus({ preventScroll: true });
  }

  /** Forgets the message of another conversation. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#active = "";
  }

  /** Handles `focusin` on the list. */
  readonly entered = ({ target }: Event): void => {
    if (target instanceof MessageElement) this.#activate(this.keyOf(target));
  };

  /** Handles `keydown` on the list. */
  readonly key = (event: KeyboardEvent): void => {
    const { target, key, shiftKey } = event;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const message = target instanceof MessageElement ? target : undefined;
    // Enter on a link or a button in the message is theirs.
    const isOnMessage = message !== undefined && event.composedPath()[0] === message;
    if (isOnMessage && (key === "ContextMenu" || (key === "F10" && shiftKey) || (key === "Enter" && !shiftKey)))
      message.openMenu();
    else if (shiftKey) return;
    else if (key === "ArrowUp" || key === "ArrowDown") this.#move(message, key === "ArrowUp" ? -1 : 1);
    else if (key === "Home") this.#focus(renderedMessages(this.scroller())[0]);
    else if (key === "End") this.toEnd();
    else return;
    event.preventDefault();
  };

  /** Focuses the message before or after `from`; without `from`, the last visible one. */
  #move(from: MessageElement | undefined, by: number): void {
    if (!from) return this.#focus(lastInView(this.scroller()) ?? renderedMessages(this.scroller()).at(-1));
    const messages = renderedMessages(this.scroller());
    this.#focus(messages[messages.indexOf(from) + by]);
  }

  #focus(message: MessageElement | undefined): void {
    message?.focus({ preventScroll: true });
    message?.scrollIntoView({ block: "nearest" });
    this.moved();
  }

  #activate(key: string): void {
    if (key === this.#active) return;
    this.#active = key;
    this.host.requestUpdate();
  }
}
