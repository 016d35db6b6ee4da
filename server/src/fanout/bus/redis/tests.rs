//! Tests with a Redis that is frozen, killed, cut off, emptied or absent. Afterwards every desired channel delivers signals,
//! and the node got the events of the outage.

use std::{sync::Arc, time::Duration};

use causerie_protocol::{NodeId, UserId};
use tokio::time::{Instant, interval, sleep_until, timeout, timeout_at};

use super::{
    super::{
        BusEvent, Channel,
        conformance::{Node, channel},
    },
    Addresses,
    test_server::TestRedis,
};

/// The time within which a node must use a Redis that is back.
const BACK_WITHIN: Duration = Duration::from_secs(15);
/// The time within which a node must notice a frozen Redis. It needs three seconds without its own heartbeat; a busy machine
/// may take much longer.
const FREEZE_NOTICED_WITHIN: Duration = Duration::from_secs(20);

/// A publishing node and a subscribed node with many channels, and a user online on each node.
struct Pair {
    redis: TestRedis,
    publisher: Node,
    subscriber: Node,
    channels: Vec<Channel>,
    users: [UserId; 2],
}

impl Pair {
    async fn start() -> Self {
        let redis = TestRedis::start().await;
        let (publisher, subscriber) = (Node::connected(&redis).await, Node::connected(&redis).await);
        let channels: Vec<Channel> = (0..1_700).map(|_| channel()).collect();
        subscriber.subscribe(&channels).await;
        let users = [UserId::new(), UserId::new()];
        publisher.set_presence(&users[..1], true).await;
        subscriber.set_presence(&users[1..], true).await;
        let pair = Self { redis, publisher, subscriber, channels, users };
        pair.wait_until_found().await
    }

    /// Waits until each node has found the other.
    async fn wait_until_found(mut self) -> Self {
        let (one, other) = (self.publisher.id, self.subscriber.id);
        assert!(matches!(self.publisher.next().await, BusEvent::NodeFound(node) if node == other));
        assert!(matches!(self.subscriber.next().await, BusEvent::NodeFound(node) if node == one));
        self
    }

    /// Checks that both nodes get the events of one outage, then the event that the other node was found again.
    async fn expect_one_outage(&mut self, restored_before: Instant) {
        let (one, other) = (self.publisher.id, self.subscriber.id);
        for (node, other) in [(&mut self.publisher, other), (&mut self.subscriber, one)] {
            assert!(matches!(node.next().await, BusEvent::Lost));
            expect_return(node, other, restored_before).await;
        }
    }

    /// Waits until both nodes see both users online again. Redis does not report that it lost its data, so the test asks
    /// repeatedly.
    async fn wait_until_all_online(&self, before: Instant) {
        let mut ticks = interval(Duration::from_millis(20));
        for node in [&self.publisher, &self.subscriber] {
            while node.presence(&self.users).await != [true, true] {
                assert!(Instant::now() < before, "who is online is not known again");
                ticks.tick().await;
            }
        }
    }

    /// Checks that each channel delivers, that both nodes see both users online, and that no other event comes.
    async fn expect_working(&mut self) {
        let sent: Vec<(Channel, u32)> = self.channels.iter().copied().zip(0..).collect();
        self.publisher.publish_all(&sent).await;
        for expected in &sent {
            match self.subscriber.next().await {
                BusEvent::Signal(channel, signal) => {
                    assert_eq!(channel, expected.0);
                    assert!(signal.kind.is_some());
                }
                other => panic!("got {other:?} instead of a signal"),
            }
        }
        for node in [&self.publisher, &self.subscriber] {
            assert_eq!(node.presence(&self.users).await, [true, true]);
            assert!(node.metrics.encode().contains("causerie_bus_up 1\n"));
        }
    }
}

/// Checks that the bus is restored in time and that the other node is found again.
async fn expect_return(node: &mut Node, other: NodeId, before: Instant) {
    let event = timeout_at(before, node.incoming.recv()).await;
    let event = event.expect("restored in time").expect("the bus is there");
    assert!(matches!(event, BusEvent::Restored), "{event:?}");
    let found = node.next().await;
    assert!(matches!(found, BusEvent::NodeFound(node) if node == other), "{found:?}");
}

