//! R2: Redis is killed, emptied, cut and frozen under load. No send waits for Redis, and no message is lost when Redis
//! fails.

use std::time::{Duration, Instant};

use causerie_client::ConversationId;

use super::{
    crowd::{Crowd, Summary},
    direct_between, measure_delivery,
};
use crate::harness::{Cluster, Peer, eventually, http::Request, within};

/// How long Redis is stopped.
const OUTAGE: Duration = Duration::from_secs(60);
/// How long Redis is frozen.
const FREEZE: Duration = Duration::from_secs(5);
// These limits are generous, for a busy machine and a debug build; each test prints what it measured.
/// The longest time that a send may take while Redis does not answer. A send that waited for Redis would take the whole
/// outage.
const ACKNOWLEDGED_MAX: Duration = Duration::from_secs(8);
/// The longest time from a send on one node to its receipt on another node, while nodes poll the database.
const POLLED_MAX: Duration = Duration::from_secs(10);
/// The longest time from the return of Redis until most deliveries come over the bus.
const BACK_MAX: Duration = Duration::from_secs(20);
/// Without the bus, nodes poll the database for messages at most twice a second, which is slower than this.
const LIVE_MAX: Duration = Duration::from_millis(250);

/// Two nodes under load, and two users whose deliveries are measured.
struct Scene {
    cluster: Cluster,
    crowd: Crowd,
    lea: Peer,
    tom: Peer,
    direct: ConversationId,
    connections: Vec<String>,
}

impl Scene {
    async fn new() -> Self {
        let cluster = Cluster::start(2).await;
        let (lea, mut tom) = (cluster.client(0, "lea").await, cluster.client(1, "tom").await);
        let direct = direct_between(&lea, &mut tom).await;
        let crowd = Crowd::connect_users(&cluster, 12, 4).await;
        let connections = crowd.connections();
        let mut scene = Self { cluster, crowd, lea, tom, direct, connections };
        until_bus(&scene.cluster, true).await;
        let calm = scene.deliveries(5).await;
        println!("R2 before: a delivery between nodes takes {calm:?}");
        scene
    }

    /// `count` delivery times, sorted.
    async fn deliveries(&mut self, count: usize) -> Vec<Duration> {
        let mut times = Vec::new();
        for _ in 0..count {
            times.push(measure_delivery(self.direct, &self.lea, &mut self.tom).await);
        }
        times.sort();
        times
    }

    /// Delivers repeatedly until `end`. Returns the longest delivery and the number of deliveries.
    async fn deliveries_until(&mut self, end: Instant) -> (Duration, usize) {
        let (mut slowest, mut count) = (Duration::ZERO, 0);
        while Instant::now() < end {
            slowest = slowest.max(measure_delivery(self.direct, &self.lea, &mut self.tom).await);
            count += 1;
        }
        (slowest, count)
    }

    /// Waits until most deliveries come over the bus again, not by polling the database. Returns the time from `since` to
    /// the first delivery.
    async fn assert_live_again(&mut self, since: Instant) -> Duration {
        until_bus(&self.cluster, true).await;
        measure_delivery(self.direct, &self.lea, &mut self.tom).await;
        let back = since.elapsed();
        loop {
            let times = self.deliveries(11).await;
            if times[5] < LIVE_MAX {
                return back;
            }
            assert!(since.elapsed() < BACK_MAX, "no live delivery {:?} after Redis was back: {times:?}", since.elapsed());
        }
    }

    /// Checks that no user was disconnected and no message was lost.
    async fn verify(self) -> Summary {
        assert_eq!(self.crowd.connections(), self.connections, "nobody's connection may end with Redis");
        // The messages of the measuring users were compared while measuring.
        let direct = self.direct;
        self.crowd.verify_where(&self.cluster, |row| row.conversation != direct).await
    }
}

