// Computes which members have read which messages, from the read positions of the members in the conversation.
import type { Client, Conversation, History, Member, Message } from "causerie";
import { colourSeed, displayName } from "./names.js";
import type { Reader } from "./reader-faces.js";

/** The other members; `undefined` when the conversation lists only some of its members. */
function othersOf({ members, memberCount }: Conversation, userId: string | undefined): readonly Member[] | undefined {
  return members.length < memberCount ? undefined : members.filter(({ user }) => user.id !== userId);
}

/**
 * Whether a message was read. `read`: all other members have read the message. `sent`: some have not, or the conversation lists only some of
 * its members. An empty text in a note to self.
 */
export function progressOf(conversation: Conversation, message: Message): "sent" | "read" | "" {
  if (conversation.kind === "note_to_self") return "";
  const others = othersOf(conversation, message.authorId);
  return others?.length && others.every(({ readSeq }) => readSeq >= message.seq) ? "read" : "sent";
}

/** The id, name and colour that the list of readers shows for a member. */
export function readerOf({ user }: Member): Reader {
  return { id: user.id, name: displayName(user), colour: colourSeed(user) };
}

/**
 * The readers to show below the messages of the connected user, by the `seq` of the message. Each member is a reader of one message: the last
 * message of the connected user that the member has read. Empty in a conversation that is not a group conversation.
 */
export function readersBySeq(
  client: Client,
  conversation: Conversation,
  history: History,
): ReadonlyMap<number, readonly Reader[]> {
  const readers = new Map<number, Reader[]>();
  const meId = client.me?.id;
  if (conversation.kind !== "group") return readers;
  const { messages, moreAfter } = history;
  const own = messages.filter(({ authorId, deletedAt }) => authorId === meId && !deletedAt);
  const lastSeq = messages.at(-1)?.seq ?? 0;
  for (const member of othersOf(conversation, meId) ?? []) {
    // The last message that the member has read is not loaded.
    if (moreAfter && member.readSeq > lastSeq) continue;
    const last = own.findLast(({ seq }) => seq <= member.readSeq);
    if (last) readers.set(last.seq, [...(readers.get(last.seq) ?? []), readerOf(member)]);
  }
  return readers;
}
