//! Every refusal over HTTP, with its code and its field.

use causerie_protocol::limits;
use serde_json::json;
use uuid::Uuid;

use super::{Caller, assert_problem, text};
use crate::harness::{Claims, Cluster, Tenant, http::Request};

#[tokio::test]
async fn a_bad_body_is_refused_by_field() {
    let cluster = Cluster::embedded().await;
    let (lea, tom) = (Caller::user(&cluster, "lea"), Caller::user(&cluster, "tom"));
    tom.id().await;
    let messages = format!("/v1/conversations/{}/messages", lea.direct_with("tom").await);
    let client_id = Uuid::now_v7();

    let post = |body: &str| Request::new("POST", &messages).header("content-type", "application/json").body(body);
    assert_problem(&lea.send(post("{\"text\":")).await, 400, "malformed", "");
    assert_problem(&lea.send(post("[]")).await, 400, "malformed", "");
    assert_problem(&lea.send(post("{} {}")).await, 400, "malformed", "");
    assert_problem(&lea.send(post("\u{feff}{}")).await, 400, "malformed", "");
    assert_problem(&lea.send(post("")).await, 400, "invalid", "sendMessage.clientId");
    let deep = "[".repeat(10_000);
    assert_problem(&lea.send(post(&format!("{{\"text\":{deep}"))).await, 400, "malformed", "");

    let refused = [
        (json!({ "clientId": client_id, "text": 7 }), 400, "malformed", "sendMessage.text"),
        (json!({ "clientId": client_id, "text": ["a"] }), 400, "malformed", "sendMessage.text"),
        (json!({ "clientId": "7", "text": "a" }), 400, "invalid", "sendMessage.clientId"),
        (json!({ "clientId": client_id, "text": " " }), 400, "invalid", "sendMessage.text"),
        (json!({ "clientId": client_id, "text": "a\0b" }), 400, "invalid", "sendMessage.text"),
        (
            json!({ "clientId": client_id, "text": "a".repeat(limits::TEXT_BYTES_MAX + 1) }),
            413,
            "too_large",
            "sendMessage.text",
        ),
    ];
    for (body, status, name, field) in refused {
        assert_problem(&lea.json("POST", &messages, body).await, status, name, field);
    }
    for path in ["/v1/conversations?query=tom", "/v1/directory?query=tom&q=tom&text=tom"] {
        let unknown = if path.contains("text") { "text" } else { "query" };
        assert_problem(&lea.get(path).await, 400, "invalid", unknown);
    }
    // Half a surrogate pair and an unescaped control character are invalid JSON. The answer names the field, as on the
    // socket.
    for body in [r#"{"text":"cut \ud83d"}"#, r#"{"clientId":null,"text":"\ude00"}"#, "{\"text\":\"raw \u{b}\"}"] {
        assert_problem(&lea.send(post(body)).await, 400, "malformed", "sendMessage.text");
    }
    let rename = Request::new("PATCH", messages.trim_end_matches("/messages")).header("content-type", "application/json");
    assert_problem(&lea.send(rename.body(r#"{"subject":"\ude00"}"#)).await, 400, "malformed", "renameConversation.subject");
    let kind = json!({ "kind": "CONVERSATION_KIND_COUNCIL" });
    assert_problem(&lea.json("POST", "/v1/conversations", kind).await, 400, "malformed", "startConversation.kind");
    let with = json!({ "kind": "CONVERSATION_KIND_DIRECT", "with": [{ "id": "tom" }] });
    assert_problem(&lea.json("POST", "/v1/conversations", with).await, 400, "invalid", "startConversation.with[0].id");

    // Unknown fields are refused at any depth, because they would be ignored silently.
    let unknown = json!({ "clientId": client_id, "text": "a", "mood": { "happy": [1, 2] } });
    assert_problem(&lea.json("POST", &messages, unknown).await, 400, "invalid", "sendMessage.mood");
    let with = json!({ "kind": "CONVERSATION_KIND_DIRECT", "with": [{ "externalId": "tom", "record": "7" }] });
    let refused = lea.json("POST", "/v1/conversations", with).await;
    assert_problem(&refused, 400, "invalid", "startConversation.with[0].record");
    assert_eq!(lea.say(messages.split('/').nth(3).expect("an id"), "a").await["text"], "a");
    // The path names the conversation, and a body with another conversation is refused.
    let elsewhere = json!({ "conversationId": Uuid::now_v7(), "clientId": Uuid::now_v7(), "text": "b" });
    assert_eq!(lea.json("POST", &messages, elsewhere).await.ok()["message"]["seq"], 2);
    // `null` means an absent field, and all line endings are normalised.
    let pasted = json!({ "conversationId": null, "clientId": Uuid::now_v7(), "text": "a\r\nb\u{b}c\u{85}d\u{2028}e" });
    assert_eq!(lea.json("POST", &messages, pasted).await.ok()["message"]["text"], "a\nb\nc\nd\ne");
}

#[tokio::test]
async fn a_denied_command_names_the_field_like_a_malformed_one() {
    let cluster = Cluster::embedded().await;
    let (lea, tom) = (Caller::user(&cluster, "lea"), Caller::user(&cluster, "tom"));
    let tom_id = tom.id().await;
    let unknown = json!([{ "externalId": "tom" }, { "externalId": "nobody" }]);
    let group = json!({ "kind": "CONVERSATION_KIND_GROUP", "with": unknown, "clientId": Uuid::now_v7() });
    let refused = lea.json("POST", "/v1/conversations", group).await;
    assert_problem(&refused, 404, "not_found", "startConversation.with[1]");

    let group = json!({ "kind": "CONVERSATION_KIND_GROUP", "clientId": Uuid::now_v7() });
    let here = text(&lea.json("POST", "/v1/conversations", group).await.ok()["conversation"]["id"]);
    let here = format!("/v1/conversations/{here}");
    let refused = lea.json("POST", format!("{here}/members"), json!({ "users": unknown })).await;
    assert_problem(&refused, 404, "not_found", "addMembers.users[1]");
    let done = lea.send(Request::new("DELETE", format!("{here}/members/{tom_id}"))).await.ok();
    assert_eq!(done["conversation"]["memberCount"], 1, "a user who is no member is removed already");

    let client_id = Uuid::now_v7();
    let say = async |words: &str| {
        lea.json("POST", format!("{here}/messages"), json!({ "clientId": client_id, "text": words })).await
    };
    say("one").await.ok();
    assert_problem(&say("another").await, 409, "conflict", "sendMessage.clientId");
    let first = json!({ "clientId": client_id, "text": "another" });
    let group = json!({ "kind": "CONVERSATION_KIND_GROUP", "clientId": Uuid::now_v7(), "firstMessage": first });
    let refused = lea.json("POST", "/v1/conversations", group).await;
    assert_problem(&refused, 409, "conflict", "startConversation.firstMessage.clientId");

    let target = |external_id: &str| json!({ "user": { "externalId": external_id } });
    let refused = lea.json("PUT", "/v1/relations/block", target("nobody")).await;
    assert_problem(&refused, 404, "not_found", "relate.user");
    let refused = lea.json("POST", "/v1/relations/rival/end", target("tom")).await;
    assert_problem(&refused, 400, "invalid", "unrelate.relation");
}

#[tokio::test]
async fn a_bad_path_or_query_is_refused_by_field() {
    let cluster = Cluster::embedded().await;
    let lea = Caller::user(&cluster, "lea");
    let id = Uuid::now_v7();
    for (path, name, field) in [
        ("/v1/conversations/7".to_owned(), "invalid", "getConversation.conversationId"),
        ("/v1/conversations/%FF".to_owned(), "malformed", ""),
        ("/v1/conversations?limit=many".to_owned(), "malformed", "listConversations.limit"),
        ("/v1/conversations?limit=-1".to_owned(), "malformed", "listConversations.limit"),
        ("/v1/conversations?limit=101".to_owned(), "invalid", "listConversations.limit"),
        (format!("/v1/conversations/{id}/messages?before_seq=2&after_seq=1"), "invalid", "getHistory.afterSeq"),
        ("/v1/users?id=7".to_owned(), "invalid", "getUsers.userIds[0]"),
        ("/v1/users?userIds=7".to_owned(), "invalid", "getUsers.userIds[0]"),
        ("/v1/directory?query=a%C2%92b".to_owned(), "invalid", "searchDirectory.query"),
        (format!("/v1/conversations/{id}/messages?beforeSeq=2.0&afterSeq=1e0"), "invalid", "getHistory.afterSeq"),
        (format!("/v1/conversations/{id}/messages?beforeSeq=1.5"), "malformed", "getHistory.beforeSeq"),
    ] {
        assert_problem(&lea.get(path).await, 400, name, field);
    }
}

#[tokio::test]
async fn size_type_method_and_path_are_checked() {
    let cluster = Cluster::embedded().await;
    let lea = Caller::user(&cluster, "lea");
    let long = format!("{{\"subject\":\"{}\"}}", "a".repeat(limits::FRAME_BYTES_MAX));
    let post = |kind: &str, body: &str| Request::new("POST", "/v1/conversations").header("content-type", kind).body(body);
    assert_problem(&lea.send(post("application/json", &long)).await, 413, "too_large", "");
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
        assert_problem(&lea.send(post(kind, "{}")).await, 415, "malformed", "");
    }
    assert_problem(&lea.send(Request::new("POST", "/v1/conversations").body("{}")).await, 415, "malformed", "");
    let with_charset = lea.send(post("Application/JSON; charset=utf-8", "{}")).await;
    assert_problem(&with_charset, 400, "invalid", "startConversation.kind");

    let wrong = lea.send(Request::new("DELETE", "/v1/conversations")).await;
    assert_problem(&wrong, 405, "unknown_command", "");
    let allowed = wrong.header("allow").unwrap_or_default();
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
    for path in ["/v1/nothing", "/v2/conversations", "/v1/conversations/", "/nothing"] {
        assert_problem(&lea.get(path).await, 404, "unknown_command", "");
    }
}

#[tokio::test]
async fn a_caller_without_a_credential_learns_how_to_authenticate() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    let anonymous = Request::get("/v1/me").send(node).await;
    assert_problem(&anonymous, 401, "unauthenticated", "");
    assert!(anonymous.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Bearer")));
    for credential in ["x", "a.b.c", "sk_unknown", &format!("{}x", cluster.tenant.token("lea"))] {
        assert_problem(&Request::get("/v1/me").bearer(credential).send(node).await, 401, "unauthenticated", "");
    }
    let basic = Request::get("/v1/me").header("authorization", "Basic bGVhOnNlc2FtZQ==").send(node).await;
    assert_problem(&basic, 401, "unauthenticated", "");

    let now = Claims::of("lea");
    let old = Claims { iat: now.iat - 7_200, exp: now.exp - 7_200, ..now };
    let expired = Request::get("/v1/me").bearer(&cluster.tenant.sign(&old)).send(node).await;
    assert_problem(&expired, 401, "token_expired", "");
    assert!(expired.header("www-authenticate").is_some_and(|challenge| challenge.contains("invalid_token")));

    // The server does not read an oversize body of an unauthenticated caller to its end.
    let body = vec![b' '; 4 * limits::FRAME_BYTES_MAX];
    let request = Request::new("POST", "/v1/conversations").header("content-type", "application/json").body(body);
    assert_problem(&request.send(node).await, 401, "unauthenticated", "");
}

#[tokio::test]
async fn a_conversation_of_another_tenant_is_answered_like_a_missing_one() {
    let cluster = Cluster::embedded().await;
    let (lea, tom) = (Caller::user(&cluster, "lea"), Caller::user(&cluster, "tom"));
    tom.id().await;
    let elsewhere = Tenant::create(cluster.settings(), "globex");
    let conversation = lea.direct_with("tom").await;
    let message = lea.say(&conversation, "ours").await["id"].as_str().expect("an id").to_owned();

    let mallory = Caller { cluster: &cluster, credential: elsewhere.token("lea") };
    let stranger = Caller::user(&cluster, "zoe");
    let (no_conversation, no_message) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    for outsider in [&mallory, &stranger] {
        for (method, path, body) in [
            ("GET", "", None),
            ("GET", "/messages", None),
            ("GET", "/changes?since_version=0", None),
            ("GET", "/members", None),
            ("POST", "/messages", Some(json!({ "clientId": Uuid::now_v7(), "text": "mine" }))),
            ("PATCH", "/messages/MESSAGE", Some(json!({ "text": "mine" }))),
            ("DELETE", "/messages/MESSAGE", None),
            ("PATCH", "", Some(json!({ "subject": "mine" }))),
            ("POST", "/members", Some(json!({ "users": [{ "externalId": "lea" }] }))),
            ("PUT", "/read", Some(json!({ "seq": 1 }))),
            ("PUT", "/unread", None),
            ("POST", "/typing", Some(json!({ "typing": true }))),
        ] {
            let ask = async |conversation: &str, message: &str| {
                let path = format!("/v1/conversations/{conversation}{}", path.replace("MESSAGE", message));
                let request = Request::new(method, path);
                let request = if let Some(body) = &body { request.json(body) } else { request };
                outsider.send(request).await
            };
            let (real, absent) = (ask(&conversation, &message).await, ask(&no_conversation, &no_message).await);
            assert_problem(&real, 404, "not_found", "");
            assert_eq!(real.text(), absent.text(), "{method} {path}");
        }
    }
    let history = lea.get(format!("/v1/conversations/{conversation}/messages")).await.ok();
    assert_eq!(history["messages"].as_array().map(Vec::len), Some(1), "nothing was written");
    // Users of another tenant are not found either.
    let users = mallory.get(format!("/v1/users?id={}", lea.id().await)).await.ok();
    assert_eq!(users, json!({}));
}

#[tokio::test]
async fn requests_above_the_rate_limit_are_refused() {
    let cluster =
        Cluster::embedded_with(|settings| settings.set("limits.frames_per_second", 1).set("limits.frames_burst", 3)).await;
    let (lea, tom) = (Caller::user(&cluster, "lea"), Caller::user(&cluster, "tom"));
    let mut refused = None;
    for _ in 0..10 {
        let answer = lea.get("/v1/me").await;
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("ten requests at once are too many");
    assert_problem(&refused, 429, "rate_limited", "");
    assert_eq!(refused.header("retry-after"), Some("1"));
    let problem = refused.json();
    assert_eq!(problem["temporary"], true);
    assert!(problem["retryAfterMs"].as_u64().is_some_and(|wait| (1..=1_000).contains(&wait)), "{problem}");
    tom.get("/v1/me").await.ok();
}
