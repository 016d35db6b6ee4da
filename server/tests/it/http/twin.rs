//! A command gets the same answer or the same refusal over the socket and over HTTP.

use causerie_client::{
    Encoding,
    wire::{self, reply, request::Command},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Caller, text};
use crate::harness::{Cluster, Raw, http::Request};

/// The message in a socket's reply, as JSON.
fn reply_content(result: reply::Result) -> Value {
    let reply = serde_json::to_value(wire::Reply { id: 0, result: Some(result) }).expect("replies are JSON");
    reply.as_object().and_then(|reply| reply.values().next()).cloned().expect("a reply has a result")
}

/// Sends the same request over HTTP and over the socket. Returns both answers.
async fn send_over_http_and_socket(
    caller: &Caller<'_>,
    socket: &mut Raw,
    request: Request,
    command: &Value,
) -> (Value, Value) {
    let command: wire::Request = serde_json::from_value(command.clone()).expect("a request");
    let over_socket = reply_content(socket.ask(command.command.expect("a command")).await);
    let over_http = caller.send(request).await;
    if over_http.status == 200 {
        return (over_http.json(), over_socket);
    }
    let mut problem = over_http.json();
    let problem = problem.as_object_mut().expect("a problem");
    // A problem document holds the fields of an `Error` and further fields of RFC 9457. The socket omits default values.
    let detail = problem.remove("detail").expect("a detail");
    problem.insert("message".to_owned(), detail);
    for extra in ["type", "title", "status"] {
        problem.remove(extra);
    }
    problem.retain(|name, value| name != "temporary" || *value == json!(true));
    (Value::Object(problem.clone()), over_socket)
}

#[tokio::test]
async fn a_command_gets_the_same_answer_over_http_and_over_the_socket() {
    let cluster = Cluster::embedded().await;
    let (lea, tom) = (Caller::user(&cluster, "lea"), Caller::user(&cluster, "tom"));
    let tom_id = tom.id().await;
    let conversation = lea.direct_with("tom").await;
    let message = text(&lea.say(&conversation, "one").await["id"]);
    let others = text(&tom.say(&conversation, "two").await["id"]);
    let (mut socket, _) = Raw::hello(cluster.nodes[0].public(), Encoding::Json, &lea.credential).await;

    let (c, nowhere) = (&conversation, Uuid::now_v7().to_string());
    let in_c = format!("/v1/conversations/{c}");
    let post = |path: String, body: Value| Request::new("POST", path).json(&body);
    let again = json!({ "conversationId": c, "clientId": Uuid::now_v7(), "text": "three" });
    let unknown = json!({ "kind": "CONVERSATION_KIND_DIRECT", "with": [{ "externalId": "nobody" }] });
    let pairs = [
        // Replies.
        (Request::get("/v1/conversations"), json!({ "listConversations": {} })),
        (Request::get(&in_c), json!({ "getConversation": { "conversationId": c } })),
        (Request::get(format!("{in_c}/messages?limit=1")), json!({ "getHistory": { "conversationId": c, "limit": 1 } })),
        (
            Request::get(format!("{in_c}/messages?after_seq=0")),
            json!({ "getHistory": { "conversationId": c, "afterSeq": 0 } }),
        ),
        (
            Request::get(format!("{in_c}/changes?since_version=1")),
            json!({ "getChanges": { "conversationId": c, "sinceVersion": 1 } }),
        ),
        (Request::get(format!("{in_c}/members")), json!({ "listMembers": { "conversationId": c } })),
        (Request::get(format!("/v1/users?id={tom_id}")), json!({ "getUsers": { "userIds": [tom_id] } })),
        (Request::get("/v1/directory?q=tom"), json!({ "searchDirectory": { "query": "tom" } })),
        (Request::get(format!("/v1/presence?user_id={tom_id}")), json!({ "getPresence": { "userIds": [tom_id] } })),
        (post(format!("{in_c}/messages"), again.clone()), json!({ "sendMessage": again })),
        // Refusals.
        (Request::get(format!("/v1/conversations/{nowhere}")), json!({ "getConversation": { "conversationId": nowhere } })),
        (Request::get("/v1/conversations/x"), json!({ "getConversation": { "conversationId": "x" } })),
        (Request::get("/v1/conversations?limit=101"), json!({ "listConversations": { "limit": 101 } })),
        (
            post(format!("{in_c}/messages"), json!({ "clientId": "x", "text": "a" })),
            json!({ "sendMessage": { "conversationId": c, "clientId": "x", "text": "a" } }),
        ),
        (
            Request::new("PATCH", format!("{in_c}/messages/{others}")).json(&json!({ "text": "mine" })),
            json!({ "editMessage": { "conversationId": c, "messageId": others, "text": "mine" } }),
        ),
        (
            Request::new("PATCH", &in_c).json(&json!({ "subject": "a" })),
            json!({ "renameConversation": { "conversationId": c, "subject": "a" } }),
        ),
        (post("/v1/conversations".to_owned(), unknown.clone()), json!({ "startConversation": unknown })),
        (
            Request::new("PATCH", format!("{in_c}/messages/{message}")).json(&json!({})),
            json!({ "editMessage": { "conversationId": c, "messageId": message } }),
        ),
    ];
    for (request, command) in pairs {
        let (over_http, over_socket) = send_over_http_and_socket(&lea, &mut socket, request, &command).await;
        assert_eq!(over_http, over_socket, "{command}");
    }
}

#[tokio::test]
async fn messages_sent_over_http_arrive_on_sockets() {
    let cluster = Cluster::embedded().await;
    let lea = Caller::user(&cluster, "lea");
    let mut tom = cluster.client(0, "tom").await;
    let conversation = lea.direct_with("tom").await;
    let sent = lea.say(&conversation, "over HTTP").await;
    let received = tom.next_message().await;
    assert_eq!(serde_json::to_value(&received).expect("JSON"), sent);
}

#[tokio::test]
async fn commands_that_only_sockets_support_have_no_route() {
    let cluster = Cluster::embedded().await;
    let lea = Caller::user(&cluster, "lea");
    for path in ["/v1/hello", "/v1/ping", "/v1/resume"] {
        assert_eq!(lea.json("POST", path, json!({})).await.status, 404);
    }
    let (mut socket, _) = Raw::hello(cluster.nodes[0].public(), Encoding::Json, &lea.credential).await;
    assert_eq!(reply_content(socket.ask(Command::Ping(wire::Ping {})).await), json!({}));
}
