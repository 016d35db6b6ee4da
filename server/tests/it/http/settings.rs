//! The settings of a user: which users may write to them.

use serde_json::json;

use super::{Caller, assert_problem};
use crate::harness::{Cluster, http::Request};

const RULES: &str = "policy test
deny start shut when writable_by(them)=nobody code cannot_start
allow find,see_profile,start all when everyone
allow read,send holder when holder
";

#[tokio::test]
async fn a_user_chooses_which_users_may_write_to_them() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        Caller::back_end(&cluster, "admin").json("PUT", "/v1/policy", json!({ "text": RULES })).await.ok();
        let (lea, tom) = (Caller::user(&cluster, "lea"), Caller::user(&cluster, "tom"));
        tom.id().await;
        assert_eq!(lea.get("/v1/me/settings").await.ok(), json!({ "writableBy": "rules" }));
        let chosen = lea.json("PUT", "/v1/me/settings", json!({ "writableBy": "nobody" })).await.ok();
        assert_eq!(chosen, json!({ "writableBy": "nobody" }));
        assert_eq!(lea.json("PUT", "/v1/me/settings", json!({})).await.ok(), chosen, "what is not said stays");

        let start = json!({ "kind": "CONVERSATION_KIND_DIRECT", "with": [{ "externalId": "lea" }] });
        let refused = tom.json("POST", "/v1/conversations", start.clone()).await;
        assert_problem(&refused, 403, "cannot_start", "startConversation.with[0]");
        let back_end = Caller::back_end(&cluster, "act,read");
        let act = || Request::get("/v1/me/settings").header("causerie-user", "lea");
        assert_eq!(back_end.send(act()).await.ok(), chosen);
        let rows = back_end.get("/v1/rows/users").await.ok();
        let row = rows["rows"].as_array().and_then(|rows| rows.iter().find(|row| row["id"] == "lea")).expect("lea");
        assert_eq!(row["writable_by"], "nobody");

        lea.json("PUT", "/v1/me/settings", json!({ "writableBy": "rules" })).await.ok();
        tom.json("POST", "/v1/conversations", start).await.ok();
        let lines = back_end.get("/v1/audit?action=user.writable_by").await.ok();
        let actors: Vec<_> = lines["entries"].as_array().into_iter().flatten().map(|line| &line["actor"]).collect();
        assert_eq!(actors, ["user:lea", "user:lea"], "an unchanged choice is no change");

        let wrong = lea.json("PUT", "/v1/me/settings", json!({ "writableBy": "friends" })).await;
        assert_problem(&wrong, 400, "invalid", "writableBy");
        let unknown = lea.json("PUT", "/v1/me/settings", json!({ "writable_by": "rules" })).await;
        assert_problem(&unknown, 400, "invalid", "writable_by");
    }
}
