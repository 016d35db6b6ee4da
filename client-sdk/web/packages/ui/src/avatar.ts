import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { colourOf, initials } from "./face.js";
import { hues } from "./hues.js";
import { groupIcon, noteIcon } from "./icons.js";
import { base } from "./styles.js";

/** A round avatar: the initials of a user, or an icon, in a colour that depends on `key`; with a dot when the user is online. */
@customElement("causerie-avatar")
export class AvatarElement extends LitElement {
  /** The name whose initials are shown. The avatar is hidden from assistive technology, because the name is shown beside it. */
  @property() name = "";
  /** The colour is a hash of this text. */
  @property() key = "";
  @property() kind: "user" | "group" | "note" = "user";
  @property({ type: Boolean }) online = false;

  static override styles = [
    base,
    hues,
    css`
      :host {
        --size: var(--avatar-size, 48px);
        position: relative;
        flex: none;
        display: block;
        width: var(--size);
        height: var(--size);
      }
      .face {
        width: 100%;
        height: 100%;
        display: grid;
        place-items: center;
        border-radius: 50%;
        font-size: calc(var(--size) * 0.37);
        font-weight: 600;
        letter-spacing: 0.01em;
        user-select: none;
        background: light-dark(oklch(0.91 0.055 var(--hue)), oklch(0.37 0.085 var(--hue)));
        color: light-dark(oklch(0.4 0.12 var(--hue)), oklch(0.93 0.045 var(--hue)));
      }
      .icon {
        width: 50%;
        height: 50%;
      }
      .dot {
        position: absolute;
        inset-inline-end: 0;
        bottom: 0;
        width: 28%;
        height: 28%;
        min-width: 10px;
        min-height: 10px;
        border-radius: 50%;
        background: var(--good);
        border: 2px solid var(--avatar-ring, var(--surface));
      }
      @media (forced-colors: active) {
        .face {
          border: 1px solid CanvasText;
        }
        .dot {
          background: Highlight;
          forced-color-adjust: none;
        }
      }
    `,
  ];

  protected override render(): unknown {
    const face = this.kind === "group" ? groupIcon : this.kind === "note" ? noteIcon : initials(this.name);
    return html`
      <div class="face c${colourOf(this.key)}" aria-hidden="true">${face}</div>
      ${this.online ? html`<span class="dot"></span>` : ""}
    `;
  }
}
