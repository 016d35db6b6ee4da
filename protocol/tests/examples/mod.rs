//! One filled example of everything that goes over the wire. Ids and times are fixed: the stored golden frames are made of
//! these.
#![allow(dead_code)] // each test binary uses its part

use causerie_protocol::wire::{
    self, Capability, ConversationKind, ConversationState, Direction, DirectoryAction, ErrorCode, MemberRole, RelationState,
    UserStatus, directory_hit::Who, event::Kind, recipient::By as Whom, reply::Result as Answer, request::Command,
    server_frame::Body, user_ref::By,
};
use pbjson_types::Timestamp;

pub const CONVERSATION: &str = "01936d2e-0000-7000-8000-00000000000c";
pub const MESSAGE: &str = "01936d2e-0000-7000-8000-00000000000e";
pub const CLIENT: &str = "5f0c9a52-4f6e-4a7e-9f3b-0d6c8d0f1a2b";
pub const LEA: &str = "01936d2e-0000-7000-8000-000000000001";
pub const NOA: &str = "01936d2e-0000-7000-8000-000000000002";
pub const CLASS: &str = "01936d2e-0000-7000-8000-00000000006a";
/// Not a `MESSAGE`: an answer to nothing is a mail like any other, so leaving this one out is no mistake.
pub const PARENT: &str = "01936d2e-0000-7000-8000-0000000000ff";

/// Each command, filled.
pub fn requests() -> Vec<wire::Request> {
    let conversation_id = || CONVERSATION.to_owned();
    let commands = vec![
        Command::Hello(wire::Hello {
            token: "header.claims.signature".into(),
            client: Some(wire::Client { name: "causerie-web".into(), version: "0.1.0".into() }),
            resume: Some(resume()),
        }),
        Command::RefreshToken(wire::RefreshToken { token: "header.claims.signature".into() }),
        Command::Ping(wire::Ping {}),
        Command::Resume(resume()),
        Command::StartConversation(wire::StartConversation {
            kind: ConversationKind::Group.into(),
            with: vec![recipient(Whom::Id(NOA.into())), recipient(Whom::ExternalId("sam".into()))],
            subject: "Sortie au musée".into(),
            client_id: CLIENT.into(),
            first_message: Some(wire::Draft { client_id: CLIENT.into(), text: "Qui vient ?".into() }),
            ..Default::default()
        }),
        Command::StartConversation(wire::StartConversation {
            kind: ConversationKind::Mail.into(),
            with: vec![recipient(Whom::GroupId(CLASS.into())), recipient(Whom::Id(NOA.into()))],
            subject: "Sortie au musée".into(),
            client_id: CLIENT.into(),
            first_message: Some(wire::Draft { client_id: CLIENT.into(), text: "Rendez-vous à 14 h.".into() }),
            copy: vec![recipient(Whom::GroupExternalId("staff".into()))],
            in_reply_to: PARENT.into(),
        }),
        Command::ListConversations(wire::ListConversations { cursor: "next".into(), limit: 20 }),
        Command::GetConversation(wire::GetConversation { conversation_id: conversation_id() }),
        // Asking before a seq and after one does not go together; a 0 that was set must survive.
        Command::GetHistory(wire::GetHistory {
            conversation_id: conversation_id(),
            before_seq: 0,
            after_seq: Some(0),
            limit: 20,
        }),
        Command::GetHistory(wire::GetHistory {
            conversation_id: conversation_id(),
            before_seq: 41,
            after_seq: None,
            limit: 20,
        }),
        Command::GetChanges(wire::GetChanges { conversation_id: conversation_id(), since_version: 41 }),
        Command::ListMembers(wire::ListMembers { conversation_id: conversation_id(), cursor: "next".into(), limit: 20 }),
        Command::SendMessage(wire::SendMessage {
            conversation_id: conversation_id(),
            client_id: CLIENT.into(),
            // Every plane of Unicode, quotes, and what JSON must escape.
            text: "Qui vient ? 🚌 \"Moi\" \\ \n\t\u{1f}\u{2028} été עברית".into(),
        }),
        Command::EditMessage(wire::EditMessage {
            conversation_id: conversation_id(),
            message_id: MESSAGE.into(),
            text: "Qui vient demain ?".into(),
        }),
        Command::DeleteMessage(wire::DeleteMessage {
            conversation_id: conversation_id(),
            message_id: MESSAGE.into(),
            own_copy: true,
        }),
        Command::MarkRead(wire::MarkRead { conversation_id: conversation_id(), seq: 41 }),
        Command::MarkUnread(wire::MarkUnread { conversation_id: conversation_id() }),
        Command::SetTyping(wire::SetTyping { conversation_id: conversation_id(), typing: true }),
        Command::RenameConversation(wire::RenameConversation {
            conversation_id: conversation_id(),
            subject: "Sortie au théâtre".into(),
        }),
        Command::AddMembers(wire::AddMembers { conversation_id: conversation_id(), users: user_refs() }),
        Command::RemoveMember(wire::RemoveMember { conversation_id: conversation_id(), user_id: NOA.into() }),
        Command::GetUsers(wire::GetUsers { user_ids: ids() }),
        Command::SearchDirectory(wire::SearchDirectory { query: "no".into(), limit: 10, cursor: "next".into() }),
        Command::CloseConversation(wire::CloseConversation { conversation_id: conversation_id() }),
        Command::ReopenConversation(wire::ReopenConversation { conversation_id: conversation_id() }),
        Command::DeleteConversation(wire::DeleteConversation { conversation_id: conversation_id(), for_all: true }),
        Command::Relate(wire::Relate { relation: "friend".into(), user: user_refs().pop() }),
        Command::AcceptRelation(wire::AcceptRelation { relation: "friend".into(), user: user_refs().pop() }),
        Command::Unrelate(wire::Unrelate { relation: "friend".into(), user: user_refs().pop() }),
        Command::ListRelations(wire::ListRelations { relation: "friend".into(), cursor: "next".into(), limit: 20 }),
        Command::WatchPresence(wire::WatchPresence { user_ids: ids() }),
        Command::GetPresence(wire::GetPresence { user_ids: ids() }),
        Command::WatchContacts(wire::WatchContacts { users: user_refs() }),
    ];
    commands.into_iter().map(|command| wire::Request { id: 7, command: Some(command) }).collect()
}

