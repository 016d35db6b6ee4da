import type { ConnectionState } from "./connection.js";
import type { CauserieError } from "./errors.js";
import type { Conversation, Message, Presence, Relation } from "./model.js";

/** What `on` can be asked for. */
export interface ClientEvents {
  /** The connection's state changed. */
  state: ConnectionState;
  /** The connection is in doubt: the device says that it is offline, or the server owes an answer. It proves alive or is lost soon. */
  doubt: boolean;
  /** The list of conversations changed: order, members, or anything in one. */
  list: undefined;
  /** A conversation or its messages changed. */
  history: { readonly conversationId: string };
  /** A message that was not known before, one's own included; each once, in the order of the conversation. */
  message: { readonly conversation: Conversation; readonly message: Message };
  /** Who is writing in a conversation. */
  typing: { readonly conversationId: string; readonly userIds: readonly string[] };
  presence: Presence;
  /** People asked for by `user` are known now. */
  users: undefined;
  /** A relation of one's own came, was answered or ended. */
  relation: Relation;
  /** Unread messages in all conversations together. */
  unread: number;
  /** Something failed that nobody waits for. For logs. */
  error: CauserieError;
}
