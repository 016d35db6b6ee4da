//! The words of a chat as types: kinds, states and roles as enums, and what the database holds as structures with typed ids.
//!
//! `store` returns these types. Where `policy` has an enum, the server uses it as it is. [`numbers`] converts enums to the
//! numbers of the database, and [`wire`] converts to messages of the wire what clients get.

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
    numbers::{Kept, Numbered},
    user::{Group, User, UserSummary},
    web_access::WebAccess,
};
