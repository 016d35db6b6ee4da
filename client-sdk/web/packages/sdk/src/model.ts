// The resources that applications see. They are the resources of the protocol, with default values for absent fields and with times as `Date`.
import type { UserRef } from "./commands.js";
import type { ErrorName } from "./errors.js";
import type * as wire from "./wire.gen.js";

type EnumName<Value, Prefix extends string> = Value extends `${Prefix}_${infer Name}` ? Lowercase<Name> : never;

/** `active`, `deactivated`, `removed` or `invited`. */
export type UserStatus = EnumName<wire.UserStatus, "USER_STATUS">;
/** `note_to_self`, `direct`, `group` or `mail`. */
export type ConversationKind = EnumName<wire.ConversationKind, "CONVERSATION_KIND">;
/** `open`, `closed` or `locked`. */
export type ConversationState = EnumName<wire.ConversationState, "CONVERSATION_STATE">;
/** `member` or `owner`. */
export type MemberRole = EnumName<wire.MemberRole, "MEMBER_ROLE">;
/** What the connected user may do in a conversation: `send`, `edit`, `delete`, `rename`, `add_member`, `remove_member`, `leave`, `close`, `reopen`, `delete_conversation`, `erase_conversation`, `delete_own_copy`, `reply`. */
export type Capability = EnumName<wire.Capability, "CAPABILITY">;

/** `pending` or `accepted`. */
export type RelationState = EnumName<wire.RelationState, "RELATION_STATE">;
/** `outgoing`, `incoming` or `mutual`. */
export type Direction = EnumName<wire.Direction, "DIRECTION">;
/**
 * What the connected user may do with a user or group: `start` (a conversation), `send` (messages in the direct conversation, which exists or
 * would be started), `address_group`, `see_profile`. A user with `start` and without `send` is reached by mail.
 */
export type DirectoryAction = EnumName<wire.DirectoryAction, "DIRECTORY_ACTION">;

/** A user. */
export interface User {
  readonly id: string;
  /** The id that the embedding product uses. */
  readonly externalId: string;
  readonly name: string;
  /** Empty when the user has none. */
  readonly avatarUrl: string;
  readonly status: UserStatus;
  /** A short text about the user, such as the role, the class or the unit; empty when there is none. */
  readonly about: string;
}

/** A user in a conversation. */
export interface Member {
  readonly user: User;
  readonly role: MemberRole;
  /** The `seq` up to which the member has read; 0 for none. */
  readonly readSeq: number;
}

/** A message. */
export interface Message {
  readonly id: string;
  readonly conversationId: string;
  /** Position in the conversation, from 1, without gaps. */
  readonly seq: number;
  /** The version of the conversation at which this message was last changed. */
  readonly version: number;
  readonly authorId: string;
  /** The UUID that the client of the author gave to the message. */
  readonly clientId: string;
  /** Empty for a deleted message. */
  readonly text: string;
  readonly sentAt: Date;
  readonly editedAt: Date | undefined;
  /** When the message was deleted. A deleted message keeps its `seq`. */
  readonly deletedAt: Date | undefined;
}

/** What the connected user has read in a conversation, as counted by the server. */
export interface ReadState {
  /** The `seq` up to which the user has read; 0 for none. */
  readonly readSeq: number;
  /** The number of unread messages. */
  readonly unread: number;
  /** Whether the user has marked the conversation as unread. */
  readonly markedUnread: boolean;
}

/** A conversation as the connected user sees it. Each change makes a new object. */
export interface Conversation {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly state: ConversationState;
  /** Empty for a conversation without a subject. */
  readonly subject: string;
  /** Rises by one with each change that all members see. */
  readonly version: number;
  /** The `seq` of the last message; 0 when there is none. */
  readonly lastSeq: number;
  /** The first 20 members; `listMembers` returns all. */
  readonly members: readonly Member[];
  readonly memberCount: number;
  readonly lastMessage: Message | undefined;
  /** When the last message was sent, or the conversation was created. */
  readonly activeAt: Date;
  readonly readState: ReadState;
  /** What the connected user may do in the conversation now. */
  readonly capabilities: ReadonlySet<Capability>;
  /**
   * Why `capabilities` has neither `send` nor `reply`, such as `closed`, `locked`, `needs_friend`, `messaging_off`, `recipient_inactive`;
   * `cannot_start` when the rules do not let the user write to the other user, for any reason.
   */
  readonly cannotSend: ErrorName | undefined;
  /** The recipients of a mail, in the order of the draft. */
  readonly addressees: readonly Addressee[];
  /** Whether the connected user received the mail as a copy. */
  readonly isCopy: boolean;
  /** The id of the message that this mail answers, if the user can read that message. */
  readonly inReplyTo: string | undefined;
}

