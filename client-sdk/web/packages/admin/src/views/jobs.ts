import { html } from "lit";
import { customElement, query } from "lit/decorators.js";
import { number, strings } from "../i18n/index.js";
import "../parts/dialog.js";
import type { Dialog } from "../parts/dialog.js";
import { moment } from "../parts/labels.js";
import { Pages } from "../parts/loader.js";
import { Refresher } from "../parts/refresher.js";
import { View } from "../parts/view.js";
import { hashOf } from "../route.js";
import type { Job } from "../types.js";

const perPage = 25;
const refreshMs = 5_000;
const states = ["", "waiting", "running", "dead", "done"] as const;
const looks: Readonly<Record<Job["state"], string>> = { waiting: "", running: "warn", done: "good", dead: "bad" };

/** The jobs of the tenant: work that the server does later, and what failed of it, with a retry. */
@customElement("admin-jobs")
export class Jobs extends View {
  @query("admin-dialog") private dialog!: Dialog;
  readonly #jobs = new Pages<Job>(this, async (cursor, signal) => {
    const query = { state: this.#state, cursor, limit: perPage };
    const { jobs, nextCursor } = await this.session.api.get<{ jobs: Job[]; nextCursor?: string }>("jobs", query, signal);
    return { items: jobs, next: nextCursor };
  });
  readonly refresher = new Refresher(this, refreshMs, () => this.#jobs.reload());
  #state: string | undefined;

  protected override willUpdate(): void {
    const state = this.route.query.get("state") ?? "";
    if (state === this.#state) return;
    this.#state = state;
    this.#jobs.restart();
  }

  protected override render(): unknown {
    const state = this.#state ?? "";
    return html`<div class="head"><h1 tabindex="-1">${strings.views.jobs}</h1></div>
      <p class="lead">${strings.jobsLead}</p>
      <nav class="tabs" aria-label=${strings.jobState}>
        ${states.map((each) => html`<a href=${hashOf("jobs", "", { state: each })} aria-current=${each === state ? "page" : "false"}>${strings.jobStates[each]}</a>`)}
      </nav>
      ${this.#jobs.render((jobs) => this.#table(jobs), html`<strong>${state === "dead" ? strings.noDeadJobs : strings.noJobs}</strong>`)}
      <admin-dialog></admin-dialog>`;
  }

  #table(jobs: readonly Job[]): unknown {
    const may = this.session.may("manageJobs");
    return html`<table>
      <caption class="visually-hidden">${strings.views.jobs}</caption>
      <thead>
        <tr>
          <th scope="col">${strings.job}</th>
          <th scope="col">${strings.jobState}</th>
          <th scope="col" class="wide number">${strings.attempts}</th>
          <th scope="col" class="wide">${strings.at}</th>
          ${may ? html`<th scope="col"><span class="visually-hidden">${strings.actions}</span></th>` : ""}
        </tr>
      </thead>
      <tbody>
        ${jobs.map(
          (job) => html`<tr>
            <td>
              ${kindOf(job)}<span class="sub mono">${job.id}</span>
              ${job.lastError ? html`<span class="sub wrong" lang="en">${job.lastError}</span>` : ""}
            </td>
            <td><span class="pill ${looks[job.state]}">${strings.jobStates[job.state]}</span></td>
            <td class="wide number">${number(job.attempts)}</td>
            <td class="wide">
              ${moment(job.createdAt)}
              ${job.dueAt ? html`<span class="sub">${strings.due} ${moment(job.dueAt)}</span>` : ""}
              ${job.finishedAt ? html`<span class="sub">${strings.finished} ${moment(job.finishedAt)}</span>` : ""}
            </td>
            ${may ? html`<td class="actions">${this.#buttons(job)}</td>` : ""}
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #buttons(job: Job): unknown {
    const retry = job.state === "dead" || job.state === "waiting";
    return html`
      ${retry ? html`<button class="button small" aria-label="${strings.retry}: ${kindOf(job)} ${job.id}" @click=${() => this.#retry(job)}>${strings.retry}</button>` : ""}
      ${job.state === "running" ? "" : html`<button class="button small quiet-danger" aria-label="${strings.delete}: ${kindOf(job)} ${job.id}" @click=${() => this.#delete(job)}>${strings.delete}</button>`}
    `;
  }

  #retry(job: Job): Promise<void> {
    return this.#do(() => this.session.api.send("POST", `jobs/${job.id}/retry`), strings.retried);
  }

  async #delete(job: Job): Promise<void> {
    const question = { heading: strings.deleteJob(kindOf(job)), text: strings.deleteJobText, action: strings.delete };
    if (await this.dialog.ask(question))
      await this.#do(() => this.session.api.send("DELETE", `jobs/${job.id}`), strings.removed);
  }

  async #do(run: () => Promise<unknown>, done: string): Promise<void> {
    try {
      await run();
      this.notify(done);
    } catch (thrown) {
      this.fail(thrown);
    }
    this.#jobs.reload();
  }
}

function kindOf({ kind }: Job): string {
  return (strings.jobKinds as Readonly<Record<string, string>>)[kind] ?? kind;
}
