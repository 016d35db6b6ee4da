use wire::event::Kind;

use super::*;

const EPOCH: &str = "one";

/// A client that holds one conversation.
struct Fixture {
    sync: Sync,
    /// The conversation.
    id: ConversationId,
}

impl Fixture {
    /// A connected client that holds one conversation with version 5 and the last seq 3.
    fn new() -> Self {
        let mut fixture = Self { sync: Sync::default(), id: ConversationId::new() };
        fixture.sync.begin_resume().expect("the first resume");
        fixture.sync.resumed(resumed(1));
        fixture.sync.learn(&conversation(fixture.id, 5, 3), 0);
        fixture
    }

    fn message(&self, seq: u32, version: u32) -> wire::Message {
        wire::Message { conversation_id: self.id.to_string(), seq, version, ..Default::default() }
    }

    fn sent(&mut self, seq: u32, version: u32) -> Vec<Step> {
        let message = Some(self.message(seq, version));
        self.sync.event(Kind::MessageSent(wire::MessageEvent { message }))
    }

    fn edited(&mut self, seq: u32, version: u32) -> Vec<Step> {
        let message = Some(self.message(seq, version));
        self.sync.event(Kind::MessageEdited(wire::MessageEvent { message }))
    }

    fn changes(&self, version: u32, last_seq: u32, messages: Vec<wire::Message>) -> wire::Changes {
        wire::Changes { conversation: Some(conversation(self.id, version, last_seq)), messages, reload: false }
    }

    /// The id of the current state of the conversation.
    fn state_id(&self) -> StateId {
        self.sync.conversations[&self.id].id
    }

    fn fetched(&mut self, changes: wire::Changes) -> Vec<Step> {
        self.sync.fetched(self.state_id(), changes)
    }

    fn loaded(&mut self, messages: Vec<wire::Message>) -> Vec<Step> {
        self.sync.loaded(self.state_id(), wire::MessagePage { messages, ..Default::default() })
    }

    fn fetch(&self, since_version: u32) -> Step {
        Step::Fetch { state_id: self.state_id(), since_version, pause: false }
    }
}

fn conversation(id: ConversationId, version: u32, last_seq: u32) -> wire::Conversation {
    wire::Conversation { id: id.to_string(), version, last_seq, ..Default::default() }
}

fn resumed(inbox_version: u32) -> wire::Resumed {
    wire::Resumed { epoch: EPOCH.into(), inbox_version, ..Default::default() }
}

fn joined(id: ConversationId, inbox_version: u32) -> Kind {
    Kind::ConversationJoined(wire::ConversationJoined { inbox_version, conversation: Some(conversation(id, 1, 0)) })
}

fn left(id: ConversationId, inbox_version: u32) -> Kind {
    Kind::ConversationLeft(wire::ConversationLeft { inbox_version, conversation_id: id.to_string() })
}

/// Each step as a short text, such as `sent 4`, `edited 2` or `resynced 9`. Steps of other kinds are left out.
fn emitted(steps: &[Step]) -> Vec<String> {
    let texts = steps.iter().filter_map(|step| match step {
        Step::Emit(Event::MessageSent(message)) => Some(format!("sent {}", message.seq)),
        Step::Emit(Event::MessageEdited(message)) => Some(format!("edited {}", message.seq)),
        Step::Emit(Event::MessageDeleted(message)) => Some(format!("deleted {}", message.seq)),
        Step::Emit(Event::Resynced { conversation, reload }) => {
            Some(format!("{} {}", if *reload { "reload" } else { "resynced" }, conversation.version))
        }
        Step::Emit(Event::Joined(conversation)) => Some(format!("joined {}", conversation.version)),
        Step::Emit(Event::Left(_)) => Some("left".into()),
        Step::Emit(Event::ReloadList) => Some("reload list".into()),
        Step::Fetch { since_version, pause, .. } => Some(format!("fetch {since_version} pause {pause}")),
        Step::Load { after_seq, .. } => Some(format!("load after {after_seq}")),
        Step::Resume => Some("resume".into()),
        Step::Emit(_) => None,
    });
    texts.collect()
}

