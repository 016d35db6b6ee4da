// Generated from protocol/proto by `npm run generate`; do not edit.
// The frames of a `causerie.v1.json` connection, in the JSON mapping of protobuf. An absent field has its default.

/** A time in RFC 3339, such as `2026-11-20T20:34:00.123Z`. */
export type Timestamp = string;

/**
 * 100-149: the server's trouble; try again later. 150-199: the request's fault. 200-249: who asks.
 * 250-399: rules said no.
 */
export type ErrorCode = "ERROR_CODE_UNSPECIFIED" | "ERROR_CODE_INTERNAL" | "ERROR_CODE_UNAVAILABLE" | "ERROR_CODE_TIMEOUT" | "ERROR_CODE_RATE_LIMITED" | "ERROR_CODE_MALFORMED" | "ERROR_CODE_INVALID" | "ERROR_CODE_TOO_LARGE" | "ERROR_CODE_UNKNOWN_COMMAND" | "ERROR_CODE_CONFLICT" | "ERROR_CODE_UNAUTHENTICATED" | "ERROR_CODE_TOKEN_EXPIRED" | "ERROR_CODE_FORBIDDEN" | "ERROR_CODE_NOT_FOUND" | "ERROR_CODE_UNSUPPORTED" | "ERROR_CODE_NOT_A_MEMBER" | "ERROR_CODE_NOT_AUTHOR" | "ERROR_CODE_CLOSED" | "ERROR_CODE_LOCKED" | "ERROR_CODE_RECIPIENT_INACTIVE" | "ERROR_CODE_CANNOT_START" | "ERROR_CODE_NEEDS_FRIEND" | "ERROR_CODE_MESSAGING_OFF" | "ERROR_CODE_WINDOW_OVER" | "ERROR_CODE_GROUP_NOT_ADDRESSABLE" | "ERROR_CODE_TOO_MANY";

/**
 * 4000-4399: reconnect now (with jitter). 4400-4499: reconnect later. 4500-4999, and the codes of RFC 6455 listed here: do not
 * come back as you are.
 */
export type CloseCode = "CLOSE_CODE_UNSPECIFIED" | "CLOSE_CODE_PROTOCOL_ERROR" | "CLOSE_CODE_UNSUPPORTED_DATA" | "CLOSE_CODE_INVALID_DATA" | "CLOSE_CODE_TOO_LARGE" | "CLOSE_CODE_INTERNAL" | "CLOSE_CODE_GOING_AWAY" | "CLOSE_CODE_HEARTBEAT_LOST" | "CLOSE_CODE_TOKEN_EXPIRED" | "CLOSE_CODE_HANDSHAKE_TIMEOUT" | "CLOSE_CODE_OVERLOADED" | "CLOSE_CODE_RATE_LIMITED" | "CLOSE_CODE_MALFORMED" | "CLOSE_CODE_UNAUTHENTICATED" | "CLOSE_CODE_REVOKED" | "CLOSE_CODE_TOO_MANY_CONNECTIONS";

/** The first frame of a connection. */
export type Hello = {
  /** A token signed by the embedding product. */
  token?: string;
  client?: Client;
  /** What the client still holds from an earlier connection. */
  resume?: Resume;
};

export type Client = {
  /** Which program speaks, for logs: `causerie-web`, `acme-ios`. */
  name?: string;
  version?: string;
};

/** Answers `Hello`. */
export type Welcome = {
  connectionId?: string;
  me?: User;
  serverVersion?: string;
  /** Optional parts this server has; unknown ones are ignored. */
  features?: string[];
  /** The connection closes then unless `RefreshToken` came. */
  tokenExpiresAt?: Timestamp;
  /** The server pings this often; a client that hears nothing for twice as long is cut off. */
  heartbeatMs?: number;
  limits?: Limits;
  /** Unread messages in all conversations together; a marked conversation without any counts as one. */
  totalUnread?: number;
  resumed?: Resumed;
  /**
   * The life that the token has left, in milliseconds from now. A client counts it down by a clock that never jumps: the
   * device's time of day may be wrong. 0 means that the server does not tell.
   */
  tokenTtlMs?: number;
};

/** What this server accepts. */
export type Limits = {
  frameBytesMax?: number;
  textBytesMax?: number;
  subjectBytesMax?: number;
  pageMax?: number;
  membersPerCommandMax?: number;
  heldMax?: number;
};

