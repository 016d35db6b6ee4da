//! What a server accepts. Sizes are bytes of UTF-8; `Welcome.limits` tells clients.

/// One frame or HTTP body. OWASP's WebSocket sheet advises 64 KB.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;
/// The text of one message: some 2,500 words.
pub const TEXT_BYTES_MAX: usize = 16 * 1024;
/// The subject of a group or mail.
pub const SUBJECT_BYTES_MAX: usize = 512;
/// What one types to find people and groups.
pub const QUERY_BYTES_MAX: usize = 128;
/// The product's identifier of a person or group.
pub const EXTERNAL_ID_BYTES_MAX: usize = 128;
/// The name of a relation.
pub const RELATION_BYTES_MAX: usize = 64;
/// A person's name, avatar address, locale.
pub const PROFILE_FIELD_BYTES_MAX: usize = 512;
/// A page of anything.
pub const PAGE_MAX: u32 = 100;
/// A page when the client does not say.
pub const PAGE_DEFAULT: u32 = 50;
/// People and groups found for one query.
pub const DIRECTORY_PAGE_MAX: u32 = 50;
/// People and groups named by one command; a frame holds no more.
pub const MEMBERS_PER_COMMAND_MAX: usize = 1_000;
/// Conversations one `Resume` presents; a frame holds no more.
pub const HELD_MAX: usize = 1_000;
/// Changed messages told per conversation on resume; beyond, the client reloads the conversation.
pub const CHANGES_MAX: u32 = 200;
/// People whose presence one connection watches, or asks for.
pub const PRESENCE_MAX: usize = 200;
/// People asked for by id.
pub const USERS_MAX: usize = 100;
/// Members listed inside a `Conversation`.
pub const MEMBERS_SHOWN: usize = 20;
/// Addressees listed inside a mail: a page of 100 mails with as many each takes about 1 MiB.
pub const ADDRESSEES_SHOWN: usize = 50;
/// People one conversation can be started with, groups counted by their members. Each has a row written in one transaction.
pub const STARTED_WITH_MAX: usize = 20_000;
/// People a start names as not reached.
pub const INACTIVE_SHOWN: usize = 100;
/// Conversations with more members than this do not tell who read what: each reading would be a frame for everyone.
pub const READ_RECEIPTS_MEMBERS_MAX: usize = 32;
/// Text in one page of a history; a page that would hold more is shorter. Sixteen of the longest messages.
pub const PAGE_TEXT_BYTES_MAX: usize = 256 * 1024;
/// Text told per conversation on resume; beyond, the client reloads the conversation.
pub const CHANGES_TEXT_BYTES_MAX: usize = 256 * 1024;
/// Text told on resume in all conversations together; conversations beyond are reloaded.
pub const RESUMED_TEXT_BYTES_MAX: usize = 1024 * 1024;
