// Generated from protocol/proto by `npm run generate`; do not edit.
// The frames of a `causerie.v1.json` connection, in the JSON mapping of protobuf. An absent field has its default.

/** A time in RFC 3339, such as `2026-11-20T20:34:00.123Z`. */
export type Timestamp = string;

/**
 * 100-149: a failure of the server; a retry may succeed. 150-199: an error in the request. 200-249: an error of the
 * authentication. 250-399: the rules or the state of the conversation do not allow the action.
 */
export type ErrorCode = "ERROR_CODE_UNSPECIFIED" | "ERROR_CODE_INTERNAL" | "ERROR_CODE_UNAVAILABLE" | "ERROR_CODE_TIMEOUT" | "ERROR_CODE_RATE_LIMITED" | "ERROR_CODE_MALFORMED" | "ERROR_CODE_INVALID" | "ERROR_CODE_TOO_LARGE" | "ERROR_CODE_UNKNOWN_COMMAND" | "ERROR_CODE_CONFLICT" | "ERROR_CODE_UNAUTHENTICATED" | "ERROR_CODE_TOKEN_EXPIRED" | "ERROR_CODE_FORBIDDEN" | "ERROR_CODE_NOT_FOUND" | "ERROR_CODE_UNSUPPORTED" | "ERROR_CODE_NOT_A_MEMBER" | "ERROR_CODE_NOT_AUTHOR" | "ERROR_CODE_CLOSED" | "ERROR_CODE_LOCKED" | "ERROR_CODE_RECIPIENT_INACTIVE" | "ERROR_CODE_CANNOT_START" | "ERROR_CODE_NEEDS_FRIEND" | "ERROR_CODE_MESSAGING_OFF" | "ERROR_CODE_WINDOW_OVER" | "ERROR_CODE_GROUP_NOT_ADDRESSABLE" | "ERROR_CODE_TOO_MANY";

/**
 * 4000-4399: the client reconnects now, with jitter. 4400-4499: the client reconnects later. 4500-4999, and the listed codes of
 * RFC 6455: a new connection with the same credentials and program would end in the same way.
 */
export type CloseCode = "CLOSE_CODE_UNSPECIFIED" | "CLOSE_CODE_PROTOCOL_ERROR" | "CLOSE_CODE_UNSUPPORTED_DATA" | "CLOSE_CODE_INVALID_DATA" | "CLOSE_CODE_TOO_LARGE" | "CLOSE_CODE_INTERNAL" | "CLOSE_CODE_GOING_AWAY" | "CLOSE_CODE_HEARTBEAT_LOST" | "CLOSE_CODE_TOKEN_EXPIRED" | "CLOSE_CODE_HANDSHAKE_TIMEOUT" | "CLOSE_CODE_OVERLOADED" | "CLOSE_CODE_RATE_LIMITED" | "CLOSE_CODE_MALFORMED" | "CLOSE_CODE_UNAUTHENTICATED" | "CLOSE_CODE_REVOKED" | "CLOSE_CODE_TOO_MANY_CONNECTIONS" | "CLOSE_CODE_FORBIDDEN";

/** The first frame of a connection. */
export type Hello = {
  /** A token signed by the embedding product. */
  token?: string;
  client?: Client;
  /** The positions that the client holds from an earlier connection. */
  resume?: Resume;
};

export type Client = {
  /** The name of the client program, for logs: `causerie-web`, `acme-ios`. */
  name?: string;
  version?: string;
};

/** Answers `Hello`. */
export type Welcome = {
  connectionId?: string;
  me?: User;
  serverVersion?: string;
  /** The optional features of this server. A client ignores features that it does not know. */
  features?: string[];
  /** The server closes the connection at this time unless the client sends `RefreshToken` before. */
  tokenExpiresAt?: Timestamp;
  /** The interval of the pings of the server. A client that receives nothing for twice this time has lost its connection. */
  heartbeatMs?: number;
  limits?: Limits;
  /** The unread messages in all conversations. A conversation that is marked unread and has no unread message counts as one. */
  totalUnread?: number;
  resumed?: Resumed;
  /**
   * The remaining lifetime of the token, in milliseconds. A client measures it with a monotonic clock, because the time of
   * day of the device may be wrong. 0 means that the server does not send it.
   */
  tokenTtlMs?: number;
  /**
   * The user may start a conversation with at least one user or group now, or a note to self. Changes come as the event
   * `MayStartChanged`.
   */
  mayStart?: boolean;
  /** The user may request a mutual relation (`friend`) from at least one user now. */
  mayRequest?: boolean;
};

