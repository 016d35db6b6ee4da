import { css, html } from "lit";
import { customElement } from "lit/decorators.js";
import { bytes, date, number, strings } from "../i18n/index.js";
import { Loader } from "../parts/loader.js";
import { Refresher } from "../parts/refresher.js";
import { view } from "../parts/styles.js";
import { View } from "../parts/view.js";
import { hashOf } from "../route.js";
import type { Figures, Limit, Status } from "../types.js";

const refreshMs = 10_000;
/** A key that expires sooner is mentioned. */
const soonMs = 14 * 86_400_000;

/** Live figures of the tenant, what needs attention, and the limits of the server. */
@customElement("admin-overview")
export class Overview extends View {
  readonly #figures = new Loader<Figures>(this);
  readonly refresher = new Refresher(this, refreshMs, () => this.#load());

  static override styles = [
    ...view,
    css`
      .tiles {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 150px), 1fr));
        gap: 12px;
        margin-bottom: 16px;
      }
      .tile {
        display: block;
        padding: 14px 16px;
        border: 1px solid var(--border);
        border-radius: 14px;
        background: var(--background);
        color: inherit;
        text-decoration: none;
      }
      a.tile:hover {
        background: var(--hover);
      }
      .tile b {
        display: block;
        font-size: 1.625rem;
        font-weight: 700;
        letter-spacing: -0.02em;
        line-height: 1.25;
        font-variant-numeric: tabular-nums;
      }
      .tile.bad b {
        color: var(--danger);
      }
      .tile span {
        color: var(--muted);
        font-size: 0.875rem;
      }
      .card td {
        padding: 8px 0;
      }
      .card tbody tr:first-child {
        border-top: 0;
      }
      .card tbody tr:hover {
        background: none;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  protected override render(): unknown {
    const { expiresAt } = this.session.own.key;
    const soon = expiresAt && Date.parse(expiresAt) - Date.now() < soonMs;
    return html`<div class="head"><h1 tabindex="-1">${strings.views.overview}</h1></div>
      <p class="lead">${strings.overviewLead}</p>
      ${soon ? html`<p class="notice warn">${strings.keyExpires(date(expiresAt))}</p>` : ""}
      ${this.#figures.render((figures) => this.#found(figures))}`;
  }

  #found({ users, groups, online, jobs, limits }: Figures): unknown {
    const link = this.session.may("users") ? hashOf("users") : undefined;
    const statuses: readonly Status[] = ["active", "invited", "deactivated", "removed"];
    return html`
      <div class="tiles">
        ${this.#tile(strings.usersOnline(online.users), online.users, strings.onlineHint(online.connections))}
        ${this.#tile(strings.usersActive(users.active), users.active, "", link)}
        ${this.#tile(strings.groupCount(groups), groups, "", this.session.may("groups") ? hashOf("groups") : undefined)}
        ${this.#tile(strings.jobsDead(jobs.dead), jobs.dead, strings.jobsOpen(jobs.waiting + jobs.running), hashOf("jobs", "", { state: jobs.dead ? "dead" : "" }), jobs.dead > 0)}
      </div>
      <section class="card" aria-labelledby="by-status">
        <h2 id="by-status">${strings.usersByStatus}</h2>
        <table>
          <tbody>
            ${statuses.map((status) => html`<tr><td>${strings.statuses[status]}</td><td class="number">${number(users[status])}</td></tr>`)}
          </tbody>
        </table>
      </section>
      <section class="card" aria-labelledby="limits">
        <h2 id="limits">${strings.limitsTitle}</h2>
        <p class="hint">${strings.limitsHint}</p>
        <table>
          <tbody>
            ${(Object.keys(strings.limits) as Limit[]).map(
              (limit) => html`<tr>
                <td>${strings.limits[limit]}</td>
                <td class="number">${limit.endsWith("BytesMax") ? bytes(limits[limit]) : number(limits[limit])}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </section>
    `;
  }

  #tile(label: string, value: number, hint: string, link?: string, bad = false): unknown {
    const content = html`<b>${number(value)}</b>${label}${hint ? html`<br /><span>${hint}</span>` : ""}`;
    const name = `tile ${bad ? "bad" : ""}`;
    return link ? html`<a class=${name} href=${link}>${content}</a>` : html`<div class=${name}>${content}</div>`;
  }

  #load(): Promise<void> {
    return this.#figures.load((signal) => this.session.api.get("figures", {}, signal));
  }
}