/// Each kind of answer, filled.
pub fn replies() -> Vec<wire::ServerFrame> {
    let answers = vec![
        Answer::Error(wire::Error {
            code: ErrorCode::RateLimited as u32,
            name: ErrorCode::RateLimited.name(),
            temporary: true,
            message: "too many messages".into(),
            field: "sendMessage.text".into(),
            retry_after_ms: 1500,
        }),
        Answer::Welcome(wire::Welcome {
            connection_id: "01936d2e-0000-7000-8000-0000000000cc".into(),
            me: Some(lea()),
            server_version: "0.1.0".into(),
            features: vec!["demo".into()],
            token_expires_at: at(3600),
            heartbeat_ms: 25_000,
            limits: Some(wire::Limits {
                frame_bytes_max: 65_536,
                text_bytes_max: 16_384,
                subject_bytes_max: 512,
                page_max: 100,
                members_per_command_max: 1_000,
                held_max: 1_000,
            }),
            total_unread: 3,
            resumed: Some(resumed()),
            token_ttl_ms: 3_600_000,
            may_start: true,
            may_request: true,
        }),
        Answer::TokenRefreshed(wire::TokenRefreshed { token_expires_at: at(3600), token_ttl_ms: 3_600_000 }),
        Answer::Pong(wire::Pong {}),
        Answer::Resumed(resumed()),
        Answer::ConversationStarted(wire::ConversationStarted {
            conversation: Some(conversation()),
            created: true,
            first_message: Some(message()),
            inactive: vec![noa()],
            reached: 2,
            inactive_count: 1,
        }),
        Answer::ConversationPage(wire::ConversationPage {
            conversations: vec![conversation()],
            next_cursor: "next".into(),
            total_unread: 3,
            epoch: "1".into(),
            inbox_version: 5,
        }),
        Answer::ConversationFound(wire::ConversationFound { conversation: Some(conversation()) }),
        Answer::ConversationFound(wire::ConversationFound { conversation: Some(mail()) }),
        Answer::ConversationFound(wire::ConversationFound {
            conversation: Some(wire::Conversation {
                state: ConversationState::Closed.into(),
                capabilities: vec![Capability::Reopen.into()],
                cannot_send: ErrorCode::Closed.into(),
                ..conversation()
            }),
        }),
        Answer::MessagePage(wire::MessagePage {
            messages: vec![message(), tombstone()],
            more_before: true,
            more_after: true,
            version: 44,
        }),
        Answer::Changes(changes()),
        Answer::MemberPage(wire::MemberPage { members: vec![member()], next_cursor: "next".into() }),
        Answer::MessageSent(wire::MessageSent { message: Some(message()) }),
        Answer::MessageEdited(wire::MessageEdited { message: Some(message()) }),
        Answer::MessageDeleted(wire::MessageDeleted { message: Some(tombstone()) }),
        Answer::Marked(wire::Marked { read_state: Some(read_state()) }),
        Answer::TypingSet(wire::TypingSet {}),
        Answer::ConversationUpdated(wire::ConversationUpdated { conversation: Some(conversation()) }),
        Answer::UserList(wire::UserList { users: vec![lea(), noa()] }),
        Answer::DirectoryPage(wire::DirectoryPage {
            hits: vec![
                wire::DirectoryHit {
                    who: Some(Who::User(noa())),
                    conversation_id: CONVERSATION.into(),
                    can: vec![DirectoryAction::Start.into(), DirectoryAction::SeeProfile.into()],
                    may_request: vec!["friend".into()],
                    relations: vec![wire::RelationStatus {
                        relation: "contact".into(),
                        state: RelationState::Accepted.into(),
                        direction: Direction::Outgoing.into(),
                    }],
                },
                wire::DirectoryHit {
                    who: Some(Who::Group(class())),
                    conversation_id: String::new(),
                    can: vec![DirectoryAction::AddressGroup.into()],
                    may_request: vec![],
                    relations: vec![],
                },
            ],
            next_cursor: "next".into(),
            help: "directory".into(),
            may_start_group: true,
            may_start_note: true,
        }),
        Answer::PresenceList(wire::PresenceList { presences: presences() }),
        Answer::ConversationDeleted(wire::ConversationDeleted { conversation_id: CONVERSATION.into() }),
        Answer::RelationUpdated(wire::RelationUpdated { relation: Some(relation()) }),
        Answer::RelationPage(wire::RelationPage { relations: vec![relation()], next_cursor: "next".into() }),
        Answer::ContactList(wire::ContactList { contacts: contacts() }),
    ];
    let reply = |answer| Body::Reply(wire::Reply { id: 7, result: Some(answer) });
    answers.into_iter().map(|answer| wire::ServerFrame { body: Some(reply(answer)) }).collect()
}