/** The limits of this server. */
export type Limits = {
  frameBytesMax?: number;
  textBytesMax?: number;
  subjectBytesMax?: number;
  pageMax?: number;
  membersPerCommandMax?: number;
  heldMax?: number;
};

/** Replaces the token of the connection by a newer token of the same user, before the old token expires. */
export type RefreshToken = {
  token?: string;
};

export type TokenRefreshed = {
  tokenExpiresAt?: Timestamp;
  /** The remaining lifetime of the new token, as in `Welcome`. */
  tokenTtlMs?: number;
};

export type Ping = {
};

export type Pong = {
};

/** Asks for the changes after the positions that the client holds. Sent with `Hello`, and after the event `Gap`. */
export type Resume = {
  /** The epoch of the last `Resumed`. If it is not the epoch of the server, all positions are void. */
  epoch?: string;
  /** The inbox version of the last `Resumed`, `ConversationJoined` or `ConversationLeft`. */
  inboxVersion?: number;
  held?: Held[];
};

export type Held = {
  conversationId?: string;
  version?: number;
};

export type Resumed = {
  epoch?: string;
  /** Grows by one when the user joins or leaves a conversation. */
  inboxVersion?: number;
  /**
   * The held conversations that changed, and the conversations that the user joined after `inbox_version`. A large
   * conversation in which messages were sent and nothing else changed is not listed after `Hello`: its messages follow as
   * events directly after `Welcome`.
   */
  changes?: Changes[];
  /** The held conversations that the user is no longer a member of or may no longer read. */
  gone?: string[];
  /** The read state in each held conversation. */
  readStates?: ReadState[];
  totalUnread?: number;
  /** The user joined too many conversations to list them here: the client reloads its list of conversations. */
  reloadList?: boolean;
};

/** The changes of one conversation after a version: its current state, and each changed message once. */
export type Changes = {
  /** The conversation as it is now. */
  conversation?: Conversation;
  /** The messages that were sent, edited or deleted after the version, ordered by `seq`. */
  messages?: Message[];
  /** Too much changed, or the position is void: the client drops this conversation and loads it again. */
  reload?: boolean;
};

/** Starts a conversation, or finds the direct conversation or note to self that exists. */
export type StartConversation = {
  kind?: ConversationKind;
  /**
   * The recipients, without the caller: one user for `DIRECT`, none for `NOTE_TO_SELF`, users and groups of the product for
   * the other kinds.
   */
  with?: Recipient[];
  /** Groups and mails only. */
  subject?: string;
  /** Groups and mails only: a UUID made by the client. A retry with the same id finds the conversation that the first call made. */
  clientId?: string;
  /** The first message, sent in the same transaction. Required for a mail. */
  firstMessage?: Draft;
  /** Mails only: the recipients of a copy. All recipients see them. */
  copy?: Recipient[];
  /**
   * Mails only: the message that this mail answers. The caller must be a member of its conversation. Its author and its
   * recipients are allowed as recipients unless a deny rule matches; no allow rule is needed.
   */
  inReplyTo?: string;
};

/** A user or a group. A group stands for its members at the time of the command. */
export type Recipient = {
  id?: string;
  externalId?: string;
  groupId?: string;
  groupExternalId?: string;
};

export type Draft = {
  clientId?: string;
  text?: string;
};

export type ConversationStarted = {
  conversation?: Conversation;
  /** False if the conversation existed before. */
  created?: boolean;
  firstMessage?: Message;
  /**
   * Members of the addressed groups who do not get the mail because they are not active. At most 100 users; empty if the
   * rules keep the members secret.
   */
  inactive?: User[];
  /** The number of users who got the mail, without its author. */
  reached?: number;
  /** The number of members of the addressed groups who do not get the mail because they are not active. */
  inactiveCount?: number;
};

