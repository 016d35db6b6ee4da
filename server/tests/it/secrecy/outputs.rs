//! Every reply and event of the schema, and the data that it may reveal to a member who may not read the conversation.

use std::{collections::HashSet, time::Duration};

use causerie_client::{
    ClientId, Encoding,
    wire::{self, request::Command, server_frame::Body},
};
use causerie_protocol::DESCRIPTORS;
use prost::Message as _;
use prost_types::FileDescriptorSet;

use super::{TEAM, under};
use crate::{
    harness::{Raw, Received},
    scenarios::{
        Answered as _, System, User,
        facts::{Row, group, member, user},
        user::{id, message_id, user_recipient},
    },
};

/// The data that a kind of reply or event may reveal about the conversation to a member who may not read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum May {
    /// The frame is not sent, or it is about another conversation.
    Nothing,
    /// The conversation's id.
    NameIt,
}

use May::{NameIt, Nothing};

const REPLIES: [(&str, May); 24] = [
    ("error", Nothing),
    // It names the conversations that the client held and that are gone.
    ("welcome", NameIt),
    ("token_refreshed", Nothing),
    ("pong", Nothing),
    ("resumed", NameIt),
    ("conversation_started", Nothing),
    ("conversation_page", Nothing),
    ("conversation_found", Nothing),
    ("message_page", Nothing),
    ("changes", Nothing),
    ("member_page", Nothing),
    ("message_sent", Nothing),
    ("message_edited", Nothing),
    ("message_deleted", Nothing),
    ("marked", Nothing),
    ("typing_set", Nothing),
    // A member may leave, and the reply names the conversation.
    ("conversation_updated", NameIt),
    ("conversation_deleted", NameIt),
    ("user_list", Nothing),
    // The existing direct conversation with a user in the search result.
    ("directory_page", NameIt),
    ("presence_list", Nothing),
    ("relation_updated", Nothing),
    ("relation_page", Nothing),
    ("contact_list", Nothing),
];

const EVENTS: [(&str, May); 17] = [
    ("message_sent", Nothing),
    ("message_edited", Nothing),
    ("message_deleted", Nothing),
    ("conversation_changed", Nothing),
    ("conversation_joined", Nothing),
    ("conversation_left", NameIt),
    ("capabilities_changed", Nothing),
    ("read_state_changed", Nothing),
    ("member_read", Nothing),
    ("typing", Nothing),
    ("presence_changed", Nothing),
    ("gap", Nothing),
    ("token_expiring", Nothing),
    ("going_away", Nothing),
    ("relation_changed", Nothing),
    ("contacts_changed", Nothing),
    ("may_start_changed", Nothing),
];

/// The names of the fields of a `oneof` in a message of the schema.
fn kinds(message: &str) -> HashSet<String> {
    let files = FileDescriptorSet::decode(DESCRIPTORS).expect("the build script encoded them");
    let messages = files.file.iter().filter(|file| file.package() == "causerie.v1").flat_map(|file| &file.message_type);
    let found = messages.into_iter().find(|one| one.name() == message).expect("the schema has it");
    found.field.iter().filter(|field| field.oneof_index.is_some()).map(|field| field.name().to_owned()).collect()
}

#[test]
fn every_kind_of_reply_and_event_is_in_the_table() {
    for (message, known) in [("Reply", &REPLIES[..]), ("Event", &EVENTS[..])] {
        let known: HashSet<String> = known.iter().map(|(kind, _)| (*kind).to_owned()).collect();
        assert_eq!(kinds(message), known, "{message}: classify each kind in this file, and test what is new");
    }
}

/// The kind and the text of a frame.
fn text_of(frame: &wire::ServerFrame) -> String {
    String::from_utf8(Encoding::Json.encode(frame).to_vec()).expect("JSON is UTF-8")
}

