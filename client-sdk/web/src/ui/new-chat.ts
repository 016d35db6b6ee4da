import { css, html, LitElement, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { type Client, randomUuid, type User } from "../sdk/index.js";
import "./avatar.js";
import "./chat-header.js";
import type { ChatHeader } from "./chat-header.js";
import "./composer.js";
import type { Composer } from "./composer.js";
import { draftsOf } from "./drafts.js";
import { explain, strings } from "./i18n/index.js";
import { colourKey, displayName } from "./names.js";
import { addressOfPerson } from "./place.js";
import { base, chatPane, emptyState } from "./styles.js";

/**
 * Where one writes to a person with whom there is no conversation. Nothing exists for either before the first message is sent;
 * then it fires `causerie-moved` with the id of the conversation that was made.
 */
@customElement("causerie-new-chat")
export class NewChat extends LitElement {
  @property({ attribute: false }) client!: Client;
  @property({ attribute: false }) user!: User;
  @state() private sending = false;
  @state() private problem = "";
  @query("causerie-chat-header") private header!: ChatHeader;
  @query("causerie-composer") private composer!: Composer;

  /** The first message keeps its id over failures: it is sent once. */
  #clientId = randomUuid();
  #tried = "";

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
    `,
  ];

  /** Puts the cursor where one writes. */
  async focusComposer(): Promise<void> {
    await this.updateComplete;
    await this.composer.updateComplete;
    this.composer.focusField();
  }

  /** Puts the focus where reading begins. */
  async focusHeading(): Promise<void> {
    await this.updateComplete;
    await this.header.focusHeading();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("user") && changed.get("user")?.id !== this.user.id) this.problem = "";
  }

  protected override render(): unknown {
    const { client, user } = this;
    const name = displayName(user);
    return html`
      <causerie-chat-header .client=${client} .user=${user}></causerie-chat-header>
      <div class="empty">
        <causerie-avatar .name=${name} .key=${colourKey(user)}></causerie-avatar>
        <p class="name">${name}</p>
        <p>${strings.firstMessageHint}</p>
      </div>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : ""}
      <causerie-composer
        .drafts=${draftsOf(client.me?.id ?? "")}
        .conversationId=${addressOfPerson(user.id)}
        .textBytesMax=${client.limits.textBytesMax ?? 0}
        ?busy=${this.sending}
        @causerie-send=${this.#send}
      ></causerie-composer>
    `;
  }

  async #send({ detail: text }: CustomEvent<string>): Promise<void> {
    const { client, user } = this;
    const drafts = draftsOf(client.me?.id ?? "");
    const address = addressOfPerson(user.id);
    if (text !== this.#tried) this.#clientId = randomUuid();
    this.#tried = text;
    this.problem = "";
    this.sending = true;
    try {
      const { id } = await client.startDirect({ id: user.id }, { clientId: this.#clientId, text });
      if (this.user.id === user.id) this.dispatchEvent(new CustomEvent("causerie-moved", { detail: id }));
    } catch (thrown) {
      // Back into the field, unless something else was written there meanwhile.
      if (!drafts.get(address).text) drafts.type(address, text);
      if (this.user.id === user.id) this.problem = explain(thrown, strings.startErrors);
    } finally {
      this.sending = false;
    }
  }
}
