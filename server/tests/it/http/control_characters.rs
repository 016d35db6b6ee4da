//! Control characters in paths, queries, cursors and bodies: a refusal that names the field, on both databases.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use causerie_server::http::openapi::DESCRIPTION;
use serde_json::{Value, json};

use super::Caller;
use crate::harness::{Cluster, http::Request};

const ID: &str = "0193b3a0-0000-7000-8000-000000000001";
const BAD: [&str; 2] = ["a%00b", "a%1Fb"];

/// Sends a request for a new user each time, so that no rate limit is reached.
async fn status_of(product: &Caller<'_>, request: Request, sent: &mut usize) -> (u16, Value) {
    *sent += 1;
    let user = format!("u{}", *sent % 40);
    let response = product.send(request.header("causerie-user", user)).await;
    (response.status, serde_json::from_slice(&response.body).unwrap_or_default())
}

/// Whether a refusal names this field, in the spelling of `proto/` or of JSON.
fn has_field(problem: &Value, field: &str) -> bool {
    let named = problem["field"].as_str().unwrap_or_default().rsplit('.').next().unwrap_or_default();
    let named = named.split('[').next().unwrap_or_default();
    let plain = |name: &str| name.replace('_', "").trim_end_matches('s').to_ascii_lowercase();
    plain(named).ends_with(&plain(field)) || (field == "q" && named == "query")
}

#[tokio::test]
async fn a_control_character_in_a_path_or_query_is_refused_with_the_name_of_the_field() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let product = Caller::back_end(&cluster, "provision,act,read,admin,tenants,operate");
        for at in 0..40 {
            product.json("PUT", format!("/v1/users/u{at}"), json!({})).await.ok();
        }
        let mut sent = 0;
        for operation in &DESCRIPTION.operations {
            let method = operation.method.as_str();
            let full = |bad: &str, value: &str| {
                let parts = operation.path.split('/').map(|part| match part.strip_prefix('{') {
                    Some(name) if name.trim_end_matches('}') == bad => value,
                    Some(_) => ID,
                    None => part,
                });
                parts.collect::<Vec<_>>().join("/")
            };
            for (field, value) in operation.path_fields().flat_map(|field| BAD.map(|value| (field, value))) {
                let request = Request::new(method, full(field, value)).json(&json!({}));
                let (status, problem) = status_of(&product, request, &mut sent).await;
                let refused = status == 400 && problem["name"] == "invalid" && has_field(&problem, field);
                assert!(refused, "{method} {} with {value} as {field}: {status} {problem}", operation.path);
            }
            let parameters = operation.description["parameters"].as_array().expect("a list").iter();
            for field in parameters.filter(|one| one["in"] == "query").filter_map(|one| one["name"].as_str()) {
                for value in BAD {
                    let request = Request::new(method, format!("{}?{field}={value}", full("", ""))).body("{}");
                    let (status, problem) = status_of(&product, request, &mut sent).await;
                    let refused = status == 400 && has_field(&problem, field);
                    assert!(refused, "{method} {}?{field}={value}: {status} {problem}", operation.path);
                }
            }
        }
        assert!(sent > 150, "{sent} requests were made");
    }
}

#[tokio::test]
async fn a_control_character_in_a_cursor_or_a_body_is_refused_with_the_name_of_the_field() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let product = Caller::back_end(&cluster, "provision,act,read,admin,tenants,operate");
        let cursor = BASE64_URL_SAFE_NO_PAD.encode(json!(["a\0", "b", "c"]).to_string());
        for list in [
            "rows/users",
            "rows/groups",
            "rows/memberships",
            "rows/relations",
            "tenants",
            "api-keys",
            "signing-keys",
            "tenants/acme/api-keys",
            "tenants/acme/signing-keys",
        ] {
            let refused = product.get(format!("/v1/{list}?cursor={cursor}")).await;
            super::assert_problem(&refused, 400, "invalid", "cursor");
        }
        for (method, path, body, field) in [
            ("POST", "/v1/policy/explain", json!({ "as": { "externalId": "a\0" } }), "as.externalId"),
            ("POST", "/v1/policy/explain", json!({ "as": { "externalId": "a" }, "to": { "group": "\0" } }), "to.group"),
            ("POST", "/v1/tenants", json!({ "slug": "a\0", "name": "a" }), "slug"),
            ("POST", "/v1/tenants", json!({ "slug": "a", "name": "a\0" }), "name"),
            ("POST", "/v1/api-keys", json!({ "name": "a\0", "scopes": ["read"] }), "name"),
            ("POST", "/v1/signing-keys", json!({ "algorithm": "HS256", "kid": "a\0" }), "kid"),
            ("POST", "/v1/policy/test", json!({ "text": "policy a", "cases": "\0" }), "cases"),
            ("PUT", "/v1/users/lea", json!({ "name": "a\0" }), "name"),
            ("PUT", "/v1/users/lea", json!({ "roles": ["a\0"] }), "roles"),
        ] {
            super::assert_problem(&product.json(method, path, body).await, 400, "invalid", field);
        }
    }
}