/// The name of a frame's kind in the schema, and the data that it may reveal.
fn kind_of(frame: &wire::ServerFrame) -> (String, May) {
    let json: serde_json::Value = serde_json::from_str(&text_of(frame)).expect("JSON");
    let (body, table) = match &frame.body {
        Some(Body::Reply(_)) => ("reply", &REPLIES[..]),
        Some(Body::Event(_)) => ("event", &EVENTS[..]),
        None => panic!("an empty frame"),
    };
    let keys: Vec<String> = json[body].as_object().expect("an object").keys().map(|key| to_snake_case(key)).collect();
    let found = table.iter().find(|(kind, _)| keys.iter().any(|key| key == kind));
    let (kind, may) = found.unwrap_or_else(|| panic!("a kind without a name: {json}"));
    (format!("{body} {kind}"), *may)
}

fn to_snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Every command, about the conversations, users and messages of the test.
fn commands(token: &str, place: &str, direct: &str, other: &str, message: &str, held: &wire::Resume) -> Vec<Command> {
    let by_id = |id: &str| wire::UserRef { by: Some(wire::user_ref::By::Id(id.to_owned())) };
    let user = Some(by_id(other));
    let recipient = || wire::Recipient { by: Some(wire::recipient::By::Id(other.to_owned())) };
    let draft = |text: &str| Some(wire::Draft { client_id: ClientId::new().to_string(), text: text.to_owned() });
    let relation = || "block".to_owned();
    let mut all = vec![
        Command::Hello(wire::Hello { token: token.to_owned(), resume: Some(held.clone()), ..Default::default() }),
        Command::RefreshToken(wire::RefreshToken { token: token.to_owned() }),
        Command::Ping(wire::Ping {}),
        Command::Resume(held.clone()),
        Command::StartConversation(wire::StartConversation {
            kind: wire::ConversationKind::Direct.into(),
            with: vec![recipient()],
            first_message: draft("hello"),
            ..Default::default()
        }),
        Command::StartConversation(wire::StartConversation {
            kind: wire::ConversationKind::Mail.into(),
            with: vec![recipient()],
            client_id: ClientId::new().to_string(),
            first_message: draft("hello"),
            in_reply_to: message.to_owned(),
            ..Default::default()
        }),
        Command::ListConversations(wire::ListConversations { limit: 1, ..Default::default() }),
        Command::SearchDirectory(wire::SearchDirectory::default()),
        Command::GetUsers(wire::GetUsers { user_ids: vec![other.to_owned()] }),
        Command::WatchPresence(wire::WatchPresence { user_ids: vec![other.to_owned()] }),
        Command::GetPresence(wire::GetPresence { user_ids: vec![other.to_owned()] }),
        Command::WatchContacts(wire::WatchContacts { users: vec![by_id(other)] }),
        Command::Relate(wire::Relate { relation: relation(), user: user.clone() }),
        Command::AcceptRelation(wire::AcceptRelation { relation: relation(), user: user.clone() }),
        Command::Unrelate(wire::Unrelate { relation: relation(), user }),
        Command::ListRelations(wire::ListRelations::default()),
    ];
    for place in [place, direct] {
        let conversation_id = || place.to_owned();
        let message_id = || message.to_owned();
        all.extend([
            Command::GetConversation(wire::GetConversation { conversation_id: conversation_id() }),
            Command::GetHistory(wire::GetHistory { conversation_id: conversation_id(), ..Default::default() }),
            Command::GetChanges(wire::GetChanges { conversation_id: conversation_id(), since_version: 1 }),
            Command::ListMembers(wire::ListMembers { conversation_id: conversation_id(), ..Default::default() }),
            Command::SendMessage(wire::SendMessage {
                conversation_id: conversation_id(),
                client_id: ClientId::new().to_string(),
                text: "hello".to_owned(),
            }),
            Command::EditMessage(wire::EditMessage {
                conversation_id: conversation_id(),
                message_id: message_id(),
                text: "hello".to_owned(),
            }),
            Command::DeleteMessage(wire::DeleteMessage {
                conversation_id: conversation_id(),
                message_id: message_id(),
                own_copy: true,
            }),
            Command::DeleteMessage(wire::DeleteMessage {
                conversation_id: conversation_id(),
                message_id: message_id(),
                own_copy: false,
            }),
            Command::MarkRead(wire::MarkRead { conversation_id: conversation_id(), seq: 1 }),
            Command::MarkUnread(wire::MarkUnread { conversation_id: conversation_id() }),
            Command::SetTyping(wire::SetTyping { conversation_id: conversation_id(), typing: true }),
            Command::RenameConversation(wire::RenameConversation {
                conversation_id: conversation_id(),
                subject: "hello".to_owned(),
            }),
            Command::AddMembers(wire::AddMembers { conversation_id: conversation_id(), users: vec![by_id(other)] }),
            Command::RemoveMember(wire::RemoveMember { conversation_id: conversation_id(), user_id: other.to_owned() }),
            Command::CloseConversation(wire::CloseConversation { conversation_id: conversation_id() }),
            Command::ReopenConversation(wire::ReopenConversation { conversation_id: conversation_id() }),
            Command::DeleteConversation(wire::DeleteConversation { conversation_id: conversation_id(), for_all: true }),
        ]);
    }
    all
}

