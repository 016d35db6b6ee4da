//! The bus consumer: applies the signals that other nodes published, and reacts to outages of the bus.

use std::sync::atomic::Ordering;

use causerie_protocol::{ConversationId, TenantId, UserId, bus::signal::Kind, ids::NotAnId};
use tokio::sync::mpsc;

use super::{
    bus::BusEvent,
    hub::Hub,
    update::{Change, Position, Update},
};
use crate::sessions::Frame;

pub(super) async fn run(hub: Hub, mut incoming: mpsc::Receiver<BusEvent>) {
    while let Some(one) = incoming.recv().await {
        match one {
            BusEvent::Signal(_, signal) => {
                if let Some(kind) = signal.kind
                    && let Err(error) = hear(&hub, kind).await
                {
                    tracing::warn!(%error, "a node said something unreadable");
                }
            }
            BusEvent::Lost => {
                tracing::warn!("the bus is gone; positions are checked against the database meanwhile");
                hub.0.unsure.store(true, Ordering::Relaxed);
                hub.0.check_all.notify_one();
            }
            BusEvent::Restored => {
                tracing::info!("the bus is back");
                hub.0.unsure.store(false, Ordering::Relaxed);
                hub.0.positions_unsure.store(true, Ordering::Relaxed);
                hub.0.check_all.notify_one();
                hub.look_at_presence().await;
            }
            BusEvent::NodeFound(node) => {
                tracing::info!(%node, "another node is there");
                hub.look_at_presence().await;
            }
            BusEvent::NodeLost(node) => {
                // The node may have committed changes that it could not publish any more.
                tracing::warn!(%node, "a node is gone");
                hub.0.check_all.notify_one();
                hub.look_at_presence().await;
            }
        }
    }
}

async fn hear(hub: &Hub, kind: Kind) -> Result<(), NotAnId> {
    match kind {
        Kind::Change(change) => hub.publish_here(&Update::Change(Change::try_from(change)?)),
        Kind::Announce(announce) => {
            let conversation = ConversationId::from_slice(&announce.conversation)?;
            let seen = hub.room(conversation).and_then(|room| room.seen());
            if seen.is_some_and(|(version, _)| version < announce.version) {
                hub.request_repair(conversation);
            }
        }
        Kind::Passing(passing) => hub.publish_here(&Update::Ephemeral {
            conversation: ConversationId::from_slice(&passing.conversation)?,
            user: UserId::from_slice(&passing.user)?,
            frame: Frame::from_proto(passing.frame),
            facts: passing.facts,
        }),
        Kind::Position(position) => hub.publish_here(&Update::Position(Position {
            user: UserId::from_slice(&position.user)?,
            conversation: ConversationId::from_slice(&position.conversation)?,
            read_seq: position.read_seq,
            marked_unread: position.marked_unread,
            unread: position.unread,
            version: position.version,
        })),
        Kind::InboxMoved(moved) => hub.inbox_moved(UserId::from_slice(&moved.user)?, moved.inbox_version),
        Kind::PresenceMoved(moved) => hub.presence_moved(UserId::from_slice(&moved.user)?, moved.online),
        Kind::Revoked(revoked) => hub.revoke_here(UserId::from_slice(&revoked.user)?, revoked.issued_before),
        Kind::FactsMoved(moved) => hub.0.facts.wake(TenantId::from_slice(&moved.tenant)?),
        Kind::Told(told) => hub.push_to_user_here(UserId::from_slice(&told.user)?, &Frame::from_proto(told.frame)),
        Kind::Heartbeat(_) => {}
    }
    Ok(())
}
