//! The limits of requests and answers. Each value is a maximum, except [`PAGE_DEFAULT`]. Sizes are bytes of UTF-8. The
//! server sends the limits that clients need in `Welcome.limits`.

/// Bytes of one frame or HTTP body. OWASP's WebSocket sheet advises 64 KB.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;
/// Bytes of the text of a message: about 2,500 words.
pub const TEXT_BYTES_MAX: usize = 16 * 1024;
/// Bytes of the subject of a group conversation or a mail.
pub const SUBJECT_BYTES_MAX: usize = 512;
/// Bytes of a search in the directory.
pub const QUERY_BYTES_MAX: usize = 128;
/// Bytes of the external id of a user or a group.
pub const EXTERNAL_ID_BYTES_MAX: usize = 128;
/// Bytes of the name of a relation.
pub const RELATION_BYTES_MAX: usize = 64;
/// Bytes of a user's name, avatar address or locale, each.
pub const PROFILE_FIELD_BYTES_MAX: usize = 512;
/// Entries of a page.
pub const PAGE_MAX: u32 = 100;
/// Entries of a page if the request has no limit.
pub const PAGE_DEFAULT: u32 = 50;
/// Users and groups in one page of the directory.
pub const DIRECTORY_PAGE_MAX: u32 = 50;
/// Users and groups in one command. A frame of [`FRAME_BYTES_MAX`] has no room for more.
pub const MEMBERS_PER_COMMAND_MAX: usize = 1_000;
/// Conversations in one `Resume`. A frame of [`FRAME_BYTES_MAX`] has no room for more.
pub const HELD_MAX: usize = 1_000;
/// Changed messages per conversation in an answer to `Resume`. If more messages changed, the client reloads the
/// conversation.
pub const CHANGES_MAX: u32 = 200;
/// Users whose presence one connection watches or requests.
pub const PRESENCE_MAX: usize = 200;
/// Users whose contacts one connection watches.
pub const CONTACTS_MAX: usize = 100;
/// Users in one request by id.
pub const USERS_MAX: usize = 100;
/// Members that a `Conversation` lists.
pub const MEMBERS_SHOWN: usize = 20;
/// Addressees that a `Conversation` of the kind mail lists: a page of 100 mails with this many addressees takes about 1 MiB.
pub const ADDRESSEES_SHOWN: usize = 50;
/// Users with whom one command can start a conversation; a group counts as all its members. One transaction writes a row for
/// each of these users.
pub const STARTED_WITH_MAX: usize = 20_000;
/// Inactive users that the answer to `StartConversation` names.
pub const INACTIVE_SHOWN: usize = 100;
/// Members of a conversation that sends read positions of its members to each other. Each new read position is a frame for
/// all members, so larger conversations do not send them.
pub const READ_RECEIPTS_MEMBERS_MAX: usize = 32;
/// Bytes of message text in one page of a history: 16 of the longest messages. A page whose messages are long has fewer
/// messages.
pub const PAGE_TEXT_BYTES_MAX: usize = 256 * 1024;
/// Bytes of message text per conversation in an answer to `Resume`. If there is more text, the client reloads the
/// conversation.
pub const CHANGES_TEXT_BYTES_MAX: usize = 256 * 1024;
/// Bytes of message text in an answer to `Resume`. The client reloads the conversations whose text exceeds it.
pub const RESUMED_TEXT_BYTES_MAX: usize = 1024 * 1024;