/// Waits until all nodes report this state of the bus.
async fn until_bus(cluster: &Cluster, up: bool) {
    let line = format!("\ncauserie_bus_up {}\n", u8::from(up));
    for node in &cluster.nodes {
        eventually(line.trim(), async || {
            Request::get("/metrics").send(node.internal()).await.text().contains(&line).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_are_delivered_while_redis_is_down_for_a_minute() {
    let mut scene = Scene::new().await;
    scene.crowd.until_acknowledged(50).await;
    let killed = Instant::now();
    scene.cluster.redis().stop();
    until_bus(&scene.cluster, false).await;
    let noticed = killed.elapsed();
    let (mut polled, mut count) = (Duration::ZERO, 0);
    while killed.elapsed() < OUTAGE {
        let part = scene.deliveries_until(Instant::now() + OUTAGE / 10).await;
        (polled, count) = (polled.max(part.0), count + part.1);
        // All users receive all messages while Redis is stopped, not only when it returns.
        scene.crowd.until_all_received().await;
    }
    assert!(polled < POLLED_MAX, "a delivery without Redis took {polled:?}");
    let slowest = scene.crowd.slowest_since(killed);
    assert!(slowest < ACKNOWLEDGED_MAX, "an acknowledgement without Redis took {slowest:?}");

    scene.cluster.redis().start_again();
    let back = scene.assert_live_again(Instant::now()).await;
    scene.crowd.until_acknowledged(50).await;
    let summary = scene.verify().await;
    println!(
        "R2 killed for {OUTAGE:?}: {summary}; noticed after {noticed:?}, {count} deliveries without it took at most {polled:?}, \
         live {back:?} after its return"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn emptying_redis_loses_no_message_and_presence_returns() {
    let mut scene = Scene::new().await;
    let (lea, tom) = (scene.lea.id().await, scene.tom.id().await);
    let online = async |asked: &Peer| {
        let presences = within("presences", asked.presence(&[lea, tom])).await.expect("anyone may ask");
        (presences.len() == 2 && presences.iter().all(|presence| presence.online)).then_some(())
    };
    for asked in [&scene.lea, &scene.tom] {
        eventually("both are online", async || online(asked).await).await;
    }
    scene.crowd.until_acknowledged(50).await;
    let held = scene.cluster.redis().run::<u64>(&["DBSIZE"]);
    assert!(held > 0, "presence is kept in Redis");
    scene.cluster.redis().flush();
    let emptied = Instant::now();
    let redis = scene.cluster.redis();
    eventually("presence written again", async || (redis.run::<u64>(&["DBSIZE"]) >= held).then_some(())).await;
    for asked in [&scene.lea, &scene.tom] {
        eventually("both are online again", async || online(asked).await).await;
    }
    let returned = emptied.elapsed();
    scene.crowd.until_acknowledged(50).await;
    scene.crowd.until_all_received().await;
    let summary = scene.verify().await;
    println!("R2 emptied: {summary}; presence was whole after {returned:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_redis_connections_are_restored() {
    let mut scene = Scene::new().await;
    let mut slowest = Duration::ZERO;
    for _ in 0..5 {
        scene.crowd.until_acknowledged(30).await;
        let cut = Instant::now();
        scene.cluster.redis().kill_connections();
        slowest = slowest.max(scene.assert_live_again(cut).await);
        scene.crowd.until_all_received().await;
    }
    let summary = scene.verify().await;
    println!("R2 connections cut 5 times: {summary}; live again at most {slowest:?} after a cut");
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_are_delivered_while_redis_is_frozen() {
    let mut scene = Scene::new().await;
    scene.crowd.until_acknowledged(50).await;
    let frozen = Instant::now();
    scene.cluster.redis().freeze();
    let (polled, count) = scene.deliveries_until(frozen + FREEZE).await;
    scene.crowd.until_all_received().await;
    let slowest = scene.crowd.slowest_since(frozen);
    assert!(slowest < ACKNOWLEDGED_MAX, "an acknowledgement with Redis frozen took {slowest:?}");
    assert!(polled < POLLED_MAX, "a delivery with Redis frozen took {polled:?}");
    scene.cluster.redis().thaw();
    let back = scene.assert_live_again(Instant::now()).await;
    let summary = scene.verify().await;
    println!(
        "R2 frozen for {FREEZE:?}: {summary}; {count} deliveries meanwhile took at most {polled:?}, live {back:?} after"
    );
}
