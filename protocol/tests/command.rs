//! The validation of requests: limits, ids, and the forms of a start.

#[path = "examples/mod.rs"]
mod examples;

use causerie_protocol::{
    ErrorCode, Refusal,
    command::{self, Command as Checked, GroupRef, ReadCommand, Recipient, SocketCommand, Target, UserRef, WriteCommand},
    limits,
    wire::{self, recipient::By, request::Command},
};
use examples::{CLASS, CLIENT, CONVERSATION, LEA, MESSAGE};
use serde_json::Value;

fn request(command: Command) -> wire::Request {
    wire::Request { id: 1, command: Some(command) }
}

fn refusal(command: Command) -> Refusal {
    SocketCommand::try_from(request(command)).expect_err("refused")
}

/// For every field with a limit: the largest allowed value is accepted, and one more is refused.
#[test]
fn every_limit_is_enforced_and_named() {
    let ids = |count: usize| vec![LEA.to_owned(); count];
    let user_refs = |count: usize| vec![wire::UserRef { by: Some(wire::user_ref::By::Id(LEA.into())) }; count];
    let to = |count: usize| vec![to(By::Id(LEA.into())); count];
    let group = |subject: String, with: Vec<wire::Recipient>, text: String| {
        Command::StartConversation(wire::StartConversation {
            kind: wire::ConversationKind::Group.into(),
            with,
            subject,
            client_id: CLIENT.into(),
            first_message: Some(wire::Draft { client_id: CLIENT.into(), text }),
            ..Default::default()
        })
    };
    let resume = |count: usize| {
        let held = wire::Held { conversation_id: CONVERSATION.into(), version: 1 };
        wire::Resume { held: vec![held; count], ..Default::default() }
    };
    let external =
        |length: usize| vec![wire::UserRef { by: Some(wire::user_ref::By::ExternalId("é".repeat(length.div_ceil(2)))) }];
    type Build<'a> = Box<dyn Fn(usize) -> Command + 'a>;
    let conversation_id = || CONVERSATION.to_owned();
    let table: Vec<(&str, usize, ErrorCode, Build)> = vec![
        (
            "sendMessage.text",
            limits::TEXT_BYTES_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| {
                let text = "x".repeat(size);
                Command::SendMessage(wire::SendMessage {
                    conversation_id: conversation_id(),
                    client_id: CLIENT.into(),
                    text,
                })
            }),
        ),
        (
            "editMessage.text",
            limits::TEXT_BYTES_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| {
                let (conversation_id, message_id) = (conversation_id(), MESSAGE.into());
                Command::EditMessage(wire::EditMessage { conversation_id, message_id, text: "x".repeat(size) })
            }),
        ),
        (
            "startConversation.firstMessage.text",
            limits::TEXT_BYTES_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| group("s".into(), to(1), "x".repeat(size))),
        ),
        (
            "startConversation.subject",
            limits::SUBJECT_BYTES_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| group("x".repeat(size), to(1), "hi".into())),
        ),
        (
            "startConversation.with",
            limits::MEMBERS_PER_COMMAND_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| group("s".into(), to(size), "hi".into())),
        ),
        (
            "startConversation.copy",
            limits::MEMBERS_PER_COMMAND_MAX,
            ErrorCode::TooLarge,
            // The addressee of the mail counts too.
            Box::new(|size| Command::StartConversation(wire::StartConversation { copy: to(size - 1), ..mail() })),
        ),
        // Bytes count, not characters: "é" has two bytes.
        (
            "startConversation.with[0].externalId",
            limits::EXTERNAL_ID_BYTES_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| {
                let with = vec![self::to(By::ExternalId("é".repeat(size.div_ceil(2))))];
                group("s".into(), with, "hi".into())
            }),
        ),
        (
            "startConversation.with[0].groupExternalId",
            limits::EXTERNAL_ID_BYTES_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| group("s".into(), vec![self::to(By::GroupExternalId("x".repeat(size)))], "hi".into())),
        ),
        (
            "relate.relation",
            limits::RELATION_BYTES_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| Command::Relate(wire::Relate { relation: "x".repeat(size), user: user_refs(1).pop() })),
        ),
        (
            "relate.user.externalId",
            limits::EXTERNAL_ID_BYTES_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| Command::Relate(wire::Relate { relation: "friend".into(), user: external(size).pop() })),
        ),
        (
            "listRelations.limit",
            limits::PAGE_MAX as usize,
            ErrorCode::Invalid,
            Box::new(|size| Command::ListRelations(wire::ListRelations { limit: size as u32, ..Default::default() })),
        ),
        (
            "renameConversation.subject",
            limits::SUBJECT_BYTES_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| {
                let (conversation_id, subject) = (conversation_id(), "x".repeat(size));
                Command::RenameConversation(wire::RenameConversation { conversation_id, subject })
            }),
        ),
        (
            "addMembers.users",
            limits::MEMBERS_PER_COMMAND_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| {
                Command::AddMembers(wire::AddMembers { conversation_id: conversation_id(), users: user_refs(size) })
            }),
        ),
        (
            "addMembers.users[0].externalId",
            limits::EXTERNAL_ID_BYTES_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| {
                let users = external(size);
                Command::AddMembers(wire::AddMembers { conversation_id: conversation_id(), users })
            }),
        ),
        (
            "getUsers.userIds",
            limits::USERS_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| Command::GetUsers(wire::GetUsers { user_ids: ids(size) })),
        ),
        (
            "watchPresence.userIds",
            limits::PRESENCE_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| Command::WatchPresence(wire::WatchPresence { user_ids: ids(size) })),
        ),
        (
            "getPresence.userIds",
            limits::PRESENCE_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| Command::GetPresence(wire::GetPresence { user_ids: ids(size) })),
        ),
        (
            "watchContacts.users",
            limits::CONTACTS_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| Command::WatchContacts(wire::WatchContacts { users: user_refs(size) })),
        ),
        (
            "watchContacts.users[0].externalId",
            limits::EXTERNAL_ID_BYTES_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| Command::WatchContacts(wire::WatchContacts { users: external(size) })),
        ),
        (
            "searchDirectory.query",
            limits::QUERY_BYTES_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| {
                Command::SearchDirectory(wire::SearchDirectory { query: "x".repeat(size), ..Default::default() })
            }),
        ),
        (
            "searchDirectory.limit",
            limits::DIRECTORY_PAGE_MAX as usize,
            ErrorCode::Invalid,
            Box::new(|size| Command::SearchDirectory(wire::SearchDirectory { limit: size as u32, ..Default::default() })),
        ),
        (
            "listConversations.limit",
            limits::PAGE_MAX as usize,
            ErrorCode::Invalid,
            Box::new(|size| {
                Command::ListConversations(wire::ListConversations { cursor: String::new(), limit: size as u32 })
            }),
        ),
        (
            "listMembers.limit",
            limits::PAGE_MAX as usize,
            ErrorCode::Invalid,
            Box::new(|size| {
                let (conversation_id, cursor) = (conversation_id(), String::new());
                Command::ListMembers(wire::ListMembers { conversation_id, cursor, limit: size as u32 })
            }),
        ),
        (
            "getHistory.limit",
            limits::PAGE_MAX as usize,
            ErrorCode::Invalid,
            Box::new(|size| {
                let (conversation_id, limit) = (conversation_id(), size as u32);
                Command::GetHistory(wire::GetHistory { conversation_id, limit, ..Default::default() })
            }),
        ),
        ("resume.held", limits::HELD_MAX, ErrorCode::TooLarge, Box::new(|size| Command::Resume(resume(size)))),
        (
            "hello.resume.held",
            limits::HELD_MAX,
            ErrorCode::TooLarge,
            Box::new(|size| Command::Hello(wire::Hello { token: "t".into(), client: None, resume: Some(resume(size)) })),
        ),
    ];
    for (field, max, code, build) in table {
        let allowed = SocketCommand::try_from(request(build(max)));
        assert!(allowed.is_ok(), "{field} of {max}: {allowed:?}");
        let refusal = refusal(build(max + 1));
        assert_eq!((refusal.code, refusal.field.as_str()), (code, field), "{refusal}");
        assert!(refusal.message.contains(field), "{refusal}");
    }
}