#[test]
fn the_next_version_is_emitted_and_an_old_version_is_dropped() {
    let mut fixture = Fixture::new();
    assert_eq!(emitted(&fixture.sent(4, 6)), ["sent 4"]);
    assert!(fixture.sent(4, 6).is_empty());
    assert!(fixture.edited(2, 4).is_empty());
    assert_eq!(emitted(&fixture.edited(2, 7)), ["edited 2"]);
}

#[test]
fn a_gap_is_fetched_once_and_emitted_in_order_with_buffered_events() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.sent(6, 8), [fixture.fetch(5)]);
    assert!(fixture.sent(7, 9).is_empty());
    // The reply already has version 8, and version 9 is buffered.
    let answer = fixture.changes(8, 6, vec![fixture.message(6, 8), fixture.message(4, 6), fixture.message(5, 7)]);
    assert_eq!(emitted(&fixture.fetched(answer)), ["sent 4", "sent 5", "sent 6", "resynced 8", "sent 7"]);
    assert_eq!(emitted(&fixture.sent(8, 10)), ["sent 8"]);
}

#[test]
fn missed_changes_are_emitted_as_sent_edited_or_deleted() {
    let mut fixture = Fixture::new();
    fixture.edited(4, 9);
    let at = Some(Default::default());
    let messages = vec![
        wire::Message { edited_at: at, ..fixture.message(1, 7) },
        wire::Message { deleted_at: at, ..fixture.message(2, 8) },
        // A message that was sent and deleted since version 5 is a new message.
        wire::Message { deleted_at: at, ..fixture.message(4, 9) },
        // This message was emitted before: the server may list more messages than were requested.
        fixture.message(3, 5),
    ];
    let answer = fixture.changes(9, 4, messages);
    assert_eq!(emitted(&fixture.fetched(answer)), ["edited 1", "deleted 2", "sent 4", "resynced 9"]);
}

#[test]
fn a_gap_that_the_reply_does_not_fill_is_fetched_again_from_the_new_version() {
    let mut fixture = Fixture::new();
    fixture.sent(9, 11);
    let answer = fixture.changes(8, 6, vec![fixture.message(4, 6), fixture.message(5, 7), fixture.message(6, 8)]);
    let steps = fixture.fetched(answer);
    assert_eq!(emitted(&steps), ["sent 4", "sent 5", "sent 6", "resynced 8", "fetch 8 pause false"]);
    // A reply without anything new must not cause another request at once.
    let answer = fixture.changes(8, 6, vec![]);
    assert_eq!(emitted(&fixture.fetched(answer)), ["fetch 8 pause true"]);
    assert_eq!(fixture.sync.fetch_again(fixture.state_id()), [fixture.fetch(8)]);
}

#[test]
fn events_beyond_the_buffer_are_fetched_and_not_lost() {
    let mut fixture = Fixture::new();
    let last = 7 + u32::try_from(conversation::BUFFERED_MAX).expect("small") + 10;
    for version in 7..=last {
        fixture.sent(version - 2, version);
    }
    let answer = fixture.changes(6, 4, vec![fixture.message(4, 6)]);
    let steps = emitted(&fixture.fetched(answer));
    let last_buffered = 6 + conversation::BUFFERED_MAX;
    assert_eq!(steps[..3], ["sent 4", "resynced 6", "sent 5"]);
    assert_eq!(
        steps[steps.len() - 2..],
        [format!("sent {}", last_buffered - 2), format!("fetch {last_buffered} pause false")]
    );
}

#[test]
fn a_reload_replaces_the_version_even_by_a_lower_version() {
    let mut fixture = Fixture::new();
    fixture.sent(9, 11);
    let answer = wire::Changes { reload: true, ..fixture.changes(3, 2, vec![]) };
    let steps = fixture.fetched(answer);
    assert_eq!(emitted(&steps), ["reload 3", "fetch 3 pause false"]);
    let mut fixture = Fixture::new();
    fixture.sync.connection_lost();
    fixture.sync.begin_resume().expect("a resume");
    let answer = wire::Changes { reload: true, ..fixture.changes(3, 2, vec![]) };
    let (steps, _) = fixture.sync.resumed(wire::Resumed { changes: vec![answer], epoch: "two".into(), ..resumed(0) });
    assert_eq!(emitted(&steps), ["reload 3"]);
    assert_eq!(emitted(&fixture.sent(3, 4)), ["sent 3"]);
}

