import type { Client } from "causerie";
import { createElement, type ReactElement } from "react";
import {
  CauserieProvider,
  useCapabilities,
  useConnectionState,
  useConversations,
  useHistory,
  useUnread,
} from "../../src/index.js";

function Counts(): ReactElement {
  const { conversations } = useConversations();
  const { messages } = useHistory("c1");
  const counts = [conversations.length, messages.length, useUnread(), useCapabilities("c1").size];
  return createElement("p", null, [useConnectionState().name, ...counts].join(" "));
}

/** A page that shows how much the client has of each kind. */
export function Chat({ client }: { client: Client | undefined }): ReactElement {
  return createElement(CauserieProvider, { client }, createElement(Counts));
}
