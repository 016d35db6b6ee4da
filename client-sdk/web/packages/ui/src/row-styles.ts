// Styles of rows in the parts that are loaded after the list of conversations.
import { css } from "lit";

/** The styles of a row that selects a user: avatar, name, details. For a link or button of the class `user`. */
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
