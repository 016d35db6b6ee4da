//! The words of a chat as types: kinds, states and roles as enums, and what the database holds as structures with typed ids.
//!
//! `store` returns these types. Where `policy` has an enum, the server uses it as it is. [`numbers`] converts enums to the
//! numbers of the database.

pub mod numbers;

pub use causerie_policy::{
    ConversationKind, ConversationState, Delivers, EdgeEffect, GroupState, MemberRole, RelationState, Status as UserStatus,
    WritableBy,
};

pub use self::numbers::Numbered;
