// Matches replies to commands: each command carries an id, and its reply carries the same id. Replies may arrive in any order.
import { CauserieError, timedOut } from "./errors.js";
import type { Clock } from "./options.js";
import type * as wire from "./wire.gen.js";

/** The body of the reply to each command. */
export interface ReplyBodies {
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
  watchContacts: wire.ContactList;
}

/** The name of a command in `Request`. */
export type CommandName = keyof ReplyBodies;
type ReadonlyDeep<Value> = { readonly [Key in keyof Value]: ReadonlyDeep<Value[Key]> };

/** The body of a command. */
export type CommandBody<Name extends CommandName> = ReadonlyDeep<NonNullable<wire.Request[Name]>>;

/** Sends a command and resolves with the body of its reply. */
export type Call = <Name extends CommandName>(name: Name, body: CommandBody<Name>) => Promise<ReplyBodies[Name]>;

/** Ends the wait for a reply: with an error, or with the body of the reply. */
type Settle = (error: CauserieError | undefined, body?: unknown) => void;

/** The commands of one connection that have no reply yet. */
export class Requests {
  readonly #pending = new Map<number, Settle>();
  #nextId = 1;

  readonly #clock: Clock;
  readonly #send: (request: wire.Request) => void;

  /** `send` writes a frame; it throws a `CauserieError` when the frame is too large. */
  constructor(clock: Clock, send: (request: wire.Request) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /**
   * Sends a command. Rejects with a `CauserieError`: the error of the server, `too_large`, `timeout` after `timeoutMs`, or the argument of
   * `abandon`.
   */
  call<Name extends CommandName>(name: Name, body: CommandBody<Name>, timeoutMs: number): Promise<ReplyBodies[Name]> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#send({ id, [name]: body });
      const cancelTimeout = this.#clock.after(timeoutMs, () => settle(timedOut()));
      const settle: Settle = (error, reply) => {
        this.#pending.delete(id);
        cancelTimeout();
        if (error) reject(error);
        else resolve(reply as ReplyBodies[Name]);
      };
      this.#pending.set(id, settle);
    });
  }

  /** Sends a command without asking for a reply. */
  notify<Name extends CommandName>(name: Name, body: CommandBody<Name>): void {
    this.#send({ [name]: body });
  }

  /** Hands a reply to the command with its id. A reply to a command that has timed out is dropped. */
  settle(reply: wire.Reply): void {
    const { id = 0, error, ...result } = reply;
    this.#pending.get(id)?.(error && new CauserieError(error), Object.values(result)[0] ?? {});
  }

  /** Rejects all pending commands: the connection has ended. */
  abandon(reason: CauserieError): void {
    for (const settle of this.#pending.values()) settle(reason);
  }
}
