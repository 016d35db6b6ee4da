// Commands on their way: each carries an id, the reply names it. Replies may come in another order.
import { CauserieError, timedOut } from "./errors.js";
import type { Clock } from "./options.js";
import type * as wire from "./wire.gen.js";

/** Which reply answers which command. */
export interface Answers {
  hello: wire.Welcome;
  refreshToken: wire.TokenRefreshed;
  ping: wire.Pong;
  resume: wire.Resumed;
  startConversation: wire.ConversationStarted;
  listConversations: wire.ConversationPage;
  getConversation: wire.ConversationFound;
  getHistory: wire.MessagePage;
  getChanges: wire.Changes;
  listMembers: wire.MemberPage;
  sendMessage: wire.MessageSent;
  editMessage: wire.MessageEdited;
  deleteMessage: wire.MessageDeleted;
  markRead: wire.Marked;
  markUnread: wire.Marked;
  setTyping: wire.TypingSet;
  renameConversation: wire.ConversationUpdated;
  addMembers: wire.ConversationUpdated;
  removeMember: wire.ConversationUpdated;
  getUsers: wire.UserList;
  searchDirectory: wire.DirectoryPage;
  watchPresence: wire.PresenceList;
  getPresence: wire.PresenceList;
  closeConversation: wire.ConversationUpdated;
  reopenConversation: wire.ConversationUpdated;
  deleteConversation: wire.ConversationDeleted;
  relate: wire.RelationUpdated;
  acceptRelation: wire.RelationUpdated;
  unrelate: wire.RelationUpdated;
  listRelations: wire.RelationPage;
}

/** The name of a command, as in `Request`. */
export type CommandName = keyof Answers;
/** What a command carries. */
export type CommandBody<Name extends CommandName> = NonNullable<wire.Request[Name]>;

interface Pending {
  resolve(answer: unknown): void;
  reject(error: CauserieError): void;
  cancelTimeout(): void;
}

/** The commands that wait for an answer on one connection. */
export class Requests {
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  readonly #clock: Clock;
  readonly #send: (request: wire.Request) => void;

  constructor(clock: Clock, send: (request: wire.Request) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Sends a command. Rejects with a `CauserieError`: the server's, `timeout`, or why the connection ended first. */
  call<Name extends CommandName>(name: Name, body: CommandBody<Name>, timeoutMs: number): Promise<Answers[Name]> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      // A request that is too large throws here.
      this.#send({ id, [name]: body });
      const cancelTimeout = this.#clock.after(timeoutMs, () => {
        this.#pending.delete(id);
        reject(timedOut());
      });
      this.#pending.set(id, { resolve: resolve as (answer: unknown) => void, reject, cancelTimeout });
    });
  }

  /** Sends a command that wants no reply. */
  tell<Name extends CommandName>(name: Name, body: CommandBody<Name>): void {
    this.#send({ [name]: body });
  }

  /** Hands a reply to whoever waits for it. One that nobody waits for any more is dropped. */
  settle(reply: wire.Reply): void {
    const { id = 0, error, ...result } = reply;
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    pending.cancelTimeout();
    if (error) pending.reject(new CauserieError(error));
    else pending.resolve(Object.values(result)[0] ?? {});
  }

  /** The connection ended: nothing will be answered. */
  abandon(reason: CauserieError): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { cancelTimeout, reject } of pending) {
      cancelTimeout();
      reject(reason);
    }
  }
}