#[test]
fn a_resume_sends_the_held_versions_and_emits_missed_changes() {
    let mut fixture = Fixture::new();
    fixture.sent(9, 11);
    fixture.sync.connection_lost();
    let resume = fixture.sync.begin_resume().expect("a resume");
    let held = vec![wire::Held { conversation_id: fixture.id.to_string(), version: 5 }];
    assert_eq!(resume, wire::Resume { epoch: EPOCH.into(), inbox_version: 1, held });
    let new = ConversationId::new();
    let answer = wire::Resumed {
        changes: vec![
            fixture.changes(6, 4, vec![fixture.message(4, 6)]),
            wire::Changes { conversation: Some(conversation(new, 9, 9)), ..Default::default() },
        ],
        reload_list: true,
        ..resumed(2)
    };
    let (steps, more) = fixture.sync.resumed(answer);
    assert_eq!(emitted(&steps), ["sent 4", "resynced 6", "joined 9", "reload list"]);
    assert!(!more);
    // The event that was buffered on the old connection is dropped; the resume brought its content.
    assert_eq!(emitted(&fixture.sent(5, 7)), ["sent 5"]);
}

#[test]
fn the_first_resume_stores_versions_without_emitting_joins() {
    let mut sync = Sync::default();
    assert_eq!(sync.begin_resume(), Some(wire::Resume::default()));
    let id = ConversationId::new();
    let changes = vec![wire::Changes { conversation: Some(conversation(id, 4, 2)), ..Default::default() }];
    let (steps, _) = sync.resumed(wire::Resumed { changes, reload_list: true, total_unread: 3, ..resumed(7) });
    assert_eq!(steps, [Step::Emit(Event::TotalUnread(3))]);
    let resume = sync.begin_resume().expect("a resume");
    assert_eq!((resume.inbox_version, resume.held.len()), (7, 1));
}

#[test]
fn many_conversations_are_resumed_in_parts_with_one_epoch() {
    let mut sync = Sync::default();
    sync.begin_resume();
    sync.resumed(resumed(1));
    for _ in 0..RESUME_MAX + 1 {
        sync.learn(&conversation(ConversationId::new(), 1, 0), 0);
    }
    let first = sync.begin_resume().expect("a first part");
    assert_eq!((first.held.len(), first.epoch.as_str()), (RESUME_MAX, EPOCH));
    let (_, more) = sync.resumed(wire::Resumed { epoch: "two".into(), ..resumed(1) });
    assert!(more);
    let second = sync.next_resume().expect("a second part");
    assert_eq!((second.held.len(), second.epoch.as_str()), (1, EPOCH));
    let (_, more) = sync.resumed(wire::Resumed { epoch: "two".into(), ..resumed(1) });
    assert!(!more);
    assert_eq!(sync.begin_resume().expect("another").epoch, "two");
}

#[test]
fn a_gap_during_a_resume_causes_another_resume() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.sync.event(Kind::Gap(wire::Gap {})), [Step::Resume]);
    assert!(fixture.sync.begin_resume().is_some());
    assert_eq!(fixture.sync.event(Kind::Gap(wire::Gap {})), [Step::Resume]);
    assert!(fixture.sync.begin_resume().is_none());
    assert_eq!(emitted(&fixture.sync.resumed(resumed(1)).0), ["resume"]);
    assert!(fixture.sync.begin_resume().is_some());
    assert!(emitted(&fixture.sync.resumed(resumed(1)).0).is_empty());
}

#[test]
fn a_missed_join_or_leave_causes_a_resume() {
    let mut fixture = Fixture::new();
    let id = ConversationId::new();
    assert_eq!(emitted(&fixture.sync.event(joined(id, 2))), ["joined 1"]);
    assert!(fixture.sync.event(joined(id, 2)).is_empty());
    assert_eq!(emitted(&fixture.sync.event(joined(ConversationId::new(), 4))), ["resume", "joined 1"]);
    assert_eq!(emitted(&fixture.sync.event(left(id, 3))), ["left"]);
    fixture.sync.begin_resume().expect("a resume");
    let (steps, _) = fixture.sync.resumed(wire::Resumed { gone: vec![fixture.id.to_string()], ..resumed(4) });
    assert_eq!(emitted(&steps), ["left"]);
    assert_eq!(fixture.sync.begin_resume().expect("a resume").held.len(), 1, "the conversation joined after the missed one");
}

