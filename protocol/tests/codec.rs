//! Both encodings carry the same messages, no input panics the decoder, and a refusal names the field that caused it.

#[path = "examples/mod.rs"]
mod examples;
#[path = "examples/schema.rs"]
mod schema;

use causerie_protocol::{
    Encoding, ErrorCode,
    command::SocketCommand,
    wire::{self, request::Command},
};
use pbjson_types::Timestamp;
use proptest::prelude::*;
use prost::Message;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Converts a value from JSON to binary and back to JSON, and through each encoding alone.
fn survives<M>(value: &M) -> Result<(), TestCaseError>
where
    M: Message + Serialize + DeserializeOwned + Default + PartialEq + std::fmt::Debug,
{
    let json = Encoding::Json.encode(value);
    let from_json: M = Encoding::Json.decode(&json).map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
    prop_assert_eq!(&from_json, value);
    let binary = Encoding::Proto.encode(&from_json);
    let from_binary: M = Encoding::Proto.decode(&binary).map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
    prop_assert_eq!(Encoding::Json.encode(&from_binary), json);
    Ok(())
}

prop_compose! {
    /// From year 1 to year 9999, the range of the JSON mapping.
    fn timestamp()(seconds in -62_135_596_800i64..253_402_300_800, nanos in 0i32..1_000_000_000) -> Timestamp {
        Timestamp { seconds, nanos }
    }
}

prop_compose! {
    fn message()(
        id: String,
        conversation_id: String,
        numbers: (u32, u32),
        author_id: String,
        client_id: String,
        text: String,
        sent_at in proptest::option::of(timestamp()),
        edited_at in proptest::option::of(timestamp()),
        deleted_at in proptest::option::of(timestamp()),
    ) -> wire::Message {
        let (seq, version) = numbers;
        wire::Message { id, conversation_id, seq, version, author_id, client_id, text, sent_at, edited_at, deleted_at }
    }
}

prop_compose! {
    fn send()(id: u32, conversation_id: String, client_id: String, text: String) -> wire::Request {
        let send = wire::SendMessage { conversation_id, client_id, text };
        wire::Request { id, command: Some(Command::SendMessage(send)) }
    }
}

prop_compose! {
    fn history()(id: u32, conversation_id: String, before_seq: u32, after_seq: Option<u32>, limit: u32) -> wire::Request {
        let get = wire::GetHistory { conversation_id, before_seq, after_seq, limit };
        wire::Request { id, command: Some(Command::GetHistory(get)) }
    }
}

fn frame() -> impl Strategy<Value = wire::ServerFrame> {
    use wire::{event::Kind, reply::Result as Answer, server_frame::Body};
    let event = |kind| wire::ServerFrame { body: Some(Body::Event(wire::Event { kind: Some(kind) })) };
    let event_of = |message: Option<wire::Message>| wire::MessageEvent { message };
    prop_oneof![
        proptest::option::of(message()).prop_map(move |message| event(Kind::MessageSent(event_of(message)))),
        proptest::option::of(message()).prop_map(move |message| event(Kind::MessageDeleted(event_of(message)))),
        (any::<(String, u32, Option<String>, u32)>(), 0i32..4, proptest::collection::vec(any::<String>(), 0..4)).prop_map(
            move |((conversation_id, version, subject, member_count), state, members_removed)| {
                event(Kind::ConversationChanged(wire::ConversationChanged {
                    conversation_id,
                    version,
                    subject,
                    state,
                    members_removed,
                    member_count,
                    ..Default::default()
                }))
            }
        ),
        (any::<u32>(), proptest::collection::vec(message(), 0..4), any::<(bool, bool, u32)>()).prop_map(
            |(id, messages, (more_before, more_after, version))| {
                let page = wire::MessagePage { messages, more_before, more_after, version };
                wire::ServerFrame { body: Some(Body::Reply(wire::Reply { id, result: Some(Answer::MessagePage(page)) })) }
            }
        ),
    ]
}

/// Decodes bytes without regard to the result.
fn digest(bytes: &[u8]) {
    for encoding in Encoding::ALL {
        if let Ok(request) = encoding.decode::<wire::Request>(bytes) {
            let _ = SocketCommand::try_from(request);
        }
        let _ = encoding.decode::<wire::ServerFrame>(bytes);
    }
}

