//! The types of a chat: enums for kinds, states and roles, and structures with typed ids for the rows of the database.
//!
//! `store` returns these types. Where `policy` has an enum, the server uses it as it is. [`numbers`] converts enums to the
//! numbers of the database, and [`wire`] converts the structures to messages of the wire format.

mod conversation;
mod message;
pub mod numbers;
mod user;
mod web_access;
pub mod wire;

pub use causerie_policy::{
    ConversationKind, ConversationState, Delivers, EdgeEffect, GroupState, MemberRole, RelationState, UserStatus, WritableBy,
};

pub use self::{
    conversation::{Addressed, Addressee, Conversation, Member, ReadState, start_key},
    message::Message,
    numbers::{Numbered, StoredNumber},
    user::{Group, User, UserSummary},
    web_access::WebAccess,
};
