import type { Change } from "./changes.js";
import { applyChange } from "./changes.js";
import type { Conversation, ReadState, User } from "./model.js";
import { kept } from "./stable.js";
import { Timeline } from "./timeline.js";
import type * as wire from "./wire.gen.js";

/** One conversation as it is held. */
export interface Held {
  conversation: Conversation;
  readonly timeline: Timeline;
  /** Questions about it that are under way, and what takes the changes that came meanwhile. */
  asking: number;
  waiting: (() => void)[];
  /** The newest version that an answer told of. */
  behind: number;
  /** The messages with these numbers and all between them were told; both 0 before the first. */
  toldFrom: number;
  toldTo: number;
}

/** Whom the store tells of what changed in it. */
export interface StoreListener {
  /** The list: another order, one more, one less. */
  listChanged(): void;
  /** One conversation, messages included. */
  conversationChanged(conversationId: string): void;
  unreadChanged(total: number): void;
  /** People who are in a conversation, as they were told now. */
  peopleTold(people: readonly User[]): void;
}

/** The most bytes one held conversation takes in a JSON `Resume`. */
const heldBytes = 80;
/** Room for a token and the rest of a hello. */
const helloBytes = 8 * 1024;

/** All that is held, without any network. */
export class Store {
  /** Positions are void in another epoch. Unknown until the server told. */
  epoch: string | undefined;
  inboxVersion: number | undefined;
  /** The limits of the last `Welcome`. */
  limits: wire.Limits = {};
  readonly #held = new Map<string, Held>();
  #sorted: readonly Conversation[] | undefined;
  #totalUnread = 0;

  readonly #listener: StoreListener;

  constructor(listener: StoreListener) {
    this.#listener = listener;
  }

  get(conversationId: string): Held | undefined {
    return this.#held.get(conversationId);
  }

  /** By last activity, newest first. The same array as long as nothing changed. */
  get conversations(): readonly Conversation[] {
    this.#sorted ??= [...this.#held.values()]
      .map(({ conversation }) => conversation)
      .sort((a, b) => b.activeAt.getTime() - a.activeAt.getTime() || (a.id < b.id ? 1 : -1));
    return this.#sorted;
  }

  get totalUnread(): number {
    return this.#totalUnread;
  }

  set totalUnread(total: number) {
    if (total === this.#totalUnread) return;
    this.#totalUnread = total;
    this.#listener.unreadChanged(total);
  }

  /** Takes a conversation as it is now, new or in place of what was held. */
  put(conversation: Conversation): Held {
    let held = this.#held.get(conversation.id);
    if (held?.conversation.members !== conversation.members) {
      this.#listener.peopleTold(conversation.members.map(({ user }) => user));
    }
    if (held) {
      const next = kept(held.conversation, conversation);
      if (next === held.conversation) return held;
      held.conversation = next;
    } else {
      held = { conversation, timeline: new Timeline(), asking: 0, waiting: [], behind: 0, toldFrom: 0, toldTo: 0 };
      this.#held.set(conversation.id, held);
    }
    this.changed(conversation.id);
    return held;
  }

  remove(conversationId: string): void {
    if (this.#held.delete(conversationId)) this.changed(conversationId);
  }

  /** Applies the change that follows the held version. */
  apply(held: Held, change: Change): void {
    if (change.kind !== "changed") held.timeline.take(change.message);
    this.put(applyChange(held.conversation, change));
  }

  /** Says that the messages of a conversation changed. */
  timelineChanged(conversationId: string): void {
    this.#listener.conversationChanged(conversationId);
  }

  /** Replaces parts that carry no version. */
  patch(conversationId: string, change: (conversation: Conversation) => Partial<Conversation>): void {
    const held = this.#held.get(conversationId);
    if (held) this.put({ ...held.conversation, ...change(held.conversation) });
  }

  readState(conversationId: string, readState: ReadState): void {
    this.patch(conversationId, () => ({ readState }));
  }

  /** What to present to the server on return; nothing before it told its epoch. Conversations beyond `max` are let go, the least active first. */
  present(): wire.Resume | undefined {
    if (this.epoch === undefined) return undefined;
    const { heldMax = 1_000, frameBytesMax = 64 * 1024 } = this.limits;
    const max = Math.min(heldMax, Math.floor((frameBytesMax - helloBytes) / heldBytes));
    for (const { id } of this.conversations.slice(max)) this.remove(id);
    const held = this.conversations.map(({ id, version }) => ({ conversationId: id, version }));
    return { epoch: this.epoch, inboxVersion: this.inboxVersion ?? 0, held };
  }

  /** Says that a conversation changed, its messages included. */
  changed(conversationId: string): void {
    this.#sorted = undefined;
    this.#listener.conversationChanged(conversationId);
    this.#listener.listChanged();
  }
}
