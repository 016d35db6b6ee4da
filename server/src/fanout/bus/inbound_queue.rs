//! The bounded queue from a bus to its node.
//!
//! A publisher never waits for a reader. When the queue is full signals are dropped, and the node is told of the loss, by
//! [`BusEvent::Lost`] and [`BusEvent::Restored`], as soon as there is room for the telling: also when nothing is said any
//! more after the last signal that was dropped.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use causerie_protocol::bus::Signal;
use tokio::sync::mpsc::{self, error::TrySendError};

use super::{BusEvent, Channel};

/// Signals a node may be behind. At 10,000 a second this is more than six seconds of standing still; a signal of 1 KB makes
/// it 64 MB at worst.
pub(super) const WAITING_MAX: usize = 65_536;

/// The bus's end of the queue. Cheap to clone.
#[derive(Clone)]
pub(super) struct InboundQueue(Arc<Inner>);

struct Inner {
    queue: mpsc::Sender<BusEvent>,
    /// Something was dropped and the node does not know yet. Changes under the lock only; read without it per signal.
    overflowed: AtomicBool,
    connection: Mutex<Connection>,
}

struct Connection {
    up: bool,
    told: Told,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    Lost,
    Restored,
}

impl InboundQueue {
    /// The queue of a bus that can't be away.
    pub fn connected(waiting_max: usize) -> (Self, mpsc::Receiver<BusEvent>) {
        Self::new(waiting_max, Connection { up: true, told: Told::Restored })
    }

    /// The queue of a bus that has yet to connect, which then reports [`BusEvent::Restored`].
    pub fn connecting(waiting_max: usize) -> (Self, mpsc::Receiver<BusEvent>) {
        Self::new(waiting_max, Connection { up: false, told: Told::Nothing })
    }

    fn new(waiting_max: usize, connection: Connection) -> (Self, mpsc::Receiver<BusEvent>) {
        let (queue, incoming) = mpsc::channel(waiting_max);
        let connection = Mutex::new(connection);
        (Self(Arc::new(Inner { queue, overflowed: AtomicBool::new(false), connection })), incoming)
    }

    /// Another node said something.
    pub fn signal(&self, channel: Channel, signal: Signal) {
        if self.0.overflowed.load(Ordering::Acquire) {
            // What waits goes first, and the loss is about to be told. This signal is part of it.
            return;
        }
        if let Err(TrySendError::Full(_)) = self.0.queue.try_send(BusEvent::Signal(channel, signal)) {
            self.overflow(&self.connection());
        }
    }

    /// From now on things may be said unheard. Told once until [`Self::restored`], however often it is called.
    pub fn lost(&self) {
        let mut connection = self.connection();
        connection.up = false;
        if connection.told != Told::Lost && self.tell(&connection, BusEvent::Lost) {
            connection.told = Told::Lost;
        }
    }

    /// Everything is heard from now on.
    pub fn restored(&self) {
        let mut connection = self.connection();
        connection.up = true;
        if connection.told != Told::Restored && self.tell(&connection, BusEvent::Restored) {
            connection.told = Told::Restored;
        }
    }

    /// Another node came or went. Dropped when it does not fit: the node looks at everything when it is told of the overflow.
    pub fn node(&self, incoming: BusEvent) {
        debug_assert!(matches!(incoming, BusEvent::NodeFound(_) | BusEvent::NodeLost(_)));
        self.tell(&self.connection(), incoming);
    }

