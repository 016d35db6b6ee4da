// The entry point of the page: chooses the language, the user and the route, and shows the messenger or the choice of users.
import { setLanguage } from "@causerie/ui/i18n";
import "@causerie/ui/messenger";
import type { Messenger } from "@causerie/ui/messenger";
import { type DemoIdentity, identityIn } from "./demo.js";
import { signIn } from "./sign-in.js";

const name = "Causerie";
const parameters = new URLSearchParams(location.search);
const requested = parameters.get("lang");
const language = setLanguage(requested ? [requested, ...navigator.languages] : navigator.languages);

/** The route is the fragment of the address, so that the browser's back and reload buttons work. */
function currentRoute(): string {
  const hash = location.hash.slice(1);
  try {
    return decodeURIComponent(hash);
  } catch {
    // An invalid fragment: the messenger says that there is no such conversation.
    return hash;
  }
}

function hashOf(route: string): string {
  return route.split("/").map(encodeURIComponent).join("/");
}

async function open(identity: DemoIdentity): Promise<void> {
  const client = signIn(identity);
  const messenger = document.createElement("causerie-messenger") as Messenger;
  messenger.client = client;
  messenger.route = currentRoute();
  messenger.addEventListener("causerie-navigate", (event) => {
    location.hash = hashOf((event as CustomEvent<string>).detail);
  });
  messenger.addEventListener("causerie-redirect", (event) => {
    const { detail } = event as CustomEvent<string>;
    history.replaceState(null, "", detail ? `#${hashOf(detail)}` : location.pathname + location.search);
    messenger.route = detail;
  });
  addEventListener("hashchange", () => {
    messenger.route = currentRoute();
  });
  client.on("unread", (total) => {
    document.title = total > 0 ? `(${total}) ${name}` : name;
  });
  client.on("error", (error) => console.warn(`${error.name}: ${error.message}`));
  client.connect();
  // The texts load while the client connects.
  await language;
  document.body.append(messenger);
}

async function start(): Promise<void> {
  const identity = identityIn(parameters);
  if (identity) await open(identity);
  else {
    await Promise.all([language, import("./user-chooser.js")]);
    document.body.append(document.createElement("causerie-user-chooser"));
  }
  document.documentElement.lang = (await language).locale;
  // The page has started: remove the text for a page that can't start.
  document.querySelector(".not-started")?.remove();
}

// Without `await` at the top level: modules that are loaded later import this module, and would wait until it has been evaluated.
void start();
