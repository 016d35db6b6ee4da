import type { User } from "causerie";
import type { PanelDialog } from "./dialog.js";
import { BaseElement, badgeText, icon, make, style } from "./element.js";
import { type ChatPanel, type GetToken, hub, type Route } from "./hub.js";
import { launcherStyles } from "./launcher-styles.js";
import type { Overrides } from "./texts.js";

const attributes = [
  "server",
  "token-url",
  "locale",
  "theme",
  "position",
  "launcher",
  "conversation",
  "keep-open",
  "notifications",
  "strings",
];

const chatIcon = "M12 20a8 8 0 1 1 8-8c0 1.5-.4 2.9-1.1 4.1L20 20l-4-.9A8 8 0 0 1 12 20z";
const closeIcon = "M5 9l7 7 7-7";

/** In a narrower window, the panel covers the page. */
const narrow = "(max-width: 479px)";

/**
 * A button in the corner of the page with the number of unread messages, and the panel with conversations that it opens. The panel and the
 * SDK are loaded later than the page.
 *
 * Fires `causerie-ready`, `causerie-open`, `causerie-close`, `causerie-unread`, `causerie-message` and `causerie-error`.
 */
export class CauserieChat extends BaseElement implements ChatPanel {
  static readonly observedAttributes: readonly string[] = attributes;
  /** The element that the script has added to the page. */
  static ofScript: CauserieChat | undefined;

  /** The address of the chat server. */
  declare server: string;
  /** The address that answers with a token of the user. */
  declare tokenUrl: string;
  /** The language, such as `fr`. Default: that of the page, then that of the browser. */
  declare locale: string;
  /** `light`, `dark` or `auto`, the default: as the user's device. */
  declare theme: string;
  /** `right`, the default, or `left`, and the distances to the side and to the bottom in pixels: `left 24 80`. */
  declare position: string;
  /** `always`, the default, `never`, or a selector of elements of the page that open the panel in place of the launcher. */
  declare launcher: string;
  /** How a message in a conversation that is not visible is announced: `sound`, `desktop`, or both. Default: not at all. */
  declare notifications: string;

  readonly #root: ShadowRoot;
  readonly #frame = make("div");
  readonly #button = make("button", { class: "launcher", part: "launcher", "aria-haspopup": "dialog" });
  readonly #badge = make("span", { class: "badge", part: "badge" });
  readonly #icon = icon("");

  #isOpen = false;
  #dialog: PanelDialog | undefined;
  #route: Route = "";
  #session = hub.session;
  #unwatch: (() => void) | undefined;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "open" });
    style(this.#root, launcherStyles);
    this.#button.append(this.#icon, this.#badge);
    this.#frame.append(this.#button);
    this.#root.append(this.#frame);
    this.#button.onclick = () => this.toggle();
  }