/// The name of a command in the schema.
fn name_of(command: &Command) -> String {
    let request = wire::Request { id: 0, command: Some(command.clone()) };
    let json: serde_json::Value = serde_json::from_slice(&Encoding::Json.encode(&request)).expect("JSON");
    json.as_object().expect("an object").keys().map(|key| to_snake_case(key)).find(|key| key != "id").expect("it has one")
}

/// The frame without the references of contacts: they repeat the ids in the command of the client.
fn without_references(mut frame: wire::ServerFrame) -> wire::ServerFrame {
    let contacts = match &mut frame.body {
        Some(Body::Reply(wire::Reply { result: Some(wire::reply::Result::ContactList(list)), .. })) => &mut list.contacts,
        Some(Body::Event(wire::Event { kind: Some(wire::event::Kind::ContactsChanged(changed)) })) => &mut changed.contacts,
        _ => return frame,
    };
    contacts.iter_mut().for_each(|contact| contact.user_ref = None);
    frame
}

/// The texts and ids that no frame may hold: everything about the conversations except their own ids.
struct Secrets {
    words: Vec<String>,
    places: Vec<String>,
}

impl Secrets {
    fn check(&self, frame: &wire::ServerFrame) {
        let (kind, may) = kind_of(frame);
        let text = text_of(&without_references(frame.clone()));
        for word in &self.words {
            assert!(!text.contains(word.as_str()), "{kind} tells {word}: {text}");
        }
        if may == Nothing {
            for place in &self.places {
                assert!(!text.contains(place.as_str()), "{kind} names a conversation: {text}");
            }
        }
        if let Some(Body::Reply(reply)) = &frame.body {
            let resumed = match &reply.result {
                Some(wire::reply::Result::Welcome(welcome)) => welcome.resumed.clone(),
                Some(wire::reply::Result::Resumed(resumed)) => Some(resumed.clone()),
                Some(wire::reply::Result::ConversationUpdated(updated)) => {
                    let left = updated.conversation.clone().expect("told");
                    assert_eq!(
                        left,
                        wire::Conversation { id: left.id.clone(), ..Default::default() },
                        "no more than its id"
                    );
                    None
                }
                _ => None,
            };
            if let Some(resumed) = resumed {
                assert_eq!((resumed.changes, resumed.read_states, resumed.total_unread), (vec![], vec![], 0));
            }
        }
    }

    /// Checks every frame up to the reply to a ping. `last` describes the last expected frame.
    async fn check_until_pong(&self, raw: &mut Raw, last: &str) {
        let id = raw.request(Command::Ping(wire::Ping {})).await;
        loop {
            match raw.next().await {
                Received::Frame(frame) => {
                    self.check(&frame);
                    if matches!(&frame.body, Some(Body::Reply(reply)) if reply.id == id) {
                        return;
                    }
                }
                Received::PingOrPong => {}
                ended => panic!("{last}: the connection ended: {ended:?}"),
            }
        }
    }
}

fn facts() -> Vec<Row> {
    let users = ["canary-a", "canary-c", "canary-d", "b"];
    let mut rows = vec![group("team", "team")];
    rows.extend(users.map(user));
    rows.extend(users.map(|name| member(name, "member", "team")));
    rows
}

