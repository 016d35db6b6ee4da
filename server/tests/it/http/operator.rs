//! Requests of an operator of a tenant: the own key, users and groups by name, figures, presets, cases, and the filtered
//! audit.

use serde_json::{Value, json};

use super::{Caller, assert_problem, text};
use crate::harness::{Cluster, Tenant, http::Request};

const RULES: &str = "policy test
roles pupil
kinds class
allow find,see_profile,start classmate when me pupil@class with them pupil@class
allow read,send holder when holder
";

fn rows() -> Vec<Value> {
    let user = |id: &str, name: &str| json!({ "type": "user", "id": id, "name": name });
    vec![
        user("lea", "Léa Martin"),
        user("leo", "Léo Durand"),
        user("mar-7", "Zoé Leblanc"),
        user("tom", "Tom Martinez"),
        json!({ "type": "user", "id": "gone", "name": "Léa Absente", "status": "removed" }),
        json!({ "type": "group", "id": "6a", "name": "Sixième A", "kind": "class" }),
        json!({ "type": "group", "id": "6b", "name": "Sixième B", "kind": "class", "parent": "6a" }),
        json!({ "type": "membership", "user": "lea", "group": "6a", "role": "pupil" }),
        json!({ "type": "membership", "user": "leo", "group": "6a", "role": "pupil" }),
    ]
}

/// A tenant with [`RULES`] and [`rows`], and its back end.
async fn school(cluster: &Cluster) -> Caller<'_> {
    let operator = Caller::back_end(cluster, "provision,admin,read");
    operator.json("PUT", "/v1/policy", json!({ "text": RULES })).await.ok();
    let body: String = rows().iter().map(|row| format!("{row}\n")).collect();
    let lines = operator.send(Request::new("POST", "/v1/import").body(body)).await.lines();
    assert_eq!((lines.len(), &lines[0]["summary"]["refused"]), (1, &json!(0)), "{lines:?}");
    operator
}

#[tokio::test]
async fn a_key_tells_its_own_scopes_and_its_tenant() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        for scopes in ["provision", "act", "read", "admin", "tenants", "read,admin"] {
            let own = Caller::back_end(&cluster, scopes).get("/v1/key").await.ok();
            let mut expected: Vec<&str> = scopes.split(',').collect();
            let mut told: Vec<&str> =
                own["key"]["scopes"].as_array().into_iter().flatten().flat_map(Value::as_str).collect();
            expected.sort_unstable();
            told.sort_unstable();
            assert_eq!(told, expected, "{own}");
            assert_eq!(own["tenant"]["slug"], cluster.tenant.slug.as_str());
            assert!(own["key"]["id"].is_string() && own["key"].get("expiresAt").is_none(), "{own}");
        }
        let maker = Caller::back_end(&cluster, "admin");
        let made = maker
            .json("POST", "/v1/api-keys", json!({ "name": "short", "scopes": ["admin"], "expiresInDays": 2 }))
            .await
            .ok();
        let short = Caller { cluster: &cluster, credential: text(&made["apiKey"]) };
        assert_eq!(short.get("/v1/key").await.ok()["key"], made["details"]);
        maker.send(Request::new("DELETE", format!("/v1/api-keys/{}", text(&made["details"]["id"])))).await;
        assert_problem(&short.get("/v1/key").await, 401, "unauthenticated", "");
        assert_problem(&Caller::user(&cluster, "lea").get("/v1/key").await, 401, "unauthenticated", "");
    }
}

