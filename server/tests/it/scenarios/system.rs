//! A system that a test runs: servers, a tenant with a preset, and the facts of its users.

use std::sync::atomic::{AtomicUsize, Ordering};

use causerie_client::Encoding;
use causerie_server::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

use super::{facts::Row, user::User};
use crate::{
    faults::stored_messages,
    harness::{
        Cluster, Database, Peer, Proxy, Settings, Tenant,
        http::{Request, Response},
    },
};

/// One of the five systems.
pub struct System<'a> {
    cluster: &'a Cluster,
    tenant: Tenant,
    /// The API key of the product's back end.
    key: String,
    /// The number of users connected so far: users connect to the nodes in turn.
    connected: AtomicUsize,
}

/// Settings without the rate limits, because some rows send many requests at once.
pub fn without_rate_limits(settings: Settings) -> Settings {
    ["limits.frames_per_second", "limits.frames_burst", "limits.sends_per_second", "limits.sends_burst"]
        .into_iter()
        .fold(settings, |settings, key| settings.set(key, 10_000))
}

/// Two nodes on PostgreSQL and Redis.
pub async fn two_nodes() -> Cluster {
    Cluster::start_with(2, without_rate_limits).await
}

/// Runs a test on an embedded server, then across two nodes, each with a new tenant that has the preset and these facts.
pub async fn everywhere(preset: &str, facts: &[Row], behaviour: impl AsyncFn(&System<'_>)) {
    behaviour(&System::with_preset(&Cluster::embedded_with(without_rate_limits).await, preset, facts).await).await;
    behaviour(&System::with_preset(&two_nodes().await, preset, facts).await).await;
}

impl<'a> System<'a> {
    /// Creates a tenant with a preset and these facts.
    pub async fn with_preset(cluster: &'a Cluster, preset: &str, facts: &[Row]) -> Self {
        let tenant = Tenant::of_preset(cluster.settings(), preset, preset);
        let key = tenant.api_key(cluster.settings(), "provision,act,read");
        let system = Self { cluster, tenant, key, connected: AtomicUsize::new(0) };
        system.import_all(facts).await;
        system
    }

    /// Creates a tenant with its own rules and these facts.
    pub async fn with_rules(cluster: &'a Cluster, rules: &str, facts: &[Row]) -> Self {
        let tenant = Tenant::create(cluster.settings(), "own");
        let key = tenant.api_key(cluster.settings(), "provision,act,read,admin");
        let system = Self { cluster, tenant, key, connected: AtomicUsize::new(0) };
        system.set_rules(rules).await;
        system.import_all(facts).await;
        system
    }

    pub fn database(&self) -> &Database {
        &self.cluster.database
    }

    /// Sets the rules of the tenant. They apply on every node when this returns.
    pub async fn set_rules(&self, text: &str) {
        let set = Request::new("PUT", "/v1/policy").json(&json!({ "text": text }));
        let answer = self.back_end(set).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// The address of a node and a token of a user, for requests without the SDK.
    pub fn raw(&self, node: usize, external_id: &str) -> (std::net::SocketAddr, String) {
        let nodes = &self.cluster.nodes;
        (nodes[node % nodes.len()].public(), token(&self.tenant, external_id))
    }

    /// Connects a user to the next node in turn.
    pub async fn user(&self, external_id: &str) -> User {
        let nodes = &self.cluster.nodes;
        let node = &nodes[self.connected.fetch_add(1, Ordering::Relaxed) % nodes.len()];
        let (tenant, name) = (self.tenant.clone(), external_id.to_owned());
        let link = Proxy::to(node.public()).await;
        let peer = Peer::connect_with_tokens(link, external_id, Encoding::Proto, move || token(&tenant, &name));
        peer.id().await;
        User(peer)
    }

    /// Connects several users to the nodes in turn.
    pub async fn users<const N: usize>(&self, external_ids: [&str; N]) -> [User; N] {
        let mut users = Vec::with_capacity(N);
        for external_id in external_ids {
            users.push(self.user(external_id).await);
        }
        users.try_into().unwrap_or_else(|_| unreachable!("as many as were asked for"))
    }

    /// Imports facts on the first node. They apply on every node when this returns.
    ///
    /// # Panics
    /// If a row is refused.
    pub async fn import_all(&self, rows: &[Row]) {
        let summary = self.import(rows).await;
        assert_eq!((&summary["refused"], &summary["stopped"]), (&json!(0), &Value::Null), "{summary}");
    }

    /// Imports facts, of which some may be refused, and returns the summary.
    pub async fn import(&self, rows: &[Row]) -> Value {
        let import = Request::new("POST", "/v1/import?results=all").header("content-type", "application/x-ndjson");
        let answer = self.back_end(import.body(Row::lines(rows))).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let last = answer.text().lines().last().expect("an import ends with a summary").to_owned();
        let last: Value = serde_json::from_str(&last).expect("JSON");
        assert!(last["summary"]["refused"].is_u64(), "{}", answer.text());
        last["summary"].clone()
    }

    /// All message texts in the database.
    pub async fn stored_texts(&self) -> Vec<String> {
        let texts = stored_messages(&self.cluster.database).await.into_iter().map(|entry| entry.text);
        texts.filter(|text| !text.is_empty()).collect()
    }

    /// Sends a request of the product's back end to the first node.
    pub async fn back_end(&self, request: Request) -> Response {
        request.bearer(&self.key).send(self.cluster.nodes[0].public()).await
    }

    /// Sends a request of a user to the last node. With two nodes, facts are imported on the other node.
    pub async fn http(&self, external_id: &str, request: Request) -> Response {
        self.http_at(self.cluster.nodes.len() - 1, external_id, request).await
    }

    /// Sends a request of a user to a node.
    pub async fn http_at(&self, node: usize, external_id: &str, request: Request) -> Response {
        request.bearer(&token(&self.tenant, external_id)).send(self.cluster.nodes[node].public()).await
    }
}

/// A token with only the external id, so that it changes no other field of the user.
fn token(tenant: &Tenant, external_id: &str) -> String {
    let iat = SystemClock.now_s();
    tenant.sign(&json!({ "sub": external_id, "iat": iat, "exp": iat + 3_600 }))
}
