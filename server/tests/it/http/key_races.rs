//! API keys are revoked, and tenants are suspended or deleted, while the server handles a request with the key.

use causerie_server::store::{
    Store,
    queries::{facts::FactWrite, tenants},
};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use uuid::Uuid;

use super::{Caller, assert_problem, import::begin_import, text};
use crate::harness::{
    Cluster, Tenant, eventually,
    http::{Request, Response},
    lock_waits, within,
};

async fn connect(cluster: &Cluster) -> Store {
    Store::connect(&cluster.database.to_connect()).await.expect("the database opens")
}

/// Waits until at least `count` sessions wait for a lock.
async fn until_waiting(store: &Store, count: i64) {
    eventually("requests that wait for a lock", async || (lock_waits(store).await >= count).then_some(())).await;
}

/// Creates an API key of the tenant `acme`. Returns a caller with the key, and the path that revokes it.
async fn create_key<'a>(cluster: &'a Cluster, operator: &Caller<'_>, scopes: &[&str]) -> (Caller<'a>, String) {
    let new = json!({ "name": "new", "scopes": scopes });
    let made = operator.json("POST", "/v1/tenants/acme/api-keys", new).await.ok();
    let path = format!("/v1/tenants/acme/api-keys/{}", text(&made["details"]["id"]));
    (Caller { cluster, credential: text(&made["apiKey"]) }, path)
}

/// An operator whose key belongs to another tenant than `acme`.
fn operator(cluster: &Cluster) -> Caller<'_> {
    let tenant = Tenant::create(cluster.settings(), "globex");
    Caller { cluster, credential: tenant.api_key(cluster.settings(), "operate,tenants") }
}