#[tokio::test]
async fn users_and_groups_are_found_by_name_and_id() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let operator = school(&cluster).await;
        let ids = async |path: &str| -> Vec<String> {
            let page = operator.get(path).await.ok();
            let mut ids: Vec<String> = page["rows"].as_array().expect("rows").iter().map(|row| text(&row["id"])).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(ids("/v1/rows/users?q=lea").await, ["gone", "lea"], "removed users too");
        assert_eq!(ids("/v1/rows/users?q=L%C3%89").await, ["gone", "lea", "leo", "mar-7"]);
        assert_eq!(ids("/v1/rows/users?q=mar").await, ["lea", "mar-7", "tom"]);
        assert_eq!(ids("/v1/rows/users?q=lea%20mar").await, ["lea"], "each word");
        assert_eq!(ids("/v1/rows/users?q=6").await, Vec::<String>::new(), "a group is no user");
        assert_eq!(ids("/v1/rows/groups?q=sixieme").await, ["6a", "6b"]);
        assert_eq!(ids("/v1/rows/groups?q=6b").await, ["6b"]);
        assert_eq!(ids("/v1/rows/users?q=").await.len(), 5);
        assert_eq!(operator.get("/v1/rows/groups?q=6b").await.ok()["rows"][0]["parent"], "6a");

        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = operator.get(format!("/v1/rows/users?q=le&limit=1&cursor={cursor}")).await.ok();
            paged.extend(page["rows"].as_array().expect("rows").iter().map(|row| text(&row["id"])));
            let Some(next) = page.get("nextCursor") else { break };
            cursor = text(next);
            assert!(paged.len() < 5, "the pages end: {paged:?}");
        }
        paged.sort_unstable();
        assert_eq!(paged, ["gone", "lea", "leo", "mar-7"]);

        let elsewhere = Tenant::create(cluster.settings(), "globex");
        let other = Caller { cluster: &cluster, credential: elsewhere.api_key(cluster.settings(), "read") };
        assert_eq!(other.get("/v1/rows/users?q=lea").await.ok(), json!({ "rows": [] }));
        let long = format!("/v1/rows/users?q={}", "a".repeat(129));
        assert_problem(&operator.get(long).await, 413, "too_large", "q");
        assert_problem(&operator.get("/v1/rows/users?q=a%00").await, 400, "invalid", "q");
    }
}

#[tokio::test]
async fn one_user_and_one_group_are_read_by_id() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let operator = school(&cluster).await;
        let lea = operator.get("/v1/rows/users/lea").await.ok();
        assert_eq!((&lea["name"], &lea["status"], &lea["type"]), (&json!("Léa Martin"), &json!("active"), &json!("user")));
        let group = operator.get("/v1/rows/groups/6b").await.ok();
        assert_eq!((&group["name"], &group["parent"]), (&json!("Sixième B"), &json!("6a")));
        assert_problem(&operator.get("/v1/rows/users/nobody").await, 404, "not_found", "");
        assert_problem(&operator.get("/v1/rows/groups/lea").await, 404, "not_found", "");
        let elsewhere = Tenant::create(cluster.settings(), "globex");
        let other = Caller { cluster: &cluster, credential: elsewhere.api_key(cluster.settings(), "read") };
        for path in ["/v1/rows/users/lea", "/v1/rows/groups/6a"] {
            assert_problem(&other.get(path).await, 404, "not_found", "");
            assert_problem(&Caller::back_end(&cluster, "act,admin").get(path).await, 403, "forbidden", "");
        }
    }
}

#[tokio::test]
async fn figures_count_users_groups_and_connections() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let operator = school(&cluster).await;
        let figures = operator.get("/v1/figures").await.ok();
        assert_eq!(figures["users"], json!({ "active": 4, "invited": 0, "deactivated": 0, "removed": 1 }));
        assert_eq!(figures["groups"], 2);
        assert_eq!(figures["online"], json!({ "users": 0, "connections": 0 }));
        assert_eq!(figures["jobs"], json!({ "waiting": 0, "running": 0, "dead": 0 }));
        assert_eq!(figures["limits"]["messageBytesMax"], 16_384);
        let _devices = [cluster.client(0, "lea").await, cluster.client(0, "lea").await, cluster.client(0, "tom").await];
        assert_eq!(operator.get("/v1/figures").await.ok()["online"], json!({ "users": 2, "connections": 3 }));
        let elsewhere = Tenant::create(cluster.settings(), "globex");
        let other = Caller { cluster: &cluster, credential: elsewhere.api_key(cluster.settings(), "read") };
        let figures = other.get("/v1/figures").await.ok();
        assert_eq!((&figures["users"]["active"], &figures["online"]["users"]), (&json!(0), &json!(0)));
        assert_problem(&Caller::back_end(&cluster, "act,provision").get("/v1/figures").await, 403, "forbidden", "");
    }
}

