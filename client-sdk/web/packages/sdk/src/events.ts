import type { ConnectionState } from "./driver.js";
import type { CauserieError } from "./errors.js";
import type { Conversation, Message, Presence, Relation } from "./model.js";
import type * as wire from "./wire.gen.js";

/** The events of `Client.on`, by name, with the type of their payload. */
export interface ClientEvents {
  /** The state of the connection changed. */
  state: ConnectionState;
  /**
   * `true`: the client has sent a ping because the device went offline or a reply is late. `false`: the server has answered, or
   * the connection was given up.
   */
  probing: boolean;
  /** `Client.conversations` changed: the order, or anything in one of the conversations. */
  conversations: undefined;
  /** A conversation, its messages or its outgoing messages changed. */
  history: { readonly conversationId: string };
  /** A new message, also of the connected user. Each message is reported once, in the order of its conversation. */
  message: { readonly conversation: Conversation; readonly message: Message };
  /** The users who are typing in a conversation changed. The connected user is not among them. */
  typing: { readonly conversationId: string; readonly userIds: readonly string[] };
  /** The presence of a watched user changed. */
  presence: Presence;
  /** Users requested by `Client.user` were loaded. */
  users: undefined;
  /** A relation of the connected user was created, accepted or ended. */
  relation: Relation;
  /** The number of unread messages in all conversations changed. */
  unread: number;
  /** `Client.mayStart` or `Client.mayRequest` changed. */
  mayStart: undefined;
  /** An event of the protocol, before the client applies it. For modules that extend the client, such as `causerie/contacts`. */
  frame: wire.Event;
  /** An error that no call rejects with, such as a failed token request. For logs. */
  error: CauserieError;
}
