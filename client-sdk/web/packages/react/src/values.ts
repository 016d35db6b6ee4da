import type { Capability, Client, ClientEvents, ConnectionState } from "causerie";
import { useCallback, useSyncExternalStore } from "react";
import { useClient } from "./provider.js";

const disconnected: ConnectionState = { name: "disconnected" };
const nobody: readonly string[] = [];
const nothing: ReadonlySet<Capability> = new Set();

/**
 * A value of the client, read again at each `event`. `read` must return the same value until something changes, as the properties of `Client`
 * and `History` do. It gets `undefined` without a client, on a server, and when the browser adopts the HTML of a server.
 */
export function useClientValue<Value>(event: keyof ClientEvents, read: (client: Client | undefined) => Value): Value {
  const client = useClient();
  const subscribe = useCallback(
    (changed: () => void): (() => void) => client?.on(event, changed) ?? (() => {}),
    [client, event],
  );
  return useSyncExternalStore(
    subscribe,
    () => read(client),
    () => read(undefined),
  );
}

/** The state of the connection. */
export function useConnectionState(): ConnectionState {
  return useClientValue("state", (client) => client?.state ?? disconnected);
}

/** The number of unread messages: in a conversation, or in all conversations when no id is given. */
export function useUnread(conversationId?: string): number {
  return useClientValue(conversationId === undefined ? "unread" : "history", (client) =>
    conversationId === undefined ? (client?.totalUnread ?? 0) : (client?.conversation(conversationId)?.readState.unread ?? 0),
  );
}

/** What the user may do in a conversation now; an empty set while the conversation is not loaded. */
export function useCapabilities(conversationId: string | undefined): ReadonlySet<Capability> {
  return useClientValue(
    "history",
    (client) => (conversationId !== undefined && client?.conversation(conversationId)?.capabilities) || nothing,
  );
}

/** The ids of the other users who are typing in a conversation. */
export function useTyping(conversationId: string | undefined): readonly string[] {
  return useClientValue("typing", (client) => (conversationId !== undefined && client?.typing(conversationId)) || nobody);
}