#[tokio::test]
async fn a_frozen_redis_is_noticed_and_used_again_later() {
    let mut pair = Pair::start().await;
    let leaving = UserId::new();
    pair.subscriber.set_presence(&[leaving], true).await;
    let frozen_at = Instant::now();
    pair.redis.freeze();
    for node in [&mut pair.publisher, &mut pair.subscriber] {
        let lost = timeout_at(frozen_at + FREEZE_NOTICED_WITHIN, node.incoming.recv()).await;
        assert!(matches!(lost.expect("noticed in time"), Some(BusEvent::Lost)));
        assert!(node.metrics.encode().contains("causerie_bus_up 0\n"));
    }
    // No call waits for the frozen Redis: each of the four would wait for a second.
    let asked = Instant::now();
    let (late, user) = (channel(), UserId::new());
    assert!(pair.publisher.bus.publish(vec![(late, pair.publisher.signal(1))]).await.is_err());
    assert!(pair.subscriber.bus.subscribe(vec![late]).await.is_err());
    assert!(pair.subscriber.bus.set_presence(vec![(user, true), (leaving, false)]).await.is_err());
    assert!(pair.subscriber.bus.presence(vec![user]).await.is_err());
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    assert!(pair.subscriber.bus.heartbeat_age().expect("it beats") >= Duration::from_secs(2));

    sleep_until(frozen_at + Duration::from_secs(5)).await;
    pair.redis.thaw();
    let before = Instant::now() + BACK_WITHIN;
    let ids = (pair.publisher.id, pair.subscriber.id);
    expect_return(&mut pair.publisher, ids.1, before).await;
    expect_return(&mut pair.subscriber, ids.0, before).await;
    pair.expect_working().await;
    // The changes that were requested during the outage are in force.
    pair.publisher.publish(late, 2).await;
    assert_eq!(pair.subscriber.receive().await, (late, 2));
    assert_eq!(pair.publisher.presence(&[user, leaving]).await, [true, false]);
}

#[tokio::test]
async fn a_publisher_waits_a_second_for_a_frozen_redis() {
    let pair = Pair::start().await;
    pair.redis.freeze();
    let unconfirmed = channel();
    let publishing = pair.publisher.bus.publish(vec![(pair.channels[0], pair.publisher.signal(1))]);
    let subscribing = pair.subscriber.bus.subscribe(vec![unconfirmed]);
    let both = timeout(Duration::from_secs(10), futures::future::join(publishing, subscribing)).await;
    assert!(matches!(both.expect("neither waits for ever"), (Err(_), Err(_))));
    assert!(pair.publisher.metrics.encode().contains("causerie_publish_failures_total 1\n"));
    pair.redis.thaw();
}

#[tokio::test]
async fn a_killed_redis_that_returns_empty_is_filled_again() {
    let mut pair = Pair::start().await;
    let killed_at = Instant::now();
    pair.redis.kill();
    for node in [&mut pair.publisher, &mut pair.subscriber] {
        let lost = timeout(Duration::from_secs(10), node.incoming.recv()).await;
        assert!(matches!(lost.expect("noticed"), Some(BusEvent::Lost)));
    }
    let (given_up, wanted) = (pair.channels.remove(700), channel());
    assert!(pair.subscriber.bus.subscribe(vec![wanted]).await.is_err());
    pair.subscriber.bus.unsubscribe(vec![given_up]);
    pair.channels.push(wanted);

    // The outage is long enough that the pause between attempts has grown to its maximum.
    sleep_until(killed_at + Duration::from_secs(5)).await;
    pair.redis.run().await;
    let before = Instant::now() + BACK_WITHIN;
    let ids = (pair.publisher.id, pair.subscriber.id);
    expect_return(&mut pair.publisher, ids.1, before).await;
    expect_return(&mut pair.subscriber, ids.0, before).await;
    pair.publisher.publish(given_up, 1).await;
    pair.expect_working().await;
}

