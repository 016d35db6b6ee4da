import { css } from "lit";

/** The styles of a message: own messages at the end of the line, others at the start, groups close together. */
export const messageStyles = css`
  :host {
    display: block;
    padding-top: 2px;
  }
  :host([first]) {
    padding-top: 10px;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  :host([own]) .row {
    justify-content: flex-end;
  }
  :host(:not([own])) .row {
    flex-direction: row-reverse;
    justify-content: flex-end;
  }
  .bubble {
    --corner: 6px;
    max-width: min(78%, 620px);
    min-width: 0;
    padding: 8px 14px;
    border-radius: var(--radius);
    background: var(--bubble);
    overflow-wrap: anywhere;
  }
  :host(:not([own])) .bubble {
    border-end-start-radius: var(--corner);
  }
  :host(:not([own]):not([first])) .bubble {
    border-start-start-radius: var(--corner);
  }
  :host(:not([own])[last]) .bubble {
    border-end-start-radius: var(--radius);
  }
  :host([own]) .bubble {
    border-end-end-radius: var(--corner);
    background: var(--bubble-own);
    color: var(--on-bubble-own);
  }
  :host([own]:not([first])) .bubble {
    border-start-end-radius: var(--corner);
  }
  :host([own][last]) .bubble {
    border-end-end-radius: var(--radius);
  }
  .bubble.gone,
  :host([own]) .bubble.gone {
    background: none;
    border: 1px solid var(--border);
    color: var(--muted);
    padding: 7px 13px;
  }
  .gone .text {
    font-style: italic;
  }
  :host([own]) .bubble.failed {
    background: var(--danger-soft);
    color: var(--text);
  }
  .author {
    font-size: 0.8125rem;
    font-weight: 600;
    color: var(--accent);
  }
  .author .unknown {
    display: block;
    width: 96px;
    height: 10px;
    margin: 5px 0;
    border-radius: 5px;
    background: var(--border);
  }
  :host(:focus-visible) {
    outline: none;
  }
  :host(:focus-visible) .bubble {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .text {
    display: inline;
    white-space: pre-wrap;
  }
  a {
    color: inherit;
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .meta {
    float: inline-end;
    display: inline-flex;
    align-items: center;
    gap: 5px;
    margin: 5px -3px -2px 12px;
    font-size: 0.6875rem;
    line-height: 1.4;
    color: var(--muted);
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
    user-select: none;
  }
  :host([own]) .meta {
    color: var(--muted-own);
  }
  :host([own]) .gone .meta {
    color: var(--muted);
  }
  :host([own]) .failed .meta {
    color: var(--danger);
  }
  .progress .icon {
    width: 15px;
    height: 15px;
    stroke-width: 2.2;
  }
  .waiting {
    padding: 3px 4px 2px;
    font-size: 0.8125rem;
    color: var(--muted);
    text-align: end;
  }
  .failure {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 4px 12px;
    padding: 4px 4px 2px;
    font-size: 0.8125rem;
    color: var(--danger);
  }
  .failure button {
    min-height: 24px;
    font-weight: 650;
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .actions {
    width: 32px;
    height: 32px;
    opacity: 0;
  }
  .actions .icon {
    stroke-width: 2.8;
  }
  .row:hover .actions,
  .actions:focus-visible,
  .actions[aria-expanded="true"] {
    opacity: 1;
  }
  /* A held finger opens the actions; the button is for keyboards and screen readers. */
  @media (hover: none) {
    .row {
      position: relative;
    }
    .bubble {
      user-select: none;
      -webkit-user-select: none;
      -webkit-touch-callout: none;
    }
    .actions:not(:focus-visible) {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
  }
`;
