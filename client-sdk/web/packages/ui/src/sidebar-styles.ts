import { css } from "lit";

/** The styles of the pane beside the chat. */
export const sidebarStyles = css`
  :host {
    display: flex;
    min-height: 0;
    min-width: 0;
  }
  aside {
    flex: 1;
    display: flex;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
    background: var(--surface);
    border-inline-end: 1px solid var(--border);
  }
  header {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 64px;
    padding: 10px 12px 6px 20px;
    padding-inline-end: calc(12px + var(--header-end, 0px));
    --avatar-size: 36px;
  }
  h1 {
    flex: 1;
    margin-inline-start: 4px;
    font-size: 1.25rem;
    font-weight: 700;
    letter-spacing: -0.015em;
  }
  .me {
    border-radius: 50%;
  }
  .problem {
    padding: 2px 20px 8px;
    color: var(--danger);
    font-size: 0.875rem;
  }
  .new {
    background: var(--accent);
    color: var(--on-accent);
  }
  .new:hover:not(:disabled) {
    background: var(--accent);
    color: var(--on-accent);
    filter: brightness(1.1);
  }
  .search {
    padding: 2px 20px 8px;
  }
  causerie-conversation-list {
    flex: 1;
  }
  /* Beside the list, the other pane says that there are no conversations. */
  .empty {
    display: none;
  }
  @container messenger (max-width: 719px) {
    .empty {
      display: grid;
    }
    header {
      padding-inline-start: 16px;
    }
    .search {
      padding-inline: 12px;
    }
  }
  @media (forced-colors: active) {
    .new {
      border: 1px solid ButtonText;
    }
  }
`;
