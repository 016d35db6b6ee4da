// The versioned changes of a conversation, as pure functions. Each change raises the version of its conversation by one.
import { type Conversation, enumName, type Message, toMember, toMessage } from "./model.js";
import type * as wire from "./wire.gen.js";

/**
 * One change of a conversation, and the version of the conversation after it. `sent`: a message was sent; `updated`: a message was edited or
 * deleted; `changed`: the members, the subject or the state changed.
 */
export type Change = { readonly conversationId: string; readonly version: number } & (
  | { readonly kind: "sent" | "updated"; readonly message: Message }
  | { readonly kind: "changed"; readonly changed: wire.ConversationChanged }
);

/** The change that an event carries; `undefined` for an event without a version. */
export function changeOf(event: wire.Event): Change | undefined {
  const { messageSent, messageEdited, messageDeleted, conversationChanged } = event;
  const carrier = messageSent ?? messageEdited ?? messageDeleted;
  if (carrier) {
    const message = toMessage(carrier.message);
    const kind = messageSent ? "sent" : "updated";
    return { kind, conversationId: message.conversationId, version: message.version, message };
  }
  if (!conversationChanged) return undefined;
  const { conversationId = "", version = 0 } = conversationChanged;
  return { kind: "changed", conversationId, version, changed: conversationChanged };
}

/** The conversation after a change. Its read state and its capabilities stay, because other events change them. */
export function applyChange(conversation: Conversation, change: Change): Conversation {
  const { version } = change;
  if (change.kind === "changed") return { ...applyChanged(conversation, change.changed), version };
  const { message, kind } = change;
  if (kind === "sent")
    return { ...conversation, version, lastSeq: message.seq, lastMessage: message, activeAt: message.sentAt };
  return conversation.lastMessage?.id === message.id
    ? { ...conversation, version, lastMessage: message }
    : { ...conversation, version };
}

function applyChanged(conversation: Conversation, changed: wire.ConversationChanged): Conversation {
  const { subject, state, membersAdded = [], membersRemoved = [], memberCount } = changed;
  const added = membersAdded.map(toMember);
  const replaced = new Set([...membersRemoved, ...added.map((member) => member.user.id)]);
  const members = [...conversation.members.filter((member) => !replaced.has(member.user.id)), ...added];
  return {
    ...conversation,
    subject: subject ?? conversation.subject,
    state: state ? enumName(state) : conversation.state,
    members,
    memberCount: memberCount || conversation.memberCount,
  };
}
