import type { ClientEvents, Conversation, User } from "causerie";
import { css, html } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import "./avatar.js";
import { ClientElement } from "./client-element.js";
import "./conversation-menu.js";
import { ago } from "./format.js";
import { strings } from "./i18n/index.js";
import { backIcon, unreadIcon } from "./icons.js";
import { colourSeed, displayName, peerOf, titleOf } from "./names.js";
import { base } from "./styles.js";

/** The header of a chat: avatar, title, presence and actions. Fires `causerie-back` and `causerie-mark-unread`. */
@customElement("causerie-chat-header")
export class ChatHeader extends ClientElement {
  /** The conversation; `undefined` for a chat with `user` that has no conversation yet. */
  @property({ attribute: false }) conversation: Conversation | undefined;
  @property({ attribute: false }) user: User | undefined;
  @query("h2") private heading!: HTMLElement;

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
        border-bottom: 1px solid var(--border);
        --avatar-size: 40px;
        --avatar-ring: var(--background);
      }
      .titles {
        flex: 1;
        min-width: 0;
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
      .back {
        display: none;
        margin-inline-start: -8px;
      }
      @container messenger (max-width: 719px) {
        header {
          padding-inline: 12px;
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

  protected override render(): unknown {
    const { conversation, client } = this;
    const peer = conversation ? peerOf(conversation, client.me?.id) : this.user;
    const title = conversation ? titleOf(conversation, client.me?.id) : displayName(peer);
    const online = peer !== undefined && (client.presence(peer.id)?.online ?? false);
    return html`<header>
      <button class="icon-button back" aria-label=${strings.back} title=${strings.back} @click=${() => this.#fire("causerie-back")}>
        ${backIcon}
      </button>
      <causerie-avatar
        .name=${title}
        .key=${peer ? colourSeed(peer) : (conversation?.id ?? "")}
        .kind=${peer ? "user" : conversation?.kind === "group" ? "group" : "note"}
        ?online=${online}
      ></causerie-avatar>
      <div class="titles">
        <h2 class="clip" title=${title} tabindex="-1">${title}</h2>
        <p class="muted clip ${online ? "online" : ""}">${this.#subtitle(peer?.id)}</p>
      </div>
      ${
        conversation
          ? html`<button
              class="icon-button"
              aria-label=${strings.markUnread}
              title=${strings.markUnread}
              @click=${() => this.#fire("causerie-mark-unread")}
            >
              ${unreadIcon}
            </button>
            <causerie-conversation-menu .client=${client} .conversation=${conversation}></causerie-conversation-menu>`
          : ""
      }
    </header>`;
  }

  #subtitle(peerId: string | undefined): string {
    const { conversation, client } = this;
    if (conversation?.kind === "group") {
      const names = conversation.members.map(({ user }) => (user.id === client.me?.id ? strings.you : displayName(user)));
      return `${strings.members(conversation.memberCount)} · ${names.join(", ")}`;
    }
    const presence = peerId === undefined ? undefined : client.presence(peerId);
    if (presence?.online) return strings.online;
    if (presence?.lastSeenAt) return strings.lastSeen(ago(presence.lastSeenAt, new Date()));
    return presence ? strings.offline : "";
  }

  #fire(name: string): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true }));
  }
}
