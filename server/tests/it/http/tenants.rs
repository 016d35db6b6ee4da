//! Tenants are created, listed and renamed over HTTP.

use serde_json::{Value, json};

use super::{Caller, assert_problem, text};
use crate::harness::{Cluster, Tenant, http::Request};

#[tokio::test]
async fn a_tenant_is_created_with_its_key_and_renamed() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let product = Caller::back_end(&cluster, "tenants");
        let new = json!({ "slug": "lycee-2", "name": "Lycée Hugo", "policy": "school" });
        let made = product.json("POST", "/v1/tenants", new.clone()).await.ok();
        assert_eq!((&made["tenant"]["slug"], &made["tenant"]["name"]), (&json!("lycee-2"), &json!("Lycée Hugo")));
        assert_problem(&product.json("POST", "/v1/tenants", new).await, 409, "conflict", "slug");

        // The key of the tenant has access to this tenant only.
        let key = Caller { cluster: &cluster, credential: text(&made["apiKey"]) };
        assert_eq!(key.get("/v1/policy").await.ok()["name"], "school");
        key.json("PUT", "/v1/users/lea", json!({ "name": "Léa" })).await.ok();
        assert_problem(&key.get("/v1/tenants").await, 403, "forbidden", "");
        let ours = Caller::back_end(&cluster, "read").get("/v1/rows/users").await.ok();
        assert_eq!(ours, json!({ "rows": [] }));

        let renamed = product.json("PATCH", "/v1/tenants/lycee-2", json!({ "name": "Lycée V. Hugo" })).await.ok();
        assert_eq!((&renamed["name"], &renamed["id"]), (&json!("Lycée V. Hugo"), &made["tenant"]["id"]));
        assert_eq!(product.get("/v1/tenants/lycee-2").await.ok(), renamed);
        let all = product.get("/v1/tenants").await.ok();
        let slugs: Vec<&Value> = all["tenants"].as_array().into_iter().flatten().map(|one| &one["slug"]).collect();
        assert_eq!(slugs, ["acme", "lycee-2"]);
        let first = product.get("/v1/tenants?limit=1").await.ok();
        let second = product.get(format!("/v1/tenants?limit=1&cursor={}", text(&first["nextCursor"]))).await.ok();
        assert_eq!((&second["tenants"], second.get("nextCursor")), (&json!([renamed]), None));
        let lines = key.get("/v1/audit").await.ok();
        let actions: Vec<&Value> = lines["entries"].as_array().into_iter().flatten().map(|one| &one["action"]).collect();
        assert_eq!(actions, ["tenant.rename", "user.put", "api_key.create", "tenant.create"]);
        assert!(text(&lines["entries"][0]["actor"]).starts_with("key:"), "{lines}");

        // The audit of the tenant whose key was used has the same lines, with the slug of the new tenant.
        let lines = Caller::back_end(&cluster, "read").get("/v1/audit").await.ok();
        let lines = lines["entries"].as_array().expect("lines");
        let lines: Vec<&Value> = lines.iter().filter(|line| line["detail"]["tenant"] == "lycee-2").collect();
        let actions: Vec<&Value> = lines.iter().map(|line| &line["action"]).collect();
        assert_eq!(actions, ["tenant.rename", "api_key.create", "tenant.create"]);
        assert_eq!(lines[0]["actorName"], "back end", "its own tenant knows the name of the key");

        // A change of the key's own tenant has one line.
        product.json("PATCH", "/v1/tenants/acme", json!({ "name": "Acme" })).await.ok();
        let lines = Caller::back_end(&cluster, "read").get("/v1/audit?action=tenant.rename").await.ok();
        let own: Vec<&Value> = lines["entries"].as_array().into_iter().flatten().map(|line| &line["target"]).collect();
        assert_eq!(own, ["tenant:acme", "tenant:lycee-2"], "{lines}");

        // The command line shows the same tenants.
        let settings = cluster.settings();
        settings.run(&["tenant", "rename", "lycee-2", "--name", "Hugo"]);
        assert_eq!(product.get("/v1/tenants/lycee-2").await.ok()["name"], "Hugo");
    }
}

