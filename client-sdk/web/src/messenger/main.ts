// The page: in which language, as whom, at which conversation. The rest is components.
import { setLanguage } from "../ui/i18n/index.js";
import "../ui/messenger.js";
import type { Messenger } from "../ui/messenger.js";
import { type DemoIdentity, identityIn } from "./demo.js";
import "./people-chooser.js";
import { signIn } from "./sign-in.js";

const name = "Causerie";
const parameters = new URLSearchParams(location.search);
const asked = parameters.get("lang");
document.documentElement.lang = setLanguage(asked ? [asked, ...navigator.languages] : navigator.languages).locale;

/** The conversation is the part of the address after `#`, so that "back" and "reload" do what they say. */
function currentConversation(): string {
  return decodeURIComponent(location.hash.slice(1));
}

function open(identity: DemoIdentity): void {
  const client = signIn(identity);
  const messenger = document.createElement("causerie-messenger") as Messenger;
  messenger.client = client;
  messenger.current = currentConversation();
  messenger.addEventListener("causerie-open", (event) => {
    location.hash = encodeURIComponent((event as CustomEvent<string>).detail);
  });
  addEventListener("hashchange", () => {
    messenger.current = currentConversation();
  });
  client.on("unread", (total) => {
    document.title = total > 0 ? `(${total}) ${name}` : name;
  });
  client.on("error", (error) => console.warn(`${error.name}: ${error.message}`));
  client.connect();
  document.body.append(messenger);
}

const identity = identityIn(parameters);
if (identity) open(identity);
else document.body.append(document.createElement("causerie-people-chooser"));
