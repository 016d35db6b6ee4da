// The signed-in user of a page: a client, what the elements show of it, and what the browser stores for the user. This module is loaded when
// the page is idle, with the SDK and the small elements. It gets the hub as an argument, because it must not import the launcher again.
import { Client, localStorageOutbox, type OutboxStore, sdkVersion } from "causerie";
import { defineContact } from "./contact.js";
import type { Hub } from "./hub.js";
import type { Arrival } from "./notifications.js";
import type { Peek } from "./peek.js";
import { Tabs } from "./tabs.js";
import type { Overrides } from "./texts.js";
import { requestToken, subjectOf } from "./token.js";
import { defineUnread } from "./unread.js";

/** The prefix of all names under which the browser stores something for the widget. */
const prefix = "causerie.widget";

function storage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

/** The address of the socket of a server, which may be at a path of a site. */
function socketOf(server: string): string {
  const url = new URL("v1/ws", server.endsWith("/") ? server : `${server}/`);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

export class Session {
  readonly client: Client;
  readonly #hub: Hub;
  /** The id of the user, known with the first connection. The browser's data are stored under this name. */
  readonly #userId: Promise<string>;
  #resolveUserId!: (id: string) => void;
  readonly #outbox: OutboxStore | undefined;
  /** The user of the first token. */
  #subject: string | undefined;
  #tabs: Tabs | undefined;
  #isReady = false;
  /** Loaded with the first message of another user. */
  #arrivals: typeof import("./arrivals.js") | undefined;
  #peek: Peek | undefined;
  readonly #unwatch: () => void;

  constructor(hub: Hub) {
    this.#hub = hub;
    this.#userId = new Promise((resolve) => {
      this.#resolveUserId = resolve;
    });
    this.#outbox = storage() && this.#makeOutbox();
    defineContact(hub);
    defineUnread(hub);
    this.#unwatch = hub.watch(() => void this.loadTexts());
    this.client = new Client({
      url: socketOf(hub.signIn.server),
      getToken: () => this.#token(),
      client: { name: "causerie-widget", version: sdkVersion },
      ...(this.#outbox && { outboxStore: this.#outbox }),
    });
  }

  /** Loads the texts of the widget, if the page is in a language that the launcher does not have. */
  async loadTexts(): Promise<void> {
    const hub = this.#hub;
    // The list has an entry in Arabic after entries in unknown languages only.
    const isArabic = /^((?!(en|fr)\b)[^,]*,)*ar\b/i.test(hub.languages.join());
    // If the file can't be loaded, the texts are in English.
    const texts: Overrides = isArabic ? await import("./texts-ar.js").then(({ ar }) => ar).catch(() => ({})) : {};
    if (texts.direction === hub.loaded.direction) return;
    hub.loaded = texts;
    // Calls this method again: the language may have changed meanwhile.
    hub.changed();
  }

  start(): void {
    const { client } = this;
    void this.loadTexts();
    client.on("state", ({ name }) => {
      if (name === "connected") this.#connected();
      if (name === "closed") this.#closed();
    });
    client.on("unread", (count) => this.#counted(count));
    client.on("message", (detail) => {
      this.#fire("message", detail);
      const { conversation, message } = detail;
      if (message.authorId === client.me?.id || !this.#tabs) return;
      const { panel } = this.#hub;
      const isSeen = document.hasFocus() && panel?.isOpen === true && panel.conversation === conversation.id;
      void this.#arrived({ ...detail, isSeen }, this.#tabs).catch(() => {});
    });
    client.on("error", (error) => {
      // A visitor who is not signed in is no problem.
      if (error.name !== "unauthenticated") console.error(error.name, error.message);
      this.#fire("error", error);
    });
    client.connect();
  }

  /** The panel was opened, by the user or not. After a received message, the user knows what notifications are for. */
  opened(byUser: boolean): void {
    this.#peek?.hide();
    if (byUser && this.#hub.panel?.notifications?.includes("desktop")) this.#arrivals?.askForNotifications();
  }

  /** Disconnects for good. */
  stop(): void {
    this.#unwatch();
    this.client.disconnect();
    this.#outbox?.close?.();
    this.#peek?.hide();
    this.#tabs?.close();
  }

  /** The page has another token. */
  async tokenChanged(): Promise<void> {
    const token = await requestToken(this.#hub.signIn).catch(() => "");
    if (token && subjectOf(token) !== this.#subject) this.#replace();
    else if (this.client.state.name === "closed") this.client.connect();
  }

  /** Ends this session, because the page has another user, and starts the next. */
  #replace(): void {
    const hub = this.#hub;
    // Ended meanwhile.
    if (hub.session !== this) return;
    // The panel begins with the list.
    if (hub.panel) hub.panel.conversation = "";
    hub.stop();
    void hub.start().catch(() => {});
  }

  async #arrived(arrival: Arrival, tabs: Tabs): Promise<void> {
    const { conversation, message, isSeen } = arrival;
    this.#arrivals ??= await import("./arrivals.js");
    this.#peek ??= new this.#arrivals.Peek(this.#hub);
    if (!isSeen) this.#peek.show(conversation, message);
    const { panel } = this.#hub;
    await this.#arrivals.announce(arrival, panel?.notifications ?? "", tabs, () => panel?.open(conversation.id));
  }

  async #token(): Promise<string> {
    const token = await requestToken(this.#hub.signIn);
    const subject = subjectOf(token);
    this.#subject ??= subject;
    if (subject === this.#subject) return token;
    this.#replace();
    throw new Error("the token belongs to another user");
  }

  /** Unsent messages, which all tabs share. The name of the store is known with the first connection, and nothing is sent before. */
  #makeOutbox(): OutboxStore {
    const outbox = this.#userId.then(async (id) => {
      const name = `${prefix}/${id}`;
      const own = localStorageOutbox(name);
      // Loaded later than the page needs the SDK.
      return import("causerie/cache").then(({ sharedOutbox }) => sharedOutbox(own, name)).catch(() => own);
    });
    const store: OutboxStore = {
      load: async () => (await outbox).load(),
      put: async (record) => (await outbox).put(record),
      remove: async (clientId) => (await outbox).remove(clientId),
      close: () => void outbox.then(({ close }) => close?.()),
    };
    if (!navigator.locks) return store;
    return {
      ...store,
      turn: async (message, send) => {
        const { turn } = await outbox;
        return turn ? turn(message, send) : send();
      },
    };
  }

  #connected(): void {
    const { me, totalUnread } = this.client;
    if (!this.#isReady && me) {
      const name = `${prefix}/${me.id}`;
      this.#tabs = new Tabs(name, (count) => this.client.state.name !== "connected" && this.#hub.setUnread(count));
      this.#resolveUserId(me.id);
      this.#isReady = true;
      this.#fire("ready", me);
    }
    this.#counted(totalUnread);
  }

  #counted(count: number): void {
    this.#hub.setUnread(count);
    this.#tabs?.share(count);
  }

  #closed(): void {
    const { state } = this.client;
    const reason = state.name === "closed" ? state.reason : undefined;
    if (reason?.name !== "unauthenticated" || this.#isReady) return;
    this.#hub.signedOut = true;
    this.#hub.changed();
  }

  #fire(name: string, detail: unknown): void {
    this.#hub.fire(name, detail);
  }
}
