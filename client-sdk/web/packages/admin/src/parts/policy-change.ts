import { css, html } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { ApiError } from "../errors.js";
import { explain, strings } from "../i18n/index.js";
import type { Comparison, Policy } from "../types.js";
import "./difference.js";
import { Loader } from "./loader.js";
import { view } from "./styles.js";
import { View } from "./view.js";

/** Rules that may be put in force. */
export interface Candidate {
  readonly text: string;
  /** The version of the rules that was in force when the operator began. */
  readonly version: number;
  /** The version to go back to, instead of new rules. */
  readonly restores?: number;
}

/** What a change of the rules does, before it is made; then the change. Fires `admin-policy-set` or `admin-policy-closed`. */
@customElement("admin-policy-change")
export class PolicyChange extends View {
  @property({ attribute: false }) candidate!: Candidate;
  @state() private error: unknown;
  @state() private busy = false;
  /** The rules were changed by another operator since this one began. */
  @state() private overtaken = false;
  @query("section") private section!: HTMLElement;
  readonly #comparison = new Loader<Comparison>(this);

  static override styles = [
    ...view,
    css`
      .card {
        margin-bottom: 14px;
      }
      .foot {
        margin-top: 14px;
      }
    `,
  ];

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("candidate")) return;
    const { text } = this.candidate;
    void this.#comparison.load((signal) => this.session.api.send("POST", "policy/diff", { text }, signal), true);
  }

  protected override firstUpdated(): void {
    this.section.focus();
  }

  protected override render(): unknown {
    const words = this.error instanceof ApiError && this.error.field === "acceptUnusedWords";
    return html`<section class="card" tabindex="-1" aria-labelledby="change">
      <h2 id="change">${this.candidate.restores === undefined ? strings.whatChanges : strings.whatChangesBack(this.candidate.restores)}</h2>
      ${this.#comparison.render((comparison) => html`<admin-difference .comparison=${comparison}></admin-difference>`)}
      ${this.overtaken ? html`<p class="notice warn" role="alert">${strings.overtaken}</p>` : ""}
      ${this.error ? html`<p class="notice bad foot" role="alert">${words ? (this.error as ApiError).detail : explain(this.error)}</p>` : ""}
      <div class="row foot">
        <button class="button primary" ?disabled=${this.busy || this.#comparison.loading} @click=${() => this.#apply(words)}>
          ${words ? strings.applyUnused : this.overtaken ? strings.applyAnyway : strings.apply}
        </button>
        <button class="button" @click=${() => this.dispatchEvent(new CustomEvent("admin-policy-closed"))}>${strings.cancel}</button>
        <span class="hint">${strings.applyHint}</span>
      </div>
    </section>`;
  }

  async #apply(acceptUnusedWords: boolean): Promise<void> {
    const { text, version, restores } = this.candidate;
    this.busy = true;
    try {
      const current = await this.session.api.get<Policy>("policy");
      if (current.version !== version && !this.overtaken) this.overtaken = true;
      else {
        if (restores === undefined) await this.session.api.send("PUT", "policy", { text, acceptUnusedWords });
        else await this.session.api.send("POST", "policy/rollback", { to: restores, acceptUnusedWords });
        this.dispatchEvent(new CustomEvent("admin-policy-set"));
      }
      this.error = undefined;
    } catch (thrown) {
      this.error = thrown;
    }
    this.busy = false;
  }
}