#[test]
fn hiding_and_showing_a_conversation_by_policy_does_not_change_the_inbox_version() {
    let mut fixture = Fixture::new();
    assert_eq!(emitted(&fixture.sync.event(left(fixture.id, 0))), ["left"]);
    assert_eq!(emitted(&fixture.sync.event(joined(fixture.id, 0))), ["joined 1"]);
    assert_eq!(
        emitted(&fixture.sync.event(joined(ConversationId::new(), 2))),
        ["joined 1"],
        "the count went on from where it was"
    );
}

#[test]
fn the_first_event_of_an_unknown_conversation_is_emitted() {
    let mut fixture = Fixture::new();
    fixture.id = ConversationId::new();
    assert_eq!(emitted(&fixture.edited(3, 40)), ["edited 3"]);
    assert_eq!(emitted(&fixture.sent(8, 43)), ["fetch 40 pause false"]);
    // The last seq is unknown: messages before the first unchanged one are older.
    let at = Some(Default::default());
    let messages = vec![
        wire::Message { edited_at: at, ..fixture.message(2, 42) },
        fixture.message(7, 41),
        wire::Message { edited_at: at, ..fixture.message(8, 43) },
    ];
    let answer = fixture.changes(43, 8, messages);
    assert_eq!(emitted(&fixture.fetched(answer)), ["edited 2", "sent 7", "sent 8", "resynced 43"]);
}

#[test]
fn the_first_message_of_an_empty_conversation_is_new_even_if_it_was_edited() {
    let mut fixture = Fixture::new();
    fixture.id = ConversationId::new();
    fixture.sync.learn(&conversation(fixture.id, 1, 0), 0);
    assert_eq!(fixture.edited(1, 3), [fixture.fetch(1)]);
    let message = wire::Message { edited_at: Some(Default::default()), ..fixture.message(1, 3) };
    let answer = fixture.changes(3, 1, vec![message]);
    assert_eq!(emitted(&fixture.fetched(answer)), ["sent 1", "resynced 3"]);
}

#[test]
fn a_reply_with_a_later_version_does_not_drop_the_events_before_it() {
    let mut fixture = Fixture::new();
    fixture.sync.learn(&conversation(fixture.id, 7, 5), 0);
    assert_eq!(emitted(&fixture.sent(4, 6)), ["sent 4"]);
    assert_eq!(emitted(&fixture.sent(5, 7)), ["sent 5"]);
}

#[test]
fn a_reply_to_a_request_from_before_a_leave_does_not_bring_the_conversation_back() {
    let mut fixture = Fixture::new();
    let leaves = fixture.sync.leaves_total();
    let old = conversation(fixture.id, 5, 3);
    fixture.sync.event(left(fixture.id, 2));
    fixture.sync.learn(&old, leaves);
    let page = wire::ConversationPage { conversations: vec![old.clone()], ..Default::default() };
    fixture.sync.learn_page(&page, leaves);
    fixture.sync.learn_started(&wire::ConversationStarted { conversation: Some(old.clone()), ..Default::default() }, leaves);
    assert!(!fixture.sync.conversations.contains_key(&fixture.id));
    // A rejoin brings the conversation, and so does a reply to a later request.
    assert_eq!(emitted(&fixture.sync.event(joined(fixture.id, 3))), ["joined 1"]);
    fixture.sync.event(left(fixture.id, 4));
    fixture.sync.learn(&old, fixture.sync.leaves_total());
    assert!(fixture.sync.conversations.contains_key(&fixture.id));
}

