//! Tests of the checker: each guarantee is broken on purpose, and the checker must find it.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use causerie_client::{ClientId, ConversationId, MessageId, UserId};

use super::checker::{Attempt, Entry, History, Outcome, Violation, check};

/// Two users who send three messages each in one conversation, in turn, and receive all of them.
struct Example {
    histories: Vec<History>,
    log: Vec<Entry>,
}

impl Example {
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
    fn receive_all_rows(&mut self) {
        for stream in self.histories.iter_mut().flat_map(|history| history.streams.values_mut()) {
            stream.clone_from(&self.log);
        }
    }

    #[track_caller]
    fn assert_found(&self, is_expected: impl Fn(&Violation) -> bool) {
        let found = check(&self.histories, &self.log);
        assert!(found.iter().any(is_expected), "only found {found:?}");
    }
}

#[test]
fn a_correct_history_has_no_violation() {
    let example = Example::new();
    assert_eq!(check(&example.histories, &example.log), []);
}

#[test]
fn an_acknowledged_message_without_a_row_is_found() {
    let mut example = Example::new();
    example.log.pop();
    example.receive_all_rows();
    example.assert_found(|found| matches!(found, Violation::Lost { name, .. } if name == "tom"));
}

#[test]
fn an_acknowledged_message_at_another_position_is_found() {
    let mut example = Example::new();
    let Outcome::Ok { seq, .. } = &mut example.sent()[2].outcome else { panic!("all are acknowledged") };
    *seq = 4;
    example.assert_found(|found| matches!(found, Violation::Lost { name, .. } if name == "lea"));
}

#[test]
fn a_send_with_two_rows_is_found() {
    let mut example = Example::new();
    example.log.push(Entry { seq: 7, id: MessageId::new(), ..example.log[5].clone() });
    example.receive_all_rows();
    example.assert_found(|found| matches!(found, Violation::Doubled { rows: 2, .. }));
}

#[test]
fn a_refused_message_with_a_row_is_found() {
    let mut example = Example::new();
    example.sent()[1].outcome = Outcome::Fail;
    example.assert_found(|found| matches!(found, Violation::Refused { name, .. } if name == "lea"));
}

#[test]
fn a_message_of_unknown_outcome_may_have_at_most_one_row() {
    let mut example = Example::new();
    example.histories[1].attempts[2].outcome = Outcome::Info;
    assert_eq!(check(&example.histories, &example.log), []);
    let last = example.log.pop().expect("six rows");
    example.receive_all_rows();
    assert_eq!(check(&example.histories, &example.log), []);
    example.log.extend([last.clone(), Entry { seq: 7, id: MessageId::new(), ..last }]);
    example.receive_all_rows();
    example.assert_found(|found| matches!(found, Violation::Doubled { .. }));
}

#[test]
fn a_row_without_a_send_is_found() {
    let mut example = Example::new();
    example.log.push(Entry { seq: 7, id: MessageId::new(), client_id: ClientId::new(), ..example.log[5].clone() });
    example.receive_all_rows();
    example.assert_found(|found| matches!(found, Violation::Unasked { .. }));
}

#[test]
fn a_row_with_another_text_or_author_is_found() {
    let mut example = Example::new();
    example.log[2].text.push('!');
    example.receive_all_rows();
    example.assert_found(|found| matches!(found, Violation::Unasked { .. }));
    let mut example = Example::new();
    example.log[2].author = example.histories[1].user;
    example.receive_all_rows();
    example.assert_found(|found| matches!(found, Violation::Unasked { .. }));
}

#[test]
fn a_hole_in_the_sequence_numbers_is_found() {
    let mut example = Example::new();
    example.log[5].seq = 7;
    example.receive_all_rows();
    example.assert_found(|found| matches!(found, Violation::NotDense { expected: 6, found: 7, .. }));
}

#[test]
fn two_messages_at_the_same_position_are_found() {
    let mut example = Example::new();
    example.log[5].seq = 5;
    example.assert_found(|found| matches!(found, Violation::NotDense { expected: 6, found: 5, .. }));
}

#[test]
fn messages_received_in_another_order_are_found() {
    let mut example = Example::new();
    example.received().swap(2, 3);
    example.assert_found(|found| matches!(found, Violation::Reordered { name, after: 4, seq: 3, .. } if name == "tom"));
}

#[test]
fn a_message_received_twice_is_found() {
    let mut example = Example::new();
    let again = example.received()[3].clone();
    example.received().insert(4, again);
    example.assert_found(|found| matches!(found, Violation::Reordered { name, after: 4, seq: 4, .. } if name == "tom"));
}

#[test]
fn a_message_that_was_not_received_is_found() {
    let mut example = Example::new();
    example.received().remove(0);
    example.assert_found(|found| matches!(found, Violation::Hole { name, after: 0, seq: 2, .. } if name == "tom"));
    let mut example = Example::new();
    example.received().remove(3);
    example.assert_found(|found| matches!(found, Violation::Hole { name, after: 3, seq: 5, .. } if name == "tom"));
}

#[test]
fn last_messages_that_were_not_received_are_found() {
    let mut example = Example::new();
    example.received().truncate(4);
    example.assert_found(|found| matches!(found, Violation::Unseen { name, told: 4, last: 6, .. } if name == "tom"));
    example.received().clear();
    example.assert_found(|found| matches!(found, Violation::Unseen { told: 0, last: 6, .. }));
}

#[test]
fn a_message_received_with_another_text_is_found() {
    let mut example = Example::new();
    example.received()[2].text.push('!');
    example.assert_found(|found| matches!(found, Violation::Misread { seq: 3, .. }));
    let mut example = Example::new();
    example.received()[2].id = MessageId::new();
    example.assert_found(|found| matches!(found, Violation::Misread { seq: 3, .. }));
}

#[test]
fn a_received_message_without_a_row_is_found() {
    let mut example = Example::new();
    let ghost = Entry { seq: 7, ..example.log[5].clone() };
    example.received().push(ghost);
    example.assert_found(|found| matches!(found, Violation::Misread { seq: 7, .. }));
}

#[test]
fn messages_of_a_sender_in_another_order_are_found() {
    let mut example = Example::new();
    example.sent().swap(0, 1);
    example.assert_found(|found| matches!(found, Violation::SenderOrder { name, seq: 1, after: 3, .. } if name == "lea"));
}

#[test]
fn a_message_before_an_earlier_acknowledged_message_is_found() {
    let mut example = Example::new();
    let late = example.sent()[2].invoked + Duration::from_secs(1);
    example.sent()[0].invoked = late;
    example.assert_found(|found| matches!(found, Violation::RealTime { seq: 1, .. }));
}
