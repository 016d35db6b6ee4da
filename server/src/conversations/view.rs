//! A conversation as one member gets to see it.

use causerie_protocol::wire;

use super::rules;
use crate::store::queries::conversations::Summary;

/// Adds what the member may do.
#[must_use]
pub fn conversation(summary: Summary) -> wire::Conversation {
    let mut conversation = summary.conversation;
    conversation.capabilities = rules::capabilities(rules::ACTIVE, &summary.facts);
    conversation
}
