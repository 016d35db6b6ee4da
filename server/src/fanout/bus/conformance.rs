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
const PATIENCE: Duration = Duration::from_secs(15);

macro_rules! on_each_bus {
    ($($case:ident)*) => {
        mod local {
            $(#[tokio::test] async fn $case() { super::$case(&mut super::Kindred::local()).await; })*
        }
        mod redis {
            $(#[tokio::test] async fn $case() { super::$case(&mut super::Kindred::redis().await).await; })*
        }
    };
}

on_each_bus! {
    signals_arrive_in_order
    only_who_listens_hears
    who_speaks_hears_no_echo
    who_stopped_listening_hears_no_more
    who_listens_again_at_once_hears
    thousands_of_channels
    every_node_hears_what_is_for_nodes
    what_is_no_signal_disturbs_nothing
    people_are_online_on_any_node
    people_on_two_nodes_are_online_until_they_left_both
    many_people
    nodes_find_each_other_and_miss_each_other
    an_empty_batch_is_nothing
}

/// A bus of either kind that several nodes can join.
pub enum Kindred {
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

impl Kindred {
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
    pub fn on(redis: &TestRedis) -> Self {
        let (id, metrics, tasks) = (NodeId::new(), Arc::default(), Tasks::default());
        let (bus, incoming) = RedisBus::start(&redis.addresses(), "test", id, &metrics, &tasks).expect("an address");
        Self { id, bus, incoming, metrics, tasks }
    }

    /// A node on Redis that is connected.
    pub async fn connected(redis: &TestRedis) -> Self {
        let mut node = Self::on(redis);
        assert!(matches!(node.next().await, BusEvent::Restored), "a first connection is told");
        node
    }

    /// The next event of the bus.
    pub async fn next(&mut self) -> BusEvent {
        let next = timeout_at(Instant::now() + PATIENCE, self.incoming.recv()).await;
        next.expect("something is told in time").expect("the bus is there")
    }

    /// The channel and number of the next signal; other events before it are dropped.
    pub async fn hear(&mut self) -> (Channel, u32) {
        loop {
            if let BusEvent::Signal(channel, signal) = self.next().await {
                let Some(Kind::Announce(announce)) = signal.kind else { panic!("not said here: {signal:?}") };
                return (channel, announce.version);
            }
        }
    }

    /// Publishes a number.
    pub async fn say(&self, channel: Channel, number: u32) {
        self.say_all(&[(channel, number)]).await;
    }

    pub async fn say_all(&self, numbers: &[(Channel, u32)]) {
        self.bus
            .publish(numbers.iter().map(|(channel, number)| (*channel, self.signal(*number))).collect())
            .await
            .expect("said");
    }

    pub fn signal(&self, number: u32) -> Bytes {
        let announce = Announce { conversation: Bytes::new(), version: number };
        Signal { node: self.id.to_bytes(), kind: Some(Kind::Announce(announce)) }.encode_to_vec().into()
    }

    pub async fn listen(&self, channels: &[Channel]) {
        self.bus.subscribe(channels.to_vec()).await.expect("confirmed");
    }

    pub async fn online(&self, users: &[UserId]) -> Vec<bool> {
        self.bus.presence(users.to_vec()).await.expect("answers")
    }

    pub async fn set(&self, users: &[UserId], online: bool) {
        self.bus.set_presence(users.iter().map(|user| (*user, online)).collect()).await.expect("written");
    }

    /// Leaves the bus by an orderly stop.
    pub async fn leave(self) {
        self.tasks.finish().await;
        assert!(!self.tasks.any_died());
    }
}

pub fn channel() -> Channel {
    Channel::Conversation(ConversationId::new())
}

async fn signals_arrive_in_order(kindred: &mut Kindred) {
    let (speaker, mut listener) = (kindred.join().await, kindred.join().await);
    let channels = [channel(), Channel::User(UserId::new()), channel()];
    listener.listen(&channels).await;
    let numbers: Vec<(Channel, u32)> = (0..3_000).map(|number| (channels[number as usize % 3], number)).collect();
    for batch in numbers.chunks(700) {
        speaker.say_all(batch).await;
    }
    let mut heard: Vec<(Channel, u32)> = Vec::new();
    for _ in &numbers {
        heard.push(listener.hear().await);
    }
    for channel in channels {
        let of = |all: &[(Channel, u32)]| all.iter().filter(|one| one.0 == channel).copied().collect::<Vec<_>>();
        assert_eq!(of(&heard), of(&numbers));
    }
}

async fn only_who_listens_hears(kindred: &mut Kindred) {
    let (speaker, mut one, mut other) = (kindred.join().await, kindred.join().await, kindred.join().await);
    let (ones, others, both) = (channel(), channel(), channel());
    one.listen(&[ones, both]).await;
    other.listen(&[others, both]).await;
    speaker.say_all(&[(ones, 1), (others, 2), (channel(), 3), (both, 4)]).await;
    assert_eq!((one.hear().await, one.hear().await), ((ones, 1), (both, 4)));
    assert_eq!((other.hear().await, other.hear().await), ((others, 2), (both, 4)));
}

async fn who_speaks_hears_no_echo(kindred: &mut Kindred) {
    let (mut one, mut other) = (kindred.join().await, kindred.join().await);
    let shared = channel();
    one.listen(&[shared]).await;
    other.listen(&[shared]).await;
    one.say_all(&[(shared, 1), (shared, 2), (Channel::Nodes, 3)]).await;
    assert_eq!(other.hear().await, (shared, 1));
    other.say(shared, 4).await;
    assert_eq!(one.hear().await, (shared, 4), "its own signals came earlier");
}

async fn who_stopped_listening_hears_no_more(kindred: &mut Kindred) {
    let (speaker, mut listener) = (kindred.join().await, kindred.join().await);
    let (left, kept, later) = (channel(), channel(), channel());
    listener.listen(&[left, kept]).await;
    listener.bus.unsubscribe(vec![left]);
    // The bus confirms this subscription only after it has applied the earlier unsubscription.
    listener.listen(&[later]).await;
    speaker.say_all(&[(left, 1), (kept, 2), (later, 3)]).await;
    assert_eq!((listener.hear().await, listener.hear().await), ((kept, 2), (later, 3)));
}

async fn who_listens_again_at_once_hears(kindred: &mut Kindred) {
    let (speaker, mut listener) = (kindred.join().await, kindred.join().await);
    let restless: Vec<Channel> = (0..50).map(|_| channel()).collect();
    for round in 0..20 {
        listener.listen(&restless).await;
        for channel in &restless {
            listener.bus.unsubscribe(vec![*channel]);
        }
        let (one, another) = (listener.bus.subscribe(restless.clone()), listener.bus.subscribe(restless.clone()));
        let (one, another) = futures::join!(one, another);
        assert!(one.is_ok() && another.is_ok());
        let said: Vec<(Channel, u32)> = restless.iter().map(|channel| (*channel, round)).collect();
        speaker.say_all(&said).await;
        for expected in said {
            assert_eq!(listener.hear().await, expected);
        }
        listener.bus.unsubscribe(restless.clone());
    }
}

async fn thousands_of_channels(kindred: &mut Kindred) {
    let (speaker, mut listener) = (kindred.join().await, kindred.join().await);
    let channels: Vec<Channel> = (0..10_001).map(|_| channel()).collect();
    listener.listen(&channels).await;
    let said: Vec<(Channel, u32)> = channels.iter().copied().zip(0..).collect();
    speaker.say_all(&said).await;
    for expected in &said {
        assert_eq!(listener.hear().await, *expected);
    }
    listener.bus.unsubscribe(channels[1..].to_vec());
    listener.listen(&[channel()]).await;
    speaker.say_all(&[said[1], said[10_000], said[0]]).await;
    assert_eq!(listener.hear().await, said[0]);
}

async fn every_node_hears_what_is_for_nodes(kindred: &mut Kindred) {
    let (speaker, mut listener) = (kindred.join().await, kindred.join().await);
    listener.bus.unsubscribe(vec![]);
    speaker.say(Channel::Nodes, 1).await;
    assert_eq!(listener.hear().await, (Channel::Nodes, 1));
}

async fn what_is_no_signal_disturbs_nothing(kindred: &mut Kindred) {
    let (speaker, mut listener) = (kindred.join().await, kindred.join().await);
    let shared = channel();
    listener.listen(&[shared]).await;
    for rubbish in [&b"\xff\xff\xff"[..], b"\x0a\xff", b"\x0a"] {
        speaker.bus.publish(vec![(shared, Bytes::from_static(rubbish))]).await.expect("said");
    }
    speaker.say(shared, 1).await;
    assert_eq!(listener.hear().await, (shared, 1));
}

async fn people_are_online_on_any_node(kindred: &mut Kindred) {
    let (one, other) = (kindred.join().await, kindred.join().await);
    let users: Vec<UserId> = (0..4).map(|_| UserId::new()).collect();
    assert_eq!(one.online(&users).await, [false; 4]);
    one.set(&users[..1], true).await;
    other.set(&users[2..], true).await;
    for node in [&one, &other] {
        assert_eq!(node.online(&users).await, [true, false, true, true]);
        assert_eq!(node.online(&[users[1], users[0], users[1]]).await, [false, true, false], "in the order asked");
        assert_eq!(node.online(&[]).await, [false; 0]);
    }
    other.bus.set_presence(vec![(users[2], false), (users[1], true)]).await.expect("written");
    assert_eq!(one.online(&users).await, [true, true, false, true]);
}

async fn people_on_two_nodes_are_online_until_they_left_both(kindred: &mut Kindred) {
    let (one, other, third) = (kindred.join().await, kindred.join().await, kindred.join().await);
    let user = [UserId::new()];
    one.set(&user, true).await;
    other.set(&user, true).await;
    one.set(&user, false).await;
    assert_eq!(one.online(&user).await, [true], "still on the other");
    assert_eq!(third.online(&user).await, [true]);
    other.set(&user, false).await;
    assert_eq!(one.online(&user).await, [false]);
    assert_eq!(third.online(&user).await, [false]);
}

async fn many_people(kindred: &mut Kindred) {
    let (one, other) = (kindred.join().await, kindred.join().await);
    let users: Vec<UserId> = (0..5_001).map(|_| UserId::new()).collect();
    let (here, away) = users.split_at(2_500);
    one.set(here, true).await;
    let online = other.online(&users).await;
    assert!(online[..here.len()].iter().all(|online| *online));
    assert!(online[here.len()..].iter().all(|online| !*online));
    other.set(away, true).await;
    one.set(here, false).await;
    assert_eq!(other.online(&users).await, one.online(&users).await);
    assert_eq!(one.online(&users).await.iter().filter(|online| **online).count(), away.len());
}

async fn nodes_find_each_other_and_miss_each_other(kindred: &mut Kindred) {
    let mut one = kindred.join().await;
    let mut other = kindred.join().await;
    let user = [UserId::new()];
    other.set(&user, true).await;
    assert!(matches!(one.next().await, BusEvent::NodeFound(node) if node == other.id));
    assert!(matches!(other.next().await, BusEvent::NodeFound(node) if node == one.id));
    assert_eq!(one.online(&user).await, [true]);
    let id = other.id;
    other.leave().await;
    assert_eq!(one.online(&user).await, [false], "its people left with it");
    assert!(matches!(one.next().await, BusEvent::NodeLost(node) if node == id));
}

async fn an_empty_batch_is_nothing(kindred: &mut Kindred) {
    let (one, mut other) = (kindred.join().await, kindred.join().await);
    let shared = channel();
    other.listen(&[]).await;
    other.listen(&[shared]).await;
    one.bus.publish(Vec::new()).await.expect("nothing to say");
    one.set(&[], true).await;
    other.bus.unsubscribe(Vec::new());
    other.listen(&[]).await;
    one.say(shared, 1).await;
    assert_eq!(other.hear().await, (shared, 1), "unsubscribing from nothing is not from everything");
}
