import { css } from "lit";

/**
 * The theme. Each value is a custom property that a page may set, such as `--causerie-accent`, with a default for light and for dark. Only
 * the outermost component has these styles; the others inherit them.
 */
export const theme = css`
  :host {
    color-scheme: light dark;
    --accent: var(--causerie-accent, light-dark(#4f4fcb, #8f8ff5));
    --on-accent: var(--causerie-on-accent, light-dark(#ffffff, #12121a));
    --accent-soft: var(--causerie-accent-soft, light-dark(#ededfc, #2a2a45));
    --background: var(--causerie-background, light-dark(#ffffff, #131318));
    --surface: var(--causerie-surface, light-dark(#f7f7fa, #1a1a21));
    --raised: var(--causerie-raised, light-dark(#ffffff, #23232c));
    --hover: var(--causerie-hover, light-dark(#eeeef4, #25252e));
    --border: var(--causerie-border, light-dark(#e4e4ec, #2e2e39));
    --field: var(--causerie-field, light-dark(#f1f1f6, #20202a));
    --field-border: var(--causerie-field-border, light-dark(#85859a, #7c7c92));
    --text: var(--causerie-text, light-dark(#1a1a24, #ececf3));
    --muted: var(--causerie-muted, light-dark(#5e5e6e, #a3a3b5));
    --bubble: var(--causerie-bubble, light-dark(#f0f0f5, #262630));
    --bubble-own: var(--causerie-bubble-own, light-dark(#4f4fcb, #5454ca));
    --on-bubble-own: var(--causerie-on-bubble-own, #ffffff);
    --muted-own: var(--causerie-muted-own, #e3e3ff);
    --danger: var(--causerie-danger, light-dark(#b42335, #ff8f9b));
    --danger-soft: var(--causerie-danger-soft, light-dark(#fdecee, #3c1f26));
    --good: var(--causerie-good, light-dark(#1f9d62, #3ecf8e));
    --warn-soft: var(--causerie-warn-soft, light-dark(#fff4d6, #3a3018));
    --warn: var(--causerie-warn, light-dark(#6b4e00, #f3d489));
    --radius: var(--causerie-radius, 18px);
    --font: var(--causerie-font, "Inter", ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif);
    --shadow: 0 1px 2px rgb(0 0 0 / 6%), 0 8px 28px rgb(0 0 0 / 14%);
    color: var(--text);
    font-family: var(--font);
    font-size: 0.9375rem;
    line-height: 1.45;
    -webkit-font-smoothing: antialiased;
  }
`;

/** The common styles of all components: boxes, lists, buttons, fields, focus, hidden texts. */
export const base = css`
  ul {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  p {
    margin: 0;
    font-size: inherit;
  }
  button,
  input,
  textarea {
    font: inherit;
    color: inherit;
  }
  button {
    border: 0;
    background: none;
    padding: 0;
    cursor: pointer;
  }
  button:disabled {
    cursor: default;
    opacity: 0.45;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  /* A title takes the focus to be read from, not to be used. */
  h1:focus-visible,
  h2:focus-visible {
    outline: none;
  }
  .icon {
    width: 22px;
    height: 22px;
    display: block;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.8;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .icon.directed:dir(rtl) {
    scale: -1 1;
  }
  .icon-button {
    flex: none;
    width: 40px;
    height: 40px;
    display: grid;
    place-items: center;
    border-radius: 50%;
    color: var(--muted);
    transition: background 0.12s, color 0.12s;
  }
  .icon-button:hover:not(:disabled) {
    background: var(--hover);
    color: var(--text);
  }
  .button {
    min-height: 40px;
    padding: 0 18px;
    border-radius: 20px;
    font-weight: 600;
    background: var(--hover);
    transition: filter 0.12s;
  }
  .button:hover:not(:disabled) {
    filter: brightness(0.96);
  }
  .button.primary {
    background: var(--accent);
    color: var(--on-accent);
  }
  .button.danger {
    background: var(--danger);
    color: var(--background);
  }
  .field {
    width: 100%;
    min-height: 42px;
    padding: 8px 14px;
    border: 1px solid var(--field-border);
    border-radius: 12px;
    background: var(--field);
  }
  .field::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .field:focus {
    outline: 2px solid var(--accent);
    outline-offset: -1px;
    border-color: transparent;
  }
  @media (pointer: coarse) {
    .field {
      min-height: 44px;
      font-size: 1rem;
    }
    .icon-button {
      width: 44px;
      height: 44px;
    }
  }
  @media (forced-colors: active) {
    .button,
    .icon-button {
      border: 1px solid ButtonText;
    }
  }
  .muted {
    color: var(--muted);
  }
  .clip {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  /* A name is cut at its own end, and stands at the start of the line. */
  .clip[dir] {
    width: fit-content;
    max-width: 100%;
  }
  /* An empty field has the direction of the page. */
  :placeholder-shown {
    direction: inherit;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .spinner {
    width: 26px;
    height: 26px;
    border: 3px solid var(--border);
    border-top-color: var(--accent);
    border-radius: 50%;
    animation: turn 0.9s linear infinite;
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation-duration: 0.01ms !important;
      animation-iteration-count: 1 !important;
      transition-duration: 0.01ms !important;
      scroll-behavior: auto !important;
    }
  }
`;

/** The styles of the pane beside the list: a column that fills it, and the line for errors. */
export const chatPane = css`
  :host {
    display: flex;
    flex-direction: column;
    flex: 1;
    min-width: 0;
    min-height: 0;
  }
  .problem {
    width: calc(100% - 40px);
    max-width: 860px;
    margin: 0 auto;
    padding: 8px 14px;
    border-radius: 12px;
    background: var(--danger-soft);
    color: var(--danger);
    font-size: 0.875rem;
  }
`;

/** The styles of an empty state: a picture, a line and a hint in the middle. */
export const emptyState = css`
  .empty {
    flex: 1;
    display: grid;
    align-content: center;
    justify-items: center;
    gap: 6px;
    padding: 32px 24px;
    text-align: center;
    color: var(--muted);
  }
  .empty h2 {
    color: var(--text);
    font-size: 1.0625rem;
    font-weight: 600;
  }
  .empty .badge {
    width: 64px;
    height: 64px;
    margin-bottom: 10px;
    display: grid;
    place-items: center;
    border-radius: 50%;
    background: var(--accent-soft);
    color: var(--accent);
  }
  .empty .badge .icon {
    width: 30px;
    height: 30px;
  }
  .empty .button {
    margin-top: 12px;
  }
`;
