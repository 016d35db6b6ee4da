//! The external ids of the product can be used in place of the server's ids.

use serde_json::json;
use uuid::Uuid;

use super::{Caller, assert_problem, text};
use crate::harness::{Cluster, Tenant, http::Request};

#[tokio::test]
async fn a_user_may_be_named_by_the_product_s_id_in_paths_and_queries() {
    let cluster = Cluster::embedded().await;
    let (lea, tom) = (Caller::user(&cluster, "lea"), Caller::user(&cluster, "tom 7"));
    let tom_id = tom.id().await;
    lea.id().await;

    let users = lea.get("/v1/users?id=external:tom%207&id=external:nobody").await.ok();
    assert_eq!(users["users"].as_array().map(Vec::len), Some(1), "{users}");
    assert_eq!(users["users"][0]["id"], tom_id.as_str());
    let conversation = lea.direct_with("tom 7").await;
    let presence = lea.get("/v1/presence?user_id=external:tom%207").await.ok();
    let by_id = lea.get(format!("/v1/presence?user_id={tom_id}")).await.ok();
    assert_eq!(presence, by_id);

    lea.say(&conversation, "hello").await;
    let history = tom.get("/v1/conversations/external:lea/messages").await.ok();
    assert_eq!(history["messages"][0]["text"], "hello");
    let found = lea.get("/v1/conversations/external:tom%207").await.ok();
    assert_eq!(found["conversation"]["id"], conversation.as_str());

    let group =
        json!({ "kind": "CONVERSATION_KIND_GROUP", "with": [{ "externalId": "tom 7" }], "clientId": Uuid::now_v7() });
    let group = text(&lea.json("POST", "/v1/conversations", group).await.ok()["conversation"]["id"]);
    let removed = lea.send(Request::new("DELETE", format!("/v1/conversations/{group}/members/external:tom%207"))).await.ok();
    assert_eq!(removed["conversation"]["memberCount"], 1);
}

#[tokio::test]
async fn an_id_of_another_tenant_is_answered_like_an_unknown_id() {
    let cluster = Cluster::embedded().await;
    let (lea, tom) = (Caller::user(&cluster, "lea"), Caller::user(&cluster, "tom"));
    tom.id().await;
    lea.direct_with("tom").await;
    let elsewhere = Tenant::create(cluster.settings(), "globex");
    let mallory = Caller { cluster: &cluster, credential: elsewhere.token("mallory") };
    assert_eq!(mallory.get("/v1/users?id=external:tom").await.ok(), json!({}));
    assert_problem(&mallory.get("/v1/conversations/external:tom/messages").await, 404, "not_found", "");
    for id in ["external:nobody", "external:lea"] {
        assert_problem(&lea.get(format!("/v1/conversations/{id}")).await, 404, "not_found", "");
    }
    let refused = lea.get("/v1/conversations/external:").await;
    assert_problem(&refused, 400, "invalid", "getConversation.conversationId");
}
