import type { Client, Conversation, User } from "causerie";
import { css, html, LitElement } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { closeIcon } from "./conversation-icons.js";
import { dialogStyles } from "./dialog-styles.js";
import type { UserHit } from "./directory.js";
import { explain, strings } from "./i18n/index.js";
import { base } from "./styles.js";
import { startable, toggled, userChips } from "./user-chips.js";
import { userChipsStyles } from "./user-chips-styles.js";
import "./user-picker.js";
import type { UserPicker } from "./user-picker.js";

/**
 * The dialog that starts a group, the members first, then the name; or that adds members to a group. Fires `causerie-started` with the
 * conversation.
 */
@customElement("causerie-group-dialog")
export class GroupDialog extends LitElement {
  @property({ attribute: false }) client!: Client;
  /** The group to which members are added; `undefined` to start a group. */
  @property({ attribute: false }) conversation: Conversation | undefined;
  @state() private subject = "";
  @state() private chosen: readonly User[] = [];
  @state() private busy = false;
  @state() private problem = "";
  @query("dialog") private dialog!: HTMLDialogElement;
  @query("causerie-user-picker") private picker!: UserPicker;
  @query(".subject") private nameField?: HTMLInputElement;

  static override styles = [
    base,
    dialogStyles,
    userChipsStyles,
    css`
      .head {
        display: flex;
        align-items: center;
        gap: 6px;
        padding: 14px 12px 8px 20px;
      }
      .head h2 {
        flex: 1;
      }
      causerie-user-picker {
        flex: 1;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 10px 12px;
        padding: 12px 20px max(12px, env(safe-area-inset-bottom));
        border-top: 1px solid var(--border);
      }
      .subject {
        flex: 1 1 180px;
        width: auto;
      }
      form p {
        flex: 1 0 100%;
        font-size: 0.875rem;
      }
      form .problem {
        color: var(--danger);
      }
    `,
  ];

  /** Opens the dialog with empty fields. */
  show(): void {
    this.subject = this.problem = "";
    this.chosen = [];
    this.busy = false;
    this.picker.reset();
    this.dialog.showModal();
    void this.picker.focusField();
  }

  protected override render(): unknown {
    const isNew = this.conversation === undefined;
    return html`<dialog closedby="any" aria-labelledby="heading">
      <div class="head">
        <h2 id="heading">${isNew ? strings.newGroup : strings.addPeople}</h2>
        <button class="icon-button" aria-label=${strings.close} title=${strings.close} @click=${() => this.dialog.close()}>${closeIcon}</button>
      </div>
      <causerie-user-picker
        .client=${this.client}
        .label=${strings.groupMembers}
        .placeholder=${strings.searchUsers}
        multiple
        .chosen=${this.chosen}
        .accepts=${this.#accepts}
        @causerie-pick=${({ detail }: CustomEvent<UserHit>) => this.#toggle(detail.user)}
        @causerie-remove-last=${() => {
          this.chosen = this.chosen.slice(0, -1);
        }}
      >
        ${userChips(this.chosen, (user) => this.#toggle(user))}
      </causerie-user-picker>
      <form @submit=${this.#submit}>
        ${
          this.problem
            ? html`<p class="problem" role="alert">${this.problem}</p>`
            : html`<p class="muted">${strings.selected(this.chosen.length)}</p>`
        }
        ${
          isNew
            ? html`<input
              class="field subject"
              autocomplete="off"
              dir="auto"
              aria-label=${strings.groupName}
              placeholder=${strings.groupName}
              .value=${live(this.subject)}
              @input=${(event: InputEvent) => {
                this.subject = (event.target as HTMLInputElement).value;
              }}
            />`
            : ""
        }
        <button class="button primary" ?disabled=${this.busy}>${isNew ? strings.createGroup : strings.addPeople}</button>
      </form>
    </dialog>`;
  }

  /** Users who can be added and are not among the first members, which are all that the conversation lists. */
  readonly #accepts = (hit: UserHit): boolean =>
    startable(hit) && !this.conversation?.members.some(({ user }) => user.id === hit.user.id);

  #toggle(user: User): void {
    this.problem = "";
    this.chosen = toggled(this.chosen, user);
  }

  async #submit(event: Event): Promise<void> {
    event.preventDefault();
    const subject = this.subject.trim();
    if (!this.chosen.length) {
      this.problem = strings.groupNeedsMembers;
      return this.picker.focusField();
    }
    if (!subject && this.nameField) {
      this.problem = strings.groupNeedsName;
      return this.nameField.focus();
    }
    this.busy = true;
    this.problem = "";
    try {
      const refs = this.chosen.map(({ id }) => ({ id }));
      const { client, conversation } = this;
      const group = await (conversation ? client.addMembers(conversation.id, refs) : client.startGroup(subject, refs));
      this.dialog.close();
      this.dispatchEvent(new CustomEvent("causerie-started", { detail: group }));
    } catch (thrown) {
      this.problem = explain(thrown, { ...strings.startErrors, ...strings.startGroupErrors });
    } finally {
      this.busy = false;
    }
  }
}