/** Lists the conversations of the caller by last activity, newest first. */
export type ListConversations = {
  /** The `next_cursor` of the previous page; empty for the first page. Valid only for the user who received it. */
  cursor?: string;
  /** 1 to 100; 0 means 50. */
  limit?: number;
};

export type ConversationPage = {
  /** A page that is not the last may have fewer entries than the limit, or none. */
  conversations?: Conversation[];
  /** Empty on the last page. */
  nextCursor?: string;
  totalUnread?: number;
  /** The epoch, for a later `Resume`. */
  epoch?: string;
  inboxVersion?: number;
};

export type GetConversation = {
  conversationId?: string;
};

export type ConversationFound = {
  conversation?: Conversation;
};

/** Reads messages of a conversation, oldest first. Without `before_seq` and `after_seq`: the newest messages. */
export type GetHistory = {
  conversationId?: string;
  /** Reads the messages before this position, which is not included. */
  beforeSeq?: number;
  /** Reads the messages after this position, which is not included. Excludes `before_seq`. */
  afterSeq?: number;
  /** 1 to 100; 0 means 50. */
  limit?: number;
};

export type MessagePage = {
  messages?: Message[];
  /** There are older messages before the first message of the page. */
  moreBefore?: boolean;
  /** There are newer messages after the last message of the page. */
  moreAfter?: boolean;
  /** The version of the conversation at which the page was read. */
  version?: number;
};

/** Reads the changes of a conversation after a version. */
export type GetChanges = {
  conversationId?: string;
  sinceVersion?: number;
};

export type ListMembers = {
  conversationId?: string;
  /** The `next_cursor` of the previous page; empty for the first page. */
  cursor?: string;
  /** 1 to 100; 0 means 50. */
  limit?: number;
};

export type MemberPage = {
  /** A page that is not the last may have fewer entries than the limit, or none. */
  members?: Member[];
  /** Empty on the last page. */
  nextCursor?: string;
};

export type SendMessage = {
  conversationId?: string;
  /** A UUID made by the client, one for each message. A retry sends the same id. */
  clientId?: string;
  text?: string;
};

export type MessageSent = {
  message?: Message;
};

export type EditMessage = {
  conversationId?: string;
  messageId?: string;
  text?: string;
};

export type MessageEdited = {
  message?: Message;
};

export type DeleteMessage = {
  conversationId?: string;
  messageId?: string;
  /**
   * Deletes the message only for the caller, who need not be its author; the other members keep it. The caller has then read
   * up to this message.
   */
  ownCopy?: boolean;
};

export type MessageDeleted = {
  message?: Message;
};

export type MarkRead = {
  conversationId?: string;
  /** The caller has read up to this position. A position after the last message means all messages. */
  seq?: number;
};

export type MarkUnread = {
  conversationId?: string;
};

/** Answers `MarkRead` and `MarkUnread`. */
export type Marked = {
  readState?: ReadState;
};

/** Shows the other members that the caller is typing, or has stopped. It expires after 6 seconds unless it is sent again. */
export type SetTyping = {
  conversationId?: string;
  typing?: boolean;
};

export type TypingSet = {
};

export type RenameConversation = {
  conversationId?: string;
  subject?: string;
};

export type AddMembers = {
  conversationId?: string;
  users?: UserRef[];
};

/** Removes a member from a group. A caller who names themselves leaves the group. */
export type RemoveMember = {
  conversationId?: string;
  userId?: string;
};

/** Closes a conversation: members can read it, and no member can send to it. */
export type CloseConversation = {
  conversationId?: string;
};

export type ReopenConversation = {
  conversationId?: string;
};

/**
 * Deletes a conversation for the caller, permanently. The conversation comes back without its earlier messages when another
 * member sends a message.
 */
export type DeleteConversation = {
  conversationId?: string;
  /** Erases the conversation for all members. */
  forAll?: boolean;
};

export type ConversationDeleted = {
  conversationId?: string;
};

/** Answers `RenameConversation`, `AddMembers`, `RemoveMember`, `CloseConversation` and `ReopenConversation`. */
export type ConversationUpdated = {
  /** The current state; without members and messages if the caller has left the conversation. */
  conversation?: Conversation;
};

export type GetUsers = {
  /** At most 100. */
  userIds?: string[];
};

export type UserList = {
  users?: User[];
};

