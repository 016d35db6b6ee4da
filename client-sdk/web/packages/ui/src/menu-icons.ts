// The icons of the menu of a message, which is loaded after the first messages.
import { icon } from "./icons.js";

export const linkIcon = icon(
  "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1.5 1.5M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1.5-1.5",
);
export const infoIcon = icon("M12 20.500a8.500 8.500 0 1 1 0-17 8.500 8.500 0 0 1 0 17zM12 11v5M12 8h.01");
export const copyIcon = icon("M9 9h11v11H9zM15 9V4H4v11h5");
