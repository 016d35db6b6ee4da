// The icons of the pane of a conversation, which is loaded after the list.
import { directedIcon, icon } from "./icons.js";

export const backIcon = directedIcon("M15 5l-7 7 7 7");
export const sendIcon = icon("M4.5 12h7M4.5 4.5l16 7.5-16 7.5 2.6-7.5z");
export const closeIcon = icon("M6 6l12 12M18 6L6 18");
export const moreIcon = icon("M6 12h.01M12 12h.01M18 12h.01");
export const editIcon = icon("M4 20h4L19 9l-4-4L4 16zM13 7l4 4");
export const smileIcon = icon(
  "M12 20.500a8.500 8.500 0 1 1 0-17 8.500 8.500 0 0 1 0 17zM8.500 14a4.200 4.200 0 0 0 7 0M9 9.500h.01M15 9.500h.01",
);
export const clockIcon = icon("M12 20a8 8 0 1 1 0-16 8 8 0 0 1 0 16zM12 8v4l2.5 2");
export const checkIcon = icon("M5 12.5l4.5 4.5L19 7.5");
export const checksIcon = icon("M2 12.5L6.5 17 15 8M11.5 16.5l.5.5L21 8");
export const alertIcon = icon("M12 20a8 8 0 1 1 0-16 8 8 0 0 1 0 16zM12 8v4.5M12 15.7h.01");
