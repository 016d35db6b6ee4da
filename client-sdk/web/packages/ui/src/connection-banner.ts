import type { ClientEvents } from "causerie";
import { css, html } from "lit";
import { customElement, state } from "lit/decorators.js";
import { ClientElement } from "./client-element.js";
import { strings } from "./i18n/index.js";
import { base } from "./styles.js";

/** The banner appears after this time without a connection, in milliseconds: a short loss is not shown. */
const bannerDelayMs = 3_000;

/** A banner that says that the client is not connected. */
@customElement("causerie-connection-banner")
export class ConnectionBanner extends ClientElement {
  @state() private isOverdue = false;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["state", "probing"];
  #timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      .banner {
        display: flex;
        align-items: center;
        justify-content: center;
        gap: 12px;
        padding: 7px 16px;
        font-size: 0.875rem;
        background: var(--warn-soft);
        color: var(--warn);
      }
      .banner.closed {
        background: var(--danger-soft);
        color: var(--danger);
      }
      .banner .button {
        flex: none;
        min-height: 30px;
        padding: 0 12px;
        background: none;
        border: 1px solid currentColor;
      }
      .spinner {
        width: 14px;
        height: 14px;
        border-width: 2px;
        border-color: color-mix(in srgb, currentColor 30%, transparent);
        border-top-color: currentColor;
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#reset();
  }

  protected override render(): unknown {
    return html`<div role="status">${this.#banner()}</div>`;
  }

  #banner(): unknown {
    const { state } = this.client;
    if (state.name === "closed") {
      const text = state.reason.name === "unauthenticated" ? strings.notSignedIn : strings.closedByServer;
      return html`<div class="banner closed"><span>${text}</span>${this.#button(strings.connectAgain)}</div>`;
    }
    // The device says that it is offline, and the server has not answered the ping yet.
    if (state.name === "connected" && this.client.isProbing && !navigator.onLine) {
      return html`<div class="banner"><span>${strings.waitingForNetwork}</span></div>`;
    }
    if (state.name === "connected" && this.client.isProbing) this.#startTimer();
    else if (state.name === "connected" || state.name === "disconnected") this.#reset();
    if (state.name === "connected" || state.name === "disconnected") return "";
    if (state.name === "reconnecting" && state.waitingForNetwork) {
      return html`<div class="banner"><span>${strings.waitingForNetwork}</span>${this.#button(strings.tryNow)}</div>`;
    }
    this.#startTimer();
    if (!this.isOverdue) return "";
    const [text, button] =
      state.name === "connecting" ? [strings.connecting, ""] : [strings.reconnecting, this.#button(strings.tryNow)];
    return html`<div class="banner"><span class="spinner" aria-hidden="true"></span><span>${text}</span>${button}</div>`;
  }

  #button(label: string): unknown {
    return html`<button class="button" @click=${() => this.client.connect()}>${label}</button>`;
  }

  /** Starts the delay of the banner, unless it has started. */
  #startTimer(): void {
    this.#timer ??= setTimeout(() => {
      this.isOverdue = true;
    }, bannerDelayMs);
  }

  #reset(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.isOverdue = false;
  }
}
