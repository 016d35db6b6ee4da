import type { ClientEvents, Conversation } from "causerie";
import { css, html, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ClientElement } from "./client-element.js";
import { explain, strings } from "./i18n/index.js";
import { peerOf } from "./names.js";
import { base } from "./styles.js";

/** Shown in place of the text field when the user can't write: the reason, and what the user can do about it. */
@customElement("causerie-chat-notice")
export class ChatNotice extends ClientElement {
  @property({ attribute: false }) conversation!: Conversation;
  /** The reason. */
  @property() text = "";
  @state() private busy = false;
  @state() private problem = "";

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = [];

  static override styles = [
    base,
    css`
      :host {
        flex: none;
        display: block;
        padding: 8px 20px 16px;
      }
      .notice {
        display: grid;
        gap: 10px;
        justify-items: center;
        max-width: 860px;
        margin-inline: auto;
        padding: 12px 16px;
        border-radius: 14px;
        background: var(--field);
        color: var(--muted);
        text-align: center;
        text-wrap: pretty;
      }
      .problem {
        color: var(--danger);
        font-size: 0.875rem;
      }
      @media (forced-colors: active) {
        .notice {
          border: 1px solid;
        }
      }
      @container messenger (max-width: 719px) {
        :host {
          padding: 6px 12px max(10px, env(safe-area-inset-bottom));
        }
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
    const peer = peerOf(conversation, client.me?.id);
    const mayAsk = peer !== undefined && conversation.state === "open";
    // Few conversations have a notice: its actions are loaded when they are needed.
    if (mayAsk) void import("./contact-actions.js").catch(() => {});
    return html`<div class="notice">
      <p>${this.text}</p>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : ""}
      ${
        conversation.capabilities.has("reopen")
          ? html`<button class="button primary" ?disabled=${this.busy} @click=${this.#reopen}>${strings.reopen}</button>`
          : ""
      }
      ${mayAsk ? html`<causerie-contact-actions .client=${client} .user=${peer}></causerie-contact-actions>` : ""}
    </div>`;
  }

  readonly #reopen = async (): Promise<void> => {
    this.busy = true;
    this.problem = "";
    try {
      await this.client.reopenConversation(this.conversation.id);
    } catch (thrown) {
      this.problem = explain(thrown);
    } finally {
      this.busy = false;
    }
  };
}
