//! The mails that users must receive, and the mails that they received.

use std::sync::{Arc, Mutex, PoisonError};

use causerie_protocol::wire::ConversationKind;
use uuid::Uuid;

use super::{
    super::{
        check::{Arrival, Position},
        frames::{self, Conversation, Head},
        mail::MailSpec,
    },
    state::{ConnectionState, User, WorkerState},
    user::UserLoop,
};
use crate::measure::clock;

/// The seq of the only message of a mail.
const ONLY: u32 = 1;
/// Mails have no number among the conversations that a load sends to.
const NO_NUMBER: u32 = u32::MAX;

/// Accepted mails, each with the users who were connected then and must receive it.
#[derive(Default)]
pub struct Mails(Mutex<Vec<(Uuid, Vec<Arc<User>>)>>);

impl Mails {
    /// Pairs of a user and a mail that the user must have, with the seq of its message.
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

impl WorkerState {
    /// Records a mail that the server accepted. All of its readers who are connected must receive it.
    pub(super) fn mail_accepted(&self, mail_spec: &MailSpec, mail: Option<&Conversation>) {
        let Some(id) = mail.and_then(|mail| frames::id(&mail.id)) else { return };
        let there = mail_spec.readers.iter().filter_map(|reader| self.user(*reader));
        let there: Vec<_> = there.filter(|user| user.state().connection == ConnectionState::Reading).cloned().collect();
        self.mails.0.lock().unwrap_or_else(PoisonError::into_inner).push((id, there));
    }
}

impl UserLoop {
    /// Handles a conversation that the user joined, which may be a new mail.
    pub(super) fn mail(&self, mail: &Conversation, bytes: usize) {
        let Some(id) = frames::id(&mail.id).filter(|_| mail.kind == ConversationKind::Mail as i32) else { return };
        let now_us = clock::now_us();
        let arrival = {
            let mut state = self.user.state();
            match state.positions.binary_search_by_key(&id, |position| position.id) {
                Ok(_) => Arrival::Doubled,
                Err(at) => {
                    // From now on, actions can use this conversation.
                    state.positions.insert(at, Position::new(id, NO_NUMBER, mail.last_seq, mail.version));
                    Arrival::New
                }
            }
        };
        self.arrived(arrival);
        let head = mail.last_message.as_ref().and_then(|message| Head::of(&message.text));
        if let (Arrival::New, Some(head)) = (arrival, head)
            && let Some(tally) = self.worker.tallies.get(head.stream)
        {
            tally.delivered(head, now_us, bytes, self.user.number, head.server != self.server);
        }
    }
}
