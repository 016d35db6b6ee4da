//! Tests of the checker: each guarantee is broken on purpose, and the checker must find it.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use causerie_client::{ClientId, ConversationId, MessageId, UserId};

use super::checker::{Attempt, Entry, History, Outcome, Violation, check};

/// Two users who send three messages each in one conversation, in turn, and receive all of them.
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

    /// The messages that the second user received.
    fn received(&mut self) -> &mut Vec<Entry> {
        self.histories[1].streams.values_mut().next().expect("one conversation")
    }

    /// The sends of the first user.
    fn sent(&mut self) -> &mut Vec<Attempt> {
        &mut self.histories[0].attempts
    }

    /// Sets the received messages of both users to the rows of the database.
    fn receive_the_log(&mut self) {
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
fn a_correct_history_has_no_violation() {
    let scene = Scene::new();
    assert_eq!(check(&scene.histories, &scene.log), []);
}

#[test]
fn an_acknowledged_message_without_a_row_is_found() {
    let mut scene = Scene::new();
    scene.log.pop();
    scene.receive_the_log();
    scene.finds(|found| matches!(found, Violation::Lost { name, .. } if name == "tom"));
}

#[test]
fn an_acknowledged_message_at_another_position_is_found() {
    let mut scene = Scene::new();
    let Outcome::Ok { seq, .. } = &mut scene.sent()[2].outcome else { panic!("all are acknowledged") };
    *seq = 4;
    scene.finds(|found| matches!(found, Violation::Lost { name, .. } if name == "lea"));
}

#[test]
fn a_send_with_two_rows_is_found() {
    let mut scene = Scene::new();
    scene.log.push(Entry { seq: 7, id: MessageId::new(), ..scene.log[5].clone() });
    scene.receive_the_log();
    scene.finds(|found| matches!(found, Violation::Doubled { rows: 2, .. }));
}

#[test]
fn a_refused_message_with_a_row_is_found() {
    let mut scene = Scene::new();
    scene.sent()[1].outcome = Outcome::Fail;
    scene.finds(|found| matches!(found, Violation::Refused { name, .. } if name == "lea"));
}

#[test]
fn a_message_of_unknown_outcome_may_have_at_most_one_row() {
    let mut scene = Scene::new();
    scene.histories[1].attempts[2].outcome = Outcome::Info;
    assert_eq!(check(&scene.histories, &scene.log), []);
    let last = scene.log.pop().expect("six rows");
    scene.receive_the_log();
    assert_eq!(check(&scene.histories, &scene.log), []);
    scene.log.extend([last.clone(), Entry { seq: 7, id: MessageId::new(), ..last }]);
    scene.receive_the_log();
    scene.finds(|found| matches!(found, Violation::Doubled { .. }));
}

#[test]
fn a_row_without_a_send_is_found() {
    let mut scene = Scene::new();
    scene.log.push(Entry { seq: 7, id: MessageId::new(), client_id: ClientId::new(), ..scene.log[5].clone() });
    scene.receive_the_log();
    scene.finds(|found| matches!(found, Violation::Unasked { .. }));
}

#[test]
fn a_row_with_another_text_or_author_is_found() {
    let mut scene = Scene::new();
    scene.log[2].text.push('!');
    scene.receive_the_log();
    scene.finds(|found| matches!(found, Violation::Unasked { .. }));
    let mut scene = Scene::new();
    scene.log[2].author = scene.histories[1].user;
    scene.receive_the_log();
    scene.finds(|found| matches!(found, Violation::Unasked { .. }));
}

#[test]
fn a_hole_in_the_sequence_numbers_is_found() {
    let mut scene = Scene::new();
    scene.log[5].seq = 7;
    scene.receive_the_log();
    scene.finds(|found| matches!(found, Violation::NotDense { expected: 6, found: 7, .. }));
}

#[test]
fn two_messages_at_the_same_position_are_found() {
    let mut scene = Scene::new();
    scene.log[5].seq = 5;
    scene.finds(|found| matches!(found, Violation::NotDense { expected: 6, found: 5, .. }));
}

#[test]
fn messages_received_in_another_order_are_found() {
    let mut scene = Scene::new();
    scene.received().swap(2, 3);
    scene.finds(|found| matches!(found, Violation::Reordered { name, after: 4, seq: 3, .. } if name == "tom"));
}

#[test]
fn a_message_received_twice_is_found() {
    let mut scene = Scene::new();
    let again = scene.received()[3].clone();
    scene.received().insert(4, again);
    scene.finds(|found| matches!(found, Violation::Reordered { name, after: 4, seq: 4, .. } if name == "tom"));
}

#[test]
fn a_message_that_was_not_received_is_found() {
    let mut scene = Scene::new();
    scene.received().remove(0);
    scene.finds(|found| matches!(found, Violation::Hole { name, after: 0, seq: 2, .. } if name == "tom"));
    let mut scene = Scene::new();
    scene.received().remove(3);
    scene.finds(|found| matches!(found, Violation::Hole { name, after: 3, seq: 5, .. } if name == "tom"));
}

#[test]
fn last_messages_that_were_not_received_are_found() {
    let mut scene = Scene::new();
    scene.received().truncate(4);
    scene.finds(|found| matches!(found, Violation::Unseen { name, told: 4, last: 6, .. } if name == "tom"));
    scene.received().clear();
    scene.finds(|found| matches!(found, Violation::Unseen { told: 0, last: 6, .. }));
}

#[test]
fn a_message_received_with_another_text_is_found() {
    let mut scene = Scene::new();
    scene.received()[2].text.push('!');
    scene.finds(|found| matches!(found, Violation::Misread { seq: 3, .. }));
    let mut scene = Scene::new();
    scene.received()[2].id = MessageId::new();
    scene.finds(|found| matches!(found, Violation::Misread { seq: 3, .. }));
}

#[test]
fn a_received_message_without_a_row_is_found() {
    let mut scene = Scene::new();
    let ghost = Entry { seq: 7, ..scene.log[5].clone() };
    scene.received().push(ghost);
    scene.finds(|found| matches!(found, Violation::Misread { seq: 7, .. }));
}

#[test]
fn messages_of_a_sender_in_another_order_are_found() {
    let mut scene = Scene::new();
    scene.sent().swap(0, 1);
    scene.finds(|found| matches!(found, Violation::SenderOrder { name, seq: 1, after: 3, .. } if name == "lea"));
}

#[test]
fn a_message_before_an_earlier_acknowledged_message_is_found() {
    let mut scene = Scene::new();
    let late = scene.sent()[2].invoked + Duration::from_secs(1);
    scene.sent()[0].invoked = late;
    scene.finds(|found| matches!(found, Violation::RealTime { seq: 1, .. }));
}
