import "@causerie/widget";
import type { CauserieChat as ChatElement, GetToken, Overrides } from "@causerie/widget";
import type { CauserieError, ClientEvents, User } from "causerie";
import { createElement, type ReactElement, useState } from "react";
import { type ElementListener, type ElementProps, useCommit, useElement, useLatest, useListeners } from "./element.js";

/** The properties of `CauserieChat` that HTML does not have. The README of `@causerie/widget` describes the settings. */
interface ChatSettings {
  /** The address of the chat server. */
  readonly server: string;
  /** Returns a token that your back end signed. May be a new function at each render: the last one is called. */
  readonly getToken?: GetToken | undefined;
  /** The address that answers with a token, in place of `getToken`. */
  readonly tokenUrl?: string | undefined;
  /** `en` or `fr`. Default: the language of the page. */
  readonly locale?: string | undefined;
  /** Default: `auto`, as the user's device. */
  readonly theme?: "light" | "dark" | "auto" | undefined;
  /** `right`, the default, or `left`, and the distances to the side and to the bottom in pixels: `left 24 80`. */
  readonly position?: string | undefined;
  /** `always`, the default, `never`, or a selector of elements of the page that open the panel. */
  readonly launcher?: string | undefined;
  /** The id of the conversation that the panel shows. Default: the list. */
  readonly conversation?: string | undefined;
  /** Whether the panel opens again on the next page of the same tab. */
  readonly keepOpen?: boolean | undefined;
  /** How a message that is not visible is announced: `sound`, `desktop`, or both. Default: not at all. */
  readonly notifications?: string | undefined;
  /** Your texts, by their names. May be a new object at each render. */
  readonly strings?: Overrides | undefined;
  /** The user, after the first connection. At once for a component that is mounted later. */
  readonly onReady?: ElementListener<User> | undefined;
  /** The panel was opened. */
  readonly onOpen?: ElementListener<null> | undefined;
  /** The panel was closed. */
  readonly onClose?: ElementListener<null> | undefined;
  /** The number of unread messages. At once for a component that is mounted after the first connection. */
  readonly onUnread?: ElementListener<number> | undefined;
  /** A new message. */
  readonly onMessage?: ElementListener<ClientEvents["message"]> | undefined;
  /** An error of the SDK, or one that was thrown while a part of the chat was loaded. */
  readonly onError?: ElementListener<CauserieError | Error> | undefined;
}

/** The properties of `CauserieChat`. */
export type CauserieChatProps = ElementProps<ChatElement, ChatSettings>;

/**
 * The launcher and the panel: `<causerie-chat>`. A page has one. The session of the page outlives the component by 10 seconds, so that the next
 * page of the application takes it over.
 */
export function CauserieChat(props: CauserieChatProps): ReactElement {
  const { ref, className, server, getToken, tokenUrl, locale, theme, position, launcher, conversation, ...more } = props;
  const { keepOpen, notifications, strings, onReady, onOpen, onClose, onUnread, onMessage, onError, ...others } = more;
  const element = useElement(ref);
  useListeners(element, { onReady, onOpen, onClose, onUnread, onMessage, onError });

  // One function for all renders: the element requests a token when it gets another one.
  const latest = useLatest(getToken);
  const [callLatest] = useState<GetToken>(() => () => latest.current?.() ?? "");
  const token = getToken && callLatest;
  const texts = JSON.stringify(strings ?? {});

  useCommit(() => {
    const chat = element.current;
    // React sets no functions on an element whose HTML comes from a server.
    if (chat && chat.getToken !== token) chat.getToken = token;
  }, [token]);

  useCommit(() => {
    const chat = element.current;
    if (chat && JSON.stringify(chat.strings) !== texts) chat.strings = JSON.parse(texts) as Overrides;
  }, [texts]);

  useCommit(() => {
    const chat = element.current;
    // The session may be older than this component, which has then missed these events.
    if (!chat?.user) return;
    chat.dispatchEvent(new CustomEvent("causerie-ready", { detail: chat.user }));
    chat.dispatchEvent(new CustomEvent("causerie-unread", { detail: chat.unread }));
  }, []);

  return createElement("causerie-chat", {
    ...others,
    ref: element,
    class: className,
    server,
    // As a property before the element is in the page: there, it would start the session at once, and not when the page is idle.
    getToken: token,
    "token-url": tokenUrl,
    locale,
    theme,
    position,
    launcher,
    conversation,
    "keep-open": keepOpen ? "" : undefined,
    notifications,
  });
}
