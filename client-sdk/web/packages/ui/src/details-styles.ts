import { css } from "lit";

/** The styles of the details of a user or group. */
export const detailsStyles = css`
  .head {
    display: grid;
    gap: 4px;
    justify-items: center;
    padding: 24px 20px 16px;
    text-align: center;
    --avatar-size: 88px;
  }
  h3 {
    margin: 10px 0 0;
    font-size: 1.125rem;
    font-weight: 650;
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  .part {
    padding: 8px;
    border-top: 1px solid var(--border);
  }
  causerie-contact-actions {
    padding: 0 20px 16px;
  }
  .problem {
    margin: 0 16px 12px;
    padding: 8px 14px;
    border-radius: 12px;
    background: var(--danger-soft);
    color: var(--danger);
    font-size: 0.875rem;
  }
`;
