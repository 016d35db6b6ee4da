import { css, html, LitElement } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { strings } from "../i18n/index.js";
import { view } from "./styles.js";

/** A field for a text of many lines with their numbers. Marked lines have a problem. Fires `admin-edit` with the text in `detail`. */
@customElement("admin-editor")
export class Editor extends LitElement {
  @property() label = "";
  @property() text = "";
  @property({ type: Boolean }) readonly = false;
  /** The numbers of the lines that have a problem. */
  @property({ attribute: false }) marked: ReadonlySet<number> = new Set();
  @query("textarea") private area!: HTMLTextAreaElement;
  @query(".numbers") private numbers!: HTMLElement;

  static override styles = [
    ...view,
    css`
      .editor {
        display: grid;
        grid-template-columns: auto 1fr;
        height: var(--editor-height, min(62vh, 640px));
        min-height: 220px;
        border: 1px solid var(--edge);
        border-radius: 12px;
        background: var(--background);
        overflow: hidden;
        font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
        font-size: 0.8438rem;
        line-height: 1.6;
      }
      .editor:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }
      .numbers {
        overflow: hidden;
        padding: 12px 0;
        min-width: 46px;
        text-align: end;
        color: var(--muted);
        background: var(--surface);
        border-inline-end: 1px solid var(--border);
        user-select: none;
      }
      .numbers span {
        display: block;
        padding: 0 10px 0 6px;
      }
      .numbers .marked {
        background: var(--danger-soft);
        color: var(--danger);
        font-weight: 700;
        box-shadow: inset 3px 0 0 var(--danger);
      }
      textarea {
        padding: 12px;
        border: 0;
        resize: none;
        background: none;
        font: inherit;
        line-height: inherit;
        color: inherit;
        white-space: pre;
        tab-size: 4;
      }
      textarea:focus {
        outline: none;
      }
    `,
  ];

  protected override render(): unknown {
    const lines = this.text.split("\n").length;
    return html`<div class="editor">
      <div class="numbers" aria-hidden="true">
        ${Array.from({ length: lines }, (_, at) => html`<span class=${this.marked.has(at + 1) ? "marked" : ""}>${at + 1}</span>`)}
      </div>
      <textarea
        aria-label=${this.label}
        aria-invalid=${this.marked.size > 0}
        spellcheck="false"
        autocapitalize="off"
        autocomplete="off"
        wrap="off"
        ?readonly=${this.readonly}
        .value=${live(this.text)}
        @input=${this.#edited}
        @scroll=${this.#scrolled}
      ></textarea>
    </div>`;
  }

  /** Selects a line and scrolls to it. */
  goTo(line: number): void {
    const before = this.text.split("\n").slice(0, line - 1);
    const start = before.reduce((sum, each) => sum + each.length + 1, 0);
    const length = this.text.split("\n")[line - 1]?.length ?? 0;
    this.area.focus();
    this.area.setSelectionRange(start, start + length);
    const height = this.area.scrollHeight / Math.max(this.text.split("\n").length, 1);
    this.area.scrollTop = Math.max((line - 4) * height, 0);
  }

  #edited(): void {
    this.text = this.area.value;
    this.dispatchEvent(new CustomEvent("admin-edit", { detail: this.text }));
  }

  #scrolled(): void {
    this.numbers.scrollTop = this.area.scrollTop;
  }
}

/** Lines with a sentence each; a click on the number goes to the line. */
export function lineList(
  lines: readonly { readonly line: number; readonly message: string }[],
  go: (line: number) => void,
): unknown {
  return html`<ul class="lines">
    ${lines.map(
      ({ line, message }) =>
        html`<li><button @click=${() => go(line)}>${strings.line(line)}</button><span>${message}</span></li>`,
    )}
  </ul>`;
}
