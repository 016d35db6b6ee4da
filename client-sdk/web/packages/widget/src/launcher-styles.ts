import { css } from "./element.js";

/** The styles of the launcher, and the values that the panel uses too. Those that start with `--causerie-` are those of the messenger. */
export const launcherStyles = css`
  :host {
    --x: var(--causerie-offset-x, 20px);
    --y: var(--causerie-offset-y, 20px);
    --size: var(--causerie-launcher-size, 56px);
    --accent: var(--causerie-accent, light-dark(#4f4fcb, #8f8ff5));
    --on-accent: var(--causerie-on-accent, light-dark(#fff, #12121a));
    color-scheme: light dark;
  }
  :host([theme=light]) {
    color-scheme: light;
  }
  :host([theme=dark]) {
    color-scheme: dark;
  }
  [hidden] {
    display: none !important;
  }
  .launcher {
    position: fixed;
    z-index: var(--causerie-z-index, 2147483000);
    right: var(--x);
    bottom: calc(var(--y) + env(safe-area-inset-bottom));
    width: var(--size);
    height: var(--size);
    padding: 0;
    border: 1px solid transparent;
    border-radius: 50%;
    background: var(--accent);
    color: var(--on-accent);
    box-shadow: 0 4px 20px #0000003d;
    cursor: pointer;
  }
  .left .launcher {
    right: auto;
    left: var(--x);
  }
  svg {
    display: block;
    width: 50%;
    margin: auto;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.8;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .badge {
    position: absolute;
    top: -4px;
    right: -4px;
    min-width: 12px;
    padding: 0 5px;
    border-radius: 11px;
    background: var(--causerie-badge, #c8102e);
    color: var(--causerie-on-badge, #fff);
    font: 700 12px/22px system-ui;
  }
  @media print {
    :host {
      display: none;
    }
  }
`;
