// The entry point of the npm package: defines `<causerie-chat>`, and the other elements once the session is loaded.
import { CauserieChat } from "./chat.js";
import { hub, type SignIn } from "./hub.js";

if (globalThis.customElements && !customElements.get("causerie-chat")) customElements.define("causerie-chat", CauserieChat);

/**
 * Signs in on a page without `<causerie-chat>`, for its contact buttons and unread badges. They are defined when the page is idle. Returns a
 * function that signs out.
 */
export function connect(signIn: SignIn): () => void {
  Object.assign(hub.signIn, signIn);
  hub.retain();
  return () => hub.release();
}

export type { CauserieContact, ContactDetail, Face } from "./contact.js";
export type { ChatPanel, GetToken, Route, SignIn } from "./hub.js";
export type { Overrides } from "./texts.js";
export type { CauserieUnread } from "./unread.js";
export { CauserieChat };

declare global {
  interface HTMLElementTagNameMap {
    "causerie-chat": CauserieChat;
  }
}