/** A fresh token for the same person, before the old one expires. */
export type RefreshToken = {
  token?: string;
};

export type TokenRefreshed = {
  tokenExpiresAt?: Timestamp;
  /** The life that the new token has left, as in `Welcome`. */
  tokenTtlMs?: number;
};

export type Ping = {
};

export type Pong = {
};

/** "This is what I hold; tell me what changed." Sent with `Hello`, and after a `Gap`. */
export type Resume = {
  /** As last told by `Resumed`. Another epoch than the server's voids all positions. */
  epoch?: string;
  /** As last told by `Resumed` or by an event on the inbox. */
  inboxVersion?: number;
  held?: Held[];
};

export type Held = {
  conversationId?: string;
  version?: number;
};

export type Resumed = {
  epoch?: string;
  /** Counts the joinings and leavings of this person. */
  inboxVersion?: number;
  /**
   * Held conversations that changed, and all that was joined since `inbox_version`. In conversations of many, where messages were
   * sent and nothing else happened, these follow as events right behind a `Welcome` instead.
   */
  changes?: Changes[];
  /** Held conversations the person is no longer in. */
  gone?: string[];
  /** Position in every held conversation. */
  readStates?: ReadState[];
  totalUnread?: number;
  /** Too much was joined to list: load the list of conversations anew. */
  reloadList?: boolean;
};

/** What changed in one conversation after a version: current state, each message once. */
export type Changes = {
  /** The conversation as it is now. */
  conversation?: Conversation;
  /** Messages sent, edited or deleted since, by seq. */
  messages?: Message[];
  /** Too much changed, or the position is void: drop what is held of this conversation and load it anew. */
  reload?: boolean;
};

/** Start a conversation, or find the one that exists. */
export type StartConversation = {
  kind?: ConversationKind;
  /** Whom with, oneself left out. One person for `DIRECT`, none for `NOTE_TO_SELF`; people and groups of the product for others. */
  with?: Recipient[];
  /** Groups and mails only. */
  subject?: string;
  /** Groups and mails only: a retry with the same id finds what the first call made. */
  clientId?: string;
  /** Said at once, in the same transaction. A mail must have one. */
  firstMessage?: Draft;
  /** Mails only: who gets it as a copy, for all to see. */
  copy?: Recipient[];
  /**
   * Mails only: the message this answers, which one holds. Its author, and the people it went to, may then be written to
   * whatever the rules say of them.
   */
  inReplyTo?: string;
};

/** Someone to write to. A group stands for the people in it at that moment. */
export type Recipient = {
  id?: string;
  externalId?: string;
  groupId?: string;
  groupExternalId?: string;
};

export type UserRef = {
  id?: string;
  externalId?: string;
};

export type Draft = {
  clientId?: string;
  text?: string;
};

export type ConversationStarted = {
  conversation?: Conversation;
  /** False when it existed already. */
  created?: boolean;
  firstMessage?: Message;
  /**
   * People a mail was meant for, through a group, who can't be written to now. At most 100; none where the rules keep members
   * secret.
   */
  inactive?: User[];
  /** How many people got it, the starter left out. */
  reached?: number;
  /** How many people it was meant for, through a group, can't be written to now. */
  inactiveCount?: number;
};

/** Conversations by last activity, newest first. */
export type ListConversations = {
  /** From the page before; empty for the first. Of use to the user it was given to alone. */
  cursor?: string;
  /** 1 to 100; 0 means 50. */
  limit?: number;
};

export type ConversationPage = {
  /** Perhaps fewer than the limit, or none, on a page that is not the last. */
  conversations?: Conversation[];
  /** Empty on the last page. */
  nextCursor?: string;
  totalUnread?: number;
  /** To resume from, later. */
  epoch?: string;
  inboxVersion?: number;
};

export type GetConversation = {
  conversationId?: string;
};

export type ConversationFound = {
  conversation?: Conversation;
};

/** Messages of a conversation, always answered oldest first. Without `before_seq` and `after_seq`: the newest. */
export type GetHistory = {
  conversationId?: string;
  /** Messages before this one, not included. */
  beforeSeq?: number;
  /** Messages after this one, not included. Not together with `before_seq`. */
  afterSeq?: number;
  /** 1 to 100; 0 means 50. */
  limit?: number;
};

