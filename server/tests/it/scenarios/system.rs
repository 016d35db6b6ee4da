//! A system: servers, a tenant that lives by a preset, and what is known of its people.

use std::sync::atomic::{AtomicUsize, Ordering};

use causerie_client::Encoding;
use causerie_server::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

use super::{facts::Row, person::Person};
use crate::{
    faults::log_of,
    harness::{
        Cluster, Database, Peer, Proxy, Settings, Tenant,
        http::{Request, Response},
    },
};

/// One of the five, running.
pub struct System<'a> {
    cluster: &'a Cluster,
    tenant: Tenant,
    /// Of the product's back end.
    key: String,
    /// People come to the nodes by turns.
    came: AtomicUsize,
}

/// Some rows ask a lot at once; haste is not what they are about.
pub fn patient(settings: Settings) -> Settings {
    ["limits.frames_per_second", "limits.frames_burst", "limits.sends_per_second", "limits.sends_burst"]
        .into_iter()
        .fold(settings, |settings, key| settings.set(key, 10_000))
}

/// Two nodes on PostgreSQL and Redis.
pub async fn two_nodes() -> Cluster {
    Cluster::start_with(2, patient).await
}

/// Runs a behaviour on an embedded server, then across two nodes, each with a tenant of its own that knows these facts.
pub async fn everywhere(preset: &str, facts: &[Row], behaviour: impl AsyncFn(&System<'_>)) {
    behaviour(&System::of(&Cluster::embedded_with(patient).await, preset, facts).await).await;
    behaviour(&System::of(&two_nodes().await, preset, facts).await).await;
}

impl<'a> System<'a> {
    /// A tenant of these servers that lives by a preset and knows these facts.
    pub async fn of(cluster: &'a Cluster, preset: &str, facts: &[Row]) -> Self {
        let tenant = Tenant::of_preset(cluster.settings(), preset, preset);
        let key = tenant.api_key(cluster.settings(), "provision,act,read");
        let system = Self { cluster, tenant, key, came: AtomicUsize::new(0) };
        system.learns(facts).await;
        system
    }

    /// A tenant of these servers that lives by rules of its own and knows these facts.
    pub async fn under(cluster: &'a Cluster, rules: &str, facts: &[Row]) -> Self {
        let tenant = Tenant::create(cluster.settings(), "own");
        let key = tenant.api_key(cluster.settings(), "provision,act,read,admin");
        let system = Self { cluster, tenant, key, came: AtomicUsize::new(0) };
        system.rules(rules).await;
        system.learns(facts).await;
        system
    }

    /// Where it keeps everything.
    pub fn database(&self) -> &Database {
        &self.cluster.database
    }

    /// The back end changes the rules. When this returns they hold, on every node.
    pub async fn rules(&self, text: &str) {
        let set = Request::new("PUT", "/v1/policy").json(&json!({ "text": text }));
        let answer = self.back_end(set).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// The address of a node, and a token of a person, to speak without the SDK.
    pub fn raw(&self, node: usize, external_id: &str) -> (std::net::SocketAddr, String) {
        let nodes = &self.cluster.nodes;
        (nodes[node % nodes.len()].public(), token(&self.tenant, external_id))
    }

    /// A person, connected to the next node: whoever comes after another one is somewhere else, where there is somewhere else.
    pub async fn person(&self, external_id: &str) -> Person {
        let nodes = &self.cluster.nodes;
        let node = &nodes[self.came.fetch_add(1, Ordering::Relaxed) % nodes.len()];
        let (tenant, name) = (self.tenant.clone(), external_id.to_owned());
        let link = Proxy::to(node.public()).await;
        let peer = Peer::connect_by(link, external_id, Encoding::Proto, move || token(&tenant, &name));
        peer.id().await;
        Person(peer)
    }

    /// Several, by turns.
    pub async fn people<const N: usize>(&self, external_ids: [&str; N]) -> [Person; N] {
        let mut people = Vec::with_capacity(N);
        for external_id in external_ids {
            people.push(self.person(external_id).await);
        }
        people.try_into().unwrap_or_else(|_| unreachable!("as many as were asked for"))
    }

    /// The back end tells facts, to the first node. When this returns they hold, on every node.
    pub async fn learns(&self, rows: &[Row]) {
        let summary = self.import(rows).await;
        assert_eq!((&summary["refused"], &summary["stopped"]), (&json!(0), &Value::Null), "{summary}");
    }

    /// The back end tells facts, some of which may be refused; the summary.
    pub async fn import(&self, rows: &[Row]) -> Value {
        let import = Request::new("POST", "/v1/import?results=all").header("content-type", "application/x-ndjson");
        let answer = self.back_end(import.body(Row::lines(rows))).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let last = answer.text().lines().last().expect("an import ends with a summary").to_owned();
        let last: Value = serde_json::from_str(&last).expect("JSON");
        assert!(last["summary"]["refused"].is_u64(), "{}", answer.text());
        last["summary"].clone()
    }

    /// Everything said that the database still has, by anyone.
    pub async fn keeps(&self) -> Vec<String> {
        let texts = log_of(&self.cluster.database).await.into_iter().map(|entry| entry.text);
        texts.filter(|text| !text.is_empty()).collect()
    }

    /// A request of the product's back end, to the first node.
    pub async fn back_end(&self, request: Request) -> Response {
        request.bearer(&self.key).send(self.cluster.nodes[0].public()).await
    }

    /// A request of a person, to the last node: not where facts are told, where there are two.
    pub async fn http(&self, external_id: &str, request: Request) -> Response {
        self.http_at(self.cluster.nodes.len() - 1, external_id, request).await
    }

    /// A request of a person to a node.
    pub async fn http_at(&self, node: usize, external_id: &str, request: Request) -> Response {
        request.bearer(&token(&self.tenant, external_id)).send(self.cluster.nodes[node].public()).await
    }
}

/// Says who, and leaves all else as the back end told it.
fn token(tenant: &Tenant, external_id: &str) -> String {
    let iat = SystemClock.now_s();
    tenant.sign(&json!({ "sub": external_id, "iat": iat, "exp": iat + 3_600 }))
}
