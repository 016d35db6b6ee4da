import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { strings } from "../i18n/index.js";
import { hashOf } from "../route.js";
import type { MembershipRow, RowPage } from "../types.js";
import type { Values } from "./form.js";
import "./form.js";
import { day } from "./labels.js";
import { Pages } from "./loader.js";
import "./picker.js";
import { view } from "./styles.js";
import { View } from "./view.js";

const perPage = 25;

/** A table of the memberships of a user, or of the members of a group, with a form that adds a membership. */
@customElement("admin-memberships")
export class Memberships extends View {
  /** Whether `subject` is a user or a group. */
  @property() of: "user" | "group" = "user";
  /** The external id of the user or group whose memberships are shown. */
  @property() subject = "";
  @state() private picked = "";
  #shown = "";
  readonly #rows = new Pages<MembershipRow>(this, async (cursor, signal) => {
    const query = { [this.of]: this.subject, cursor, limit: perPage };
    const { rows, nextCursor } = await this.session.api.get<RowPage<MembershipRow>>("rows/memberships", query, signal);
    return { items: rows, next: nextCursor };
  });

  static override styles = [
    ...view,
    css`
      h2 {
        margin-bottom: 10px;
      }
      details {
        margin-top: 10px;
      }
      summary {
        cursor: pointer;
        font-weight: 550;
        color: var(--accent);
      }
      details[open] summary {
        margin-bottom: 10px;
      }
      admin-picker {
        display: grid;
        gap: 4px;
        margin-bottom: 14px;
      }
    `,
  ];

  protected override willUpdate(): void {
    if (this.subject === this.#shown) return;
    this.#shown = this.subject;
    this.#rows.restart();
  }

  protected override render(): unknown {
    const ofUser = this.of === "user";
    return html`<section class="card" aria-labelledby="memberships">
      <h2 id="memberships">${ofUser ? strings.memberships : strings.members}</h2>
      ${this.#rows.render((rows) => this.#table(rows), ofUser ? strings.noMemberships : strings.noMembers)}
      ${this.session.may("edit") ? this.#form(ofUser) : nothing}
    </section>`;
  }

  #table(rows: readonly MembershipRow[]): unknown {
    const ofUser = this.of === "user";
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${ofUser ? strings.group : strings.user}</th>
          <th scope="col">${strings.role}</th>
          <th scope="col" class="wide">${strings.from}</th>
          <th scope="col" class="wide">${strings.until}</th>
          ${this.session.may("edit") ? html`<th scope="col"><span class="visually-hidden">${strings.actions}</span></th>` : ""}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) => html`<tr>
            <td><a class="mono" href=${ofUser ? hashOf("groups", row.group) : hashOf("users", row.user)}>${ofUser ? row.group : row.user}</a></td>
            <td>${row.role}</td>
            <td class="wide">${day(row.from)}</td>
            <td class="wide">${day(row.until)}</td>
            ${
              this.session.may("edit")
                ? html`<td class="actions">
                    <button class="button small" aria-label=${strings.removeMembership(ofUser ? row.group : row.user, row.role)} @click=${() => this.#remove(row)}>
                      ${strings.remove}
                    </button>
                  </td>`
                : ""
            }
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #form(ofUser: boolean): unknown {
    return html`<details>
      <summary>${ofUser ? strings.addMembership : strings.addMember}</summary>
      <admin-picker
        .session=${this.session}
        .what=${ofUser ? "groups" : "users"}
        .label=${ofUser ? strings.group : strings.user}
        .value=${this.picked}
        @admin-pick=${(event: CustomEvent<string>) => {
          this.picked = event.detail;
        }}
      ></admin-picker>
      <admin-form
        .fields=${[
          { name: "role", label: strings.role, hint: strings.roleHint, required: true },
          { name: "from", label: strings.from, type: "date" },
          { name: "until", label: strings.until, type: "date" },
        ]}
        .action=${strings.add}
        .send=${this.#add}
      ></admin-form>
    </details>`;
  }

  #add = async (values: Values): Promise<void> => {
    const [user, group] = this.of === "user" ? [this.subject, this.picked] : [this.picked, this.subject];
    await this.session.api.import([{ type: "membership", user, group, ...values }]);
    this.picked = "";
    this.#rows.reload();
    this.notify(strings.saved);
  };

  async #remove({ user, group, role }: MembershipRow): Promise<void> {
    try {
      await this.session.api.import([{ type: "membership", user, group, role, deleted: true }]);
      this.#rows.reload();
      this.notify(strings.removed);
    } catch (thrown) {
      this.fail(thrown);
    }
  }
}
