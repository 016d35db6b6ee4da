// The icons of the parts that are loaded after the list of conversations.
import { html, type TemplateResult } from "lit";
import { icon } from "./icons.js";

/** An icon that points in the reading direction: it is mirrored in right-to-left pages. */
function directedIcon(d: string): TemplateResult {
  return html`<svg class="icon directed" viewBox="0 0 24 24" aria-hidden="true"><path d=${d}></path></svg>`;
}

export const backIcon = directedIcon("M15 5l-7 7 7 7");
export const sendIcon = icon("M4.5 12h7M4.5 4.5l16 7.5-16 7.5 2.6-7.5z");
export const closeIcon = icon("M6 6l12 12M18 6L6 18");
export const moreIcon = icon("M6 12h.01M12 12h.01M18 12h.01");
export const downIcon = icon("M12 5v14M6 13l6 6 6-6");
export const editIcon = icon("M4 20h4L19 9l-4-4L4 16zM13 7l4 4");
export const smileIcon = icon(
  "M12 20.500a8.500 8.500 0 1 1 0-17 8.500 8.500 0 0 1 0 17zM8.500 14a4.200 4.200 0 0 0 7 0M9 9.500h.01M15 9.500h.01",
);
export const deleteIcon = icon("M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5");
export const archiveIcon = icon("M4 8.5V20h16V8.500M3 4h18v4.500H3zM10 12.500h4");
export const reopenIcon = icon("M4 12a8 8 0 1 0 2.500-5.800L4 8.500M4 4v4.500h4.500");
export const leaveIcon = directedIcon("M10 4H5v16h5M15 8l4 4-4 4M19 12H9.500");
export const blockIcon = icon("M12 20.5a8.500 8.500 0 1 1 0-17 8.500 8.500 0 0 1 0 17zM6 6l12 12");
export const unreadIcon = icon(
  "M20.5 11.5V18h-17V6.500h10.500M4 7.500l8 5.500 3.500-2.400M19 8a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
);
export const bellIcon = icon("M6 16V11a6 6 0 0 1 12 0v5l1.500 2h-15zM10 20.500a2.200 2.200 0 0 0 4 0");
export const soundIcon = icon(
  "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11",
);
export const clockIcon = icon("M12 20a8 8 0 1 1 0-16 8 8 0 0 1 0 16zM12 8v4l2.5 2");
export const checkIcon = icon("M5 12.5l4.5 4.5L19 7.5");
export const checksIcon = icon("M2 12.5L6.5 17 15 8M11.5 16.5l.5.5L21 8");
export const alertIcon = icon("M12 20a8 8 0 1 1 0-16 8 8 0 0 1 0 16zM12 8v4.5M12 15.7h.01");
