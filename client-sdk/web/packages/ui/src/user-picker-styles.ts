import { css } from "lit";

/** The styles of a field above a scrolling list of users. */
export const userPickerStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    --avatar-size: 40px;
  }
  .to {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 4px 20px 10px;
  }
  .to .field {
    flex: 1;
    min-width: 0;
  }
  .results {
    flex: 1;
    min-height: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    padding: 0 8px 12px;
  }
  .user {
    gap: 12px;
    min-height: 56px;
    border-radius: 12px;
    cursor: pointer;
  }
  .user.active {
    background: var(--hover);
    outline: 2px solid transparent;
    outline-offset: -2px;
  }
  .box {
    flex: none;
    width: 22px;
    height: 22px;
    border-radius: 50%;
    border: 2px solid var(--muted);
    display: grid;
    place-items: center;
  }
  .chosen .box {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  .box .icon {
    width: 14px;
    height: 14px;
    stroke-width: 3;
  }
  .user:not(.chosen) .box .icon {
    display: none;
  }
  .hint {
    padding: 24px 16px;
    text-align: center;
  }
  .problem {
    padding: 8px 12px;
    color: var(--danger);
    font-size: 0.875rem;
  }
  @media (forced-colors: active) {
    .user.active {
      outline-color: Highlight;
    }
  }
`;
