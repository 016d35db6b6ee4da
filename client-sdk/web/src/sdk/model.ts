// What applications see: the wire's resources with every default filled in and times as `Date`.
import type * as wire from "./wire.gen.js";

type Bare<Value, Prefix extends string> = Value extends `${Prefix}_${infer Name}` ? Lowercase<Name> : never;

/** `active`, `deactivated`, `removed`, `invited`. */
export type UserStatus = Bare<wire.UserStatus, "USER_STATUS">;
/** `note_to_self`, `direct`, `group`, `mail`. */
export type ConversationKind = Bare<wire.ConversationKind, "CONVERSATION_KIND">;
/** `open`, `closed`, `locked`. */
export type ConversationState = Bare<wire.ConversationState, "CONVERSATION_STATE">;
/** `member`, `owner`. */
export type MemberRole = Bare<wire.MemberRole, "MEMBER_ROLE">;
/** `send`, `edit`, `delete`, `rename`, `add_member`, `remove_member`, `leave`, `close`, `reopen`, `delete_conversation`, `erase_conversation`, `delete_own_copy`, `reply`. */
export type Capability = Bare<wire.Capability, "CAPABILITY">;

/** `pending`, `accepted`. */
export type RelationState = Bare<wire.RelationState, "RELATION_STATE">;
/** `outgoing`, `incoming`, `mutual`. */
export type Direction = Bare<wire.Direction, "DIRECTION">;
/** `start`, `address_group`, `see_profile`. */
export type DirectoryAction = Bare<wire.DirectoryAction, "DIRECTORY_ACTION">;

/** A person. */
export interface User {
  readonly id: string;
  /** The embedding product's own identifier. */
  readonly externalId: string;
  readonly name: string;
  /** Empty when the person has none. */
  readonly avatarUrl: string;
  readonly status: UserStatus;
}

/** A person in a conversation. */
export interface Member {
  readonly user: User;
  readonly role: MemberRole;
  /** Has read up to this message. */
  readonly readSeq: number;
}

/** Something said. */
export interface Message {
  readonly id: string;
  readonly conversationId: string;
  /** Place in the conversation, from 1 without a gap. */
  readonly seq: number;
  /** The conversation's version when this message last changed. */
  readonly version: number;
  readonly authorId: string;
  readonly clientId: string;
  /** Empty once deleted. */
  readonly text: string;
  readonly sentAt: Date;
  readonly editedAt: Date | undefined;
  /** Set once deleted: a tombstone that keeps its place. */
  readonly deletedAt: Date | undefined;
}

/** Where one stands in a conversation. Counted by the server, never by the client. */
export interface ReadState {
  readonly readSeq: number;
  readonly unread: number;
  readonly markedUnread: boolean;
}

/** A conversation as the connected person sees it. A new object whenever anything in it changes. */
export interface Conversation {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly state: ConversationState;
  readonly subject: string;
  readonly version: number;
  readonly lastSeq: number;
  /** The first 20; `listMembers` has all. */
  readonly members: readonly Member[];
  readonly memberCount: number;
  readonly lastMessage: Message | undefined;
  readonly activeAt: Date;
  readonly readState: ReadState;
  /** What one may do here now. Never guess, look here. */
  readonly capabilities: ReadonlySet<Capability>;
  /** Whom a mail was addressed to, in the order given. */
  readonly addressees: readonly Addressee[];
  /** The mail came as a copy. */
  readonly isCopy: boolean;
  /** The message this mail answers, where one holds it. */
  readonly inReplyTo: string | undefined;
}

/** A group of the embedding product, `Class 6A`; not a conversation. */
export interface Group {
  readonly id: string;
  readonly externalId: string;
  readonly name: string;
  /** `class`, as the tenant's policy declares it. */
  readonly kind: string;
}

/** To whom a mail went: a person or a group. */
export interface Addressee {
  readonly user: User | undefined;
  readonly group: Group | undefined;
  readonly isCopy: boolean;
}

/** What one person is to another. */
export interface Relation {
  /** `friend`, as the tenant's policy declares it. */
  readonly relation: string;
  readonly user: User;
  /** `unspecified` when it ended. */
  readonly state: RelationState;
  readonly direction: Direction;
}

/** Whether a person is there. */
export interface Presence {
  readonly userId: string;
  readonly online: boolean;
  readonly lastSeenAt: Date | undefined;
}

/** A page of anything; `nextCursor` is empty on the last. Any page before it may be short, or hold nothing. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string;
}

/** A person or a group found in the directory. */
export interface DirectoryHit {
  readonly user: User | undefined;
  readonly group: Group | undefined;
  /** The direct conversation that exists already. */
  readonly conversationId: string | undefined;
  /** What one may do with them. */
  readonly can: ReadonlySet<DirectoryAction>;
  /** Mutual relations (`friend`) the person may be asked for. */
  readonly mayRequest: readonly string[];
}

