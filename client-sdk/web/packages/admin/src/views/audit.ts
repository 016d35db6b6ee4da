import { css, html } from "lit";
import { customElement, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { strings } from "../i18n/index.js";
import { labelled } from "../parts/labelled.js";
import { moment, subject } from "../parts/labels.js";
import { Pages } from "../parts/loader.js";
import { view } from "../parts/styles.js";
import { View } from "../parts/view.js";
import type { AuditEntry } from "../types.js";

const perPage = 50;
const filters = ["action", "outcome", "actor", "target", "since", "until"] as const;
type Filter = (typeof filters)[number];

/** The part of `/v1/openapi.json` that lists the actions. */
interface Description {
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly get: {
          readonly parameters: readonly { readonly name: string; readonly schema: { readonly enum?: readonly string[] } }[];
        };
      }
    >
  >;
}

/** The audit log with filters, the latest line first. */
@customElement("admin-audit")
export class Audit extends View {
  @state() private actions: readonly string[] = [];
  readonly #entries = new Pages<AuditEntry>(this, async (cursor, signal) => {
    const query = { ...this.#filter(), cursor, limit: perPage };
    const { entries, nextCursor } = await this.session.api.get<{ entries: AuditEntry[]; nextCursor?: string }>(
      "audit",
      query,
      signal,
    );
    return { items: entries, next: nextCursor };
  });
  #shown: string | undefined;

  static override styles = [
    ...view,
    css`
      .filters .label {
        flex: 1 1 170px;
      }
      .filters select.field {
        width: 100%;
      }
      td details {
        font-size: 0.875rem;
      }
      td summary {
        cursor: pointer;
        color: var(--muted);
      }
      pre {
        margin: 4px 0 0;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        font-size: 0.8125rem;
      }
      td {
        vertical-align: top;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#readActions();
  }

  /** The server's description lists the actions, so the page needs no list of its own. */
  async #readActions(): Promise<void> {
    try {
      const { paths } = await this.session.api.get<Description>("openapi.json");
      const parameter = paths["/v1/audit"]?.get.parameters.find(({ name }) => name === "action");
      this.actions = parameter?.schema.enum ?? [];
    } catch {
      // The filter of actions stays empty; the others work.
    }
  }

  #filter(): Readonly<Record<Filter, string>> {
    const value = (name: Filter): string => this.route.query.get(name) ?? "";
    return Object.fromEntries(filters.map((name) => [name, value(name)])) as Record<Filter, string>;
  }

  protected override willUpdate(): void {
    const shown = JSON.stringify(this.#filter());
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#entries.restart();
  }

  protected override render(): unknown {
    const filter = this.#filter();
    const set = (name: Filter) => (event: Event) => this.setQuery({ [name]: (event.target as HTMLInputElement).value.trim() });
    const some = filters.some((name) => filter[name]);
    const text = (name: "actor" | "target"): unknown =>
      labelled(
        name,
        strings.audit[name],
        html`<input class="field" id=${name} placeholder="user:lea" spellcheck="false" .value=${live(filter[name])} @change=${set(name)} />`,
      );
    const day = (name: "since" | "until"): unknown =>
      labelled(
        name,
        strings.audit[name],
        html`<input class="field" id=${name} type="date" .value=${live(filter[name])} @change=${set(name)} />`,
      );
    // A kept filter is shown before the list of actions has arrived, or without it.
    const actions = filter.action && !this.actions.includes(filter.action) ? [filter.action, ...this.actions] : this.actions;
    return html`<div class="head">
        <h1 tabindex="-1">${strings.views.audit}</h1>
        <button class="button" @click=${() => this.#entries.restart()}>${strings.refresh}</button>
      </div>
      <p class="lead">${strings.auditLead}</p>
      <div class="filters">
        ${labelled(
          "action",
          strings.audit.action,
          html`<select class="field" id="action" @change=${set("action")}>
            <option value="">${strings.all}</option>
            ${actions.map((action) => html`<option value=${action} .selected=${action === filter.action}>${named(action)}</option>`)}
          </select>`,
        )}
        ${labelled(
          "outcome",
          strings.audit.outcome,
          html`<select class="field" id="outcome" @change=${set("outcome")}>
            <option value="">${strings.all}</option>
            ${(["done", "refused"] as const).map((each) => html`<option value=${each} .selected=${each === filter.outcome}>${strings.outcomes[each]}</option>`)}
          </select>`,
        )}
        ${text("actor")} ${text("target")} ${day("since")} ${day("until")}
        ${some ? html`<button class="button" @click=${() => this.setQuery(Object.fromEntries(filters.map((name) => [name, ""])))}>${strings.clear}</button>` : ""}
      </div>
      ${this.#entries.render((entries) => this.#table(entries), html`<strong>${some ? strings.noLinesMatch : strings.noLines}</strong>`)}`;
  }

  #table(entries: readonly AuditEntry[]): unknown {
    return html`<table>
      <caption class="visually-hidden">${strings.views.audit}</caption>
      <thead>
        <tr>
          <th scope="col" class="wide">${strings.at}</th>
          <th scope="col">${strings.audit.action}</th>
          <th scope="col" class="wide">${strings.audit.actor}</th>
          <th scope="col">${strings.audit.target}</th>
        </tr>
      </thead>
      <tbody>
        ${entries.map((entry) => this.#row(entry))}
      </tbody>
    </table>`;
  }

  #row({ at, actor, actorName, action, target, outcome, rule, detail }: AuditEntry): unknown {
    const details = Object.keys(detail).length > 0;
    const who = subject(actor, actorName);
    return html`<tr>
      <td class="wide">${moment(at)}</td>
      <td>
        ${named(action)} ${outcome === "refused" ? html`<span class="pill bad">${strings.outcomes.refused}</span>` : ""}
        ${outcome === "refused" ? html`<span class="sub">${rule ? strings.byRule(rule) : strings.byNoRule}</span>` : ""}
        <span class="sub narrow">${moment(at)} · ${who}</span>
        ${details ? html`<details><summary>${strings.details}</summary><pre class="mono">${lines(detail)}</pre></details>` : ""}
      </td>
      <td class="wide">${who}</td>
      <td>${subject(target, undefined)}</td>
    </tr>`;
  }
}

/** The action in words; an action that the page does not know by its name. */
function named(action: string): string {
  const calls: Readonly<Record<string, string>> = strings.calls;
  const rules: Readonly<Record<string, string>> = strings.ruleActions;
  return calls[action] ?? rules[action] ?? action;
}

function lines(detail: Readonly<Record<string, unknown>>): string {
  const shown = (value: unknown): string => {
    if (Array.isArray(value)) return value.map(shown).join(", ");
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  };
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${shown(value)}`)
    .join("\n");
}
