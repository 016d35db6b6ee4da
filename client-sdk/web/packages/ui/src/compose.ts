import type { ClientEvents, Conversation } from "causerie";
import { css, html } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { ClientElement } from "./client-element.js";
import "./composer.js";
import type { UserHit } from "./directory.js";
import { draftsOf } from "./drafts.js";
import "./group-dialog.js";
import type { GroupDialog } from "./group-dialog.js";
import { explain, strings } from "./i18n/index.js";
import { groupIcon, noteIcon } from "./icons.js";
import "./page-header.js";
import { composeRoute, routeOfUser } from "./route.js";
import { userRow } from "./rows.js";
import { base, chatPane } from "./styles.js";
import "./user-picker.js";
import type { UserPicker } from "./user-picker.js";

/**
 * The page that starts a conversation: a field for the recipient and a field for the text. When the user chooses a recipient, it fires
 * `causerie-redirect` with the route of the conversation, or of the user if there is no conversation yet, and the text goes along. Nothing
 * is sent here. Fires `causerie-back`.
 */
@customElement("causerie-compose")
export class Compose extends ClientElement {
  @state() private problem = "";
  @state() private busy = false;
  @state() private mayStartGroup = false;
  @state() private mayStartNote = false;
  @query("causerie-user-picker") private picker!: UserPicker;
  @query("causerie-group-dialog") private groupDialog!: GroupDialog;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["state"];

  static override styles = [
    base,
    chatPane,
    userRow,
    css`
      causerie-user-picker {
        flex: 1;
        width: 100%;
        max-width: 900px;
        margin-inline: auto;
        padding-top: 12px;
      }
      .label {
        color: var(--muted);
      }
      .shortcut {
        width: 100%;
        gap: 12px;
        min-height: 56px;
        border-radius: 12px;
        text-align: start;
      }
      .circle {
        flex: none;
        width: 40px;
        height: 40px;
        display: grid;
        place-items: center;
        border-radius: 50%;
        background: var(--accent-soft);
        color: var(--accent);
      }
    `,
  ];

  /** Focuses the field of the recipient, which comes first. */
  focusComposer(): Promise<void> {
    return this.focusHeading();
  }

  /** Focuses the field of the recipient. */
  async focusHeading(): Promise<void> {
    await this.updateComplete;
    await this.picker.focusField();
  }

  protected override render(): unknown {
    const { client } = this;
    return html`
      <causerie-page-header .heading=${strings.newConversation}></causerie-page-header>
      <causerie-user-picker
        .client=${client}
        .label=${strings.to}
        .placeholder=${strings.searchUsers}
        @causerie-pick=${({ detail }: CustomEvent<UserHit>) => this.#open(detail.conversationId ?? routeOfUser(detail.user.id))}
        @causerie-searched=${() => {
          this.mayStartGroup = this.picker.mayStartGroup;
          this.mayStartNote = this.picker.mayStartNote;
        }}
      >
        <span slot="label" class="label" aria-hidden="true">${strings.toLabel}</span>
        <div slot="shortcuts">${this.#shortcuts()}</div>
      </causerie-user-picker>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : ""}
      ${
        // Drafts are stored by user, and the user is not known before the first connection.
        client.me
          ? html`<causerie-composer
            .drafts=${draftsOf(client.me.id)}
            .conversationId=${composeRoute}
            .textBytesMax=${client.limits.textBytesMax ?? 0}
            busy
            @keydown=${this.#key}
            @click=${this.#click}
          ></causerie-composer>`
          : ""
      }
      <causerie-group-dialog
        .client=${client}
        @causerie-started=${({ detail }: CustomEvent<Conversation>) => this.#open(detail.id)}
      ></causerie-group-dialog>
    `;
  }

  #shortcuts(): unknown {
    return html`${
      this.mayStartGroup
        ? html`<button class="user shortcut" @click=${() => this.groupDialog.show()}>
          <i class="circle">${groupIcon}</i><span class="name">${strings.newGroup}</span>
        </button>`
        : ""
    }
    ${
      this.mayStartNote
        ? html`<button class="user shortcut" ?disabled=${this.busy} @click=${this.#startNote}>
          <i class="circle">${noteIcon}</i><span class="name">${strings.noteToSelf}</span>
        </button>`
        : ""
    }`;
  }

  /** Opens a chat. The text that the user has typed goes along, unless the chat has an unsent text. */
  #open(route: string): void {
    const drafts = draftsOf(this.client.me?.id ?? "");
    if (!drafts.get(route).text) drafts.move(composeRoute, route);
    this.dispatchEvent(new CustomEvent("causerie-redirect", { detail: route }));
  }

  readonly #startNote = async (): Promise<void> => {
    this.busy = true;
    this.problem = "";
    try {
      this.#open((await this.client.startNoteToSelf()).id);
    } catch (thrown) {
      this.problem = explain(thrown, strings.startErrors);
    } finally {
      this.busy = false;
    }
  };

  /** A text can't be sent without a recipient: the attempt leads to the field of the recipient. */
  #key(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) void this.picker.focusField();
  }

  #click(event: MouseEvent): void {
    // After the click, the text field takes the focus.
    if (event.composedPath().some((each) => each instanceof HTMLButtonElement)) setTimeout(() => void this.picker.focusField());
  }
}