proptest! {
    #[test]
    fn any_send_survives_both_encodings(request in send()) {
        survives(&request)?;
    }

    #[test]
    fn any_read_request_survives_both_encodings(request in history()) {
        survives(&request)?;
    }

    #[test]
    fn any_frame_survives_both_encodings(frame in frame()) {
        survives(&frame)?;
    }

    #[test]
    fn random_bytes_do_not_panic_the_decoder(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        digest(&bytes);
    }

    #[test]
    fn a_frame_with_one_changed_byte_does_not_panic_the_decoder(
        which: prop::sample::Index, at: prop::sample::Index, value: u8, cut: bool,
    ) {
        let requests = examples::requests();
        for encoding in Encoding::ALL {
            let mut bytes = encoding.encode(&requests[which.index(requests.len())]).to_vec();
            let at = at.index(bytes.len());
            bytes[at] = value;
            bytes.truncate(if cut { at } else { bytes.len() });
            digest(&bytes);
        }
    }
}

/// Rewrites a message in other forms of protobuf's JSON mapping: absent fields as `null`, integers with a fraction, as
/// text, or both. `choose` selects the form.
fn loosen(message: &str, value: &mut Value, choose: &mut impl FnMut(u64) -> u64) {
    let fields = value.as_object_mut().expect("an object");
    for field in schema::message(message).field {
        let name = if choose(2) == 0 { field.json_name() } else { field.name() };
        let Some(mut value) = fields.remove(field.json_name()) else {
            if choose(2) == 0 {
                fields.insert(name.to_owned(), Value::Null);
            }
            continue;
        };
        if let Some(inner) = field.type_name().strip_prefix(".causerie.v1.") {
            let values = match &mut value {
                Value::Array(values) => values.as_mut_slice(),
                one => std::slice::from_mut(one),
            };
            values.iter_mut().filter(|value| value.is_object()).for_each(|value| loosen(inner, value, choose));
        } else if let Some(number) = value.as_u64() {
            value = match choose(5) {
                0 => json!(number as f64),
                1 => json!(number.to_string()),
                2 => json!(format!("{number}.000")),
                3 => json!(format!("{number}.0E+0")),
                _ => value,
            };
        }
        fields.insert(name.to_owned(), value);
    }
}

proptest! {
    #[test]
    fn any_request_means_the_same_with_nulls_and_in_every_form_of_its_integers(
        picks in proptest::collection::vec(any::<u64>(), 1..40), request in prop_oneof![send(), history()],
    ) {
        for request in examples::requests().into_iter().chain([request]) {
            let mut value = serde_json::to_value(&request).expect("JSON");
            let mut at = picks.iter().cycle();
            loosen("Request", &mut value, &mut |among| at.next().expect("it goes on for ever") % among);
            let decoded = Encoding::Json.decode::<wire::Request>(value.to_string().as_bytes());
            prop_assert_eq!(decoded, Ok(request), "{}", value);
        }
    }
}

