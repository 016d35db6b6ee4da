// Groups consecutive messages of an author, as pure functions.
import type { Message, OutgoingMessage } from "causerie";
import { sameDay } from "./format.js";

/** Consecutive messages of an author form a group when less than this time is between two of them, in milliseconds. */
const groupMs = 5 * 60_000;

/** A message and its position in its group. */
export interface GroupedMessage {
  /** Either `message`, which is part of the conversation, or `outgoing` is set. */
  readonly message: Message | undefined;
  readonly outgoing: OutgoingMessage | undefined;
  /** Whether it is the first message of its day: a separator with the date is above it. */
  readonly startsDay: boolean;
  /** Whether it is the first unread message: a separator is above it. */
  readonly startsNew: boolean;
  /** Whether it is the first, and the last, message of its group. */
  readonly first: boolean;
  readonly last: boolean;
}

function isSameGroup(one: Message | undefined, next: Message | undefined): boolean {
  return (
    one !== undefined &&
    next !== undefined &&
    one.authorId === next.authorId &&
    next.sentAt.getTime() - one.sentAt.getTime() < groupMs &&
    sameDay(one.sentAt, next.sentAt)
  );
}

/** Groups the messages from index `from` to before index `to`. `newSeq` is the `seq` of the first unread message; 0 for none. */
export function groupMessages(messages: readonly Message[], newSeq: number, from = 0, to = messages.length): GroupedMessage[] {
  return messages.slice(from, to).map((message, position) => {
    const before = messages[from + position - 1];
    const after = messages[from + position + 1];
    const startsNew = message.seq === newSeq;
    return {
      message,
      outgoing: undefined,
      startsDay: before === undefined || !sameDay(before.sentAt, message.sentAt),
      startsNew,
      first: startsNew || !isSameGroup(before, message),
      last: after?.seq === newSeq || !isSameGroup(message, after),
    };
  });
}

/** Groups outgoing messages. `afterOwn`: the message before them is by the same author. */
export function groupOutgoing(outgoing: readonly OutgoingMessage[], afterOwn: boolean): GroupedMessage[] {
  return outgoing.map((each, index) => ({
    message: undefined,
    outgoing: each,
    startsDay: false,
    startsNew: false,
    first: index === 0 && !afterOwn,
    last: index === outgoing.length - 1,
  }));
}
