//! Invalid input from clients. The server names the error, and other clients are not affected.

use std::ops::ControlFlow;

use causerie_client::{
    Encoding,
    wire::{self, reply, request::Command, server_frame::Body},
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::json;
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::harness::{Cluster, Raw, Received, http};

const MALFORMED: u16 = 4500;
const RATE_LIMITED: u16 = 4401;
// RFC 6455 §7.4.1.
const PROTOCOL_ERROR: u16 = 1002;
const UNSUPPORTED_DATA: u16 = 1003;
const INVALID_DATA: u16 = 1007;
const TOO_LARGE: u16 = 1009;

fn ping() -> Command {
    Command::Ping(wire::Ping {})
}

async fn welcomed(cluster: &Cluster, encoding: Encoding) -> Raw {
    Raw::hello(cluster.nodes[0].public(), encoding, &cluster.tenant.token("ada")).await.0
}

async fn assert_closed(mut raw: Raw, code: u16, what: &str) {
    match raw.closed().await {
        Received::Closed(closed, reason) => {
            assert_eq!(closed, code, "{what}: {reason}");
            assert!(!reason.is_empty(), "{what}: the developer is told why");
        }
        other => panic!("{what}: {other:?}"),
    }
}

/// The refusal of this request. The connection stays open.
async fn refused(raw: &mut Raw, id: u32) -> wire::Error {
    let error = match raw.next_frame().await.body {
        Some(Body::Reply(wire::Reply { id: answered, result: Some(reply::Result::Error(error)) })) => {
            assert_eq!(answered, id);
            error
        }
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(raw.ask(ping()).await, reply::Result::Pong(wire::Pong {}), "the connection goes on");
    error
}

#[tokio::test]
async fn frames_that_cannot_be_read_end_the_connection() {
    let cluster = Cluster::embedded().await;
    let node = cluster.nodes[0].public();
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let cases = [
        (Encoding::Json, Message::text("hello?"), MALFORMED),
        (Encoding::Json, Message::text("{\"ping\":{}"), MALFORMED),
        (Encoding::Json, Message::text(""), MALFORMED),
        (Encoding::Json, Message::text("[]"), MALFORMED),
        (Encoding::Json, Message::text(deep), MALFORMED),
        // Without a request id, a refusal could not be assigned to a request.
        (Encoding::Json, Message::text("{\"sendMessage\":7}"), MALFORMED),
        (Encoding::Proto, Message::binary(vec![0xff; 40]), MALFORMED),
        // Field 4, `ping`, with a length beyond the end of the frame.
        (Encoding::Proto, Message::binary(vec![0x22, 0x7f]), MALFORMED),
        // These frames have the other encoding.
        (
            Encoding::Json,
            Message::binary(Encoding::Proto.encode(&wire::Request { id: 1, command: Some(ping()) })),
            UNSUPPORTED_DATA,
        ),
        (Encoding::Proto, Message::text("{\"id\":1,\"ping\":{}}"), UNSUPPORTED_DATA),
    ];
    for (encoding, message, code) in cases {
        let mut first = Raw::open(node, encoding).await;
        first.send(message.clone()).await;
        assert_closed(first, code, &format!("{message:.80} instead of hello")).await;

        let mut later = welcomed(&cluster, encoding).await;
        later.send(message.clone()).await;
        assert_closed(later, code, &format!("{message:.80} after hello")).await;
    }
}

#[tokio::test]
async fn a_malformed_request_with_a_readable_id_is_answered() {
    let cluster = Cluster::embedded().await;
    let mut raw = welcomed(&cluster, Encoding::Json).await;
    for (request, field) in [
        (r#"{"id":900,"sendMessage":{"text":"cut \ud83d"}}"#, "sendMessage.text"),
        (r#"{"sendMessage":{"text":"\ude00 cut","conversationId":null},"id":900}"#, "sendMessage.text"),
        (r#"{"id":900.0,"editMessage":{"text":"\ud83d\ud83d"}}"#, "editMessage.text"),
        (r#"{"id":"900","renameConversation":{"subject":"\udead"}}"#, "renameConversation.subject"),
        (r#"{"id":900,"searchDirectory":{"query":"\udead"}}"#, "searchDirectory.query"),
        (r#"{"id":900,"startConversation":{"firstMessage":{"text":"\udead"}}}"#, "startConversation.firstMessage.text"),
        ("{\"id\":900,\"sendMessage\":{\"text\":\"raw \u{b}\"}}", "sendMessage.text"),
        (r#"{"id":900,"ping":{}"#, ""),
        (r#"{"id":900,"ping":{}} {}"#, ""),
        (r#"{"id":900,"ping":{},"ping":{}}"#, ""),
    ] {
        raw.send(Message::text(request)).await;
        let error = refused(&mut raw, 900).await;
        assert_eq!((&*error.name, &*error.field), ("malformed", field), "{request}: {}", error.message);
        assert!(!error.temporary);
    }

    let mut raw = welcomed(&cluster, Encoding::Proto).await;
    // `id: 900`, and a truncated field 12.
    raw.send(Message::binary(vec![0x08, 0x84, 0x07, 0x62, 0x7f])).await;
    assert_eq!(refused(&mut raw, 900).await.name, "malformed");
}

#[tokio::test]
async fn nulls_and_integers_in_other_forms_are_read_as_the_json_mapping_says() {
    let cluster = Cluster::embedded().await;
    let mut raw = welcomed(&cluster, Encoding::Json).await;
    for request in [
        json!({ "id": 900.0, "listConversations": { "limit": "1e1", "cursor": null } }),
        json!({ "id": "900.0", "ping": null, "list_conversations": { "limit": 10.0 } }),
    ] {
        raw.send(Message::text(request.to_string())).await;
        let body = raw.next_frame().await.body;
        let Some(Body::Reply(wire::Reply { id: 900, result: Some(reply::Result::ConversationPage(_)) })) = body else {
            panic!("{request}: {body:?}")
        };
    }
}

#[tokio::test]
async fn a_frame_against_the_websocket_protocol_ends_the_connection() {
    let cluster = Cluster::embedded().await;
    let mut reserved = Frame::message("{}".as_bytes().to_vec(), OpCode::Data(Data::Text), true);
    reserved.header_mut().rsv1 = true;
    let unknown = Frame::message(vec![1], OpCode::Data(Data::Reserved(5)), true);
    let unfinished = Frame::message(vec![1], OpCode::Data(Data::Continue), true);
    let no_text = Frame::message(vec![0xc3, 0x28], OpCode::Data(Data::Text), true);
    for (frame, code, what) in [
        (reserved, PROTOCOL_ERROR, "a reserved bit"),
        (unknown, PROTOCOL_ERROR, "an unknown opcode"),
        (unfinished, PROTOCOL_ERROR, "an end without beginning"),
        (no_text, INVALID_DATA, "no UTF-8"),
    ] {
        let mut raw = welcomed(&cluster, Encoding::Json).await;
        raw.send(Message::Frame(frame)).await;
        assert_closed(raw, code, what).await;
    }
    let figures = http::Request::get("/metrics").send(cluster.nodes[0].internal()).await;
    assert!(figures.text().contains("causerie_closes_total{code=\"protocol_error\"} 3\n"), "{}", figures.text());
}

#[tokio::test]
async fn a_field_of_the_wrong_type_is_named() {
    let cluster = Cluster::embedded().await;
    let mut raw = welcomed(&cluster, Encoding::Json).await;
    for (request, field) in [
        (
            json!({ "id": 900, "sendMessage": { "conversationId": 5, "clientId": "", "text": "" } }),
            "sendMessage.conversationId",
        ),
        (json!({ "id": 900, "sendMessage": { "conversationId": "", "clientId": "", "text": ["a"] } }), "sendMessage.text"),
        (json!({ "id": 900, "markRead": { "conversationId": "", "seq": "many" } }), "markRead.seq"),
        (json!({ "id": 900, "markRead": { "conversationId": "", "seq": -1 } }), "markRead.seq"),
        (json!({ "id": 900, "markRead": { "conversationId": "", "seq": 5_000_000_000_u64 } }), "markRead.seq"),
        (json!({ "id": 900, "setTyping": { "conversationId": "", "typing": "yes" } }), "setTyping.typing"),
        (json!({ "id": 900, "getUsers": { "userIds": "all" } }), "getUsers.userIds"),
        (json!({ "id": 900, "getUsers": 1 }), "getUsers"),
        (json!({ "id": 900, "startConversation": { "kind": "CONVERSATION_KIND_PARTY" } }), "startConversation.kind"),
    ] {
        raw.send(Message::text(request.to_string())).await;
        let error = refused(&mut raw, 900).await;
        assert_eq!((&*error.name, &*error.field), ("malformed", field), "{request}: {}", error.message);
        assert!(!error.temporary);
    }

    let mut raw = welcomed(&cluster, Encoding::Proto).await;
    // `Request { id: 900, mark_read: { seq: <text> } }`, and a request whose text is not valid UTF-8.
    for (bytes, field) in [
        (vec![0x08, 0x84, 0x07, 0x7a, 0x03, 0x12, 0x01, 0x61], "markRead.seq"),
        (vec![0x08, 0x84, 0x07, 0x7a, 0x04, 0x0a, 0x02, 0xc3, 0x28], "markRead.conversationId"),
    ] {
        raw.send(Message::binary(bytes)).await;
        let error = refused(&mut raw, 900).await;
        assert_eq!((&*error.name, &*error.field), ("malformed", field), "{}", error.message);
    }
}

#[tokio::test]
async fn a_value_out_of_bounds_is_named() {
    let cluster = Cluster::embedded().await;
    let id = "01980000-0000-7000-8000-000000000000".to_owned();
    let send = |conversation: &str, client: &str, text: &str| {
        Command::SendMessage(wire::SendMessage {
            conversation_id: conversation.to_owned(),
            client_id: client.to_owned(),
            text: text.to_owned(),
        })
    };
    let cases = [
        (send("", &id, "hi"), "invalid", "sendMessage.conversationId"),
        (send("general", &id, "hi"), "invalid", "sendMessage.conversationId"),
        (send(&id, "", "hi"), "invalid", "sendMessage.clientId"),
        (send(&id, &id, " \n\t"), "invalid", "sendMessage.text"),
        (send(&id, &id, "a\0b"), "invalid", "sendMessage.text"),
        (send(&id, &id, "it\u{92}s"), "invalid", "sendMessage.text"),
        // The texts are as long as the frame limit allows.
        (send(&id, &id, &"x".repeat(60 * 1024)), "too_large", "sendMessage.text"),
        (send(&id, &id, &"x".repeat(16 * 1024 + 1)), "too_large", "sendMessage.text"),
        (
            Command::GetHistory(wire::GetHistory { conversation_id: id.clone(), limit: 101, ..Default::default() }),
            "invalid",
            "getHistory.limit",
        ),
        (Command::StartConversation(wire::StartConversation::default()), "invalid", "startConversation.kind"),
        (
            Command::WatchPresence(wire::WatchPresence { user_ids: vec![id.clone(); 201] }),
            "too_large",
            "watchPresence.userIds",
        ),
    ];
    for encoding in Encoding::ALL {
        let mut raw = welcomed(&cluster, encoding).await;
        for (command, name, field) in &cases {
            let sent = raw.request(command.clone()).await;
            let error = refused(&mut raw, sent).await;
            assert_eq!((&*error.name, &*error.field), (*name, *field), "{encoding:?}: {}", error.message);
        }
    }
}

#[tokio::test]
async fn unknown_fields_are_ignored_and_unknown_commands_are_refused() {
    let cluster = Cluster::embedded().await;
    let mut raw = welcomed(&cluster, Encoding::Json).await;
    raw.send(Message::text(json!({ "id": 900, "ping": { "fancy": 1 }, "priority": [1, 2] }).to_string())).await;
    let body = raw.next_frame().await.body;
    let pong = reply::Result::Pong(wire::Pong {});
    assert_eq!(body, Some(Body::Reply(wire::Reply { id: 900, result: Some(pong.clone()) })), "unknown fields are ignored");
    raw.send(Message::text(json!({ "id": 901, "teleport": {} }).to_string())).await;
    assert_eq!(refused(&mut raw, 901).await.name, "unknown_command");
    // A request without an id gets no answer. The next answer shows that the connection stays open.
    raw.send(Message::text(json!({ "teleport": {} }).to_string())).await;
    assert_eq!(raw.ask(ping()).await, pong);

    let mut raw = welcomed(&cluster, Encoding::Proto).await;
    // `id: 900`, and the unknown field 200, without a command.
    raw.send(Message::binary(vec![0x08, 0x84, 0x07, 0xc2, 0x0c, 0x01, 0x61])).await;
    assert_eq!(refused(&mut raw, 900).await.name, "unknown_command");
}

#[tokio::test]
async fn a_request_without_an_id_is_executed_without_an_answer() {
    let cluster = Cluster::embedded().await;
    for encoding in Encoding::ALL {
        let mut raw = welcomed(&cluster, encoding).await;
        let bytes = encoding.encode(&wire::Request { id: 0, command: Some(ping()) });
        raw.send(match encoding {
            Encoding::Proto => Message::Binary(bytes),
            Encoding::Json => Message::Text(bytes.try_into().expect("JSON is UTF-8")),
        })
        .await;
        let id = raw.request(ping()).await;
        let next = raw.next_frame().await.body;
        assert_eq!(next, Some(Body::Reply(wire::Reply { id, result: Some(reply::Result::Pong(wire::Pong {})) })));
    }
}

#[tokio::test]
async fn a_frame_too_large_ends_the_connection() {
    let cluster = Cluster::embedded().await;
    for encoding in Encoding::ALL {
        let large = vec![b' '; 64 * 1024 + 1];
        let message = match encoding {
            Encoding::Proto => Message::binary(large.clone()),
            Encoding::Json => Message::text(String::from_utf8(large.clone()).expect("spaces")),
        };
        let mut raw = welcomed(&cluster, encoding).await;
        raw.send(message).await;
        assert_closed(raw, TOO_LARGE, &format!("{encoding:?}")).await;

        // Splitting a large message into fragments does not help.
        let mut raw = welcomed(&cluster, encoding).await;
        let kind = if encoding == Encoding::Json { Data::Text } else { Data::Binary };
        let (head, tail) = large.split_at(40_000);
        raw.send(Message::Frame(Frame::message(head.to_vec(), OpCode::Data(kind), false))).await;
        raw.send(Message::Frame(Frame::message(tail.to_vec(), OpCode::Data(Data::Continue), true))).await;
        assert_closed(raw, TOO_LARGE, &format!("{encoding:?} in pieces")).await;
    }
}

#[tokio::test]
async fn a_client_above_the_rate_limit_is_told_to_wait_and_then_disconnected() {
    let cluster =
        Cluster::embedded_with(|settings| settings.set("limits.frames_per_second", 1).set("limits.frames_burst", 5)).await;
    let mut raw = welcomed(&cluster, Encoding::Json).await;
    let mut answers = Vec::new();
    for _ in 0..10 {
        answers.push(raw.ask(ping()).await);
    }
    assert!(answers[..5].iter().all(|answer| matches!(answer, reply::Result::Pong(_))), "a burst is fine: {answers:?}");
    let waits = answers.iter().filter_map(|answer| match answer {
        reply::Result::Error(error) => Some(error),
        _ => None,
    });
    let waits: Vec<_> = waits.collect();
    assert!(waits.len() >= 3, "{answers:?}");
    for error in waits {
        assert_eq!((&*error.name, error.temporary), ("rate_limited", true));
        assert!((1..=1_001).contains(&error.retry_after_ms), "{}", error.retry_after_ms);
    }
    for _ in 0..200 {
        if raw.try_send(Message::text("{\"ping\":{}}")).await.is_break() {
            break;
        }
    }
    assert_closed(raw, RATE_LIMITED, "a flood").await;

    // Control frames count towards the limit.
    let mut raw = welcomed(&cluster, Encoding::Json).await;
    for _ in 0..200 {
        if raw.try_send(Message::Ping(Vec::new().into())).await.is_break() {
            break;
        }
    }
    assert_closed(raw, RATE_LIMITED, "a flood of pings").await;

    // Control frames before hello count too.
    let mut raw = Raw::open(cluster.nodes[0].public(), Encoding::Json).await;
    for _ in 0..40 {
        if raw.try_send(Message::Ping(Vec::new().into())).await.is_break() {
            break;
        }
    }
    assert_closed(raw, RATE_LIMITED, "pings instead of a hello").await;
}

#[tokio::test]
async fn a_message_of_endless_empty_fragments_is_a_flood_like_pings() {
    let cluster =
        Cluster::embedded_with(|settings| settings.set("limits.frames_per_second", 1).set("limits.frames_burst", 5)).await;
    let part =
        |kind, text: &str, is_final| Message::Frame(Frame::message(text.as_bytes().to_vec(), OpCode::Data(kind), is_final));
    for (mut raw, what) in [
        (welcomed(&cluster, Encoding::Json).await, "after the hello"),
        (Raw::open(cluster.nodes[0].public(), Encoding::Json).await, "instead of a hello"),
    ] {
        raw.send(part(Data::Text, "{", false)).await;
        for _ in 0..1_000 {
            if raw.try_send(part(Data::Continue, "", false)).await.is_break() {
                break;
            }
        }
        assert_closed(raw, RATE_LIMITED, what).await;
    }
    // A message in a few fragments, some of them empty, is valid.
    let cluster = Cluster::embedded().await;
    let mut raw = welcomed(&cluster, Encoding::Json).await;
    for (kind, text, is_final) in [
        (Data::Text, "", false),
        (Data::Continue, "{\"id\":900,", false),
        (Data::Continue, "", false),
        (Data::Continue, "\"ping\":{}}", false),
        (Data::Continue, "", true),
    ] {
        raw.send(part(kind, text, is_final)).await;
    }
    let pong = wire::Reply { id: 900, result: Some(reply::Result::Pong(wire::Pong {})) };
    assert_eq!(raw.next_frame().await.body, Some(Body::Reply(pong)));
}

#[tokio::test]
async fn messages_have_their_own_rate_limit() {
    let cluster =
        Cluster::embedded_with(|settings| settings.set("limits.sends_per_second", 1).set("limits.sends_burst", 2)).await;
    let mut raw = welcomed(&cluster, Encoding::Proto).await;
    let id = "01980000-0000-7000-8000-000000000000";
    let mut names = Vec::new();
    for _ in 0..4 {
        let send = wire::SendMessage { conversation_id: id.to_owned(), client_id: id.to_owned(), text: "hi".to_owned() };
        match raw.ask(Command::SendMessage(send)).await {
            reply::Result::Error(error) => names.push(error.name),
            other => panic!("there is no such conversation: {other:?}"),
        }
    }
    assert_eq!(names[..2], ["not_found", "not_found"]);
    assert!(names[2..].contains(&"rate_limited".to_owned()), "{names:?}");
    assert_eq!(raw.ask(ping()).await, reply::Result::Pong(wire::Pong {}), "other commands go on");
}

/// Random bytes, or a valid request with some bytes changed.
fn random_message(random: &mut StdRng, encoding: Encoding) -> Message {
    let bytes: Vec<u8> = if random.random_bool(0.5) {
        let length = random.random_range(0..200);
        (0..length).map(|_| random.random()).collect()
    } else {
        let send = wire::SendMessage {
            conversation_id: "01980000-0000-7000-8000-000000000000".to_owned(),
            client_id: "01980000-0000-7000-8000-000000000000".to_owned(),
            text: "what a nice day".to_owned(),
        };
        let request = wire::Request { id: random.random_range(0..9), command: Some(Command::SendMessage(send)) };
        let mut bytes = encoding.encode(&request).to_vec();
        for _ in 0..random.random_range(1..4) {
            let at = random.random_range(0..bytes.len());
            bytes[at] = random.random();
        }
        bytes
    };
    match random.random_range(0..10) {
        0 => Message::Ping(bytes.into_iter().take(125).collect::<Vec<_>>().into()),
        1 => Message::Pong(bytes.into_iter().take(125).collect::<Vec<_>>().into()),
        // A text frame of random bytes, which may be invalid UTF-8.
        2..=5 => Message::Frame(Frame::message(bytes, OpCode::Data(Data::Text), true)),
        _ => Message::Binary(bytes.into()),
    }
}

#[tokio::test]
async fn random_frames_do_not_disturb_other_clients() {
    const FRAMES: usize = 1_000;
    let mut cluster = Cluster::embedded().await;
    let mut bystander = welcomed(&cluster, Encoding::Proto).await;
    let mut random = StdRng::seed_from_u64(0xCA05E51E);
    let mut sent = 0;
    while sent < FRAMES {
        let encoding = Encoding::ALL[sent % 2];
        // Random frames are sent before and after hello.
        let mut raw = if random.random_bool(0.3) {
            Raw::open(cluster.nodes[0].public(), encoding).await
        } else {
            welcomed(&cluster, encoding).await
        };
        for _ in 0..10 {
            sent += 1;
            if raw.try_send(random_message(&mut random, encoding)).await == ControlFlow::Break(()) {
                break;
            }
        }
    }
    assert_eq!(bystander.ask(ping()).await, reply::Result::Pong(wire::Pong {}));
    assert_eq!(http::Request::get("/livez").send(cluster.nodes[0].public()).await.status, 200);
    cluster.nodes[0].terminate();
    assert!(cluster.nodes[0].wait().await.success(), "a task that panicked would fail the end:\n{}", cluster.nodes[0].log());
}