#[tokio::test]
async fn cut_subscribers_subscribe_again() {
    let mut pair = Pair::start().await;
    for _ in 0..3 {
        assert_eq!(pair.redis.command::<i64>(&["CLIENT", "KILL", "TYPE", "pubsub"]).await, Ok(2));
        pair.expect_one_outage(Instant::now() + BACK_WITHIN).await;
        pair.expect_working().await;
    }
}

#[tokio::test]
async fn cut_publishers_publish_again() {
    let mut pair = Pair::start().await;
    let cut: i64 = pair.redis.command(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]).await.expect("answers");
    assert!(cut >= 2, "{cut}");
    pair.expect_one_outage(Instant::now() + BACK_WITHIN).await;
    pair.expect_working().await;
}

#[tokio::test]
async fn presence_is_written_again_to_a_flushed_redis() {
    let mut pair = Pair::start().await;
    let before = Instant::now() + BACK_WITHIN;
    pair.redis.command::<()>(&["FLUSHALL"]).await.expect("flushes");
    pair.wait_until_all_online(before).await;
    // No connection was lost, so no event may come.
    pair.expect_working().await;
}

#[tokio::test]
async fn a_full_redis_still_delivers_signals() {
    let mut pair = Pair::start().await;
    pair.redis.command::<()>(&["CONFIG", "SET", "maxmemory", "1"]).await.expect("set");
    assert!(pair.publisher.bus.set_presence(vec![(UserId::new(), true)]).await.is_err(), "the failure is reported");
    pair.redis.command::<i64>(&["CLIENT", "KILL", "TYPE", "pubsub"]).await.expect("cut");
    pair.expect_one_outage(Instant::now() + BACK_WITHIN).await;
    let shared = channel();
    pair.subscriber.subscribe(&[shared]).await;
    pair.publisher.publish(shared, 1).await;
    assert_eq!(pair.subscriber.receive().await, (shared, 1));

    pair.redis.command::<()>(&["CONFIG", "SET", "maxmemory", "0"]).await.expect("set");
    pair.wait_until_all_online(Instant::now() + BACK_WITHIN).await;
    pair.expect_working().await;
}

#[tokio::test]
async fn a_replica_is_not_used_until_it_is_the_primary() {
    let mut pair = Pair::start().await;
    let (went_offline, came_online) = (pair.users[1], UserId::new());
    pair.redis.command::<()>(&["REPLICAOF", "127.0.0.1", "1"]).await.expect("follows");
    // The number of users stays the same, but the users are others.
    assert!(
        pair.subscriber.bus.set_presence(vec![(went_offline, false), (came_online, true)]).await.is_err(),
        "the failure is reported"
    );
    // The connections are open, and are given up nevertheless.
    for node in [&mut pair.publisher, &mut pair.subscriber] {
        assert!(matches!(node.next().await, BusEvent::Lost));
    }
    let restored_before = Instant::now() + BACK_WITHIN;
    pair.redis.command::<()>(&["REPLICAOF", "NO", "ONE"]).await.expect("leads");
    let (one, other) = (pair.publisher.id, pair.subscriber.id);
    for (node, other) in [(&mut pair.publisher, other), (&mut pair.subscriber, one)] {
        expect_return(node, other, restored_before).await;
    }
    pair.users[1] = came_online;
    pair.wait_until_all_online(Instant::now() + BACK_WITHIN).await;
    assert_eq!(pair.publisher.presence(&[went_offline]).await, [false]);
    pair.expect_working().await;
}

