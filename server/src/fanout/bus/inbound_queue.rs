//! The bounded queue from a bus to its node.
//!
//! A publisher never waits for a reader. When the queue is full, signals are dropped. The node gets [`BusEvent::Lost`] and
//! [`BusEvent::Restored`] as soon as the queue has room for them, even if no further signal comes after the dropped signals.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use causerie_protocol::bus::Signal;
use tokio::sync::mpsc::{self, error::TrySendError};

use super::{BusEvent, Channel};

/// The number of signals that may wait. At 10,000 signals per second the node may stall for more than six seconds. With
/// signals of 1 KB the queue takes at most 64 MB.
pub(super) const WAITING_MAX: usize = 65_536;

/// The sending end of the queue. A clone shares the queue.
#[derive(Clone)]
pub(super) struct InboundQueue(Arc<Inner>);

struct Inner {
    queue: mpsc::Sender<BusEvent>,
    /// Whether signals were dropped and this was not reported yet. Written only under the lock of `connection`; read without
    /// the lock for each signal.
    overflowed: AtomicBool,
    connection: Mutex<Connection>,
}

struct Connection {
    /// Whether the bus is connected.
    up: bool,
    reported: Reported,
}

/// The event of the connection that was queued last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reported {
    Nothing,
    Lost,
    Restored,
}

impl InboundQueue {
    /// The queue of a bus that cannot be away.
    pub fn connected(waiting_max: usize) -> (Self, mpsc::Receiver<BusEvent>) {
        Self::new(waiting_max, Connection { up: true, reported: Reported::Restored })
    }

    /// The queue of a bus that is not connected yet and reports [`BusEvent::Restored`] when it is.
    pub fn connecting(waiting_max: usize) -> (Self, mpsc::Receiver<BusEvent>) {
        Self::new(waiting_max, Connection { up: false, reported: Reported::Nothing })
    }

    fn new(waiting_max: usize, connection: Connection) -> (Self, mpsc::Receiver<BusEvent>) {
        let (queue, incoming) = mpsc::channel(waiting_max);
        let connection = Mutex::new(connection);
        (Self(Arc::new(Inner { queue, overflowed: AtomicBool::new(false), connection })), incoming)
    }

    /// Queues a signal of another node.
    pub fn signal(&self, channel: Channel, signal: Signal) {
        if self.0.overflowed.load(Ordering::Acquire) {
            // The loss is reported after the signals that wait in the queue. This signal is part of the loss.
            return;
        }
        if let Err(TrySendError::Full(_)) = self.0.queue.try_send(BusEvent::Signal(channel, signal)) {
            self.overflow(&self.connection());
        }
    }

    /// Reports that signals may be lost from now on. Further calls have no effect until [`Self::restored`].
    pub fn lost(&self) {
        let mut connection = self.connection();
        connection.up = false;
        if connection.reported != Reported::Lost && self.report(&connection, BusEvent::Lost) {
            connection.reported = Reported::Lost;
        }
    }

    /// Reports that every signal arrives from now on.
    pub fn restored(&self) {
        let mut connection = self.connection();
        connection.up = true;
        if connection.reported != Reported::Restored && self.report(&connection, BusEvent::Restored) {
            connection.reported = Reported::Restored;
        }
    }

    /// Queues [`BusEvent::NodeFound`] or [`BusEvent::NodeLost`]. The event is dropped if the queue is full: the node checks
    /// everything when it learns of the overflow.
    pub fn report_node(&self, incoming: BusEvent) {
        debug_assert!(matches!(incoming, BusEvent::NodeFound(_) | BusEvent::NodeLost(_)));
        self.report(&self.connection(), incoming);
    }

    /// Queues an event. Returns false if the queue is full; the event is then part of the loss that is reported later.
    fn report(&self, connection: &MutexGuard<'_, Connection>, incoming: BusEvent) -> bool {
        if self.0.overflowed.load(Ordering::Acquire) {
            return false;
        }
        match self.0.queue.try_send(incoming) {
            Err(TrySendError::Full(_)) => {
                self.overflow(connection);
                false
            }
            Ok(()) | Err(TrySendError::Closed(_)) => true,
        }
    }

