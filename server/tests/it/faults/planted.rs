//! A checker that finds nothing proves nothing: each promise is broken once, on purpose, and must be found.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use causerie_client::{ClientId, ConversationId, MessageId, UserId};

use super::checker::{Attempt, Entry, History, Outcome, Violation, check};

/// Two people who say three things each in one conversation, by turns, and hear everything.
struct Scene {
    histories: Vec<History>,
    log: Vec<Entry>,
}

impl Scene {
    fn new() -> Self {
        let (start, conversation) = (Instant::now(), ConversationId::new());
        let mut histories: Vec<History> = ["lea", "tom"]
            .map(|name| History {
                name: name.into(),
                user: UserId::new(),
                attempts: Vec::new(),
                streams: BTreeMap::from([(conversation, Vec::new())]),
            })
            .into();
        let mut log = Vec::new();
        for seq in 1..=6 {
            let sender = &mut histories[(seq as usize + 1) % 2];
            let (id, client_id, text) = (MessageId::new(), ClientId::new(), format!("message {seq}"));
            let at = |half: u32| start + Duration::from_millis(u64::from(2 * seq + half));
            let outcome = Outcome::Ok { at: at(1), seq, id };
            log.push(Entry { conversation, seq, id, author: sender.user, client_id, text: text.clone() });
            sender.attempts.push(Attempt { conversation, client_id, text, invoked: at(0), outcome });
        }
        for history in &mut histories {
            history.streams.insert(conversation, log.clone());
        }
        Self { histories, log }
    }

    /// What the second person was told.
    fn told(&mut self) -> &mut Vec<Entry> {
        self.histories[1].streams.values_mut().next().expect("one conversation")
    }

    /// The first person's sends.
    fn sent(&mut self) -> &mut Vec<Attempt> {
        &mut self.histories[0].attempts
    }

    /// As if everyone had been told what the database keeps.
    fn tell_the_log(&mut self) {
        for told in self.histories.iter_mut().flat_map(|history| history.streams.values_mut()) {
            told.clone_from(&self.log);
        }
    }

    #[track_caller]
    fn finds(&self, is_it: impl Fn(&Violation) -> bool) {
        let found = check(&self.histories, &self.log);
        assert!(found.iter().any(is_it), "only found {found:?}");
    }
}

#[test]
fn an_honest_history_is_clean() {
    let scene = Scene::new();
    assert_eq!(check(&scene.histories, &scene.log), []);
}

#[test]
fn an_acknowledged_message_without_its_row() {
    let mut scene = Scene::new();
    scene.log.pop();
    scene.tell_the_log();
    scene.finds(|found| matches!(found, Violation::Lost { name, .. } if name == "tom"));
}

#[test]
fn an_acknowledged_message_at_another_place() {
    let mut scene = Scene::new();
    let Outcome::Ok { seq, .. } = &mut scene.sent()[2].outcome else { panic!("all are acknowledged") };
    *seq = 4;
    scene.finds(|found| matches!(found, Violation::Lost { name, .. } if name == "lea"));
}

#[test]
fn one_send_with_two_rows() {
    let mut scene = Scene::new();
    scene.log.push(Entry { seq: 7, id: MessageId::new(), ..scene.log[5].clone() });
    scene.tell_the_log();
    scene.finds(|found| matches!(found, Violation::Doubled { rows: 2, .. }));
}

#[test]
fn a_refused_message_that_is_there() {
    let mut scene = Scene::new();
    scene.sent()[1].outcome = Outcome::Fail;
    scene.finds(|found| matches!(found, Violation::Refused { name, .. } if name == "lea"));
}

#[test]
fn a_message_of_unknown_outcome_may_be_there_or_not_but_not_twice() {
    let mut scene = Scene::new();
    scene.histories[1].attempts[2].outcome = Outcome::Info;
    assert_eq!(check(&scene.histories, &scene.log), []);
    let last = scene.log.pop().expect("six rows");
    scene.tell_the_log();
    assert_eq!(check(&scene.histories, &scene.log), []);
    scene.log.extend([last.clone(), Entry { seq: 7, id: MessageId::new(), ..last }]);
    scene.tell_the_log();
    scene.finds(|found| matches!(found, Violation::Doubled { .. }));
}

