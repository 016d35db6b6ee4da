import { css } from "lit";

/** The grey rows that are shown while a list is loaded. */
export const skeletonStyles = css`
  .skeleton {
    display: grid;
    grid-template-columns: 48px 1fr;
    gap: 12px;
    padding: 10px 12px;
    align-items: center;
    animation: pulse 1.4s ease-in-out infinite alternate;
  }
  .skeleton i {
    display: block;
    background: var(--border);
    border-radius: 8px;
    height: 12px;
  }
  .skeleton i:first-child {
    width: 48px;
    height: 48px;
    border-radius: 50%;
    grid-row: span 2;
  }
  .skeleton i:nth-child(2) {
    width: 55%;
    align-self: end;
  }
  .skeleton i:nth-child(3) {
    width: 80%;
    align-self: start;
  }
  @keyframes pulse {
    to {
      opacity: 0.45;
    }
  }
`;
