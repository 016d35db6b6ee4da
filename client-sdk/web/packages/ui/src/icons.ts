// Line icons on a 24-unit grid, drawn in the colour of the text around them. Those of menus and later parts are in `menu-icons.ts`.
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
export const backIcon = directedIcon("M15 5l-7 7 7 7");
export const sendIcon = icon("M4.5 12h7M4.5 4.5l16 7.5-16 7.5 2.6-7.5z");
export const closeIcon = icon("M6 6l12 12M18 6L6 18");
export const moreIcon = icon("M6 12h.01M12 12h.01M18 12h.01");
export const editIcon = icon("M4 20h4L19 9l-4-4L4 16zM13 7l4 4");
export const smileIcon = icon(
  "M12 20.500a8.500 8.500 0 1 1 0-17 8.500 8.500 0 0 1 0 17zM8.500 14a4.200 4.200 0 0 0 7 0M9 9.500h.01M15 9.500h.01",
);
export const groupIcon = icon(
  "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5a6.5 6.5 0 0 1 3.5 5.5",
);
export const noteIcon = icon("M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h4");
export const clockIcon = icon("M12 20a8 8 0 1 1 0-16 8 8 0 0 1 0 16zM12 8v4l2.5 2");
export const checkIcon = icon("M5 12.5l4.5 4.5L19 7.5");
export const checksIcon = icon("M2 12.5L6.5 17 15 8M11.5 16.5l.5.5L21 8");
export const alertIcon = icon("M12 20a8 8 0 1 1 0-16 8 8 0 0 1 0 16zM12 8v4.5M12 15.7h.01");
export const chatIcon = icon("M12 20a8 8 0 1 1 8-8c0 1.5-.4 2.9-1.1 4.1L20 20l-4-.9A8 8 0 0 1 12 20z");
