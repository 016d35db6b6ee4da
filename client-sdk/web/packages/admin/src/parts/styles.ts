import { base } from "@causerie/ui/styles";
import { css } from "lit";

/** The styles of each view: its head, tables, forms, cards, labels of states, and notices. */
const viewStyles = css`
  :host {
    display: block;
  }
  h1 {
    font-size: 1.5rem;
    font-weight: 700;
    letter-spacing: -0.02em;
    line-height: 1.25;
    overflow-wrap: anywhere;
  }
  h2 {
    font-size: 1.0625rem;
    font-weight: 650;
  }
  a {
    color: var(--accent);
    text-underline-offset: 2px;
  }
  a:not(:hover) {
    text-decoration-color: color-mix(in srgb, currentcolor 40%, transparent);
  }
  code,
  .mono {
    font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
    font-size: 0.875em;
    overflow-wrap: anywhere;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    margin-bottom: 4px;
  }
  .head > :first-child {
    flex: 1 1 auto;
    min-width: min(100%, 240px);
  }
  .lead {
    max-width: 44rem;
    margin-bottom: 20px;
    color: var(--muted);
  }
  .button {
    min-height: 36px;
    padding: 0 14px;
    border-radius: 9px;
    border: 1px solid var(--edge);
    background: var(--raised);
    font-weight: 550;
    font-size: 0.9375rem;
    white-space: nowrap;
  }
  a.button {
    display: inline-flex;
    align-items: center;
    color: inherit;
    text-decoration: none;
  }
  .button.primary {
    border-color: transparent;
  }
  .button.danger {
    border-color: transparent;
    color: var(--on-danger);
  }
  .button.quiet-danger {
    color: var(--danger);
  }
  .button.small {
    min-height: 30px;
    padding: 0 10px;
    font-size: 0.8125rem;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .field {
    min-width: 0;
    min-height: 38px;
    padding: 6px 11px;
    border: 1px solid var(--edge);
    border-radius: 9px;
    background: var(--raised);
  }
  .field:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 0;
    border-color: var(--accent);
  }
  .field[aria-invalid="true"] {
    border-color: var(--danger);
  }
  select.field {
    width: auto;
    max-width: 100%;
    padding-inline-end: 6px;
  }
  textarea.field {
    min-height: 140px;
    resize: vertical;
    line-height: 1.5;
  }
  label {
    font-weight: 550;
    font-size: 0.875rem;
  }
  .label {
    display: grid;
    align-content: start;
    gap: 4px;
    min-width: 0;
  }
  .label .field {
    font-weight: 400;
    font-size: 0.9375rem;
  }
  .hint {
    font-weight: 400;
    font-size: 0.8125rem;
    color: var(--muted);
  }
  .label > span:empty {
    display: none;
  }
  .wrong {
    font-weight: 500;
    font-size: 0.8125rem;
    color: var(--danger);
    overflow-wrap: anywhere;
  }
  .check {
    display: flex;
    align-items: baseline;
    gap: 8px;
    font-weight: 450;
    font-size: 0.9375rem;
  }
  input[type="checkbox"],
  input[type="radio"] {
    accent-color: var(--accent);
    inline-size: 16px;
    block-size: 16px;
    flex: none;
    position: relative;
    top: 2px;
  }
  .filters {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 10px 12px;
    margin-bottom: 14px;
  }
  .filters .label > span {
    display: none;
  }
  .filters .grow {
    flex: 1 1 220px;
  }
  .card {
    border: 1px solid var(--border);
    border-radius: 14px;
    background: var(--background);
    padding: 18px 20px;
  }
  .card + .card,
  .table + .card,
  .card + .table {
    margin-top: 16px;
  }
  .card > h2 {
    margin-bottom: 12px;
  }
  .table {
    border: 1px solid var(--border);
    border-radius: 14px;
    background: var(--background);
    overflow-x: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: 0.9375rem;
  }
  th,
  td {
    padding: 10px 14px;
    text-align: start;
    vertical-align: middle;
  }
  th {
    font-size: 0.8125rem;
    font-weight: 600;
    color: var(--muted);
    white-space: nowrap;
  }
  tbody tr {
    border-top: 1px solid var(--border);
  }
  tbody tr:hover {
    background: var(--hover);
  }
  td.actions {
    text-align: end;
    white-space: nowrap;
  }
  td .sub {
    display: block;
    font-size: 0.8125rem;
    color: var(--muted);
    overflow-wrap: anywhere;
  }
  td.number,
  th.number {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .nowrap {
    white-space: nowrap;
  }
  .pill {
    display: inline-block;
    padding: 1px 9px;
    border-radius: 10px;
    font-size: 0.8125rem;
    font-weight: 600;
    line-height: 1.5;
    white-space: nowrap;
    background: var(--hover);
    color: var(--muted);
  }
  .pill.good {
    background: var(--good-soft);
    color: var(--on-good-soft);
  }
  .pill.bad {
    background: var(--danger-soft);
    color: var(--danger);
  }
  .pill.warn {
    background: var(--warn-soft);
    color: var(--warn);
  }
  .notice {
    padding: 10px 14px;
    margin-bottom: 14px;
    border-radius: 10px;
    background: var(--hover);
    overflow-wrap: anywhere;
  }
  .notice.bad {
    background: var(--danger-soft);
    color: var(--danger);
  }
  .notice.warn {
    background: var(--warn-soft);
    color: var(--warn);
  }
  .notice.good {
    background: var(--good-soft);
    color: var(--on-good-soft);
  }
  .empty {
    padding: 40px 20px;
    text-align: center;
    color: var(--muted);
  }
  .empty strong {
    display: block;
    color: var(--text);
    font-weight: 600;
    margin-bottom: 2px;
  }
  .pager {
    display: flex;
    justify-content: flex-end;
    align-items: center;
    gap: 8px;
    padding: 10px 14px;
    border-top: 1px solid var(--border);
  }
  .pager span {
    flex: 1;
    font-size: 0.8125rem;
    color: var(--muted);
  }
  .tabs {
    display: flex;
    gap: 4px;
    margin-bottom: 16px;
    border-bottom: 1px solid var(--border);
    overflow-x: auto;
  }
  .tabs a {
    padding: 8px 12px;
    color: var(--muted);
    font-weight: 550;
    text-decoration: none;
    white-space: nowrap;
    border-bottom: 2px solid transparent;
    margin-bottom: -1px;
  }
  .tabs a[aria-current="page"] {
    color: var(--text);
    border-color: var(--accent);
  }
  .tabs a:focus-visible {
    outline-offset: -2px;
  }
  .two {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 220px), 1fr));
    gap: 14px 16px;
  }
  dl {
    display: grid;
    grid-template-columns: minmax(110px, max-content) 1fr;
    gap: 8px 16px;
    margin: 0;
  }
  dt {
    color: var(--muted);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
    min-width: 0;
  }
  .skeleton {
    display: grid;
    gap: 10px;
    padding: 18px 20px;
  }
  .skeleton i {
    height: 16px;
    border-radius: 6px;
    background: var(--hover);
  }
  .skeleton i:nth-child(2n) {
    width: 70%;
  }
  .lines {
    display: grid;
    gap: 4px;
    max-height: 320px;
    overflow-y: auto;
  }
  .lines li {
    display: flex;
    gap: 10px;
    align-items: baseline;
  }
  .lines li > span:last-child {
    overflow-wrap: anywhere;
    min-width: 0;
  }
  .lines button {
    flex: none;
    color: var(--accent);
    font-weight: 600;
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .narrow {
    display: none !important;
  }
  @media (max-width: 719px) {
    .wide {
      display: none !important;
    }
    .narrow {
      display: block !important;
    }
    .pill.narrow {
      display: inline-block !important;
    }
    th,
    td {
      padding: 9px 10px;
    }
    .card {
      padding: 14px;
    }
  }
  @media (pointer: coarse) {
    .button,
    .field {
      min-height: 44px;
    }
    .field {
      font-size: 1rem;
    }
  }
  @media (forced-colors: active) {
    .pill {
      border: 1px solid;
    }
    .tabs a[aria-current="page"] {
      border-color: Highlight;
    }
  }
`;

/** The styles of a view, and of the parts that look like views. */
export const view = [base, viewStyles];
