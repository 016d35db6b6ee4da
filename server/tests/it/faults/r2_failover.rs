//! R2: another Redis becomes the primary. Nodes leave the old primary, although it answers and keeps their connections.

use std::time::{Duration, Instant};

use causerie_client::ConversationId;

use super::{direct_between, measure_delivery};
use crate::harness::{Cluster, Peer, RedisServer, Sentinel, eventually, http::Request, within};

const PASSWORD: &str = "servers-only";
/// The longest time until presence and delivery work again. Generous, for a busy machine: the presence refresh, which
/// notices the demotion, runs once a second.
const BACK_MAX: Duration = Duration::from_secs(15);
/// Without the bus, nodes poll the database for messages at most twice a second, which is slower than this.
const LIVE_MAX: Duration = Duration::from_millis(250);

/// Two users on two nodes in one conversation.
struct Scene {
    cluster: Cluster,
    lea: Peer,
    tom: Peer,
    direct: ConversationId,
}

impl Scene {
    async fn on(url: &str, sentinels: &str) -> Self {
        let cluster =
            Cluster::start_on(2, |settings| settings.set("redis.url", url).set("redis.sentinels", sentinels)).await;
        let (lea, mut tom) = (cluster.client(0, "lea").await, cluster.client(1, "tom").await);
        let direct = direct_between(&lea, &mut tom).await;
        let mut scene = Self { cluster, lea, tom, direct };
        scene.until_whole().await;
        scene
    }

    /// Whether each node sees the user of the other node online.
    async fn sees_both(&self) -> bool {
        let users = [self.lea.id().await, self.tom.id().await];
        for asked in [&self.lea, &self.tom] {
            let presences = within("presences", asked.presence(&users)).await.expect("anyone may ask");
            if presences.len() < 2 || presences.iter().any(|presence| !presence.online) {
                return false;
            }
        }
        true
    }

    /// Waits until presence is complete and messages come over the bus: most of several deliveries are faster than a poll of
    /// the database.
    async fn until_whole(&mut self) {
        let began = Instant::now();
        loop {
            let mut times = Vec::new();
            for _ in 0..5 {
                times.push(measure_delivery(self.direct, &self.lea, &mut self.tom).await);
            }
            times.sort();
            if times[2] < LIVE_MAX && self.sees_both().await && self.is_up().await {
                return;
            }
            assert!(began.elapsed() < BACK_MAX * 2, "the bus is not there: {times:?}");
        }
    }

    async fn is_up(&self) -> bool {
        for node in &self.cluster.nodes {
            let figures = Request::get("/metrics").send(node.internal()).await;
            if !figures.text().contains("\ncauserie_bus_up 1\n") {
                return false;
            }
        }
        true
    }

    /// Waits until all nodes publish to this Redis, are subscribed there, and deliver.
    async fn until_on(&mut self, redis: &RedisServer) {
        let nodes = self.cluster.nodes.len() as u64;
        eventually("presence written to the new primary", async || {
            redis.try_run::<u64>(&["DBSIZE"]).ok().filter(|keys| *keys > 0)
        })
        .await;
        eventually("all nodes at the new primary", async || {
            let channels = redis.try_run::<Vec<(String, u64)>>(&["PUBSUB", "NUMSUB", "causerie:nodes"]).ok()?;
            channels.iter().any(|(_, count)| *count == nodes).then_some(())
        })
        .await;
        self.until_whole().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promoted_replica_is_used_at_once_although_the_old_primary_still_answers() {
    let (old, new) = (RedisServer::start_with(PASSWORD), RedisServer::start_with(PASSWORD));
    new.follow(&old).await;
    let mut scene = Scene::on(&format!("{},{}", old.url(), new.url()), "").await;

    // Only the roles change: the old primary keeps all connections and is read-only.
    let promoted = Instant::now();
    new.promote();
    old.follow(&new).await;
    scene.until_on(&new).await;
    let back = promoted.elapsed();
    println!("R2 replica promoted: presence and delivery between nodes were back after {back:?}");
    assert!(back < BACK_MAX, "back after {back:?}");

    // Back to the first Redis.
    let promoted = Instant::now();
    old.promote();
    new.follow(&old).await;
    scene.until_on(&old).await;
    println!("R2 replica promoted again: back after {:?}", promoted.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_follow_the_sentinels_to_the_new_primary() {
    let (mut old, new) = (RedisServer::start_with(PASSWORD), RedisServer::start_with(PASSWORD));
    new.follow(&old).await;
    let sentinels = Sentinel::three(&old, PASSWORD).await;
    let addresses: Vec<String> = sentinels.iter().map(Sentinel::url).collect();
    let mut scene = Scene::on(&format!("redis://:{PASSWORD}@chat"), &addresses.join(",")).await;

    let killed = Instant::now();
    old.stop();
    eventually("a promotion by the Sentinels", async || {
        // A Sentinel closes the client connections of a server that it promotes.
        let info = new.try_run::<String>(&["INFO", "replication"]).ok()?;
        info.contains("role:master").then_some(())
    })
    .await;
    let promoted = Instant::now();
    scene.until_on(&new).await;
    println!(
        "R2 Sentinels: promoted {:?} after the primary's end, presence and delivery back {:?} later",
        promoted - killed,
        promoted.elapsed()
    );
    assert!(promoted.elapsed() < BACK_MAX);

    // The Sentinels make the returning old primary a replica, so no node uses it.
    old.start_again();
    eventually("the old primary as replica", async || {
        let info = old.try_run::<String>(&["INFO", "replication"]).ok()?;
        info.contains("role:slave").then_some(())
    })
    .await;
    scene.until_whole().await;
    assert!(scene.is_up().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_nodes_end_at_the_first_of_two_primaries_in_the_list() {
    let (mut old, new) = (RedisServer::start_with(PASSWORD), RedisServer::start_with(PASSWORD));
    new.follow(&old).await;
    let mut scene = Scene::on(&format!("{},{}", old.url(), new.url()), "").await;
    old.stop();
    new.promote();
    scene.until_on(&new).await;

    // The old primary does not know that it was replaced. A node that starts now uses it.
    old.start_again();
    let returned = Instant::now();
    scene.cluster.add_node().await;
    scene.until_on(&old).await;
    println!("R2 two primaries: all nodes were at the first one after {:?}", returned.elapsed());
    eventually("nobody is left at the second one", async || {
        let channels = new.try_run::<Vec<(String, u64)>>(&["PUBSUB", "NUMSUB", "causerie:nodes"]).ok()?;
        channels.iter().all(|(_, count)| *count == 0).then_some(())
    })
    .await;
}