export type MessagePage = {
  messages?: Message[];
  /** There are older ones before the first. */
  moreBefore?: boolean;
  /** There are newer ones after the last. */
  moreAfter?: boolean;
  /** The conversation's version this page is true at. */
  version?: number;
};

/** What changed in a conversation after a version. */
export type GetChanges = {
  conversationId?: string;
  sinceVersion?: number;
};

export type ListMembers = {
  conversationId?: string;
  /** From the page before; empty for the first. */
  cursor?: string;
  /** 1 to 100; 0 means 50. */
  limit?: number;
};

export type MemberPage = {
  /** Perhaps fewer than the limit, or none, on a page that is not the last. */
  members?: Member[];
  /** Empty on the last page. */
  nextCursor?: string;
};

export type SendMessage = {
  conversationId?: string;
  /** UUID made by the client, one per message; a retry uses it again. */
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
  /** Delete one's own copy only, whoever wrote it; the others keep theirs. Counts as having read up to it. */
  ownCopy?: boolean;
};

export type MessageDeleted = {
  message?: Message;
};

export type MarkRead = {
  conversationId?: string;
  /** Read up to here; beyond the last message means all. */
  seq?: number;
};

export type MarkUnread = {
  conversationId?: string;
};

/** Answers `MarkRead` and `MarkUnread`. */
export type Marked = {
  readState?: ReadState;
};

/** Say that one is writing, or stopped. Lasts 6 seconds unless said again. */
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

/** Take someone out of a group, or leave it. */
export type RemoveMember = {
  conversationId?: string;
  userId?: string;
};

/** End a conversation: it stays, readable, and nobody posts. */
export type CloseConversation = {
  conversationId?: string;
};

export type ReopenConversation = {
  conversationId?: string;
};

/** Delete one's own copy of a conversation, for good. It comes back, without its past, when somebody writes in it again. */
export type DeleteConversation = {
  conversationId?: string;
  /** Erase it for all members. */
  forAll?: boolean;
};

export type ConversationDeleted = {
  conversationId?: string;
};

/** Answers `RenameConversation`, `AddMembers`, `RemoveMember`, `CloseConversation` and `ReopenConversation`. */
export type ConversationUpdated = {
  /** As it is now; without members and messages for one who just left. */
  conversation?: Conversation;
};

export type GetUsers = {
  /** At most 100. */
  userIds?: string[];
};

export type UserList = {
  users?: User[];
};

/** Whom may I write to? People and groups whose name or identifier has, for each word asked for, a word that starts so. */
export type SearchDirectory = {
  query?: string;
  /** 1 to 50; 0 means 20. */
  limit?: number;
  /** From the page before; empty for the first. */
  cursor?: string;
};

export type DirectoryPage = {
  hits?: DirectoryHit[];
  /** Empty on the last page. */
  nextCursor?: string;
  /** Where to read why somebody may be missing: one key for all causes, so that it betrays none. */
  help?: string;
  /** Conversations of several may be started; each of the people needs `START` besides. */
  mayStartGroup?: boolean;
};

export type DirectoryHit = {
  user?: User;
  group?: Group;
  /** The direct conversation that exists already. */
  conversationId?: string;
  can?: DirectoryAction[];
  /** Mutual relations (`friend`) the person may be asked for: those that rules allow, and that are neither in force nor asked for by either. */
  mayRequest?: string[];
};

/**
 * Ask somebody for a mutual relation (`friend`), or enter a one-sided one (`follow`, `block`). A request that crosses
 * another accepts it; a repetition changes nothing.
 */
export type Relate = {
  relation?: string;
  user?: UserRef;
};

/** Say yes to a request. */
export type AcceptRelation = {
  relation?: string;
  user?: UserRef;
};

/** End a relation, decline a request, or take one's own back. */
export type Unrelate = {
  relation?: string;
  user?: UserRef;
};

/** Answers `Relate`, `AcceptRelation` and `Unrelate`. */
export type RelationUpdated = {
  /** Absent when there is none any more. */
  relation?: Relation;
};

/** The relations of the person who asks. */
export type ListRelations = {
  /** Of this name only; empty for all. */
  relation?: string;
  /** From the page before; empty for the first. */
  cursor?: string;
  /** 1 to 100; 0 means 50. */
  limit?: number;
};

export type RelationPage = {
  relations?: Relation[];
  /** Empty on the last page. */
  nextCursor?: string;
};

