//! Calls each route once, successfully.

use std::{cell::RefCell, collections::BTreeSet};

use causerie_server::http::openapi::DESCRIPTION;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Caller, text};
use crate::{
    harness::{Cluster, Facts, http::Request},
    jobs,
};

/// Rules that allow every command of the route table.
const ALL: &str = "
relations  friend:mutual
allow  close,reopen,delete_conversation  mine     when holder
allow  request                           ask      when everyone
allow  accept                            asked    when asked
allow  unrelate                          unfriend when me -friend- them";

/// Records the called routes.
struct Walk<'a> {
    caller: Caller<'a>,
    walked: &'a RefCell<BTreeSet<String>>,
}

impl Walk<'_> {
    /// Calls a route, with its path parameters filled in order, and returns the body of the successful answer.
    async fn ask(&self, method: &str, path: &str, fill: &[&str], query: &str, body: Option<Value>) -> Value {
        self.walked.borrow_mut().insert(format!("{method} {path}"));
        let mut filled = String::new();
        let mut values = fill.iter();
        for part in path.split('/').skip(1) {
            let part = if part.starts_with('{') { values.next().expect("a value for each brace") } else { part };
            filled.push('/');
            filled.push_str(part);
        }
        let mut request = Request::new(method, format!("{filled}{query}"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = self.caller.send(request).await;
        if response.status == 204 {
            return Value::Null;
        }
        assert_eq!(response.header("content-type"), Some("application/json"));
        response.ok()
    }
}

const CONVERSATIONS: &str = "/v1/conversations";
const CONVERSATION: &str = "/v1/conversations/{conversation_id}";
const MESSAGES: &str = "/v1/conversations/{conversation_id}/messages";
const MESSAGE: &str = "/v1/conversations/{conversation_id}/messages/{message_id}";
const RELATION: &str = "/v1/relations/{relation}";
const MEMBERS: &str = "/v1/conversations/{conversation_id}/members";

#[tokio::test]
#[allow(clippy::too_many_lines)] // a single walk through all routes
async fn every_route_works() {
    let cluster = Cluster::embedded().await;
    Facts::of_preset("open", ALL).write(&cluster).await;
    let walked = RefCell::default();
    let back_end = Walk { caller: Caller::back_end(&cluster, "provision"), walked: &walked };
    let lea = Walk { caller: Caller::user(&cluster, "lea"), walked: &walked };
    let tom_himself = Walk { caller: Caller::user(&cluster, "tom"), walked: &walked };

    // Users.
    for (external_id, name) in [("lea", "Léa Martin"), ("tom", "Tom Nguyen"), ("zoe", "Zoë O’Connor")] {
        let body = json!({ "name": name, "avatar": "https://a.example/1.png", "locale": "fr" });
        let user = back_end.ask("PUT", "/v1/users/{id}", &[external_id], "", Some(body)).await;
        assert_eq!((&user["externalId"], &user["status"]), (&json!(external_id), &json!("USER_STATUS_ACTIVE")));
    }
    let me = lea.ask("GET", "/v1/me", &[], "", None).await;
    assert_eq!(me["externalId"], "lea");
    let hits = lea.ask("GET", "/v1/directory", &[], "?q=nguy&limit=5", None).await["hits"].clone();
    assert_eq!(hits.as_array().map(Vec::len), Some(1), "{hits}");
    assert_eq!(hits[0]["user"]["name"], "Tom Nguyen");
    let tom = text(&hits[0]["user"]["id"]);
    let query = format!("?id={tom}&id={}", text(&me["id"]));
    let users = lea.ask("GET", "/v1/users", &[], &query, None).await["users"].clone();
    assert_eq!(users.as_array().map(Vec::len), Some(2), "{users}");
    let presences = lea.ask("GET", "/v1/presence", &[], &format!("?user_id={tom}"), None).await;
    assert_eq!(presences["presences"].as_array().map_or(0, Vec::len), 1, "{presences}");

    // A direct conversation and its messages.
    let start = json!({
        "kind": "CONVERSATION_KIND_DIRECT",
        "with": [{ "id": tom }],
        "firstMessage": { "clientId": Uuid::now_v7(), "text": "first" },
    });
    let started = lea.ask("POST", CONVERSATIONS, &[], "", Some(start)).await;
    assert_eq!((&started["created"], &started["firstMessage"]["seq"]), (&json!(true), &json!(1)));
    let direct = text(&started["conversation"]["id"]);
    let listed = lea.ask("GET", CONVERSATIONS, &[], "?limit=1", None).await;
    assert_eq!(listed["conversations"][0]["id"], direct.as_str());
    let found = lea.ask("GET", CONVERSATION, &[&direct], "", None).await;
    assert_eq!(found["conversation"]["lastSeq"], 1);
    let sent = lea.ask("POST", MESSAGES, &[&direct], "", Some(json!({ "clientId": Uuid::now_v7(), "text": "2nd" }))).await;
    assert_eq!(sent["message"]["seq"], 2);
    let message = text(&sent["message"]["id"]);
    let edited = lea.ask("PATCH", MESSAGE, &[&direct, &message], "", Some(json!({ "text": "second" }))).await;
    assert_eq!((&edited["message"]["text"], &edited["message"]["seq"]), (&json!("second"), &json!(2)));
    let history = lea.ask("GET", MESSAGES, &[&direct], "?before_seq=2&limit=1", None).await;
    assert_eq!(history["messages"][0]["text"], "first");
    assert_eq!(history["moreAfter"], true);
    let deleted = lea.ask("DELETE", MESSAGE, &[&direct, &message], "", None).await;
    assert!(deleted["message"]["deletedAt"].is_string() && deleted["message"].get("text").is_none(), "{deleted}");
    let query = format!("?since_version={}", edited["message"]["version"]);
    let changes = lea.ask("GET", "/v1/conversations/{conversation_id}/changes", &[&direct], &query, None).await;
    assert_eq!(changes["messages"][0]["id"], message.as_str());

    // Read position and unread count.
    let read = lea.ask("PUT", "/v1/conversations/{conversation_id}/read", &[&direct], "", Some(json!({ "seq": 2 }))).await;
    assert_eq!(read["readState"]["readSeq"], 2);
    let marked = lea.ask("PUT", "/v1/conversations/{conversation_id}/unread", &[&direct], "", None).await;
    assert_eq!(marked["readState"]["markedUnread"], true);
    let typing =
        lea.ask("POST", "/v1/conversations/{conversation_id}/typing", &[&direct], "", Some(json!({ "typing": true }))).await;
    assert_eq!(typing, json!({}));

    // Closing and deleting it.
    let closed = lea.ask("POST", "/v1/conversations/{conversation_id}/close", &[&direct], "", None).await;
    assert_eq!(closed["conversation"]["state"], "CONVERSATION_STATE_CLOSED");
    let open = lea.ask("POST", "/v1/conversations/{conversation_id}/reopen", &[&direct], "", None).await;
    assert_eq!(open["conversation"]["state"], "CONVERSATION_STATE_OPEN");
    let deleted = lea.ask("DELETE", CONVERSATION, &[&direct], "?for_all=false", None).await;
    assert_eq!(deleted["conversationId"], direct.as_str());

    // Relations.
    let target = |user: &str| Some(json!({ "user": { "externalId": user } }));
    let asked = lea.ask("PUT", RELATION, &["friend"], "", target("tom")).await;
    assert_eq!(asked["relation"]["state"], "RELATION_STATE_PENDING");
    let accepted = tom_himself.ask("POST", "/v1/relations/{relation}/accept", &["friend"], "", target("lea")).await;
    assert_eq!(accepted["relation"]["state"], "RELATION_STATE_ACCEPTED");
    let friends = lea.ask("GET", "/v1/relations", &[], "?relation=friend", None).await;
    assert_eq!(friends["relations"][0]["user"]["externalId"], "tom");
    let ended = lea.ask("POST", "/v1/relations/{relation}/end", &["friend"], "", target("tom")).await;
    assert_eq!(ended.get("relation"), None);

    // A group.
    let start = json!({
        "kind": "CONVERSATION_KIND_GROUP",
        "with": [{ "externalId": "tom" }],
        "subject": "Trip",
        "clientId": Uuid::now_v7(),
    });
    let group = text(&lea.ask("POST", CONVERSATIONS, &[], "", Some(start)).await["conversation"]["id"]);
    let renamed = lea.ask("PATCH", CONVERSATION, &[&group], "", Some(json!({ "subject": "Sortie" }))).await;
    assert_eq!(renamed["conversation"]["subject"], "Sortie");
    let added = lea.ask("POST", MEMBERS, &[&group], "", Some(json!({ "users": [{ "externalId": "zoe" }] }))).await;
    assert_eq!(added["conversation"]["memberCount"], 3);
    let members = lea.ask("GET", MEMBERS, &[&group], "?limit=2", None).await;
    assert_eq!(members["members"].as_array().map(Vec::len), Some(2), "{members}");
    let path = "/v1/conversations/{conversation_id}/members/{user_id}";
    let removed = lea.ask("DELETE", path, &[&group, &tom], "", None).await;
    assert_eq!(removed["conversation"]["memberCount"], 2);

    let row = json!({ "type": "user", "id": "zoe", "locale": "en" });
    let imported = back_end.caller.send(Request::new("POST", "/v1/import").body(row.to_string())).await.lines();
    assert_eq!(imported[0]["summary"]["updated"], 1, "{imported:?}");
    walked.borrow_mut().insert("POST /v1/import".to_owned());

    assert_eq!(back_end.ask("POST", "/v1/users/{id}/revoke", &["tom"], "", None).await, Value::Null);

    for kind in ["users", "groups", "memberships", "relations"] {
        let page = back_end.ask("GET", &format!("/v1/rows/{kind}"), &[], "?limit=2", None).await;
        assert!(page["rows"].is_array(), "{page}");
    }
    assert_eq!(back_end.ask("GET", "/v1/rows/users/{id}", &["zoe"], "", None).await["id"], "zoe");
    let exported = back_end.caller.get("/v1/export?type=user").await.lines();
    assert!(exported.iter().any(|row| row["id"] == "zoe" && row["locale"] == "en"), "{exported:?}");
    walked.borrow_mut().insert("GET /v1/export".to_owned());
    assert_eq!(lea.ask("GET", "/v1/me/settings", &[], "", None).await["writableBy"], "rules");
    let chosen = Some(json!({ "writableBy": "contacts" }));
    assert_eq!(lea.ask("PUT", "/v1/me/settings", &[], "", chosen).await["writableBy"], "contacts");

    let reader = Caller::back_end(&cluster, "read");
    assert_eq!(reader.get("/v1/users/zoe/export").await.lines()[0]["id"], "zoe");
    walked.borrow_mut().insert("GET /v1/users/{id}/export".to_owned());
    let product = Walk { caller: Caller::back_end(&cluster, "tenants,operate"), walked: &walked };
    let new = Some(json!({ "slug": "globex", "name": "Globex" }));
    assert_eq!(product.ask("POST", "/v1/tenants", &[], "", new).await["tenant"]["slug"], "globex");
    let change = Some(json!({ "name": "Globex Corporation" }));
    assert_eq!(product.ask("PATCH", "/v1/tenants/{slug}", &["globex"], "", change).await["name"], "Globex Corporation");
    assert_eq!(product.ask("GET", "/v1/tenants/{slug}", &["globex"], "", None).await["slug"], "globex");
    assert_eq!(product.ask("GET", "/v1/tenants", &[], "", None).await["tenants"].as_array().map(Vec::len), Some(2));
    let (path, pages) = ("/v1/tenants/{slug}/web-access", json!({ "frameAncestors": ["https://app.example"] }));
    assert_eq!(product.ask("PUT", path, &["globex"], "", Some(pages.clone())).await, pages);
    assert_eq!(product.ask("GET", path, &["globex"], "", None).await, pages);
    manage_tenants(&product).await;
    let all = Walk { caller: Caller::back_end(&cluster, "admin,act,provision,read"), walked: &walked };
    manage_keys(&all, "/v1", &[]).await;
    let pages = json!({ "allowedOrigins": ["https://app.example"] });
    assert_eq!(all.ask("PUT", "/v1/web-access", &[], "", Some(pages.clone())).await, pages);
    assert_eq!(all.ask("GET", "/v1/web-access", &[], "", None).await, pages);
    assert_eq!(back_end.ask("POST", "/v1/messages/{id}/erase", &[&message], "", None).await, Value::Null);
    assert!(back_end.ask("POST", "/v1/users/{id}/erase-texts", &["zoe"], "", None).await["job"].is_string());

    // Policy.
    let admin = Walk { caller: Caller::back_end(&cluster, "admin"), walked: &walked };
    let set = admin.ask("PUT", "/v1/policy", &[], "", Some(json!({ "preset": "community" }))).await;
    assert_eq!(set["version"], 2);
    assert_eq!(admin.ask("GET", "/v1/policy", &[], "", None).await["name"], "community");
    let text = Some(json!({ "text": "policy mine" }));
    assert_eq!(admin.ask("POST", "/v1/policy/check", &[], "", text.clone()).await["valid"], true);
    assert_eq!(admin.ask("POST", "/v1/policy/diff", &[], "", text).await["actions"][0]["action"], "find");
    let asked = json!({ "as": { "externalId": "lea" }, "to": { "externalId": "zoe" } });
    assert_eq!(admin.ask("POST", "/v1/policy/explain", &[], "", Some(asked)).await["rule"], "profile");
    assert_eq!(admin.ask("POST", "/v1/policy/rollback", &[], "", Some(json!({}))).await["version"], 3);
    let presets = admin.ask("GET", "/v1/policy/presets", &[], "", None).await;
    let cases = json!({ "text": presets["presets"][0]["text"], "cases": presets["presets"][0]["cases"] });
    assert_eq!(admin.ask("POST", "/v1/policy/test", &[], "", Some(cases)).await["failures"], json!([]));
    assert!(admin.ask("GET", "/v1/key", &[], "", None).await["key"]["scopes"].is_array());
    assert!(admin.ask("GET", "/v1/figures", &[], "", None).await["users"].is_object());
    let history = admin.ask("GET", "/v1/policy/history", &[], "", None).await;
    assert_eq!(history["policies"].as_array().map(Vec::len), Some(4));
    assert_eq!(admin.ask("GET", "/v1/audit", &[], "?limit=1", None).await["entries"][0]["action"], "policy.rollback");

    // Jobs of the server itself belong to no tenant.
    let never_ms = 4_000_000_000_000;
    let retried = jobs::add(&cluster.database, "acme", "{}", never_ms).await;
    let deleted = jobs::add(&cluster.database, "acme", "{}", never_ms).await;
    let listed = admin.ask("GET", "/v1/jobs", &[], "?state=waiting&kind=prune_audit&limit=1", None).await;
    assert_eq!((&listed["jobs"][0]["id"], &listed["nextCursor"]), (&json!(deleted), &json!(deleted)));
    assert_eq!(admin.ask("POST", "/v1/jobs/{id}/retry", &[&retried], "", None).await["attempts"], 0);
    assert_eq!(admin.ask("DELETE", "/v1/jobs/{id}", &[&deleted], "", None).await, Value::Null);
    assert_eq!(back_end.ask("POST", "/v1/users/{id}/erase", &["zoe"], "", None).await, Value::Null);

    // A group, of a kind that the rules declare.
    admin.ask("PUT", "/v1/policy", &[], "", Some(json!({ "text": "policy mine\nkinds class\n" }))).await;
    let group = json!({ "type": "group", "id": "6a", "name": "Class 6A", "kind": "class" });
    back_end.caller.send(Request::new("POST", "/v1/import").body(group.to_string())).await;
    assert_eq!(back_end.ask("GET", "/v1/rows/groups/{id}", &["6a"], "", None).await["id"], "6a");

    let table: BTreeSet<String> =
        DESCRIPTION.operations.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(*walked.borrow(), table);
}

/// Makes, lists and revokes keys at one of the two addresses.
async fn manage_keys(walk: &Walk<'_>, prefix: &str, tenant: &[&str]) {
    let of = |id: &str| tenant.iter().copied().chain([id]).map(str::to_owned).collect::<Vec<_>>();
    let new = json!({ "name": "second", "scopes": ["read"] });
    let made = walk.ask("POST", &format!("{prefix}/api-keys"), tenant, "", Some(new)).await;
    let listed = walk.ask("GET", &format!("{prefix}/api-keys"), tenant, "", None).await;
    assert!(listed["apiKeys"].as_array().is_some_and(|keys| keys.contains(&made["details"])), "{listed}");
    let id = of(made["details"]["id"].as_str().expect("an id"));
    let id: Vec<&str> = id.iter().map(String::as_str).collect();
    assert_eq!(walk.ask("DELETE", &format!("{prefix}/api-keys/{{id}}"), &id, "", None).await, Value::Null);

    let new = json!({ "algorithm": "HS256" });
    let added = walk.ask("POST", &format!("{prefix}/signing-keys"), tenant, "", Some(new)).await;
    let listed = walk.ask("GET", &format!("{prefix}/signing-keys"), tenant, "", None).await;
    let kids = listed["signingKeys"].as_array().into_iter().flatten().filter(|key| key["kid"] == added["kid"]);
    assert_eq!(kids.count(), 1, "{listed}");
    let kid = of(added["kid"].as_str().expect("an id"));
    let kid: Vec<&str> = kid.iter().map(String::as_str).collect();
    assert_eq!(walk.ask("DELETE", &format!("{prefix}/signing-keys/{{kid}}"), &kid, "", None).await, Value::Null);
}

/// Manages the keys of the tenant `globex`, suspends and resumes it, and deletes it.
async fn manage_tenants(product: &Walk<'_>) {
    manage_keys(product, "/v1/tenants/{slug}", &["globex"]).await;
    let change = async |method: &str, path: &str| product.ask(method, path, &["globex"], "", None).await;
    assert!(change("POST", "/v1/tenants/{slug}/suspend").await["suspendedAt"].is_string());
    assert_eq!(change("POST", "/v1/tenants/{slug}/resume").await.get("suspendedAt"), None);
    change("POST", "/v1/tenants/{slug}/suspend").await;
    assert!(change("DELETE", "/v1/tenants/{slug}").await["deletingAt"].is_string());
}

#[tokio::test]
async fn a_repeated_send_is_the_same_message() {
    let cluster = Cluster::embedded().await;
    let (lea, tom) = (Caller::user(&cluster, "lea"), Caller::user(&cluster, "tom"));
    tom.id().await;
    let path = format!("/v1/conversations/{}/messages", lea.direct_with("tom").await);
    let body = json!({ "clientId": Uuid::now_v7(), "text": "once" });
    let first = lea.json("POST", &path, body.clone()).await.ok();
    assert_eq!(lea.json("POST", &path, body).await.ok(), first);
    assert_eq!(tom.get(path).await.ok()["messages"].as_array().map(Vec::len), Some(1));
}
