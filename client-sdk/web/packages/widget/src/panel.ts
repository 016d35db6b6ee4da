// The content of the panel: the messenger of `@causerie/ui`. Loaded when the panel is opened for the first time.
import { setLanguage } from "@causerie/ui/i18n";
import "@causerie/ui/messenger";
import type { Messenger } from "@causerie/ui/messenger";
import type { Client } from "causerie";
import type { Route } from "./hub.js";
import type { Overrides } from "./texts.js";

/** A text in place of a function: `{0}` and `{1}` stand for the arguments. */
function replaced(original: unknown, text: string): unknown {
  if (typeof original !== "function") return text;
  return (...args: unknown[]) => text.replace(/\{(\d)\}/g, (all, at: number) => String(args[at] ?? all));
}

export class Panel {
  readonly element: HTMLElement;
  /** Called when the user goes to another route. */
  onRoute: (route: Route) => void = () => {};

  readonly #messenger: Messenger;

  /** Loads the texts, and makes the messenger. */
  static async create(client: Client, languages: readonly string[], strings: Overrides): Promise<Panel> {
    const texts = await setLanguage(languages);
    const own = Object.entries(strings).map(([name, text]) => [name, replaced(texts[name as keyof typeof texts], text)]);
    if (own.length) await setLanguage(languages, { [texts.locale]: Object.fromEntries(own) });
    return new Panel(client);
  }

  private constructor(client: Client) {
    const messenger = document.createElement("causerie-messenger") as Messenger;
    messenger.client = client;
    messenger.embedded = true;
    messenger.setAttribute("exportparts", "conversation,header,bubble,own-bubble,composer");
    for (const name of ["causerie-navigate", "causerie-redirect"]) {
      messenger.addEventListener(name, (event) => this.onRoute((event as CustomEvent<Route>).detail));
    }
    this.#messenger = messenger;
    this.element = messenger;
  }

  go(route: Route): void {
    this.#messenger.route = route;
  }

  /** Whether the messenger leaves the focus where it is, outside of it. */
  keepFocus(keep: boolean): void {
    this.#messenger.keepFocus = keep;
  }
}
