import { css, html } from "lit";
import { customElement } from "lit/decorators.js";
import { strings } from "../i18n/index.js";
import "../parts/form.js";
import type { Field, Values } from "../parts/form.js";
import { Loader } from "../parts/loader.js";
import "../parts/memberships.js";
import { view } from "../parts/styles.js";
import { View } from "../parts/view.js";
import { hashOf } from "../route.js";
import type { GroupRow } from "../types.js";

/** One group: its fields and its members. */
@customElement("admin-group")
export class Group extends View {
  readonly #group = new Loader<GroupRow>(this);
  #id = "";

  static override styles = [
    ...view,
    css`
      .back {
        display: inline-block;
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
    const name = this.#group.value?.name || this.#id;
    return html`<a class="back" href=${hashOf("groups")}>${strings.backToGroups}</a>
      <div class="head">
        <div><h1 tabindex="-1"><bdi>${name}</bdi></h1><span class="mono hint">${this.#id}</span></div>
        ${this.session.may("audit") ? html`<a class="button" href=${hashOf("audit", "", { target: `group:${this.#id}` })}>${strings.auditGroup}</a>` : ""}
      </div>
      ${this.#group.render((group) => this.#found(group))}`;
  }

  #found(group: GroupRow): unknown {
    const { fields } = strings;
    const may = this.session.may("edit");
    const definitions: readonly Field[] = [
      { name: "name", label: fields.name },
      { name: "kind", label: fields.kind, hint: strings.kindHint },
      { name: "parent", label: fields.parent, hint: strings.parentHint, mono: true },
      {
        name: "state",
        label: fields.state,
        hint: strings.groupStateHint,
        options: (["active", "concluded", "archived"] as const).map((each) => [each, strings.groupStates[each]] as const),
      },
      {
        name: "delivers",
        label: fields.delivers,
        options: (["both", "people", "group", "none"] as const).map((each) => [each, strings.delivers[each]] as const),
      },
    ];
    return html`<section class="card section" aria-labelledby="profile">
        <h2 id="profile">${strings.groupProfile}</h2>
        ${
          may
            ? html`<admin-form
                .fields=${definitions}
                .values=${{ ...group, kind: group.kind ?? "" }}
                .action=${strings.save}
                .send=${this.#save}
              ></admin-form>`
            : html`<dl>
                <dt>${fields.kind}</dt><dd>${group.kind ?? "–"}</dd>
                <dt>${fields.parent}</dt><dd>${group.parent || "–"}</dd>
                <dt>${fields.state}</dt><dd>${strings.groupStates[group.state]}</dd>
                <dt>${fields.delivers}</dt><dd>${strings.delivers[group.delivers]}</dd>
              </dl>`
        }
      </section>
      <admin-memberships class="section" .session=${this.session} .of=${"group"} .subject=${group.id}></admin-memberships>`;
  }

  #load(fresh = false): Promise<void> {
    return this.#group.load((signal) => this.session.api.get(`rows/groups/${encodeURIComponent(this.#id)}`, {}, signal), fresh);
  }

  #save = async (changed: Values): Promise<void> => {
    await this.session.api.import([{ type: "group", id: this.#id, ...changed }]);
    await this.#load();
    this.notify(strings.saved);
  };
}
