import { css } from "lit";

/** The styles of the text field of a chat and what surrounds it. */
export const composerStyles = css`
  :host {
    position: relative;
    display: block;
    padding: 8px 20px 16px;
  }
  form,
  .editing,
  .limit {
    max-width: 860px;
    margin-inline: auto;
  }
  form {
    position: relative;
    display: flex;
    align-items: flex-end;
    gap: 8px;
  }
  textarea {
    display: block;
    flex: 1;
    min-width: 0;
    height: 44px;
    max-height: 168px;
    resize: none;
    /* The button of the emoji is at the end of the page's lines, whatever the direction of the text is. */
    --emoji-space: 48px;
    padding: 10.5px var(--emoji-space) 10.5px 18px;
    border: 1px solid var(--field-border);
    border-radius: 22px;
    background: var(--field);
    line-height: 1.4;
    scrollbar-width: thin;
  }
  form:dir(rtl) textarea {
    padding: 10.5px 18px 10.5px var(--emoji-space);
  }
  textarea::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  textarea:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: -1px;
  }
  .open-emoji {
    position: absolute;
    inset-inline-end: 54px;
    bottom: 2px;
  }
  .send {
    flex: none;
    width: 44px;
    height: 44px;
    display: grid;
    place-items: center;
    border-radius: 50%;
    background: var(--accent);
    color: var(--on-accent);
    transition: opacity 0.12s, filter 0.12s;
  }
  .send:hover {
    filter: brightness(1.1);
  }
  .send[aria-disabled="true"] {
    cursor: default;
    opacity: 0.45;
    filter: none;
  }
  .send .icon:dir(rtl) {
    transform: scaleX(-1);
  }
  .enter {
    position: absolute;
    inset-inline-end: 66px;
    bottom: -16px;
    font-size: 0.6875rem;
    line-height: 16px;
    color: var(--muted);
  }
  /* A target of 24 px (WCAG 2.5.8), which has to reach into the field: below there is no room. */
  .enter::after {
    content: "";
    position: absolute;
    inset: -8px 0 0;
  }
  .enter:hover {
    text-decoration: underline;
  }
  .editing {
    display: flex;
    align-items: center;
    gap: 8px;
    padding-block: 0 6px;
    padding-inline: 14px 0;
    font-size: 0.875rem;
    color: var(--accent);
  }
  .editing .icon {
    width: 18px;
    height: 18px;
  }
  .editing span {
    flex: 1;
  }
  .editing .icon-button {
    width: 32px;
    height: 32px;
  }
  .limit {
    padding: 0 18px 6px;
    font-size: 0.8125rem;
    color: var(--muted);
    font-variant-numeric: tabular-nums;
  }
  .limit.over {
    color: var(--danger);
  }
  .offered {
    position: absolute;
    z-index: 3;
    inset-inline-start: 0;
    bottom: calc(100% + 6px);
    min-width: 220px;
    max-width: 100%;
    padding: 6px;
    border: 1px solid var(--border);
    border-radius: 14px;
    background: var(--raised);
    box-shadow: var(--shadow);
  }
  .offered li {
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 36px;
    padding: 0 10px;
    border-radius: 9px;
    cursor: pointer;
  }
  .offered li[aria-selected="true"] {
    background: var(--hover);
  }
  .offered .character {
    font-size: 1.25rem;
  }
  .picker {
    position: absolute;
    z-index: 3;
    inset-inline-end: 0;
    bottom: calc(100% + 8px);
  }
  @media (pointer: coarse) {
    textarea {
      font-size: 1rem;
    }
    .editing .icon-button {
      width: 44px;
      height: 44px;
    }
  }
  /* The keyboards of touch screens have emoji. */
  @media (hover: none) {
    .open-emoji,
    .enter {
      display: none;
    }
    textarea {
      --emoji-space: 18px;
    }
  }
  @media (forced-colors: active) {
    textarea:focus-visible {
      outline-color: Highlight;
    }
    .send {
      border: 1px solid;
    }
    .offered li[aria-selected="true"] {
      outline: 2px solid Highlight;
    }
  }
  @container messenger (max-width: 719px) {
    :host {
      padding: 6px 12px max(10px, env(safe-area-inset-bottom));
    }
    .enter {
      display: none;
    }
  }
`;
