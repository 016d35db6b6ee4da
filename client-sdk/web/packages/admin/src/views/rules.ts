import { css, html } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { currentDraft, type Draft, isDirty, keepDraft } from "../draft.js";
import { explain, listed, strings } from "../i18n/index.js";
import "../parts/editor.js";
import { type Editor, lineList } from "../parts/editor.js";
import { Loader } from "../parts/loader.js";
import "../parts/policy-change.js";
import type { Candidate } from "../parts/policy-change.js";
import "../parts/policy-history.js";
import { view } from "../parts/styles.js";
import { View } from "../parts/view.js";
import { hashOf } from "../route.js";
import type { Policy, PolicyChecked, PolicyPreset, PolicyTested } from "../types.js";

/** The time from the last letter to the check. */
const pauseMs = 400;

/** The rules of the tenant: the text with the server's check, the table of cases, the difference of a change, and earlier versions. */
@customElement("admin-rules")
export class Rules extends View {
  @state() private draft: Draft | undefined = currentDraft();
  @state() private checked: PolicyChecked | undefined;
  @state() private tested: PolicyTested | undefined;
  @state() private problem: unknown;
  @state() private busy = false;
  @state() private candidate: Candidate | undefined;
  @query("admin-editor") private editor!: Editor;
  readonly #policy = new Loader<Policy>(this);
  readonly #presets = new Loader<readonly PolicyPreset[]>(this);
  #timer = 0;
  #check: AbortController | undefined;
  #line = 0;

  static override styles = [
    ...view,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
        margin-bottom: 10px;
      }
      .bar .state {
        flex: 1 1 200px;
        color: var(--muted);
        font-size: 0.875rem;
      }
      .below {
        margin-top: 12px;
      }
      .below .notice {
        margin-bottom: 8px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
    void this.#presets.load(async (signal) => {
      const { presets } = await this.session.api.get<{ presets: PolicyPreset[] }>("policy/presets", {}, signal);
      return presets;
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#check?.abort();
  }

  protected override updated(): void {
    const line = Number(this.route.query.get("line"));
    if (line && line !== this.#line && this.draft && this.editor) {
      this.#line = line;
      void this.editor.updateComplete.then(() => this.editor.goTo(line));
    }
  }

