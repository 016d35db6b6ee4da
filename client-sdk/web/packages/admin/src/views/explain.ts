import { css, html } from "lit";
import { customElement, state } from "lit/decorators.js";
import { ApiError } from "../errors.js";
import { explain, strings } from "../i18n/index.js";
import { labelled } from "../parts/labelled.js";
import { Loader } from "../parts/loader.js";
import "../parts/picker.js";
import { view } from "../parts/styles.js";
import { View } from "../parts/view.js";
import { hashOf } from "../route.js";
import type { ExplainedRule, Explanation } from "../types.js";

type About = "user" | "group" | "conversation" | "nothing";

/** The actions that fit what they are about; the first is the usual one. */
const actionsOf: Readonly<Record<About, readonly string[]>> = {
  user: ["start", "find", "see_profile", "request", "accept", "unrelate", "block"],
  group: ["address_group", "find"],
  conversation: [
    "send",
    "read",
    "reply",
    "edit",
    "delete_for_all",
    "delete_own_copy",
    "close",
    "reopen",
    "rename",
    "add_member",
    "remove_member",
    "leave",
    "delete_conversation",
    "erase_conversation",
  ],
  nothing: ["start_group"],
};

const ofRelation = new Set(["request", "accept", "unrelate", "block"]);

interface Asked {
  readonly as: string;
  readonly about: About;
  readonly to: string;
  readonly action: string;
  readonly relation: string;
}

/** "May this user write to that one, and why": the decision, the rule that decides, and the outcome of each rule. */
@customElement("admin-explain")
export class Explain extends View {
  @state() private missing = "";
  readonly #answer = new Loader<Explanation>(this);
  /** The decision about each action that fits, for the summary. */
  readonly #others = new Loader<readonly (readonly [action: string, answer: Explanation])[]>(this);
  #asked = "";
  #pair = "";

  static override styles = [
    ...view,
    css`
      .ask {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 14px 16px;
        align-items: start;
      }
      .ask > * {
        display: grid;
        gap: 4px;
        min-width: 0;
      }
      .ask select.field {
        width: 100%;
      }
      .foot {
        margin-top: 14px;
      }
      .verdict {
        display: flex;
        align-items: center;
        gap: 14px;
        margin-bottom: 14px;
      }
      .mark {
        flex: none;
        display: grid;
        place-items: center;
        width: 44px;
        height: 44px;
        border-radius: 50%;
        font-size: 1.375rem;
        font-weight: 700;
      }
      .mark.yes {
        background: var(--good-soft);
        color: var(--on-good-soft);
      }
      .mark.no {
        background: var(--danger-soft);
        color: var(--danger);
      }
      .verdict p {
        color: var(--muted);
        overflow-wrap: anywhere;
      }
      .section {
        margin-top: 16px;
      }
      .summary {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .summary .button {
        font-family: ui-monospace, Menlo, Consolas, monospace;
      }
      .summary .button[aria-pressed="true"] {
        border-color: var(--accent);
        box-shadow: inset 0 0 0 1px var(--accent);
      }
      .summary .yes {
        color: var(--on-good-soft);
        font-weight: 700;
      }
      .summary .no {
        color: var(--danger);
        font-weight: 700;
      }
      tr.decides {
        background: var(--accent-soft);
      }
      tr.decides:hover {
        background: var(--accent-soft);
      }
      @media (max-width: 719px) {
        .ask {
          grid-template-columns: 1fr;
        }
      }
    `,
  ];

  protected override willUpdate(): void {
    const asked = this.#question();
    const ready = asked.as && (asked.to || asked.about === "nothing") && (!ofRelation.has(asked.action) || asked.relation);
    const text = JSON.stringify(asked);
    if (text === this.#asked) return;
    this.#asked = text;
    if (ready) void this.#answer.load((signal) => this.session.api.send("POST", "policy/explain", body(asked), signal), true);
    else this.#answer.value = this.#answer.error = undefined;
    this.missing = ready ? "" : strings.explainEmpty;
    const pair = JSON.stringify([asked.as, asked.about, asked.to]);
    if (pair === this.#pair || !ready) return;
    this.#pair = pair;
    const actions = actionsOf[asked.about].filter((action) => !ofRelation.has(action));
    void this.#others.load(
      (signal) =>
        Promise.all(
          actions.map(async (action) => {
            const question = body({ ...asked, action, relation: "" });
            return [action, await this.session.api.send<Explanation>("POST", "policy/explain", question, signal)] as const;
          }),
        ),
      true,
    );
  }

  /** The question in the address. */
  #question(): Asked {
    const { query } = this.route;
    const given = query.get("about") ?? "";
    const about = Object.hasOwn(actionsOf, given) ? (given as About) : "user";
    const actions = actionsOf[about];
    const action = query.get("action") ?? "";
    return {
      as: query.get("as") ?? "",
      about,
      to: query.get("to") ?? "",
      action: actions.includes(action) ? action : (actions[0] ?? ""),
      relation: query.get("relation") ?? "",
    };
  }