async fn names_of_keys(operator: &Caller<'_>) -> Vec<Value> {
    let listed = operator.get("/v1/tenants/acme/api-keys").await.ok();
    listed["apiKeys"].as_array().into_iter().flatten().map(|key| key["name"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_being_revoked_changes_nothing_after_the_revocation_was_answered() {
    let cluster = Cluster::start(1).await;
    let (operator, store) = (operator(&cluster), connect(&cluster).await);
    let requests = [
        ("POST", "/v1/api-keys", json!({ "name": "late", "scopes": ["admin"] })),
        ("POST", "/v1/signing-keys", json!({ "algorithm": "HS256" })),
        ("POST", "/v1/tenants", json!({ "slug": "late", "name": "late" })),
        ("PUT", "/v1/web-access", json!({ "allowedOrigins": ["https://late.example"] })),
        ("POST", "/v1/users/lea/revoke", json!({})),
    ];
    for (method, path, body) in requests {
        let (caller, itself) = create_key(&cluster, &operator, &["admin", "act", "provision", "tenants"]).await;
        caller.json("PUT", "/v1/users/lea", json!({ "name": "Lea" })).await.ok();
        // The lock does not block reads, so both requests are authenticated. Then they wait for the lock, the revocation
        // first.
        let holder = store.begin().await.expect("begins");
        let tables = "LOCK TABLE api_keys, signing_keys, tenants IN EXCLUSIVE MODE";
        holder.execute_unprepared(tables).await.expect("locks");
        let revoking = operator.send(Request::new("DELETE", itself));
        let making = async {
            until_waiting(&store, 1).await;
            let making = caller.json(method, path, body);
            let release = async {
                until_waiting(&store, 2).await;
                holder.rollback().await.expect("ends");
            };
            tokio::join!(making, release).0
        };
        let (revoked, late) = tokio::join!(revoking, making);
        assert_eq!(revoked.status, 204, "{path}: {}", revoked.text());
        assert_problem(&late, 401, "unauthenticated", "");
    }
    assert!(!names_of_keys(&operator).await.contains(&json!("late")));
    assert_eq!(operator.get("/v1/tenants/late").await.status, 404);
    assert_eq!(operator.get("/v1/tenants/acme/web-access").await.ok(), json!({}));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_is_answered_after_the_keys_that_are_being_made() {
    let cluster = Cluster::start(1).await;
    let (operator, store) = (operator(&cluster), connect(&cluster).await);
    let (caller, _) = create_key(&cluster, &operator, &["admin"]).await;
    let holder = store.begin().await.expect("begins");
    holder.execute_unprepared("LOCK TABLE api_keys IN EXCLUSIVE MODE").await.expect("locks");
    let making = caller.json("POST", "/v1/api-keys", json!({ "name": "early", "scopes": ["admin"] }));
    let suspending = async {
        until_waiting(&store, 1).await;
        let mut suspending = Box::pin(operator.send(Request::new("POST", "/v1/tenants/acme/suspend")));
        tokio::select! {
            answer = &mut suspending => panic!("answered while a key was being made: {}", answer.text()),
            () = until_waiting(&store, 2) => holder.rollback().await.expect("ends"),
        }
        suspending.await
    };
    let (early, suspended) = tokio::join!(making, suspending);
    assert_eq!((early.status, suspended.status), (200, 200), "{} {}", early.text(), suspended.text());
    store.close().await;
}

/// Sends a request with a key while `first` waits for the exclusive fact lock of `acme`, and then releases the lock.
async fn request_during(
    store: &Store,
    first: impl Future<Output = Response>,
    then: impl Future<Output = Response>,
) -> [Response; 2] {
    let tenant = tenants::find_by_slug(store, "acme").await.expect("reads").expect("was made");
    let lock = FactWrite::begin(store, tenant.id, 0).await.expect("the lock is free");
    let second = async {
        until_waiting(store, 1).await;
        let release = async {
            until_waiting(store, 2).await;
            lock.rollback().await.expect("ends");
        };
        tokio::join!(then, release).0
    };
    let (first, second) = tokio::join!(first, second);
    [first, second]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_a_tenant_that_is_being_suspended_makes_no_key() {
    let cluster = Cluster::start(1).await;
    let (operator, store) = (operator(&cluster), connect(&cluster).await);
    let (caller, _) = create_key(&cluster, &operator, &["admin"]).await;
    let suspending = operator.send(Request::new("POST", "/v1/tenants/acme/suspend"));
    let making = caller.json("POST", "/v1/api-keys", json!({ "name": "late", "scopes": ["admin"] }));
    let [suspended, late] = request_during(&store, suspending, making).await;
    assert_eq!(suspended.status, 200, "{}", suspended.text());
    assert_problem(&late, 403, "forbidden", "");
    assert!(!names_of_keys(&operator).await.contains(&json!("late")));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_being_revoked_changes_no_user_no_rules_and_imports_nothing() {
    let cluster = Cluster::start(1).await;
    let (operator, store) = (operator(&cluster), connect(&cluster).await);
    let back_end = Caller::back_end(&cluster, "provision,admin,read");
    back_end.json("PUT", "/v1/users/lea", json!({ "name": "Léa" })).await.ok();
    for (method, path, body) in [
        ("PUT", "/v1/users/lea", json!({ "name": "late" })),
        ("POST", "/v1/users/lea/erase", json!({})),
        ("PUT", "/v1/policy", json!({ "preset": "school" })),
        ("POST", "/v1/import", json!({ "type": "user", "id": "late" })),
    ] {
        let (caller, itself) = create_key(&cluster, &operator, &["provision", "admin"]).await;
        let revoking = operator.send(Request::new("DELETE", itself));
        let [revoked, late] = request_during(&store, revoking, caller.json(method, path, body)).await;
        assert_eq!(revoked.status, 204, "{path}: {}", revoked.text());
        if path == "/v1/import" {
            let lines = late.lines();
            let stopped = text(&lines.last().expect("a summary")["summary"]["stopped"]);
            assert!(stopped.contains("revoked") && stopped.contains("0 rows are written"), "{stopped}");
        } else {
            assert_problem(&late, 401, "unauthenticated", "");
        }
    }
    let users = back_end.get("/v1/rows/users").await.ok();
    let users: Vec<&Value> = users["rows"].as_array().into_iter().flatten().map(|row| &row["name"]).collect();
    assert_eq!(users, ["Léa"]);
    assert_eq!(back_end.get("/v1/policy").await.ok()["name"], "open");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_being_revoked_writes_and_erases_no_message() {
    let cluster = Cluster::start(1).await;
    let (operator, store) = (operator(&cluster), connect(&cluster).await);
    let (lea, tom) = (Caller::user(&cluster, "lea"), Caller::user(&cluster, "tom"));
    tom.id().await;
    let conversation = lea.direct_with("tom").await;
    let message = text(&lea.say(&conversation, "early").await["id"]);
    let mia = json!({ "kind": "CONVERSATION_KIND_DIRECT", "with": [{ "externalId": "mia" }] });
    Caller::user(&cluster, "mia").id().await;
    for (method, path, body) in [
        ("POST", format!("/v1/messages/{message}/erase"), json!({})),
        (
            "POST",
            format!("/v1/conversations/{conversation}/messages"),
            json!({ "clientId": Uuid::now_v7(), "text": "late" }),
        ),
        ("POST", "/v1/conversations".to_owned(), mia),
        ("PUT", "/v1/relations/block".to_owned(), json!({ "user": { "externalId": "tom" } })),
        ("PUT", "/v1/me/settings".to_owned(), json!({ "writableBy": "nobody" })),
    ] {
        let (caller, itself) = create_key(&cluster, &operator, &["provision", "act"]).await;
        let revoking = operator.send(Request::new("DELETE", itself));
        let request = Request::new(method, path.as_str()).json(&body).header("causerie-user", "lea");
        let [revoked, late] = request_during(&store, revoking, caller.send(request)).await;
        assert_eq!(revoked.status, 204, "{path}: {}", revoked.text());
        assert_problem(&late, 401, "unauthenticated", "");
    }
    let history = lea.get(format!("/v1/conversations/{conversation}/messages")).await.ok();
    let texts: Vec<&Value> = history["messages"].as_array().into_iter().flatten().map(|message| &message["text"]).collect();
    assert_eq!(texts, ["early"]);
    assert_eq!(lea.get("/v1/conversations").await.ok()["conversations"].as_array().map(Vec::len), Some(1));
    store.close().await;
}

#[tokio::test]
async fn an_import_into_a_tenant_that_was_deleted_says_so() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let key = cluster.tenant.api_key(cluster.settings(), "provision");
        let mut stream = begin_import(&cluster, 0, &key).await;
        for command in ["suspend", "delete"] {
            cluster.settings().run(&["tenant", command, "acme"]);
        }
        let list = || cluster.settings().run(&["tenant", "list"]);
        eventually("the end of the tenant", async || (!list().contains("acme")).then_some(())).await;
        let row = "{\"type\":\"user\",\"id\":\"lea\"}\n";
        stream.write_all(format!("{:x}\r\n{row}\r\n0\r\n\r\n", row.len()).as_bytes()).await.expect("writes");
        let mut heard = Vec::new();
        within("the end", stream.read_to_end(&mut heard)).await.expect("ends");
        let heard = String::from_utf8_lossy(&heard);
        assert!(heard.contains("\"stopped\":\"this tenant does not exist any more"), "{heard}");
    }
}
