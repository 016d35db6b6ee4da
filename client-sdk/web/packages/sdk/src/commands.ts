// The commands of the protocol as methods. `Client` implements how replies change its state.
import {
  type Conversation,
  type DirectoryPage,
  type Member,
  type Message,
  type Page,
  type Presence,
  type Relation,
  toConversation,
  toHit,
  toMember,
  toMessage,
  toPresence,
  toRelation,
  toUser,
  type User,
} from "./model.js";
import type { Call, CommandBody } from "./requests.js";
import { requireType } from "./validate.js";
import type * as wire from "./wire.gen.js";

/** Names a user: by the id of the server, or by the id that the embedding product uses. */
export type UserRef = { readonly id: string } | { readonly externalId: string };

/** A user, or a group of the embedding product, which stands for its members at the moment of the command. */
export type Recipient = UserRef | { readonly groupId: string } | { readonly groupExternalId: string };

/** A mail to send. */
export interface MailDraft {
  /** The recipients; at least one. */
  readonly to: readonly Recipient[];
  /** Recipients of a copy. All recipients see them. */
  readonly copy?: readonly Recipient[];
  /** Default: empty. */
  readonly subject?: string;
  readonly text: string;
  /**
   * The id of the message that this mail answers. Its author and recipients may then be addressed unless a rule denies it; no rule has to
   * allow it.
   */
  readonly inReplyTo?: string;
}

/**
 * The commands of a user. Each method waits for a connection first. Each returned promise rejects with:
 *
 * - a `TypeError` that names the argument or field, when one is missing or of a wrong type; nothing was sent;
 * - a `CauserieError` `invalid` or `too_large`, when an argument breaks a limit; nothing was sent;
 * - the `CauserieError` of the server;
 * - a `CauserieError` `timeout` when no reply arrived in `commandTimeoutMs`: the command may have been carried out;
 * - the `CauserieError` that explains why there is no connection.
 */
export abstract class Commands {
  /** Sends a command and resolves with the body of its reply. */
  protected abstract readonly call: Call;
  /** Makes a client id. */
  protected abstract uuid(): string;
  /** Adds the conversation of a reply to the store. Returns it as it is stored. */
  protected abstract receive(conversation: wire.Conversation | undefined): Conversation;
  /** This client has created a conversation. */
  protected abstract conversationCreated(conversation: Conversation): void;
  /** The user is no longer in a conversation. */
  protected abstract conversationGone(conversationId: string): void;
  /** A reply contained these users. */
  protected abstract addUsers(users: readonly (User | undefined)[]): void;

