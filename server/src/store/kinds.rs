//! Numbers for kinds and states of conversations and for roles of members. The database and the wire use the same numbers.

/// A note to self.
pub const NOTE_TO_SELF: i16 = 1;
/// A direct conversation: two users.
pub const DIRECT: i16 = 2;
/// A group conversation: any number of users, with a subject.
pub const GROUP: i16 = 3;
/// A mail: one message to users and groups.
pub const MAIL: i16 = 4;

/// Members may send messages.
pub const OPEN: i16 = 1;
/// The conversation has ended.
pub const CLOSED: i16 = 2;
/// The product or an operator has stopped the conversation.
pub const LOCKED: i16 = 3;

/// The role of most members.
pub const MEMBER: i16 = 1;
/// The role of the user who started a group conversation.
pub const OWNER: i16 = 2;