  protected override render(): unknown {
    const asked = this.#question();
    const blamed = this.#answer.error instanceof ApiError ? this.#answer.error.field.split(".")[0] : "";
    const wrong = blamed ? explain(this.#answer.error) : "";
    const set = (change: Readonly<Record<string, string>>): void => this.setQuery(change);
    const chosen = (name: string) => (event: Event) => set({ [name]: (event.target as HTMLInputElement).value });
    return html`<div class="head"><h1 tabindex="-1">${strings.views.explain}</h1></div>
      <p class="lead">${strings.explainLead}</p>
      <section class="card" aria-label=${strings.question}>
        <div class="ask">
          <admin-picker
            id="as"
            .session=${this.session}
            .label=${strings.may}
            .value=${asked.as}
            .error=${blamed === "as" ? wrong : ""}
            @admin-pick=${(event: CustomEvent<string>) => set({ as: event.detail })}
          ></admin-picker>
          ${labelled(
            "action",
            strings.doAction,
            html`<select class="field" id="action" @change=${chosen("action")}>
              ${actionsOf[asked.about].map((action) => html`<option value=${action} .selected=${action === asked.action}>${inWords(action)} (${action})</option>`)}
            </select>`,
          )}
          ${labelled(
            "about",
            strings.about,
            html`<select class="field" id="about" @change=${(event: Event) => set({ about: (event.target as HTMLSelectElement).value, to: "", action: "", relation: "" })}>
              ${(Object.keys(actionsOf) as About[]).map((about) => html`<option value=${about} .selected=${about === asked.about}>${strings.abouts[about]}</option>`)}
            </select>`,
          )}
          ${this.#target(asked, blamed === "to" ? wrong : "", set)}
          ${
            ofRelation.has(asked.action)
              ? labelled(
                  "relation",
                  strings.relation,
                  html`<input
                    class="field"
                    id="relation"
                    aria-describedby="relation-about"
                    aria-invalid=${blamed === "relation"}
                    .value=${asked.relation}
                    @change=${chosen("relation")}
                  />`,
                  { hint: strings.relationHint, wrong: blamed === "relation" ? wrong : "" },
                )
              : ""
          }
        </div>
        ${
          asked.about === "user" && asked.as && asked.to
            ? html`<div class="row foot"><button class="button" @click=${() => set({ as: asked.to, to: asked.as })}>${strings.swap}</button></div>`
            : ""
        }
      </section>
      <div class="section" aria-live="polite">
        ${
          this.missing
            ? html`<div class="empty">${this.missing}</div>`
            : blamed && ["as", "to", "relation"].includes(blamed)
              ? ""
              : this.#answer.render((answer) => this.#found(answer, asked))
        }
      </div>`;
  }

  #target(asked: Asked, wrong: string, set: (change: Readonly<Record<string, string>>) => void): unknown {
    if (asked.about === "nothing") return "";
    if (asked.about === "conversation") {
      const field = html`<input
        class="field mono"
        id="conversation"
        aria-describedby="conversation-about"
        aria-invalid=${wrong !== ""}
        .value=${asked.to}
        @change=${(event: Event) => set({ to: (event.target as HTMLInputElement).value.trim() })}
      />`;
      return labelled("conversation", strings.abouts.conversation, field, { hint: strings.conversationHint, wrong });
    }
    return html`<admin-picker
      id="to"
      .session=${this.session}
      .what=${asked.about === "group" ? "groups" : "users"}
      .label=${strings.abouts[asked.about]}
      .value=${asked.to}
      .error=${wrong}
      @admin-pick=${(event: CustomEvent<string>) => set({ to: event.detail })}
    ></admin-picker>`;
  }

