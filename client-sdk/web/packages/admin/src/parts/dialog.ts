import { dialogStyles } from "@causerie/ui/dialog-styles";
import { css, html, LitElement } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { strings } from "../i18n/index.js";
import { view } from "./styles.js";

/** A question before something that can't be undone. */
export interface Question {
  readonly heading: string;
  readonly text: unknown;
  /** The label of the button that confirms. */
  readonly action: string;
  /** A text that the operator must type first, such as the id of what is erased. */
  readonly typed?: string;
  /** An additional choice with a box to tick. */
  readonly choice?: string;
}

/** The answer: whether the box was ticked; `undefined` if the operator cancelled. */
export type Answer = { readonly chosen: boolean } | undefined;

/** A dialog that asks for confirmation, and one that shows a secret. */
@customElement("admin-dialog")
export class Dialog extends LitElement {
  @state() private question: Question | undefined;
  @state() private secret: { readonly heading: string; readonly text: string; readonly value: string } | undefined;
  @state() private typed = "";
  @state() private copied = false;
  @query("dialog") private dialog!: HTMLDialogElement;
  @query(".choice") private choice!: HTMLInputElement | null;
  #done: (answer: Answer) => void = () => undefined;

  static override styles = [
    ...view,
    dialogStyles,
    css`
      dialog.small {
        width: min(460px, calc(100vw - 32px));
        overflow-y: auto;
      }
      .secret {
        display: flex;
        gap: 8px;
        margin-top: 8px;
      }
      .secret .field {
        flex: 1;
        min-width: 0;
      }
      .check {
        margin-top: 8px;
      }
    `,
  ];

  /** Asks. The promise ends with the answer. */
  ask(question: Question): Promise<Answer> {
    this.question = question;
    this.secret = undefined;
    this.typed = "";
    return this.#open();
  }

  /** Shows a secret that can't be read again. */
  show(heading: string, text: string, value: string): Promise<Answer> {
    this.secret = { heading, text, value };
    this.question = undefined;
    this.copied = false;
    return this.#open();
  }

  async #open(): Promise<Answer> {
    await this.updateComplete;
    this.dialog.showModal();
    return await new Promise((done) => {
      this.#done = done;
    });
  }

  protected override render(): unknown {
    return html`<dialog class="small" aria-labelledby="heading" @close=${this.#closed}>${this.question ? this.#asked() : this.#shown()}</dialog>`;
  }

  #asked(): unknown {
    const { heading = "", text = "", action = "", typed, choice } = this.question ?? {};
    return html`<h2 id="heading">${heading}</h2>
      <p class="muted">${text}</p>
      ${choice ? html`<label class="check"><input type="checkbox" class="choice" /><span>${choice}</span></label>` : ""}
      ${
        typed
          ? html`<label class="label">${strings.typeToConfirm(typed)}
              <input
                class="field mono"
                autocomplete="off"
                spellcheck="false"
                .value=${this.typed}
                @input=${(event: InputEvent) => {
                  this.typed = (event.target as HTMLInputElement).value;
                }}
              />
            </label>`
          : ""
      }
      <div class="buttons">
        <button class="button" @click=${() => this.dialog.close()}>${strings.cancel}</button>
        <button class="button danger" ?disabled=${typed !== undefined && this.typed !== typed} @click=${this.#confirm}>${action}</button>
      </div>`;
  }

  #shown(): unknown {
    const { heading = "", text = "", value = "" } = this.secret ?? {};
    return html`<h2 id="heading">${heading}</h2>
      <p class="muted">${text}</p>
      <div class="secret">
        <input class="field mono" readonly aria-label=${heading} .value=${value} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} />
        <button class="button" @click=${this.#copy}>${this.copied ? strings.copied : strings.copy}</button>
      </div>
      <div class="buttons"><button class="button primary" @click=${() => this.dialog.close()}>${strings.secretStored}</button></div>`;
  }

  async #copy(): Promise<void> {
    const { value = "" } = this.secret ?? {};
    try {
      await navigator.clipboard.writeText(value);
      this.copied = true;
    } catch {
      // Without permission or over plain HTTP: the text is selected for the keyboard.
      this.renderRoot.querySelector("input")?.focus();
    }
  }

  #confirm(): void {
    this.#done({ chosen: this.choice?.checked ?? false });
    this.dialog.close();
  }

  #closed(): void {
    this.#done(undefined);
    // The secret leaves the page with the dialog.
    this.secret = undefined;
  }
}
