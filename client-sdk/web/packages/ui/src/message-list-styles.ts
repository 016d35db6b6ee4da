import { css } from "lit";

/** The styles of the column of messages. */
export const messageListStyles = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    min-height: 0;
    flex: 1;
  }
  .scroller {
    flex: 1;
    display: flex;
    flex-direction: column;
    min-height: 0;
    overflow-y: auto;
    overflow-x: hidden;
    overscroll-behavior: contain;
    overflow-anchor: none;
    scrollbar-width: thin;
    padding: 8px 20px 4px;
  }
  .scroller:focus-visible {
    outline-offset: -3px;
  }
  .column {
    width: 100%;
    max-width: 860px;
    margin: auto auto 0;
  }
  .typing {
    min-height: 24px;
    padding: 4px 4px 0;
    font-size: 0.8125rem;
    color: var(--muted);
  }
  .centre {
    flex: 1;
    display: grid;
    place-items: center;
  }
  @container messenger (max-width: 719px) {
    .scroller {
      padding-inline: 12px;
    }
  }
`;