#[test]
fn a_resume_that_was_read_before_a_leave_does_not_bring_the_conversation_back() {
    let mut fixture = Fixture::new();
    let id = ConversationId::new();
    let answer = |version| {
        let conversation = Some(conversation(id, 5, 3));
        let changes = vec![wire::Changes { conversation, messages: Vec::new(), reload: false }];
        wire::Resumed { changes, ..resumed(version) }
    };
    fixture.sync.begin_resume().expect("a resume");
    fixture.sync.event(joined(id, 2));
    fixture.sync.event(left(id, 3));
    fixture.sync.resumed(answer(2));
    assert!(!fixture.sync.conversations.contains_key(&id));
    // The server read this reply after the user had left and rejoined, so it contains the conversation.
    fixture.sync.begin_resume().expect("a resume");
    fixture.sync.event(joined(id, 4));
    fixture.sync.event(left(id, 5));
    fixture.sync.resumed(answer(6));
    assert!(fixture.sync.conversations.contains_key(&id));
}

#[test]
fn a_refused_fetch_emits_left_once() {
    let mut fixture = Fixture::new();
    fixture.sent(9, 11);
    let state_id = fixture.state_id();
    assert_eq!(emitted(&fixture.sync.fetch_refused(state_id)), ["left"]);
    assert!(fixture.sync.fetch_refused(state_id).is_empty());
    assert_eq!(fixture.sync.fetch_again(state_id), []);
}

#[test]
fn a_rejoined_conversation_is_reloaded() {
    let mut fixture = Fixture::new();
    fixture.sent(9, 11);
    let rejoined = wire::ConversationJoined { inbox_version: 2, conversation: Some(conversation(fixture.id, 11, 9)) };
    assert_eq!(emitted(&fixture.sync.event(Kind::ConversationJoined(rejoined))), ["reload 11"]);
    // The pending fetch brings the missed messages; they are new.
    let answer = fixture.changes(11, 9, vec![fixture.message(4, 6), fixture.message(9, 11)]);
    assert_eq!(emitted(&fixture.fetched(answer)), ["sent 4", "sent 9", "resynced 11"]);
    assert_eq!(emitted(&fixture.sent(10, 12)), ["sent 10"]);
}

#[test]
fn replies_to_requests_from_before_a_user_left_are_dropped_after_they_rejoined() {
    let mut fixture = Fixture::new();
    fixture.sent(9, 11);
    let before = fixture.state_id();
    assert_eq!(emitted(&fixture.sync.event(left(fixture.id, 2))), ["left"]);
    let rejoined = wire::ConversationJoined { inbox_version: 3, conversation: Some(conversation(fixture.id, 11, 9)) };
    assert_eq!(emitted(&fixture.sync.event(Kind::ConversationJoined(rejoined))), ["joined 11"]);
    assert_eq!(fixture.sent(11, 13), [fixture.fetch(11)]);
    let reply = fixture.changes(13, 11, vec![]);
    assert_eq!(fixture.sync.fetched(before, reply), []);
    assert_eq!(fixture.sync.loaded(before, wire::MessagePage::default()), []);
    assert_eq!(fixture.sync.fetch_refused(before), []);
    assert_eq!(fixture.sync.fetch_again(before), []);
    let answer = fixture.changes(13, 11, vec![fixture.message(10, 12), fixture.message(11, 13)]);
    assert_eq!(emitted(&fixture.fetched(answer)), ["sent 10", "sent 11", "resynced 13"]);
}

#[test]
fn a_conversation_that_the_user_started_is_joined_once_and_not_reloaded() {
    let mut fixture = Fixture::new();
    let new = ConversationId::new();
    let started =
        wire::ConversationStarted { conversation: Some(conversation(new, 1, 0)), created: true, ..Default::default() };
    fixture.sync.learn_started(&started, 0);
    assert_eq!(emitted(&fixture.sync.event(joined(new, 2))), ["joined 1"]);
    assert_eq!(emitted(&fixture.sync.event(joined(new, 3))), ["reload 1"]);
    // Finding an existing conversation is not a join.
    let existing = Some(conversation(ConversationId::new(), 1, 0));
    let found = wire::ConversationStarted { conversation: existing, created: false, ..Default::default() };
    fixture.sync.learn_started(&found, 0);
    let id = found.conversation.expect("set").id.parse().expect("an id");
    assert_eq!(emitted(&fixture.sync.event(joined(id, 4))), ["reload 1"]);
}

