import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { badgeText } from "./format.js";
import { strings } from "./i18n/index.js";
import { downIcon } from "./menu-icons.js";
import { base } from "./styles.js";

/** A button that scrolls to the newest message and shows the number of unread messages. Fires `causerie-latest`. */
@customElement("causerie-latest-button")
export class LatestButton extends LitElement {
  /** Whether the newest message is not visible. */
  @property({ type: Boolean }) shown = false;
  @property({ type: Number }) unread = 0;

  static override styles = [
    base,
    css`
      :host {
        position: absolute;
        inset-inline-end: 20px;
        bottom: 16px;
        z-index: 2;
      }
      button {
        position: relative;
        width: 44px;
        height: 44px;
        display: grid;
        place-items: center;
        border-radius: 50%;
        border: 1px solid var(--border);
        background: var(--raised);
        box-shadow: var(--shadow);
      }
      button:hover {
        background: var(--hover);
      }
      .count {
        position: absolute;
        top: -9px;
        inset-inline: 0;
        margin-inline: auto;
        width: max-content;
        min-width: 21px;
        height: 21px;
        padding: 0 6px;
        border-radius: 11px;
        background: var(--accent);
        color: var(--on-accent);
        font-size: 0.75rem;
        font-weight: 700;
        line-height: 21px;
        font-variant-numeric: tabular-nums;
      }
      @media (forced-colors: active) {
        .count {
          border: 1px solid;
          line-height: 19px;
        }
      }
      @container messenger (max-width: 719px) {
        :host {
          inset-inline-end: 12px;
        }
      }
    `,
  ];

  protected override render(): unknown {
    const { shown, unread } = this;
    const label = unread ? strings.jumpToLatestUnread(unread) : strings.jumpToLatest;
    return shown
      ? html`<button aria-label=${label} title=${label} @click=${this.#fire}>
          ${downIcon}${unread ? html`<span class="count">${badgeText(unread)}</span>` : ""}
        </button>`
      : "";
  }

  #fire(): void {
    this.dispatchEvent(new CustomEvent("causerie-latest"));
  }
}
