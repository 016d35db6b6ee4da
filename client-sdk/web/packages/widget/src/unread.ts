// `<causerie-unread>`: the number of unread messages, for a navigation bar. Renders nothing when there are none.
import { elementTexts } from "./element-texts.js";
import type { Hub } from "./hub.js";

/** Marks styles for the minifier of the build. */
const css = String.raw;

const styles = css`
  :host {
    display: inline-block;
  }
  :host(:not([count])) {
    display: none;
  }
  .badge {
    display: inline-block;
    min-width: 20px;
    padding: 0 6px;
    box-sizing: border-box;
    border-radius: 10px;
    background: var(--causerie-badge, #c8102e);
    color: var(--causerie-on-badge, #fff);
    font: 700 12px/20px var(--causerie-font, system-ui, sans-serif);
    text-align: center;
  }
  .text {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

/** The hub of the page, set by `defineUnread`. */
let hub: Hub;

/** Defines the element, unless it is defined. */
export function defineUnread(hubOfPage: Hub): void {
  if (customElements.get("causerie-unread")) return;
  hub = hubOfPage;
  customElements.define("causerie-unread", CauserieUnread);
}

/** Has the attribute `count` while there are unread messages. */
export class CauserieUnread extends HTMLElement {
  readonly #badge = hub.tools.make("span", { class: "badge", part: "badge", "aria-hidden": "true" });
  readonly #text = hub.tools.make("span", { class: "text" });
  #unwatch: () => void = () => {};

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    hub.tools.style(root, styles);
    root.append(this.#badge, this.#text);
  }

  connectedCallback(): void {
    hub.retain();
    this.#unwatch = hub.watch(() => this.#render());
    this.#render();
  }

  disconnectedCallback(): void {
    this.#unwatch();
    hub.release();
  }

  #render(): void {
    const { unread } = hub;
    const texts = hub.choose(elementTexts);
    if (unread) this.setAttribute("count", String(unread));
    else this.removeAttribute("count");
    this.#badge.textContent = hub.tools.badgeText(unread);
    this.#text.textContent = unread
      ? ` ${(unread > 1 ? texts.badgeUnread : texts.badgeOneUnread).replace("{count}", String(unread))}`
      : "";
  }
}
