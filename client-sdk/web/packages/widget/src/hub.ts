// The state that all elements of a page share: how to sign in, the session, the number of unread messages. It loads the session, with the
// SDK, when an element needs it or, at the latest, when the page has loaded and is idle.

import { badgeText, icon, make, style } from "./element.js";
import type { Session } from "./session.js";
import { choose, type Dictionaries, type LauncherTexts, launcherTexts, type Overrides } from "./texts.js";

/** Returns a token that the back end of the page signed for its user. */
export type GetToken = () => Promise<string> | string;

/** How the page signs in. */
export interface SignIn {
  /** The address of the chat server, such as `https://chat.example.org`. */
  server: string;
  /** An address of the page's back end that answers with a token, as text or as JSON with a field `token`. */
  tokenUrl?: string | undefined;
  /** Returns a token; used in place of `tokenUrl`. */
  getToken?: GetToken | undefined;
}

/** What the panel shows: the id of a conversation, `to/` and the id of a user, or nothing for the list. */
export type Route = string;

/** An element that shows conversations. */
export interface ChatPanel extends HTMLElement {
  open(route?: Route): unknown;
  /** Whether the panel is open. */
  readonly isOpen: boolean;
  /** What it shows. */
  conversation: Route;
  /** The signals for a new message in another window: `sound`, `desktop`. */
  readonly notifications?: string;
}

/** State that survives a change of page within the same tab. */
interface Kept {
  unread?: number;
  open?: boolean;
  route?: Route;
}

/** The name under which the browser stores the state of this tab. */
const keptName = "causerie.widget";

function keptState(): Kept {
  try {
    return JSON.parse(sessionStorage.getItem(keptName) ?? "{}") as Kept;
  } catch {
    // The browser stores nothing for this site.
    return {};
  }
}

class Hub {
  readonly signIn: SignIn = { server: "" };
  session: Session | undefined;
  /** Unread messages, as last counted by the server for this tab. */
  unread = keptState().unread ?? 0;
  /** The user has no token: nothing is shown. */
  signedOut = false;
  /** The language that the page chooses; empty for the language of its document. */
  locale = "";
  /** Texts of the page in place of the own texts. */
  strings: Overrides = {};
  /** The own texts in a language that the session has loaded. */
  loaded: Overrides = {};
  /** The panel in which contact buttons open a conversation. */
  panel: ChatPanel | undefined;

  /** For modules that are loaded later. They can't import from the launcher, which is a classic script. */
  readonly tools = { badgeText, icon, make, style } as const;

  readonly #listeners = new Set<() => void>();
  #starting: Promise<Session> | undefined;
  #users = 0;
  /** Counts the sessions, because a session may be ended while its code loads. */
  #number = 0;

  /** Languages, preferred ones first; empty texts between them name none. */
  get languages(): readonly string[] {
    return [this.locale, document.documentElement.lang, ...navigator.languages];
  }

  /** The texts in the language of the page, with the texts of the page. */
  choose<Texts>(dictionaries: Dictionaries<Texts>): Texts {
    return choose(dictionaries, this.languages, { ...this.loaded, ...this.strings });
  }

  get texts(): LauncherTexts {
    return this.choose(launcherTexts);
  }

  /** Calls `listener` when the session, the number of unread messages or the texts change. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** An element is in the page. The session starts when the page is idle, and ends when no element was in the page for some time. */
  retain(): void {
    if (this.#users++ || this.#starting) return;
    const idle = (): void => {
      const run = (): void => {
        if (this.#users) void this.start().catch(() => {});
      };
      // Safari has no such function.
      if ("requestIdleCallback" in globalThis) requestIdleCallback(run, { timeout: 2_000 });
      else setTimeout(run, 200);
    };
    if (document.readyState === "complete") idle();
    else addEventListener("load", idle, { once: true });
  }

  release(): void {
    if (--this.#users) return;
    // A router that replaces the page removes the element and inserts it again.
    setTimeout(() => this.#users || this.stop(), 10_000);
  }

  /** Returns the session; loads it when there is none. Rejects while the user is signed out. */
  async start(): Promise<Session> {
    const { server, tokenUrl, getToken } = this.signIn;
    if (this.signedOut || !server || !(tokenUrl || getToken)) throw new Error("no server or token");
    return (this.#starting ??= this.#load());
  }

  async #load(): Promise<Session> {
    const number = ++this.#number;
    try {
      const { Session } = await import("./session.js");
      if (number !== this.#number) throw new Error("ended");
      const session = new Session(this);
      this.session = session;
      session.start();
      this.changed();
      return session;
    } catch (thrown) {
      if (number === this.#number) this.#starting = undefined;
      throw thrown;
    }
  }

  /** Ends the session. */
  stop(): void {
    this.#number++;
    this.session?.stop();
    this.session = this.#starting = undefined;
    this.setUnread(0);
    this.changed();
  }

  /** Ends the session, and removes what the browser stores for the user: for all users when the user is not known yet. */
  logout(): void {
    // An id is a UUID: none of its characters has a meaning in a pattern.
    const stored = RegExp(`^causerie.(draft|widget)/${this.session?.client.me?.id ?? ""}`);
    this.signedOut = true;
    this.stop();
    try {
      sessionStorage.removeItem(keptName);
      for (const key of Object.keys(localStorage)) if (stored.test(key)) localStorage.removeItem(key);
    } catch {
      // The browser stores nothing for this site.
    }
  }

  /** Uses another token from now on; without an argument, asks for one again. The user may be another one. */
  setToken(token?: string | GetToken): void {
    if (token) this.signIn.getToken = typeof token === "string" ? () => token : token;
    this.signedOut = false;
    if (this.session) this.session.tokenChanged();
    else void this.start().catch(() => {});
    this.changed();
  }

  /** Dispatches an event of the chat: on the panel or, when there is none, on the document. */
  fire(name: string, detail?: unknown): void {
    const target = this.panel?.isConnected ? this.panel : document;
    target.dispatchEvent(new CustomEvent(`causerie-${name}`, { detail, bubbles: true, composed: true }));
  }

  setUnread(count: number): void {
    if (count === this.unread) return;
    this.unread = count;
    this.keep({ unread: count });
    this.changed();
    this.fire("unread", count);
  }

  /** What `keep` stored in this tab. */
  get kept(): Kept {
    return keptState();
  }

  keep(state: Kept): void {
    try {
      sessionStorage.setItem(keptName, JSON.stringify({ ...keptState(), ...state }));
    } catch {
      // The state ends with the page.
    }
  }
}

/** The type of the hub, for modules that are loaded later and get it as an argument. They import no code of the launcher. */
export type { Hub };

/** The hub of this page. */
export const hub = new Hub();