#[tokio::test]
async fn a_redis_that_starts_late_is_used() {
    let mut redis = TestRedis::stopped();
    let mut subscriber = Node::start(&redis);
    let wanted: Vec<Channel> = (0..1_200).map(|_| channel()).collect();
    assert!(subscriber.bus.subscribe(wanted.clone()).await.is_err(), "the bus is away");
    let user = UserId::new();
    assert!(subscriber.bus.set_presence(vec![(user, true)]).await.is_err());
    assert!(matches!(subscriber.next().await, BusEvent::Lost));

    redis.run().await;
    let restored = timeout(BACK_WITHIN, subscriber.incoming.recv()).await;
    assert!(matches!(restored.expect("in time"), Some(BusEvent::Restored)));
    let publisher = Node::connected(&redis).await;
    assert_eq!(publisher.presence(&[user]).await, [true]);
    for wanted in [wanted[0], wanted[600], wanted[1_199]] {
        publisher.publish(wanted, 7).await;
        assert_eq!(subscriber.receive().await, (wanted, 7));
    }
}

#[test]
fn the_users_of_a_node_that_dies_silently_go_offline() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("starts");
    let (surviving, dying) = (runtime(), runtime());
    let (redis, mut one) = surviving.block_on(async {
        let redis = TestRedis::start().await;
        let one = Node::connected(&redis).await;
        (redis, one)
    });
    let user = [UserId::new()];
    let other = dying.block_on(async {
        let other = Node::connected(&redis).await;
        other.set_presence(&user, true).await;
        other
    });
    surviving.block_on(async {
        assert!(matches!(one.next().await, BusEvent::NodeFound(node) if node == other.id));
        assert_eq!(one.presence(&user).await, [true]);
    });
    dying.shutdown_background();
    surviving.block_on(async {
        let died_at = Instant::now();
        assert!(matches!(one.next().await, BusEvent::NodeLost(node) if node == other.id));
        assert!(died_at.elapsed() < Duration::from_secs(8), "{:?}", died_at.elapsed());
        let stored: i64 = redis.command(&["SCARD", &format!("test:online:{}", other.id)]).await.expect("answers");
        assert_eq!(stored, 1, "its set lives on for a while");
        assert_eq!(one.presence(&user).await, [false], "but nobody is counted by it");
    });
}

#[tokio::test]
async fn two_servers_that_share_a_redis_do_not_receive_each_others_signals() {
    let redis = TestRedis::start().await;
    let mut one = Node::connected(&redis).await;
    let (metrics, tasks) = (Arc::default(), crate::tasks::Tasks::default());
    let (foreign, mut incoming) =
        super::RedisBus::start(&redis.addresses(), "test2", NodeId::new(), &metrics, &tasks).expect("an address");
    assert!(matches!(incoming.recv().await, Some(BusEvent::Restored)));
    let (shared, user) = (channel(), UserId::new());
    one.subscribe(&[shared]).await;
    foreign.set_presence(vec![(user, true)]).await.expect("written");
    foreign.publish(vec![(shared, one.signal(1)), (Channel::Nodes, one.signal(2))]).await.expect("published");
    assert_eq!(one.presence(&[user]).await, [false]);
    let publisher = Node::connected(&redis).await;
    publisher.publish(shared, 3).await;
    assert_eq!(one.receive().await, (shared, 3));
}

#[tokio::test]
async fn an_invalid_address_is_refused_at_once() {
    let tasks = crate::tasks::Tasks::default();
    let refused =
        super::RedisBus::start(&Addresses::single("redis://:port"), "test", NodeId::new(), &Arc::default(), &tasks);
    assert!(refused.is_err());
}

#[tokio::test]
async fn an_address_with_tls_does_not_connect_to_a_redis_without_tls() {
    let redis = TestRedis::start().await;
    let (metrics, tasks) = (Arc::default(), crate::tasks::Tasks::default());
    let address = redis.url().replace("redis://", "rediss://");
    let (bus, mut incoming) =
        super::RedisBus::start(&Addresses::single(&address), "test", NodeId::new(), &metrics, &tasks).expect("an address");
    let event = timeout(Duration::from_secs(5), incoming.recv()).await;
    assert!(matches!(event.expect("in time"), Some(BusEvent::Lost)));
    assert!(bus.subscribe(vec![channel()]).await.is_err());
    tasks.finish().await;
    assert!(!tasks.any_died(), "it goes on trying");
}
