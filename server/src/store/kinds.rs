//! Numbers the database keeps for kinds, states and roles: those of the wire.

/// Notes of a person to themselves.
pub const NOTE_TO_SELF: i16 = 1;
/// Two people.
pub const DIRECT: i16 = 2;
/// Any number of people, with a subject.
pub const GROUP: i16 = 3;
/// One message to people and groups.
pub const MAIL: i16 = 4;

/// It goes on.
pub const OPEN: i16 = 1;
/// It ended.
pub const CLOSED: i16 = 2;
/// The product or an operator stopped it.
pub const LOCKED: i16 = 3;

/// Most members.
pub const MEMBER: i16 = 1;
/// Who started a group.
pub const OWNER: i16 = 2;
