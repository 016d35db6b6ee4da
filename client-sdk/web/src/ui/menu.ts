import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { moreIcon } from "./icons.js";
import { base } from "./styles.js";

/** One entry of a menu. */
export interface MenuItem {
  readonly icon: unknown;
  readonly label: string;
  readonly run: () => void;
}

/** A button with three dots, and what it opens: gone with Escape, a choice, or the focus. Arrows go round. */
@customElement("causerie-menu")
export class Menu extends LitElement {
  /** What the entries are about. */
  @property() label = "";
  @property({ attribute: false }) items: readonly MenuItem[] = [];
  /** Opens above where there is no room below within this; the window where absent. */
  @property({ attribute: false }) within: Element | null = null;
  @property({ type: Boolean, reflect: true }) open = false;

  static override styles = [
    base,
    css`
      :host {
        position: relative;
        flex: none;
        display: block;
      }
      .more {
        width: var(--menu-button-size, 40px);
        height: var(--menu-button-size, 40px);
      }
      .more .icon {
        stroke-width: 2.8;
      }
      .menu {
        position: absolute;
        z-index: 3;
        inset-inline-end: 0;
        top: 100%;
        min-width: 168px;
        padding: 6px;
        border: 1px solid var(--border);
        border-radius: 14px;
        background: var(--raised);
        box-shadow: var(--shadow);
      }
      .menu.above {
        top: auto;
        bottom: 100%;
      }
      .menu button {
        width: 100%;
        display: flex;
        align-items: center;
        gap: 10px;
        min-height: 38px;
        padding: 0 10px;
        border-radius: 9px;
        text-align: start;
        white-space: nowrap;
      }
      .menu button:hover,
      .menu button:focus-visible {
        background: var(--hover);
        outline-offset: -2px;
      }
      .menu .icon {
        flex: none;
        width: 19px;
        height: 19px;
        color: var(--muted);
      }
    `,
  ];

  protected override render(): unknown {
    // A press on the button would take the focus out of the open menu in some browsers, and close it before the click.
    return html`<div @keydown=${this.#key} @focusout=${this.#left}>
      <button
        class="icon-button more"
        aria-label=${this.label}
        title=${this.label}
        aria-haspopup="menu"
        aria-expanded=${this.open ? "true" : "false"}
        @mousedown=${(event: MouseEvent) => event.preventDefault()}
        @click=${this.#toggle}
      >
        ${moreIcon}
      </button>
      ${
        this.open
          ? html`<div class="menu" role="menu" aria-label=${this.label}>
            ${this.items.map(
              (item) =>
                html`<button role="menuitem" @click=${() => this.#choose(item)}>${item.icon}<span>${item.label}</span></button>`,
            )}
          </div>`
          : ""
      }
    </div>`;
  }

  async #toggle(): Promise<void> {
    if (this.open) return this.#close();
    this.open = true;
    await this.updateComplete;
    const menu = this.renderRoot.querySelector(".menu");
    const floor = this.within?.getBoundingClientRect().bottom ?? innerHeight;
    menu?.classList.toggle("above", menu.getBoundingClientRect().bottom > floor);
    menu?.querySelector("button")?.focus();
  }

  /** Closes, and goes back to where one came from. */
  #close(): void {
    this.renderRoot.querySelector<HTMLElement>(".more")?.focus();
    this.open = false;
  }

  #choose(item: MenuItem): void {
    this.#close();
    item.run();
  }

  #key = (event: KeyboardEvent): void => {
    if (!this.open) return;
    const items = [...this.renderRoot.querySelectorAll<HTMLElement>("[role=menuitem]")];
    const at = items.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.#close();
    else if (step) items.at((at + step) % items.length)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  #left = (event: FocusEvent): void => {
    if (!(event.currentTarget as Element).contains(event.relatedTarget as Node | null)) this.open = false;
  };
}