/** Be told when these people come and go, instead of those named before. At most 200; none to stop. */
export type WatchPresence = {
  userIds?: string[];
};

export type GetPresence = {
  /** At most 200. */
  userIds?: string[];
};

/** Answers `WatchPresence` and `GetPresence`. People one may not see are left out. */
export type PresenceList = {
  presences?: Presence[];
};

export type DirectoryAction = "DIRECTORY_ACTION_UNSPECIFIED" | "DIRECTORY_ACTION_START" | "DIRECTORY_ACTION_ADDRESS_GROUP" | "DIRECTORY_ACTION_SEE_PROFILE";

/** Changes carry the version they made. One whose version is not the held one plus one betrays a gap: `GetChanges` fills it. */
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
};

/** `message.version` is the version this made. */
export type MessageEvent = {
  message?: Message;
};

/** Subject, state or members changed. What did not change is absent. */
export type ConversationChanged = {
  conversationId?: string;
  version?: number;
  subject?: string;
  state?: ConversationState;
  /** The first 20 of them; a larger number of newcomers shows in `member_count` only. Where rules keep members secret, none. */
  membersAdded?: Member[];
  membersRemoved?: string[];
  memberCount?: number;
};

/** The person is in one more conversation. No event of it comes before this one; changes after its version follow, once. */
export type ConversationJoined = {
  /** 0 when the person was a member all the time and may read it again. */
  inboxVersion?: number;
  conversation?: Conversation;
};

export type ConversationLeft = {
  /** 0 when the person stays a member and may not read it any more. */
  inboxVersion?: number;
  conversationId?: string;
};

export type CapabilitiesChanged = {
  conversationId?: string;
  capabilities?: Capability[];
};

/**
 * The person's own position moved, here or on another device, or something new is unread. Replaces what was known.
 * Without `read_state` only the total changed: a conversation with unread messages was left or is gone.
 */
export type ReadStateChanged = {
  readState?: ReadState;
  totalUnread?: number;
};

/** Another member read up to a message. Conversations of at most 32 members only. */
export type MemberRead = {
  conversationId?: string;
  userId?: string;
  readSeq?: number;
};

/** A relation of the person came, was answered or ended. */
export type RelationChanged = {
  /** As it is now; without a state when it ended. */
  relation?: Relation;
};

export type Typing = {
  conversationId?: string;
  userId?: string;
  typing?: boolean;
};

/** This connection read too slowly and was parted from the live stream. `Resume` rejoins it. */
export type Gap = {
};

export type TokenExpiring = {
  tokenExpiresAt?: Timestamp;
};

/** The server closes this connection now; come back after that long. */
export type GoingAway = {
  reconnectAfterMs?: number;
};

export type Request = {
  /** Chosen by the client, named by the reply. 0 asks for no reply. */
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
};

export type ServerFrame = {
  reply?: Reply;
  event?: Event;
};

export type Reply = {
  /** The request's. */
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
};

export type Error = {
  /** The number of an `ErrorCode`. */
  code?: number;
  /** Its name, `not_found`. */
  name?: string;
  /** The same request may succeed later. */
  temporary?: boolean;
  /** One sentence for the developer who reads it. */
  message?: string;
  /** Which field of the request is to blame, `sendMessage.text`; empty where none is. */
  field?: string;
  /** Wait at least this long before trying again; 0 where it makes no difference. */
  retryAfterMs?: number;
};

/** A person of one tenant. */
export type User = {
  /** UUIDv7, made by the server. */
  id?: string;
  /** The embedding product's own identifier of the person, the `sub` of its tokens. */
  externalId?: string;
  name?: string;
  /** Empty when the person has none. */
  avatarUrl?: string;
  status?: UserStatus;
};

/** A conversation as one member sees it. */
export type Conversation = {
  id?: string;
  kind?: ConversationKind;
  state?: ConversationState;
  /** Groups only. */
  subject?: string;
  /** Grows by one with each change of the conversation: message, edit, deletion, member, subject, state. */
  version?: number;
  /** Number of the last message; messages count from 1 without a gap. */
  lastSeq?: number;
  /** The first 20 members, oldest first; all of them where there are no more. */
  members?: Member[];
  memberCount?: number;
  /** Absent while nothing was said. */
  lastMessage?: Message;
  /** When something was last said, or the conversation started. Lists sort by it. */
  activeAt?: Timestamp;
  /** Where the person who asks stands. */
  readState?: ReadState;
  capabilities?: Capability[];
  /** Whom a mail was addressed to, in the order given: the first 50. */
  addressees?: Addressee[];
  /** The mail came to the person who asks as a copy. */
  isCopy?: boolean;
  /** The message this mail answers, for those who hold it. */
  inReplyTo?: string;
};