/** A group of the embedding product, such as `Class 6A`. It is not a conversation. */
export interface Group {
  readonly id: string;
  readonly externalId: string;
  readonly name: string;
  /** A kind that the policy of the tenant declares, such as `class`. */
  readonly kind: string;
}

/** A recipient of a mail: a user or a group. */
export interface Addressee {
  readonly user: User | undefined;
  readonly group: Group | undefined;
  readonly isCopy: boolean;
}

/** A relation of the connected user to another user. */
export interface Relation {
  /** A name that the policy of the tenant declares, such as `friend`. */
  readonly relation: string;
  readonly user: User;
  /** `unspecified` for a relation that has ended. */
  readonly state: RelationState;
  readonly direction: Direction;
}

/** The state of one relation between the connected user and another user. */
export interface RelationStatus {
  /** A name that the policy of the tenant declares, such as `friend`. */
  readonly relation: string;
  readonly state: RelationState;
  /** In the state `pending`: `incoming` when the other user has requested the relation, `outgoing` when the connected user has requested it. */
  readonly direction: Direction;
}

/** What the connected user may do with another user now; see `watchContacts` of `causerie/contacts`. */
export interface Contact {
  /** The user in the form in which `watchContacts` was called. */
  readonly ref: UserRef;
  /** `undefined` when the connected user may not know the user: unknown and hidden users look the same. */
  readonly user: User | undefined;
  readonly can: ReadonlySet<DirectoryAction>;
  /** Why `can` has no `start`, such as `needs_friend` or `messaging_off`; `not_found` when `user` is `undefined`. */
  readonly cannotStart: ErrorName | undefined;
  /** The relations that are in force or requested. */
  readonly relations: readonly RelationStatus[];
  /** Names of mutual relations, such as `friend`, that may be requested from the user. */
  readonly mayRequest: readonly string[];
  /** The id of the direct conversation, when it exists and the connected user may read it. */
  readonly conversationId: string | undefined;
}

/** Whether a user is online. */
export interface Presence {
  readonly userId: string;
  readonly online: boolean;
  /** When the user was last online, if the server sends it. */
  readonly lastSeenAt: Date | undefined;
}

/** A page of items. `nextCursor` is empty on the last page. Each page may have fewer items than its limit, or no items. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string;
}

/** A user or a group in the directory. */
export interface DirectoryHit {
  readonly user: User | undefined;
  readonly group: Group | undefined;
  /** The id of the existing direct conversation with the user. */
  readonly conversationId: string | undefined;
  /** What the connected user may do with the user or group. */
  readonly can: ReadonlySet<DirectoryAction>;
  /** Names of mutual relations, such as `friend`, that may be requested from the user. */
  readonly mayRequest: readonly string[];
  /** The relations with the user that are in force or requested. */
  readonly relations: readonly RelationStatus[];
}

/** A page of a search in the directory. */
export interface DirectoryPage extends Page<DirectoryHit> {
  /** Whether the connected user may start group conversations. */
  readonly mayStartGroup: boolean;
  /** Whether the connected user may start a note to self. */
  readonly mayStartNote: boolean;
}

/**
 * Converts the name of an enum value, for example `CONVERSATION_KIND_NOTE_TO_SELF` into `note_to_self`: removes the first `prefixWords` words.
 * Returns `unspecified` for a number, which is a value that this SDK does not know, and for an absent value.
 */
