//! The conformance suite of the bus: each case runs on every kind of bus. To add a case, write a function here and put its
//! name in the list below.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use causerie_protocol::{
    ConversationId, NodeId, UserId,
    bus::{Announce, Signal, signal::Kind},
};
use prost::Message;
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

use super::{Bus, BusEvent, Channel, LocalHub, RedisBus, redis::test_server::TestRedis};
use crate::{tasks::Tasks, telemetry::Metrics};

/// Longer than any step takes on a busy machine, including the time until a silent node counts as lost.
const STEP_TIMEOUT: Duration = Duration::from_secs(15);

macro_rules! on_each_bus {
    ($($case:ident)*) => {
        mod local {
            $(#[tokio::test] async fn $case() { super::$case(&mut super::TestBus::local()).await; })*
        }
        mod redis {
            $(#[tokio::test] async fn $case() { super::$case(&mut super::TestBus::redis().await).await; })*
        }
    };
}

on_each_bus! {
    signals_arrive_in_order
    signals_reach_only_the_subscribers_of_their_channel
    a_publisher_does_not_receive_its_own_signals
    no_signal_arrives_after_unsubscribing
    a_node_that_subscribes_again_at_once_receives_signals
    a_node_can_subscribe_to_thousands_of_channels
    every_node_receives_the_signals_of_the_nodes_channel
    bytes_that_are_no_signal_are_ignored
    users_are_online_on_any_node
    a_user_on_two_nodes_is_online_until_both_sessions_end
    thousands_of_users_can_be_online
    nodes_report_each_other_as_found_and_lost
    an_empty_batch_has_no_effect
}

/// A bus of one of the two kinds. Several nodes can join it.
pub enum TestBus {
    Local(LocalHub),
    Redis(TestRedis),
}

/// A node that has joined the bus.
pub struct Node {
    pub id: NodeId,
    pub bus: Arc<dyn Bus>,
    pub incoming: mpsc::Receiver<BusEvent>,
    pub metrics: Arc<Metrics>,
    tasks: Tasks,
}

impl TestBus {
    fn local() -> Self {
        Self::Local(LocalHub::default())
    }

    async fn redis() -> Self {
        Self::Redis(TestRedis::start().await)
    }

    /// Adds a node and waits until it is connected.
    async fn join(&mut self) -> Node {
        match self {
            Self::Local(hub) => {
                let id = NodeId::new();
                let (bus, incoming) = hub.join(id);
                Node { id, bus, incoming, metrics: Arc::default(), tasks: Tasks::default() }
            }
            Self::Redis(redis) => Node::connected(redis).await,
        }
    }
}

impl Node {
    /// A node on Redis that may not be connected yet.
    pub fn start(redis: &TestRedis) -> Self {
        let (id, metrics, tasks) = (NodeId::new(), Arc::default(), Tasks::default());
        let (bus, incoming) = RedisBus::start(&redis.addresses(), "test", id, &metrics, &tasks).expect("an address");
        Self { id, bus, incoming, metrics, tasks }
    }

    /// A node on Redis that is connected.
    pub async fn connected(redis: &TestRedis) -> Self {
        let mut node = Self::start(redis);
        assert!(matches!(node.next().await, BusEvent::Restored), "the first connection is reported");
        node
    }

    /// The next event of the bus.
    pub async fn next(&mut self) -> BusEvent {
        let next = timeout_at(Instant::now() + STEP_TIMEOUT, self.incoming.recv()).await;
        next.expect("an event arrives in time").expect("the bus is there")
    }

    /// The channel and number of the next signal. Other events before this signal are dropped.
    pub async fn receive(&mut self) -> (Channel, u32) {
        loop {
            if let BusEvent::Signal(channel, signal) = self.next().await {
                let Some(Kind::Announce(announce)) = signal.kind else { panic!("unexpected signal: {signal:?}") };
                return (channel, announce.version);
            }
        }
    }

    /// Publishes a number.
    pub async fn publish(&self, channel: Channel, number: u32) {
        self.publish_all(&[(channel, number)]).await;
    }

    /// Publishes numbers in one batch.
    pub async fn publish_all(&self, numbers: &[(Channel, u32)]) {
        self.bus
            .publish(numbers.iter().map(|(channel, number)| (*channel, self.signal(*number))).collect())
            .await
            .expect("published");
    }

    /// The encoded signal that carries a number.
    pub fn signal(&self, number: u32) -> Bytes {
        let announce = Announce { conversation: Bytes::new(), version: number };
        Signal { node: self.id.to_bytes(), kind: Some(Kind::Announce(announce)) }.encode_to_vec().into()
    }

    /// Subscribes to channels and waits for the confirmation.
    pub async fn subscribe(&self, channels: &[Channel]) {
        self.bus.subscribe(channels.to_vec()).await.expect("confirmed");
    }

    /// Whether each user is online on any node.
    pub async fn presence(&self, users: &[UserId]) -> Vec<bool> {
        self.bus.presence(users.to_vec()).await.expect("answers")
    }

    /// Records that users came online on this node or went offline.
    pub async fn set_presence(&self, users: &[UserId], online: bool) {
        self.bus.set_presence(users.iter().map(|user| (*user, online)).collect()).await.expect("written");
    }

    /// Leaves the bus by an orderly stop.
    pub async fn leave(self) {
        self.tasks.finish().await;
        assert!(!self.tasks.any_died());
    }
}

/// A new channel of a conversation.
pub fn channel() -> Channel {
    Channel::Conversation(ConversationId::new())
}

async fn signals_arrive_in_order(test_bus: &mut TestBus) {
    let (publisher, mut subscriber) = (test_bus.join().await, test_bus.join().await);
    let channels = [channel(), Channel::User(UserId::new()), channel()];
    subscriber.subscribe(&channels).await;
    let numbers: Vec<(Channel, u32)> = (0..3_000).map(|number| (channels[number as usize % 3], number)).collect();
    for batch in numbers.chunks(700) {
        publisher.publish_all(batch).await;
    }
    let mut received: Vec<(Channel, u32)> = Vec::new();
    for _ in &numbers {
        received.push(subscriber.receive().await);
    }
    for channel in channels {
        let in_channel =
            |all: &[(Channel, u32)]| all.iter().filter(|signal| signal.0 == channel).copied().collect::<Vec<_>>();
        assert_eq!(in_channel(&received), in_channel(&numbers));
    }
}

async fn signals_reach_only_the_subscribers_of_their_channel(test_bus: &mut TestBus) {
    let (publisher, mut first, mut second) = (test_bus.join().await, test_bus.join().await, test_bus.join().await);
    let (of_first, of_second, of_both) = (channel(), channel(), channel());
    first.subscribe(&[of_first, of_both]).await;
    second.subscribe(&[of_second, of_both]).await;
    publisher.publish_all(&[(of_first, 1), (of_second, 2), (channel(), 3), (of_both, 4)]).await;
    assert_eq!((first.receive().await, first.receive().await), ((of_first, 1), (of_both, 4)));
    assert_eq!((second.receive().await, second.receive().await), ((of_second, 2), (of_both, 4)));
}

async fn a_publisher_does_not_receive_its_own_signals(test_bus: &mut TestBus) {
    let (mut first, mut second) = (test_bus.join().await, test_bus.join().await);
    let shared = channel();
    first.subscribe(&[shared]).await;
    second.subscribe(&[shared]).await;
    first.publish_all(&[(shared, 1), (shared, 2), (Channel::Nodes, 3)]).await;
    assert_eq!(second.receive().await, (shared, 1));
    second.publish(shared, 4).await;
    assert_eq!(first.receive().await, (shared, 4), "its own signals came earlier");
}

async fn no_signal_arrives_after_unsubscribing(test_bus: &mut TestBus) {
    let (publisher, mut subscriber) = (test_bus.join().await, test_bus.join().await);
    let (unsubscribed, kept, later) = (channel(), channel(), channel());
    subscriber.subscribe(&[unsubscribed, kept]).await;
    subscriber.bus.unsubscribe(vec![unsubscribed]);
    // The bus confirms this subscription only after it has applied the earlier unsubscription.
    subscriber.subscribe(&[later]).await;
    publisher.publish_all(&[(unsubscribed, 1), (kept, 2), (later, 3)]).await;
    assert_eq!((subscriber.receive().await, subscriber.receive().await), ((kept, 2), (later, 3)));
}

async fn a_node_that_subscribes_again_at_once_receives_signals(test_bus: &mut TestBus) {
    let (publisher, mut subscriber) = (test_bus.join().await, test_bus.join().await);
    let channels: Vec<Channel> = (0..50).map(|_| channel()).collect();
    for round in 0..20 {
        subscriber.subscribe(&channels).await;
        for channel in &channels {
            subscriber.bus.unsubscribe(vec![*channel]);
        }
        let (first, second) = (subscriber.bus.subscribe(channels.clone()), subscriber.bus.subscribe(channels.clone()));
        let (first, second) = futures::join!(first, second);
        assert!(first.is_ok() && second.is_ok());
        let sent: Vec<(Channel, u32)> = channels.iter().map(|channel| (*channel, round)).collect();
        publisher.publish_all(&sent).await;
        for expected in sent {
            assert_eq!(subscriber.receive().await, expected);
        }
        subscriber.bus.unsubscribe(channels.clone());
    }
}

async fn a_node_can_subscribe_to_thousands_of_channels(test_bus: &mut TestBus) {
    let (publisher, mut subscriber) = (test_bus.join().await, test_bus.join().await);
    let channels: Vec<Channel> = (0..10_001).map(|_| channel()).collect();
    subscriber.subscribe(&channels).await;
    let sent: Vec<(Channel, u32)> = channels.iter().copied().zip(0..).collect();
    publisher.publish_all(&sent).await;
    for expected in &sent {
        assert_eq!(subscriber.receive().await, *expected);
    }
    subscriber.bus.unsubscribe(channels[1..].to_vec());
    subscriber.subscribe(&[channel()]).await;
    publisher.publish_all(&[sent[1], sent[10_000], sent[0]]).await;
    assert_eq!(subscriber.receive().await, sent[0]);
}

async fn every_node_receives_the_signals_of_the_nodes_channel(test_bus: &mut TestBus) {
    let (publisher, mut subscriber) = (test_bus.join().await, test_bus.join().await);
    subscriber.bus.unsubscribe(vec![]);
    publisher.publish(Channel::Nodes, 1).await;
    assert_eq!(subscriber.receive().await, (Channel::Nodes, 1));
}

async fn bytes_that_are_no_signal_are_ignored(test_bus: &mut TestBus) {
    let (publisher, mut subscriber) = (test_bus.join().await, test_bus.join().await);
    let shared = channel();
    subscriber.subscribe(&[shared]).await;
    for invalid in [&b"\xff\xff\xff"[..], b"\x0a\xff", b"\x0a"] {
        publisher.bus.publish(vec![(shared, Bytes::from_static(invalid))]).await.expect("published");
    }
    publisher.publish(shared, 1).await;
    assert_eq!(subscriber.receive().await, (shared, 1));
}

async fn users_are_online_on_any_node(test_bus: &mut TestBus) {
    let (first, second) = (test_bus.join().await, test_bus.join().await);
    let users: Vec<UserId> = (0..4).map(|_| UserId::new()).collect();
    assert_eq!(first.presence(&users).await, [false; 4]);
    first.set_presence(&users[..1], true).await;
    second.set_presence(&users[2..], true).await;
    for node in [&first, &second] {
        assert_eq!(node.presence(&users).await, [true, false, true, true]);
        assert_eq!(node.presence(&[users[1], users[0], users[1]]).await, [false, true, false], "in the order asked");
        assert_eq!(node.presence(&[]).await, [false; 0]);
    }
    second.bus.set_presence(vec![(users[2], false), (users[1], true)]).await.expect("written");
    assert_eq!(first.presence(&users).await, [true, true, false, true]);
}

async fn a_user_on_two_nodes_is_online_until_both_sessions_end(test_bus: &mut TestBus) {
    let (first, second, third) = (test_bus.join().await, test_bus.join().await, test_bus.join().await);
    let user = [UserId::new()];
    first.set_presence(&user, true).await;
    second.set_presence(&user, true).await;
    first.set_presence(&user, false).await;
    assert_eq!(first.presence(&user).await, [true], "still on the other");
    assert_eq!(third.presence(&user).await, [true]);
    second.set_presence(&user, false).await;
    assert_eq!(first.presence(&user).await, [false]);
    assert_eq!(third.presence(&user).await, [false]);
}

async fn thousands_of_users_can_be_online(test_bus: &mut TestBus) {
    let (first, second) = (test_bus.join().await, test_bus.join().await);
    let users: Vec<UserId> = (0..5_001).map(|_| UserId::new()).collect();
    let (on_first, on_second) = users.split_at(2_500);
    first.set_presence(on_first, true).await;
    let online = second.presence(&users).await;
    assert!(online[..on_first.len()].iter().all(|online| *online));
    assert!(online[on_first.len()..].iter().all(|online| !*online));
    second.set_presence(on_second, true).await;
    first.set_presence(on_first, false).await;
    assert_eq!(second.presence(&users).await, first.presence(&users).await);
    assert_eq!(first.presence(&users).await.iter().filter(|online| **online).count(), on_second.len());
}

async fn nodes_report_each_other_as_found_and_lost(test_bus: &mut TestBus) {
    let mut first = test_bus.join().await;
    let mut second = test_bus.join().await;
    let user = [UserId::new()];
    second.set_presence(&user, true).await;
    assert!(matches!(first.next().await, BusEvent::NodeFound(node) if node == second.id));
    assert!(matches!(second.next().await, BusEvent::NodeFound(node) if node == first.id));
    assert_eq!(first.presence(&user).await, [true]);
    let id = second.id;
    second.leave().await;
    assert_eq!(first.presence(&user).await, [false], "its users went offline with it");
    assert!(matches!(first.next().await, BusEvent::NodeLost(node) if node == id));
}

async fn an_empty_batch_has_no_effect(test_bus: &mut TestBus) {
    let (first, mut second) = (test_bus.join().await, test_bus.join().await);
    let shared = channel();
    second.subscribe(&[]).await;
    second.subscribe(&[shared]).await;
    first.bus.publish(Vec::new()).await.expect("an empty batch succeeds");
    first.set_presence(&[], true).await;
    second.bus.unsubscribe(Vec::new());
    second.subscribe(&[]).await;
    first.publish(shared, 1).await;
    assert_eq!(second.receive().await, (shared, 1), "unsubscribing from nothing is not from everything");
}
