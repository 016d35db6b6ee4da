import "@causerie/ui/avatar";
import { css, html } from "lit";
import { customElement, query } from "lit/decorators.js";
import { strings } from "../i18n/index.js";
import { statusPill } from "../parts/labels.js";
import { Pages } from "../parts/loader.js";
import { searchField } from "../parts/search.js";
import { view } from "../parts/styles.js";
import { View } from "../parts/view.js";
import "../parts/form.js";
import { dialogStyles } from "@causerie/ui/dialog-styles";
import type { Form, Values } from "../parts/form.js";
import { hashOf } from "../route.js";
import type { RowPage, UserRow } from "../types.js";

const perPage = 25;

/** The users of the tenant: a search and pages. */
@customElement("admin-users")
export class Users extends View {
  @query("admin-form") private form!: Form;
  @query("dialog") private dialog!: HTMLDialogElement;
  readonly #users = new Pages<UserRow>(this, async (cursor, signal) => {
    const query = { q: this.#q, cursor, limit: perPage };
    const { rows, nextCursor } = await this.session.api.get<RowPage<UserRow>>("rows/users", query, signal);
    return { items: rows, next: nextCursor };
  });
  #q: string | undefined;

  static override styles = [
    ...view,
    dialogStyles,
    css`
      .user {
        display: flex;
        align-items: center;
        gap: 12px;
        --avatar-size: 34px;
      }
      .user > span {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .user a {
        font-weight: 550;
      }
    `,
  ];

  protected override willUpdate(): void {
    const q = this.route.query.get("q") ?? "";
    if (q !== this.#q) {
      this.#q = q;
      this.#users.restart();
    }
  }

  protected override render(): unknown {
    const q = this.#q ?? "";
    const none = q ? strings.noMatch(q) : strings.noUsers;
    const hint = q
      ? strings.searchHint
      : this.session.may("import")
        ? html`<a href=${hashOf("import")}>${strings.importFirst}</a>`
        : "";
    return html`<div class="head">
        <h1 tabindex="-1">${strings.views.users}</h1>
        ${this.session.may("edit") ? html`<button class="button primary" @click=${() => this.dialog.showModal()}>${strings.addUser}</button>` : ""}
      </div>
      <p class="lead">${strings.usersLead}</p>
      <div class="filters">${searchField(strings.searchUsers, q, (text) => this.setQuery({ q: text }))}</div>
      ${this.#users.render((users) => this.#table(users), html`<strong>${none}</strong>${hint}`)}
      <dialog class="small" aria-labelledby="add" @close=${() => this.form.reset()}>
        <h2 id="add">${strings.addUser}</h2>
        <admin-form
          .fields=${[
            { name: "id", label: strings.fields.id, hint: strings.idHint, required: true, mono: true },
            { name: "name", label: strings.fields.name },
          ]}
          .action=${strings.add}
          .send=${this.#add}
          ><button type="button" class="button" @click=${() => this.dialog.close()}>${strings.cancel}</button></admin-form
        >
      </dialog>`;
  }

  #table(users: readonly UserRow[]): unknown {
    return html`<table>
      <caption class="visually-hidden">${strings.views.users}</caption>
      <thead>
        <tr>
          <th scope="col">${strings.fields.name}</th>
          <th scope="col">${strings.fields.status}</th>
          <th scope="col" class="wide">${strings.fields.roles}</th>
          <th scope="col" class="wide">${strings.fields.writable_by}</th>
        </tr>
      </thead>
      <tbody>
        ${users.map(
          (user) => html`<tr>
            <td>
              <div class="user">
                <causerie-avatar .name=${user.name || user.id} .key=${user.id}></causerie-avatar>
                <span><a href=${hashOf("users", user.id)}><bdi>${user.name || user.id}</bdi></a><span class="sub mono">${user.id}</span></span>
              </div>
            </td>
            <td>${statusPill(user.status)}</td>
            <td class="wide">${user.roles.join(", ")}</td>
            <td class="wide">${strings.writableBy[user.writable_by]}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #add = async ({ id = "", name = "" }: Values): Promise<void> => {
    await this.session.api.send("PUT", `users/${encodeURIComponent(id.trim())}`, name ? { name } : {});
    this.dialog.close();
    location.hash = hashOf("users", id.trim());
  };
}
