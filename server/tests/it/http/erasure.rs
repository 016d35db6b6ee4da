//! One user: what is kept about it told, and forgotten.

use causerie_client::{CloseReason, State};
use serde_json::{Value, json};

use super::{Caller, assert_problem, text};
use crate::harness::{Cluster, Tenant, http::Request};

const RULES: &str = "policy test
roles learner
kinds class
relations friend:mutual
allow find,see_profile,start all when everyone
allow read,send holder when holder
";

/// Lea and Tom are friends in a class, and talked.
async fn talked(cluster: &Cluster) -> String {
    let product = Caller::back_end(cluster, "provision,admin");
    product.json("PUT", "/v1/policy", json!({ "text": RULES })).await.ok();
    let rows = [
        json!({ "type": "user", "id": "lea", "name": "Léa Martin", "avatar": "https://a.example/l.png", "locale": "fr" }),
        json!({ "type": "user", "id": "tom", "name": "Tom" }),
        json!({ "type": "group", "id": "6a", "kind": "class" }),
        json!({ "type": "membership", "user": "lea", "group": "6a", "role": "learner" }),
        json!({ "type": "relation", "relation": "friend", "from": "tom", "to": "lea" }),
    ];
    let body: String = rows.iter().map(|row| format!("{row}\n")).collect();
    product.send(Request::new("POST", "/v1/import").body(body)).await.ok();
    let (lea, tom) = (Caller::user(cluster, "lea"), Caller::user(cluster, "tom"));
    let talk = lea.direct_with("tom").await;
    lea.say(&talk, "from Léa").await;
    tom.say(&talk, "from Tom").await;
    talk
}

#[tokio::test]
async fn all_that_is_kept_about_a_user_is_told() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let talk = talked(&cluster).await;
        let reader = Caller::back_end(&cluster, "read");
        let lines = reader.get("/v1/users/lea/export").await.lines();
        let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).collect::<Vec<_>>();
        assert_eq!((&of("user")[0]["id"], &of("user")[0]["locale"]), (&json!("lea"), &json!("fr")));
        assert_eq!(of("membership")[0]["group"], "6a");
        assert_eq!(of("relation")[0]["relation"], "friend");
        assert_eq!((of("conversation").len(), &of("conversation")[0]["id"]), (1, &json!(talk)));
        assert_eq!((of("message").len(), &of("message")[0]["text"]), (1, &json!("from Léa")), "and nothing of others");
        let audit = reader.get("/v1/audit?action=user.export").await.ok();
        assert_eq!(audit["entries"][0]["target"], "user:lea");
        assert_problem(&reader.get("/v1/users/nobody/export").await, 404, "not_found", "");

        let may_not = Caller::back_end(&cluster, "provision,act,admin");
        assert_problem(&may_not.get("/v1/users/lea/export").await, 403, "forbidden", "");
        let elsewhere = Tenant::create(cluster.settings(), "globex");
        let other = Caller { cluster: &cluster, credential: elsewhere.api_key(cluster.settings(), "read") };
        assert_problem(&other.get("/v1/users/lea/export").await, 404, "not_found", "");
    }
}

#[tokio::test]
async fn an_erased_user_leaves_nothing_but_what_it_wrote() {
    for cluster in [Cluster::embedded().await, Cluster::start(2).await] {
        let talk = talked(&cluster).await;
        let product = Caller::back_end(&cluster, "provision,read");
        let (lea, tom) = (Caller::user(&cluster, "lea"), Caller::user(&cluster, "tom"));
        let lea_id = lea.id().await;
        let online = cluster.client(cluster.nodes.len() - 1, "lea").await;

        let elsewhere = Tenant::create(cluster.settings(), "globex");
        let other = Caller { cluster: &cluster, credential: elsewhere.api_key(cluster.settings(), "provision") };
        assert_problem(&other.send(Request::new("POST", "/v1/users/lea/erase")).await, 404, "not_found", "");
        let may_not = Caller::back_end(&cluster, "act,read,admin");
        assert_problem(&may_not.send(Request::new("POST", "/v1/users/lea/erase")).await, 403, "forbidden", "");

        let erased = product.send(Request::new("POST", "/v1/users/lea/erase")).await;
        assert_eq!((erased.status, erased.text()), (204, ""));
        let ended = online.until_state("the end", |state| matches!(state, State::Closed { .. })).await;
        assert!(matches!(ended, State::Closed { reason: CloseReason::ByServer { code: 4503, .. } }), "{ended:?}");
        assert_problem(&product.send(Request::new("POST", "/v1/users/lea/erase")).await, 404, "not_found", "");

        let rows = product.get("/v1/export").await.lines();
        let name = format!("erased-{lea_id}");
        let user = rows.iter().find(|row| row["id"] == name.as_str()).expect("the user under another name");
        let forgotten = json!({
            "type": "user", "id": name, "name": name, "avatar": "", "locale": "", "status": "removed", "roles": [],
            "writable_by": "nobody",
        });
        assert_eq!(*user, forgotten);
        let kinds: Vec<&Value> = rows.iter().map(|row| &row["type"]).collect();
        assert!(!kinds.contains(&&json!("membership")) && !kinds.contains(&&json!("relation")), "{rows:?}");
        let audit = product.get("/v1/audit").await.text().to_owned();
        assert!(audit.contains("user.erase") && !audit.contains("user:lea"), "{audit}");

        let history = tom.get(format!("/v1/conversations/{talk}/messages")).await.ok();
        let texts: Vec<String> =
            history["messages"].as_array().into_iter().flatten().map(|one| text(&one["text"])).collect();
        assert_eq!(texts, ["from Léa", "from Tom"], "it belongs to Tom, too");
        let found = tom.get("/v1/directory?q=lea").await.ok();
        assert_eq!(found.get("hits"), None, "{found}");
        // A token for the id makes another user, who holds nothing.
        let again = Caller::user(&cluster, "lea");
        assert_ne!(again.id().await, lea_id);
        assert_problem(&again.get(format!("/v1/conversations/{talk}")).await, 404, "not_found", "");
    }
}