/**
 * Finds users and groups that the caller may find. Each word of the query must be the beginning of a word of the name or of
 * the identifier.
 */
export type SearchDirectory = {
  query?: string;
  /** 1 to 50; 0 means 20. */
  limit?: number;
  /** The `next_cursor` of the previous page; empty for the first page. */
  cursor?: string;
};

export type DirectoryPage = {
  hits?: DirectoryHit[];
  /** Empty on the last page. */
  nextCursor?: string;
  /** The key of the help text about missing users. All causes have the same key, so that it reveals none of them. */
  help?: string;
  /** The caller may start group conversations. Each recipient also needs the action `START`. */
  mayStartGroup?: boolean;
  /** The caller may start a note to self, and write in it. */
  mayStartNote?: boolean;
};

export type DirectoryHit = {
  user?: User;
  group?: Group;
  /** The direct conversation with the user, if it exists and the caller may read it. */
  conversationId?: string;
  can?: DirectoryAction[];
  /**
   * The mutual relations (`friend`) that the caller may request: the rules allow the request, and no such relation is in force
   * or requested by either user.
   */
  mayRequest?: string[];
  /** The relations between the caller and the user that are in force or requested. */
  relations?: RelationStatus[];
};

/**
 * Requests a mutual relation (`friend`), or enters a one-sided relation (`follow`, `block`). If the other user has requested
 * the same relation, the request accepts it. A repetition changes nothing.
 */
export type Relate = {
  relation?: string;
  user?: UserRef;
};

/** Accepts a requested relation. */
export type AcceptRelation = {
  relation?: string;
  user?: UserRef;
};

/** Ends a relation, declines a request, or takes back the caller's own request. */
export type Unrelate = {
  relation?: string;
  user?: UserRef;
};

/** Answers `Relate`, `AcceptRelation` and `Unrelate`. */
export type RelationUpdated = {
  /** Absent if the relation has ended. */
  relation?: Relation;
};

/** Lists the relations of the caller. */
export type ListRelations = {
  /** Lists only relations of this name; empty for all relations. */
  relation?: string;
  /** The `next_cursor` of the previous page; empty for the first page. */
  cursor?: string;
  /** 1 to 100; 0 means 50. */
  limit?: number;
};

export type RelationPage = {
  relations?: Relation[];
  /** Empty on the last page. */
  nextCursor?: string;
};

/**
 * Subscribes this connection to the presence of these users, in place of the users of the previous command. At most 200
 * users; an empty list ends the subscription.
 */
export type WatchPresence = {
  userIds?: string[];
};

export type GetPresence = {
  /** At most 200. */
  userIds?: string[];
};

/** Answers `WatchPresence` and `GetPresence`. Users whose profile the caller may not see are left out. */
export type PresenceList = {
  presences?: Presence[];
};

/**
 * Subscribes this connection to what the caller may do with these users, in place of the users of the previous command. A
 * change comes as the event `ContactsChanged`. At most 100 users; an empty list ends the subscription.
 */
export type WatchContacts = {
  users?: UserRef[];
};

/** Answers `WatchContacts`. */
export type ContactList = {
  /** One for each user, in the order of the command. */
  contacts?: Contact[];
};

/**
 * A change carries the version that it made. If this is not the version that the client holds plus one, the client missed
 * changes and reads them with `GetChanges`.
 */
export type Event = {
  messageSent?: MessageEvent;
  messageEdited?: MessageEvent;
  messageDeleted?: MessageEvent;
  conversationChanged?: ConversationChanged;
  conversationJoined?: ConversationJoined;
  conversationLeft?: ConversationLeft;
  capabilitiesChanged?: CapabilitiesChanged;
  readStateChanged?: ReadStateChanged;
  memberRead?: MemberRead;
  typing?: Typing;
  presenceChanged?: Presence;
  gap?: Gap;
  tokenExpiring?: TokenExpiring;
  goingAway?: GoingAway;
  relationChanged?: RelationChanged;
  contactsChanged?: ContactsChanged;
  mayStartChanged?: MayStartChanged;
};

/** `message.version` is the version that the change made. */
export type MessageEvent = {
  message?: Message;
};