/// For every id in every command: a missing id and a text that is not a UUID have different errors, and both name the
/// field.
#[test]
fn every_id_is_checked_and_named() {
    let mut checked = 0;
    for example in examples::requests() {
        let value = serde_json::to_value(&example).expect("JSON");
        let mut places = Vec::new();
        ids_in(&value, String::new(), &mut places);
        for place in places {
            for (bad, why) in [("", "missing"), ("nobody", "UUID")] {
                let mut bent = value.clone();
                *bent.pointer_mut(&place).expect("there") = bad.into();
                let request: wire::Request = serde_json::from_value(bent).expect("decodes");
                let refusal = SocketCommand::try_from(request).expect_err(&place);
                let field = place.trim_start_matches('/').replace('/', ".");
                // The path `with/0/id` is written `with[0].id`.
                let spoken = (0..10).fold(field, |field, n| {
                    let field = field.replace(&format!(".{n}."), &format!("[{n}]."));
                    field.strip_suffix(&format!(".{n}")).map_or(field.clone(), |list| format!("{list}[{n}]"))
                });
                assert_eq!(refusal.code, ErrorCode::Invalid, "{spoken}: {refusal}");
                assert_eq!(refusal.field, spoken, "{refusal}");
                assert!(refusal.message.contains(why), "{refusal}");
                checked += 1;
            }
        }
    }
    assert!(checked >= 50, "only {checked} ids were found");
}

