import "@causerie/ui/avatar";
import { css, html } from "lit";
import { customElement, query } from "lit/decorators.js";
import { strings } from "../i18n/index.js";
import "../parts/dialog.js";
import type { Dialog } from "../parts/dialog.js";
import "../parts/form.js";
import type { Field, Values } from "../parts/form.js";
import { statusPill } from "../parts/labels.js";
import { Loader } from "../parts/loader.js";
import "../parts/memberships.js";
import "../parts/reach.js";
import { save } from "../parts/save.js";
import { view } from "../parts/styles.js";
import { View } from "../parts/view.js";
import { hashOf } from "../route.js";
import type { UserRow } from "../types.js";

/** One user: the profile, the memberships, and what an operator may do with the account. */
@customElement("admin-user")
export class User extends View {
  @query("admin-dialog") private dialog!: Dialog;
  readonly #user = new Loader<UserRow>(this);
  #id = "";

  static override styles = [
    ...view,
    css`
      .who {
        display: flex;
        align-items: center;
        gap: 14px;
        --avatar-size: 52px;
      }
      .who > div {
        min-width: 0;
      }
      .back {
        display: inline-block;
        margin-bottom: 10px;
      }
      .danger-zone p {
        margin-bottom: 10px;
      }
      .section {
        margin-top: 16px;
      }
    `,
  ];

  protected override willUpdate(): void {
    if (this.route.id === this.#id) return;
    this.#id = this.route.id;
    void this.#load(true);
  }

  protected override render(): unknown {
    return html`<a class="back" href=${hashOf("users")}>${strings.backToUsers}</a>
      ${this.#user.value && !this.#user.error ? "" : html`<h1 tabindex="-1" class="mono">${this.#id}</h1>`}
      ${this.#user.render((user) => this.#found(user))}
      <admin-dialog></admin-dialog>`;
  }

  #found(user: UserRow): unknown {
    const may = this.session.may("edit");
    return html`
      <div class="head">
        <div class="who">
          <causerie-avatar .name=${user.name || user.id} .key=${user.id}></causerie-avatar>
          <div><h1 tabindex="-1"><bdi>${user.name || user.id}</bdi></h1><span class="mono hint">${user.id}</span> ${statusPill(user.status)}</div>
        </div>
        <div class="row">
          ${this.session.may("explain") ? html`<a class="button" href=${hashOf("explain", "", { as: user.id })}>${strings.explainUser}</a>` : ""}
          ${this.session.may("audit") ? html`<a class="button" href=${hashOf("audit", "", { target: `user:${user.id}` })}>${strings.auditUser}</a>` : ""}
          ${this.session.may("export") ? html`<button class="button" @click=${this.#export}>${strings.exportUser}</button>` : ""}
        </div>
      </div>
      <section class="card section" aria-labelledby="profile">
        <h2 id="profile">${strings.profile}</h2>
        ${may ? this.#form(user) : this.#facts(user)}
      </section>
      <admin-memberships class="section" .session=${this.session} .of=${"user"} .subject=${user.id}></admin-memberships>
      ${
        this.session.may("actAs") && user.status === "active"
          ? html`<admin-reach class="section" .session=${this.session} .subject=${user.id}></admin-reach>`
          : ""
      }
      ${may ? this.#dangers(user) : ""}
    `;
  }

  #form(user: UserRow): unknown {
    const { fields } = strings;
    const definitions: readonly Field[] = [
      { name: "name", label: fields.name },
      {
        name: "status",
        label: fields.status,
        hint: strings.statusHint,
        options: (["active", "invited", "deactivated", "removed"] as const).map(
          (each) => [each, strings.statuses[each]] as const,
        ),
      },
      {
        name: "writable_by",
        label: fields.writable_by,
        hint: strings.writableByHint,
        options: (["rules", "contacts", "nobody"] as const).map((each) => [each, strings.writableBy[each]] as const),
      },
      { name: "roles", label: fields.roles, hint: strings.rolesHint },
      { name: "locale", label: fields.locale, hint: strings.localeHint },
      { name: "avatar", label: fields.avatar },
    ];
    return html`<admin-form
      .fields=${definitions}
      .values=${{ ...user, roles: user.roles.join(" ") }}
      .action=${strings.save}
      .send=${this.#save}
    ></admin-form>`;
  }

  #facts(user: UserRow): unknown {
    const { fields } = strings;
    return html`<dl>
      <dt>${fields.status}</dt><dd>${strings.statuses[user.status]}</dd>
      <dt>${fields.writable_by}</dt><dd>${strings.writableBy[user.writable_by]}</dd>
      <dt>${fields.roles}</dt><dd>${user.roles.join(", ") || "–"}</dd>
      <dt>${fields.locale}</dt><dd>${user.locale || "–"}</dd>
      <dt>${fields.avatar}</dt><dd>${user.avatar || "–"}</dd>
    </dl>`;
  }

  #dangers(user: UserRow): unknown {
    return html`<section class="card section danger-zone" aria-labelledby="account">
      <h2 id="account">${strings.account}</h2>
      <p>${strings.revokeHint}</p>
      <p><button class="button" @click=${() => this.#revoke(user)}>${strings.revokeUser}</button></p>
      <p>${strings.eraseHint}</p>
      <button class="button quiet-danger" @click=${() => this.#erase(user)}>${strings.eraseUser}</button>
    </section>`;
  }

  #load(fresh = false): Promise<void> {
    return this.#user.load((signal) => this.session.api.get(`rows/users/${encodeURIComponent(this.#id)}`, {}, signal), fresh);
  }

  get #path(): string {
    return `users/${encodeURIComponent(this.#id)}`;
  }

  #save = async (changed: Values): Promise<void> => {
    const { roles, ...others } = changed;
    const body = { ...others, ...(roles !== undefined && { roles: roles.split(/[\s,]+/).filter(Boolean) }) };
    await this.session.api.send("PUT", this.#path, body);
    await this.#load();
    this.notify(strings.saved);
  };

  async #revoke(user: UserRow): Promise<void> {
    const question = {
      heading: strings.revokeTitle(user.name || user.id),
      text: strings.revokeText,
      action: strings.revokeUser,
    };
    if (await this.dialog.ask(question))
      await this.#do(() => this.session.api.send("POST", `${this.#path}/revoke`, {}), strings.revokedUser);
  }

  async #erase(user: UserRow): Promise<void> {
    const answer = await this.dialog.ask({
      heading: strings.eraseTitle(user.name || user.id),
      text: strings.eraseText,
      action: strings.eraseUser,
      typed: user.id,
      choice: strings.eraseTexts,
    });
    if (!answer) return;
    await this.#do(async () => {
      if (answer.chosen) await this.session.api.send("POST", `${this.#path}/erase-texts`);
      await this.session.api.send("POST", `${this.#path}/erase`);
      location.hash = hashOf("users");
    }, strings.erasedUser);
  }

  async #export(): Promise<void> {
    await this.#do(
      async () => save(await this.session.api.download(`${this.#path}/export`), `${this.#id}.ndjson`),
      strings.exported,
    );
  }

  async #do(run: () => Promise<unknown>, done: string): Promise<void> {
    try {
      await run();
      this.notify(done);
    } catch (thrown) {
      this.fail(thrown);
    }
  }
}