export function enumName<Name extends string>(value: string | number | undefined, prefixWords = 2): Name {
  const name = typeof value === "string" ? value.split("_").slice(prefixWords).join("_") : "unspecified";
  return name.toLowerCase() as Name;
}

function optionalTime(timestamp: string | undefined): Date | undefined {
  return timestamp === undefined ? undefined : new Date(timestamp);
}

/** Converts a `User` of the wire. */
export function toUser(user: wire.User = {}): User {
  return {
    id: "",
    externalId: "",
    name: "",
    avatarUrl: "",
    about: "",
    ...user,
    status: enumName(user.status),
  };
}

/** Converts a `Group` of the wire. */
export function toGroup(group: wire.Group): Group {
  return { id: "", externalId: "", name: "", kind: "", ...group };
}

/** Converts a `Relation` of the wire. */
export function toRelation(relation: wire.Relation = {}): Relation {
  return { ...toRelationStatus(relation), user: toUser(relation.user) };
}

/** Converts a `DirectoryHit` of the wire. */
export function toHit({ user, group, conversationId, can, mayRequest = [], relations = [] }: wire.DirectoryHit): DirectoryHit {
  return {
    user: user && toUser(user),
    group: group && toGroup(group),
    conversationId: conversationId || undefined,
    can: toActions(can),
    mayRequest,
    relations: relations.map(toRelationStatus),
  };
}

/** Converts a list of `DirectoryAction` of the wire. */
export function toActions(list: readonly wire.DirectoryAction[] = []): ReadonlySet<DirectoryAction> {
  return new Set(list.map((action) => enumName<DirectoryAction>(action)));
}

/** Converts a `RelationStatus` of the wire. */
export function toRelationStatus(status: wire.RelationStatus): RelationStatus {
  return { relation: "", ...status, state: enumName(status.state), direction: enumName(status.direction, 1) };
}

/** Converts a `Member` of the wire. */
export function toMember(member: wire.Member): Member {
  return { readSeq: 0, ...member, user: toUser(member.user), role: enumName(member.role) };
}

/** Converts a `Message` of the wire. */
export function toMessage(message: wire.Message = {}): Message {
  return {
    id: "",
    conversationId: "",
    seq: 0,
    version: 0,
    authorId: "",
    clientId: "",
    text: "",
    ...message,
    sentAt: new Date(message.sentAt ?? ""),
    editedAt: optionalTime(message.editedAt),
    deletedAt: optionalTime(message.deletedAt),
  };
}

/** Converts a `ReadState` of the wire. */
export function toReadState({ readSeq = 0, unread = 0, markedUnread = false }: wire.ReadState = {}): ReadState {
  return { readSeq, unread, markedUnread };
}

/** Converts the capabilities of the connected user in a conversation, and the reason why the user can't write in it. */
export function toRights({
  capabilities = [],
  cannotSend,
}: wire.CapabilitiesChanged): Pick<Conversation, "capabilities" | "cannotSend"> {
  return {
    capabilities: new Set(capabilities.map((capability) => enumName<Capability>(capability, 1))),
    cannotSend: cannotSend && enumName(cannotSend),
  };
}

/** Converts a `Conversation` of the wire. */
export function toConversation(conversation: wire.Conversation = {}): Conversation {
  return {
    id: "",
    subject: "",
    version: 0,
    lastSeq: 0,
    memberCount: 0,
    isCopy: false,
    ...conversation,
    kind: enumName(conversation.kind),
    state: enumName(conversation.state),
    members: (conversation.members ?? []).map(toMember),
    lastMessage: conversation.lastMessage && toMessage(conversation.lastMessage),
    activeAt: new Date(conversation.activeAt ?? ""),
    readState: toReadState(conversation.readState),
    ...toRights(conversation),
    addressees: (conversation.addressees ?? []).map(({ user, group, isCopy = false }) => ({
      user: user && toUser(user),
      group: group && toGroup(group),
      isCopy,
    })),
    inReplyTo: conversation.inReplyTo || undefined,
  };
}

/** Converts a `Presence` of the wire. */
export function toPresence(presence: wire.Presence): Presence {
  return { userId: "", online: false, ...presence, lastSeenAt: optionalTime(presence.lastSeenAt) };
}