#[test]
fn null_is_an_absent_field_and_integers_may_have_a_fraction_or_an_exponent() {
    let decoded = |frame: &str| Encoding::Json.decode::<wire::Request>(frame.as_bytes());
    let plain = decoded(r#"{"id":10,"getHistory":{"conversationId":"a","beforeSeq":30,"limit":5}}"#).expect("decoded");
    for frame in [
        r#"{"id":1e1,"getHistory":{"conversationId":"a","beforeSeq":30,"limit":5}}"#,
        r#"{"id":"1e1","getHistory":{"conversationId":"a","beforeSeq":30.0,"limit":0.5e1}}"#,
        r#"{"id":"10.0","getHistory":{"conversationId":"a","before_seq":"3E+1","afterSeq":null,"limit":"5"}}"#,
        r#" {"id":10.00,"ping":null,"getHistory":{"conversationId":"a","beforeSeq":30,"limit":5,"later":null},"more":[null]} "#,
    ] {
        assert_eq!(decoded(frame).as_ref(), Ok(&plain), "{frame}");
    }
    assert_eq!(decoded(r#"{"id":null,"ping":{}}"#).expect("decoded").id, 0);
    let start = r#"{"id":1,"startConversation":{"kind":2.0,"firstMessage":null,"with":null,"subject":"1e1"}}"#;
    let Some(Command::StartConversation(start)) = decoded(start).expect("decoded").command else { panic!("a start") };
    assert_eq!((start.kind, start.subject.as_str()), (2, "1e1"), "texts stay as they are");

    for (frame, blamed) in [
        (r#"{"id":7,"ping":null,"markRead":{"seq":1.5}}"#, "markRead.seq"),
        (r#"{"id":7,"ping":null,"markRead":{"seq":"1.5"}}"#, "markRead.seq"),
        (r#"{"id":7,"ping":null,"markRead":{"seq":1e10}}"#, "markRead.seq"),
        (r#"{"id":7,"ping":null,"markRead":{"seq":-1.0}}"#, "markRead.seq"),
        (r#"{"id":7,"ping":null,"getUsers":{"userIds":["a",null]}}"#, "getUsers.userIds[1]"),
        (r#"{"id":7,"ping":null,"sendMessage":{"text":1.0}}"#, "sendMessage.text"),
        (r#"{"id":7,"ping":null,"startConversation":{"kind":"2.0"}}"#, "startConversation.kind"),
        (r#"{"id":7,"ping":null,"markRead":{"seq":1,"seq":1}}"#, "markRead.seq"),
        (r#"{"id":7,"ping":null,"sendMessage":{"text":"cut \ud83d"}}"#, "sendMessage.text"),
        (r#"{"id":7,"ping":null,"sendMessage":{"text":5}}"#, "sendMessage.text"),
        (r#"{"id":7,"ping":null,"setTyping":{"typing":"yes"}}"#, "setTyping.typing"),
    ] {
        let refusal = decoded(frame).expect_err(frame);
        assert_eq!(refusal.code, ErrorCode::Malformed, "{frame}");
        assert!(refusal.field == blamed || refusal.message.contains("duplicate field `seq`"), "{frame}: {refusal:?}");
        assert!(!refusal.message.contains(" at line "), "{refusal}");
    }
}

#[test]
fn a_text_that_is_not_unicode_is_refused_with_its_field() {
    for text in [r"cut \ud83d", r"\ud83d\ud83d", r"\ude00", r"\ud83d\u0041", "raw \u{b}"] {
        let frame = format!(r#"{{"id":7,"editMessage":{{"text":"{text}","messageId":null}}}}"#);
        let refusal = Encoding::Json.decode::<wire::Request>(frame.as_bytes()).expect_err(&frame);
        assert_eq!((refusal.code, refusal.field.as_str()), (ErrorCode::Malformed, "editMessage.text"), "{refusal}");
        assert_eq!(Encoding::Json.request_id(frame.as_bytes()), Some(7), "{frame}");
    }
    let whole = r#"{"id":7,"editMessage":{"text":"\ud83d\ude00"}}"#;
    assert!(Encoding::Json.decode::<wire::Request>(whole.as_bytes()).is_ok());
}

#[test]
fn the_id_of_a_refused_request_can_be_read_in_both_encodings() {
    let cut = [field(1, b"x"), field(12, b"1234")].concat();
    assert_eq!(Encoding::Proto.request_id(&cut), None, "the id is of another type");
    assert_eq!(Encoding::Proto.request_id(&[8, 7, 99]), Some(7), "cut behind its id");
    assert_eq!(Encoding::Proto.request_id(&[&[8, 7][..], &field(12, &field(3, b"\xff"))].concat()), Some(7));
    assert_eq!(Encoding::Proto.request_id(&[8, 0]), None, "0 asks for no answer");
    assert_eq!(Encoding::Json.request_id(br#"{"id":0,"ping":5}"#), None, "0 asks for no answer");
    assert_eq!(Encoding::Json.request_id(br#"{"ping":5,"id":7}"#), Some(7));
}

/// Adds an unknown field to every object.
fn with_unknown_fields(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(with_unknown_fields);
            fields.insert("addedLater".into(), json!({ "much": [1, "two", null] }));
        }
        Value::Array(values) => values.iter_mut().for_each(with_unknown_fields),
        _ => {}
    }
}

#[test]
fn fields_added_later_are_ignored_in_json() {
    for request in examples::requests() {
        let mut value = serde_json::to_value(&request).expect("JSON");
        with_unknown_fields(&mut value);
        let decoded: wire::Request = Encoding::Json.decode(value.to_string().as_bytes()).expect("decoded");
        assert_eq!(decoded, request);
    }
    for frame in examples::replies().into_iter().chain(examples::events()) {
        let mut value = serde_json::to_value(&frame).expect("JSON");
        with_unknown_fields(&mut value);
        let decoded: wire::ServerFrame = Encoding::Json.decode(value.to_string().as_bytes()).expect("decoded");
        assert_eq!(decoded, frame);
    }
}

/// One field of a protobuf message with wire type 2 (bytes).
fn field(number: u32, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    prost::encoding::encode_varint(u64::from(number) << 3 | 2, &mut out);
    prost::encoding::encode_varint(bytes.len() as u64, &mut out);
    out.extend(bytes);
    out
}

#[test]
fn fields_added_later_are_ignored_in_protobuf() {
    let send = wire::SendMessage { text: "hi".into(), ..Default::default() };
    // Unknown fields in the message and in the request, and a command that this version does not know.
    let inner = [send.encode_to_vec(), field(900, b"later")].concat();
    let bytes = [field(12, &inner), field(901, b"later")].concat();
    let decoded: wire::Request = Encoding::Proto.decode(&bytes).expect("decoded");
    assert_eq!(decoded, wire::Request { id: 0, command: Some(Command::SendMessage(send)) });
    let decoded: wire::Request = Encoding::Proto.decode(&field(900, b"later")).expect("decoded");
    assert_eq!(SocketCommand::try_from(decoded).expect_err("unknown").code, ErrorCode::UnknownCommand);
}

#[test]
fn an_unknown_command_differs_from_an_unreadable_command() {
    let decoded: wire::Request = Encoding::Json.decode(br#"{"id":7,"addedLater":{"x":1}}"#).expect("decoded");
    assert_eq!(decoded.id, 7);
    assert_eq!(SocketCommand::try_from(decoded).expect_err("unknown").code, ErrorCode::UnknownCommand);
}

#[test]
fn a_value_of_the_wrong_type_is_refused_with_its_field() {
    let table = [
        (r#"{"id":7,"sendMessage":{"text":5}}"#, "sendMessage.text"),
        (r#"{"id":7,"sendMessage":{"conversationId":["x"]}}"#, "sendMessage.conversationId"),
        (r#"{"id":7,"sendMessage":"hi"}"#, "sendMessage"),
        (r#"{"id":"seven"}"#, "id"),
        (r#"{"id":-1}"#, "id"),
        (r#"{"id":4294967296}"#, "id"),
        (r#"{"markRead":{"seq":1.5}}"#, "markRead.seq"),
        (r#"{"setTyping":{"typing":"yes"}}"#, "setTyping.typing"),
        (r#"{"getUsers":{"userIds":["a",5]}}"#, "getUsers.userIds[1]"),
        (r#"{"startConversation":{"kind":"PARTY"}}"#, "startConversation.kind"),
        (r#"{"startConversation":{"with":[{"id":"a"},{"id":5}]}}"#, "startConversation.with[1].id"),
        (r#"{"startConversation":{"firstMessage":{"text":{}}}}"#, "startConversation.firstMessage.text"),
        (r#"{"hello":{"resume":{"held":[{"version":"x"}]}}}"#, "hello.resume.held[0].version"),
    ];
    for (frame, blamed) in table {
        let refusal = Encoding::Json.decode::<wire::Request>(frame.as_bytes()).expect_err(frame);
        assert_eq!((refusal.code, refusal.field.as_str()), (ErrorCode::Malformed, blamed), "{frame}: {refusal}");
    }
}

#[test]
fn bytes_that_are_no_frame_are_malformed() {
    for text in ["", "{", "[]", "5", "null", r#"{"id":7}{"id":8}"#, r#"{"id":7} x"#, r#"{"id":NaN}"#, "\u{feff}{}"] {
        let refusal = Encoding::Json.decode::<wire::Request>(text.as_bytes()).expect_err(text);
        assert_eq!(refusal.code, ErrorCode::Malformed, "{text}");
    }
    // Deep nesting needs no stack: it is skipped in an unknown field, and refused in other fields.
    let deep = |field: &str| format!(r#"{{"id":7,"{field}":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(Encoding::Json.decode::<wire::Request>(deep("x").as_bytes()).expect("skipped").id, 7);
    assert!(Encoding::Json.decode::<wire::Request>(deep("hello").as_bytes()).is_err());
    assert!(Encoding::Json.decode::<wire::Request>(b"{\"sendMessage\":{\"text\":\"\xff\"}}").is_err());
}

#[test]
fn bytes_of_the_wrong_type_are_refused_with_their_field() {
    let table = [
        // Text that is not UTF-8. The error of protobuf contains neither the index in a list nor the variant of a user
        // reference.
        (field(12, &field(3, b"\xff")), "sendMessage.text"),
        (field(21, &field(1, b"\xff")), "getUsers.userIds"),
        (field(6, &field(2, &field(1, b"\xff"))), "startConversation.with"),
        (field(6, &field(5, &field(2, b"\xff"))), "startConversation.firstMessage.text"),
        (field(2, &field(3, &field(1, b"\xff"))), "hello.resume.epoch"),
        // A number in place of a text, and a text in place of a number.
        (field(12, &[3 << 3, 5]), "sendMessage.text"),
        (field(1, b"seven"), "id"),
    ];
    for (bytes, blamed) in table {
        let refusal = Encoding::Proto.decode::<wire::Request>(&bytes).expect_err(blamed);
        assert_eq!((refusal.code, refusal.field.as_str()), (ErrorCode::Malformed, blamed), "{refusal}");
    }
    let truncated = Encoding::Proto.decode::<wire::Request>(&field(12, b"1234")[..4]).expect_err("truncated");
    assert_eq!(truncated.code, ErrorCode::Malformed);
}