/** The subject, the state or the members changed. Fields that did not change are absent. */
export type ConversationChanged = {
  conversationId?: string;
  version?: number;
  subject?: string;
  state?: ConversationState;
  /** The first 20 new members; further new members appear only in `member_count`. Empty if the rules keep the members secret. */
  membersAdded?: Member[];
  membersRemoved?: string[];
  memberCount?: number;
};

/**
 * The user joined a conversation. No event of the conversation comes before this event; the changes after
 * `conversation.version` follow, each once.
 */
export type ConversationJoined = {
  /** 0 if the user was a member before and may now read the conversation again. */
  inboxVersion?: number;
  conversation?: Conversation;
};

export type ConversationLeft = {
  /** 0 if the user stays a member and may no longer read the conversation. */
  inboxVersion?: number;
  conversationId?: string;
};

export type CapabilitiesChanged = {
  conversationId?: string;
  capabilities?: Capability[];
  /** As in `Conversation`. */
  cannotSend?: ErrorCode;
};

/**
 * The read position of the user moved, on this or another device, or the unread count changed. The client replaces its values
 * by these. Without `read_state` only the total changed: the user left a conversation with unread messages, or it was erased.
 */
export type ReadStateChanged = {
  readState?: ReadState;
  totalUnread?: number;
};

/** Another member read up to a message. Sent only in conversations of at most 32 members. */
export type MemberRead = {
  conversationId?: string;
  userId?: string;
  readSeq?: number;
};

/** A relation of the user was requested, entered, accepted, declined or ended. */
export type RelationChanged = {
  /** The current relation; without a state if it ended. */
  relation?: Relation;
};

/** What the caller may do with watched users changed. Each contact replaces the earlier contact with the same `user_ref`. */
export type ContactsChanged = {
  /** Only the contacts that changed. */
  contacts?: Contact[];
};

/** Whether the user may start any conversation, or request any relation, changed: the values as in `Welcome`. */
export type MayStartChanged = {
  mayStart?: boolean;
  mayRequest?: boolean;
};

export type Typing = {
  conversationId?: string;
  userId?: string;
  typing?: boolean;
};

/** This connection read too slowly, and events were dropped. The client sends `Resume` to get the changes. */
export type Gap = {
};

export type TokenExpiring = {
  tokenExpiresAt?: Timestamp;
};

/** The server closes this connection now. The client reconnects after this time. */
export type GoingAway = {
  reconnectAfterMs?: number;
};

export type Request = {
  /** Chosen by the client and repeated in the reply. 0 asks for no reply. */
  id?: number;
  hello?: Hello;
  refreshToken?: RefreshToken;
  ping?: Ping;
  resume?: Resume;
  startConversation?: StartConversation;
  listConversations?: ListConversations;
  getConversation?: GetConversation;
  getHistory?: GetHistory;
  getChanges?: GetChanges;
  listMembers?: ListMembers;
  sendMessage?: SendMessage;
  editMessage?: EditMessage;
  deleteMessage?: DeleteMessage;
  markRead?: MarkRead;
  markUnread?: MarkUnread;
  setTyping?: SetTyping;
  renameConversation?: RenameConversation;
  addMembers?: AddMembers;
  removeMember?: RemoveMember;
  getUsers?: GetUsers;
  searchDirectory?: SearchDirectory;
  watchPresence?: WatchPresence;
  getPresence?: GetPresence;
  closeConversation?: CloseConversation;
  reopenConversation?: ReopenConversation;
  deleteConversation?: DeleteConversation;
  relate?: Relate;
  acceptRelation?: AcceptRelation;
  unrelate?: Unrelate;
  listRelations?: ListRelations;
  watchContacts?: WatchContacts;
};

export type ServerFrame = {
  reply?: Reply;
  event?: Event;
};

export type Reply = {
  /** The `id` of the request. */
  id?: number;
  error?: Error;
  welcome?: Welcome;
  tokenRefreshed?: TokenRefreshed;
  pong?: Pong;
  resumed?: Resumed;
  conversationStarted?: ConversationStarted;
  conversationPage?: ConversationPage;
  conversationFound?: ConversationFound;
  messagePage?: MessagePage;
  changes?: Changes;
  memberPage?: MemberPage;
  messageSent?: MessageSent;
  messageEdited?: MessageEdited;
  messageDeleted?: MessageDeleted;
  marked?: Marked;
  typingSet?: TypingSet;
  conversationUpdated?: ConversationUpdated;
  userList?: UserList;
  directoryPage?: DirectoryPage;
  presenceList?: PresenceList;
  conversationDeleted?: ConversationDeleted;
  relationUpdated?: RelationUpdated;
  relationPage?: RelationPage;
  contactList?: ContactList;
};

