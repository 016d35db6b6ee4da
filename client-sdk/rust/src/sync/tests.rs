use wire::event::Kind;

use super::*;

const EPOCH: &str = "one";

struct Scene {
    sync: Sync,
    id: ConversationId,
}

impl Scene {
    /// Connected, with one conversation held at version 5, seq 3.
    fn new() -> Self {
        let mut scene = Self { sync: Sync::default(), id: ConversationId::new() };
        scene.sync.begin_resume().expect("the first resume");
        scene.sync.resumed(resumed(1));
        scene.sync.learn(&conversation(scene.id, 5, 3));
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

    /// The name of the questions that the present state of the conversation asks.
    fn question(&self) -> Question {
        self.sync.held[&self.id].question
    }

    fn fetched(&mut self, changes: wire::Changes) -> Vec<Step> {
        self.sync.fetched(self.question(), changes)
    }

    fn loaded(&mut self, messages: Vec<wire::Message>) -> Vec<Step> {
        self.sync.loaded(self.question(), wire::MessagePage { messages, ..Default::default() })
    }

    fn fetch(&self, since_version: u32) -> Step {
        Step::Fetch { question: self.question(), since_version, pause: false }
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

/// What was told, in a form to compare: `sent 4`, `edited 2`, `resynced 9`.
fn told(steps: &[Step]) -> Vec<String> {
    let words = steps.iter().filter_map(|step| match step {
        Step::Tell(Event::MessageSent(message)) => Some(format!("sent {}", message.seq)),
        Step::Tell(Event::MessageEdited(message)) => Some(format!("edited {}", message.seq)),
        Step::Tell(Event::MessageDeleted(message)) => Some(format!("deleted {}", message.seq)),
        Step::Tell(Event::Resynced { conversation, reload }) => {
            Some(format!("{} {}", if *reload { "reload" } else { "resynced" }, conversation.version))
        }
        Step::Tell(Event::Joined(conversation)) => Some(format!("joined {}", conversation.version)),
        Step::Tell(Event::Left(_)) => Some("left".into()),
        Step::Tell(Event::ReloadList) => Some("reload list".into()),
        Step::Fetch { since_version, pause, .. } => Some(format!("fetch {since_version} pause {pause}")),
        Step::Load { after_seq, .. } => Some(format!("load after {after_seq}")),
        Step::Resume => Some("resume".into()),
        Step::Tell(_) => None,
    });
    words.collect()
}

#[test]
fn the_next_version_is_told_and_an_old_one_dropped() {
    let mut scene = Scene::new();
    assert_eq!(told(&scene.sent(4, 6)), ["sent 4"]);
    assert!(scene.sent(4, 6).is_empty());
    assert!(scene.edited(2, 4).is_empty());
    assert_eq!(told(&scene.edited(2, 7)), ["edited 2"]);
}

#[test]
fn a_gap_is_fetched_once_and_told_in_order_with_what_came_meanwhile() {
    let mut scene = Scene::new();
    assert_eq!(scene.sent(6, 8), [scene.fetch(5)]);
    assert!(scene.sent(7, 9).is_empty());
    // The answer already has version 8, and 9 waited.
    let answer = scene.changes(8, 6, vec![scene.message(6, 8), scene.message(4, 6), scene.message(5, 7)]);
    assert_eq!(told(&scene.fetched(answer)), ["sent 4", "sent 5", "sent 6", "resynced 8", "sent 7"]);
    assert_eq!(told(&scene.sent(8, 10)), ["sent 8"]);
}

#[test]
fn what_changed_meanwhile_is_told_as_what_it_is() {
    let mut scene = Scene::new();
    scene.edited(4, 9);
    let at = Some(Default::default());
    let messages = vec![
        wire::Message { edited_at: at, ..scene.message(1, 7) },
        wire::Message { deleted_at: at, ..scene.message(2, 8) },
        // Sent and deleted while nobody looked: it takes its place as something new.
        wire::Message { deleted_at: at, ..scene.message(4, 9) },
        // Held already: the server may list more than was asked for.
        scene.message(3, 5),
    ];
    let answer = scene.changes(9, 4, messages);
    assert_eq!(told(&scene.fetched(answer)), ["edited 1", "deleted 2", "sent 4", "resynced 9"]);
}

#[test]
fn a_gap_that_the_answer_does_not_fill_is_fetched_again_from_there() {
    let mut scene = Scene::new();
    scene.sent(9, 11);
    let answer = scene.changes(8, 6, vec![scene.message(4, 6), scene.message(5, 7), scene.message(6, 8)]);
    let steps = scene.fetched(answer);
    assert_eq!(told(&steps), ["sent 4", "sent 5", "sent 6", "resynced 8", "fetch 8 pause false"]);
    // An answer that brings nothing must not be asked for again at once.
    let answer = scene.changes(8, 6, vec![]);
    assert_eq!(told(&scene.fetched(answer)), ["fetch 8 pause true"]);
    assert_eq!(scene.sync.fetch_again(scene.question()), [scene.fetch(8)]);
}

#[test]
fn more_events_than_may_wait_are_fetched_not_lost() {
    let mut scene = Scene::new();
    let last = 7 + u32::try_from(held::WAITING_MAX).expect("small") + 10;
    for version in 7..=last {
        scene.sent(version - 2, version);
    }
    let answer = scene.changes(6, 4, vec![scene.message(4, 6)]);
    let told = told(&scene.fetched(answer));
    let waited = 6 + held::WAITING_MAX;
    assert_eq!(told[..3], ["sent 4", "resynced 6", "sent 5"]);
    assert_eq!(told[told.len() - 2..], [format!("sent {}", waited - 2), format!("fetch {waited} pause false")]);
}

#[test]
fn reload_replaces_the_position_also_backwards() {
    let mut scene = Scene::new();
    scene.sent(9, 11);
    let answer = wire::Changes { reload: true, ..scene.changes(3, 2, vec![]) };
    let steps = scene.fetched(answer);
    assert_eq!(told(&steps), ["reload 3", "fetch 3 pause false"]);
    let mut scene = Scene::new();
    scene.sync.connection_lost();
    scene.sync.begin_resume().expect("a resume");
    let answer = wire::Changes { reload: true, ..scene.changes(3, 2, vec![]) };
    let (steps, _) = scene.sync.resumed(wire::Resumed { changes: vec![answer], epoch: "two".into(), ..resumed(0) });
    assert_eq!(told(&steps), ["reload 3"]);
    assert_eq!(told(&scene.sent(3, 4)), ["sent 3"]);
}

#[test]
fn resume_presents_what_is_held_and_tells_what_was_missed() {
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
    assert_eq!(told(&steps), ["sent 4", "resynced 6", "joined 9", "reload list"]);
    assert!(!more);
    // The event that waited in the old connection is forgotten; the resume brought what there was.
    assert_eq!(told(&scene.sent(5, 7)), ["sent 5"]);
}

#[test]
fn the_first_resume_learns_positions_without_calling_them_news() {
    let mut sync = Sync::default();
    assert_eq!(sync.begin_resume(), Some(wire::Resume::default()));
    let id = ConversationId::new();
    let changes = vec![wire::Changes { conversation: Some(conversation(id, 4, 2)), ..Default::default() }];
    let (steps, _) = sync.resumed(wire::Resumed { changes, reload_list: true, total_unread: 3, ..resumed(7) });
    assert_eq!(steps, [Step::Tell(Event::TotalUnread(3))]);
    let resume = sync.begin_resume().expect("a resume");
    assert_eq!((resume.inbox_version, resume.held.len()), (7, 1));
}

#[test]
fn many_conversations_are_presented_in_parts_of_one_epoch() {
    let mut sync = Sync::default();
    sync.begin_resume();
    sync.resumed(resumed(1));
    for _ in 0..RESUME_MAX + 1 {
        sync.learn(&conversation(ConversationId::new(), 1, 0));
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
fn a_stream_parted_while_resuming_is_resumed_once_more() {
    let mut scene = Scene::new();
    assert_eq!(scene.sync.event(Kind::Gap(wire::Gap {})), [Step::Resume]);
    assert!(scene.sync.begin_resume().is_some());
    assert_eq!(scene.sync.event(Kind::Gap(wire::Gap {})), [Step::Resume]);
    assert!(scene.sync.begin_resume().is_none());
    assert_eq!(told(&scene.sync.resumed(resumed(1)).0), ["resume"]);
    assert!(scene.sync.begin_resume().is_some());
    assert!(told(&scene.sync.resumed(resumed(1)).0).is_empty());
}

#[test]
fn joinings_are_counted_and_a_missed_one_resumed() {
    let mut scene = Scene::new();
    let id = ConversationId::new();
    assert_eq!(told(&scene.sync.event(joined(id, 2))), ["joined 1"]);
    assert!(scene.sync.event(joined(id, 2)).is_empty());
    assert_eq!(told(&scene.sync.event(joined(ConversationId::new(), 4))), ["resume", "joined 1"]);
    let left = wire::ConversationLeft { inbox_version: 3, conversation_id: id.to_string() };
    assert_eq!(told(&scene.sync.event(Kind::ConversationLeft(left))), ["left"]);
    scene.sync.begin_resume().expect("a resume");
    let (steps, _) = scene.sync.resumed(wire::Resumed { gone: vec![scene.id.to_string()], ..resumed(4) });
    assert_eq!(told(&steps), ["left"]);
    assert_eq!(scene.sync.begin_resume().expect("a resume").held.len(), 1, "the conversation joined after the missed one");
}

#[test]
fn a_conversation_that_may_not_be_read_for_a_while_goes_and_comes_without_a_count() {
    let mut scene = Scene::new();
    let left = wire::ConversationLeft { inbox_version: 0, conversation_id: scene.id.to_string() };
    assert_eq!(told(&scene.sync.event(Kind::ConversationLeft(left))), ["left"]);
    assert_eq!(told(&scene.sync.event(joined(scene.id, 0))), ["joined 1"]);
    assert_eq!(
        told(&scene.sync.event(joined(ConversationId::new(), 2))),
        ["joined 1"],
        "the count went on from where it was"
    );
}

#[test]
fn first_news_of_an_unknown_conversation_is_told() {
    let mut sync = Scene::new();
    sync.id = ConversationId::new();
    assert_eq!(told(&sync.edited(3, 40)), ["edited 3"]);
    assert_eq!(told(&sync.sent(8, 43)), ["fetch 40 pause false"]);
    // Nothing is known of the last seq: what is older than the first untouched message was there before.
    let at = Some(Default::default());
    let messages = vec![
        wire::Message { edited_at: at, ..sync.message(2, 42) },
        sync.message(7, 41),
        wire::Message { edited_at: at, ..sync.message(8, 43) },
    ];
    let answer = sync.changes(43, 8, messages);
    assert_eq!(told(&sync.fetched(answer)), ["edited 2", "sent 7", "sent 8", "resynced 43"]);
}

#[test]
fn the_first_message_of_an_empty_conversation_is_new_even_when_edited_since() {
    let mut scene = Scene::new();
    scene.id = ConversationId::new();
    scene.sync.learn(&conversation(scene.id, 1, 0));
    assert_eq!(scene.edited(1, 3), [scene.fetch(1)]);
    let message = wire::Message { edited_at: Some(Default::default()), ..scene.message(1, 3) };
    let answer = scene.changes(3, 1, vec![message]);
    assert_eq!(told(&scene.fetched(answer)), ["sent 1", "resynced 3"]);
}

#[test]
fn an_answer_never_moves_a_position_past_events_to_come() {
    let mut scene = Scene::new();
    scene.sync.learn(&conversation(scene.id, 7, 5));
    assert_eq!(told(&scene.sent(4, 6)), ["sent 4"]);
    assert_eq!(told(&scene.sent(5, 7)), ["sent 5"]);
}

#[test]
fn a_conversation_one_may_not_see_any_more_is_left_once() {
    let mut scene = Scene::new();
    scene.sent(9, 11);
    let question = scene.question();
    assert_eq!(told(&scene.sync.fetch_refused(question)), ["left"]);
    assert!(scene.sync.fetch_refused(question).is_empty());
    assert_eq!(scene.sync.fetch_again(question), []);
}

#[test]
fn a_conversation_joined_anew_is_loaded_anew() {
    let mut scene = Scene::new();
    scene.sent(9, 11);
    let anew = wire::ConversationJoined { inbox_version: 2, conversation: Some(conversation(scene.id, 11, 9)) };
    assert_eq!(told(&scene.sync.event(Kind::ConversationJoined(anew))), ["reload 11"]);
    // The fetch that is on its way brings the messages that were missed: they are news all the same.
    let answer = scene.changes(11, 9, vec![scene.message(4, 6), scene.message(9, 11)]);
    assert_eq!(told(&scene.fetched(answer)), ["sent 4", "sent 9", "resynced 11"]);
    assert_eq!(told(&scene.sent(10, 12)), ["sent 10"]);
}

#[test]
fn answers_to_questions_from_before_a_user_left_are_dropped_after_they_rejoined() {
    let mut scene = Scene::new();
    scene.sent(9, 11);
    let before = scene.question();
    let left = wire::ConversationLeft { inbox_version: 2, conversation_id: scene.id.to_string() };
    assert_eq!(told(&scene.sync.event(Kind::ConversationLeft(left))), ["left"]);
    let rejoined = wire::ConversationJoined { inbox_version: 3, conversation: Some(conversation(scene.id, 11, 9)) };
    assert_eq!(told(&scene.sync.event(Kind::ConversationJoined(rejoined))), ["joined 11"]);
    assert_eq!(scene.sent(11, 13), [scene.fetch(11)]);
    let old = scene.changes(13, 11, vec![]);
    assert_eq!(scene.sync.fetched(before, old), []);
    assert_eq!(scene.sync.loaded(before, wire::MessagePage::default()), []);
    assert_eq!(scene.sync.fetch_refused(before), []);
    assert_eq!(scene.sync.fetch_again(before), []);
    let answer = scene.changes(13, 11, vec![scene.message(10, 12), scene.message(11, 13)]);
    assert_eq!(told(&scene.fetched(answer)), ["sent 10", "sent 11", "resynced 13"]);
}

#[test]
fn one_s_own_start_is_joined_once_and_not_loaded_anew() {
    let mut scene = Scene::new();
    let new = ConversationId::new();
    let started =
        wire::ConversationStarted { conversation: Some(conversation(new, 1, 0)), created: true, ..Default::default() };
    scene.sync.learn_started(&started);
    assert_eq!(told(&scene.sync.event(joined(new, 2))), ["joined 1"]);
    assert_eq!(told(&scene.sync.event(joined(new, 3))), ["reload 1"]);
    // One that was there before is not joined by finding it.
    let there = Some(conversation(ConversationId::new(), 1, 0));
    let found = wire::ConversationStarted { conversation: there, created: false, ..Default::default() };
    scene.sync.learn_started(&found);
    let id = found.conversation.expect("set").id.parse().expect("an id");
    assert_eq!(told(&scene.sync.event(joined(id, 4))), ["reload 1"]);
}

#[test]
fn a_joining_newer_than_the_start_it_follows_is_caught_up_with() {
    let mut scene = Scene::new();
    scene.id = ConversationId::new();
    let started = Some(conversation(scene.id, 5, 3));
    scene.sync.learn_started(&wire::ConversationStarted { conversation: started, created: true, ..Default::default() });
    let newer = wire::ConversationJoined { inbox_version: 2, conversation: Some(conversation(scene.id, 6, 4)) };
    let steps = scene.sync.event(Kind::ConversationJoined(newer));
    assert_eq!(told(&steps), ["joined 6", "fetch 5 pause false"]);
    assert!(steps.contains(&scene.fetch(5)), "what was said in between has no event of its own");
    let changes = scene.changes(6, 4, vec![scene.message(4, 6)]);
    assert!(told(&scene.fetched(changes)).contains(&"sent 4".to_owned()));
}

/// A joining that brings messages, of which the user has read some.
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
fn a_first_message_that_comes_before_the_joining_that_covers_it_is_told_once() {
    let mut scene = Scene::new();
    scene.id = ConversationId::new();
    assert_eq!(told(&scene.sent(1, 1)), ["sent 1"]);
    assert_eq!(told(&scene.sync.event(joined_with(scene.id, 1, 0))), ["joined 1"]);
    assert_eq!(told(&scene.sent(2, 2)), ["sent 2"]);
}

#[test]
fn unread_messages_that_only_a_joining_covers_are_told_before_those_that_come_later() {
    let mut scene = Scene::new();
    scene.id = ConversationId::new();
    assert_eq!(told(&scene.sync.event(joined_with(scene.id, 3, 0))), ["joined 3", "load after 0"]);
    assert!(scene.sent(4, 4).is_empty());
    let messages = (1..=4).map(|seq| scene.message(seq, seq)).collect();
    let steps = scene.loaded(messages);
    assert_eq!(told(&steps), ["sent 1", "sent 2", "sent 3", "sent 4"]);
}

#[test]
fn the_past_of_a_group_that_a_user_is_added_to_is_not_told_as_news() {
    let mut scene = Scene::new();
    scene.id = ConversationId::new();
    assert_eq!(told(&scene.sync.event(joined_with(scene.id, 300, 300))), ["joined 300"]);
    assert_eq!(told(&scene.sent(301, 301)), ["sent 301"]);
}

#[test]
fn one_unread_message_is_told_from_the_joining_itself() {
    let mut scene = Scene::new();
    let id = ConversationId::new();
    assert_eq!(told(&scene.sync.event(joined_with(id, 1, 1))), ["joined 1", "sent 1"], "to its author as well");
    let mut scene = Scene::new();
    assert_eq!(told(&scene.sync.event(joined_with(id, 8, 7))), ["joined 8", "sent 8"]);
}

#[test]
fn messages_that_an_answer_told_of_before_their_events_were_lost_are_told() {
    let mut scene = Scene::new();
    assert_eq!(told(&scene.sent(4, 6)), ["sent 4"]);
    // A page that was asked for meanwhile does not move the position of what is held; that of another does.
    scene.id = ConversationId::new();
    scene.sync.learn(&conversation(scene.id, 9, 9));
    assert_eq!(told(&scene.sent(7, 7)), ["sent 7"]);
    scene.sync.connection_lost();
    scene.sync.begin_resume().expect("a resume");
    assert_eq!(told(&scene.sync.resumed(resumed(1)).0), ["load after 7"]);
    let messages = vec![scene.message(8, 8), scene.message(9, 9)];
    let steps = scene.loaded(messages);
    assert_eq!(told(&steps), ["sent 8", "sent 9"]);
}