  protected override render(): unknown {
    const tab = this.route.id;
    const tabs = [
      ["", strings.rulesTab],
      ["cases", strings.casesTab],
      ["history", strings.historyTab],
    ] as const;
    return html`<div class="head"><h1 tabindex="-1">${strings.views.rules}</h1></div>
      <p class="lead">${strings.rulesLead}</p>
      <nav class="tabs" aria-label=${strings.views.rules}>
        ${tabs.map(([id, label]) => html`<a href=${hashOf("rules", id)} aria-current=${id === tab ? "page" : "false"}>${label}</a>`)}
      </nav>
      ${
        tab === "history"
          ? html`<admin-policy-history .session=${this.session} @admin-policy-set=${this.#wasSet}></admin-policy-history>`
          : this.draft
            ? tab === "cases"
              ? this.#cases(this.draft)
              : this.#rules(this.draft)
            : this.#policy.render(() => "")
      }`;
  }

  #rules(draft: Draft): unknown {
    const may = this.session.may("setRules");
    const dirty = draft.text !== draft.stored;
    const marked = new Set(this.checked?.problems.map(({ line }) => line));
    const version = this.#policy.value;
    return html`
      <div class="bar">
        <span class="state">
          ${version ? strings.inForce(version.name, version.version) : ""} ${dirty ? html`<span class="pill warn">${strings.changedText}</span>` : ""}
        </span>
        ${may ? this.#presetMenu() : ""}
        ${dirty ? html`<button class="button" @click=${this.#discard}>${strings.discard}</button>` : ""}
        ${
          may
            ? html`<button class="button primary" ?disabled=${!dirty || this.checked?.valid !== true} @click=${this.#compare}>${strings.compare}</button>`
            : ""
        }
      </div>
      ${
        this.candidate
          ? html`<admin-policy-change
              .session=${this.session}
              .candidate=${this.candidate}
              @admin-policy-set=${this.#wasSet}
              @admin-policy-closed=${() => {
                this.candidate = undefined;
              }}
            ></admin-policy-change>`
          : ""
      }
      <admin-editor
        .label=${strings.rulesText}
        .text=${draft.text}
        .marked=${marked}
        ?readonly=${!may || this.candidate !== undefined}
        @admin-edit=${(event: CustomEvent<string>) => this.#edit({ ...draft, text: event.detail })}
      ></admin-editor>
      <div class="below" aria-live="polite">${this.#verdict()}</div>
    `;
  }

  /** The result of the server's check. */
  #verdict(): unknown {
    if (this.problem) return html`<p class="notice bad">${explain(this.problem)}</p>`;
    if (!this.checked) return html`<p class="hint">${strings.checking}</p>`;
    const { valid, problems, rules = 0, neverAllowed = [], warnings = [] } = this.checked;
    const go = (line: number): void => this.editor.goTo(line);
    if (!valid) return html`<p class="notice bad">${strings.problems(problems.length)}</p>${lineList(problems, go)}`;
    return html`<p class="notice good">${strings.validRules(rules)}</p>
      ${neverAllowed.length ? html`<p class="hint">${strings.neverAllowed(listed(neverAllowed))}</p>` : ""}
      ${warnings.length ? html`<p class="notice warn">${strings.warnings(warnings.length)}</p>${lineList(warnings, go)}` : ""}`;
  }

  #presetMenu(): unknown {
    const presets = this.#presets.value ?? [];
    return html`<select class="field" aria-label=${strings.startFrom} @change=${this.#take}>
      <option value="">${strings.startFrom}</option>
      ${presets.map(({ name }) => html`<option value=${name}>${name}</option>`)}
    </select>`;
  }

  #cases(draft: Draft): unknown {
    const lines = [...(this.tested?.failures ?? []), ...(this.tested?.problems ?? [])];
    return html`
      <div class="bar">
        <span class="state">${strings.casesHint}</span>
        <select class="field" aria-label=${strings.casesOf} @change=${this.#takeCases}>
          <option value="">${strings.casesOf}</option>
          ${(this.#presets.value ?? []).map(({ name }) => html`<option value=${name}>${name}</option>`)}
        </select>
        <button class="button primary" ?disabled=${this.busy || !draft.cases.trim()} @click=${this.#test}>${strings.runCases}</button>
      </div>
      <admin-editor
        .label=${strings.casesTab}
        .text=${draft.cases}
        .marked=${new Set(lines.map(({ line }) => line))}
        @admin-edit=${(event: CustomEvent<string>) => {
          this.tested = undefined;
          this.#keep({ ...draft, cases: event.detail });
        }}
      ></admin-editor>
      <div class="below" aria-live="polite">
        ${this.problem ? html`<p class="notice bad">${explain(this.problem)}</p>` : ""}
        ${
          this.tested
            ? html`<p class="notice ${lines.length ? "bad" : "good"}">
                  ${this.tested.problems.length ? strings.problems(lines.length) : strings.casesRun(this.tested.cases, this.tested.failures.length)}
                </p>
                ${lineList(lines, (line) => this.editor.goTo(line))}`
            : ""
        }
      </div>
    `;
  }

  async #load(): Promise<void> {
    await this.#policy.load((signal) => this.session.api.get("policy", {}, signal));
    const { value } = this.#policy;
    if (!value) return;
    if (!isDirty())
      this.#keep({ version: value.version, stored: value.text, text: value.text, cases: this.draft?.cases ?? "" });
    await this.#checkNow();
  }

  #keep(draft: Draft): void {
    this.draft = draft;
    keepDraft(draft);
  }

  #edit(draft: Draft): void {
    this.#keep(draft);
    this.tested = undefined;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#checkNow(), pauseMs);
    // The result belongs to an earlier text until the check has answered.
    if (this.checked?.valid) this.checked = undefined;
  }

  async #checkNow(): Promise<void> {
    this.#check?.abort();
    const { signal } = (this.#check = new AbortController());
    try {
      this.checked = await this.session.api.send("POST", "policy/check", { text: this.draft?.text ?? "" }, signal);
      this.problem = undefined;
    } catch (thrown) {
      if (!signal.aborted) this.problem = thrown;
    }
  }

  async #test(): Promise<void> {
    const { text = "", cases = "" } = this.draft ?? {};
    this.busy = true;
    this.problem = undefined;
    try {
      this.tested = await this.session.api.send("POST", "policy/test", { text, cases });
    } catch (thrown) {
      this.tested = undefined;
      this.problem = thrown;
    }
    this.busy = false;
  }

  #compare(): void {
    const { text = "", version = 0 } = this.draft ?? {};
    this.candidate = { text, version };
  }

  #discard(): void {
    if (!this.draft) return;
    this.candidate = undefined;
    this.#edit({ ...this.draft, text: this.draft.stored });
  }

  #chosen(event: Event): PolicyPreset | undefined {
    const select = event.target as HTMLSelectElement;
    const found = this.#presets.value?.find(({ name }) => name === select.value);
    select.value = "";
    return found;
  }

  #take(event: Event): void {
    const preset = this.#chosen(event);
    if (preset && this.draft) this.#edit({ ...this.draft, text: preset.text, cases: this.draft.cases || preset.cases });
  }

  #takeCases(event: Event): void {
    const preset = this.#chosen(event);
    this.tested = undefined;
    if (preset && this.draft) this.#keep({ ...this.draft, cases: preset.cases });
  }

  async #wasSet(): Promise<void> {
    this.candidate = undefined;
    this.notify(strings.rulesSet);
    if (this.draft) this.#keep({ ...this.draft, text: this.draft.stored });
    await this.#load();
  }
}
