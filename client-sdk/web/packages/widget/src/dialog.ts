// The frame of the panel: a dialog beside the content of the page or, in a narrow window, over it. Loaded when the page is idle or the panel
// is opened.
import { dialogStyles } from "./dialog-styles.js";
import type { Hub, Route } from "./hub.js";
import type { Panel } from "./panel.js";
import type { Dictionaries } from "./texts.js";

export interface DialogTexts {
  /** The writing direction. */
  direction: string;
  /** Read by screen readers while the panel loads. */
  panelLoading: string;
  /** In the panel: it could not be loaded. */
  panelFailed: string;
  /** The label of the button that loads it again. */
  panelRetry: string;
}

const dialogTexts: Dictionaries<DialogTexts> = {
  en: {
    direction: "ltr",
    panelLoading: "Loading…",
    panelFailed: "The messages couldn’t be loaded.",
    panelRetry: "Try again",
  },
  fr: {
    direction: "ltr",
    panelLoading: "Chargement…",
    panelFailed: "Les messages n’ont pas pu être chargés.",
    panelRetry: "Réessayer",
  },
};

/** The parts of the chat that the dialog uses. */
export interface DialogHost {
  close(): void;
  /** The user has gone to another route. */
  routed(route: Route): void;
}

export class PanelDialog {
  readonly #hub: Hub;
  readonly #host: DialogHost;
  readonly #dialog: HTMLDialogElement;
  readonly #content: HTMLElement;
  readonly #close: HTMLButtonElement;
  readonly #narrow: MediaQueryList;
  #panel: Panel | undefined;
  #route: Route = "";
  /** What had the focus before the dialog was shown. */
  #opener: HTMLElement | undefined;
  /** Counts the panels, because the panel may be closed, or the user may change, while it loads. */
  #number = 0;

  /** Adds the dialog to `frame`, in the shadow root of the chat. `narrow` is the media query of windows that it covers. */
  constructor(hub: Hub, host: DialogHost, frame: HTMLElement, narrow: string) {
    const { make, icon, style } = hub.tools;
    this.#hub = hub;
    this.#host = host;
    this.#narrow = matchMedia(narrow);
    this.#content = make("div", { class: "content" });
    this.#close = make("button", { class: "close", part: "close", type: "button" }, icon("M6 6l12 12M18 6L6 18"));
    this.#dialog = make("dialog", { part: "panel", tabindex: "-1" }, this.#content, this.#close);
    style(frame.getRootNode() as ShadowRoot, dialogStyles);
    frame.prepend(this.#dialog);
    this.#close.onclick = () => host.close();
    this.#dialog.onkeydown = (event) => this.#key(event);
    this.#dialog.oncancel = (event) => {
      // The events of the dialogs of the messenger do not concern this one.
      if (event.target !== this.#dialog) return;
      event.preventDefault();
      host.close();
    };
    // From the first use on, the messenger moves the focus as usual.
    for (const event of ["pointerdown", "focusin"]) this.#dialog.addEventListener(event, () => this.#panel?.keepFocus(false));
  }

  /** Shows the dialog at a route. `focus` moves the focus into it, from `opener`. Also after the element was moved in the page. */
  show(route: Route, focus: boolean, opener?: Element | null): void {
    if (opener && opener !== document.body && !this.#dialog.open) this.#opener = opener as HTMLElement;
    this.#narrow.addEventListener("change", this.#resized);
    globalThis.visualViewport?.addEventListener("resize", this.#fit);
    this.#place(focus);
    this.#route = route;
    this.#panel?.go(route);
    if (this.#panel) this.#panel.keepFocus(!focus);
    else void this.#mount(!focus);
  }

  /** Hides the dialog. If it has the focus, moves it to the launcher or, where that is hidden, to what had it before. */
  hide(launcher: HTMLElement): void {
    const hadFocus = this.#hasFocus;
    this.#narrow.removeEventListener("change", this.#resized);
    globalThis.visualViewport?.removeEventListener("resize", this.#fit);
    this.#dialog.close();
    this.#number++;
    this.#panel = undefined;
    this.#content.replaceChildren();
    if (hadFocus) (launcher.hidden ? this.#opener : launcher)?.focus({ preventScroll: true });
  }

  /** Shows the panel again, with another user or other texts. */
  remount(): void {
    this.#panel = undefined;
    void this.#mount(!this.#hasFocus);
  }

  get #hasFocus(): boolean {
    return this.#dialog.matches(":focus-within");
  }

  #place(focus: boolean): void {
    const dialog = this.#dialog;
    dialog.close();
    if (this.#narrow.matches && dialog.isConnected) dialog.showModal();
    else dialog.open = true;
    if (focus) dialog.focus();
    this.#fit();
  }

  async #mount(keepFocus: boolean): Promise<void> {
    const number = ++this.#number;
    const hub = this.#hub;
    const { make } = hub.tools;
    let texts = this.#texts();
    this.#content.replaceChildren(make("div", { class: "state", role: "status" }, texts.panelLoading));
    try {
      const [session, { Panel }] = await Promise.all([hub.start(), import("./panel.js")]);
      await session.loadTexts();
      if (number !== this.#number) return;
      texts = this.#texts();
      const panel = await Panel.create(session.client, hub.languages, hub.strings);
      if (number !== this.#number) return;
      panel.keepFocus(keepFocus);
      panel.onRoute = (route) => {
        this.#route = route;
        panel.go(route);
        this.#host.routed(route);
      };
      this.#panel = panel;
      panel.go(this.#route);
      this.#content.replaceChildren(panel.element);
    } catch (thrown) {
      if (number !== this.#number) return;
      const retry = make("button", { type: "button" }, texts.panelRetry);
      retry.onclick = () => void this.#mount(false);
      this.#content.replaceChildren(make("div", { class: "state", role: "alert" }, make("span", {}, texts.panelFailed), retry));
      hub.fire("error", thrown);
    }
  }

  /** Sets the labels and the writing direction, which may differ from that of the page. Returns the texts of the dialog. */
  #texts(): DialogTexts {
    const hub = this.#hub;
    const texts = hub.choose(dialogTexts);
    const { launcher, closePanel } = hub.texts;
    this.#dialog.dir = texts.direction;
    this.#dialog.ariaLabel = launcher;
    this.#close.ariaLabel = this.#close.title = closePanel;
    return texts;
  }

  readonly #resized = (): void => this.#place(this.#hasFocus);

  /** In a narrow window, the keyboard of a phone covers a part of the page: the panel takes the rest. */
  readonly #fit = (): void => {
    const height = this.#narrow.matches && globalThis.visualViewport?.height;
    this.#dialog.style.height = height ? `${height}px` : "";
  };

  #key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    // Escape closes a dialog or menu of the messenger first.
    if (event.composedPath().some((each) => each instanceof HTMLDialogElement && each !== this.#dialog)) return;
    event.preventDefault();
    this.#host.close();
  }
}
