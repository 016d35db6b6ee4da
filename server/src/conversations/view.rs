//! A conversation as one member gets to see it.

use causerie_protocol::{UserId, wire};

use crate::{
    facts::{Snapshot, rules},
    store::queries::conversations::Summary,
};

/// Adds what the member may do.
#[must_use]
pub fn conversation(facts: &Snapshot, member: UserId, summary: Summary) -> wire::Conversation {
    let mut conversation = summary.conversation;
    conversation.capabilities = rules::capabilities(facts, member, &summary.facts);
    conversation
}
