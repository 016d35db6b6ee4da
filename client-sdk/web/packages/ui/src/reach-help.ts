import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { strings } from "./i18n/index.js";
import { base } from "./styles.js";

/**
 * Shown in place of an empty list of users. It names all causes for which a user may be missing, because the server does not say which one
 * it is, and the rules of the service if the texts of the messenger have them.
 */
@customElement("causerie-reach-help")
export class ReachHelp extends LitElement {
  /** Whether the user has typed something. */
  @property({ type: Boolean }) searched = false;

  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 6px;
        padding: 24px 16px;
        text-align: center;
        text-wrap: pretty;
      }
      details {
        margin-top: 6px;
      }
      summary {
        display: inline-block;
        padding: 6px 10px;
        border-radius: 10px;
        color: var(--accent);
        font-weight: 600;
        cursor: pointer;
      }
      details p {
        padding: 8px 12px;
        white-space: pre-line;
        text-align: start;
      }
    `,
  ];

  protected override render(): unknown {
    return html`<p>${this.searched ? strings.noUsersFound : strings.noReachableUsers}</p>
      <p class="muted">${this.searched ? strings.missingUserCauses : strings.reachableUsersHint}</p>
      ${
        strings.reachRules
          ? html`<details>
            <summary>${strings.reachRulesTitle}</summary>
            <p class="muted">${strings.reachRules}</p>
          </details>`
          : ""
      }`;
  }
}
