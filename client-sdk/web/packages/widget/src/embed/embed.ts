// The page in a frame of another site. The site signs in by messages: the frame asks for a token, and the parent answers. A frame keeps the
// chat apart from the scripts of the site.
//
// From the frame: `{ causerie: "token" }`, `{ causerie: "ready" }`, `{ causerie: "unread", count }`, `{ causerie: "open", route }`,
// `{ causerie: "error", name, message }`. To the frame: `{ causerie: "token", token }`, `{ causerie: "open", route }`.
import { setLanguage } from "@causerie/ui/i18n";
import "@causerie/ui/messenger";
import type { Messenger } from "@causerie/ui/messenger";
import { Client, sdkVersion } from "causerie";

const parameters = new URLSearchParams(location.search);
const requested = parameters.get("locale");
document.documentElement.dataset.theme = parameters.get("theme") ?? "auto";

/** Whether the page is in a frame. Its parent is the only window that it talks to. */
const isFramed = window.parent !== window;

function tell(causerie: string, detail: Readonly<Record<string, unknown>> = {}): void {
  // To a parent of any origin: which sites may frame this page is decided by the server, and no message has a secret or a text of a user.
  if (isFramed) window.parent.postMessage({ causerie, ...detail }, "*");
}

/** The token requests that have no answer yet. */
const waiting = new Set<(token: string) => void>();
/** The client asks again when the page has not answered in this time, in milliseconds. */
const answerMsMax = 10_000;

function requestToken(): Promise<string> {
  return new Promise((resolve, reject) => {
    waiting.add(resolve);
    setTimeout(() => {
      waiting.delete(resolve);
      reject(new Error("the page around the chat gave no token"));
    }, answerMsMax);
    tell("token");
  });
}

async function start(): Promise<void> {
  const language = setLanguage(requested ? [requested, ...navigator.languages] : navigator.languages);
  // The page lies in `embed` on the server, which may be at a path of a site.
  const url = new URL("../v1/ws", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const client = new Client({
    url: url.href,
    getToken: requestToken,
    client: { name: "causerie-embed", version: sdkVersion },
  });
  const messenger = document.createElement("causerie-messenger") as Messenger;
  messenger.client = client;
  messenger.embedded = true;
  // The focus may be in the page around the frame.
  messenger.keepFocus = true;
  messenger.route = parameters.get("conversation") ?? "";
  const go = (route: string): void => {
    messenger.route = route;
    tell("open", { route });
  };
  for (const event of ["pointerdown", "keydown"]) {
    addEventListener(event, () => {
      messenger.keepFocus = false;
    });
  }
  for (const name of ["causerie-navigate", "causerie-redirect"]) {
    messenger.addEventListener(name, (event) => go((event as CustomEvent<string>).detail));
  }
  addEventListener(
    "message",
    ({ source, data }: MessageEvent<{ causerie?: unknown; token?: unknown; route?: unknown } | null>) => {
      if (source !== window.parent || !data) return;
      if (data.causerie === "token" && typeof data.token === "string") {
        const { token } = data;
        for (const resolve of waiting) resolve(token);
        waiting.clear();
        // A token that the parent sends unasked: the user has signed in again.
        if (client.state.name === "closed") client.connect();
      }
      if (data.causerie === "open" && typeof data.route === "string") messenger.route = data.route;
    },
  );
  let isReady = false;
  client.on("state", ({ name }) => {
    if (name !== "connected" || isReady) return;
    isReady = true;
    tell("ready");
  });
  client.on("unread", (count) => tell("unread", { count }));
  client.on("error", ({ name, message }) => tell("error", { name, message }));
  client.connect();
  const { locale, direction } = await language;
  Object.assign(document.documentElement, { lang: locale, dir: direction });
  document.body.append(messenger);
}

void start();
