import type { ClientEvents, Conversation, User } from "causerie";
import { css, html, type PropertyValues } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import "./avatar.js";
import { ClientElement } from "./client-element.js";
import type { ConversationActions } from "./conversation-actions.js";
import { backIcon, moreIcon } from "./conversation-icons.js";
import { strings } from "./i18n/index.js";
import { colourSeed, displayName, peerOf, titleOf } from "./names.js";
import type { Popup } from "./popup.js";
import { presenceText } from "./presence-text.js";
import { base } from "./styles.js";

/**
 * The header of a chat: avatar, title, presence and actions. The title opens the details. Fires `causerie-back`, `causerie-details` and
 * `causerie-mark-unread`, and `causerie-problem` with a sentence when an action fails.
 */
@customElement("causerie-chat-header")
export class ChatHeader extends ClientElement {
  /** The conversation; `undefined` for a chat with `user` that has no conversation yet. */
  @property({ attribute: false }) conversation: Conversation | undefined;
  @property({ attribute: false }) user: User | undefined;
  /** Whether the details are shown. */
  @property({ type: Boolean }) details = false;
  @query("h2") private heading!: HTMLElement;
  @query(".more") private menuButton!: HTMLElement;
  @query("causerie-popup") private popup?: Popup;
  @query("causerie-conversation-actions") private actions!: ConversationActions;

  protected override readonly updateEvents: readonly (keyof ClientEvents)[] = ["presence"];

  static override styles = [
    base,
    css`
      header {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 64px;
        padding: 10px 16px;
        padding-inline-end: calc(16px + var(--header-end, 0px));
        border-bottom: 1px solid var(--border);
        --avatar-size: 40px;
        --avatar-ring: var(--background);
      }
      .about {
        flex: 1;
        position: relative;
        display: flex;
        align-items: center;
        gap: 12px;
        min-width: 0;
        margin: -6px 0;
        padding: 6px 8px;
        margin-inline-start: -8px;
        border-radius: 12px;
      }
      .about:has(.open:hover) {
        background: var(--hover);
        --avatar-ring: var(--hover);
      }
      .titles {
        min-width: 0;
      }
      .open {
        max-width: 100%;
        font-weight: inherit;
        text-align: start;
        vertical-align: top;
      }
      /* The whole of the title, with avatar and presence, opens the details. */
      .open::after {
        content: "";
        position: absolute;
        inset: 0;
        border-radius: 12px;
      }
      .open:focus-visible {
        outline: none;
      }
      .open:focus-visible::after {
        outline: 2px solid var(--accent);
        outline-offset: -2px;
      }
      h2 {
        font-size: 1rem;
        font-weight: 650;
        line-height: 1.3;
      }
      p {
        font-size: 0.8125rem;
      }
      p.online {
        color: light-dark(#157347, var(--good));
      }
      causerie-popup,
      causerie-conversation-actions {
        display: contents;
      }
      .more .icon {
        stroke-width: 2.8;
      }
      .back {
        display: none;
        margin-inline-start: -8px;
      }
      @container messenger (max-width: 719px) {
        header {
          padding-inline: 12px calc(12px + var(--header-end, 0px));
        }
        .back {
          display: grid;
        }
      }
    `,
  ];

  /** Focuses the title. */
  async focusHeading(): Promise<void> {
    await this.updateComplete;
    this.heading.focus();
  }

  protected override firstUpdated(): void {
    // Not needed for the first page: "Last seen 5 minutes ago" becomes wrong later.
    import("./passing-time.js").then(
      ({ EachMinute }) => new EachMinute(this),
      () => {},
    );
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    // The open menu belongs to the previous conversation. The method is undefined until the element is loaded.
    if (changed.has("conversation") && changed.get("conversation")?.id !== this.conversation?.id) this.popup?.close?.();
  }

  protected override render(): unknown {
    const { conversation, client } = this;
    const peer = conversation ? peerOf(conversation, client.me?.id) : this.user;
    const title = conversation ? titleOf(conversation, client.me?.id) : displayName(peer);
    const online = peer !== undefined && (client.presence(peer.id)?.online ?? false);
    return html`<header part="header">
      <button class="icon-button back" aria-label=${strings.back} title=${strings.back} @click=${() => this.#fire("causerie-back")}>
        ${backIcon}
      </button>
      <div class="about"><causerie-avatar
        .name=${title}
        .key=${peer ? colourSeed(peer) : (conversation?.id ?? "")}
        .kind=${peer ? "user" : conversation?.kind === "group" ? "group" : "note"}
        ?online=${online}
      ></causerie-avatar>
      <div class="titles">
        <h2 class="clip" dir="auto" title=${title} tabindex="-1">${this.#title(title)}</h2>
        <p class="muted clip ${online ? "online" : ""}">${this.#subtitle(peer)}</p>
      </div></div>
      ${
        conversation
          ? html`<button
              class="icon-button more"
              aria-label=${strings.conversationActions}
              title=${strings.conversationActions}
              aria-haspopup="menu"
              aria-expanded="false"
              @mousedown=${(event: MouseEvent) => event.preventDefault()}
              @click=${this.#openMenu}
            >
              ${moreIcon}
            </button>
            <causerie-popup></causerie-popup>
            <causerie-conversation-actions
              .client=${client}
              .conversation=${conversation}
              @causerie-mark-unread=${() => this.#fire("causerie-mark-unread")}
            ></causerie-conversation-actions>`
          : ""
      }
    </header>`;
  }

  /** Opens the menu, which is loaded when it is first needed. A press on the button leaves the focus in the open menu. */
  readonly #openMenu = async (): Promise<void> => {
    try {
      await import("./conversation-actions.js");
      await this.actions.updateComplete;
      await this.popup?.show(strings.conversationActions, this.actions.items, this.menuButton);
    } catch {
      this.#fire("causerie-problem", strings.loadFailed);
    }
  };

  #title(title: string): unknown {
    if (this.conversation?.kind === "note_to_self") return title;
    return html`<button
      class="open clip"
      aria-expanded=${this.details ? "true" : "false"}
      @click=${() => this.#fire("causerie-details")}
    >
      ${title}
    </button>`;
  }

  /** The members of a group; what the product says about the other user, and the presence. */
  #subtitle(peer: User | undefined): unknown {
    const { conversation, client } = this;
    if (conversation?.kind === "group") {
      const names = conversation.members.map(({ user }) => (user.id === client.me?.id ? strings.you : displayName(user)));
      return `${strings.members(conversation.memberCount)} · ${names.join(strings.comma)}`;
    }
    if (!peer) return "";
    const presence = presenceText(client.presence(peer.id));
    return peer.about ? html`<bdi>${peer.about}</bdi>${presence && ` · ${presence}`}` : presence;
  }

  #fire(name: string, detail?: string): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
