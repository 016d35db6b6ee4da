import type { Change } from "./changes.js";
import { applyChange } from "./changes.js";
import type { Conversation, ReadState, User } from "./model.js";
import { reuseIfEqual } from "./reuse.js";
import { Timeline } from "./timeline.js";
import type * as wire from "./wire.gen.js";

/** A conversation in the store. */
export interface Held {
  conversation: Conversation;
  readonly timeline: Timeline;
  /** Number of requests about this conversation that have no reply yet. */
  requests: number;
  /** Changes that arrived while there was such a request, as functions that apply them. */
  deferred: (() => void)[];
  /** The newest version that a reply contained; 0 when no reply was newer than `conversation`. */
  newestVersion: number;
  /** All messages from `reportedFrom` to `reportedTo` were reported by the `message` event. Both are 0 before the first. */
  reportedFrom: number;
  reportedTo: number;
}

/** Receives the changes of the store. */
export interface StoreListener {
  /** The list changed: its order, or any of its conversations. */
  listChanged(): void;
  /** A conversation or its messages changed. */
  conversationChanged(conversationId: string): void;
  unreadChanged(total: number): void;
  /** Members that the server sent with a conversation. */
  users(users: readonly User[]): void;
}

/** The most bytes one held conversation takes in a JSON `Resume`. */
const heldBytes = 80;
/** Bytes that are reserved for the token and the rest of a `Hello`. */
const helloBytes = 8 * 1024;

/** The local state: conversations, their messages, and the position in the server's events. It makes no requests. */
export class Store {
  /** The epoch of the versions below; versions of another epoch are not comparable. `undefined` before the first reply. */
  epoch: string | undefined;
  /** The version of the list of conversations that the user is a member of. */
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

  /** A loaded conversation. */
  get(conversationId: string): Held | undefined {
    return this.#held.get(conversationId);
  }

  /** All loaded conversations by last activity, newest first. The same array as long as nothing changes. */
  get conversations(): readonly Conversation[] {
    return (this.#sorted ??= [...this.#held.values()]
      .map(({ conversation }) => conversation)
      .sort((a, b) => b.activeAt.getTime() - a.activeAt.getTime() || (a.id < b.id ? 1 : -1)));
  }

  /** The number of unread messages in all conversations, as counted by the server. */
  get totalUnread(): number {
    return this.#totalUnread;
  }

  set totalUnread(total: number) {
    if (total === this.#totalUnread) return;
    this.#totalUnread = total;
    this.#listener.unreadChanged(total);
  }

  /** Adds a conversation, or replaces it. */
  put(conversation: Conversation): Held {
    let held = this.#held.get(conversation.id);
    if (held?.conversation.members !== conversation.members) {
      this.#listener.users(conversation.members.map(({ user }) => user));
    }
    if (held) {
      const next = reuseIfEqual(held.conversation, conversation);
      if (next === held.conversation) return held;
      held.conversation = next;
    } else {
      held = {
        conversation,
        timeline: new Timeline(),
        requests: 0,
        deferred: [],
        newestVersion: 0,
        reportedFrom: 0,
        reportedTo: 0,
      };
      this.#held.set(conversation.id, held);
    }
    this.changed(conversation.id);
    return held;
  }

  /** Unloads a conversation. */
  remove(conversationId: string): void {
    if (this.#held.delete(conversationId)) this.changed(conversationId);
  }

  /** Applies the change that follows the version of the conversation. */
  apply(held: Held, change: Change): void {
    if (change.kind !== "changed") held.timeline.apply(change.message);
    this.put(applyChange(held.conversation, change));
  }

  /** Reports a change of the messages of a conversation. */
  timelineChanged(conversationId: string): void {
    this.#listener.conversationChanged(conversationId);
  }

  /** Replaces parts of a loaded conversation that carry no version. */
  patch(conversationId: string, change: (conversation: Conversation) => Partial<Conversation>): void {
    const held = this.#held.get(conversationId);
    if (held) this.put({ ...held.conversation, ...change(held.conversation) });
  }

  /** Replaces the read state of a loaded conversation. */
  readState(conversationId: string, readState: ReadState): void {
    this.patch(conversationId, () => ({ readState }));
  }

  /**
   * The position to resume from; `undefined` before the epoch is known. Unloads the least active conversations when the position would
   * exceed a frame or the limit of the server.
   */
  position(): wire.Resume | undefined {
    if (this.epoch === undefined) return undefined;
    const { heldMax = 1_000, frameBytesMax = 64 * 1024 } = this.limits;
    const max = Math.min(heldMax, Math.floor((frameBytesMax - helloBytes) / heldBytes));
    for (const { id } of this.conversations.slice(max)) this.remove(id);
    const held = this.conversations.map(({ id, version }) => ({ conversationId: id, version }));
    return { epoch: this.epoch, inboxVersion: this.inboxVersion ?? 0, held };
  }

  /** Reports a change of a conversation and its messages. */
  changed(conversationId: string): void {
    this.#sorted = undefined;
    this.#listener.conversationChanged(conversationId);
    this.#listener.listChanged();
  }
}
