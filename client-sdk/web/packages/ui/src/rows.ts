// Rows in the parts that are loaded after the list of conversations.
import type { User } from "causerie";
import { css, html } from "lit";
import { isolated } from "./bidi.js";
import { displayName } from "./names.js";

/** The texts in the row of a user: the name and, below it, a note for the connected user and what the product says about the user. */
export function userTexts(user: User, note = "", name = displayName(user)): unknown {
  const below = [note, user.about && isolated(user.about)].filter(Boolean).join(" · ");
  return html`<span>
    <span class="name clip" dir="auto">${name}</span>
    ${below ? html`<span class="note muted clip">${below}</span>` : ""}
  </span>`;
}

/** The styles of a row that selects a user: avatar, texts, details. For a link or button of the class `user`. */
export const userRow = css`
  .user {
    display: flex;
    align-items: center;
    padding: 8px 12px;
  }
  .user:hover:not(:disabled) {
    background: var(--hover);
  }
  .user:focus-visible {
    outline-offset: -2px;
  }
  .user > span {
    flex: 1;
    min-width: 0;
  }
  .user .name {
    font-weight: 550;
  }
  .name,
  .note {
    display: block;
  }
  .note {
    font-size: 0.8125rem;
  }
`;

/** The styles of a row that performs an action: an icon and a label. */
export const actionRow = css`
  .row {
    width: 100%;
    display: flex;
    align-items: center;
    gap: 14px;
    min-height: 46px;
    padding: 6px 12px;
    border-radius: 12px;
    text-align: start;
  }
  .row:hover:not(:disabled) {
    background: var(--hover);
  }
  .row:focus-visible {
    outline-offset: -2px;
  }
  .row .icon {
    flex: none;
    color: var(--muted);
  }
`;