#[tokio::test]
async fn tenants_need_a_key_with_the_scope() {
    let cluster = Cluster::embedded().await;
    let may_not = Caller::back_end(&cluster, "provision,act,read,admin");
    for (method, path) in
        [("GET", "/v1/tenants"), ("POST", "/v1/tenants"), ("GET", "/v1/tenants/acme"), ("PATCH", "/v1/tenants/acme")]
    {
        assert_problem(&may_not.send(Request::new(method, path)).await, 403, "forbidden", "");
    }
    let product = Caller::back_end(&cluster, "tenants");
    for (body, field) in [
        (json!({}), "slug"),
        (json!({ "slug": "A", "name": "a" }), "slug"),
        (json!({ "slug": "a" }), "name"),
        (json!({ "slug": "a", "name": "\u{200b}" }), "name"),
        (json!({ "slug": "a", "name": "a", "policy": "scool" }), "policy"),
        (json!({ "slug": "a", "name": "a", "rules": "school" }), "rules"),
    ] {
        assert_problem(&product.json("POST", "/v1/tenants", body).await, 400, "invalid", field);
    }
    assert_problem(&product.get("/v1/tenants/nobody").await, 404, "not_found", "");
    let absent = product.json("PATCH", "/v1/tenants/nobody", json!({ "name": "a" })).await;
    assert_problem(&absent, 404, "not_found", "");
    assert_problem(&product.get("/v1/policy").await, 403, "forbidden", "");
}

#[tokio::test]
async fn the_scope_tenants_makes_and_renames_tenants_and_the_scope_operate_manages_them() {
    let cluster = Cluster::embedded().await;
    let elsewhere = Tenant::create(cluster.settings(), "globex");
    let product = Caller { cluster: &cluster, credential: elsewhere.api_key(cluster.settings(), "tenants") };
    let operator = Caller { cluster: &cluster, credential: elsewhere.api_key(cluster.settings(), "operate") };
    product.json("PATCH", "/v1/tenants/acme", json!({ "name": "Acme" })).await.ok();
    for (method, path) in [
        ("POST", "/v1/tenants/acme/suspend"),
        ("POST", "/v1/tenants/acme/resume"),
        ("DELETE", "/v1/tenants/acme"),
        ("GET", "/v1/tenants/acme/api-keys"),
        ("POST", "/v1/tenants/acme/api-keys"),
        ("DELETE", "/v1/tenants/acme/api-keys/0193b3a0-0000-7000-8000-000000000000"),
        ("GET", "/v1/tenants/acme/signing-keys"),
        ("POST", "/v1/tenants/acme/signing-keys"),
        ("DELETE", "/v1/tenants/acme/signing-keys/acme-test"),
    ] {
        let refused = product.send(Request::new(method, path)).await;
        assert_problem(&refused, 403, "forbidden", "");
        assert!(refused.text().contains("`operate`"), "{method} {path}: {}", refused.text());
    }
    for caller in [&product, &operator] {
        let listed = caller.get("/v1/tenants").await.ok();
        assert_eq!(listed["tenants"].as_array().map(Vec::len), Some(2), "{listed}");
        assert_eq!(caller.get("/v1/tenants/acme").await.ok()["name"], "Acme");
    }
    for (method, path) in [("POST", "/v1/tenants"), ("PATCH", "/v1/tenants/acme")] {
        let refused = operator.json(method, path, json!({ "slug": "new", "name": "New" })).await;
        assert_problem(&refused, 403, "forbidden", "");
    }
    operator.send(Request::new("POST", "/v1/tenants/acme/suspend")).await.ok();
    operator.send(Request::new("POST", "/v1/tenants/acme/resume")).await.ok();
    Caller::user(&cluster, "lea").id().await;
}