#[test]
fn changes_between_a_start_and_a_newer_join_are_fetched() {
    let mut fixture = Fixture::new();
    fixture.id = ConversationId::new();
    let started = Some(conversation(fixture.id, 5, 3));
    fixture.sync.learn_started(&wire::ConversationStarted { conversation: started, created: true, ..Default::default() }, 0);
    let newer = wire::ConversationJoined { inbox_version: 2, conversation: Some(conversation(fixture.id, 6, 4)) };
    let steps = fixture.sync.event(Kind::ConversationJoined(newer));
    assert_eq!(emitted(&steps), ["joined 6", "fetch 5 pause false"]);
    assert!(steps.contains(&fixture.fetch(5)), "what was said in between has no event of its own");
    let changes = fixture.changes(6, 4, vec![fixture.message(4, 6)]);
    assert!(emitted(&fixture.fetched(changes)).contains(&"sent 4".to_owned()));
}

/// A join of a conversation with messages, of which the user has read some.
fn joined_with(id: ConversationId, last_seq: u32, read_seq: u32) -> Kind {
    let last_message =
        wire::Message { conversation_id: id.to_string(), seq: last_seq, version: last_seq, ..Default::default() };
    let read_state = wire::ReadState { read_seq, ..Default::default() };
    let conversation = wire::Conversation {
        last_message: Some(last_message),
        read_state: Some(read_state),
        ..conversation(id, last_seq, last_seq)
    };
    Kind::ConversationJoined(wire::ConversationJoined { inbox_version: 2, conversation: Some(conversation) })
}

#[test]
fn a_first_message_that_arrives_before_its_join_is_emitted_once() {
    let mut fixture = Fixture::new();
    fixture.id = ConversationId::new();
    assert_eq!(emitted(&fixture.sent(1, 1)), ["sent 1"]);
    assert_eq!(emitted(&fixture.sync.event(joined_with(fixture.id, 1, 0))), ["joined 1"]);
    assert_eq!(emitted(&fixture.sent(2, 2)), ["sent 2"]);
}

#[test]
fn unread_messages_that_only_the_join_mentions_are_emitted_before_later_ones() {
    let mut fixture = Fixture::new();
    fixture.id = ConversationId::new();
    assert_eq!(emitted(&fixture.sync.event(joined_with(fixture.id, 3, 0))), ["joined 3", "load after 0"]);
    assert!(fixture.sent(4, 4).is_empty());
    let messages = (1..=4).map(|seq| fixture.message(seq, seq)).collect();
    let steps = fixture.loaded(messages);
    assert_eq!(emitted(&steps), ["sent 1", "sent 2", "sent 3", "sent 4"]);
}

#[test]
fn read_messages_of_a_group_that_a_user_is_added_to_are_not_emitted() {
    let mut fixture = Fixture::new();
    fixture.id = ConversationId::new();
    assert_eq!(emitted(&fixture.sync.event(joined_with(fixture.id, 300, 300))), ["joined 300"]);
    assert_eq!(emitted(&fixture.sent(301, 301)), ["sent 301"]);
}

#[test]
fn a_single_unread_message_is_emitted_from_the_join_itself() {
    let mut fixture = Fixture::new();
    let id = ConversationId::new();
    assert_eq!(emitted(&fixture.sync.event(joined_with(id, 1, 1))), ["joined 1", "sent 1"], "to its author as well");
    let mut fixture = Fixture::new();
    assert_eq!(emitted(&fixture.sync.event(joined_with(id, 8, 7))), ["joined 8", "sent 8"]);
}

#[test]
fn messages_that_a_reply_mentioned_before_their_events_were_lost_are_emitted() {
    let mut fixture = Fixture::new();
    assert_eq!(emitted(&fixture.sent(4, 6)), ["sent 4"]);
    // A reply does not change the version of a conversation that is held. It sets the version of a conversation that is not
    // held.
    fixture.id = ConversationId::new();
    fixture.sync.learn(&conversation(fixture.id, 9, 9), 0);
    assert_eq!(emitted(&fixture.sent(7, 7)), ["sent 7"]);
    fixture.sync.connection_lost();
    fixture.sync.begin_resume().expect("a resume");
    assert_eq!(emitted(&fixture.sync.resumed(resumed(1)).0), ["load after 7"]);
    let messages = vec![fixture.message(8, 8), fixture.message(9, 9)];
    let steps = fixture.loaded(messages);
    assert_eq!(emitted(&steps), ["sent 8", "sent 9"]);
}
