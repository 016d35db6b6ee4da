import { html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { LookupState } from "./conversation-lookup.js";
import { strings } from "./i18n/index.js";
import { chatIcon } from "./icons.js";
import { base, chatPane, emptyState } from "./styles.js";

/**
 * Shown instead of a conversation that is being loaded, does not exist, or could not be loaded. Fires `causerie-back` and
 * `causerie-retry-lookup`.
 */
@customElement("causerie-conversation-placeholder")
export class ConversationPlaceholder extends LitElement {
  @property() state: LookupState = "searching";

  static override styles = [base, chatPane, emptyState];

  protected override render(): unknown {
    if (this.state === "searching") {
      return html`<div class="empty" role="status"><span class="spinner"></span><span class="visually-hidden">${strings.loading}</span></div>`;
    }
    const failed = this.state === "failed";
    return html`<div class="empty">
      <span class="badge">${chatIcon}</span>
      <h2 role="alert">${failed ? strings.loadFailed : strings.conversationNotFound}</h2>
      ${failed ? html`<button class="button primary" @click=${() => this.#fire("causerie-retry-lookup")}>${strings.tryAgain}</button>` : ""}
      <button class="button" @click=${() => this.#fire("causerie-back")}>${strings.back}</button>
    </div>`;
  }

  #fire(name: string): void {
    this.dispatchEvent(new CustomEvent(name));
  }
}
