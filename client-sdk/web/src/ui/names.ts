// How people and conversations are called and coloured.
import type { Client, Conversation, User } from "../sdk/index.js";
import { strings } from "./i18n/index.js";
import { isolated } from "./isolated.js";

/** How many avatar colours there are (`.c0` and so on in avatar.ts). */
export const colours = 10;

/** The other one of a direct conversation. */
export function peerOf(conversation: Conversation, meId: string | undefined): User | undefined {
  if (conversation.kind !== "direct") return undefined;
  return conversation.members.find(({ user }) => user.id !== meId)?.user;
}

/** A name to show, wherever it stands: people without one go by their identifier. */
export function displayName(user: User | undefined): string {
  return isolated(user?.name || user?.externalId || strings.someone);
}

/** A user's name by id, whatever conversation they were met in; `undefined` while it is being asked for. */
export function nameById(client: Client, userId: string): string | undefined {
  const user = client.user(userId);
  if (user) return displayName(user);
  return client.isHidden(userId) ? strings.someone : undefined;
}

/** What decides a person's colour: known before the server's id is. */
export function colourKey(user: User): string {
  return user.externalId || user.id;
}

/** What a conversation is called by one who is in it. */
export function titleOf(conversation: Conversation, meId: string | undefined): string {
  if (conversation.kind === "note_to_self") return strings.noteToSelf;
  if (conversation.kind === "direct") return displayName(peerOf(conversation, meId));
  if (conversation.subject) return isolated(conversation.subject);
  const others = conversation.members.filter(({ user }) => user.id !== meId).map(({ user }) => displayName(user));
  return others.join(", ") || strings.newGroup;
}

/** One or two letters for an avatar. */
export function initials(name: string): string {
  const words = name
    .replace(/\p{Bidi_Control}/gu, "")
    .split(/[\s,'’-]+/)
    .filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? "")][0] ?? "");
  return letters.join("").toLocaleUpperCase();
}

/** A colour that stays with an id, everywhere and for ever. */
export function colourOf(id: string): number {
  let hash = 2_166_136_261;
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619);
  return (hash >>> 0) % colours;
}
