// Which members have read which messages, as far as the conversation says.
import type { Client, Conversation, History, Member, Message } from "causerie";
import { colourSeed, displayName } from "./names.js";
import type { Reader } from "./reader-faces.js";

/** The other members; `undefined` when the conversation lists only some of its members. */
function othersOf({ members, memberCount }: Conversation, userId: string | undefined): readonly Member[] | undefined {
  return members.length < memberCount ? undefined : members.filter(({ user }) => user.id !== userId);
}

/** `read`: all other members have read the message. Unknown when the conversation lists only some of its members. */
export function progressOf(conversation: Conversation, message: Message): "sent" | "read" | "" {
  if (conversation.kind === "note_to_self") return "";
  const others = othersOf(conversation, message.authorId);
  return others?.length && others.every(({ readSeq }) => readSeq >= message.seq) ? "read" : "sent";
}

/** A member as a reader. */
export function readerOf({ user }: Member): Reader {
  return { id: user.id, name: displayName(user), colour: colourSeed(user) };
}

/** In a group: the readers to show below each own message, by its `seq`. Each reader is below the last own message that they have read. */
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
