//! Nodes that serve one tenant.

use causerie_client::Encoding;
use futures::future::join_all;

use super::{Database, Node, Peer, Proxy, RedisServer, Settings, Tenant};

/// One or more nodes with their database, their Redis and a tenant.
pub struct Cluster {
    // The fields are dropped in this order: the nodes must disconnect from the database before it is dropped.
    /// The running nodes.
    pub nodes: Vec<Node>,
    /// The bus. `None` for an embedded server.
    pub redis: Option<RedisServer>,
    /// The database that all nodes share.
    pub database: Database,
    /// The tenant that the nodes serve.
    pub tenant: Tenant,
    settings: Settings,
}

impl Cluster {
    /// One node on SQLite with default settings.
    pub async fn embedded() -> Self {
        Self::embedded_with(|settings| settings).await
    }

    /// [`Cluster::embedded`] with changed settings.
    pub async fn embedded_with(change: impl FnOnce(Settings) -> Settings) -> Self {
        let database = Database::sqlite();
        let settings = change(Settings::on(&database));
        Self::start_nodes(1, database, None, settings).await
    }

    /// `nodes` nodes on PostgreSQL and Redis.
    pub async fn start(nodes: usize) -> Self {
        Self::start_with(nodes, |settings| settings).await
    }

    /// [`Cluster::start`] with changed settings.
    pub async fn start_with(nodes: usize, change: impl FnOnce(Settings) -> Settings) -> Self {
        let (database, redis) = (Database::postgres(), RedisServer::start());
        let settings = change(Settings::on(&database).with_redis(&redis));
        Self::start_nodes(nodes, database, Some(redis), settings).await
    }

    /// One node on `database`, without Redis.
    pub async fn on(database: Database, change: impl FnOnce(Settings) -> Settings) -> Self {
        let settings = change(Settings::on(&database));
        Self::start_nodes(1, database, None, settings).await
    }

    /// `nodes` nodes on PostgreSQL. The Redis address comes from the settings, and the test owns that Redis.
    pub async fn start_on(nodes: usize, change: impl FnOnce(Settings) -> Settings) -> Self {
        let database = Database::postgres();
        let settings = change(Settings::on(&database));
        Self::start_nodes(nodes, database, None, settings).await
    }

    async fn start_nodes(count: usize, database: Database, redis: Option<RedisServer>, settings: Settings) -> Self {
        settings.run(&["migrate"]);
        let tenant = Tenant::create(&settings, "acme");
        let nodes = join_all((0..count).map(|_| Node::start(settings.clone()))).await;
        Self { nodes, redis, database, tenant, settings }
    }

    /// Starts another node with the same settings.
    pub async fn add_node(&mut self) -> &Node {
        self.nodes.push(Node::start(self.settings.clone()).await);
        self.nodes.last().expect("just added")
    }

    /// The settings that all nodes share, to run subcommands.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The Redis of the cluster.
    ///
    /// # Panics
    /// If the cluster is embedded.
    pub fn redis(&mut self) -> &mut RedisServer {
        self.redis.as_mut().expect("an embedded server has no Redis")
    }

    /// Connects a user to a node with the protobuf encoding.
    pub async fn client(&self, node: usize, external_id: &str) -> Peer {
        self.client_in(node, external_id, Encoding::Proto).await
    }

    /// Connects a user to a node.
    pub async fn client_in(&self, node: usize, external_id: &str, encoding: Encoding) -> Peer {
        let link = Proxy::to(self.nodes[node].public()).await;
        let peer = Peer::connect(link, &self.tenant, external_id, encoding);
        peer.id().await;
        peer
    }
}
