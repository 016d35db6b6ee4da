import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { strings } from "../i18n/index.js";
import { hashOf } from "../route.js";
import { Pages } from "./loader.js";
import { searchField } from "./search.js";
import { view } from "./styles.js";
import { View } from "./view.js";

const perPage = 20;

/** A user or a group that a user finds. */
interface Hit {
  readonly user?: { readonly externalId: string; readonly name?: string };
  readonly group?: { readonly externalId: string; readonly name?: string };
  readonly can?: readonly string[];
}

/** The directory as one user sees it: who the user finds, and may write to. */
@customElement("admin-reach")
export class Reach extends View {
  /** The id of the user. */
  @property() subject = "";
  #q = "";
  #shown = "";
  readonly #hits = new Pages<Hit>(this, async (cursor, signal) => {
    const query = { q: this.#q, cursor, limit: perPage };
    const page = await this.session.api.getAs<{ hits?: Hit[]; nextCursor?: string }>(this.subject, "directory", query, signal);
    return { items: page.hits ?? [], next: page.nextCursor };
  });

  static override styles = [
    ...view,
    css`
      h2 {
        margin-bottom: 10px;
      }
    `,
  ];

  protected override willUpdate(): void {
    if (this.subject === this.#shown) return;
    this.#shown = this.subject;
    this.#hits.restart();
  }

  protected override render(): unknown {
    const search = (text: string): void => {
      if (text === this.#q) return;
      this.#q = text;
      this.#hits.restart();
    };
    return html`<section class="card" aria-labelledby="reach">
      <h2 id="reach">${strings.reach}</h2>
      <div class="filters">${searchField(strings.searchUsers, this.#q, search)}</div>
      ${this.#hits.render((hits) => this.#table(hits), this.#q ? strings.noMatch(this.#q) : strings.findsNobody)}
    </section>`;
  }

  #table(hits: readonly Hit[]): unknown {
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${strings.fields.name}</th>
          <th scope="col">${strings.mayWrite}</th>
        </tr>
      </thead>
      <tbody>
        ${hits.map(({ user, group, can = [] }) => {
          const { externalId = "", name = "" } = user ?? group ?? {};
          const may = can.some((action) => action.endsWith("_START") || action.endsWith("_ADDRESS_GROUP"));
          const question = hashOf("explain", "", { as: this.subject, to: externalId, about: group ? "group" : "" });
          return html`<tr>
            <td>
              <a href=${hashOf(user ? "users" : "groups", externalId)}><bdi>${name || externalId}</bdi></a>
              <span class="sub mono">${externalId}</span>
            </td>
            <td>
              <span class="pill ${may ? "good" : ""}">${may ? strings.allowed : strings.denied}</span>
              ${this.session.may("explain") ? html`<a href=${question}>${strings.why}</a>` : ""}
            </td>
          </tr>`;
        })}
      </tbody>
    </table>`;
  }
}