#[test]
fn a_row_nobody_sent() {
    let mut scene = Scene::new();
    scene.log.push(Entry { seq: 7, id: MessageId::new(), client_id: ClientId::new(), ..scene.log[5].clone() });
    scene.tell_the_log();
    scene.finds(|found| matches!(found, Violation::Unasked { .. }));
}

#[test]
fn a_row_with_another_text_or_author() {
    let mut scene = Scene::new();
    scene.log[2].text.push('!');
    scene.tell_the_log();
    scene.finds(|found| matches!(found, Violation::Unasked { .. }));
    let mut scene = Scene::new();
    scene.log[2].author = scene.histories[1].user;
    scene.tell_the_log();
    scene.finds(|found| matches!(found, Violation::Unasked { .. }));
}

#[test]
fn numbers_that_skip_one() {
    let mut scene = Scene::new();
    scene.log[5].seq = 7;
    scene.tell_the_log();
    scene.finds(|found| matches!(found, Violation::NotDense { expected: 6, found: 7, .. }));
}

#[test]
fn two_messages_at_one_place() {
    let mut scene = Scene::new();
    scene.log[5].seq = 5;
    scene.finds(|found| matches!(found, Violation::NotDense { expected: 6, found: 5, .. }));
}

#[test]
fn messages_told_in_another_order() {
    let mut scene = Scene::new();
    scene.told().swap(2, 3);
    scene.finds(|found| matches!(found, Violation::Reordered { name, after: 4, seq: 3, .. } if name == "tom"));
}

#[test]
fn a_message_told_twice() {
    let mut scene = Scene::new();
    let again = scene.told()[3].clone();
    scene.told().insert(4, again);
    scene.finds(|found| matches!(found, Violation::Reordered { name, after: 4, seq: 4, .. } if name == "tom"));
}

#[test]
fn a_message_left_out() {
    let mut scene = Scene::new();
    scene.told().remove(0);
    scene.finds(|found| matches!(found, Violation::Hole { name, after: 0, seq: 2, .. } if name == "tom"));
    let mut scene = Scene::new();
    scene.told().remove(3);
    scene.finds(|found| matches!(found, Violation::Hole { name, after: 3, seq: 5, .. } if name == "tom"));
}

#[test]
fn last_messages_never_told() {
    let mut scene = Scene::new();
    scene.told().truncate(4);
    scene.finds(|found| matches!(found, Violation::Unseen { name, told: 4, last: 6, .. } if name == "tom"));
    scene.told().clear();
    scene.finds(|found| matches!(found, Violation::Unseen { told: 0, last: 6, .. }));
}

#[test]
fn a_message_told_otherwise_than_it_is_kept() {
    let mut scene = Scene::new();
    scene.told()[2].text.push('!');
    scene.finds(|found| matches!(found, Violation::Misread { seq: 3, .. }));
    let mut scene = Scene::new();
    scene.told()[2].id = MessageId::new();
    scene.finds(|found| matches!(found, Violation::Misread { seq: 3, .. }));
}

#[test]
fn a_message_told_that_was_never_kept() {
    let mut scene = Scene::new();
    let ghost = Entry { seq: 7, ..scene.log[5].clone() };
    scene.told().push(ghost);
    scene.finds(|found| matches!(found, Violation::Misread { seq: 7, .. }));
}

#[test]
fn a_sender_whose_messages_changed_places() {
    let mut scene = Scene::new();
    scene.sent().swap(0, 1);
    scene.finds(|found| matches!(found, Violation::SenderOrder { name, seq: 1, after: 3, .. } if name == "lea"));
}

#[test]
fn a_message_before_one_that_was_acknowledged_before_it_was_sent() {
    let mut scene = Scene::new();
    let late = scene.sent()[2].invoked + Duration::from_secs(1);
    scene.sent()[0].invoked = late;
    scene.finds(|found| matches!(found, Violation::RealTime { seq: 1, .. }));
}
