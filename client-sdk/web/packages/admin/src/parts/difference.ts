import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { number, strings } from "../i18n/index.js";
import type { ActionDifference, Comparison, Conversations, Example, Situation } from "../types.js";
import { view } from "./styles.js";

const examplesMax = 5;

/** What changed rules would allow and deny: per action and situation, with counts and examples. */
@customElement("admin-difference")
export class Difference extends LitElement {
  @property({ attribute: false }) comparison!: Comparison;

  static override styles = [
    ...view,
    css`
      details {
        border: 1px solid var(--border);
        border-radius: 12px;
        background: var(--background);
        margin-top: 10px;
      }
      summary {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 12px;
        align-items: center;
        padding: 11px 14px;
        cursor: pointer;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary::before {
        content: "›";
        font-weight: 700;
        color: var(--muted);
      }
      details[open] summary::before {
        transform: rotate(90deg);
      }
      summary strong {
        flex: 1 1 200px;
        font-weight: 600;
      }
      .situation {
        padding: 10px 14px 12px 34px;
        border-top: 1px solid var(--border);
      }
      .situation p {
        margin-bottom: 4px;
      }
      .gain {
        color: var(--on-good-soft);
        font-weight: 600;
      }
      .loss {
        color: var(--danger);
        font-weight: 600;
      }
      .examples {
        font-size: 0.875rem;
        overflow-wrap: anywhere;
      }
      .examples li {
        padding: 1px 0;
      }
    `,
  ];

  protected override render(): unknown {
    const { users, compared, actions, warnings, frozen, thawed, hidden, shown, conversationsLeftOut } = this.comparison;
    const changed = actions.filter(({ situations }) => situations.length > 0);
    const conversations: readonly (readonly [string, Conversations])[] = (
      [
        [strings.frozen, frozen],
        [strings.hidden, hidden],
        [strings.thawed, thawed],
        [strings.shown, shown],
      ] as const
    ).filter(([, { count }]) => count > 0);
    if (!changed.length && !conversations.length) return html`<p class="notice">${strings.changesNothing}</p>`;
    return html`
      ${compared < users ? html`<p class="notice warn">${strings.sampled(compared, users)}</p>` : ""}
      ${warnings.map((warning) => html`<p class="notice warn">${warning}</p>`)}
      ${changed.map((action) => this.#action(action))}
      ${conversations.map(
        ([title, { count, examples }]) => html`<details>
          <summary><strong>${title}</strong><span>${strings.conversationCount(count)}</span></summary>
          <div class="situation">${this.#examples(examples, count)}</div>
        </details>`,
      )}
      ${conversationsLeftOut ? html`<p class="notice warn">${strings.conversationsLeftOut}</p>` : ""}
    `;
  }

  #action({ action, title, situations }: ActionDifference): unknown {
    const of = (counts: string): readonly Situation[] => situations.filter((each) => each.counts === counts && !each.supposed);
    const sum = (counts: string, pick: (each: Situation) => number): number =>
      of(counts).reduce((all, each) => all + pick(each), 0);
    const counts = ["pairs", "users"].filter((each) => of(each).length) as Situation["counts"][];
    return html`<details ?open=${situations.length < 3}>
      <summary>
        <strong>${title} <code>${action}</code></strong>
        ${counts.map((each) =>
          this.#counts(
            sum(each, ({ gained }) => gained),
            sum(each, ({ lost }) => lost),
            each,
          ),
        )}
      </summary>
      ${situations.map(
        (situation) => html`<div class="situation">
          <p>
            ${situation.title} ${situation.supposed ? html`<span class="hint">${strings.supposed}</span>` : ""}
            ${this.#counts(situation.gained, situation.lost, situation.counts)}
            <span class="hint">${strings.allowedBefore(situation.before)}</span>
          </p>
          ${situation.gained ? html`<p class="hint">${strings.gainExamples}</p>${this.#examples(situation.gainedExamples, situation.gained)}` : ""}
          ${situation.lost ? html`<p class="hint">${strings.lossExamples}</p>${this.#examples(situation.lostExamples, situation.lost)}` : ""}
        </div>`,
      )}
    </details>`;
  }

  #counts(gained: number, lost: number, counts: Situation["counts"]): unknown {
    return html`<span>
      ${gained ? html`<span class="gain">${strings.gains(gained, counts)}</span>` : ""}${gained && lost ? ", " : ""}${
        lost ? html`<span class="loss">${strings.loses(lost, counts)}</span>` : ""
      }
    </span>`;
  }

  #examples(examples: readonly Example[], all: number): unknown {
    const shown = examples.slice(0, examplesMax);
    return html`<ul class="examples">
      ${shown.map(({ from, to, fromId, toId }) => html`<li>${name(from, fromId)}${to ? html` → ${name(to, toId)}` : ""}</li>`)}
      ${all > shown.length ? html`<li class="hint">${strings.more(number(all - shown.length))}</li>` : ""}
    </ul>`;
  }
}

function name(text: string, id: string): unknown {
  const plain = id.replace(/^group:/, "");
  return html`<bdi title=${plain}>${text || plain}</bdi>${text && text !== plain ? html` <span class="hint mono">${plain}</span>` : ""}`;
}
