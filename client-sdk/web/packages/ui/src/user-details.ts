import type { Client, ClientEvents, Conversation, User } from "causerie";
import { css, html, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import "./avatar.js";
import { ClientElement } from "./client-element.js";
import "./confirm-dialog.js";
import type { ConfirmDialog } from "./confirm-dialog.js";
import "./contact-actions.js";
import { ContactController } from "./contact.js";
import "./conversation-actions.js";
import { detailsStyles } from "./details-styles.js";
import { explain, strings } from "./i18n/index.js";
import { blockIcon, leaveIcon } from "./menu-icons.js";
import { colourSeed, displayName } from "./names.js";
import { EachMinute } from "./passing-time.js";
import { presenceText } from "./presence-text.js";
import { actionRow } from "./rows.js";
import { base } from "./styles.js";

/** The relation with this name means that a user blocks another (`server/src/commands/relations.rs`). */
const block = "block";

/** The content of the confirmation dialog. */
interface Question {
  readonly heading: string;
  readonly text: string;
  readonly action: string;
  readonly run: (client: Client) => Promise<unknown>;
}

/** The profile of a user: name, presence, and what the connected user may do: ask, block, end a friendship. */
@customElement("causerie-user-details")
export class UserDetails extends ClientElement {
  @property({ attribute: false }) user!: User;
  /** The direct conversation with the user, if there is one. */
  @property({ attribute: false }) conversation: Conversation | undefined;
  @state() private question: Question | undefined;
  @state() private problem = "";
  @query("causerie-confirm-dialog") private confirm!: ConfirmDialog;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["presence", "state"];
  readonly #contact = new ContactController(this);
  #unwatch: () => void = () => {};

  constructor() {
    super();
    // "Last seen 5 minutes ago" becomes wrong.
    new EachMinute(this);
  }

  static override styles = [
    base,
    actionRow,
    detailsStyles,
    css`
      :host {
        display: block;
        overflow-y: auto;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#watch();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (!changed.has("user") && !changed.has("client")) return;
    if (changed.get("user")?.id !== this.user.id) this.problem = "";
    this.#watch();
  }

  protected override render(): unknown {
    const { user, client, conversation, question } = this;
    const name = displayName(user);
    const presence = client.presence(user.id);
    return html`
      <div class="head">
        <causerie-avatar .name=${name} .key=${colourSeed(user)} ?online=${presence?.online ?? false}></causerie-avatar>
        <h3><bdi>${name}</bdi></h3>
        ${user.about ? html`<p dir="auto">${user.about}</p>` : ""}
        <p class="muted">${presenceText(presence)}</p>
      </div>
      <causerie-contact-actions .client=${client} .user=${user}></causerie-contact-actions>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : ""}
      <div class="part">
        ${
          conversation
            ? html`<causerie-conversation-actions
              expanded
              .client=${client}
              .conversation=${conversation}
              @causerie-problem=${this.#showProblem}
              @causerie-mark-unread=${() => this.dispatchEvent(new CustomEvent("causerie-mark-unread", { bubbles: true }))}
            ></causerie-conversation-actions>`
            : ""
        }
        <ul>
          ${this.#steps(name)}
        </ul>
      </div>
      <causerie-confirm-dialog
        .heading=${question?.heading ?? ""}
        .text=${question?.text ?? ""}
        .action=${question?.action ?? ""}
        @causerie-confirm=${() => question && this.#attempt(question.run)}
      ></causerie-confirm-dialog>
    `;
  }

  /** The rows that end a friendship, block and unblock. */
  #steps(name: string): unknown {
    const { user, client } = this;
    const ref = { id: user.id };
    const { can, relations = [] } = this.#contact.of(client, user) ?? {};
    const friend = relations.find(({ state, direction }) => state === "accepted" && direction === "mutual");
    const isBlocked = relations.some(({ relation, direction }) => relation === block && direction === "outgoing");
    const end = (relation: string): Question => ({
      heading: strings.removeFriendTitle(name),
      text: strings.removeFriendText,
      action: strings.removeFriend,
      run: () => client.unrelate(relation, ref),
    });
    const blocking: Question = {
      heading: strings.blockTitle(name),
      text: strings.blockText,
      action: strings.block,
      run: () => client.relate(block, ref),
    };
    return html`${friend ? this.#row(leaveIcon, strings.removeFriend, () => this.#ask(end(friend.relation))) : ""}
      ${
        isBlocked
          ? this.#row(blockIcon, strings.unblock, () => this.#attempt(() => client.unrelate(block, ref)))
          : can?.has("block")
            ? this.#row(blockIcon, strings.block, () => this.#ask(blocking))
            : ""
      }`;
  }

  #row(icon: unknown, label: string, run: () => unknown): unknown {
    return html`<li><button class="row" @click=${run}>${icon}<span>${label}</span></button></li>`;
  }

  readonly #showProblem = (event: CustomEvent<string>): void => {
    event.stopPropagation();
    this.problem = event.detail;
  };

  async #ask(question: Question): Promise<void> {
    this.question = question;
    await this.updateComplete;
    this.confirm.show();
  }

  async #attempt(run: (client: Client) => Promise<unknown>): Promise<void> {
    this.problem = "";
    try {
      await run(this.client);
    } catch (thrown) {
      this.problem = explain(thrown);
    }
  }

  #watch(): void {
    this.#unwatch();
    this.#unwatch = this.client.watchPresence([this.user.id]);
  }
}