#[tokio::test]
async fn presets_pass_their_cases_and_a_wrong_case_is_named_by_line() {
    let cluster = Cluster::embedded().await;
    let reader = Caller::back_end(&cluster, "read");
    let presets = reader.get("/v1/policy/presets").await.ok();
    let presets = presets["presets"].as_array().expect("presets");
    assert_eq!(presets.len(), 6);
    for preset in presets {
        let body = json!({ "text": preset["text"], "cases": preset["cases"] });
        let tested = reader.json("POST", "/v1/policy/test", body).await.ok();
        assert!(tested["cases"].as_u64().is_some_and(|cases| cases > 5), "{tested}");
        assert_eq!((&tested["failures"], &tested["problems"]), (&json!([]), &json!([])), "{tested}");
    }
    let test = async |text: &str, cases: &str| {
        reader.json("POST", "/v1/policy/test", json!({ "text": text, "cases": cases })).await
    };
    let world = "group 6a class\nuser lea pupil@6a\nuser tom\n";
    let failed = test(RULES, &format!("{world}expect lea start tom allow\nexpect lea start lea allow\n")).await.ok();
    assert_eq!((&failed["cases"], &failed["failures"][0]["line"]), (&json!(2), &json!(4)), "{failed}");
    let sentence = failed["failures"][0]["message"].as_str().unwrap_or_default();
    assert!(sentence.starts_with("expected `lea start tom allow`, but it is denied"), "{sentence}");
    let unread = test(RULES, &format!("{world}expect lea begin tom allow\n")).await.ok();
    assert_eq!((&unread["cases"], &unread["problems"][0]["line"]), (&json!(0), &json!(4)), "{unread}");
    assert_problem(&test("policy", "expect").await, 400, "invalid", "text");
    assert_problem(&test(RULES, &"#".repeat(65_537)).await, 413, "too_large", "cases");
    assert_problem(&reader.json("POST", "/v1/policy/test", json!({ "text": RULES })).await, 400, "invalid", "cases");
}

#[tokio::test]
async fn the_audit_is_filtered_by_actor_target_outcome_and_time() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let operator = school(&cluster).await;
        operator.json("PUT", "/v1/users/tom", json!({ "name": "Tom M." })).await.ok();
        let lea = Caller::user(&cluster, "lea");
        lea.json("PUT", "/v1/me/settings", json!({ "writableBy": "nobody" })).await.ok();
        let actions = async |query: &str| -> Vec<String> {
            let page = operator.get(format!("/v1/audit?{query}")).await.ok();
            page["entries"].as_array().expect("lines").iter().map(|line| text(&line["action"])).collect()
        };
        assert_eq!(actions("target=user:tom").await, ["user.put"]);
        assert_eq!(actions("actor=user:lea").await, ["user.writable_by"]);
        let version = operator.get("/v1/policy").await.ok()["version"].clone();
        assert_eq!(actions(&format!("target=policy:{version}")).await, ["policy.set"]);
        assert_eq!(actions("outcome=refused").await, Vec::<String>::new());
        assert_eq!(actions("outcome=done&actor=user:lea&until=2999-01-01").await.len(), 1);
        assert_eq!(actions("until=2020-01-01").await, Vec::<String>::new());
        assert_problem(&operator.get("/v1/audit?outcome=maybe").await, 400, "invalid", "outcome");
        assert_problem(&operator.get("/v1/audit?until=soon").await, 400, "invalid", "until");
    }
}