/** Whom a search found. */
export interface DirectoryPage extends Page<DirectoryHit> {
  /** Conversations of several may be started. */
  readonly mayStartGroup: boolean;
}

/** `CONVERSATION_KIND_NOTE_TO_SELF` with prefix `CONVERSATION_KIND_` is `note_to_self`; numbers are values newer than this client. */
function bare<Name extends string>(value: string | number | undefined, prefix: string): Name {
  return (typeof value === "string" ? value.slice(prefix.length) : "UNSPECIFIED").toLowerCase() as Name;
}

function optionalTime(timestamp: string | undefined): Date | undefined {
  return timestamp === undefined ? undefined : new Date(timestamp);
}

/** Reads a `User`. */
export function toUser(user: wire.User = {}): User {
  return {
    id: user.id ?? "",
    externalId: user.externalId ?? "",
    name: user.name ?? "",
    avatarUrl: user.avatarUrl ?? "",
    status: bare(user.status, "USER_STATUS_"),
  };
}

/** Reads a `Group`. */
export function toGroup(group: wire.Group): Group {
  return { id: group.id ?? "", externalId: group.externalId ?? "", name: group.name ?? "", kind: group.kind ?? "" };
}

/** Reads a `Relation`. */
export function toRelation(relation: wire.Relation = {}): Relation {
  return {
    relation: relation.relation ?? "",
    user: toUser(relation.user),
    state: bare(relation.state, "RELATION_STATE_"),
    direction: bare(relation.direction, "DIRECTION_"),
  };
}

/** Reads a `DirectoryHit`. */
export function toHit({ user, group, conversationId, can = [], mayRequest = [] }: wire.DirectoryHit): DirectoryHit {
  return {
    user: user && toUser(user),
    group: group && toGroup(group),
    conversationId: conversationId || undefined,
    can: new Set(can.map((action) => bare<DirectoryAction>(action, "DIRECTORY_ACTION_"))),
    mayRequest,
  };
}

/** Reads a `Member`. */
export function toMember(member: wire.Member): Member {
  return { user: toUser(member.user), role: bare(member.role, "MEMBER_ROLE_"), readSeq: member.readSeq ?? 0 };
}

/** Reads a `Message`. */
export function toMessage(message: wire.Message = {}): Message {
  return {
    id: message.id ?? "",
    conversationId: message.conversationId ?? "",
    seq: message.seq ?? 0,
    version: message.version ?? 0,
    authorId: message.authorId ?? "",
    clientId: message.clientId ?? "",
    text: message.text ?? "",
    sentAt: new Date(message.sentAt ?? ""),
    editedAt: optionalTime(message.editedAt),
    deletedAt: optionalTime(message.deletedAt),
  };
}

/** Reads a `ReadState`. */
export function toReadState(state: wire.ReadState = {}): ReadState {
  return { readSeq: state.readSeq ?? 0, unread: state.unread ?? 0, markedUnread: state.markedUnread ?? false };
}

/** Reads a list of `Capability`. */
export function toCapabilities(list: readonly wire.Capability[] = []): ReadonlySet<Capability> {
  return new Set(list.map((capability) => bare<Capability>(capability, "CAPABILITY_")));
}

/** Reads a `ConversationState`. */
export function toState(state: wire.ConversationState | undefined): ConversationState {
  return bare(state, "CONVERSATION_STATE_");
}

/** Reads a `Conversation`. */
export function toConversation(conversation: wire.Conversation = {}): Conversation {
  return {
    id: conversation.id ?? "",
    kind: bare(conversation.kind, "CONVERSATION_KIND_"),
    state: toState(conversation.state),
    subject: conversation.subject ?? "",
    version: conversation.version ?? 0,
    lastSeq: conversation.lastSeq ?? 0,
    members: (conversation.members ?? []).map(toMember),
    memberCount: conversation.memberCount ?? 0,
    lastMessage: conversation.lastMessage && toMessage(conversation.lastMessage),
    activeAt: new Date(conversation.activeAt ?? ""),
    readState: toReadState(conversation.readState),
    capabilities: toCapabilities(conversation.capabilities),
    addressees: (conversation.addressees ?? []).map(({ user, group, isCopy = false }) => ({
      user: user && toUser(user),
      group: group && toGroup(group),
      isCopy,
    })),
    isCopy: conversation.isCopy ?? false,
    inReplyTo: conversation.inReplyTo || undefined,
  };
}

/** Reads a `Presence`. */
export function toPresence(presence: wire.Presence): Presence {
  return { userId: presence.userId ?? "", online: presence.online ?? false, lastSeenAt: optionalTime(presence.lastSeenAt) };
}