  /**
   * Returns the direct conversation with a user; creates it when there is none. With `firstMessage`, the conversation is created only
   * together with that message. After an error, a call with the same `clientId` sends the message once.
   */
  startDirect(user: UserRef, firstMessage?: { readonly clientId: string; readonly text: string }): Promise<Conversation> {
    return this.#start({
      kind: "CONVERSATION_KIND_DIRECT",
      with: [user],
      ...(firstMessage && { firstMessage: { clientId: firstMessage.clientId, text: firstMessage.text } }),
    });
  }

  /** Creates a group of the connected user and the recipients. */
  async startGroup(subject: string, recipients: readonly Recipient[]): Promise<Conversation> {
    requireType("recipients", recipients, "array");
    return this.#start({ kind: "CONVERSATION_KIND_GROUP", subject, with: recipients, clientId: this.uuid() });
  }

  /** Sends a mail. After an error, a call with the same `clientId`, a UUID, sends the mail once. */
  async sendMail(mail: MailDraft, clientId = this.uuid()): Promise<Conversation> {
    requireType("mail", mail, "object");
    const { to, copy = [], subject = "", text, inReplyTo = "" } = mail;
    requireType("mail.to", to, "array");
    const firstMessage = { clientId, text };
    return this.#start({ kind: "CONVERSATION_KIND_MAIL", with: to, copy, subject, clientId, firstMessage, inReplyTo });
  }

  /** Returns the conversation in which the user keeps notes; creates it when there is none. */
  startNoteToSelf(): Promise<Conversation> {
    return this.#start({ kind: "CONVERSATION_KIND_NOTE_TO_SELF" });
  }

  /** Changes the subject of a group. */
  rename(conversationId: string, subject: string): Promise<Conversation> {
    return this.#updated(this.call("renameConversation", { conversationId, subject }));
  }

  /** Adds users to a group. */
  addMembers(conversationId: string, users: readonly UserRef[]): Promise<Conversation> {
    return this.#updated(this.call("addMembers", { conversationId, users }));
  }

  /** Closes a conversation: it stays readable, and no message can be sent. */
  closeConversation(conversationId: string): Promise<Conversation> {
    return this.#updated(this.call("closeConversation", { conversationId }));
  }

  /** Reopens a closed conversation. */
  reopenConversation(conversationId: string): Promise<Conversation> {
    return this.#updated(this.call("reopenConversation", { conversationId }));
  }

  /** Deletes a conversation for the connected user; with `forAll`, erases it for all its members. Can't be undone. */
  async deleteConversation(conversationId: string, forAll = false): Promise<void> {
    await this.call("deleteConversation", { conversationId, forAll });
    this.conversationGone(conversationId);
  }

  /** Returns a page of the members of a conversation. `cursor` is the `nextCursor` of the page before. */
  async listMembers(conversationId: string, cursor = ""): Promise<Page<Member>> {
    const page = await this.call("listMembers", { conversationId, cursor });
    return this.#page((page.members ?? []).map(toMember), page.nextCursor);
  }

  /** Changes the text of a message of the connected user. */
  async edit(conversationId: string, messageId: string, text: string): Promise<Message> {
    const { message } = await this.call("editMessage", { conversationId, messageId, text });
    return toMessage(message);
  }

  /** Deletes a message of the connected user for all members. */
  async delete(conversationId: string, messageId: string): Promise<void> {
    await this.call("deleteMessage", { conversationId, messageId });
  }

  /** Deletes a message of any author for the connected user. The other members keep it. */
  async deleteOwnCopy(conversationId: string, messageId: string): Promise<void> {
    await this.call("deleteMessage", { conversationId, messageId, ownCopy: true });
  }

  /** Returns the current presence of users, without watching them. */
  async getPresence(userIds: readonly string[]): Promise<readonly Presence[]> {
    const { presences = [] } = await this.call("getPresence", { userIds });
    return presences.map(toPresence);
  }

  /**
   * Returns a page of the users and groups that the user may write to and whose name or id has a word that begins with each word of
   * `query`. `limit` is the number of hits per page; 0 is the server's default.
   */
  async searchDirectory(query: string, limit = 0, cursor = ""): Promise<DirectoryPage> {
    const page = await this.call("searchDirectory", { query, limit, cursor });
    const { hits = [], nextCursor, mayStartGroup = false, mayStartNote = false } = page;
    return { ...this.#page(hits.map(toHit), nextCursor), mayStartGroup, mayStartNote };
  }

  /** Requests a mutual relation, such as `friend`, or creates a one-sided one, such as `block`. */
  relate(relation: string, user: UserRef): Promise<Relation | undefined> {
    return this.#relate("relate", relation, user);
  }

  /** Accepts the request of a user for a relation. */
  acceptRelation(relation: string, user: UserRef): Promise<Relation | undefined> {
    return this.#relate("acceptRelation", relation, user);
  }

  /** Ends a relation, declines a request, or withdraws a request. */
  unrelate(relation: string, user: UserRef): Promise<Relation | undefined> {
    return this.#relate("unrelate", relation, user);
  }

  /** Returns a page of the relations of the connected user: of one name, or of all names when `relation` is empty. */
  async relations(relation = "", cursor = ""): Promise<Page<Relation>> {
    const page = await this.call("listRelations", { relation, cursor });
    return this.#page((page.relations ?? []).map(toRelation), page.nextCursor);
  }

  /** Returns users by id, at most 100. Users that the rules hide are left out. */
  async getUsers(userIds: readonly string[]): Promise<readonly User[]> {
    const { users = [] } = await this.call("getUsers", { userIds });
    const known = users.map(toUser);
    this.addUsers(known);
    return known;
  }

  #page<Item extends { readonly user: User | undefined }>(items: readonly Item[], nextCursor = ""): Page<Item> {
    this.addUsers(items.map(({ user }) => user));
    return { items, nextCursor };
  }

  async #start(body: CommandBody<"startConversation">): Promise<Conversation> {
    const { conversation, created } = await this.call("startConversation", body);
    if (created) this.conversationCreated(toConversation(conversation));
    return this.receive(conversation);
  }

  async #relate(command: "relate" | "acceptRelation" | "unrelate", name: string, user: UserRef): Promise<Relation | undefined> {
    const { relation } = await this.call(command, { relation: name, user });
    return relation && toRelation(relation);
  }

  async #updated(answer: Promise<wire.ConversationUpdated>): Promise<Conversation> {
    return this.receive((await answer).conversation);
  }
}
