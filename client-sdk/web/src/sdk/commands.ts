// What a user can ask of the server, each command a method. What the answers mean for what is held is the client's business.
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

/** How to name a person: the server's id, or the embedding product's. */
export type UserRef = { readonly id: string } | { readonly externalId: string };

/** Someone to write to: a person, or a group of the embedding product, which stands for the people in it at that moment. */
export type Recipient = UserRef | { readonly groupId: string } | { readonly groupExternalId: string };

/** A mail before it is sent. */
export interface MailDraft {
  /** One at least. */
  readonly to: readonly Recipient[];
  /** Who gets it as a copy, for all to see. */
  readonly copy?: readonly Recipient[];
  /** May be empty. */
  readonly subject?: string;
  readonly text: string;
  /** The message it answers: its author, and the people it went to, may be written to whatever the rules say of them. */
  readonly inReplyTo?: string;
}

export abstract class Commands {
  /** Asks the server, once there is a connection. */
  protected abstract readonly call: Call;
  protected abstract uuid(): string;
  /** Takes a conversation from an answer, and gives it as it is held. */
  protected abstract taken(conversation: wire.Conversation | undefined): Conversation;
  /** A start made this conversation. */
  protected abstract started(conversation: Conversation): void;
  /** The user is not in this conversation any more. */
  protected abstract dropped(conversationId: string): void;
  /** These people were told of. */
  protected abstract met(users: readonly (User | undefined)[]): void;

  /**
   * The direct conversation with a person: the one there is, or a new one. With a first message, nothing is made unless that
   * is sent too; call again with the same `clientId` after a failure: it is sent once.
   */
  startDirect(user: UserRef, firstMessage?: { readonly clientId: string; readonly text: string }): Promise<Conversation> {
    const first = firstMessage && { clientId: firstMessage.clientId, text: firstMessage.text };
    return this.#start({ kind: "CONVERSATION_KIND_DIRECT", with: [user], ...(first && { firstMessage: first }) });
  }

  /** A new group of oneself and others. */
  async startGroup(subject: string, recipients: readonly Recipient[]): Promise<Conversation> {
    requireType("recipients", recipients, "array");
    return this.#start({ kind: "CONVERSATION_KIND_GROUP", subject, with: recipients, clientId: this.uuid() });
  }

  /** Sends a mail. Call again with the same `clientId` after a failure: it is the same mail, for ever. */
  async sendMail(mail: MailDraft, clientId = this.uuid()): Promise<Conversation> {
    requireType("mail", mail, "object");
    const { to, copy = [], subject = "", text, inReplyTo = "" } = mail;
    requireType("mail.to", to, "array");
    const firstMessage = { clientId, text };
    return this.#start({ kind: "CONVERSATION_KIND_MAIL", with: to, copy, subject, clientId, firstMessage, inReplyTo });
  }

  /** The notes to oneself: those there are, or new ones. */
  startNoteToSelf(): Promise<Conversation> {
    return this.#start({ kind: "CONVERSATION_KIND_NOTE_TO_SELF" });
  }

  /** Gives a group another subject. */
  rename(conversationId: string, subject: string): Promise<Conversation> {
    return this.#updated(this.call("renameConversation", { conversationId, subject }));
  }

  /** Brings people into a group. */
  addMembers(conversationId: string, users: readonly UserRef[]): Promise<Conversation> {
    return this.#updated(this.call("addMembers", { conversationId, users }));
  }

  /** Ends a conversation: it stays readable, and nobody posts. */
  closeConversation(conversationId: string): Promise<Conversation> {
    return this.#updated(this.call("closeConversation", { conversationId }));
  }

  /** Opens a closed conversation again. */
  reopenConversation(conversationId: string): Promise<Conversation> {
    return this.#updated(this.call("reopenConversation", { conversationId }));
  }

  /** Deletes one's own copy of a conversation, for good; or erases it for all its members. */
  async deleteConversation(conversationId: string, forAll = false): Promise<void> {
    await this.call("deleteConversation", { conversationId, forAll });
    this.dropped(conversationId);
  }

  /** A page of a conversation's members. */
  async listMembers(conversationId: string, cursor = ""): Promise<Page<Member>> {
    const page = await this.call("listMembers", { conversationId, cursor });
    return this.#page((page.members ?? []).map(toMember), page.nextCursor);
  }

  /** Changes a message of one's own. */
  async edit(conversationId: string, messageId: string, text: string): Promise<Message> {
    const { message } = await this.call("editMessage", { conversationId, messageId, text });
    return toMessage(message);
  }

  /** Deletes a message of one's own, for everyone. */
  async delete(conversationId: string, messageId: string): Promise<void> {
    await this.call("deleteMessage", { conversationId, messageId });
  }

  /** Deletes one's own copy of a message, whoever wrote it; the others keep theirs. */
  async deleteOwnCopy(conversationId: string, messageId: string): Promise<void> {
    await this.call("deleteMessage", { conversationId, messageId, ownCopy: true });
  }

  /** Asks once whether people are there. */
  async getPresence(userIds: readonly string[]): Promise<readonly Presence[]> {
    const { presences = [] } = await this.call("getPresence", { userIds });
    return presences.map(toPresence);
  }

  /** A page of the people and groups one may write to, found by the beginnings of words of their name or identifier. */
  async searchDirectory(query: string, limit = 0, cursor = ""): Promise<DirectoryPage> {
    const page = await this.call("searchDirectory", { query, limit, cursor });
    return {
      ...this.#page((page.hits ?? []).map(toHit), page.nextCursor),
      mayStartGroup: page.mayStartGroup ?? false,
    };
  }

  /** Asks someone for a mutual relation (`friend`), or enters a one-sided one (`block`). */
  relate(relation: string, user: UserRef): Promise<Relation | undefined> {
    return this.#related(this.call("relate", { relation, user }));
  }

  /** Says yes to someone who asked for a relation. */
  acceptRelation(relation: string, user: UserRef): Promise<Relation | undefined> {
    return this.#related(this.call("acceptRelation", { relation, user }));
  }

  /** Ends a relation, declines a request, or takes one's own back. */
  unrelate(relation: string, user: UserRef): Promise<Relation | undefined> {
    return this.#related(this.call("unrelate", { relation, user }));
  }

  /** A page of one's relations; of all names where `relation` is empty. */
  async relations(relation = "", cursor = ""): Promise<Page<Relation>> {
    const page = await this.call("listRelations", { relation, cursor });
    return this.#page((page.relations ?? []).map(toRelation), page.nextCursor);
  }

  /** People by id, at most 100. */
  async getUsers(userIds: readonly string[]): Promise<readonly User[]> {
    const { users = [] } = await this.call("getUsers", { userIds });
    const told = users.map(toUser);
    this.met(told);
    return told;
  }

  #page<Item extends { readonly user: User | undefined }>(items: readonly Item[], nextCursor = ""): Page<Item> {
    this.met(items.map(({ user }) => user));
    return { items, nextCursor };
  }

  async #start(body: CommandBody<"startConversation">): Promise<Conversation> {
    const { conversation, created } = await this.call("startConversation", body);
    if (created) this.started(toConversation(conversation));
    return this.taken(conversation);
  }

  async #related(answer: Promise<wire.RelationUpdated>): Promise<Relation | undefined> {
    const { relation } = await answer;
    return relation && toRelation(relation);
  }

  async #updated(answer: Promise<wire.ConversationUpdated>): Promise<Conversation> {
    return this.taken((await answer).conversation);
  }
}
