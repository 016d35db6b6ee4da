//! API keys and signing keys over HTTP.

use causerie_server::store::Store;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::{Caller, assert_problem, text};
use crate::harness::{Claims, Cluster, Tenant, http::Request};

fn with_key<'a>(cluster: &'a Cluster, key: &Value) -> Caller<'a> {
    Caller { cluster, credential: text(key) }
}

#[tokio::test]
async fn a_lost_key_is_replaced_by_the_product_or_by_another_key_of_the_tenant() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let product = Caller::back_end(&cluster, "tenants,operate");
        let made = product.json("POST", "/v1/tenants", json!({ "slug": "globex", "name": "Globex" })).await.ok();
        let lost = text(&made["apiKeyId"]);

        // The product's administrators replace the lost key.
        let new = json!({ "name": "second", "scopes": ["admin", "provision", "read", "act"], "expiresInDays": 30 });
        let second = product.json("POST", "/v1/tenants/globex/api-keys", new.clone()).await.ok();
        assert_eq!((&second["details"]["name"], &second["details"]["scopes"]), (&new["name"], &new["scopes"]));
        assert!(second["details"]["expiresAt"].is_string() && second["details"].get("revokedAt").is_none(), "{second}");
        let gone = product.send(Request::new("DELETE", format!("/v1/tenants/globex/api-keys/{lost}"))).await;
        assert_eq!(gone.status, 204, "{}", gone.text());
        let first = with_key(&cluster, &made["apiKey"]);
        assert_problem(&first.get("/v1/policy").await, 401, "unauthenticated", "");

        // The tenant replaces its own key.
        let second = with_key(&cluster, &second["apiKey"]);
        let third = second
            .json("POST", "/v1/api-keys", json!({ "name": "third", "scopes": ["read"], "expiresInDays": 7 }))
            .await
            .ok();
        for longer in
            [json!({ "name": "a", "scopes": ["read"] }), json!({ "name": "a", "scopes": ["read"], "expiresInDays": 31 })]
        {
            assert_problem(&second.json("POST", "/v1/api-keys", longer).await, 403, "forbidden", "expiresInDays");
        }
        let reader = with_key(&cluster, &third["apiKey"]);
        reader.get("/v1/policy").await.ok();
        let listed = second.get("/v1/api-keys").await.ok();
        let names: Vec<&Value> = listed["apiKeys"].as_array().into_iter().flatten().map(|key| &key["name"]).collect();
        assert_eq!(names, ["first key", "second", "third"]);
        assert!(listed["apiKeys"][0]["revokedAt"].is_string() && !listed.to_string().contains("sk_"), "{listed}");
        assert_eq!(product.get("/v1/tenants/globex/api-keys").await.ok(), listed);
        let page = second.get("/v1/api-keys?limit=2").await.ok();
        let rest = second.get(format!("/v1/api-keys?cursor={}", text(&page["nextCursor"]))).await.ok();
        assert_eq!((&rest["apiKeys"][0]["name"], rest.get("nextCursor")), (&json!("third"), None));
        let path = format!("/v1/api-keys/{}", text(&third["details"]["id"]));
        assert_eq!(second.send(Request::new("DELETE", &path)).await.status, 204);
        assert_problem(&second.send(Request::new("DELETE", &path)).await, 404, "not_found", "");
        assert_problem(&reader.get("/v1/policy").await, 401, "unauthenticated", "");

        let lines = second.get("/v1/audit").await.ok();
        let actions: Vec<&Value> = lines["entries"].as_array().into_iter().flatten().map(|line| &line["action"]).collect();
        let expected =
            ["api_key.revoke", "api_key.create", "api_key.revoke", "api_key.create", "api_key.create", "tenant.create"];
        assert_eq!(actions, expected);
    }
}

