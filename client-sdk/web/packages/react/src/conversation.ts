import type { CauserieError, Conversation } from "causerie";
import { useMemo } from "react";
import { useLoading } from "./loading.js";
import { useClientValue } from "./values.js";

/** One conversation. A new object after every change. */
export interface ConversationValue {
  /** `undefined` until the conversation is loaded. */
  readonly conversation: Conversation | undefined;
  /** Why the conversation can't be loaded, such as `not_found`. */
  readonly error: CauserieError | undefined;
}

/** A conversation. It is loaded when it is not among the loaded ones. */
export function useConversation(conversationId: string | undefined): ConversationValue {
  const conversation = useClientValue("history", (client) =>
    conversationId === undefined ? undefined : client?.conversation(conversationId),
  );
  const error = useLoading(conversationId, conversation !== undefined, (client, id) => client.getConversation(id));
  return useMemo(() => ({ conversation, error }), [conversation, error]);
}