/// Each kind of event, filled.
pub fn events() -> Vec<wire::ServerFrame> {
    let kinds = vec![
        Kind::MessageSent(wire::MessageEvent { message: Some(message()) }),
        Kind::MessageEdited(wire::MessageEvent { message: Some(message()) }),
        Kind::MessageDeleted(wire::MessageEvent { message: Some(tombstone()) }),
        Kind::ConversationChanged(wire::ConversationChanged {
            conversation_id: CONVERSATION.into(),
            version: 45,
            subject: Some("Sortie au théâtre".into()),
            state: ConversationState::Open.into(),
            members_added: vec![member()],
            members_removed: vec![NOA.into()],
            member_count: 2,
        }),
        Kind::ConversationJoined(wire::ConversationJoined { inbox_version: 5, conversation: Some(conversation()) }),
        Kind::ConversationLeft(wire::ConversationLeft { inbox_version: 6, conversation_id: CONVERSATION.into() }),
        Kind::CapabilitiesChanged(wire::CapabilitiesChanged {
            conversation_id: CONVERSATION.into(),
            capabilities: capabilities(),
            cannot_send: 0,
        }),
        Kind::CapabilitiesChanged(wire::CapabilitiesChanged {
            conversation_id: CONVERSATION.into(),
            capabilities: vec![Capability::DeleteConversation.into()],
            cannot_send: ErrorCode::NeedsFriend.into(),
        }),
        Kind::ReadStateChanged(wire::ReadStateChanged { read_state: Some(read_state()), total_unread: 3 }),
        Kind::MemberRead(wire::MemberRead { conversation_id: CONVERSATION.into(), user_id: NOA.into(), read_seq: 40 }),
        Kind::Typing(wire::Typing { conversation_id: CONVERSATION.into(), user_id: NOA.into(), typing: true }),
        Kind::PresenceChanged(presences().remove(1)),
        Kind::Gap(wire::Gap {}),
        Kind::TokenExpiring(wire::TokenExpiring { token_expires_at: at(60) }),
        Kind::GoingAway(wire::GoingAway { reconnect_after_ms: 2500 }),
        Kind::RelationChanged(wire::RelationChanged { relation: Some(relation()) }),
        Kind::ContactsChanged(wire::ContactsChanged { contacts: contacts() }),
        Kind::MayStartChanged(wire::MayStartChanged { may_start: true, may_request: true }),
    ];
    let event = |kind| Body::Event(wire::Event { kind: Some(kind) });
    kinds.into_iter().map(|kind| wire::ServerFrame { body: Some(event(kind)) }).collect()
}