#[tokio::test]
async fn a_key_makes_and_revokes_no_key_with_other_scopes_than_its_own() {
    let cluster = Cluster::embedded().await;
    let admin = Caller::back_end(&cluster, "admin");
    for scopes in [json!(["act"]), json!(["admin", "tenants"])] {
        let refused = admin.json("POST", "/v1/api-keys", json!({ "name": "more", "scopes": scopes })).await;
        assert_problem(&refused, 403, "forbidden", "scopes");
    }
    admin.json("POST", "/v1/api-keys", json!({ "name": "less", "scopes": ["admin"] })).await.ok();
    let refused = admin.json("POST", "/v1/signing-keys", json!({ "algorithm": "HS256" })).await;
    assert_problem(&refused, 403, "forbidden", "");
    let kid = &cluster.tenant.kid;
    let refused = admin.send(Request::new("DELETE", format!("/v1/signing-keys/{kid}"))).await;
    assert_problem(&refused, 403, "forbidden", "");
    let both = Caller::back_end(&cluster, "admin,act,provision");
    assert_eq!(both.send(Request::new("DELETE", format!("/v1/signing-keys/{kid}"))).await.status, 204);

    let product = Caller::back_end(&cluster, "operate,read");
    let keys = product.get("/v1/tenants/acme/api-keys").await.ok();
    let strong = keys["apiKeys"].as_array().into_iter().flatten().find(|key| key["scopes"][0] == "operate");
    let strong = text(&strong.expect("the product's key")["id"]);
    let refused = admin.send(Request::new("DELETE", format!("/v1/api-keys/{strong}"))).await;
    assert_problem(&refused, 403, "forbidden", "id");

    // A key of another tenant is not found.
    let elsewhere = Tenant::create(cluster.settings(), "globex");
    let other = Caller { cluster: &cluster, credential: elsewhere.api_key(cluster.settings(), "admin,operate,read") };
    assert_problem(&other.send(Request::new("DELETE", format!("/v1/api-keys/{strong}"))).await, 404, "not_found", "");
    let path = format!("/v1/tenants/globex/api-keys/{strong}");
    assert_problem(&other.send(Request::new("DELETE", path)).await, 404, "not_found", "");
    assert_problem(&other.get("/v1/tenants/nobody/api-keys").await, 404, "not_found", "");

    let may_not = Caller::back_end(&cluster, "provision,act,read");
    for path in ["/v1/api-keys", "/v1/signing-keys", "/v1/tenants/acme/api-keys", "/v1/tenants/acme/signing-keys"] {
        assert_problem(&may_not.get(path).await, 403, "forbidden", "");
        assert_problem(&may_not.json("POST", path, json!({})).await, 403, "forbidden", "");
        assert_problem(&may_not.send(Request::new("DELETE", format!("{path}/{strong}"))).await, 403, "forbidden", "");
    }
    for (body, field) in [
        (json!({ "scopes": ["read"] }), "name"),
        (json!({ "name": "a" }), "scopes"),
        (json!({ "name": "a", "scopes": [] }), "scopes"),
        (json!({ "name": "a", "scopes": ["all"] }), "scopes"),
        (json!({ "name": "a", "scopes": ["admin"], "expiresInDays": 0 }), "expiresInDays"),
    ] {
        assert_problem(&admin.json("POST", "/v1/api-keys", body).await, 400, "invalid", field);
    }
}

#[tokio::test]
async fn a_key_that_operates_the_server_gives_its_power_no_further_than_it_has_it() {
    let cluster = Cluster::embedded().await;
    Tenant::create(cluster.settings(), "globex");
    let operator = Caller::back_end(&cluster, "operate");
    let new = |scopes: Value| json!({ "name": "new", "scopes": scopes, "expiresInDays": 30 });
    for path in ["/v1/tenants/acme/api-keys", "/v1/tenants/globex/api-keys"] {
        let refused = operator.json("POST", path, new(json!(["admin", "tenants"]))).await;
        assert_problem(&refused, 403, "forbidden", "scopes");
    }
    let path = "/v1/tenants/globex/api-keys";
    operator.json("POST", path, new(json!(["operate"]))).await.ok();
    let made = operator.json("POST", "/v1/tenants/acme/api-keys", new(json!(["operate"]))).await.ok();

    // A key that expires can create keys without an expiry for back ends of other tenants, but no key that operates the
    // server.
    let expiring = with_key(&cluster, &made["apiKey"]);
    let lasting = |scopes: Value| json!({ "name": "lasting", "scopes": scopes });
    expiring.json("POST", path, lasting(json!(["admin", "act"]))).await.ok();
    let refused = expiring.json("POST", path, lasting(json!(["operate"]))).await;
    assert_problem(&refused, 403, "forbidden", "expiresInDays");

    // Neither scope follows from the other.
    let product = Caller::back_end(&cluster, "tenants,admin");
    assert_problem(&product.get(path).await, 403, "forbidden", "");
    let refused = product.json("POST", "/v1/api-keys", new(json!(["operate"]))).await;
    assert_problem(&refused, 403, "forbidden", "scopes");
}

#[tokio::test]
async fn a_key_with_a_scope_of_a_newer_release_is_revoked_by_operators_only() {
    let cluster = Cluster::embedded().await;
    let admin = Caller::back_end(&cluster, "admin");
    let made = admin.json("POST", "/v1/api-keys", json!({ "name": "newer", "scopes": ["admin"] })).await.ok();
    let id = text(&made["details"]["id"]);
    let store = Store::connect(&cluster.database.to_connect()).await.expect("the database opens");
    let sql = "UPDATE api_keys SET scopes = 'admin later' WHERE name = 'newer'";
    store.writer().execute_unprepared(sql).await.expect("writes");
    store.close().await;

    let refused = admin.send(Request::new("DELETE", format!("/v1/api-keys/{id}"))).await;
    assert_problem(&refused, 403, "forbidden", "id");
    assert!(refused.text().contains("`later`"), "{}", refused.text());
    let operator = Caller::back_end(&cluster, "operate");
    let revoked = operator.send(Request::new("DELETE", format!("/v1/tenants/acme/api-keys/{id}"))).await;
    assert_eq!(revoked.status, 204, "{}", revoked.text());
}

