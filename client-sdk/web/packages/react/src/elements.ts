// The elements of `@causerie/widget` as components. For frameworks that render components on a server: these modules run in the browser.
"use client";

export { CauserieChat, type CauserieChatProps } from "./elements/chat.js";
export { CauserieContact, type CauserieContactProps } from "./elements/contact.js";
export type { ElementListener } from "./elements/element.js";
export { CauserieUnread, type CauserieUnreadProps } from "./elements/unread.js";
