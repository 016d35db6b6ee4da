import { type ClientEvents, randomUuid, type User } from "causerie";
import { css, html, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import "./avatar.js";
import "./chat-header.js";
import type { ChatHeader } from "./chat-header.js";
import "./composer.js";
import { ClientElement } from "./client-element.js";
import type { Composer } from "./composer.js";
import "./contact-actions.js";
import { ContactController } from "./contact.js";
import { draftsOf } from "./drafts.js";
import { explain, strings } from "./i18n/index.js";
import { colourSeed, displayName } from "./names.js";
import { routeOfUser } from "./route.js";
import { base, chatPane, emptyState } from "./styles.js";

/**
 * The pane that writes to a user before a conversation with the user exists. The first message creates the conversation. The pane then
 * fires `causerie-redirect` with the id of the conversation.
 */
@customElement("causerie-new-chat")
export class NewChat extends ClientElement {
  @property({ attribute: false }) user!: User;
  /** Whether the details are shown beside the pane. */
  @property({ type: Boolean }) details = false;
  @state() private sending = false;
  @state() private problem = "";
  @query("causerie-chat-header") private header!: ChatHeader;
  @query("causerie-composer") private composer?: Composer;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["state"];
  readonly #contact = new ContactController(this);
  /** The client id of the first message to the user. It stays the same after an error, so that the message is sent once. */
  #clientId = randomUuid();
  #lastText = "";

  static override styles = [
    base,
    emptyState,
    chatPane,
    css`
      .empty {
        --avatar-size: 72px;
      }
      .name {
        margin-top: 10px;
        color: var(--text);
        font-size: 1.0625rem;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .notice {
        flex: none;
        margin: 8px 20px 16px;
        padding: 12px 16px;
        border-radius: 14px;
        background: var(--field);
        color: var(--muted);
        text-align: center;
        text-wrap: pretty;
      }
      @container messenger (max-width: 719px) {
        .notice {
          margin: 6px 12px max(10px, env(safe-area-inset-bottom));
        }
      }
      @media (forced-colors: active) {
        .notice {
          border: 1px solid;
        }
      }
    `,
  ];

  /** Focuses the text field. */
  async focusComposer(): Promise<void> {
    await this.updateComplete;
    if (!this.composer) return this.focusHeading();
    await this.composer.updateComplete;
    this.composer.focusField();
  }

  /** Focuses the title. */
  async focusHeading(): Promise<void> {
    await this.updateComplete;
    await this.header.focusHeading();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (!changed.has("user") || changed.get("user")?.id === this.user.id) return;
    this.problem = this.#lastText = "";
    this.sending = false;
    this.#clientId = randomUuid();
  }

  protected override render(): unknown {
    const { client, user } = this;
    const name = displayName(user);
    const contact = this.#contact.of(client, user);
    // Until the rules are known, the user can write: the server checks the first message.
    const isClosed = contact !== undefined && !contact.can.has("start") && contact.conversationId === undefined;
    return html`
      <causerie-chat-header exportparts="header" .client=${client} .user=${user} ?details=${this.details}></causerie-chat-header>
      <div class="empty">
        <causerie-avatar .name=${name} .key=${colourSeed(user)}></causerie-avatar>
        <p class="name">${name}</p>
        ${isClosed ? html`<causerie-contact-actions .client=${client} .user=${user}></causerie-contact-actions>` : html`<p>${strings.firstMessageHint}</p>`}
      </div>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : ""}
      ${
        isClosed
          ? html`<p class="notice">${strings.cannotSendTo(name)}</p>`
          : html`<causerie-composer
            exportparts="composer"
            .drafts=${draftsOf(client.me?.id ?? "")}
            .conversationId=${routeOfUser(user.id)}
            .textBytesMax=${client.limits.textBytesMax ?? 0}
            ?busy=${this.sending}
            @causerie-send=${this.#send}
          ></causerie-composer>`
      }
    `;
  }

  async #send({ detail: text }: CustomEvent<string>): Promise<void> {
    const { client, user } = this;
    const drafts = draftsOf(client.me?.id ?? "");
    const route = routeOfUser(user.id);
    if (text !== this.#lastText) this.#clientId = randomUuid();
    this.#lastText = text;
    const clientId = this.#clientId;
    this.problem = "";
    this.sending = true;
    try {
      const { id } = await client.startDirect({ id: user.id }, { clientId, text });
      if (this.user.id === user.id) this.dispatchEvent(new CustomEvent("causerie-redirect", { detail: id }));
    } catch (thrown) {
      // Put the text back into the field, unless the user has typed another text meanwhile.
      if (!drafts.get(route).text) drafts.setText(route, text);
      if (this.user.id === user.id) this.problem = explain(thrown, strings.startErrors);
    } finally {
      // After a change of the user, the field belongs to another message.
      if (this.#clientId === clientId) this.sending = false;
    }
  }
}