  #found(answer: Explanation, asked: Asked): unknown {
    const { allowed, rule, witness, code, publicCode, sentence } = answer;
    const action = inWords(asked.action);
    const why = allowed
      ? html`${strings.allowedBy} ${this.#rule(rule)}${witness ? html`: ${witness}` : ""}`
      : rule
        ? html`${strings.deniedBy} ${this.#rule(rule)}`
        : html`<span lang="en">${sentence}</span>`;
    return html`<section class="card" aria-labelledby="verdict">
        <div class="verdict">
          <span class="mark ${allowed ? "yes" : "no"}" aria-hidden="true">${allowed ? "✓" : "✗"}</span>
          <div><h2 id="verdict">${allowed ? strings.yes(action) : strings.no(action)}</h2><p>${why}</p></div>
        </div>
        <dl>
          ${publicCode ? html`<dt>${strings.userSees}</dt><dd><code>${publicCode}</code></dd>` : ""}
          ${code && code !== publicCode ? html`<dt>${strings.trueCode}</dt><dd><code>${code}</code> <span class="hint">${strings.masked}</span></dd>` : ""}
          <dt>${strings.rulesOf}</dt>
          <dd><bdi>${answer.policy}</bdi>, ${strings.version(answer.policyVersion)}</dd>
        </dl>
      </section>
      ${this.#summary(asked)}
      <div class="table">
        ${
          answer.rules.length
            ? html`<table>
                <caption class="visually-hidden">${strings.ruleByRule}</caption>
                <thead>
                  <tr>
                    <th scope="col">${strings.ruleTitle}</th>
                    <th scope="col">${strings.effect}</th>
                    <th scope="col">${strings.outcome}</th>
                  </tr>
                </thead>
                <tbody>
                  ${answer.rules.map((each) => this.#row(each, each.rule === rule))}
                </tbody>
              </table>`
            : html`<div class="empty">${strings.noRules}</div>`
        }
      </div>`;
  }

  /** All actions that fit, each with its decision; a choice asks about that action. */
  #summary(asked: Asked): unknown {
    const others = this.#others.value;
    if (!others || others.length < 2) return "";
    return html`<section class="card" aria-labelledby="summary">
      <h2 id="summary">${strings.allActions}</h2>
      <ul class="summary">
        ${others.map(
          ([action, { allowed, rule }]) => html`<li>
            <button class="button small" aria-pressed=${action === asked.action} title=${rule ?? ""} @click=${() => this.setQuery({ action, relation: "" })}>
              <span class=${allowed ? "yes" : "no"} aria-hidden="true">${allowed ? "✓" : "✗"}</span> ${action}
              <span class="visually-hidden">: ${allowed ? strings.allowed : strings.denied}</span>
            </button>
          </li>`,
        )}
      </ul>
    </section>`;
  }

  #row({ rule, line, effect, matches, why }: ExplainedRule, decides: boolean): unknown {
    return html`<tr class=${decides ? "decides" : ""}>
      <td>${this.#rule(rule, line)}${decides ? html`<span class="sub">${strings.decides}</span>` : ""}</td>
      <td><span class="pill ${effect === "allow" ? "good" : "bad"}">${strings.effects[effect]}</span></td>
      <td><b>${matches ? strings.matches : strings.matchesNot}</b><span class="sub" lang="en">${why}</span></td>
    </tr>`;
  }

  #rule(rule: string | undefined, line?: number): unknown {
    const query = line ? { line: String(line) } : {};
    return html`<a class="mono" href=${hashOf("rules", "", query)}>${rule}</a>${line ? html`<span class="sub wide">${strings.line(line)}</span>` : ""}`;
  }
}

function inWords(action: string): string {
  return strings.ruleActions[action as keyof typeof strings.ruleActions];
}

function body({ as, about, to, action, relation }: Asked): unknown {
  const field = { user: "externalId", group: "group", conversation: "conversation", nothing: "" }[about];
  return {
    as: { externalId: as },
    ...(field && { to: { [field]: to } }),
    action,
    ...(ofRelation.has(action) && { relation }),
  };
}
