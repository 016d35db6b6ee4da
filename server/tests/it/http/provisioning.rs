//! Users, as the product's back end creates, changes, represents and revokes them.

use causerie_client::{CloseReason, State};
use causerie_server::http::openapi::DESCRIPTION;
use serde_json::json;

use super::{Caller, assert_problem};
use crate::harness::{Cluster, Tenant, http::Request};

#[tokio::test]
async fn users_are_created_changed_and_left_unchanged() {
    let cluster = Cluster::embedded().await;
    let back_end = Caller::back_end(&cluster, "provision");
    let put = async |body| back_end.json("PUT", "/v1/users/prof%20dupont", body).await;

    let made = put(json!({ "name": "Mme Dupont" })).await.ok();
    assert_eq!((&made["externalId"], &made["name"]), (&json!("prof dupont"), &json!("Mme Dupont")));
    assert_eq!(put(json!({ "name": "Mme Dupont" })).await.ok(), made, "again is no change");
    let changed = put(json!({ "avatar": "https://a.example/d.png" })).await.ok();
    assert_eq!((&changed["id"], &changed["name"]), (&made["id"], &made["name"]), "what is not said stays");
    assert_eq!(changed["avatarUrl"], "https://a.example/d.png");

    for (body, status, name, field) in [
        (json!({ "name": 7 }), 400, "malformed", "name"),
        (json!({ "name": "a\u{7}" }), 400, "invalid", "name"),
        (json!({ "name": "a".repeat(600) }), 413, "too_large", "name"),
        (json!({ "avatar": "javascript:alert(1)" }), 400, "invalid", "avatar"),
        (json!({ "status": "ASLEEP" }), 400, "invalid", "status"),
        (json!({ "name": "Mme Durand", "avatarUrl": "" }), 400, "invalid", "avatarUrl"),
        (json!({ "roles": ["boss"] }), 400, "invalid", "roles"),
        (json!({ "id": "other" }), 400, "invalid", "id"),
        (json!({ "type": "group" }), 400, "invalid", "type"),
    ] {
        assert_problem(&put(body).await, status, name, field);
    }
    assert_eq!(put(json!({})).await.ok(), changed, "what is refused changes nothing");
    let row = json!({ "type": "user", "id": "prof dupont", "writable_by": "contacts", "deleted": false });
    assert_eq!(put(row).await.ok(), changed, "a whole row is taken");
    let removed = put(json!({ "deleted": true })).await.ok();
    assert_eq!(removed["status"], "USER_STATUS_REMOVED");
    assert_eq!(put(json!({})).await.ok()["status"], "USER_STATUS_ACTIVE", "as in an import");
    let absent = back_end.json("PUT", "/v1/users/nobody", json!({ "deleted": true })).await;
    assert_problem(&absent, 404, "not_found", "");
    let long = back_end.json("PUT", format!("/v1/users/{}", "a".repeat(129)), json!({})).await;
    assert_problem(&long, 413, "too_large", "id");
}

#[tokio::test]
async fn provisioning_needs_a_key_with_the_scope() {
    let cluster = Cluster::embedded().await;
    let lea = Caller::user(&cluster, "lea");
    lea.id().await;
    let may_not = Caller::back_end(&cluster, "act,read");
    assert_problem(&may_not.json("PUT", "/v1/users/tom", json!({})).await, 403, "forbidden", "");
    assert_problem(&may_not.send(Request::new("POST", "/v1/users/lea/revoke")).await, 403, "forbidden", "");
    // A user's token, an invalid token and other texts are no API keys.
    let void = format!("{}x", lea.credential);
    for credential in [lea.credential.clone(), void, "nonsense".to_owned(), "sk_unknown".to_owned()] {
        let caller = Caller { cluster: &cluster, credential };
        for route in DESCRIPTION.operations.iter().filter(|one| !one.scopes.is_empty()) {
            let path = route.path.replace("{id}", "tom").replace("{slug}", "acme");
            let refused = caller.send(Request::new(route.method.as_str(), path)).await;
            assert_problem(&refused, 401, "unauthenticated", "");
            assert_eq!(refused.header("www-authenticate"), Some("Bearer realm=\"causerie\""));
        }
    }
    // A back end of another tenant finds no user here.
    let elsewhere = Tenant::create(cluster.settings(), "globex");
    let other = Caller { cluster: &cluster, credential: elsewhere.api_key(cluster.settings(), "provision") };
    assert_problem(&other.send(Request::new("POST", "/v1/users/lea/revoke")).await, 404, "not_found", "");
}

#[tokio::test]
async fn a_back_end_acts_for_the_user_it_names() {
    let cluster = Cluster::embedded().await;
    let tom = Caller::user(&cluster, "tom");
    tom.id().await;
    let back_end = Caller::back_end(&cluster, "act,provision");
    back_end.json("PUT", "/v1/users/l%C3%A9a", json!({ "name": "Léa" })).await.ok();
    let act = |external_id: &str| Request::get("/v1/me").header("causerie-user", external_id);

    assert_eq!(back_end.send(act("léa")).await.ok()["name"], "Léa");
    assert_problem(&back_end.get("/v1/me").await, 400, "invalid", "causerie-user");
    assert_problem(&back_end.send(act("nobody")).await, 404, "not_found", "");
    let may_not = Caller::back_end(&cluster, "provision,read");
    assert_problem(&may_not.send(act("tom")).await, 403, "forbidden", "");
    // A user's token always stands for its user. The header is ignored.
    assert_eq!(tom.send(act("léa")).await.ok()["externalId"], "tom");

    back_end.json("PUT", "/v1/users/tom", json!({ "status": "deactivated" })).await.ok();
    assert_problem(&back_end.send(act("tom")).await, 403, "forbidden", "causerie-user");
    assert_problem(&tom.get("/v1/me").await, 401, "unauthenticated", "");
}

#[tokio::test]
async fn a_revoked_user_is_refused_everywhere_at_once() {
    let cluster = Cluster::start(2).await;
    let token = cluster.tenant.token("lea");
    let lea = cluster.client(1, "lea").await;
    lea.use_token(token.clone());
    let caller = Caller { cluster: &cluster, credential: token };
    caller.get("/v1/me").await.ok();

    let back_end = Caller::back_end(&cluster, "provision");
    let revoked = back_end.send(Request::new("POST", "/v1/users/lea/revoke")).await;
    assert_eq!((revoked.status, revoked.text()), (204, ""));

    let ended = lea.until_state("the end", |state| matches!(state, State::Closed { .. })).await;
    assert!(matches!(ended, State::Closed { reason: CloseReason::ByServer { code: 4503, .. } }), "{ended:?}");
    assert_problem(&caller.get("/v1/me").await, 401, "unauthenticated", "");
    assert_problem(&back_end.send(Request::new("POST", "/v1/users/nobody/revoke")).await, 404, "not_found", "");
}
