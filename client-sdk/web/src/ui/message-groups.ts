// Which messages stand together. Pure.
import type { Message, OutgoingMessage } from "../sdk/index.js";
import { sameDay } from "./format.js";

/** One author's messages within this long of each other form a group. */
const groupMs = 5 * 60_000;

/** A message and where it stands. */
export interface Placed {
  /** One of the two: part of the conversation, or on its way. */
  readonly message: Message | undefined;
  readonly outgoing: OutgoingMessage | undefined;
  /** The first of its day: a line with the date stands above. */
  readonly startsDay: boolean;
  /** The first one that was unread: a line says so. */
  readonly startsNew: boolean;
  /** The first of its author's group, and the last. */
  readonly first: boolean;
  readonly last: boolean;
}

function together(one: Message | undefined, next: Message | undefined): boolean {
  return (
    one !== undefined &&
    next !== undefined &&
    one.authorId === next.authorId &&
    next.sentAt.getTime() - one.sentAt.getTime() < groupMs &&
    sameDay(one.sentAt, next.sentAt)
  );
}

/** Places messages. `newSeq` is the first unread one, 0 for none. */
export function place(messages: readonly Message[], newSeq: number): Placed[] {
  return messages.map((message, index) => {
    const before = messages[index - 1];
    const after = messages[index + 1];
    const startsNew = message.seq === newSeq;
    return {
      message,
      outgoing: undefined,
      startsDay: before === undefined || !sameDay(before.sentAt, message.sentAt),
      startsNew,
      first: startsNew || !together(before, message),
      last: after?.seq === newSeq || !together(message, after),
    };
  });
}

/** Places messages on their way behind the others. `afterOwn`: the last of the others is of the same author. */
export function placeOutgoing(outgoing: readonly OutgoingMessage[], afterOwn: boolean): Placed[] {
  return outgoing.map((each, index) => ({
    message: undefined,
    outgoing: each,
    startsDay: false,
    startsNew: false,
    first: index === 0 && !afterOwn,
    last: index === outgoing.length - 1,
  }));
}
