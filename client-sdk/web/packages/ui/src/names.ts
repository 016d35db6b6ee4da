// Names of users and conversations.
import type { Client, Conversation, User } from "causerie";
import { isolated } from "./bidi.js";
import { strings } from "./i18n/index.js";

/** The other member of a direct conversation. */
export function peerOf(conversation: Conversation, meId: string | undefined): User | undefined {
  if (conversation.kind !== "direct") return undefined;
  return conversation.members.find(({ user }) => user.id !== meId)?.user;
}

/** The name to show for a user: the name, or the external id of a user without a name. */
export function displayName(user: User | undefined): string {
  return isolated(user?.name || user?.externalId || strings.unnamedUser);
}

/** The name of a user by id; `undefined` while it is being loaded. */
export function nameById(client: Client, userId: string): string | undefined {
  const user = client.user(userId);
  if (user) return displayName(user);
  return client.isHidden(userId) ? strings.unnamedUser : undefined;
}

/** The seed of a user's colour: the external id, because it is known before the id of the server. */
export function colourSeed(user: User): string {
  return user.externalId || user.id;
}

/** The title of a conversation for the connected user: the subject, or the names of the other members. */
export function titleOf(conversation: Conversation, meId: string | undefined): string {
  if (conversation.kind === "note_to_self") return strings.noteToSelf;
  if (conversation.kind === "direct") return displayName(peerOf(conversation, meId));
  if (conversation.subject) return isolated(conversation.subject);
  const others = conversation.members.filter(({ user }) => user.id !== meId).map(({ user }) => displayName(user));
  return others.join(strings.comma) || strings.newGroup;
}
