import { css } from "lit";

/** The common styles of dialogs: a card over the dimmed page; in a small window, the whole page. */
export const dialogStyles = css`
  dialog {
    width: min(460px, calc(100vw - 32px));
    max-height: calc(100dvh - 32px);
    padding: 0;
    border: 1px solid var(--border);
    border-radius: 20px;
    background: var(--raised);
    color: var(--text);
    box-shadow: var(--shadow);
    overflow: hidden;
  }
  dialog[open] {
    display: flex;
    flex-direction: column;
  }
  /* Of a fixed height and from the top, so that it does not move while its content changes. */
  dialog:not(.small) {
    height: min(640px, calc(100dvh - 32px));
    margin-block-start: max(16px, 8dvh);
  }
  dialog::backdrop {
    background: rgb(10 10 20 / 45%);
  }
  dialog h2 {
    font-size: 1.0625rem;
    font-weight: 650;
  }
  dialog.small {
    width: min(380px, calc(100vw - 32px));
    padding: 22px;
    gap: 8px;
  }
  .buttons {
    display: flex;
    justify-content: flex-end;
    gap: 8px;
    margin-top: 14px;
  }
  @media (max-width: 519px) {
    dialog:not(.small) {
      width: 100vw;
      max-width: none;
      height: 100dvh;
      max-height: none;
      margin: 0;
      border: 0;
      border-radius: 0;
    }
  }
`;
