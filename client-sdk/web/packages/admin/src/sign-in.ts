import { css, html, LitElement } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { Api } from "./api.js";
import { ApiError } from "./errors.js";
import { explain, strings } from "./i18n/index.js";
import { labelled } from "./parts/labelled.js";
import { view } from "./parts/styles.js";
import { forgetKey, keepKey, keptKey, Session } from "./session.js";
import type { OwnKey } from "./types.js";

/** Asks for the API key. Fires `admin-signed-in` with the session in `detail`. */
@customElement("admin-sign-in")
export class SignIn extends LitElement {
  /** Why the operator has to sign in again. */
  @property() reason = "";
  @state() private problem = "";
  @state() private busy = false;
  @query("#key") private field!: HTMLInputElement;
  @query("#keep") private keep!: HTMLInputElement;

  static override styles = [
    ...view,
    css`
      :host {
        display: grid;
        place-content: center;
        min-height: 100dvh;
        padding: 24px 16px;
      }
      form {
        display: grid;
        gap: 16px;
        width: min(420px, calc(100vw - 32px));
        padding: 28px;
        border: 1px solid var(--border);
        border-radius: 18px;
        background: var(--background);
        box-shadow: var(--shadow);
      }
      .button {
        min-height: 42px;
      }
      .hint code {
        display: block;
        margin-top: 4px;
        padding: 6px 8px;
        border-radius: 8px;
        background: var(--field);
        color: var(--text);
      }
      .notice {
        margin: 0;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    const key = this.reason ? undefined : keptKey();
    if (key) void this.#enter(key, true);
  }

  protected override firstUpdated(): void {
    this.field.focus();
  }

  protected override render(): unknown {
    return html`<main>
      <form @submit=${this.#submit}>
        <div>
          <h1>${strings.signInTitle}</h1>
          <p class="hint">${strings.signInHint}<code>causerie api-key create --tenant acme --name "${strings.keyExample}" --scopes admin,read,provision</code></p>
        </div>
        ${this.reason ? html`<p class="notice warn" role="alert">${this.reason}</p>` : ""}
        ${labelled(
          "key",
          strings.apiKey,
          html`<input
            id="key"
            class="field mono"
            type="password"
            autocomplete="off"
            spellcheck="false"
            placeholder="sk_…"
            aria-invalid=${this.problem !== ""}
            aria-describedby="key-about"
          />`,
          { wrong: this.problem },
        )}
        <label class="check"><input id="keep" type="checkbox" /><span>${strings.keepKey}<br /><span class="hint">${strings.keepKeyHint}</span></span></label>
        <button class="button primary" ?disabled=${this.busy}>${this.busy ? strings.signingIn : strings.signIn}</button>
      </form>
    </main>`;
  }

  #submit(event: Event): void {
    event.preventDefault();
    const key = this.field.value.trim();
    if (!/^sk_[\w-]+$/.test(key)) this.problem = strings.noKey;
    else void this.#enter(key, this.keep.checked);
    if (this.problem) this.field.focus();
  }

  async #enter(key: string, keep: boolean): Promise<void> {
    this.busy = true;
    this.problem = "";
    const api = new Api(key);
    try {
      const session = new Session(api, await api.get<OwnKey>("key"));
      if (keep) keepKey(key);
      else forgetKey();
      this.dispatchEvent(new CustomEvent("admin-signed-in", { detail: session }));
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.status === 401) forgetKey();
      this.problem = explain(thrown);
    }
    this.busy = false;
    await this.updateComplete;
    if (this.problem) this.field.focus();
  }
}