  connectedCallback(): void {
    // A router has shown a copy of a page that it kept: the element of the script is in the page already, or comes back to it.
    if (this.hasAttribute("of-script") && this !== CauserieChat.ofScript) return this.remove();
    hub.panel = this;
    document.addEventListener("click", this.#clicked);
    this.#unwatch = hub.watch(this.#changed);
    hub.retain();
    const { open, route } = hub.kept;
    if (this.#isOpen) this.#dialog?.show(this.#route, false);
    else if (this.keepOpen && open && !matchMedia(narrow).matches) this.#open(route ?? "", false);
    this.#render();
  }

  disconnectedCallback(): void {
    document.removeEventListener("click", this.#clicked);
    if (this.#unwatch) hub.release();
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  attributeChangedCallback(name: string, _before: string | null, value: string | null): void {
    const { signIn } = hub;
    const text = value ?? "";
    if (name === "server") signIn.server = text;
    if (name === "token-url") signIn.tokenUrl = text;
    if (name === "conversation") this.#go(text);
    if (name === "strings") this.strings = text ? JSON.parse(text) : {};
    if (name === "locale") {
      hub.locale = text;
      this.#textsChanged();
    }
    this.#render();
  }

  // Actions

  /**
   * Opens the panel: at the given route or, without one, where it was last. The panel takes the focus when the call answers an action of the
   * user, and leaves it otherwise.
   */
  open(route?: Route): void {
    this.#open(route ?? this.#route, navigator.userActivation?.isActive ?? true);
  }

  /** Closes the panel. Returns the focus to where it was. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    hub.keep({ open: false });
    this.#render();
    this.#dialog?.hide(this.#button);
    hub.fire("close");
  }

  toggle(): void {
    if (this.#isOpen) this.close();
    else this.open();
  }

  /** Uses a token, or a function that returns one, in place of the token URL. Without an argument, asks for a token again. */
  setToken(token?: string | GetToken): void {
    hub.setToken(token);
  }

  /** Signs the user out: disconnects, and removes what the browser stores for the user. The launcher disappears until `setToken`. */
  logout(): void {
    this.#route = "";
    hub.logout();
  }

  // State

  /** Whether the panel is open. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The signed-in user; `undefined` until the first connection. */
  get user(): User | undefined {
    return hub.session?.client.me;
  }

  /** The number of unread messages. */
  get unread(): number {
    return hub.unread;
  }

  routed(route: Route): void {
    this.#route = route;
    hub.keep({ route });
  }

  // Settings without an attribute of the same text

  /** What the panel shows: the id of a conversation, or nothing for the list. */
  get conversation(): string {
    return this.#route;
  }
  set conversation(value: string | undefined) {
    this.setAttribute("conversation", value ?? "");
  }

  /** Whether the panel opens again on the next page of the same tab. */
  get keepOpen(): boolean {
    return this.hasAttribute("keep-open");
  }
  set keepOpen(value: boolean) {
    this.toggleAttribute("keep-open", value);
  }

  /** Returns a token; a function in place of `tokenUrl`. */
  get getToken(): GetToken | undefined {
    return hub.signIn.getToken;
  }
  set getToken(value: GetToken | undefined) {
    hub.signIn.getToken = value;
    if (this.isConnected && value) hub.setToken();
  }

  /** Texts of the page in place of the own texts, by their names. */
  get strings(): Overrides {
    return hub.strings;
  }
  set strings(value: Overrides) {
    hub.strings = value;
    this.#textsChanged();
  }

  #open(route: Route, focus: boolean): void {
    if (hub.signedOut) return;
    const wasOpen = this.#isOpen;
    const opener = document.activeElement;
    this.#isOpen = true;
    this.routed(route);
    hub.keep({ open: true });
    this.#render();
    void this.#show(focus, opener);
    if (wasOpen) return;
    hub.session?.opened(focus);
    hub.fire("open");
  }

  async #show(focus: boolean, opener: Element | null): Promise<void> {
    try {
      const { PanelDialog } = await import("./dialog.js");
      this.#dialog ??= new PanelDialog(hub, this, this.#frame, narrow);
      if (this.#isOpen) this.#dialog.show(this.#route, focus, opener);
    } catch (thrown) {
      // The next click tries again.
      this.close();
      hub.fire("error", thrown);
    }
  }

  #go(route: Route): void {
    this.routed(route);
    if (this.#isOpen) this.#open(route, false);
  }

  #textsChanged(): void {
    if (this.#isOpen) this.#dialog?.remount();
    hub.changed();
  }

  #render(): void {
    const [side, x, y] = this.position.split(" ");
    // An empty text removes the property.
    this.style.setProperty("--x", x ? `${x}px` : "");
    this.style.setProperty("--y", y ? `${y}px` : "");
    const { texts, unread } = hub;
    const isOpen = this.#isOpen;
    const button = this.#button;
    const name = unread > 1 ? texts.launcherUnread : unread ? texts.launcherOneUnread : texts.launcher;
    button.hidden = this.launcher !== "always" || hub.signedOut;
    button.ariaLabel = isOpen ? texts.closePanel : name.replace("{count}", `${unread}`);
    button.ariaExpanded = `${isOpen}`;
    this.#frame.className = `${side === "left" ? side : ""} ${button.hidden ? "bare" : ""}`;
    this.#icon.firstElementChild?.setAttribute("d", isOpen ? closeIcon : chatIcon);
    this.#badge.textContent = badgeText(unread);
    this.#badge.hidden = isOpen || !unread;
  }

  /** The session, the number of unread messages or the texts have changed. */
  readonly #changed = (): void => {
    const { session, signedOut } = hub;
    if (session && session !== this.#session && this.#isOpen) this.#dialog?.remount();
    this.#session = session;
    if (signedOut) this.close();
    this.#render();
  };

  /** Elements of the page that open the panel. Found at each click, because the page may replace them. */
  readonly #clicked = (event: Event): void => {
    const { launcher } = this;
    const [target] = event.composedPath() as Element[];
    // `always` and `never` are no selectors of elements that exist.
    if (event.defaultPrevented || !target?.closest?.(launcher)) return;
    event.preventDefault();
    this.toggle();
  };
}

/** Defaults of the settings that are attributes of the same text. */
const defaults = {
  server: "",
  tokenUrl: "",
  locale: "",
  theme: "auto",
  position: "right",
  launcher: "always",
  notifications: "",
};
for (const [name, value] of Object.entries(defaults)) {
  const attribute = name.replace("U", "-u");
  Object.defineProperty(CauserieChat.prototype, name, {
    get(this: CauserieChat) {
      return this.getAttribute(attribute) || value;
    },
    // Frameworks assign `undefined` for a setting that is left out. An empty text is the default.
    set(this: CauserieChat, text?: string) {
      this.setAttribute(attribute, text ?? "");
    },
  });
}