export type Error = {
  /** The number of an `ErrorCode`. */
  code?: number;
  /** The name of the code: `not_found`. */
  name?: string;
  /** True if the same request may succeed later. */
  temporary?: boolean;
  /** One sentence for a developer. */
  message?: string;
  /** The field of the request that caused the error, `sendMessage.text`; empty if no field did. */
  field?: string;
  /** The shortest time to wait before a retry; 0 if there is none. */
  retryAfterMs?: number;
};

/** A user of a tenant. */
export type User = {
  /** UUIDv7, made by the server. */
  id?: string;
  /** The identifier of the user in the embedding product, the `sub` of its tokens. */
  externalId?: string;
  name?: string;
  /** Empty if the user has none. */
  avatarUrl?: string;
  status?: UserStatus;
  /** A short text about the user, such as the role, the class or the unit; empty if there is none. */
  about?: string;
};

/** Names a user: by the server's id, or by the identifier in the embedding product. */
export type UserRef = {
  id?: string;
  externalId?: string;
};

/** A conversation as one member sees it. */
export type Conversation = {
  id?: string;
  kind?: ConversationKind;
  state?: ConversationState;
  /** Groups only. */
  subject?: string;
  /** Grows by one with each change of the conversation: a sent, edited or deleted message, a member, the subject, the state. */
  version?: number;
  /** The `seq` of the last message. Positions count from 1 without a hole. */
  lastSeq?: number;
  /** The first 20 members, in the order of joining. */
  members?: Member[];
  memberCount?: number;
  /** Absent while there is no message. */
  lastMessage?: Message;
  /** The time of the last message, or of the start of the conversation. Lists are sorted by it. */
  activeAt?: Timestamp;
  /** The read state of the caller. */
  readState?: ReadState;
  capabilities?: Capability[];
  /** The first 50 addressees of a mail, in the order of the command. */
  addressees?: Addressee[];
  /** The caller got the mail as a copy. */
  isCopy?: boolean;
  /** The message that this mail answers; empty for members who do not have that message. */
  inReplyTo?: string;
  /**
   * The reason why the capabilities contain neither `SEND` nor `REPLY`: the code with which a message would be refused. A code
   * never reveals a block: `CANNOT_START` means that the rules do not let the caller write to the other user, for any reason.
   */
  cannotSend?: ErrorCode;
};

/** A group of the product, `Class 6A`. Rules are evaluated over groups; a group is not a conversation. */
export type Group = {
  /** UUIDv7, made by the server. */
  id?: string;
  /** The identifier of the group in the embedding product. */
  externalId?: string;
  name?: string;
  /** The kind of the group, a word of the tenant's policy: `class`. */
  kind?: string;
};

/** An addressee of a mail: a user or a group. */
export type Addressee = {
  user?: User;
  group?: Group;
  isCopy?: boolean;
};

/** A relation between the caller and another user. */
export type Relation = {
  /** The name of the relation, a word of the tenant's policy: `friend`. */
  relation?: string;
  user?: User;
  state?: RelationState;
  direction?: Direction;
};

/** A relation between the caller and a user who is named elsewhere. */
export type RelationStatus = {
  /** The name of the relation, a word of the tenant's policy: `friend`. */
  relation?: string;
  state?: RelationState;
  /** `INCOMING` and `PENDING`: the user has asked the caller. `OUTGOING` and `PENDING`: the caller has asked the user. */
  direction?: Direction;
};