#[tokio::test]
async fn a_tenant_learns_nothing_of_the_key_ids_of_other_tenants() {
    let cluster = Cluster::embedded().await;
    let elsewhere = Tenant::create(cluster.settings(), "globex");
    let admin = Caller::back_end(&cluster, "admin,act,provision");
    let add = |kid: &str| json!({ "algorithm": "HS256", "kid": kid });
    let answers = [elsewhere.kid.as_str(), "nobodys", "globex:taken", "globex:free", "acme", "acme-2"].map(add);
    let operator = Caller::back_end(&cluster, "operate");
    operator.json("POST", "/v1/tenants/globex/signing-keys", add("globex:taken")).await.ok();
    for body in answers {
        let refused = admin.json("POST", "/v1/signing-keys", body).await;
        assert_problem(&refused, 403, "forbidden", "kid");
    }
    admin.json("POST", "/v1/signing-keys", add("acme:2026")).await.ok();
    assert_problem(&admin.json("POST", "/v1/signing-keys", add("acme:2026")).await, 409, "conflict", "kid");
    // Operators may know all key ids.
    let taken = operator.json("POST", "/v1/tenants/acme/signing-keys", add(&elsewhere.kid)).await;
    assert_problem(&taken, 409, "conflict", "kid");
}

#[tokio::test]
async fn signing_keys_are_added_listed_and_revoked() {
    for cluster in [Cluster::embedded().await, Cluster::start(1).await] {
        let admin = Caller::back_end(&cluster, "admin,act,provision,read");
        let made = admin.json("POST", "/v1/signing-keys", json!({ "algorithm": "HS256" })).await.ok();
        let (kid, secret) = (text(&made["kid"]), text(&made["secret"]));
        let token = |kid: &str, secret: &str| {
            let header = jsonwebtoken::Header { kid: Some(kid.to_owned()), ..jsonwebtoken::Header::default() };
            let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
            jsonwebtoken::encode(&header, &Claims::of("lea"), &key).expect("signs")
        };
        let lea = Caller { cluster: &cluster, credential: token(&kid, &secret) };
        lea.id().await;

        let own_secret = "a secret of the product, of more than 32 bytes";
        let own = json!({ "algorithm": "HS256", "kid": "acme:own", "secret": own_secret });
        assert_eq!(admin.json("POST", "/v1/signing-keys", own.clone()).await.ok(), json!({ "kid": "acme:own" }));
        assert_problem(&admin.json("POST", "/v1/signing-keys", own).await, 409, "conflict", "kid");
        Caller { cluster: &cluster, credential: token("acme:own", own_secret) }.id().await;
        let pem = include_str!("../../../src/auth/fixtures/ed25519.public.pem");
        let public = json!({ "algorithm": "EdDSA", "kid": "pair", "publicKey": pem });
        let product = Caller::back_end(&cluster, "operate");
        product.json("POST", "/v1/tenants/acme/signing-keys", public).await.ok();

        let listed = admin.get("/v1/signing-keys").await.ok();
        assert_eq!(product.get("/v1/tenants/acme/signing-keys").await.ok(), listed);
        let kids: Vec<&Value> = listed["signingKeys"].as_array().into_iter().flatten().map(|key| &key["kid"]).collect();
        let mut expected = vec![cluster.tenant.kid.as_str(), &kid, "acme:own", "pair"];
        expected.sort_unstable();
        assert_eq!(kids, expected);
        assert!(!listed.to_string().contains(&secret), "{listed}");

        assert_eq!(admin.send(Request::new("DELETE", "/v1/signing-keys/acme:own")).await.status, 204);
        assert_problem(&admin.send(Request::new("DELETE", "/v1/signing-keys/acme:own")).await, 404, "not_found", "");
        let elsewhere = Tenant::create(cluster.settings(), "globex");
        let foreign = format!("/v1/signing-keys/{}", elsewhere.kid);
        assert_problem(&admin.send(Request::new("DELETE", foreign)).await, 404, "not_found", "");
        for (body, field) in [
            (json!({}), "algorithm"),
            (json!({ "algorithm": "none" }), "algorithm"),
            (json!({ "algorithm": "RS256" }), "publicKey"),
            (json!({ "algorithm": "RS256", "publicKey": pem }), "publicKey"),
            (json!({ "algorithm": "EdDSA", "secret": own_secret }), "secret"),
            (json!({ "algorithm": "HS256", "secret": "short" }), "secret"),
            (json!({ "algorithm": "HS256", "kid": "" }), "kid"),
        ] {
            assert_problem(&admin.json("POST", "/v1/signing-keys", body).await, 400, "invalid", field);
        }
        let lines = admin.get("/v1/audit?action=signing_key.add").await.ok();
        let targets: Vec<&Value> = lines["entries"].as_array().into_iter().flatten().map(|line| &line["target"]).collect();
        let first = format!("signing_key:{kid}");
        let initial = format!("signing_key:{}", cluster.tenant.kid);
        assert_eq!(targets, ["signing_key:pair", "signing_key:acme:own", &first, &initial]);
        assert!(!lines.to_string().contains(&secret), "{lines}");
    }
}
