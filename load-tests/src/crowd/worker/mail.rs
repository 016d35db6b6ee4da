//! Who is to have which mail, and who has it.

use std::sync::{Arc, Mutex, PoisonError};

use causerie_protocol::wire::ConversationKind;
use uuid::Uuid;

use super::{
    super::{
        check::{Arrival, Position},
        frames::{self, Conversation, Head},
        mail::Letter,
    },
    home::{Home, State, User},
    user::Life,
};
use crate::measure::clock;

/// A mail has one message.
const ONLY: u32 = 1;
/// Mails are no conversations that a load is sent to, and have no number among those.
const NO_NUMBER: u32 = u32::MAX;

/// Mails that were taken, each with those who were there then.
#[derive(Default)]
pub struct Mails(Mutex<Vec<(Uuid, Vec<Arc<User>>)>>);

impl Mails {
    /// Everyone who is to have one: who, which, and its last message.
    #[must_use]
    pub fn expected(&self) -> Vec<(Arc<User>, Uuid, u32)> {
        let mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let each = |(id, readers): &(Uuid, Vec<Arc<User>>)| {
            let id = *id;
            readers.iter().map(|user| (Arc::clone(user), id, ONLY)).collect::<Vec<_>>()
        };
        mails.iter().flat_map(each).collect()
    }
}

impl Home {
    /// A mail was taken: everyone it goes to who is there is to have it.
    pub(super) fn posted(&self, letter: &Letter, mail: Option<&Conversation>) {
        let Some(id) = mail.and_then(|mail| frames::id(&mail.id)) else { return };
        let there = letter.readers.iter().filter_map(|reader| self.person(*reader));
        let there: Vec<_> = there.filter(|user| user.seat().state == State::Reading).cloned().collect();
        self.mails.0.lock().unwrap_or_else(PoisonError::into_inner).push((id, there));
    }
}

impl Life {
    /// One is in one more conversation, which may be a mail that just came.
    pub(super) fn mail(&self, mail: &Conversation, bytes: usize) {
        let Some(id) = frames::id(&mail.id).filter(|_| mail.kind == ConversationKind::Mail as i32) else { return };
        let now_us = clock::now_us();
        let arrival = {
            let mut seat = self.user.seat();
            match seat.positions.binary_search_by_key(&id, |position| position.id) {
                Ok(_) => Arrival::Doubled,
                Err(at) => {
                    // From now on it may be opened, and marked as read.
                    seat.positions.insert(at, Position::new(id, NO_NUMBER, mail.last_seq, mail.version));
                    Arrival::New
                }
            }
        };
        self.arrived(arrival);
        let head = mail.last_message.as_ref().and_then(|message| Head::of(&message.text));
        if let (Arrival::New, Some(head)) = (arrival, head)
            && let Some(tally) = self.home.tallies.get(head.stream)
        {
            tally.delivered(head, now_us, bytes, self.user.number, head.server != self.server);
        }
    }
}
