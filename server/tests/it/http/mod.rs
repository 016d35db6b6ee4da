//! HTTP as the product's back end and its users call it.

mod comparison;
mod control_characters;
mod demo_pages;
mod description;
mod erasure;
mod errors;
mod exports;
mod external_ids;
mod import;
mod key_races;
mod keys;
mod names;
mod operator;
mod page;
mod policy;
mod provisioning;
mod routes;
mod rows;
mod settings;
mod tenant_states;
mod tenants;
mod twin;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{
    Cluster,
    http::{Request, Response},
};

/// Sends HTTP requests to the first node with one credential.
struct Caller<'a> {
    cluster: &'a Cluster,
    credential: String,
}

impl<'a> Caller<'a> {
    /// A user of the cluster's tenant.
    fn user(cluster: &'a Cluster, external_id: &str) -> Self {
        Self { cluster, credential: cluster.tenant.token(external_id) }
    }

    /// The product's back end with an API key that has these scopes.
    fn back_end(cluster: &'a Cluster, scopes: &str) -> Self {
        Self { cluster, credential: cluster.tenant.api_key(cluster.settings(), scopes) }
    }

    /// Sends any request with the credential.
    async fn send(&self, request: Request) -> Response {
        request.bearer(&self.credential).send(self.cluster.nodes[0].public()).await
    }

    async fn get(&self, path: impl Into<String>) -> Response {
        self.send(Request::get(path)).await
    }

    async fn json(&self, method: &str, path: impl Into<String>, body: Value) -> Response {
        self.send(Request::new(method, path).json(&body)).await
    }

    async fn id(&self) -> String {
        text(&self.get("/v1/me").await.ok()["id"])
    }

    /// The id of the direct conversation with another user.
    async fn direct_with(&self, external_id: &str) -> String {
        let body = json!({ "kind": "CONVERSATION_KIND_DIRECT", "with": [{ "externalId": external_id }] });
        text(&self.json("POST", "/v1/conversations", body).await.ok()["conversation"]["id"])
    }

    async fn say(&self, conversation: &str, words: &str) -> Value {
        let body = json!({ "clientId": Uuid::now_v7(), "text": words });
        let sent = self.json("POST", format!("/v1/conversations/{conversation}/messages"), body).await;
        sent.ok()["message"].clone()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// Checks the status, the code and the field of a refusal, and that it is a problem document of RFC 9457.
#[track_caller]
fn assert_problem(response: &Response, status: u16, name: &str, field: &str) {
    let body = String::from_utf8_lossy(&response.body);
    assert_eq!(response.status, status, "{body}");
    assert_eq!(response.header("content-type"), Some("application/problem+json"), "{body}");
    let problem = response.json();
    assert_eq!(problem["name"], name, "{body}");
    assert_eq!(problem["status"], status, "{body}");
    assert_eq!(problem["type"], format!("/v1/docs#{name}"), "{body}");
    assert_eq!(problem["field"].as_str().unwrap_or_default(), field, "{body}");
    assert!(problem["code"].is_u64() && problem["temporary"].is_boolean(), "{body}");
    for sentence in ["title", "detail"] {
        assert!(problem[sentence].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    }
}