    /// Records that an event was dropped, and starts a task that reports the loss when the queue has room.
    fn overflow(&self, _connection: &MutexGuard<'_, Connection>) {
        if self.0.overflowed.swap(true, Ordering::AcqRel) {
            return;
        }
        tracing::warn!("this node reads the bus too slowly; it reads the missed changes from the database");
        let inbound = self.clone();
        // The task ends when the node has read from the queue, or is gone.
        tokio::spawn(async move {
            if let Ok(permits) = inbound.0.queue.reserve_many(2).await {
                inbound.report_loss(permits);
            }
        });
    }

    /// Reports the loss. A signal that is dropped after this point starts a new loss.
    fn report_loss(&self, mut permits: mpsc::PermitIterator<'_, BusEvent>) {
        let mut connection = self.connection();
        self.0.overflowed.store(false, Ordering::Release);
        if connection.reported != Reported::Lost
            && let Some(permit) = permits.next()
        {
            permit.send(BusEvent::Lost);
            connection.reported = Reported::Lost;
        }
        if connection.up
            && let Some(permit) = permits.next()
        {
            permit.send(BusEvent::Restored);
            connection.reported = Reported::Restored;
        }
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use causerie_protocol::{ConversationId, NodeId};

    use super::*;

    fn publish(inbound: &InboundQueue) {
        inbound.signal(Channel::Conversation(ConversationId::new()), Signal::default());
    }

    async fn next_event(incoming: &mut mpsc::Receiver<BusEvent>) -> &'static str {
        let event = tokio::time::timeout(std::time::Duration::from_secs(5), incoming.recv());
        match event.await.expect("an event arrives").expect("the bus is there") {
            BusEvent::Signal(..) => "signal",
            BusEvent::Lost => "lost",
            BusEvent::Restored => "restored",
            BusEvent::NodeFound(_) => "found",
            BusEvent::NodeLost(_) => "gone",
        }
    }

    async fn expect_events(incoming: &mut mpsc::Receiver<BusEvent>, expected: &[&str]) {
        for (index, event) in expected.iter().enumerate() {
            assert_eq!(next_event(incoming).await, *event, "at {index} of {expected:?}");
        }
    }

    #[tokio::test]
    async fn a_loss_by_overflow_is_reported_without_another_signal() {
        let (inbound, mut incoming) = InboundQueue::connected(3);
        (0..10).for_each(|_| publish(&inbound));
        expect_events(&mut incoming, &["signal", "signal", "signal", "lost", "restored"]).await;
        publish(&inbound);
        expect_events(&mut incoming, &["signal"]).await;
        assert!(incoming.try_recv().is_err());
    }

    #[tokio::test]
    async fn every_overflow_is_reported() {
        let (inbound, mut incoming) = InboundQueue::connected(2);
        for _ in 0..50 {
            (0..5).for_each(|_| publish(&inbound));
            expect_events(&mut incoming, &["signal", "signal", "lost", "restored"]).await;
        }
    }

    #[tokio::test]
    async fn an_outage_is_reported_once() {
        let (inbound, mut incoming) = InboundQueue::connecting(10);
        inbound.restored();
        expect_events(&mut incoming, &["restored"]).await;
        (0..3).for_each(|_| inbound.lost());
        (0..3).for_each(|_| inbound.restored());
        expect_events(&mut incoming, &["lost", "restored"]).await;
        assert!(incoming.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_bus_that_is_missing_at_the_start_is_reported_as_lost() {
        let (inbound, mut incoming) = InboundQueue::connecting(10);
        (0..3).for_each(|_| inbound.lost());
        inbound.restored();
        expect_events(&mut incoming, &["lost", "restored"]).await;
    }

    #[tokio::test]
    async fn an_outage_while_the_queue_is_full_is_reported_when_there_is_room() {
        let (inbound, mut incoming) = InboundQueue::connected(2);
        (0..3).for_each(|_| publish(&inbound));
        inbound.lost();
        expect_events(&mut incoming, &["signal", "signal", "lost"]).await;
        assert!(incoming.try_recv().is_err(), "it is still away");
        inbound.restored();
        expect_events(&mut incoming, &["restored"]).await;
    }

    #[tokio::test]
    async fn a_restored_bus_is_reported_once_although_the_queue_was_full() {
        let (inbound, mut incoming) = InboundQueue::connected(2);
        inbound.lost();
        inbound.report_node(BusEvent::NodeLost(NodeId::new()));
        inbound.restored();
        expect_events(&mut incoming, &["lost", "gone", "restored"]).await;
        assert!(incoming.try_recv().is_err());
    }
}
