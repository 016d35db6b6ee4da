import type { ClientEvents, Conversation, User } from "causerie";
import { css, html } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { ClientElement } from "./client-element.js";
import "./group-details.js";
import { closeIcon } from "./conversation-icons.js";
import { strings } from "./i18n/index.js";
import { peerOf } from "./names.js";
import { base } from "./styles.js";
import "./user-details.js";

/** The details of a chat: the profile of the other user, or the members of a group. Fires `causerie-details` to be closed. */
@customElement("causerie-details-pane")
export class DetailsPane extends ClientElement {
  /** The conversation; `undefined` for a chat with `user` that has no conversation yet. */
  @property({ attribute: false }) conversation: Conversation | undefined;
  @property({ attribute: false }) user: User | undefined;
  @query("h2") private heading!: HTMLElement;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = [];

  static override styles = [
    base,
    css`
      :host {
        display: flex;
        min-height: 0;
      }
      section {
        flex: 1;
        display: flex;
        flex-direction: column;
        min-width: 0;
        min-height: 0;
        background: var(--surface);
        border-inline-start: 1px solid var(--border);
      }
      header {
        flex: none;
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 64px;
        padding: 10px 12px 10px 20px;
        border-bottom: 1px solid var(--border);
      }
      h2 {
        flex: 1;
        font-size: 1rem;
        font-weight: 650;
      }
      section > :last-child {
        flex: 1;
        min-height: 0;
      }
    `,
  ];

  /** Focuses the title. */
  async focusHeading(): Promise<void> {
    await this.updateComplete;
    this.heading.focus();
  }

  /** Focuses the title. */
  focusComposer(): Promise<void> {
    return this.focusHeading();
  }

  protected override render(): unknown {
    const { conversation, client } = this;
    const user = conversation ? peerOf(conversation, client.me?.id) : this.user;
    return html`<section aria-labelledby="heading" @causerie-mark-unread=${this.#forward}>
      <header>
        <h2 id="heading" tabindex="-1">${strings.detailsTitle}</h2>
        <button class="icon-button" aria-label=${strings.close} title=${strings.close} @click=${() => this.#fire("causerie-details")}>
          ${closeIcon}
        </button>
      </header>
      ${
        user
          ? html`<causerie-user-details .client=${client} .user=${user} .conversation=${conversation}></causerie-user-details>`
          : conversation
            ? html`<causerie-group-details .client=${client} .conversation=${conversation}></causerie-group-details>`
            : html`<div></div>`
      }
    </section>`;
  }

  readonly #forward = (event: Event): void => {
    event.stopPropagation();
    this.#fire("causerie-mark-unread");
  };

  #fire(name: string): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true }));
  }
}
