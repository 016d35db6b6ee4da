// The preview of a new message beside the launcher. It disappears by itself, and never takes the focus.
import type { Conversation, Message } from "causerie";
import { elementTexts } from "./element-texts.js";
import type { Hub } from "./hub.js";

/** Marks styles for the minifier of the build. */
const css = String.raw;

/** The time after which the preview disappears, unless the pointer or the focus is in it; milliseconds. */
const shownMs = 8_000;
/** The maximum number of characters that the preview shows. */
const textMax = 120;

const styles = css`
  .peek {
    position: fixed;
    z-index: var(--causerie-z-index, 2147483000);
    right: var(--x);
    bottom: calc(var(--y) + var(--size) + 14px + env(safe-area-inset-bottom));
    display: flex;
    align-items: flex-start;
    width: max-content;
    max-width: min(300px, calc(100vw - 2 * var(--x)));
    box-sizing: border-box;
    padding: 4px;
    border: 1px solid var(--causerie-border, light-dark(#e4e4ec, #2e2e39));
    border-radius: 14px;
    background: var(--causerie-background, light-dark(#fff, #131318));
    color: var(--causerie-text, light-dark(#1a1a24, #ececf3));
    font: 15px/1.45 var(--causerie-font, system-ui, sans-serif);
    box-shadow: 0 8px 28px rgb(0 0 0 / 16%);
  }
  .peek button {
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  .left .peek {
    right: auto;
    left: var(--x);
  }
  .peek .text {
    min-width: 0;
    padding-block: 8px;
    padding-inline: 10px 4px;
    text-align: start;
    overflow-wrap: anywhere;
  }
  .peek b {
    display: block;
  }
  .peek .line {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
  }
  .peek .dismiss {
    flex: none;
    padding: 0;
    width: 32px;
    height: 32px;
    display: grid;
    place-items: center;
    border-radius: 50%;
    color: var(--causerie-muted, light-dark(#5e5e6e, #a3a3b5));
  }
  .peek .dismiss svg {
    width: 18px;
    margin: 0;
  }
`;

/** Shows one message at a time in the shadow root of the chat. */
export class Peek {
  readonly #hub: Hub;
  #shown: HTMLElement | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** Shows a message of another user, unless the panel is open or the page has no launcher. */
  show(conversation: Conversation, message: Message): void {
    const { make, icon, style } = this.#hub.tools;
    const { panel } = this.#hub;
    const root = panel?.shadowRoot;
    this.hide();
    // The preview is inserted before the launcher.
    const launcher = root?.querySelector<HTMLElement>(".launcher");
    if (!root || !launcher || launcher.hidden || panel.isOpen) return;
    style(root, styles);
    const { direction, dismissPeek } = this.#hub.choose(elementTexts);
    const author = conversation.members.find(({ user }) => user.id === message.authorId)?.user;
    const name = make("b", { dir: "auto" }, author?.name || author?.externalId || conversation.subject);
    const line = make("span", { class: "line", dir: "auto" }, message.text.slice(0, textMax));
    const open = make("button", { class: "text", type: "button" }, name, line);
    const dismiss = make(
      "button",
      { class: "dismiss", type: "button", "aria-label": dismissPeek },
      icon("M6 6l12 12M18 6L6 18"),
    );
    open.onclick = () => {
      this.hide();
      this.#hub.panel?.open(conversation.id);
    };
    dismiss.onclick = () => this.hide();
    const box = make("div", { class: "peek", part: "peek", role: "status", dir: direction }, open, dismiss);
    for (const event of ["pointerenter", "focusin"]) box.addEventListener(event, () => clearTimeout(this.#timer));
    for (const event of ["pointerleave", "focusout"]) box.addEventListener(event, () => this.#hideLater());
    box.addEventListener("keydown", ({ key }) => key === "Escape" && this.hide());
    launcher.before(box);
    this.#shown = box;
    this.#hideLater();
  }

  /** Removes the preview, if there is one. */
  hide(): void {
    clearTimeout(this.#timer);
    this.#shown?.remove();
    this.#shown = undefined;
  }

  #hideLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hide(), shownMs);
  }
}
