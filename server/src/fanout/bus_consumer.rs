//! The bus consumer: applies the signals that other nodes published, and reacts to outages of the bus.

use std::sync::atomic::Ordering;

use causerie_protocol::{ConversationId, TenantId, UserId, bus::signal::Kind, ids::NotAnId};
use tokio::sync::mpsc;

use super::{
    bus::BusEvent,
    hub::Hub,
    update::{Change, Update},
};
use crate::sessions::Frame;

/// Handles the events of the bus until it closes.
pub(super) async fn run(hub: Hub, mut incoming: mpsc::Receiver<BusEvent>) {
    while let Some(event) = incoming.recv().await {
        match event {
            BusEvent::Signal(_, signal) => {
                if let Some(kind) = signal.kind
                    && let Err(error) = apply(&hub, kind).await
                {
                    tracing::warn!(%error, "a signal of another node can't be read");
                }
            }
            BusEvent::Lost => {
                tracing::warn!("the bus is away; versions are checked against the database until it is back");
                hub.0.bus_away.store(true, Ordering::Relaxed);
                hub.0.check_all.notify_one();
            }
            BusEvent::Restored => {
                tracing::info!("the bus is back");
                hub.0.bus_away.store(false, Ordering::Relaxed);
                hub.0.positions_stale.store(true, Ordering::Relaxed);
                hub.0.check_all.notify_one();
                hub.refresh_presence().await;
            }
            BusEvent::NodeFound(node) => {
                tracing::info!(%node, "another node joined");
                hub.refresh_presence().await;
            }
            BusEvent::NodeLost(node) => {
                // The node may have committed changes that it could not publish any more.
                tracing::warn!(%node, "a node is gone");
                hub.0.check_all.notify_one();
                hub.refresh_presence().await;
            }
        }
    }
}

/// Applies a signal.
///
/// # Errors
/// [`NotAnId`] if the signal contains an invalid id.
async fn apply(hub: &Hub, kind: Kind) -> Result<(), NotAnId> {
    match kind {
        Kind::Change(change) => hub.publish_here(&Update::Change(Change::try_from(change)?)),
        Kind::Announce(announce) => {
            let conversation = ConversationId::from_slice(&announce.conversation)?;
            let seen = hub.room(conversation).and_then(|room| room.seen());
            if seen.is_some_and(|(version, _)| version < announce.version) {
                hub.request_repair(conversation);
            }
        }
        Kind::Ephemeral(ephemeral) => hub.publish_here(&Update::try_from(ephemeral)?),
        Kind::ReadPositionChanged(position) => hub.publish_here(&Update::ReadPosition(position.try_into()?)),
        Kind::InboxChanged(changed) => hub.publish_here(&Update::try_from(changed)?),
        Kind::PresenceChanged(changed) => hub.presence_changed(UserId::from_slice(&changed.user)?, changed.online),
        Kind::Revoked(revoked) => hub.revoke_here(UserId::from_slice(&revoked.user)?, revoked.issued_before),
        Kind::FactsChanged(changed) => hub.0.facts.wake(TenantId::from_slice(&changed.tenant)?),
        Kind::TenantSuspended(suspended) => {
            hub.end_sessions(&[TenantId::from_slice(&suspended.tenant)?].into());
        }
        Kind::UserEvent(event) => hub.push_to_user_here(UserId::from_slice(&event.user)?, &Frame::from_proto(event.frame)),
        Kind::Heartbeat(_) => {}
    }
    Ok(())
}