/// So many seconds after noon of 20 November 2026, and a part of a second: JSON writes fractions by threes.
fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp { seconds: 1_795_176_000 + seconds, nanos: 120_000_000 })
}

fn resume() -> wire::Resume {
    let held = vec![wire::Held { conversation_id: CONVERSATION.into(), version: 41 }];
    wire::Resume { epoch: "1".into(), inbox_version: 5, held }
}

fn resumed() -> wire::Resumed {
    wire::Resumed {
        epoch: "1".into(),
        inbox_version: 6,
        changes: vec![changes()],
        gone: vec!["01936d2e-0000-7000-8000-00000000000d".into()],
        read_states: vec![read_state()],
        total_unread: 3,
        reload_list: true,
    }
}

fn changes() -> wire::Changes {
    wire::Changes { conversation: Some(conversation()), messages: vec![message(), tombstone()], reload: true }
}

fn conversation() -> wire::Conversation {
    wire::Conversation {
        id: CONVERSATION.into(),
        kind: ConversationKind::Group.into(),
        state: ConversationState::Open.into(),
        subject: "Sortie au musée".into(),
        version: 44,
        last_seq: 42,
        members: vec![member(), wire::Member { user: Some(noa()), role: MemberRole::Member.into(), read_seq: 40 }],
        member_count: 2,
        last_message: Some(message()),
        active_at: at(0),
        read_state: Some(read_state()),
        capabilities: capabilities(),
        ..Default::default()
    }
}

fn mail() -> wire::Conversation {
    use wire::addressee::Who;
    wire::Conversation {
        kind: ConversationKind::Mail.into(),
        capabilities: vec![Capability::DeleteOwnCopy.into(), Capability::Reply.into()],
        addressees: vec![
            wire::Addressee { who: Some(Who::Group(class())), is_copy: false },
            wire::Addressee { who: Some(Who::User(noa())), is_copy: true },
        ],
        is_copy: true,
        in_reply_to: PARENT.into(),
        ..conversation()
    }
}

