use wire::event::Kind;

use super::*;

const EPOCH: &str = "one";

struct Scene {
    sync: Sync,
    id: ConversationId,
}

impl Scene {
    /// A connected client that holds one conversation at version 5 and seq 3.
    fn new() -> Self {
        let mut scene = Self { sync: Sync::default(), id: ConversationId::new() };
        scene.sync.begin_resume().expect("the first resume");
        scene.sync.resumed(resumed(1));
        scene.sync.learn(&conversation(scene.id, 5, 3), 0);
        scene
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

/// Steps as short texts: `sent 4`, `edited 2`, `resynced 9`.
fn emitted(steps: &[Step]) -> Vec<String> {
    let words = steps.iter().filter_map(|step| match step {
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
    words.collect()
}

#[test]
fn the_next_version_is_emitted_and_an_old_one_is_dropped() {
    let mut scene = Scene::new();
    assert_eq!(emitted(&scene.sent(4, 6)), ["sent 4"]);
    assert!(scene.sent(4, 6).is_empty());
    assert!(scene.edited(2, 4).is_empty());
    assert_eq!(emitted(&scene.edited(2, 7)), ["edited 2"]);
}

#[test]
fn a_gap_is_fetched_once_and_emitted_in_order_with_buffered_events() {
    let mut scene = Scene::new();
    assert_eq!(scene.sent(6, 8), [scene.fetch(5)]);
    assert!(scene.sent(7, 9).is_empty());
    // The reply already has version 8, and version 9 is buffered.
    let answer = scene.changes(8, 6, vec![scene.message(6, 8), scene.message(4, 6), scene.message(5, 7)]);
    assert_eq!(emitted(&scene.fetched(answer)), ["sent 4", "sent 5", "sent 6", "resynced 8", "sent 7"]);
    assert_eq!(emitted(&scene.sent(8, 10)), ["sent 8"]);
}

#[test]
fn missed_changes_are_emitted_as_sent_edited_or_deleted() {
    let mut scene = Scene::new();
    scene.edited(4, 9);
    let at = Some(Default::default());
    let messages = vec![
        wire::Message { edited_at: at, ..scene.message(1, 7) },
        wire::Message { deleted_at: at, ..scene.message(2, 8) },
        // Sent and deleted in the meantime: a new message.
        wire::Message { deleted_at: at, ..scene.message(4, 9) },
        // Emitted already: the server may list more than was requested.
        scene.message(3, 5),
    ];
    let answer = scene.changes(9, 4, messages);
    assert_eq!(emitted(&scene.fetched(answer)), ["edited 1", "deleted 2", "sent 4", "resynced 9"]);
}

#[test]
fn a_gap_that_the_reply_does_not_fill_is_fetched_again_from_the_new_version() {
    let mut scene = Scene::new();
    scene.sent(9, 11);
    let answer = scene.changes(8, 6, vec![scene.message(4, 6), scene.message(5, 7), scene.message(6, 8)]);
    let steps = scene.fetched(answer);
    assert_eq!(emitted(&steps), ["sent 4", "sent 5", "sent 6", "resynced 8", "fetch 8 pause false"]);
    // A reply without anything new must not cause another request at once.
    let answer = scene.changes(8, 6, vec![]);
    assert_eq!(emitted(&scene.fetched(answer)), ["fetch 8 pause true"]);
    assert_eq!(scene.sync.fetch_again(scene.state_id()), [scene.fetch(8)]);
}

#[test]
fn events_beyond_the_buffer_are_fetched_and_not_lost() {
    let mut scene = Scene::new();
    let last = 7 + u32::try_from(conversation::BUFFERED_MAX).expect("small") + 10;
    for version in 7..=last {
        scene.sent(version - 2, version);
    }
    let answer = scene.changes(6, 4, vec![scene.message(4, 6)]);
    let steps = emitted(&scene.fetched(answer));
    let waited = 6 + conversation::BUFFERED_MAX;
    assert_eq!(steps[..3], ["sent 4", "resynced 6", "sent 5"]);
    assert_eq!(steps[steps.len() - 2..], [format!("sent {}", waited - 2), format!("fetch {waited} pause false")]);
}

#[test]
fn a_reload_replaces_the_version_also_by_a_lower_one() {
    let mut scene = Scene::new();
    scene.sent(9, 11);
    let answer = wire::Changes { reload: true, ..scene.changes(3, 2, vec![]) };
    let steps = scene.fetched(answer);
    assert_eq!(emitted(&steps), ["reload 3", "fetch 3 pause false"]);
    let mut scene = Scene::new();
    scene.sync.connection_lost();
    scene.sync.begin_resume().expect("a resume");
    let answer = wire::Changes { reload: true, ..scene.changes(3, 2, vec![]) };
    let (steps, _) = scene.sync.resumed(wire::Resumed { changes: vec![answer], epoch: "two".into(), ..resumed(0) });
    assert_eq!(emitted(&steps), ["reload 3"]);
    assert_eq!(emitted(&scene.sent(3, 4)), ["sent 3"]);
}

#[test]
fn a_resume_sends_the_held_versions_and_emits_missed_changes() {
    let mut scene = Scene::new();
    scene.sent(9, 11);
    scene.sync.connection_lost();
    let resume = scene.sync.begin_resume().expect("a resume");
    let held = vec![wire::Held { conversation_id: scene.id.to_string(), version: 5 }];
    assert_eq!(resume, wire::Resume { epoch: EPOCH.into(), inbox_version: 1, held });
    let new = ConversationId::new();
    let answer = wire::Resumed {
        changes: vec![
            scene.changes(6, 4, vec![scene.message(4, 6)]),
            wire::Changes { conversation: Some(conversation(new, 9, 9)), ..Default::default() },
        ],
        reload_list: true,
        ..resumed(2)
    };
    let (steps, more) = scene.sync.resumed(answer);
    assert_eq!(emitted(&steps), ["sent 4", "resynced 6", "joined 9", "reload list"]);
    assert!(!more);
    // The event that was buffered on the old connection is dropped; the resume brought its content.
    assert_eq!(emitted(&scene.sent(5, 7)), ["sent 5"]);
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
    let mut scene = Scene::new();
    assert_eq!(scene.sync.event(Kind::Gap(wire::Gap {})), [Step::Resume]);
    assert!(scene.sync.begin_resume().is_some());
    assert_eq!(scene.sync.event(Kind::Gap(wire::Gap {})), [Step::Resume]);
    assert!(scene.sync.begin_resume().is_none());
    assert_eq!(emitted(&scene.sync.resumed(resumed(1)).0), ["resume"]);
    assert!(scene.sync.begin_resume().is_some());
    assert!(emitted(&scene.sync.resumed(resumed(1)).0).is_empty());
}

#[test]
fn joins_and_leaves_are_counted_and_a_missed_one_is_resumed() {
    let mut scene = Scene::new();
    let id = ConversationId::new();
    assert_eq!(emitted(&scene.sync.event(joined(id, 2))), ["joined 1"]);
    assert!(scene.sync.event(joined(id, 2)).is_empty());
    assert_eq!(emitted(&scene.sync.event(joined(ConversationId::new(), 4))), ["resume", "joined 1"]);
    assert_eq!(emitted(&scene.sync.event(left(id, 3))), ["left"]);
    scene.sync.begin_resume().expect("a resume");
    let (steps, _) = scene.sync.resumed(wire::Resumed { gone: vec![scene.id.to_string()], ..resumed(4) });
    assert_eq!(emitted(&steps), ["left"]);
    assert_eq!(scene.sync.begin_resume().expect("a resume").held.len(), 1, "the conversation joined after the missed one");
}

#[test]
fn a_conversation_that_the_policy_hides_and_shows_again_is_not_counted() {
    let mut scene = Scene::new();
    assert_eq!(emitted(&scene.sync.event(left(scene.id, 0))), ["left"]);
    assert_eq!(emitted(&scene.sync.event(joined(scene.id, 0))), ["joined 1"]);
    assert_eq!(
        emitted(&scene.sync.event(joined(ConversationId::new(), 2))),
        ["joined 1"],
        "the count went on from where it was"
    );
}

#[test]
fn the_first_event_of_an_unknown_conversation_is_emitted() {
    let mut sync = Scene::new();
    sync.id = ConversationId::new();
    assert_eq!(emitted(&sync.edited(3, 40)), ["edited 3"]);
    assert_eq!(emitted(&sync.sent(8, 43)), ["fetch 40 pause false"]);
    // The last seq is unknown: messages before the first unchanged one are older.
    let at = Some(Default::default());
    let messages = vec![
        wire::Message { edited_at: at, ..sync.message(2, 42) },
        sync.message(7, 41),
        wire::Message { edited_at: at, ..sync.message(8, 43) },
    ];
    let answer = sync.changes(43, 8, messages);
    assert_eq!(emitted(&sync.fetched(answer)), ["edited 2", "sent 7", "sent 8", "resynced 43"]);
}

#[test]
fn the_first_message_of_an_empty_conversation_is_new_even_if_it_was_edited() {
    let mut scene = Scene::new();
    scene.id = ConversationId::new();
    scene.sync.learn(&conversation(scene.id, 1, 0), 0);
    assert_eq!(scene.edited(1, 3), [scene.fetch(1)]);
    let message = wire::Message { edited_at: Some(Default::default()), ..scene.message(1, 3) };
    let answer = scene.changes(3, 1, vec![message]);
    assert_eq!(emitted(&scene.fetched(answer)), ["sent 1", "resynced 3"]);
}

#[test]
fn a_reply_does_not_move_a_version_past_events_to_come() {
    let mut scene = Scene::new();
    scene.sync.learn(&conversation(scene.id, 7, 5), 0);
    assert_eq!(emitted(&scene.sent(4, 6)), ["sent 4"]);
    assert_eq!(emitted(&scene.sent(5, 7)), ["sent 5"]);
}

#[test]
fn a_reply_to_a_request_from_before_a_leave_does_not_bring_the_conversation_back() {
    let mut scene = Scene::new();
    let leaves = scene.sync.leaves_total();
    let old = conversation(scene.id, 5, 3);
    scene.sync.event(left(scene.id, 2));
    scene.sync.learn(&old, leaves);
    let page = wire::ConversationPage { conversations: vec![old.clone()], ..Default::default() };
    scene.sync.learn_page(&page, leaves);
    scene.sync.learn_started(&wire::ConversationStarted { conversation: Some(old.clone()), ..Default::default() }, leaves);
    assert!(!scene.sync.conversations.contains_key(&scene.id));
    // A rejoin brings the conversation, and so does a reply to a later request.
    assert_eq!(emitted(&scene.sync.event(joined(scene.id, 3))), ["joined 1"]);
    scene.sync.event(left(scene.id, 4));
    scene.sync.learn(&old, scene.sync.leaves_total());
    assert!(scene.sync.conversations.contains_key(&scene.id));
}

#[test]
fn a_resume_that_was_read_before_a_leave_does_not_bring_the_conversation_back() {
    let mut scene = Scene::new();
    let id = ConversationId::new();
    let answer = |version| {
        let conversation = Some(conversation(id, 5, 3));
        let changes = vec![wire::Changes { conversation, messages: Vec::new(), reload: false }];
        wire::Resumed { changes, ..resumed(version) }
    };
    scene.sync.begin_resume().expect("a resume");
    scene.sync.event(joined(id, 2));
    scene.sync.event(left(id, 3));
    scene.sync.resumed(answer(2));
    assert!(!scene.sync.conversations.contains_key(&id));
    // Read after the user left and rejoined: the reply contains the rejoin, whose event is then dropped.
    scene.sync.begin_resume().expect("a resume");
    scene.sync.event(joined(id, 4));
    scene.sync.event(left(id, 5));
    scene.sync.resumed(answer(6));
    assert!(scene.sync.conversations.contains_key(&id));
}

#[test]
fn a_refused_fetch_emits_left_once() {
    let mut scene = Scene::new();
    scene.sent(9, 11);
    let state_id = scene.state_id();
    assert_eq!(emitted(&scene.sync.fetch_refused(state_id)), ["left"]);
    assert!(scene.sync.fetch_refused(state_id).is_empty());
    assert_eq!(scene.sync.fetch_again(state_id), []);
}

#[test]
fn a_rejoined_conversation_is_reloaded() {
    let mut scene = Scene::new();
    scene.sent(9, 11);
    let anew = wire::ConversationJoined { inbox_version: 2, conversation: Some(conversation(scene.id, 11, 9)) };
    assert_eq!(emitted(&scene.sync.event(Kind::ConversationJoined(anew))), ["reload 11"]);
    // The pending fetch brings the missed messages; they are new.
    let answer = scene.changes(11, 9, vec![scene.message(4, 6), scene.message(9, 11)]);
    assert_eq!(emitted(&scene.fetched(answer)), ["sent 4", "sent 9", "resynced 11"]);
    assert_eq!(emitted(&scene.sent(10, 12)), ["sent 10"]);
}

#[test]
fn replies_to_requests_from_before_a_user_left_are_dropped_after_they_rejoined() {
    let mut scene = Scene::new();
    scene.sent(9, 11);
    let before = scene.state_id();
    assert_eq!(emitted(&scene.sync.event(left(scene.id, 2))), ["left"]);
    let rejoined = wire::ConversationJoined { inbox_version: 3, conversation: Some(conversation(scene.id, 11, 9)) };
    assert_eq!(emitted(&scene.sync.event(Kind::ConversationJoined(rejoined))), ["joined 11"]);
    assert_eq!(scene.sent(11, 13), [scene.fetch(11)]);
    let old = scene.changes(13, 11, vec![]);
    assert_eq!(scene.sync.fetched(before, old), []);
    assert_eq!(scene.sync.loaded(before, wire::MessagePage::default()), []);
    assert_eq!(scene.sync.fetch_refused(before), []);
    assert_eq!(scene.sync.fetch_again(before), []);
    let answer = scene.changes(13, 11, vec![scene.message(10, 12), scene.message(11, 13)]);
    assert_eq!(emitted(&scene.fetched(answer)), ["sent 10", "sent 11", "resynced 13"]);
}

#[test]
fn a_conversation_that_the_user_started_is_joined_once_and_not_reloaded() {
    let mut scene = Scene::new();
    let new = ConversationId::new();
    let started =
        wire::ConversationStarted { conversation: Some(conversation(new, 1, 0)), created: true, ..Default::default() };
    scene.sync.learn_started(&started, 0);
    assert_eq!(emitted(&scene.sync.event(joined(new, 2))), ["joined 1"]);
    assert_eq!(emitted(&scene.sync.event(joined(new, 3))), ["reload 1"]);
    // Finding an existing conversation is not a join.
    let there = Some(conversation(ConversationId::new(), 1, 0));
    let found = wire::ConversationStarted { conversation: there, created: false, ..Default::default() };
    scene.sync.learn_started(&found, 0);
    let id = found.conversation.expect("set").id.parse().expect("an id");
    assert_eq!(emitted(&scene.sync.event(joined(id, 4))), ["reload 1"]);
}

#[test]
fn changes_between_a_start_and_a_newer_join_are_fetched() {
    let mut scene = Scene::new();
    scene.id = ConversationId::new();
    let started = Some(conversation(scene.id, 5, 3));
    scene.sync.learn_started(&wire::ConversationStarted { conversation: started, created: true, ..Default::default() }, 0);
    let newer = wire::ConversationJoined { inbox_version: 2, conversation: Some(conversation(scene.id, 6, 4)) };
    let steps = scene.sync.event(Kind::ConversationJoined(newer));
    assert_eq!(emitted(&steps), ["joined 6", "fetch 5 pause false"]);
    assert!(steps.contains(&scene.fetch(5)), "what was said in between has no event of its own");
    let changes = scene.changes(6, 4, vec![scene.message(4, 6)]);
    assert!(emitted(&scene.fetched(changes)).contains(&"sent 4".to_owned()));
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
    let mut scene = Scene::new();
    scene.id = ConversationId::new();
    assert_eq!(emitted(&scene.sent(1, 1)), ["sent 1"]);
    assert_eq!(emitted(&scene.sync.event(joined_with(scene.id, 1, 0))), ["joined 1"]);
    assert_eq!(emitted(&scene.sent(2, 2)), ["sent 2"]);
}

#[test]
fn unread_messages_that_only_the_join_mentions_are_emitted_before_later_ones() {
    let mut scene = Scene::new();
    scene.id = ConversationId::new();
    assert_eq!(emitted(&scene.sync.event(joined_with(scene.id, 3, 0))), ["joined 3", "load after 0"]);
    assert!(scene.sent(4, 4).is_empty());
    let messages = (1..=4).map(|seq| scene.message(seq, seq)).collect();
    let steps = scene.loaded(messages);
    assert_eq!(emitted(&steps), ["sent 1", "sent 2", "sent 3", "sent 4"]);
}

#[test]
fn read_messages_of_a_group_that_a_user_is_added_to_are_not_emitted() {
    let mut scene = Scene::new();
    scene.id = ConversationId::new();
    assert_eq!(emitted(&scene.sync.event(joined_with(scene.id, 300, 300))), ["joined 300"]);
    assert_eq!(emitted(&scene.sent(301, 301)), ["sent 301"]);
}

#[test]
fn a_single_unread_message_is_emitted_from_the_join_itself() {
    let mut scene = Scene::new();
    let id = ConversationId::new();
    assert_eq!(emitted(&scene.sync.event(joined_with(id, 1, 1))), ["joined 1", "sent 1"], "to its author as well");
    let mut scene = Scene::new();
    assert_eq!(emitted(&scene.sync.event(joined_with(id, 8, 7))), ["joined 8", "sent 8"]);
}

#[test]
fn messages_that_a_reply_mentioned_before_their_events_were_lost_are_emitted() {
    let mut scene = Scene::new();
    assert_eq!(emitted(&scene.sent(4, 6)), ["sent 4"]);
    // A reply does not change the version of a loaded conversation. It sets the version of a conversation that is not loaded.
    scene.id = ConversationId::new();
    scene.sync.learn(&conversation(scene.id, 9, 9), 0);
    assert_eq!(emitted(&scene.sent(7, 7)), ["sent 7"]);
    scene.sync.connection_lost();
    scene.sync.begin_resume().expect("a resume");
    assert_eq!(emitted(&scene.sync.resumed(resumed(1)).0), ["load after 7"]);
    let messages = vec![scene.message(8, 8), scene.message(9, 9)];
    let steps = scene.loaded(messages);
    assert_eq!(emitted(&steps), ["sent 8", "sent 9"]);
}
