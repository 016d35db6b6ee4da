import { css } from "lit";

/** The styles of the chosen users of a picker. */
export const userChipsStyles = css`
  .chips {
    flex: none;
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    max-height: 112px;
    overflow-y: auto;
    padding: 0 20px 10px;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    min-height: 30px;
    max-width: 100%;
    padding: 0 6px 0 12px;
    border-radius: 15px;
    border: 1px solid transparent;
    background: var(--accent-soft);
    font-size: 0.875rem;
  }
  .chip .icon {
    flex: none;
    width: 16px;
    height: 16px;
  }
  @media (pointer: coarse) {
    .chip {
      min-height: 44px;
      border-radius: 22px;
    }
  }
`;