/// The JSON pointers of all ids in a value.
fn ids_in(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| ids_in(value, format!("{at}/{key}"), places)),
        Value::Array(values) => values.iter().enumerate().for_each(|(n, value)| ids_in(value, format!("{at}/{n}"), places)),
        Value::String(text) if [CONVERSATION, MESSAGE, CLIENT, LEA, examples::NOA, CLASS].contains(&text.as_str()) => {
            places.push(at)
        }
        _ => {}
    }
}

#[test]
fn unreadable_texts_are_refused() {
    for text in ["", " \n\t\u{a0}", "a\0b"] {
        let send = wire::SendMessage { conversation_id: CONVERSATION.into(), client_id: CLIENT.into(), text: text.into() };
        let refusal = refusal(Command::SendMessage(send));
        assert_eq!((refusal.code, refusal.field.as_str()), (ErrorCode::Invalid, "sendMessage.text"), "{text:?}");
    }
}

#[test]
fn ends_of_lines_are_kept_in_texts_and_are_spaces_elsewhere() {
    let typed = "a\r\nb\rc\u{b}d\u{c}e\u{85}f\u{2028}g\u{2029}h\ti\nj";
    let text = |command| match SocketCommand::try_from(request(command)) {
        Ok(SocketCommand::Any(Checked::Write(WriteCommand::SendMessage { draft, .. }))) => draft.text,
        Ok(SocketCommand::Any(Checked::Write(WriteCommand::EditMessage { text, .. }))) => text,
        Ok(SocketCommand::Any(Checked::Write(WriteCommand::RenameConversation { subject, .. }))) => subject,
        Ok(SocketCommand::Any(Checked::Read(ReadCommand::SearchDirectory { query, .. }))) => query,
        other => panic!("not a text: {other:?}"),
    };
    let conversation_id = || CONVERSATION.to_owned();
    let send = |text: &str| {
        let (conversation_id, client_id) = (conversation_id(), CLIENT.into());
        Command::SendMessage(wire::SendMessage { conversation_id, client_id, text: text.into() })
    };
    let edit = |text: &str| {
        let (conversation_id, message_id) = (conversation_id(), MESSAGE.into());
        Command::EditMessage(wire::EditMessage { conversation_id, message_id, text: text.into() })
    };
    let rename = |subject: &str| {
        let (conversation_id, subject) = (conversation_id(), subject.into());
        Command::RenameConversation(wire::RenameConversation { conversation_id, subject })
    };
    let search = |query: &str| Command::SearchDirectory(wire::SearchDirectory { query: query.into(), ..Default::default() });
    for command in [send(typed), edit(typed)] {
        assert_eq!(text(command), "a\nb\nc\nd\ne\nf\ng\nh\ti\nj");
    }
    for command in [rename(typed), search(typed)] {
        assert_eq!(text(command), "a b c d e f g h i j");
    }
    assert_eq!(refusal(send("\u{2028}\r\n\u{85}")).message, "`sendMessage.text` is empty");
    // The limit applies to the stored text.
    assert_eq!(text(send(&"\u{2029}x".repeat(limits::TEXT_BYTES_MAX / 2))).len(), limits::TEXT_BYTES_MAX);

    for letter in ['\0', '\u{7}', '\u{1b}', '\u{7f}', '\u{80}', '\u{92}', '\u{9f}'] {
        let (typed, code) = (format!("it{letter}s"), format!("U+{:04X}", u32::from(letter)));
        for (command, field) in [
            (send(&typed), "sendMessage.text"),
            (edit(&typed), "editMessage.text"),
            (rename(&typed), "renameConversation.subject"),
            (search(&typed), "searchDirectory.query"),
        ] {
            let refusal = refusal(command);
            assert_eq!((refusal.code, &*refusal.field), (ErrorCode::Invalid, field));
            assert!(refusal.message.contains(&code), "{refusal}");
        }
    }
    let user = wire::UserRef { by: Some(wire::user_ref::By::ExternalId("le\na".into())) };
    let relate = wire::Relate { relation: "friend".into(), user: Some(user) };
    assert_eq!(refusal(Command::Relate(relate)).field, "relate.user.externalId", "an id is exactly what the product says");
}

fn to(by: By) -> wire::Recipient {
    wire::Recipient { by: Some(by) }
}

