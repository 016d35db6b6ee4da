import { css, html, LitElement } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { backIcon } from "./conversation-icons.js";
import { strings } from "./i18n/index.js";
import { base } from "./styles.js";

/** The header of a page beside the list: its title and, in a narrow window, a button that fires `causerie-back`. */
@customElement("causerie-page-header")
export class PageHeader extends LitElement {
  @property() heading = "";
  @query("h2") private title_!: HTMLElement;

  static override styles = [
    base,
    css`
      header {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 64px;
        padding: 10px 20px;
        padding-inline-end: calc(20px + var(--header-end, 0px));
        border-bottom: 1px solid var(--border);
      }
      h2 {
        font-size: 1.0625rem;
        font-weight: 650;
      }
      .icon-button {
        display: none;
        margin-inline-start: -8px;
      }
      @container messenger (max-width: 719px) {
        header {
          padding-inline: 12px calc(12px + var(--header-end, 0px));
        }
        .icon-button {
          display: grid;
        }
      }
    `,
  ];

  /** Focuses the title. */
  async focusHeading(): Promise<void> {
    await this.updateComplete;
    this.title_.focus();
  }

  protected override render(): unknown {
    return html`<header part="header">
      <button class="icon-button" aria-label=${strings.back} title=${strings.back} @click=${this.#back}>${backIcon}</button>
      <h2 class="clip" tabindex="-1">${this.heading}</h2>
    </header>`;
  }

  #back(): void {
    this.dispatchEvent(new CustomEvent("causerie-back", { bubbles: true, composed: true }));
  }
}
