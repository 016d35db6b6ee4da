// The entry point of the page: chooses the language and shows the admin element.
import { setLanguage } from "./i18n/index.js";
import "./admin.js";

async function start(): Promise<void> {
  const requested = new URLSearchParams(location.search).get("lang");
  await setLanguage(requested ? [requested, ...navigator.languages] : navigator.languages);
  document.body.append(document.createElement("causerie-admin"));
  // The page has started: remove the text for a page that can't start.
  document.querySelector(".not-started")?.remove();
}

// Without `await` at the top level: modules that are loaded later import this module, and would wait until it has been evaluated.
void start();
