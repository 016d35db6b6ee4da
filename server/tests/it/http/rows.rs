//! The export and the lists of a tenant: users, groups, memberships, as rows that an import accepts.

use std::collections::BTreeSet;

use causerie_server::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

use super::{Caller, assert_problem, text};
use crate::harness::{Cluster, Tenant, http::Request};

const RULES: &str = "policy test
roles learner teacher owner
kinds year class
relations friend:mutual block:own
setting messaging on off
allow find,see_profile,start classmate when me learner@class with them learner@class
allow read,send holder when holder
";

/// Rows of every type. A group follows its parent group; the groups are not in the order of their ids.
fn rows() -> Vec<Value> {
    let mut rows = Vec::new();
    for at in 0..23 {
        let status = ["active", "invited", "deactivated", "removed"][at % 4];
        let about = ["", "Class 6A"][at % 2];
        let (roles, writable_by) = ([json!([]), json!(["owner"])][at % 2].clone(), ["rules", "contacts", "nobody"][at % 3]);
        rows.push(json!({
            "type": "user", "id": format!("u {at} é"), "name": format!("Name {at}"), "avatar": "", "locale": "fr",
            "about": about, "status": status, "roles": roles, "writable_by": writable_by,
        }));
    }
    for (id, parent) in [("z", ""), ("m", "z"), ("a", "m"), ("b", "m")] {
        let (kind, state) = if parent.is_empty() { ("year", "concluded") } else { ("class", "active") };
        rows.push(json!({
            "type": "group", "id": id, "name": format!("Group {id}"), "kind": kind, "parent": parent, "state": state,
            "delivers": "people",
        }));
    }
    for at in 0..23 {
        let group = ["a", "b"][at % 2];
        rows.push(json!({ "type": "membership", "user": format!("u {at} é"), "group": group, "role": "learner" }));
    }
    rows.push(json!({
        "type": "membership", "user": "u 0 é", "group": "z", "role": "teacher", "from": "2026-09-01T00:00:00Z",
        "until": "2027-07-01T10:30:00.250Z",
    }));
    rows.push(json!({ "type": "relation", "relation": "friend", "from": "u 4 é", "to": "u 0 é", "state": "pending" }));
    rows.push(json!({ "type": "relation", "relation": "friend", "from": "u 8 é", "to": "u 0 é", "state": "accepted" }));
    rows.push(json!({ "type": "relation", "relation": "block", "from": "u 0 é", "to": "u 1 é", "state": "accepted" }));
    rows.push(json!({
        "type": "edge", "from": "a", "from_role": "learner", "to": "b", "to_role": "", "effect": "deny", "delivers": "both",
    }));
    rows.push(json!({ "type": "setting", "name": "messaging", "value": "off" }));
    rows
}

async fn import(caller: &Caller<'_>, rows: &[Value]) -> Value {
    let body: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let lines = caller.send(Request::new("POST", "/v1/import").body(body)).await.lines();
    let [only] = &lines[..] else { panic!("rows were refused: {lines:?}") };
    only["summary"].clone()
}

fn as_set(rows: &[Value]) -> BTreeSet<String> {
    rows.iter().map(Value::to_string).collect()
}

#[tokio::test]
async fn importing_an_export_changes_nothing() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let product = Caller::back_end(&cluster, "provision,admin");
        product.json("PUT", "/v1/policy", json!({ "text": RULES })).await.ok();
        let summary = import(&product, &rows()).await;
        assert_eq!(summary["refused"], 0, "{summary}");

        let response = product.get("/v1/export").await;
        assert_eq!(response.header("content-type"), Some("application/x-ndjson"));
        let exported = response.lines();
        assert_eq!(as_set(&exported), as_set(&rows()), "nothing is lost, and nothing is added");
        let again = import(&product, &exported).await;
        assert_eq!(again["unchanged"], exported.len(), "{again}");

        // In another tenant, the rows create the same facts.
        let elsewhere = Tenant::create(cluster.settings(), "globex");
        let key = elsewhere.api_key(cluster.settings(), "provision,admin");
        let other = Caller { cluster: &cluster, credential: key };
        assert_eq!(other.get("/v1/export").await.lines(), Vec::<Value>::new());
        other.json("PUT", "/v1/policy", json!({ "text": RULES })).await.ok();
        assert_eq!(import(&other, &exported).await["created"], exported.len());
        assert_eq!(as_set(&other.get("/v1/export").await.lines()), as_set(&exported));

        let users = product.get("/v1/export?type=user").await.lines();
        assert_eq!(as_set(&users), as_set(&rows()[..23]));
        let lines = product.get("/v1/audit?action=export").await.ok();
        assert_eq!(lines["entries"].as_array().map(Vec::len), Some(2), "{lines}");
    }
}

