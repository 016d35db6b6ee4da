// `window.causerie`: the commands of a page to the chat. Before the script is loaded it is an array that the page fills; afterwards each
// command runs at once.
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

/** What `window.causerie` offers. Each method may also be called by `push(["open"])`, before and after the script is loaded. */
export interface CauserieApi extends Actions, Settings {
  /** The element of the chat; `undefined` on a page with `data-chat="none"`. */
  readonly element: CauserieChat | undefined;
  push(...commands: Command[]): void;
  /** Calls `listener` with the detail of an event: `ready`, `open`, `close`, `unread`, `message` or `error`. */
  on(event: string, listener: (detail: never) => void): void;
}

/** Makes `window.causerie`. `chat` returns the element of the page. */
export function makeApi(chat: () => CauserieChat | undefined): CauserieApi {
  const methods: Record<string, unknown> = {
    get element() {
      return chat();
    },
    on(event: string, listener: (detail: unknown) => void): void {
      if (!(events as readonly string[]).includes(event)) throw new TypeError(`there is no event \`${event}\``);
      document.addEventListener(`causerie-${event}`, ({ detail }: CustomEventInit) => listener(detail));
      // What has happened before is reported, too.
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
          // A mistake in one command does not keep the others from running.
          console.error("causerie:", thrown);
        }
      }
    },
  };
  // biome-ignore lint/suspicious/noExplicitAny: the names are those of members of the element.
  const element = chat as () => any;
  // On a page without a chat, the hub has `setToken` and `logout`.
  for (const name of actions) methods[name] = (...args: unknown[]) => (element() ?? hub)[name]?.(...args);
  for (const name of settings) {
    methods[name] = (value: unknown) => {
      element()[name] = value;
    };
  }
  return methods as unknown as CauserieApi;
}
