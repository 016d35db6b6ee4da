import type { Conversation } from "../sdk/index.js";
import { strings } from "./i18n/index.js";
import { displayName } from "./names.js";

/** `Tom is typing…`; empty when nobody is. */
export function typingText(conversation: Conversation, userIds: readonly string[]): string {
  const names = userIds.map((id) => displayName(conversation.members.find(({ user }) => user.id === id)?.user));
  const [first, second] = names;
  if (first === undefined) return "";
  if (second === undefined) return strings.typingOne(first);
  return names.length === 2 ? strings.typingTwo(first, second) : strings.typingMany;
}
