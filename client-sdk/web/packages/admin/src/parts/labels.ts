// The labels of states and ids in tables.
import { html } from "lit";
import { date, dateTime, strings } from "../i18n/index.js";
import { hashOf } from "../route.js";
import type { Status } from "../types.js";

const looks: Readonly<Record<Status, string>> = { active: "good", invited: "warn", deactivated: "", removed: "bad" };

export function statusPill(status: Status): unknown {
  return html`<span class="pill ${looks[status]}">${strings.statuses[status]}</span>`;
}

/** A moment, with the seconds in its title. */
export function moment(text: string | undefined): unknown {
  return text ? html`<time class="nowrap" datetime=${text} title=${text}>${dateTime(text)}</time>` : "";
}

export function day(text: string | undefined): unknown {
  return text ? html`<time class="nowrap" datetime=${text} title=${text}>${date(text)}</time>` : "";
}

/** The target or actor of an audit line, `user:lea`; a link to the view of what it names. */
export function subject(text: string, name: string | undefined): unknown {
  const [kind = "", id = ""] = text.includes(":")
    ? [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)]
    : ["", text];
  const label = (strings.subjects as Readonly<Record<string, string>>)[kind] ?? kind;
  const view = kind === "user" ? "users" : kind === "group" ? "groups" : undefined;
  const shown = name ? html`<bdi title=${id}>${name}</bdi>` : html`<bdi class="mono">${id}</bdi>`;
  if (!text) return html`<span class="hint">–</span>`;
  return html`<span class="hint">${label}</span> ${view ? html`<a href=${hashOf(view, id)}>${shown}</a>` : shown}`;
}