    /// Queues it, or makes it part of what is told when there is room.
    fn tell(&self, connection: &MutexGuard<'_, Connection>, incoming: BusEvent) -> bool {
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

    fn overflow(&self, _connection: &MutexGuard<'_, Connection>) {
        if self.0.overflowed.swap(true, Ordering::AcqRel) {
            return;
        }
        tracing::warn!("this node is too slow for the bus; what it misses it reads from the database");
        let inbound = self.clone();
        // Ends when the node reads on, or when it is gone.
        tokio::spawn(async move {
            if let Ok(room) = inbound.0.queue.reserve_many(2).await {
                inbound.report_loss(room);
            }
        });
    }

    /// Tells of the loss. Whatever is dropped from here on starts a loss of its own.
    fn report_loss(&self, mut room: mpsc::PermitIterator<'_, BusEvent>) {
        let mut connection = self.connection();
        self.0.overflowed.store(false, Ordering::Release);
        if connection.told != Told::Lost
            && let Some(place) = room.next()
        {
            place.send(BusEvent::Lost);
            connection.told = Told::Lost;
        }
        if connection.up
            && let Some(place) = room.next()
        {
            place.send(BusEvent::Restored);
            connection.told = Told::Restored;
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

    fn say(inbound: &InboundQueue) {
        inbound.signal(Channel::Conversation(ConversationId::new()), Signal::default());
    }

    async fn next(incoming: &mut mpsc::Receiver<BusEvent>) -> &'static str {
        let next = tokio::time::timeout(std::time::Duration::from_secs(5), incoming.recv());
        match next.await.expect("something is told").expect("the bus is there") {
            BusEvent::Signal(..) => "signal",
            BusEvent::Lost => "lost",
            BusEvent::Restored => "restored",
            BusEvent::NodeFound(_) => "found",
            BusEvent::NodeLost(_) => "gone",
        }
    }

    async fn expect(incoming: &mut mpsc::Receiver<BusEvent>, expected: &[&str]) {
        for (at, one) in expected.iter().enumerate() {
            assert_eq!(next(incoming).await, *one, "at {at} of {expected:?}");
        }
    }

    #[tokio::test]
    async fn a_loss_by_overflow_is_reported_without_another_signal() {
        let (inbound, mut incoming) = InboundQueue::connected(3);
        (0..10).for_each(|_| say(&inbound));
        expect(&mut incoming, &["signal", "signal", "signal", "lost", "restored"]).await;
        say(&inbound);
        expect(&mut incoming, &["signal"]).await;
        assert!(incoming.try_recv().is_err());
    }

    #[tokio::test]
    async fn every_overflow_is_reported() {
        let (inbound, mut incoming) = InboundQueue::connected(2);
        for _ in 0..50 {
            (0..5).for_each(|_| say(&inbound));
            expect(&mut incoming, &["signal", "signal", "lost", "restored"]).await;
        }
    }

    #[tokio::test]
    async fn an_outage_is_reported_once() {
        let (inbound, mut incoming) = InboundQueue::connecting(10);
        inbound.restored();
        expect(&mut incoming, &["restored"]).await;
        (0..3).for_each(|_| inbound.lost());
        (0..3).for_each(|_| inbound.restored());
        expect(&mut incoming, &["lost", "restored"]).await;
        assert!(incoming.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_bus_that_is_missing_at_the_start_is_reported_as_lost() {
        let (inbound, mut incoming) = InboundQueue::connecting(10);
        (0..3).for_each(|_| inbound.lost());
        inbound.restored();
        expect(&mut incoming, &["lost", "restored"]).await;
    }

    #[tokio::test]
    async fn an_outage_that_did_not_fit_is_reported_in_its_latest_state() {
        let (inbound, mut incoming) = InboundQueue::connected(2);
        (0..3).for_each(|_| say(&inbound));
        inbound.lost();
        expect(&mut incoming, &["signal", "signal", "lost"]).await;
        assert!(incoming.try_recv().is_err(), "it is still away");
        inbound.restored();
        expect(&mut incoming, &["restored"]).await;
    }

    #[tokio::test]
    async fn a_return_that_did_not_fit_is_reported_once() {
        let (inbound, mut incoming) = InboundQueue::connected(2);
        inbound.lost();
        inbound.node(BusEvent::NodeLost(NodeId::new()));
        inbound.restored();
        expect(&mut incoming, &["lost", "gone", "restored"]).await;
        assert!(incoming.try_recv().is_err());
    }
}
