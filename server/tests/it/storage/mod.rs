//! Acknowledged messages stay stored through storage faults: full volumes, I/O errors, resource limits. A log that can not
//! be written does not end the server.
//!
//! Each test sends messages all the time and audits the database after each step: a second connection reads each
//! acknowledged message. The tests mount volumes, so they must run as root.

mod fault;
mod full_volume;
mod limits;
mod log;
mod postgres;
mod retried;
mod two_servers;

use serde_json::json;
use uuid::Uuid;

use crate::harness::{Acknowledged, Cluster, Settings, eventually, http::Request};

/// Settings without limits on the sends of a user.
pub fn without_send_limits(settings: Settings) -> Settings {
    let keys = ["limits.frames_per_second", "limits.frames_burst", "limits.sends_per_second", "limits.sends_burst"];
    keys.into_iter().fold(settings, |settings, key| settings.set(key, 1_000_000))
}

/// Sends messages of Léa to Tom over HTTP, which does not retry by itself.
struct Sender {
    token: String,
    conversation: String,
    acknowledged: Acknowledged,
}

impl Sender {
    /// Creates Tom and starts the conversation.
    async fn start(cluster: &Cluster) -> Self {
        let token = cluster.tenant.token("lea");
        let node = cluster.nodes[0].public();
        // The first request with his token creates Tom.
        Request::get("/v1/me").bearer(&cluster.tenant.token("tom")).send(node).await;
        let start = json!({ "kind": "CONVERSATION_KIND_DIRECT", "with": [{ "externalId": "tom" }] });
        let started = Request::new("POST", "/v1/conversations").bearer(&token).json(&start).send(node).await;
        let conversation = started.json()["conversation"]["id"].as_str().expect("it starts").to_owned();
        Self { token, conversation, acknowledged: Acknowledged::default() }
    }

    /// Sends a message once and returns whether it was acknowledged. Any other answer must be `unavailable`, `timeout` or
    /// none.
    async fn send(&mut self, cluster: &Cluster, text: &str) -> bool {
        let path = format!("/v1/conversations/{}/messages", self.conversation);
        let message = json!({ "clientId": Uuid::now_v7(), "text": text });
        let request = Request::new("POST", path).bearer(&self.token).json(&message);
        let Some(answer) = request.try_send(cluster.nodes[0].public()).await else { return false };
        match answer.status {
            200 => self.acknowledged.record(&answer.json()["message"]),
            // `unavailable` and `timeout`.
            503 | 504 => {}
            status => panic!("{status}: {}", answer.text()),
        }
        answer.status == 200
    }

    /// Sends `count` messages and returns how many were acknowledged.
    async fn send_some(&mut self, cluster: &Cluster, what: &str, count: usize) -> usize {
        let mut acknowledged = 0;
        for number in 0..count {
            acknowledged += usize::from(self.send(cluster, &format!("{what} {number}")).await);
        }
        acknowledged
    }

    /// Sends long messages until two in a row are refused.
    async fn send_until_refused(&mut self, cluster: &Cluster) {
        let mut refused = 0;
        for number in 0..20_000 {
            refused = if self.send(cluster, &format!("{number} {}", "x".repeat(8_000))).await { 0 } else { refused + 1 };
            if refused == 2 {
                return;
            }
        }
        panic!("20,000 messages were stored where there is no room");
    }

    /// Checks that the history of both members equals the acknowledged messages, and returns their number.
    async fn check_histories(&self, cluster: &Cluster) -> usize {
        let (mut shown, mut after) = (0, 0);
        loop {
            let path = format!("/v1/conversations/{}/messages?after_seq={after}&limit=100", self.conversation);
            let page = Request::get(path).bearer(&self.token).send(cluster.nodes[0].public()).await.json();
            let messages = page["messages"].as_array().cloned().unwrap_or_default();
            let Some(last) = messages.last().and_then(|message| message["seq"].as_u64()) else { return shown };
            shown += messages.len();
            after = last;
        }
    }

    async fn audit(&self, when: &str, cluster: &Cluster) -> usize {
        self.acknowledged.audit(when, &cluster.database).await
    }

    /// Sends messages until the server stores one again. The test does not repair anything in this time.
    async fn until_stored(&mut self, cluster: &Cluster) {
        for _ in 0..300 {
            if self.send(cluster, "again").await {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("nothing is stored 30 s after the fault was over");
    }
}

async fn readiness(cluster: &Cluster) -> u16 {
    Request::get("/readyz").send(cluster.nodes[0].internal()).await.status
}

async fn until_readiness(cluster: &Cluster, status: u16) {
    eventually(&format!("readiness {status}"), async || (readiness(cluster).await == status).then_some(())).await;
}

/// The value of a metric, by its full name with labels.
async fn metric(cluster: &Cluster, name: &str) -> f64 {
    let figures = Request::get("/metrics").send(cluster.nodes[0].internal()).await;
    let line = figures.text().lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned));
    line.map_or(0.0, |value| value.parse().expect("a number"))
}
