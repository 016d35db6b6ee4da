// The page: in which language, as whom, at which conversation. The rest is components.
import { setLanguage } from "../ui/i18n/index.js";
import "../ui/messenger.js";
import type { Messenger } from "../ui/messenger.js";
import { type DemoIdentity, identityIn } from "./demo.js";
import { signIn } from "./sign-in.js";

const name = "Causerie";
const parameters = new URLSearchParams(location.search);
const asked = parameters.get("lang");
const language = setLanguage(asked ? [asked, ...navigator.languages] : navigator.languages);

/** What is shown is the part of the address after `#`, so that "back" and "reload" do what they say. */
function currentPlace(): string {
  const hash = location.hash.slice(1);
  try {
    return decodeURIComponent(hash);
  } catch {
    // Not one of ours: it leads nowhere, and the messenger says so.
    return hash;
  }
}

function hashOf(place: string): string {
  return place.split("/").map(encodeURIComponent).join("/");
}

async function open(identity: DemoIdentity): Promise<void> {
  const client = signIn(identity);
  const messenger = document.createElement("causerie-messenger") as Messenger;
  messenger.client = client;
  messenger.current = currentPlace();
  messenger.addEventListener("causerie-open", (event) => {
    location.hash = hashOf((event as CustomEvent<string>).detail);
  });
  messenger.addEventListener("causerie-moved", (event) => {
    const { detail } = event as CustomEvent<string>;
    history.replaceState(null, "", detail ? `#${hashOf(detail)}` : location.pathname + location.search);
    messenger.current = detail;
  });
  addEventListener("hashchange", () => {
    messenger.current = currentPlace();
  });
  client.on("unread", (total) => {
    document.title = total > 0 ? `(${total}) ${name}` : name;
  });
  client.on("error", (error) => console.warn(`${error.name}: ${error.message}`));
  client.connect();
  // Texts and connection are on their way together.
  await language;
  document.body.append(messenger);
}

async function start(): Promise<void> {
  const identity = identityIn(parameters);
  if (identity) await open(identity);
  else {
    await Promise.all([language, import("./people-chooser.js")]);
    document.body.append(document.createElement("causerie-people-chooser"));
  }
  document.documentElement.lang = (await language).locale;
  // What the page says when it can't start: it did.
  document.querySelector(".not-started")?.remove();
}

// Not awaited: parts that are loaded later import from the file this is in, and wait until it was run to its end.
void start();
