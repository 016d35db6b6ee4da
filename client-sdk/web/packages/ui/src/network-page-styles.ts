import { css } from "lit";

/** The styles of the page of the user's network. */
export const networkPageStyles = css`
  .scroller {
    flex: 1;
    min-height: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    --avatar-size: 44px;
  }
  .column {
    width: 100%;
    max-width: 720px;
    margin-inline: auto;
    padding: 12px 12px max(24px, env(safe-area-inset-bottom));
  }
  section {
    padding-block: 8px;
  }
  h3 {
    margin: 0;
    padding: 6px 8px;
    font-size: 0.8125rem;
    font-weight: 650;
    color: var(--muted);
  }
  .count {
    margin-inline-start: 4px;
    padding: 1px 7px;
    border-radius: 9px;
    background: var(--accent-soft);
    color: var(--accent);
  }
  .field {
    margin: 2px 8px 6px;
    width: calc(100% - 16px);
  }
  li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
  }
  .user {
    flex: 1 1 200px;
    min-width: 0;
    min-height: 60px;
    gap: 12px;
    border-radius: 12px;
    padding: 8px;
    text-align: start;
  }
  .actions {
    display: flex;
    gap: 8px;
    padding-inline: 8px;
  }
  .actions .button {
    min-height: 38px;
    padding-inline: 14px;
  }
  .plane {
    color: var(--accent);
  }
  .plane .icon:dir(rtl) {
    scale: -1 1;
  }
  .empty-text {
    padding: 6px 8px;
  }
  .problem {
    width: auto;
    margin: 8px;
  }
`;
