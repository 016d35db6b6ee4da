import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { strings } from "./i18n/index.js";
import { base } from "./styles.js";

/** More is loaded once the end of what is held is this close, in pixels. */
const nearPx = 800;

/** Stands where there are more messages than those drawn. Fires `causerie-near` when it comes near the view, or is asked to try again. */
@customElement("causerie-edge")
export class Edge extends LitElement {
  /** What to say when loading failed; empty while it did not. */
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
    this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  /** Looks again: an observer tells of changes only, and a short page leaves the edge as near as it was. */
  look(): void {
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
    this.dispatchEvent(new CustomEvent("causerie-near"));
  };
}
