import { css, html } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { readTable, type Table } from "../csv.js";
import { bytes, explain, number, strings } from "../i18n/index.js";
import { ImportRun } from "../import-run.js";
import { type Imported, type Progress, type Refused, refusedMax, type Summary } from "../import-upload.js";
import { labelled } from "../parts/labelled.js";
import { view } from "../parts/styles.js";
import { View } from "../parts/view.js";

const rowTypes = ["user", "group", "membership", "relation", "edge", "setting"] as const;

type Scope = "" | "users" | "groups" | "memberships" | "edges";

/** The import that runs or ran last, also while another view is shown. */
let latest: ImportRun | undefined;

/** An import of rows from a file or a field: a trial first, then the import, with progress and the refused rows by line. */
@customElement("admin-import")
export class Import extends View {
  @state() private file: File | undefined;
  /** The text of a file that is a table. */
  @state() private table: string | undefined;
  @state() private rowType: (typeof rowTypes)[number] = "user";
  @state() private typed = "";
  @state() private scope: Scope = "";
  @state() private limit = "";
  @state() private keep = false;
  @state() private dragging = false;
  @query('input[type="file"]') private chooser!: HTMLInputElement;
  @query("#result") private outcome!: HTMLElement | null;

  static override styles = [
    ...view,
    css`
      .drop {
        display: grid;
        justify-items: center;
        gap: 8px;
        padding: 26px 16px;
        border: 2px dashed var(--edge);
        border-radius: 14px;
        text-align: center;
      }
      .drop.over {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      .options {
        display: grid;
        gap: 12px;
        margin: 16px 0;
      }
      progress {
        width: 100%;
        height: 8px;
        accent-color: var(--accent);
      }
      .tally {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 18px;
        margin-bottom: 12px;
      }
      .tally b {
        font-variant-numeric: tabular-nums;
      }
      details > summary {
        cursor: pointer;
        font-weight: 550;
        color: var(--accent);
      }
      details textarea {
        width: 100%;
        margin-top: 8px;
      }
      .section {
        margin-top: 16px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    // Another operator may have signed in since.
    if (latest?.api !== this.session.api) latest = undefined;
    latest?.addEventListener("change", this.#changed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    latest?.removeEventListener("change", this.#changed);
  }

  protected override render(): unknown {
    const rows = this.file ?? (this.typed.trim() ? this.typed : undefined);
    const { progress, result, error } = latest ?? {};
    const busy = progress !== undefined;
    return html`<div class="head"><h1 tabindex="-1">${strings.views.import}</h1></div>
      <p class="lead">${strings.importLead}</p>
      <section class="card" aria-label=${strings.views.import}>
        <div
          class="drop ${this.dragging ? "over" : ""}"
          @dragover=${this.#dragOver}
          @dragleave=${() => {
            this.dragging = false;
          }}
          @drop=${this.#drop}
        >
          <span>${this.file ? html`<b><bdi>${this.file.name}</bdi></b> · ${bytes(this.file.size)}` : strings.dropFile}</span>
          <button class="button" ?disabled=${busy} @click=${() => this.chooser.click()}>${this.file ? strings.otherFile : strings.chooseFile}</button>
          <input type="file" hidden accept=".ndjson,.jsonl,.json,.txt,.csv,.tsv" @change=${() => this.#take(this.chooser.files?.[0])} />
          <span class="hint">${strings.fileHint}</span>
        </div>
        <details class="section">
          <summary>${strings.pasteRows}</summary>
          <textarea
            class="field mono"
            aria-label=${strings.pasteRows}
            spellcheck="false"
            placeholder='{"type":"user","id":"lea","name":"Léa Martin"}'
            .value=${this.typed}
            @input=${(event: Event) => {
              this.typed = (event.target as HTMLTextAreaElement).value;
              this.#forget();
            }}
          ></textarea>
        </details>
        <div class="options">
          <div class="row">
            ${
              this.table !== undefined && !readTable(this.table.split("\n", 1)[0] ?? "", "").columns.includes("type")
                ? labelled(
                    "type",
                    strings.rowsAbout,
                    html`<select class="field" id="type" @change=${(event: Event) => {
                      this.rowType = (event.target as HTMLSelectElement).value as (typeof rowTypes)[number];
                      this.#forget();
                    }}>
                      ${rowTypes.map((type) => html`<option value=${type} .selected=${type === this.rowType}>${strings.rowTypes[type]}</option>`)}
                    </select>`,
                  )
                : ""
            }
            ${labelled(
              "scope",
              strings.replace,
              html`<select class="field" id="scope" @change=${(event: Event) => this.#setScope((event.target as HTMLSelectElement).value as Scope)}>
                ${(Object.keys(strings.scopes) as Scope[]).map((scope) => html`<option value=${scope} .selected=${scope === this.scope}>${strings.scopes[scope]}</option>`)}
              </select>`,
            )}
            ${
              this.scope
                ? labelled(
                    "limit",
                    strings.deleteLimit,
                    html`<input class="field" id="limit" size="8" placeholder="10%" .value=${this.limit} @change=${(
                      event: Event,
                    ) => {
                      this.limit = (event.target as HTMLInputElement).value.trim();
                      this.#forget();
                    }} />`,
                  )
                : ""
            }
          </div>
          ${this.scope ? html`<p class="notice warn">${strings.replaceHint}</p>` : ""}
          <label class="check"
            ><input type="checkbox" .checked=${this.keep} @change=${(event: Event) => {
              this.keep = (event.target as HTMLInputElement).checked;
              this.#forget();
            }} /><span>${strings.keepUndeclared}</span></label
          >
        </div>
        <div class="row">
          <button class="button ${this.#tried() ? "" : "primary"}" ?disabled=${!rows || busy} @click=${() => this.#run(true)}>${strings.tryRows}</button>
          <button class="button ${this.#tried() ? "primary" : ""}" ?disabled=${!rows || busy || !this.#tried()} @click=${() => this.#run(false)}>
            ${strings.importRows}
          </button>
          ${busy ? html`<button class="button" @click=${() => latest?.cancel()}>${strings.cancel}</button>` : html`<span class="hint">${strings.tryHint}</span>`}
        </div>
        ${progress ? this.#bar(progress) : ""}
      </section>
      ${error ? html`<p class="notice bad section" role="alert">${explain(error)}</p>` : ""}
      ${result ? this.#outcome(result) : ""}`;
  }

  #bar({ sentBytes, allBytes, rows }: Progress): unknown {
    const sent = allBytes > 0 && sentBytes >= allBytes;
    const text = sent ? strings.importing(rows) : strings.sending(bytes(sentBytes), bytes(allBytes));
    return html`<div class="section">
      ${sent ? html`<progress aria-label=${text}></progress>` : html`<progress aria-label=${text} max=${allBytes} value=${sentBytes}></progress>`}
      <p class="hint" role="status">${text}</p>
    </div>`;
  }

  #outcome({ refused, summary }: Imported): unknown {
    return html`<section class="card section" id="result" tabindex="-1" aria-labelledby="outcome">
      <h2 id="outcome">${summary.dry_run ? strings.trialDone : strings.importDone}</h2>
      <p class="notice ${summary.stopped ? "bad" : summary.refused ? "warn" : "good"}">
        ${summary.stopped ? strings.importStopped(summary.stopped) : summary.refused ? strings.someRefused(summary.refused) : summary.dry_run ? strings.allGood : strings.allImported}
      </p>
      <div class="tally">
        ${(["rows", "created", "updated", "unchanged", "removed", "refused"] as const).map((each: keyof Summary & keyof typeof strings.tally) => html`<span>${strings.tally[each]} <b>${number(summary[each] as number)}</b></span>`)}
      </div>
      ${
        refused.length
          ? html`<div class="table">
              <table>
                <caption class="visually-hidden">${strings.refusedRows}</caption>
                <thead>
                  <tr>
                    <th scope="col" class="number">${strings.lineTitle}</th>
                    <th scope="col">${strings.fieldTitle}</th>
                    <th scope="col">${strings.problemTitle}</th>
                  </tr>
                </thead>
                <tbody>
                  ${refused.map(
                    (each) => html`<tr>
                      <td class="number">${number(each.row)}</td>
                      <td><code>${each.field ?? "–"}</code></td>
                      <td>${each.message}<code class="sub">${latest?.texts.get(each.row)}</code></td>
                    </tr>`,
                  )}
                </tbody>
              </table>
            </div>`
          : ""
      }
      ${summary.refused > refused.length ? html`<p class="hint">${strings.onlyFirst(refusedMax)}</p>` : ""}
    </section>`;
  }

  /** The rows as the server takes them, and the lines of a table that are no rows. */
  #rows(): { rows: Blob; wrong: readonly Refused[] } {
    if (this.table === undefined) return { rows: this.file ?? new Blob([this.typed]), wrong: [] };
    const table: Table = readTable(this.table, this.rowType);
    const wrong = table.wrong.map(({ row, cells }) => ({ row, message: strings.wrongCells(cells, table.columns.length) }));
    return { rows: new Blob([table.rows]), wrong };
  }

  /** Whether the trial of these rows ended. Refused rows do not prevent the import: the others are applied. */
  #tried(): boolean {
    const summary = latest?.result?.summary;
    return summary?.dry_run === true && !summary.stopped;
  }

  async #take(file: File | undefined): Promise<void> {
    if (!file) return;
    this.file = file;
    this.table = undefined;
    this.#forget();
    if (/\.[ct]sv$/i.test(file.name)) this.table = await file.text();
  }

  #forget(): void {
    if (latest?.progress === undefined) this.#watch(undefined);
  }

  #setScope(scope: Scope): void {
    this.scope = scope;
    this.#forget();
  }

  #dragOver(event: DragEvent): void {
    event.preventDefault();
    this.dragging = true;
  }

  #drop(event: DragEvent): void {
    event.preventDefault();
    this.dragging = false;
    this.#take(event.dataTransfer?.files[0]);
  }

  async #run(trial: boolean): Promise<void> {
    const { rows, wrong } = this.#rows();
    const query = {
      dry_run: String(trial),
      replace: this.scope,
      delete_limit: this.scope ? this.limit : "",
      undeclared: this.keep ? "keep" : "",
    };
    const run = new ImportRun(this.session.api, { rows, source: this.file ?? rows, wrong, query });
    this.#watch(run);
    await run.run();
    if (run.cancelled && !trial) this.notify(strings.importCancelled);
    await this.updateComplete;
    this.outcome?.focus();
  }

  /** Shows an import from now on. */
  #watch(run: ImportRun | undefined): void {
    latest?.removeEventListener("change", this.#changed);
    latest = run;
    run?.addEventListener("change", this.#changed);
    this.requestUpdate();
  }

  readonly #changed = (): void => this.requestUpdate();
}
