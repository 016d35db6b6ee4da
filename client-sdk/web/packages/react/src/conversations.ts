import type { Conversation } from "causerie";
import { useCallback, useMemo } from "react";
import { useClient } from "./provider.js";
import { useClientValue } from "./values.js";

const none: readonly Conversation[] = [];

/** The value of {@link useConversations}. Each change makes a new object. */
export interface ConversationsValue {
  /** The loaded conversations by last activity, newest first. */
  readonly conversations: readonly Conversation[];
  /** Whether the first page was loaded. */
  readonly loaded: boolean;
  /** Whether the server has conversations that are not loaded yet. */
  readonly hasMore: boolean;
  /** Loads the next page. Rejects with a `CauserieError`. */
  readonly loadMore: () => Promise<void>;
}

/** Returns the loaded conversations, and renders the component again when they change. The client loads the first page when it connects. */
export function useConversations(): ConversationsValue {
  const client = useClient();
  const conversations = useClientValue("conversations", (from) => from?.conversations ?? none);
  const loaded = useClientValue("conversations", (from) => from?.conversationsLoaded ?? false);
  const hasMore = useClientValue("conversations", (from) => from?.hasMoreConversations ?? false);
  const loadMore = useCallback(async () => client?.loadMoreConversations(), [client]);
  return useMemo(() => ({ conversations, loaded, hasMore, loadMore }), [conversations, loaded, hasMore, loadMore]);
}
