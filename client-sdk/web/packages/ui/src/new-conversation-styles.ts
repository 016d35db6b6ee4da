import { css } from "lit";

/** The styles of the dialog for new conversations: a search field above a scrolling list of users. */
export const newConversationStyles = css`
  .head {
    display: flex;
    align-items: center;
    gap: 6px;
    padding: 14px 12px 8px 20px;
  }
  .head.deep {
    padding-inline-start: 10px;
  }
  .head h2 {
    flex: 1;
  }
  .fields {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 8px;
    padding: 4px 20px 10px;
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    min-height: 30px;
    max-width: 100%;
    padding: 0 6px 0 12px;
    border-radius: 15px;
    background: var(--accent-soft);
    font-size: 0.875rem;
  }
  .chip .icon {
    flex: none;
    width: 16px;
    height: 16px;
  }
  .results {
    flex: 1;
    min-height: 260px;
    overflow-y: auto;
    scrollbar-width: thin;
    padding: 0 8px 12px;
    --avatar-size: 40px;
  }
  .user {
    width: 100%;
    gap: 12px;
    border-radius: 12px;
    text-align: start;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .row .user {
    flex: 1;
    min-width: 0;
  }
  .row .button {
    flex: none;
    margin-inline-end: 12px;
  }
  .name {
    display: block;
  }
  .box {
    flex: none;
    width: 22px;
    height: 22px;
    border-radius: 50%;
    border: 2px solid var(--border);
    display: grid;
    place-items: center;
  }
  [aria-pressed="true"] .box {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  .box .icon {
    width: 14px;
    height: 14px;
    stroke-width: 3;
  }
  [aria-pressed="false"] .box .icon {
    display: none;
  }
  .circle {
    width: 40px;
    height: 40px;
    display: grid;
    place-items: center;
    border-radius: 50%;
    background: var(--accent-soft);
    color: var(--accent);
  }
  .closed {
    font-size: 0.8125rem;
  }
  .hint {
    display: grid;
    gap: 6px;
    padding: 24px 16px;
    text-align: center;
    text-wrap: pretty;
  }
  .foot {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
    padding: 12px 20px;
    border-top: 1px solid var(--border);
  }
  .problem {
    padding: 0 20px 10px;
    color: var(--danger);
    font-size: 0.875rem;
  }
`;
