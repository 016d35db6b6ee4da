import { html, LitElement } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { dialogStyles } from "./dialog-styles.js";
import { strings } from "./i18n/index.js";
import { base } from "./styles.js";

/** A dialog that asks for confirmation. `show()` opens it; it fires `causerie-confirm` when the user confirms. */
@customElement("causerie-confirm-dialog")
export class ConfirmDialog extends LitElement {
  @property() heading = "";
  @property() text = "";
  /** The label of the button that confirms. */
  @property() action = "";
  @query("dialog") private dialog!: HTMLDialogElement;

  static override styles = [base, dialogStyles];

  show(): void {
    this.dialog.showModal();
  }

  protected override render(): unknown {
    return html`<dialog class="small" closedby="any" aria-labelledby="heading">
      <h2 id="heading">${this.heading}</h2>
      <p class="muted">${this.text}</p>
      <div class="buttons">
        <button class="button" @click=${() => this.dialog.close()}>${strings.cancel}</button>
        <button class="button danger" @click=${this.#confirm}>${this.action}</button>
      </div>
    </dialog>`;
  }

  #confirm(): void {
    this.dialog.close();
    this.dispatchEvent(new CustomEvent("causerie-confirm"));
  }
}
