import { css, html, LitElement } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { dialogStyles } from "./dialog-styles.js";
import { strings } from "./i18n/index.js";
import { base } from "./styles.js";

/** The dialog that renames a group. `show` opens it with the current name; it fires `causerie-rename` with the new name. */
@customElement("causerie-rename-dialog")
export class RenameDialog extends LitElement {
  @state() private subject = "";
  @query("dialog") private dialog!: HTMLDialogElement;
  @query("input") private field!: HTMLInputElement;
  #before = "";

  static override styles = [
    base,
    dialogStyles,
    css`
      form {
        display: contents;
      }
      .field {
        margin-top: 6px;
      }
    `,
  ];

  async show(subject: string): Promise<void> {
    this.subject = this.#before = subject;
    this.dialog.showModal();
    await this.updateComplete;
    this.field.select();
  }

  protected override render(): unknown {
    const name = this.subject.trim();
    return html`<dialog class="small" closedby="any" aria-labelledby="heading">
      <form @submit=${this.#submit}>
        <h2 id="heading">${strings.renameTitle}</h2>
        <input
          class="field"
          autofocus
          autocomplete="off"
          dir="auto"
          aria-label=${strings.groupName}
          .value=${live(this.subject)}
          @input=${() => {
            this.subject = this.field.value;
          }}
        />
        <div class="buttons">
          <button type="button" class="button" @click=${() => this.dialog.close()}>${strings.cancel}</button>
          <button class="button primary" ?disabled=${!name || name === this.#before}>${strings.rename}</button>
        </div>
      </form>
    </dialog>`;
  }

  #submit(event: Event): void {
    event.preventDefault();
    this.dialog.close();
    this.dispatchEvent(new CustomEvent("causerie-rename", { detail: this.subject.trim() }));
  }
}
