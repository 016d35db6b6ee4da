import type { ClientEvents, Conversation } from "causerie";
import { css, html, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import "./avatar.js";
import { ClientElement } from "./client-element.js";
import "./conversation-actions.js";
import { detailsStyles } from "./details-styles.js";
import "./group-dialog.js";
import type { GroupDialog } from "./group-dialog.js";
import { strings } from "./i18n/index.js";
import { plusIcon } from "./icons.js";
import "./member-list.js";
import { titleOf } from "./names.js";
import { actionRow } from "./rows.js";
import { base } from "./styles.js";

/** The details of a group: its name, the actions on it, and its members. */
@customElement("causerie-group-details")
export class GroupDetails extends ClientElement {
  @property({ attribute: false }) conversation!: Conversation;
  @state() private problem = "";
  @query("causerie-group-dialog") private dialog!: GroupDialog;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = [];

  static override styles = [
    base,
    actionRow,
    detailsStyles,
    css`
      :host {
        display: flex;
      }
      causerie-member-list {
        flex: 1;
        min-width: 0;
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const before = changed.get("conversation") as Conversation | undefined;
    if (before && before.id !== this.conversation.id) this.problem = "";
  }

  protected override render(): unknown {
    const { conversation, client } = this;
    const title = titleOf(conversation, client.me?.id);
    return html`<causerie-member-list .client=${client} .conversation=${conversation} @causerie-problem=${this.#showProblem}>
        <div class="head">
          <causerie-avatar kind="group" .name=${title} .key=${conversation.id}></causerie-avatar>
          <h3><bdi>${title}</bdi></h3>
          <p class="muted">${strings.members(conversation.memberCount)}</p>
        </div>
        ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : ""}
        <div class="part">
          ${
            conversation.capabilities.has("add_member")
              ? html`<button class="row" @click=${() => this.dialog.show()}>${plusIcon}<span>${strings.addPeople}</span></button>`
              : ""
          }
          <causerie-conversation-actions
            expanded
            .client=${client}
            .conversation=${conversation}
            @causerie-problem=${this.#showProblem}
            @causerie-mark-unread=${() => this.dispatchEvent(new CustomEvent("causerie-mark-unread", { bubbles: true }))}
          ></causerie-conversation-actions>
        </div>
      </causerie-member-list>
      <causerie-group-dialog .client=${client} .conversation=${conversation}></causerie-group-dialog>`;
  }

  readonly #showProblem = (event: CustomEvent<string>): void => {
    event.stopPropagation();
    this.problem = event.detail;
  };
}