/** What the caller may do with a user now. */
export type Contact = {
  /** The user as the command named them. */
  userRef?: UserRef;
  /** Absent if the caller may not know the user. A user who does not exist and a user who is hidden look the same. */
  user?: User;
  /** `START`, `SEND`, `SEE_PROFILE` and `BLOCK`. */
  can?: DirectoryAction[];
  /** The reason why `can` lacks `START`. */
  cannotStart?: ErrorCode;
  /** The relations that are in force or requested. */
  relations?: RelationStatus[];
  /**
   * The mutual relations (`friend`) that the caller may request: the rules allow the request, and no such relation is in force
   * or requested by either user.
   */
  mayRequest?: string[];
  /** The direct conversation with the user, if it exists and the caller may read it. */
  conversationId?: string;
};

export type Member = {
  user?: User;
  role?: MemberRole;
  /** The member has read up to this position. In mails, 0 for all members except the caller. */
  readSeq?: number;
};

export type Message = {
  /** UUIDv7, made by the server. */
  id?: string;
  conversationId?: string;
  /** The position in the conversation. Messages are ordered only by it. */
  seq?: number;
  /** The version that the last change of this message made. */
  version?: number;
  authorId?: string;
  /** The UUID made by the sending client. A second send with the same id is answered with this message. */
  clientId?: string;
  /** Empty if the message was deleted. */
  text?: string;
  sentAt?: Timestamp;
  /** Present if the message was edited. */
  editedAt?: Timestamp;
  /** Present if the message was deleted. The deleted message keeps its position. */
  deletedAt?: Timestamp;
};

/** The read state of one user in one conversation. */
export type ReadState = {
  conversationId?: string;
  /** The user has read up to this position. It only grows. */
  readSeq?: number;
  /** The number of messages after `read_seq` from other members, without deleted messages. */
  unread?: number;
  /** Set by `MarkUnread`, cleared by `MarkRead`. */
  markedUnread?: boolean;
};

export type Presence = {
  userId?: string;
  online?: boolean;
  /** The time at which the user was last connected; absent while the user is online, or if the user has never connected. */
  lastSeenAt?: Timestamp;
};

export type UserStatus = "USER_STATUS_UNSPECIFIED" | "USER_STATUS_ACTIVE" | "USER_STATUS_DEACTIVATED" | "USER_STATUS_REMOVED" | "USER_STATUS_INVITED";

export type ConversationKind = "CONVERSATION_KIND_UNSPECIFIED" | "CONVERSATION_KIND_NOTE_TO_SELF" | "CONVERSATION_KIND_DIRECT" | "CONVERSATION_KIND_GROUP" | "CONVERSATION_KIND_MAIL";

export type ConversationState = "CONVERSATION_STATE_UNSPECIFIED" | "CONVERSATION_STATE_OPEN" | "CONVERSATION_STATE_CLOSED" | "CONVERSATION_STATE_LOCKED";

export type MemberRole = "MEMBER_ROLE_UNSPECIFIED" | "MEMBER_ROLE_MEMBER" | "MEMBER_ROLE_OWNER";

/**
 * An action that the caller may perform in a conversation now. The server sends the complete list, and the client replaces
 * its list by it.
 */
export type Capability = "CAPABILITY_UNSPECIFIED" | "CAPABILITY_SEND" | "CAPABILITY_EDIT" | "CAPABILITY_DELETE" | "CAPABILITY_RENAME" | "CAPABILITY_ADD_MEMBER" | "CAPABILITY_REMOVE_MEMBER" | "CAPABILITY_LEAVE" | "CAPABILITY_CLOSE" | "CAPABILITY_REOPEN" | "CAPABILITY_DELETE_CONVERSATION" | "CAPABILITY_ERASE_CONVERSATION" | "CAPABILITY_DELETE_OWN_COPY" | "CAPABILITY_REPLY";

export type RelationState = "RELATION_STATE_UNSPECIFIED" | "RELATION_STATE_PENDING" | "RELATION_STATE_ACCEPTED";

export type Direction = "DIRECTION_UNSPECIFIED" | "DIRECTION_OUTGOING" | "DIRECTION_INCOMING" | "DIRECTION_MUTUAL";

/** An action that the caller may perform on a user or a group now. */
export type DirectoryAction = "DIRECTORY_ACTION_UNSPECIFIED" | "DIRECTORY_ACTION_START" | "DIRECTORY_ACTION_ADDRESS_GROUP" | "DIRECTORY_ACTION_SEE_PROFILE" | "DIRECTORY_ACTION_SEND" | "DIRECTORY_ACTION_BLOCK";
