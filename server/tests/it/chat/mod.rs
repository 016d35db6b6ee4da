//! Commands and events between users, on an embedded server and across two nodes.

mod closing;
mod deleting;
mod groups;
mod joining;
mod mail;
mod messages;
mod presence;
mod reading;
mod resume;
mod totals;
mod unread_property;

use causerie_client::{ConversationId, Event};

use crate::harness::{Cluster, Peer};

/// Runs a test on every setup: SQLite and the in-process bus, then PostgreSQL and Redis with the two users on two nodes.
/// `node(1)` of an embedded server is its only node.
async fn everywhere(behaviour: impl AsyncFn(&Cluster, usize)) {
    behaviour(&Cluster::embedded().await, 0).await;
    behaviour(&Cluster::start(2).await, 1).await;
}

/// Starts a direct conversation and waits until both users joined it. A user who joins later finds earlier messages in the
/// history and gets no events for them.
async fn start_direct(starter: &mut Peer, other: &mut Peer) -> ConversationId {
    let here = starter.direct_with(other).await;
    for peer in [starter, other] {
        until_joined(peer, here).await;
    }
    here
}

/// Waits until this device received `conversationJoined`.
async fn until_joined(peer: &mut Peer, conversation: ConversationId) {
    let joined = |event| match event {
        Event::Joined(joined) if joined.id == conversation.to_string() => Some(()),
        _ => None,
    };
    peer.until("the conversation", joined).await;
}
