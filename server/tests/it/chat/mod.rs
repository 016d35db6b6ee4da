//! What people do with each other, on an embedded server and across two nodes.

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

/// Runs a behaviour on every way to run the server: SQLite and the bus within the process, then PostgreSQL and Redis with
/// the two people on two nodes. `node(1)` of an embedded server is its only one.
async fn everywhere(behaviour: impl AsyncFn(&Cluster, usize)) {
    behaviour(&Cluster::embedded().await, 0).await;
    behaviour(&Cluster::start(2).await, 1).await;
}

/// A direct conversation that is live at both ends: whoever hears of it later finds what was said before in its history,
/// not as news.
async fn acquaint(one: &mut Peer, other: &mut Peer) -> ConversationId {
    let here = one.direct_with(other).await;
    for peer in [one, other] {
        until_joined(peer, here).await;
    }
    here
}

/// Waits until this device counts as a member.
async fn until_joined(peer: &mut Peer, conversation: ConversationId) {
    let joined = |event| match event {
        Event::Joined(joined) if joined.id == conversation.to_string() => Some(()),
        _ => None,
    };
    peer.until("the conversation", joined).await;
}
