import { html } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Capability, ClientEvents, Conversation } from "../sdk/index.js";
import { ClientElement } from "./client-element.js";
import "./confirm-dialog.js";
import type { ConfirmDialog } from "./confirm-dialog.js";
import { explain, strings } from "./i18n/index.js";
import { archiveIcon, deleteIcon, editIcon, leaveIcon, reopenIcon } from "./icons.js";
import "./menu.js";
import type { MenuItem } from "./popup.js";
import "./rename-dialog.js";
import type { RenameDialog } from "./rename-dialog.js";
import { base } from "./styles.js";

/** What is asked before something is done. */
interface Question {
  readonly heading: string;
  readonly text: string;
  readonly action: string;
  readonly run: () => Promise<unknown>;
}

/**
 * What one may do with a conversation, as its capabilities say; nothing is drawn where that is nothing. Fires
 * `causerie-problem` with a sentence when something failed, and with an empty one when something is tried.
 */
@customElement("causerie-conversation-menu")
export class ConversationMenu extends ClientElement {
  @property({ attribute: false }) conversation!: Conversation;
  @state() private question: Question | undefined;
  @query("causerie-confirm-dialog") private confirm!: ConfirmDialog;
  @query("causerie-rename-dialog") private renaming!: RenameDialog;

  protected override readonly drawnAfter: readonly (keyof ClientEvents)[] = [];
  /** The dialog may outlast the conversation it was opened for. */
  #renamed = "";

  static override styles = [base];

  protected override render(): unknown {
    const items = this.#items();
    const { heading, text, action, run } = this.question ?? {};
    return html`
      ${items.length ? html`<causerie-menu .label=${strings.conversationActions} .items=${items}></causerie-menu>` : ""}
      <causerie-confirm-dialog
        .heading=${heading ?? ""}
        .text=${text ?? ""}
        .action=${action ?? ""}
        @causerie-confirm=${() => run && this.#attempt(run)}
      ></causerie-confirm-dialog>
      <causerie-rename-dialog
        @causerie-rename=${({ detail }: CustomEvent<string>) => this.#attempt(() => this.client.rename(this.#renamed, detail))}
      ></causerie-rename-dialog>
    `;
  }

  #items(): readonly MenuItem[] {
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
    return entries
      .filter(([capability]) => capabilities.has(capability))
      .map(([, icon, label, run]) => ({ icon, label, run: () => void run() }));
  }

  #rename(conversationId: string, subject: string): void {
    this.#renamed = conversationId;
    void this.renaming.show(subject);
  }

  async #ask(heading: string, text: string, action: string, run: () => Promise<unknown>): Promise<void> {
    this.question = { heading, text, action, run };
    await this.updateComplete;
    this.confirm.show();
  }

  async #attempt(run: () => Promise<unknown>): Promise<void> {
    this.#tell("");
    try {
      await run();
    } catch (thrown) {
      this.#tell(explain(thrown));
    }
  }

  #tell(problem: string): void {
    this.dispatchEvent(new CustomEvent("causerie-problem", { detail: problem, bubbles: true, composed: true }));
  }
}
