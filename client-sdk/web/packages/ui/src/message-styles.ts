import { css } from "lit";
import { hues } from "./hues.js";

/** The separators above a message: the day, and the line above the first unread message. */
const separators = css`
  .day,
  .new {
    display: flex;
    justify-content: center;
    margin: 18px 0 8px;
    font-size: 0.8125rem;
    font-weight: 600;
    color: var(--muted);
  }
  .day span {
    padding: 3px 12px;
    border-radius: 12px;
    background: var(--field);
  }
  .new {
    align-items: center;
    gap: 12px;
    color: var(--accent);
  }
  .new::before,
  .new::after {
    content: "";
    flex: 1;
    height: 1px;
    background: color-mix(in srgb, var(--accent) 35%, transparent);
  }
`;

/** The bubble: own messages at the end of the line, others at the start, groups close together. */
const bubble = css`
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
    --avatar-size: 28px;
  }
  :host([own]) .row {
    flex-direction: row-reverse;
  }
  .with-face {
    position: relative;
    padding-inline-start: 36px;
  }
  .with-face causerie-avatar {
    position: absolute;
    bottom: 0;
    inset-inline-start: 0;
  }
  .bubble {
    --corner: 6px;
    position: relative;
    max-width: min(78%, 620px);
    min-width: 0;
    padding: 8px 14px;
    border-radius: var(--radius);
    background: var(--bubble);
    overflow-wrap: anywhere;
  }
  .with-face .bubble {
    max-width: min(86%, 620px);
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
  :host(:focus-visible) {
    outline: none;
  }
  :host(:focus-visible) .bubble {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  @media (forced-colors: active) {
    .bubble {
      border: 1px solid;
      padding: 7px 13px;
    }
    :host([own]) .bubble {
      border-width: 2px;
      padding: 6px 12px;
    }
    :host(:focus-visible) .bubble {
      outline-color: Highlight;
    }
    .day span,
    .readers {
      border: 1px solid;
    }
  }
`;

/** What is in the bubble: author, text, time and progress. */
const content = css`
  .author {
    font-size: 0.8125rem;
    font-weight: 600;
    color: light-dark(oklch(0.46 0.13 var(--hue)), oklch(0.82 0.09 var(--hue)));
  }
  .author .unknown {
    display: block;
    width: 96px;
    height: 10px;
    margin: 5px 0;
    border-radius: 5px;
    background: var(--border);
  }
  /* Stacked accents must not cover other messages. */
  .body {
    display: flow-root;
    overflow: clip;
    overflow-clip-margin: 6px;
  }
  .text {
    display: inline;
    white-space: pre-wrap;
  }
  .expand {
    display: block;
    min-height: 28px;
    font-weight: 650;
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .large .text {
    font-size: 2.2rem;
    line-height: 1.25;
  }
  a {
    color: inherit;
    text-decoration: underline;
    text-underline-offset: 2px;
    /* The direction of the text around an address must not change what it looks like. */
    direction: ltr;
    unicode-bidi: isolate;
  }
  .meta {
    float: inline-end;
    display: inline-flex;
    align-items: center;
    gap: 5px;
    margin-block: 5px -2px;
    margin-inline: 12px -3px;
    font-size: 0.6875rem;
    line-height: 1.4;
    color: var(--muted);
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
    user-select: none;
  }
  .large .meta {
    margin-top: 26px;
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
`;

/** What is below and beside the bubble: readers, failure, the button of the menu. */
const surroundings = css`
  .readers {
    display: flex;
    align-items: center;
    gap: 2px;
    min-height: 24px;
    margin-inline-start: auto;
    padding: 2px 4px;
    border-radius: 12px;
    font-size: 0.75rem;
    color: var(--muted);
    --avatar-size: 18px;
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
  :host(:focus) .actions,
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
    .failure button {
      min-height: 44px;
    }
  }
`;

export const messageStyles = [hues, separators, bubble, content, surroundings];
