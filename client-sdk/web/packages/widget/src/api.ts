// `window.causerie`: the object through which a page sends commands to the chat. Before the script is loaded, it is an array to which the page
// adds commands. After the script is loaded, each command runs at once.
import type { CauserieChat } from "./chat.js";
import { hub } from "./hub.js";

const actions = ["open", "close", "toggle", "setToken", "logout"] as const;
const settings = [
  "locale",
  "theme",
  "position",
  "launcher",
  "conversation",
  "keepOpen",
  "notifications",
  "strings",
  "getToken",
] as const;
const events = ["ready", "open", "close", "unread", "message", "error"] as const;

/** A command: its name and its arguments. */
export type Command = readonly [name: string, ...args: unknown[]];

type Actions = Pick<CauserieChat, (typeof actions)[number]>;
type Settings = { [Name in (typeof settings)[number]]: (value: CauserieChat[Name]) => void };

/**
 * The type of `window.causerie`. A page can also call a method by its name, for example with `push(["open"])`, before and after the script is
 * loaded.
 */
export interface CauserieApi extends Actions, Settings {
  /** The element of the chat; `undefined` on a page with `data-chat="none"`. */
  readonly element: CauserieChat | undefined;
  /** Runs commands in their order. If a command fails, the console shows the error, and the next command runs. */
  push(...commands: Command[]): void;
  /**
   * Calls `listener` with the detail of each event of this name: `ready`, `open`, `close`, `unread`, `message` or `error`. Throws a
   * `TypeError` for another name.
   */
  on(event: string, listener: (detail: never) => void): void;
}

/** Makes the object for `window.causerie`. `chat` returns the chat element of the page, or `undefined` if the page has none. */
export function makeApi(chat: () => CauserieChat | undefined): CauserieApi {
  const methods: Record<string, unknown> = {
    get element() {
      return chat();
    },
    on(event: string, listener: (detail: unknown) => void): void {
      if (!(events as readonly string[]).includes(event)) throw new TypeError(`there is no event \`${event}\``);
      document.addEventListener(`causerie-${event}`, ({ detail }: CustomEventInit) => listener(detail));
      // If the user signed in before this call, the listener gets the current user or unread count at once.
      const me = hub.session?.client.me;
      if (me && event === "ready") listener(me);
      if (me && event === "unread") listener(hub.unread);
    },
    push(...commands: Command[]): void {
      for (const [name, ...args] of commands) {
        try {
          const run = methods[name] as ((...args: unknown[]) => void) | undefined;
          if (!run) throw new TypeError(`there is no command \`${name}\``);
          run(...args);
        } catch (thrown) {
          // The next command runs although this command failed.
          console.error("causerie:", thrown);
        }
      }
    },
  };
  // biome-ignore lint/suspicious/noExplicitAny: each name in `actions` and `settings` is a member of the element.
  const element = chat as () => any;
  // On a page without a chat element, `hub` executes `setToken` and `logout`.
  for (const name of actions) methods[name] = (...args: unknown[]) => (element() ?? hub)[name]?.(...args);
  for (const name of settings) {
    methods[name] = (value: unknown) => {
      element()[name] = value;
    };
  }
  return methods as unknown as CauserieApi;
}
