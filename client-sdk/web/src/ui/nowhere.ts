import { html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { strings } from "./i18n/index.js";
import { chatIcon } from "./icons.js";
import type { Sought } from "./lookup.js";
import { base, chatPane, emptyState } from "./styles.js";

/** Stands in place of a conversation that is sought, missing, or could not be asked for. Fires `causerie-back`, `causerie-again`. */
@customElement("causerie-nowhere")
export class Nowhere extends LitElement {
  @property() state: Sought = "searching";

  static override styles = [base, chatPane, emptyState];

  protected override render(): unknown {
    if (this.state === "searching") {
      return html`<div class="empty" role="status"><span class="spinner"></span><span class="visually-hidden">${strings.loading}</span></div>`;
    }
    const failed = this.state === "failed";
    return html`<div class="empty">
      <span class="badge">${chatIcon}</span>
      <h2 role="alert">${failed ? strings.loadFailed : strings.notThere}</h2>
      ${failed ? html`<button class="button primary" @click=${() => this.#fire("causerie-again")}>${strings.tryAgain}</button>` : ""}
      <button class="button" @click=${() => this.#fire("causerie-back")}>${strings.back}</button>
    </div>`;
  }

  #fire(name: string): void {
    this.dispatchEvent(new CustomEvent(name));
  }
}
