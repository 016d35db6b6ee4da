//! What other nodes tell this one.

use std::sync::atomic::Ordering;

use causerie_protocol::{ConversationId, TenantId, UserId, bus::signal::Kind, ids::NotAnId};
use tokio::sync::mpsc;

use super::{
    bus::Incoming,
    change::{Change, Position, Told},
    live::Live,
};
use crate::sessions::Frame;

pub(super) async fn run(live: Live, mut incoming: mpsc::Receiver<Incoming>) {
    while let Some(one) = incoming.recv().await {
        match one {
            Incoming::Signal(_, signal) => {
                if let Some(kind) = signal.kind
                    && let Err(error) = hear(&live, kind).await
                {
                    tracing::warn!(%error, "a node said something unreadable");
                }
            }
            Incoming::Lost => {
                tracing::warn!("the bus is gone; positions are checked against the database meanwhile");
                live.0.unsure.store(true, Ordering::Relaxed);
                live.0.check_all.notify_one();
            }
            Incoming::Restored => {
                tracing::info!("the bus is back");
                live.0.unsure.store(false, Ordering::Relaxed);
                live.0.positions_unsure.store(true, Ordering::Relaxed);
                live.0.check_all.notify_one();
                live.look_at_presence().await;
            }
            Incoming::NodeFound(node) => {
                tracing::info!(%node, "another node is there");
                live.look_at_presence().await;
            }
            Incoming::NodeLost(node) => {
                // It may have committed what it could not publish any more.
                tracing::warn!(%node, "a node is gone");
                live.0.check_all.notify_one();
                live.look_at_presence().await;
            }
        }
    }
}

async fn hear(live: &Live, kind: Kind) -> Result<(), NotAnId> {
    match kind {
        Kind::Change(change) => live.tell_here(&Told::Change(Change::try_from(change)?)),
        Kind::Announce(announce) => {
            let conversation = ConversationId::from_slice(&announce.conversation)?;
            let seen = live.room(conversation).and_then(|room| room.seen());
            if seen.is_some_and(|(version, _)| version < announce.version) {
                live.request_repair(conversation);
            }
        }
        Kind::Passing(passing) => live.tell_here(&Told::Passing {
            conversation: ConversationId::from_slice(&passing.conversation)?,
            user: UserId::from_slice(&passing.user)?,
            frame: Frame::from_proto(passing.frame),
            facts: passing.facts,
        }),
        Kind::Position(position) => live.tell_here(&Told::Position(Position {
            user: UserId::from_slice(&position.user)?,
            conversation: ConversationId::from_slice(&position.conversation)?,
            read_seq: position.read_seq,
            marked_unread: position.marked_unread,
            unread: position.unread,
            version: position.version,
        })),
        Kind::InboxMoved(moved) => live.inbox_moved(UserId::from_slice(&moved.user)?, moved.inbox_version),
        Kind::PresenceMoved(moved) => live.presence_moved(UserId::from_slice(&moved.user)?, moved.online),
        Kind::Revoked(revoked) => live.revoke_here(UserId::from_slice(&revoked.user)?, revoked.issued_before),
        Kind::FactsMoved(moved) => live.0.facts.wake(TenantId::from_slice(&moved.tenant)?),
        Kind::Told(told) => live.push_to(UserId::from_slice(&told.user)?, &Frame::from_proto(told.frame)),
        Kind::Heartbeat(_) => {}
    }
    Ok(())
}
