/** Marks styles for the minifier of the build. */
const css = String.raw;

/** The styles of the frame of the panel, and of what else is shown beside the launcher. */
export const dialogStyles = css`
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .launcher:hover {
    filter: brightness(1.08);
  }
  dialog {
    --z: var(--causerie-z-index, 2147483000);
    --background: var(--causerie-background, light-dark(#fff, #131318));
    --text: var(--causerie-text, light-dark(#1a1a24, #ececf3));
    --header-end: 44px;
    position: fixed;
    z-index: var(--z);
    inset: auto var(--x) calc(var(--y) + var(--size) + 16px + env(safe-area-inset-bottom)) auto;
    width: var(--causerie-panel-width, 400px);
    height: var(--causerie-panel-height, 680px);
    max-width: calc(100vw - 2 * var(--x));
    max-height: calc(100dvh - var(--y) - var(--size) - 36px);
    margin: 0;
    padding: 0;
    box-sizing: border-box;
    overflow: hidden;
    border: 1px solid var(--causerie-border, light-dark(#e4e4ec, #2e2e39));
    border-radius: var(--causerie-panel-radius, 18px);
    background: var(--background);
    color: var(--text);
    font: 15px/1.45 var(--causerie-font, system-ui, sans-serif);
    box-shadow: 0 8px 40px rgb(0 0 0 / 22%);
  }
  .left dialog {
    right: auto;
    left: var(--x);
  }
  .bare dialog {
    bottom: calc(var(--y) + env(safe-area-inset-bottom));
    max-height: calc(100dvh - 2 * var(--y));
  }
  dialog:focus-visible {
    outline: none;
  }
  .content {
    height: 100%;
  }
  /* The messenger follows the theme of this element. */
  causerie-messenger {
    color-scheme: inherit;
  }
  .state {
    height: 100%;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 16px;
    padding: 24px;
    box-sizing: border-box;
    text-align: center;
  }
  .close,
  .state button {
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  .state button {
    min-height: 40px;
    padding: 0 18px;
    border-radius: 20px;
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  .close {
    position: absolute;
    top: 12px;
    inset-inline-end: 8px;
    width: 40px;
    height: 40px;
    display: grid;
    place-items: center;
    border-radius: 50%;
    color: var(--causerie-muted, light-dark(#5e5e6e, #a3a3b5));
  }
  .close:hover {
    background: var(--causerie-hover, light-dark(#eeeef4, #25252e));
  }
  .close svg {
    width: 22px;
    margin: 0;
  }
  @media (max-width: 479px) {
    dialog,
    .left dialog,
    .bare dialog {
      inset: 0;
      width: 100%;
      height: 100dvh;
      max-width: none;
      max-height: none;
      padding: env(safe-area-inset-top) env(safe-area-inset-right) 0 env(safe-area-inset-left);
      border: 0;
      border-radius: 0;
    }
    .close {
      top: calc(12px + env(safe-area-inset-top));
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    dialog[open] {
      animation: rise 0.16s ease-out;
    }
    @keyframes rise {
      from {
        opacity: 0;
        transform: translateY(12px);
      }
    }
  }
`;
