// Line icons on a 24-unit grid, drawn in the colour of the text around them. This file has the icons of the list of conversations.
import { html, type TemplateResult } from "lit";

/** An icon from the commands of a path. */
export function icon(d: string): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${d}></path></svg>`;
}

/** An icon that points in the reading direction: it is mirrored in right-to-left pages. */
export function directedIcon(d: string): TemplateResult {
  return html`<svg class="icon directed" viewBox="0 0 24 24" aria-hidden="true"><path d=${d}></path></svg>`;
}

export const plusIcon = icon("M12 5v14M5 12h14");
export const groupIcon = icon(
  "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5a6.5 6.5 0 0 1 3.5 5.5",
);
export const noteIcon = icon("M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h4");
export const chatIcon = icon("M12 20a8 8 0 1 1 8-8c0 1.5-.4 2.9-1.1 4.1L20 20l-4-.9A8 8 0 0 1 12 20z");
