import { css, html, LitElement } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { moreIcon } from "./icons.js";
import "./popup.js";
import type { MenuItem, Popup } from "./popup.js";
import { base } from "./styles.js";

/** A button with three dots that opens a menu. */
@customElement("causerie-menu")
export class Menu extends LitElement {
  /** The label of the button and the menu. */
  @property() label = "";
  @property({ attribute: false }) items: readonly MenuItem[] = [];
  @query("button") private button!: HTMLElement;
  @query("causerie-popup") private popup!: Popup;

  static override styles = [
    base,
    css`
      :host {
        flex: none;
        display: block;
      }
      .icon {
        stroke-width: 2.8;
      }
    `,
  ];

  protected override render(): unknown {
    // A press on the button would move the focus out of the open menu, which would close before the click.
    return html`<button
        class="icon-button"
        aria-label=${this.label}
        title=${this.label}
        aria-haspopup="menu"
        aria-expanded="false"
        @mousedown=${(event: MouseEvent) => event.preventDefault()}
        @click=${() => this.popup.show(this.label, this.items, this.button)}
      >
        ${moreIcon}
      </button>
      <causerie-popup></causerie-popup>`;
  }
}
