import { css, html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { ApiError } from "../errors.js";
import { explain, strings } from "../i18n/index.js";
import { labelled } from "./labelled.js";
import { view } from "./styles.js";

/** A field of a form. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** The choices, each with its label; without them, the field is a line of text. */
  readonly options?: readonly (readonly [value: string, label: string])[];
  readonly required?: boolean;
  readonly type?: "text" | "number" | "date" | "textarea";
  /** The field is for code or ids. */
  readonly mono?: boolean;
}

export type Values = Readonly<Record<string, string>>;

/** A form whose errors are shown at the fields that the server blames. */
@customElement("admin-form")
export class Form extends LitElement {
  @property({ attribute: false }) fields: readonly Field[] = [];
  /** The stored values, to which the form returns when they are replaced. */
  @property({ attribute: false }) values: Values = {};
  /** The label of the button that sends the form. */
  @property() action = "";
  /** Sends the values that the operator changed. */
  @property({ attribute: false }) send: (changed: Values) => Promise<void> = async () => undefined;
  /** Whether the form can be sent without a change. */
  @property({ type: Boolean }) always = false;
  @state() private edited: Values = {};
  @state() private error: unknown;
  @state() private sending = false;

  static override styles = [
    ...view,
    css`
      .foot {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 10px;
        margin-top: 16px;
      }
      select.field {
        width: 100%;
      }
      .all {
        grid-column: 1 / -1;
      }
    `,
  ];

  protected override render(): unknown {
    const blamed = this.error instanceof ApiError ? this.#blamed(this.error) : undefined;
    const changed = this.always || Object.keys(this.edited).length > 0;
    return html`<form novalidate @submit=${this.#submit}>
      <div class="two">${this.fields.map((field) => this.#field(field, field.name === blamed))}</div>
      ${this.error && !blamed ? html`<p class="notice bad" role="alert">${explain(this.error)}</p>` : ""}
      <div class="foot">
        <button class="button primary" ?disabled=${!changed || this.sending}>${this.action}</button>
        ${
          changed && !this.always
            ? html`<button type="button" class="button" @click=${this.reset}>${strings.discard}</button>`
            : ""
        }
        <slot></slot>
      </div>
    </form>`;
  }

  #field(field: Field, wrong: boolean): unknown {
    const { name, label, hint, options, type = "text" } = field;
    const value = this.#valueOf(name);
    const input = (event: Event): void => this.#edit(name, (event.target as HTMLInputElement).value);
    const about = `${name}-about`;
    const common = `field ${field.mono ? "mono" : ""}`;
    const control = options
      ? html`<select class=${common} id=${name} aria-invalid=${wrong} aria-describedby=${about} @change=${input}>
          ${options.map(([each, text]) => html`<option value=${each} .selected=${each === value}>${text}</option>`)}
        </select>`
      : type === "textarea"
        ? html`<textarea class=${common} id=${name} aria-invalid=${wrong} aria-describedby=${about} spellcheck="false" .value=${live(value)} @input=${input}></textarea>`
        : html`<input class=${common} id=${name} type=${type} autocomplete="off" dir="auto" aria-invalid=${wrong}
            aria-describedby=${about} aria-required=${field.required ?? false} .value=${live(value)} @input=${input} />`;
    return labelled(name, label, control, {
      hint,
      wrong: wrong ? explain(this.error) : "",
      box: type === "textarea" ? "all" : "",
    });
  }

  #valueOf(name: string): string {
    return this.edited[name] ?? this.values[name] ?? "";
  }

  #edit(name: string, value: string): void {
    const { [name]: _, ...others } = this.edited;
    this.edited = value === (this.values[name] ?? "") ? others : { ...others, [name]: value };
  }

  /** The field of the form that the server blames: `roles[0]` is `roles`. */
  #blamed({ field }: ApiError): string | undefined {
    const name = field.split(/[.[]/)[0];
    return this.fields.find((each) => each.name === name)?.name;
  }

  reset(): void {
    this.edited = {};
    this.error = undefined;
  }

  async #submit(event: Event): Promise<void> {
    event.preventDefault();
    const missing = this.fields.find((field) => field.required && !this.#valueOf(field.name).trim());
    if (missing) this.error = new ApiError(400, "needed", strings.needed, missing.name);
    else {
      this.error = undefined;
      this.sending = true;
      try {
        await this.send(this.edited);
        this.reset();
      } catch (thrown) {
        this.error = thrown;
      }
      this.sending = false;
    }
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }
}