fn class() -> wire::Group {
    wire::Group { id: CLASS.into(), external_id: "6a".into(), name: "Classe 6A".into(), kind: "class".into() }
}

fn relation() -> wire::Relation {
    wire::Relation {
        relation: "friend".into(),
        user: Some(noa()),
        state: RelationState::Pending.into(),
        direction: Direction::Incoming.into(),
    }
}

fn member() -> wire::Member {
    wire::Member { user: Some(lea()), role: MemberRole::Owner.into(), read_seq: 42 }
}

fn message() -> wire::Message {
    wire::Message {
        id: MESSAGE.into(),
        conversation_id: CONVERSATION.into(),
        seq: 42,
        version: 44,
        author_id: LEA.into(),
        client_id: CLIENT.into(),
        text: "Qui vient demain ?".into(),
        sent_at: at(0),
        edited_at: at(30),
        deleted_at: None,
    }
}

fn tombstone() -> wire::Message {
    wire::Message { text: String::new(), edited_at: None, deleted_at: at(60), ..message() }
}

fn read_state() -> wire::ReadState {
    wire::ReadState { conversation_id: CONVERSATION.into(), read_seq: 40, unread: 2, marked_unread: true }
}

fn capabilities() -> Vec<i32> {
    vec![
        Capability::Send.into(),
        Capability::Edit.into(),
        Capability::Delete.into(),
        Capability::Rename.into(),
        Capability::AddMember.into(),
        Capability::RemoveMember.into(),
        Capability::Leave.into(),
        Capability::Close.into(),
        Capability::Reopen.into(),
        Capability::DeleteConversation.into(),
        Capability::EraseConversation.into(),
    ]
}

fn lea() -> wire::User {
    wire::User {
        id: LEA.into(),
        external_id: "lea".into(),
        name: "Léa Martin".into(),
        avatar_url: "https://school.example/lea.png".into(),
        status: UserStatus::Active.into(),
        about: "Élève, 6A".into(),
    }
}

fn noa() -> wire::User {
    wire::User {
        id: NOA.into(),
        external_id: "noa".into(),
        name: "Noa Petit".into(),
        avatar_url: String::new(),
        status: UserStatus::Deactivated.into(),
        about: String::new(),
    }
}

fn recipient(whom: Whom) -> wire::Recipient {
    wire::Recipient { by: Some(whom) }
}

fn user_refs() -> Vec<wire::UserRef> {
    vec![wire::UserRef { by: Some(By::Id(NOA.into())) }, wire::UserRef { by: Some(By::ExternalId("sam".into())) }]
}

/// Two contacts: a user with a pending relation request to the caller, and a user that the rules hide from the caller.
fn contacts() -> Vec<wire::Contact> {
    let [noa_ref, sam_ref] = user_refs().try_into().expect("two users");
    vec![
        wire::Contact {
            user_ref: Some(noa_ref),
            user: Some(noa()),
            can: vec![DirectoryAction::SeeProfile.into(), DirectoryAction::Send.into()],
            cannot_start: ErrorCode::NeedsFriend.into(),
            relations: vec![relation_status()],
            may_request: vec!["contact".into()],
            conversation_id: CONVERSATION.into(),
        },
        wire::Contact { user_ref: Some(sam_ref), cannot_start: ErrorCode::NotFound.into(), ..Default::default() },
    ]
}

fn relation_status() -> wire::RelationStatus {
    wire::RelationStatus {
        relation: "friend".into(),
        state: RelationState::Pending.into(),
        direction: Direction::Incoming.into(),
    }
}

fn ids() -> Vec<String> {
    vec![LEA.into(), NOA.into()]
}

fn presences() -> Vec<wire::Presence> {
    vec![
        wire::Presence { user_id: LEA.into(), online: true, last_seen_at: None },
        wire::Presence { user_id: NOA.into(), online: false, last_seen_at: at(-600) },
    ]
}
