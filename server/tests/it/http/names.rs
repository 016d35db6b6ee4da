//! Names of users and subjects: the characters that are stored, the searches that find a name, and names in plain text.

use serde_json::json;
use uuid::Uuid;

use super::{Caller, assert_problem, text};
use crate::harness::{Cluster, http::Request};

/// Creates a user and returns the stored name.
async fn create_named(product: &Caller<'_>, id: &str, name: &str) -> String {
    text(&product.json("PUT", format!("/v1/users/{id}"), json!({ "name": name })).await.ok()["name"])
}

/// The external ids of the users that a query finds.
async fn external_ids_found(caller: &Caller<'_>, query: &str) -> Vec<String> {
    let query: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let page = caller.get(format!("/v1/directory?q={query}")).await.ok();
    let hits = page["hits"].as_array().cloned().unwrap_or_default();
    hits.iter().map(|hit| text(&hit["user"]["externalId"])).collect()
}

#[tokio::test]
async fn users_are_found_by_letters_that_unicode_does_not_decompose() {
    let cluster = Cluster::embedded().await;
    let product = Caller::back_end(&cluster, "provision");
    let names = [
        ("u1", "Đặng Văn", &["dang", "đặng", "DANG VAN"][..]),
        ("u2", "Weiß", &["weiss", "weiß", "WEISS"]),
        ("u3", "Łukasz", &["lukasz", "łuk"]),
        ("u4", "Işık", &["isik", "ışık", "IŞIK", "ISIK"]),
        ("u5", "Cœur", &["coeur", "cœur"]),
        ("u6", "🦊🌈", &["🦊", "🌈", "🦊🌈"]),
        ("u7", "…", &["…"]),
        ("u8", "Þór Ægisson", &["thor", "aegis", "þór ægi"]),
    ];
    for (id, name, _) in names {
        assert_eq!(create_named(&product, id, name).await, name);
    }
    let lea = Caller::user(&cluster, "lea");
    for (id, name, queries) in names {
        for query in queries {
            assert_eq!(external_ids_found(&lea, query).await, [id], "{query} finds {name}");
        }
    }
    let mut listed = external_ids_found(&lea, "").await;
    listed.sort_unstable();
    assert_eq!(listed, ["lea", "u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8"], "everyone is listed");
}

#[tokio::test]
async fn invisible_characters_are_removed_from_a_name_and_a_name_of_only_these_is_refused() {
    let cluster = Cluster::embedded().await;
    let product = Caller::back_end(&cluster, "provision");
    for name in ["a\u{200b}dmin", "ad\u{ad}min", "\u{feff}admin", "admin\u{fe0f}", "adm\u{e0101}in"] {
        assert_eq!(create_named(&product, "u1", name).await, "admin", "{name:?}");
    }
    for name in ["👩\u{200d}🚀", "می\u{200c}خواهم", "bob\u{202e}gro"] {
        assert_eq!(create_named(&product, "u1", name).await, name);
    }
    for name in ["\u{200b}", "\u{202e}\u{202c}", " ", "\u{3164}", "\u{2800}"] {
        let refused = product.json("PUT", "/v1/users/u1", json!({ "name": name })).await;
        assert_problem(&refused, 400, "invalid", "name");
        for row in
            [json!({ "type": "user", "id": "u1", "name": name }), json!({ "type": "group", "id": "g1", "name": name })]
        {
            let import = Request::new("POST", "/v1/import");
            let told = product.send(import.body(format!("{row}\n"))).await.text().to_owned();
            assert!(told.contains("\"field\":\"name\"") && told.contains("nothing visible"), "{name:?}: {told}");
        }
    }

    // A name of invisible characters in a token counts as no name, and the token is valid.
    let token = |name: &str| cluster.settings().run(&["token", "--tenant", "acme", "--user", "eve", "--name", name]);
    for (name, shown) in [("\u{200b}", "eve"), ("a\u{200b}dmin", "admin")] {
        let eve = Caller { cluster: &cluster, credential: token(name).trim().to_owned() };
        assert_eq!(eve.get("/v1/me").await.ok()["name"], shown, "{name:?}");
    }
}

#[tokio::test]
async fn invisible_characters_are_removed_from_a_subject() {
    let cluster = Cluster::embedded().await;
    let (lea, tom) = (Caller::user(&cluster, "lea"), Caller::user(&cluster, "tom"));
    tom.id().await;
    let group = |subject: &str| json!({ "kind": "CONVERSATION_KIND_GROUP", "with": [{ "externalId": "tom" }], "subject": subject, "clientId": Uuid::now_v7() });
    let made = lea.json("POST", "/v1/conversations", group("Ad\u{200b}min")).await.ok();
    assert_eq!(made["conversation"]["subject"], "Admin", "{made}");
    let path = format!("/v1/conversations/{}", text(&made["conversation"]["id"]));
    let renamed = lea.json("PATCH", &path, json!({ "subject": "Sta\u{2060}ff" })).await.ok();
    assert_eq!(renamed["conversation"]["subject"], "Staff", "{renamed}");
    let refused = lea.json("POST", "/v1/conversations", group("\u{200b}")).await;
    assert_problem(&refused, 400, "invalid", "startConversation.subject");
    let refused = lea.json("PATCH", &path, json!({ "subject": "\u{202e}" })).await;
    assert_problem(&refused, 400, "invalid", "renameConversation.subject");
}

#[tokio::test]
async fn text_direction_of_names_does_not_leak_into_plain_text() {
    let cluster = Cluster::embedded().await;
    let settings = cluster.settings();
    let (turned, isolated) = ("evil\u{202e}eman", "\u{2068}evil\u{202e}eman\u{2069}");
    settings.run(&["tenant", "create", "other", "--name", turned]);
    assert!(settings.run(&["tenant", "list"]).contains(&format!("  {isolated}\n")));
    settings.run(&["api-key", "create", "--tenant", "other", "--name", turned, "--scopes", "read"]);
    assert!(settings.run(&["api-key", "list", "--tenant", "other"]).ends_with(&format!("  {isolated}\n")));
    assert!(settings.run(&["audit", "--tenant", "other"]).contains("name=\u{2068}\"evil\u{202e}eman\"\u{2069}"));
    let complaint = settings.fail(&["tenant", "create", "third", "--name", "\u{200b}"]);
    assert!(complaint.contains("nothing visible"), "{complaint}");
}
