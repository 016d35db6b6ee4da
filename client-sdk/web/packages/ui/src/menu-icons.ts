// The icons of menus and of other parts that are loaded after the first messages.
import { directedIcon, icon } from "./icons.js";

export const linkIcon = icon(
  "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1.5 1.5M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1.5-1.5",
);
export const infoIcon = icon("M12 20.500a8.500 8.500 0 1 1 0-17 8.500 8.500 0 0 1 0 17zM12 11v5M12 8h.01");
export const copyIcon = icon("M9 9h11v11H9zM15 9V4H4v11h5");
export const downIcon = icon("M12 5v14M6 13l6 6 6-6");
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