/// A mail with all required fields.
fn mail() -> wire::StartConversation {
    wire::StartConversation {
        kind: wire::ConversationKind::Mail.into(),
        with: vec![to(By::Id(LEA.into()))],
        client_id: CLIENT.into(),
        first_message: Some(wire::Draft { client_id: CLIENT.into(), text: "hi".into() }),
        ..Default::default()
    }
}

fn target(start: wire::StartConversation) -> Target {
    command::StartConversation::try_from(start).expect("can be asked for").target
}

#[test]
fn a_mail_keeps_the_order_of_its_recipients() {
    let start = wire::StartConversation {
        with: vec![to(By::GroupId(CLASS.into())), to(By::ExternalId("sam".into()))],
        copy: vec![to(By::GroupExternalId("staff".into()))],
        in_reply_to: MESSAGE.into(),
        ..mail()
    };
    let expected = Target::Mail {
        to: vec![
            Recipient::Group(GroupRef::Id(CLASS.parse().expect("an id"))),
            Recipient::User(UserRef::ExternalId("sam".into())),
        ],
        copy: vec![Recipient::Group(GroupRef::ExternalId("staff".into()))],
        subject: String::new(),
        client_id: CLIENT.parse().expect("an id"),
        in_reply_to: Some(MESSAGE.parse().expect("an id")),
    };
    assert_eq!(target(start), expected);
    assert!(matches!(target(mail()), Target::Mail { in_reply_to: None, .. }));
}

#[test]
fn a_group_is_accepted_as_a_recipient_and_left_to_the_rules() {
    let kind = wire::ConversationKind::Direct.into();
    let with = vec![to(By::GroupId(CLASS.into()))];
    let direct = target(wire::StartConversation { kind, with, ..Default::default() });
    assert_eq!(direct, Target::Direct(Recipient::Group(GroupRef::Id(CLASS.parse().expect("an id")))));
}

#[test]
fn missing_and_superfluous_fields_of_a_start_are_named() {
    let direct = || wire::StartConversation { kind: wire::ConversationKind::Direct.into(), ..mail() };
    let group = || wire::StartConversation { kind: wire::ConversationKind::Group.into(), ..mail() };
    let note = || wire::StartConversation { kind: wire::ConversationKind::NoteToSelf.into(), ..mail() };
    let table = [
        ("kind", wire::StartConversation { kind: 0, ..mail() }),
        ("kind", wire::StartConversation { kind: 99, ..mail() }),
        ("with", wire::StartConversation { with: vec![], ..mail() }),
        ("with[1]", wire::StartConversation { with: vec![to(By::Id(LEA.into())), Default::default()], ..mail() }),
        ("with[0]", wire::StartConversation { with: vec![to(By::GroupExternalId(String::new()))], ..mail() }),
        ("copy[0]", wire::StartConversation { copy: vec![to(By::ExternalId(String::new()))], ..mail() }),
        ("copy[0].groupId", wire::StartConversation { copy: vec![to(By::GroupId("6a".into()))], ..mail() }),
        ("firstMessage", wire::StartConversation { first_message: None, ..mail() }),
        ("inReplyTo", wire::StartConversation { in_reply_to: "yesterday".into(), ..mail() }),
        ("inReplyTo", wire::StartConversation { in_reply_to: MESSAGE.into(), ..direct() }),
        ("copy", wire::StartConversation { copy: vec![to(By::Id(LEA.into()))], ..group() }),
        ("with", wire::StartConversation { with: vec![to(By::Id(LEA.into())); 2], ..direct() }),
        ("with", note()),
    ];
    for (field, start) in table {
        let refusal = refusal(Command::StartConversation(start));
        assert_eq!((refusal.code, refusal.field), (ErrorCode::Invalid, format!("startConversation.{field}")));
    }
}

#[test]
fn the_name_of_a_relation_has_the_form_of_policies() {
    let user = || Some(wire::UserRef { by: Some(wire::user_ref::By::Id(LEA.into())) });
    for relation in ["", "Friend", "best friend", "ami·e", "friend-of"] {
        let refusal = refusal(Command::Relate(wire::Relate { relation: relation.into(), user: user() }));
        assert_eq!((refusal.code, refusal.field.as_str()), (ErrorCode::Invalid, "relate.relation"), "{relation}");
    }
    let unrelate = Command::Unrelate(wire::Unrelate { relation: "friend_2".into(), user: None });
    assert_eq!(refusal(unrelate).field, "unrelate.user");
    let all = SocketCommand::try_from(request(Command::ListRelations(wire::ListRelations::default())));
    let expected =
        Checked::Read(ReadCommand::ListRelations { relation: None, cursor: String::new(), limit: limits::PAGE_DEFAULT });
    assert_eq!(all, Ok(SocketCommand::Any(expected)));
}
