//! Nodes that serve one tenant together.

use causerie_client::Encoding;
use futures::future::join_all;

use super::{Database, Node, Peer, Proxy, RedisServer, Settings, Tenant};

/// One or more nodes, their database, their Redis, and a tenant.
pub struct Cluster {
    // In the order in which things end: nodes leave their database before it goes.
    /// The nodes.
    pub nodes: Vec<Node>,
    /// Their bus; an embedded server has none.
    pub redis: Option<RedisServer>,
    /// Their truth.
    pub database: Database,
    /// Whom they serve.
    pub tenant: Tenant,
    settings: Settings,
}

impl Cluster {
    /// One node on SQLite, as `cargo run` starts it.
    pub async fn embedded() -> Self {
        Self::embedded_with(|settings| settings).await
    }

    /// [`Cluster::embedded`] with other settings.
    pub async fn embedded_with(change: impl FnOnce(Settings) -> Settings) -> Self {
        let database = Database::sqlite();
        let settings = change(Settings::on(&database));
        Self::of(1, database, None, settings).await
    }

    /// This many nodes on PostgreSQL and Redis.
    pub async fn start(nodes: usize) -> Self {
        Self::start_with(nodes, |settings| settings).await
    }

    /// [`Cluster::start`] with other settings.
    pub async fn start_with(nodes: usize, change: impl FnOnce(Settings) -> Settings) -> Self {
        let (database, redis) = (Database::postgres(), RedisServer::start());
        let settings = change(Settings::on(&database).with_redis(&redis));
        Self::of(nodes, database, Some(redis), settings).await
    }

    /// One node on this database, without Redis.
    pub async fn on(database: Database, change: impl FnOnce(Settings) -> Settings) -> Self {
        let settings = change(Settings::on(&database));
        Self::of(1, database, None, settings).await
    }

    /// This many nodes on PostgreSQL, with settings that say where their Redis is. The caller keeps the Redis.
    pub async fn start_on(nodes: usize, change: impl FnOnce(Settings) -> Settings) -> Self {
        let database = Database::postgres();
        let settings = change(Settings::on(&database));
        Self::of(nodes, database, None, settings).await
    }

    async fn of(count: usize, database: Database, redis: Option<RedisServer>, settings: Settings) -> Self {
        settings.run(&["migrate"]);
        let tenant = Tenant::create(&settings, "acme");
        let nodes = join_all((0..count).map(|_| Node::start(settings.clone()))).await;
        Self { nodes, redis, database, tenant, settings }
    }

    /// One more node.
    pub async fn add_node(&mut self) -> &Node {
        self.nodes.push(Node::start(self.settings.clone()).await);
        self.nodes.last().expect("just added")
    }

    /// What all nodes have in common, to run subcommands.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The bus of a cluster that has one.
    pub fn redis(&mut self) -> &mut RedisServer {
        self.redis.as_mut().expect("an embedded server has no Redis")
    }

    /// A person connected to a node, with protobuf.
    pub async fn client(&self, node: usize, external_id: &str) -> Peer {
        self.client_in(node, external_id, Encoding::Proto).await
    }

    /// A person connected to a node.
    pub async fn client_in(&self, node: usize, external_id: &str, encoding: Encoding) -> Peer {
        let link = Proxy::to(self.nodes[node].public()).await;
        let peer = Peer::connect(link, &self.tenant, external_id, encoding);
        peer.id().await;
        peer
    }
}