#[tokio::test]
async fn words_that_the_policy_does_not_declare_are_exported_and_imported_with_keep() {
    const FEWER: &str = "policy test\nroles learner\nallow read,send holder when holder\n";
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let product = Caller::back_end(&cluster, "provision,admin");
        product.json("PUT", "/v1/policy", json!({ "text": RULES })).await.ok();
        import(&product, &rows()).await;
        let claims = json!({
            "sub": "zoe", "roles": ["captain"], "iat": SystemClock.now_s(), "exp": SystemClock.now_s() + 3_600,
        });
        Caller { cluster: &cluster, credential: cluster.tenant.sign(&claims) }.id().await;
        product.json("PUT", "/v1/policy", json!({ "text": FEWER, "acceptUnusedWords": true })).await.ok();

        let exported = product.get("/v1/export").await.lines();
        assert!(exported.iter().any(|row| row["roles"] == json!(["captain"])), "{exported:?}");
        let body: String = exported.iter().map(|row| format!("{row}\n")).collect();
        let keep = |query: &str| Request::new("POST", format!("/v1/import{query}")).body(body.clone());
        let answer = product.send(keep("")).await.lines();
        let summary = &answer.last().expect("a summary")["summary"];
        assert!(summary["refused"].as_u64().is_some_and(|refused| refused > 20), "a word may be misspelled: {summary}");
        let answer = product.send(keep("?undeclared=keep")).await.lines();
        assert_eq!(answer.last().expect("a summary")["summary"]["unchanged"], exported.len(), "{answer:?}");

        let elsewhere = Tenant::create(cluster.settings(), "globex");
        let key = elsewhere.api_key(cluster.settings(), "provision,admin");
        let other = Caller { cluster: &cluster, credential: key };
        let answer = other.send(keep("?undeclared=keep")).await.lines();
        assert_eq!(answer.last().expect("a summary")["summary"]["created"], exported.len(), "{answer:?}");
        assert_eq!(as_set(&other.get("/v1/export").await.lines()), as_set(&exported));
        let spaced = json!({ "type": "user", "id": "a", "roles": ["two words"] }).to_string();
        let answer = other.send(Request::new("POST", "/v1/import?undeclared=keep").body(spaced)).await.lines();
        assert_eq!((&answer[0]["field"], &answer[0]["result"]), (&json!("roles"), &json!("refused")));
    }
}

#[tokio::test]
async fn pages_hold_every_row_once() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let product = Caller::back_end(&cluster, "provision,admin");
        product.json("PUT", "/v1/policy", json!({ "text": RULES })).await.ok();
        import(&product, &rows()).await;
        let reader = Caller::back_end(&cluster, "read");
        for kind in ["user", "group", "membership", "relation"] {
            let expected: Vec<Value> = rows().into_iter().filter(|row| row["type"] == kind).collect();
            for limit in [1, 4, 100] {
                let (mut found, mut cursor) = (Vec::new(), String::new());
                loop {
                    let page = reader.get(format!("/v1/rows/{kind}s?limit={limit}&cursor={cursor}")).await.ok();
                    let rows = page["rows"].as_array().expect("rows");
                    assert!(rows.len() <= limit, "{page}");
                    found.extend(rows.iter().cloned());
                    match page.get("nextCursor") {
                        Some(next) => cursor = text(next),
                        None => break,
                    }
                    assert!(found.len() <= expected.len(), "the pages end");
                }
                assert_eq!((found.len(), as_set(&found)), (expected.len(), as_set(&expected)), "{kind} by {limit}");
            }
        }
    }
}

#[tokio::test]
async fn memberships_are_filtered_by_user_group_and_role() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let product = Caller::back_end(&cluster, "provision,admin");
        product.json("PUT", "/v1/policy", json!({ "text": RULES })).await.ok();
        import(&product, &rows()).await;
        let memberships: Vec<Value> = rows().into_iter().filter(|row| row["type"] == "membership").collect();
        for (query, wanted) in [
            ("user=u%200%20%C3%A9", [("user", "u 0 é")].as_slice()),
            ("group=a", &[("group", "a")]),
            ("role=teacher", &[("role", "teacher")]),
            ("group=b&role=learner&user=u%201%20%C3%A9", &[("group", "b"), ("user", "u 1 é")]),
            ("group=nobody", &[("group", "nobody")]),
        ] {
            let matching = memberships.iter().filter(|row| wanted.iter().all(|(field, value)| row[*field] == *value));
            let expected: Vec<Value> = matching.cloned().collect();
            let (mut found, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = product.get(format!("/v1/rows/memberships?limit=3&{query}&cursor={cursor}")).await.ok();
                found.extend(page["rows"].as_array().expect("rows").iter().cloned());
                let Some(next) = page.get("nextCursor") else { break };
                cursor = text(next);
                assert!(found.len() <= expected.len(), "the pages end");
            }
            assert_eq!((found.len(), as_set(&found)), (expected.len(), as_set(&expected)), "{query}");
        }
    }
}

#[tokio::test]
async fn rows_need_a_key_with_a_scope_and_show_only_its_tenant() {
    let cluster = Cluster::embedded().await;
    Caller::user(&cluster, "lea").id().await;
    let may_not = Caller::back_end(&cluster, "act,admin");
    for path in ["/v1/rows/users", "/v1/rows/groups", "/v1/rows/memberships", "/v1/rows/relations", "/v1/export"] {
        assert_problem(&may_not.get(path).await, 403, "forbidden", "");
    }
    let elsewhere = Tenant::create(cluster.settings(), "globex");
    let other = Caller { cluster: &cluster, credential: elsewhere.api_key(cluster.settings(), "read") };
    assert_eq!(other.get("/v1/rows/users").await.ok(), json!({ "rows": [] }));
    for (path, field) in [
        ("/v1/rows/users?limit=0", "limit"),
        ("/v1/rows/users?cursor=x", "cursor"),
        ("/v1/rows/users?id=lea", "id"),
        ("/v1/export?type=users", "type"),
    ] {
        assert_problem(&other.get(path).await, 400, "invalid", field);
    }
}
