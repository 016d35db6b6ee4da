import { html } from "lit";
import { customElement } from "lit/decorators.js";
import { strings } from "../i18n/index.js";
import { Pages } from "../parts/loader.js";
import { searchField } from "../parts/search.js";
import { View } from "../parts/view.js";
import { hashOf } from "../route.js";
import type { GroupRow, RowPage } from "../types.js";

const perPage = 25;

/** The groups of the tenant: a search and pages. */
@customElement("admin-groups")
export class Groups extends View {
  readonly #groups = new Pages<GroupRow>(this, async (cursor, signal) => {
    const query = { q: this.#q, cursor, limit: perPage };
    const { rows, nextCursor } = await this.session.api.get<RowPage<GroupRow>>("rows/groups", query, signal);
    return { items: rows, next: nextCursor };
  });
  #q: string | undefined;

  protected override willUpdate(): void {
    const q = this.route.query.get("q") ?? "";
    if (q !== this.#q) {
      this.#q = q;
      this.#groups.restart();
    }
  }

  protected override render(): unknown {
    const q = this.#q ?? "";
    return html`<div class="head"><h1 tabindex="-1">${strings.views.groups}</h1></div>
      <p class="lead">${strings.groupsLead}</p>
      <div class="filters">${searchField(strings.searchGroups, q, (text) => this.setQuery({ q: text }))}</div>
      ${this.#groups.render((groups) => this.#table(groups), html`<strong>${q ? strings.noMatch(q) : strings.noGroups}</strong>`)}`;
  }

  #table(groups: readonly GroupRow[]): unknown {
    return html`<table>
      <caption class="visually-hidden">${strings.views.groups}</caption>
      <thead>
        <tr>
          <th scope="col">${strings.fields.name}</th>
          <th scope="col">${strings.fields.kind}</th>
          <th scope="col" class="wide">${strings.fields.parent}</th>
          <th scope="col" class="wide">${strings.fields.state}</th>
        </tr>
      </thead>
      <tbody>
        ${groups.map(
          (group) => html`<tr>
            <td><a href=${hashOf("groups", group.id)}><bdi>${group.name || group.id}</bdi></a><span class="sub mono">${group.id}</span></td>
            <td>${group.kind}</td>
            <td class="wide">${group.parent ? html`<a class="mono" href=${hashOf("groups", group.parent)}>${group.parent}</a>` : ""}</td>
            <td class="wide">${strings.groupStates[group.state]}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }
}
