import { css } from "lit";

/** The styles of a row in the list of conversations. The grid places parts whose order is that of reading. */
export const conversationItemStyles = css`
  :host {
    display: block;
  }
  button {
    position: relative;
    width: 100%;
    display: grid;
    grid-template: "face name time" auto "face preview badge" auto / auto minmax(0, 1fr) auto;
    column-gap: 8px;
    align-items: center;
    padding: 10px 12px;
    border-radius: 14px;
    text-align: start;
    transition: background 0.12s;
  }
  button:hover {
    background: var(--hover);
  }
  button[aria-current="true"] {
    background: var(--accent-soft);
    --avatar-ring: var(--accent-soft);
  }
  button[aria-current="true"]::before {
    content: "";
    position: absolute;
    inset-block: 12px;
    inset-inline-start: 0;
    inline-size: 3px;
    border-radius: 2px;
    background: var(--accent);
  }
  button:focus-visible {
    outline-offset: -2px;
  }
  causerie-avatar {
    grid-area: face;
    margin-inline-end: 4px;
  }
  .name {
    grid-area: name;
    font-weight: 500;
  }
  .unread .name {
    font-weight: 700;
  }
  .preview {
    grid-area: preview;
    min-height: 1.45em;
  }
  .preview.wide {
    grid-column-end: badge;
  }
  .unread .preview {
    color: var(--text);
    font-weight: 500;
  }
  time {
    grid-area: time;
    justify-self: end;
    font-size: 0.8125rem;
    color: var(--muted);
  }
  .unread time {
    color: var(--accent);
    font-weight: 600;
  }
  .typing {
    color: var(--accent);
  }
  .draft {
    color: var(--danger);
  }
  .tag {
    margin-inline-end: 6px;
    padding: 1px 7px;
    border: 1px solid var(--border);
    border-radius: 8px;
    font-size: 0.75rem;
    font-weight: 500;
  }
  .badge {
    grid-area: badge;
    justify-self: end;
    min-width: 21px;
    height: 21px;
    padding: 0 6px;
    border-radius: 11px;
    background: var(--accent);
    color: var(--on-accent);
    font-size: 0.75rem;
    font-weight: 700;
    line-height: 21px;
    text-align: center;
    font-variant-numeric: tabular-nums;
  }
  .badge.dot {
    min-width: 12px;
    width: 12px;
    height: 12px;
    padding: 0;
  }
  @media (forced-colors: active) {
    button[aria-current="true"] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
    button[aria-current="true"]::before,
    .badge {
      background: Highlight;
      color: HighlightText;
      forced-color-adjust: none;
    }
  }
`;
