// The script of the page: `<script async src="https://chat.example.org/widget/v1.js" data-token-url="/chat-token"></script>`. A classic
// script. Its attributes `data-…` are the attributes of the chat that it adds to the page.
import { type CauserieApi, type Command, makeApi } from "./api.js";
import { keepAttached } from "./attach.js";
import { CauserieChat } from "./chat.js";
import { hub } from "./hub.js";

/** The element of this script. The build defines it. */
declare const $script: HTMLScriptElement;

const data = $script.dataset;
const tag = "causerie-chat";
const scope = window as unknown as { causerie?: CauserieApi | Command[] };

/** The chat of this script, or that of the page. */
function find(): CauserieChat | undefined {
  return CauserieChat.ofScript ?? document.querySelector<CauserieChat>(tag) ?? undefined;
}

function start(): void {
  if (data.chat === "none") hub.locale = data.locale ?? "";
  else if (!document.querySelector(tag)) {
    const chat = document.createElement(tag) as CauserieChat;
    CauserieChat.ofScript = chat;
    for (const name of CauserieChat.observedAttributes) {
      const value = $script.getAttribute(`data-${name}`);
      if (value != null) chat.setAttribute(name, value);
    }
    chat.setAttribute("of-script", "");
    keepAttached(chat);
  }
  // The page may have buttons only.
  hub.retain();
  const queued = scope.causerie;
  const api = makeApi(find);
  scope.causerie = api;
  if (Array.isArray(queued)) api.push(...queued);
}

// Some routers run the script again on each page.
if (!customElements.get(tag)) {
  // The script lies in `widget` on the chat server.
  const { server = new URL("..", $script.src).href, tokenUrl } = data;
  Object.assign(hub.signIn, { server, tokenUrl });
  customElements.define(tag, CauserieChat);
  // The page may have a chat of its own further down.
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
}
