import type { Clock } from "./options.js";

/** Typing lasts this long unless said again (`SetTyping` in protocol/proto). */
const lastsMs = 6_000;
/** Said again at half that, so that no beat is missed. */
const repeatMs = 3_000;

const none: readonly string[] = [];

/** Who is writing where, and telling others that one is. */
export class Typing {
  /** Conversation, person, what ends it. */
  readonly #others = new Map<string, Map<string, () => void>>();
  /** The ids in `#others`, as they are read. */
  readonly #told = new Map<string, readonly string[]>();
  /** When one last said so, by conversation. */
  readonly #said = new Map<string, number>();

  readonly #clock: Clock;
  readonly #tell: (conversationId: string, typing: boolean) => void;
  readonly #changed: (conversationId: string) => void;

  constructor(
    clock: Clock,
    tell: (conversationId: string, typing: boolean) => void,
    changed: (conversationId: string) => void,
  ) {
    this.#clock = clock;
    this.#tell = tell;
    this.#changed = changed;
  }

  /** The person typed, or cleared what was typed. Call at every key; few frames go out. */
  set(conversationId: string, typing: boolean): void {
    const said = this.#said.get(conversationId);
    const now = this.#clock.elapsed();
    if (!typing) {
      if (this.#said.delete(conversationId) && said !== undefined && now - said < lastsMs) this.#tell(conversationId, false);
    } else if (said === undefined || now - said >= repeatMs) {
      this.#said.set(conversationId, now);
      this.#tell(conversationId, true);
    }
  }

  /** A message was sent, which ends typing for all who see it. */
  sent(conversationId: string): void {
    this.#said.delete(conversationId);
  }

  /** Ids of the users who are writing. The same array as long as nothing changed. */
  of(conversationId: string): readonly string[] {
    return this.#told.get(conversationId) ?? none;
  }

  /** Someone else writes, or stopped. */
  heard(conversationId: string, userId: string, typing: boolean): void {
    let others = this.#others.get(conversationId);
    if (!others) this.#others.set(conversationId, (others = new Map()));
    const end = others.get(userId);
    end?.();
    if (typing) {
      others.set(
        userId,
        this.#clock.after(lastsMs, () => this.heard(conversationId, userId, false)),
      );
    } else others.delete(userId);
    if (typing === (end !== undefined)) return;
    if (others.size) this.#told.set(conversationId, [...others.keys()]);
    else this.#told.delete(conversationId);
    this.#changed(conversationId);
  }

  /** The connection was lost: nobody is known to write. */
  clear(): void {
    for (const [conversationId, others] of this.#others) {
      for (const userId of [...others.keys()]) this.heard(conversationId, userId, false);
    }
    this.#said.clear();
  }
}