/** A group of the product, `Class 6A`: a fact that rules ask about, not a conversation. */
export type Group = {
  /** UUIDv7, made by the server. */
  id?: string;
  /** The embedding product's own identifier. */
  externalId?: string;
  name?: string;
  /** `class`, as the tenant's policy declares it. */
  kind?: string;
};

/** To whom a mail went: a person or a group. */
export type Addressee = {
  user?: User;
  group?: Group;
  isCopy?: boolean;
};

/** What one person is to another, as the person who asks may know it. */
export type Relation = {
  /** `friend`, as the tenant's policy declares it. */
  relation?: string;
  user?: User;
  state?: RelationState;
  direction?: Direction;
};

export type Member = {
  user?: User;
  role?: MemberRole;
  /** The member has read up to this message; in mails, 0 for everyone but oneself. */
  readSeq?: number;
};

export type Message = {
  /** UUIDv7, made by the server. */
  id?: string;
  conversationId?: string;
  /** Place in the conversation. The only order there is. */
  seq?: number;
  /** The conversation's version when this message last changed. */
  version?: number;
  authorId?: string;
  /** Made by the sending client; a second send with it is answered with this message. */
  clientId?: string;
  /** Empty once deleted. */
  text?: string;
  sentAt?: Timestamp;
  /** Present once edited. */
  editedAt?: Timestamp;
  /** Present once deleted: a tombstone that keeps its place. */
  deletedAt?: Timestamp;
};

/** Where one person stands in one conversation. */
export type ReadState = {
  conversationId?: string;
  /** Read up to this message. Only moves forward. */
  readSeq?: number;
  /** Messages after it that others wrote and nobody deleted. */
  unread?: number;
  /** Set by hand to come back later; cleared by reading. */
  markedUnread?: boolean;
};

export type Presence = {
  userId?: string;
  online?: boolean;
  /** When the person was last connected; absent while online or if never seen. */
  lastSeenAt?: Timestamp;
};

export type UserStatus = "USER_STATUS_UNSPECIFIED" | "USER_STATUS_ACTIVE" | "USER_STATUS_DEACTIVATED" | "USER_STATUS_REMOVED" | "USER_STATUS_INVITED";

export type ConversationKind = "CONVERSATION_KIND_UNSPECIFIED" | "CONVERSATION_KIND_NOTE_TO_SELF" | "CONVERSATION_KIND_DIRECT" | "CONVERSATION_KIND_GROUP" | "CONVERSATION_KIND_MAIL";

export type ConversationState = "CONVERSATION_STATE_UNSPECIFIED" | "CONVERSATION_STATE_OPEN" | "CONVERSATION_STATE_CLOSED" | "CONVERSATION_STATE_LOCKED";

export type MemberRole = "MEMBER_ROLE_UNSPECIFIED" | "MEMBER_ROLE_MEMBER" | "MEMBER_ROLE_OWNER";

/** What the person who asks may do in a conversation now. Sent whole, replaced whole; a client never guesses. */
export type Capability = "CAPABILITY_UNSPECIFIED" | "CAPABILITY_SEND" | "CAPABILITY_EDIT" | "CAPABILITY_DELETE" | "CAPABILITY_RENAME" | "CAPABILITY_ADD_MEMBER" | "CAPABILITY_REMOVE_MEMBER" | "CAPABILITY_LEAVE" | "CAPABILITY_CLOSE" | "CAPABILITY_REOPEN" | "CAPABILITY_DELETE_CONVERSATION" | "CAPABILITY_ERASE_CONVERSATION" | "CAPABILITY_DELETE_OWN_COPY" | "CAPABILITY_REPLY";

export type RelationState = "RELATION_STATE_UNSPECIFIED" | "RELATION_STATE_PENDING" | "RELATION_STATE_ACCEPTED";

export type Direction = "DIRECTION_UNSPECIFIED" | "DIRECTION_OUTGOING" | "DIRECTION_INCOMING" | "DIRECTION_MUTUAL";
