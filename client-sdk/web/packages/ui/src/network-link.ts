import type { ClientEvents } from "causerie";
import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { ClientElement } from "./client-element.js";
import { badgeText } from "./format.js";
import { strings } from "./i18n/index.js";
import { groupIcon } from "./icons.js";
import { displayName } from "./names.js";
import { RelationsController } from "./relations.js";
import { networkRoute } from "./route.js";
import { base } from "./styles.js";

/**
 * A link to the page of the user's network, where users can agree to be in touch; nothing elsewhere. Fires `causerie-navigate`.
 *
 * `icon` is the button above the list, with the number of requests; `row` is a row for requests; `button` is the button of an empty pane.
 */
@customElement("causerie-network-link")
export class NetworkLink extends ClientElement {
  @property() look: "icon" | "row" | "button" = "icon";
  /** Whether the page is shown. */
  @property({ type: Boolean }) current = false;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = [];
  readonly #relations = new RelationsController(this);

  static override styles = [
    base,
    css`
      :host {
        display: contents;
      }
      .network {
        position: relative;
      }
      .network[aria-current="page"] {
        background: var(--accent-soft);
        color: var(--accent);
      }
      .count {
        position: absolute;
        top: 1px;
        inset-inline-end: -1px;
        min-width: 18px;
        height: 18px;
        padding: 0 5px;
        border-radius: 9px;
        background: var(--danger);
        color: var(--background);
        font-size: 0.6875rem;
        font-weight: 700;
        line-height: 18px;
        text-align: center;
      }
      .requests {
        flex: none;
        display: flex;
        align-items: center;
        gap: 12px;
        margin: 0 8px 4px;
        padding: 8px 12px;
        border-radius: 14px;
        background: var(--accent-soft);
        text-align: start;
      }
      .circle {
        flex: none;
        width: 40px;
        height: 40px;
        display: grid;
        place-items: center;
        border-radius: 50%;
        background: var(--accent);
        color: var(--on-accent);
      }
      .lines {
        min-width: 0;
      }
      .lines > * {
        display: block;
      }
      .lines .name {
        font-weight: 600;
      }
      .button {
        margin-top: 4px;
      }
      @media (forced-colors: active) {
        .count {
          border: 1px solid CanvasText;
        }
      }
    `,
  ];

  protected override render(): unknown {
    const relations = this.#relations.of(this.client);
    if (!relations.isOffered) return "";
    const { received } = relations;
    const open = (): void => {
      this.dispatchEvent(new CustomEvent("causerie-navigate", { detail: networkRoute, bubbles: true, composed: true }));
    };
    if (this.look === "button") return html`<button class="button" @click=${open}>${strings.network}</button>`;
    if (this.look === "icon") {
      const count = received.length;
      const label = count ? `${strings.network}${strings.comma}${strings.requestsCount(count)}` : strings.network;
      return html`<button
        class="icon-button network"
        aria-label=${label}
        title=${label}
        aria-current=${this.current ? "page" : "false"}
        @click=${open}
      >
        ${groupIcon}${count ? html`<span class="count" aria-hidden="true">${badgeText(count)}</span>` : ""}
      </button>`;
    }
    if (!received.length) return "";
    const names = received.slice(0, 3).map(({ user }) => displayName(user));
    return html`<button class="requests" @click=${open}>
      <span class="circle" aria-hidden="true">${groupIcon}</span>
      <span class="lines">
        <span class="name clip">${strings.requestsCount(received.length)}</span>
        <span class="muted clip">${names.join(strings.comma)}</span>
      </span>
    </button>`;
  }
}
