// The entry point of the page: chooses the language, the user and the route, and shows the messenger or the choice of users.
import { setLanguage } from "@causerie/ui/i18n";
import "@causerie/ui/messenger";
import type { Messenger } from "@causerie/ui/messenger";
import type { Client } from "causerie";
import { identityIn } from "./demo.js";
import { firstToken } from "./handover.js";
import { currentRoute, goTo, linkTo, replaceRoute } from "./navigation.js";
import { PageSignals } from "./page-signals.js";
import { signIn, signInWith } from "./sign-in.js";

type Strings = Awaited<ReturnType<typeof setLanguage>>;

const parameters = new URLSearchParams(location.search);
const identity = identityIn(parameters);
const requested = parameters.get("lang");
const preferred = requested ? [requested, ...navigator.languages] : navigator.languages;
const language = setTexts();

/** Loads the texts of the messenger and, for a demo tenant that has its own rules, the texts about these rules. */
async function setTexts(): Promise<Strings> {
  if (!identity || identity.tenant === "demo") return setLanguage(preferred);
  const own = await import("./demo-texts.js").then(({ textsOf }) => textsOf(identity.tenant)).catch(() => ({}));
  return setLanguage(preferred, own);
}

async function open(client: Client): Promise<void> {
  const signals = new PageSignals();
  const messenger = document.createElement("causerie-messenger") as Messenger;
  messenger.client = client;
  messenger.route = currentRoute();
  messenger.addressOf = linkTo;
  messenger.addEventListener("causerie-navigate", (event) => {
    const { detail } = event as CustomEvent<string>;
    if (goTo(detail)) messenger.route = detail;
  });
  messenger.addEventListener("causerie-redirect", (event) => {
    const { detail } = event as CustomEvent<string>;
    replaceRoute(detail);
    messenger.route = detail;
  });
  messenger.addEventListener("causerie-title", (event) => {
    signals.shown = (event as CustomEvent<string>).detail;
  });
  addEventListener("popstate", () => {
    messenger.route = currentRoute();
  });
  client.on("unread", (total) => {
    signals.unread = total;
  });
  client.on("error", (error) => console.warn(`${error.name}: ${error.message}`));
  client.connect();
  // The texts load while the client connects.
  await language;
  document.body.append(messenger);
}

async function start(): Promise<void> {
  const token = identity ? undefined : await firstToken();
  if (identity) await open(signIn(identity));
  else if (token) await open(signInWith(token));
  else {
    await Promise.all([language, import("./user-chooser.js")]);
    document.body.append(document.createElement("causerie-user-chooser"));
  }
  const { locale, direction } = await language;
  Object.assign(document.documentElement, { lang: locale, dir: direction });
  // The page has started: remove the text for a page that can't start.
  document.querySelector(".not-started")?.remove();
}

// No `await` here: modules that are loaded later import this module, and would wait until its evaluation has ended.
void start();