/// Changes of all kinds, made by members with the right to make them.
async fn make_changes(a: &User, c: &User, here: causerie_client::ConversationId, direct: causerie_client::ConversationId) {
    let sent = a.writes(here, "canary one").await.expect("allowed");
    a.writes(direct, "canary two").await.expect("allowed");
    a.edit(here, message_id(&sent), "canary three").await.answer().expect("allowed");
    c.mark_read(here, 2).await.answer().expect("allowed");
    c.set_typing(here, true).await.answer().expect("allowed");
    a.rename(here, "canary subject").await.answer().expect("allowed");
    a.add_members(here, [crate::scenarios::user::user_ref("canary-d")]).await.answer().expect("allowed");
    a.delete(here, message_id(&sent)).await.answer().expect("allowed");
    a.close_conversation(here).await.answer().expect("allowed");
    a.reopen_conversation(here).await.answer().expect("allowed");
}

#[tokio::test]
async fn a_member_who_may_not_read_gets_at_most_the_id_of_the_conversation() {
    under(TEAM, &facts(), every_output).await;
}

async fn every_output(system: &System<'_>) {
    let [mut a, c, d] = system.users(["canary-a", "canary-c", "canary-d"]).await;
    let mut b = system.user("b").await;
    let direct = a.chats_with(&mut b).await;
    let to = [user_recipient("canary-c"), user_recipient("b")];
    let started = a.start_group(to, "canary subject", ClientId::new()).await.answer().expect("allowed");
    let here = id(&started.conversation.expect("told"));
    b.sees_joined(here).await;
    let of_b = b.writes(here, "canary of b").await.expect("allowed");
    let before = b.conversations("").await.answer().expect("a list");
    let held = wire::Resume {
        epoch: before.epoch.clone(),
        inbox_version: before.inbox_version,
        held: [here, direct]
            .map(|place| wire::Held { conversation_id: place.to_string(), version: 1 })
            .into_iter()
            .collect(),
    };
    let (address, token) = system.raw(1, "b");
    let (mut screen, _) = Raw::hello(address, Encoding::Json, &token).await;
    let mut ids = vec![of_b.id.clone()];
    for user in [&a, &c, &d] {
        ids.push(user.id().await.to_string());
    }
    let other = ids[1].clone();

    system.import_all(&[member("b", "member", "team").removed()]).await;
    let secrets = Secrets {
        words: ids.into_iter().chain(["canary".to_owned()]).collect(),
        places: [here, direct].iter().map(ToString::to_string).collect(),
    };
    // Frames sent before the answer to the revocation may still arrive.
    let mut left = 0;
    while left < 2 {
        if let Some(Body::Event(wire::Event { kind: Some(wire::event::Kind::ConversationLeft(_)) })) =
            screen.next_frame().await.body
        {
            left += 1;
        }
    }
    make_changes(&a, &c, here, direct).await;
    secrets.check_until_pong(&mut screen, "what others did").await;

    let all = commands(&token, &here.to_string(), &direct.to_string(), &other, &of_b.id, &held);
    let asked: HashSet<String> = all.iter().map(name_of).collect();
    assert_eq!(asked, kinds("Request"), "ask each command there is");
    for command in all {
        let name = name_of(&command);
        if let Command::Hello(hello) = command {
            let mut back = Raw::open(address, Encoding::Json).await;
            back.request(Command::Hello(hello)).await;
            secrets.check_until_pong(&mut back, &name).await;
            continue;
        }
        screen.request(command).await;
        secrets.check_until_pong(&mut screen, &name).await;
    }
    make_changes(&a, &c, here, direct).await;
    // The nodes send the change to each other.
    tokio::time::sleep(Duration::from_millis(300)).await;
    secrets.check_until_pong(&mut screen, "what others did then").await;

    // Leaving is a member's right, and the reply holds the conversation's id.
    let me = screen_id(&b).await;
    screen.request(Command::RemoveMember(wire::RemoveMember { conversation_id: here.to_string(), user_id: me })).await;
    secrets.check_until_pong(&mut screen, "leaving").await;
    let goes = wire::DeleteConversation { conversation_id: direct.to_string(), for_all: false };
    screen.request(Command::DeleteConversation(goes)).await;
    secrets.check_until_pong(&mut screen, "deleting").await;
}

async fn screen_id(user: &User) -> String {
    user.id().await.to_string()
}
