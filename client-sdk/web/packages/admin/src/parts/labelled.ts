import { html } from "lit";

/** What is shown with a control beside its label. */
export interface Around {
  readonly hint?: unknown;
  /** Why the value is wrong; shown in place of the hint. */
  readonly wrong?: unknown;
  /** Further classes of the box. */
  readonly box?: string;
}

/**
 * A control with a label above it and a hint or error below it. The control has this `id`, and `aria-describedby` with `${id}-about` if there is
 * a hint or an error.
 */
export function labelled(id: string, label: string, control: unknown, { hint, wrong, box = "" }: Around = {}): unknown {
  const about = wrong
    ? html`<span class="wrong" role="alert">${wrong}</span>`
    : hint
      ? html`<span class="hint">${hint}</span>`
      : "";
  return html`<div class="label ${box}"><label for=${id}>${label}</label>${control}<span id="${id}-about">${about}</span></div>`;
}
