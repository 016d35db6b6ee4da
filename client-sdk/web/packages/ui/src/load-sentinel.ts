import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { strings } from "./i18n/index.js";
import { base } from "./styles.js";

/** More messages are requested when the sentinel is this close to the visible part, in pixels. */
const nearPx = 800;

/** A marker at the end of the loaded messages. Fires `causerie-load` when it comes close to the visible part, or the user tries again. */
@customElement("causerie-load-sentinel")
export class LoadSentinel extends LitElement {
  /** The error to show; empty for none. */
  @property() problem = "";

  #observer: IntersectionObserver | undefined;

  static override styles = [
    base,
    css`
      :host {
        display: grid;
        place-items: center;
        min-height: 52px;
        padding-block: 6px;
      }
      p {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: center;
        gap: 4px 12px;
        color: var(--muted);
        font-size: 0.875rem;
        text-align: center;
      }
      .button {
        min-height: 36px;
        padding: 0 14px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    const near = (entries: IntersectionObserverEntry[]): void => {
      if (!this.problem && entries.some(({ isIntersecting }) => isIntersecting)) this.#fire();
    };
    this.#observer = new IntersectionObserver(near, {
      root: this.parentElement?.parentElement ?? null,
      rootMargin: `${nearPx}px 0px`,
    });
    this.observe();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  /** Observes again: an observer reports only changes, and after a short page the sentinel is as close as before. */
  observe(): void {
    this.#observer?.unobserve(this);
    this.#observer?.observe(this);
  }

  protected override render(): unknown {
    if (!this.problem) return html`<span class="spinner" role="img" aria-label=${strings.loading}></span>`;
    return html`<p role="alert">
      <span>${this.problem}</span><button class="button" @click=${this.#fire}>${strings.tryAgain}</button>
    </p>`;
  }

  readonly #fire = (): void => {
    this.dispatchEvent(new CustomEvent("causerie-load"));
  };
}
