import type { Capability, ClientEvents, Conversation } from "causerie";
import { html } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { ClientElement } from "./client-element.js";
import "./confirm-dialog.js";
import type { ConfirmDialog } from "./confirm-dialog.js";
import { editIcon } from "./conversation-icons.js";
import { explain, strings } from "./i18n/index.js";
import { archiveIcon, deleteIcon, leaveIcon, reopenIcon, unreadIcon } from "./menu-icons.js";
import "./popup.js";
import type { MenuItem } from "./popup.js";
import "./rename-dialog.js";
import type { RenameDialog } from "./rename-dialog.js";
import { actionRow } from "./rows.js";
import { base } from "./styles.js";

/** The content of the confirmation dialog. */
interface Question {
  readonly heading: string;
  readonly text: string;
  readonly action: string;
  readonly run: () => Promise<unknown>;
}

/**
 * The actions on a conversation that its capabilities allow, with the dialogs that they open. Fires `causerie-mark-unread`, and
 * `causerie-problem` with a sentence when an action fails, and with an empty string when an action starts.
 */
@customElement("causerie-conversation-actions")
export class ConversationActions extends ClientElement {
  @property({ attribute: false }) conversation!: Conversation;
  /** Whether the actions are shown as a list of buttons. Otherwise they are the entries of a menu of another component. */
  @property({ type: Boolean }) expanded = false;
  @state() private question: Question | undefined;
  @query("causerie-confirm-dialog") private confirm!: ConfirmDialog;
  @query("causerie-rename-dialog") private renaming!: RenameDialog;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = [];
  /** The id of the conversation to rename: another one may be shown when the user submits the dialog. */
  #renamedId = "";

  static override styles = [base, actionRow];

  protected override render(): unknown {
    const { heading, text, action, run } = this.question ?? {};
    return html`
      ${
        this.expanded
          ? html`<ul>
            ${this.items.map((item) => html`<li><button class="row" @click=${item.run}>${item.icon}<span>${item.label}</span></button></li>`)}
          </ul>`
          : ""
      }
      <causerie-confirm-dialog
        .heading=${heading ?? ""}
        .text=${text ?? ""}
        .action=${action ?? ""}
        @causerie-confirm=${() => run && this.#attempt(run)}
      ></causerie-confirm-dialog>
      <causerie-rename-dialog
        @causerie-rename=${({ detail }: CustomEvent<string>) => this.#attempt(() => this.client.rename(this.#renamedId, detail))}
      ></causerie-rename-dialog>
    `;
  }

  /** The actions, as entries of a menu. */
  get items(): readonly MenuItem[] {
    const { client } = this;
    const { id, subject, capabilities } = this.conversation;
    const entries: readonly [Capability, unknown, string, () => unknown][] = [
      ["rename", editIcon, strings.rename, () => this.#rename(id, subject)],
      [
        "close",
        archiveIcon,
        strings.closeConversation,
        () => this.#ask(strings.closeTitle, strings.closeText, strings.closeConversation, () => client.closeConversation(id)),
      ],
      ["reopen", reopenIcon, strings.reopenConversation, () => this.#attempt(() => client.reopenConversation(id))],
      [
        "leave",
        leaveIcon,
        strings.leave,
        () => this.#ask(strings.leaveTitle, strings.leaveText, strings.leave, () => client.leave(id)),
      ],
      [
        "delete_conversation",
        deleteIcon,
        strings.deleteCopy,
        () => this.#ask(strings.deleteCopyTitle, strings.deleteCopyText, strings.delete, () => client.deleteConversation(id)),
      ],
    ];
    const allowed = entries.filter(([capability]) => capabilities.has(capability));
    return [
      { icon: unreadIcon, label: strings.markUnread, run: () => this.dispatchEvent(new CustomEvent("causerie-mark-unread")) },
      ...allowed.map(([, icon, label, run]) => ({ icon, label, run: () => void run() })),
    ];
  }

  #rename(conversationId: string, subject: string): void {
    this.#renamedId = conversationId;
    void this.renaming.show(subject);
  }

  async #ask(heading: string, text: string, action: string, run: () => Promise<unknown>): Promise<void> {
    this.question = { heading, text, action, run };
    await this.updateComplete;
    this.confirm.show();
  }

  async #attempt(run: () => Promise<unknown>): Promise<void> {
    this.#reportProblem("");
    try {
      await run();
    } catch (thrown) {
      this.#reportProblem(explain(thrown));
    }
  }

  #reportProblem(problem: string): void {
    this.dispatchEvent(new CustomEvent("causerie-problem", { detail: problem, bubbles: true, composed: true }));
  }
}
