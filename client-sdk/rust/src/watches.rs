//! The watches of a client: the users whose presence and contacts it watches. A server drops a watch when the connection
//! ends.

use std::time::Instant;

use causerie_protocol::wire::{self, reply::Result as Answer, request::Command};

use crate::event::Event;

/// The watches of a client, which it repeats on each connection and after the event `gap`.
#[derive(Default)]
pub(crate) struct Watches {
    presence: Watch<wire::WatchPresence>,
    contacts: Watch<wire::WatchContacts>,
    /// When the watches must be sent again. `None` if they need not be sent.
    due: Option<Instant>,
}

/// The users that the client watches for one purpose.
struct Watch<C> {
    /// The last command that the server accepted.
    accepted: Option<C>,
    /// The last command that the program sent, until the server answers it. If this is set, the client repeats this command
    /// and not `accepted`, because the older list would replace the newer list.
    sent: Option<C>,
}

impl<C> Default for Watch<C> {
    fn default() -> Self {
        Self { accepted: None, sent: None }
    }
}

impl<C: Clone + PartialEq> Watch<C> {
    fn current(&self) -> Option<&C> {
        self.sent.as_ref().or(self.accepted.as_ref())
    }

    /// Takes the answer to a command of the program. Returns whether the watch must be sent again, because the server
    /// refused the last command.
    fn answered(&mut self, command: &C, is_accepted: bool) -> bool {
        let is_last = self.sent.as_ref() == Some(command);
        if is_last {
            self.sent = None;
        }
        if is_accepted {
            self.accepted = Some(command.clone());
        }
        is_last && !is_accepted
    }
}

impl Watches {
    /// The instant from which [`Self::take_due`] returns commands. `None` if nothing must be sent.
    pub fn next_due(&self) -> Option<Instant> {
        self.due.filter(|_| self.presence.current().is_some() || self.contacts.current().is_some())
    }

    /// Makes the watches due at this instant, unless they are due earlier.
    pub fn repeat_at(&mut self, instant: Instant) {
        self.due = Some(self.due.map_or(instant, |due| due.min(instant)));
    }

    /// The commands that must be sent now. Each is returned once.
    pub fn take_due(&mut self, now: Instant) -> Vec<Command> {
        if self.due.is_none_or(|due| due > now) {
            return Vec::new();
        }
        // Reset even if there is no watch yet: the program sends a later watch itself.
        self.due = None;
        let presence = self.presence.current().cloned().map(Command::WatchPresence);
        // A new connection has no watch of contacts, so an empty list need not be sent.
        let contacts = self.contacts.current().filter(|watch| !watch.users.is_empty()).cloned();
        presence.into_iter().chain(contacts.map(Command::WatchContacts)).collect()
    }

    /// Stores a command of the program that is being sent. The client repeats it from now on.
    pub fn sent(&mut self, command: &Command) {
        match command {
            Command::WatchPresence(watch) => self.presence.sent = Some(watch.clone()),
            Command::WatchContacts(watch) => self.contacts.sent = Some(watch.clone()),
            _ => {}
        }
    }

    /// Takes the answer to a command of the program. After a refusal, the client repeats the command that was accepted
    /// before.
    pub fn answered(&mut self, command: &Command, answer: &Answer, now: Instant) {
        let is_refused = match (command, answer) {
            (Command::WatchPresence(watch), answer) => {
                self.presence.answered(watch, matches!(answer, Answer::PresenceList(_)))
            }
            (Command::WatchContacts(watch), answer) => {
                self.contacts.answered(watch, matches!(answer, Answer::ContactList(_)))
            }
            _ => false,
        };
        if is_refused {
            self.repeat_at(now);
        }
    }
}

/// The events for the program with the content of the answer to a repeated watch.
pub(crate) fn events(answer: Answer) -> Vec<Event> {
    match answer {
        Answer::PresenceList(list) => list.presences.into_iter().map(Event::Presence).collect(),
        Answer::ContactList(list) => vec![Event::Contacts(list.contacts)],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(user: &str) -> Command {
        Command::WatchPresence(wire::WatchPresence { user_ids: vec![user.to_owned()] })
    }

    fn accepted() -> Answer {
        Answer::PresenceList(wire::PresenceList::default())
    }

    fn refused() -> Answer {
        Answer::Error(wire::Error::default())
    }

    /// The commands that are sent on a new connection.
    fn repeated(watches: &mut Watches) -> Vec<Command> {
        let now = Instant::now();
        watches.repeat_at(now);
        watches.take_due(now)
    }

    #[test]
    fn a_watch_is_repeated_on_a_new_connection_also_before_it_was_answered() {
        let mut watches = Watches::default();
        assert_eq!((repeated(&mut watches), watches.next_due()), (vec![], None), "nothing is watched");
        watches.sent(&watch("ann"));
        assert_eq!(repeated(&mut watches), [watch("ann")]);
        watches.answered(&watch("ann"), &accepted(), Instant::now());
        assert_eq!(watches.next_due(), None, "an accepted watch is not due");
        watches.sent(&watch("ben"));
        assert_eq!(repeated(&mut watches), [watch("ben")], "an older command would replace the newer");
    }

    #[test]
    fn a_refused_watch_is_followed_by_the_watch_that_was_accepted_before() {
        let (mut watches, now) = (Watches::default(), Instant::now());
        watches.sent(&watch("ann"));
        watches.answered(&watch("ann"), &accepted(), now);
        watches.sent(&watch("ben"));
        watches.answered(&watch("ben"), &refused(), now);
        assert_eq!(watches.next_due(), Some(now), "the refused watch was repeated perhaps, in place of the accepted");
        assert_eq!(watches.take_due(now), [watch("ann")]);
    }

    #[test]
    fn an_answer_to_an_earlier_watch_leaves_the_later_watch_in_place() {
        let (mut watches, now) = (Watches::default(), Instant::now());
        for user in ["ann", "ben"] {
            watches.sent(&watch(user));
        }
        watches.answered(&watch("ann"), &refused(), now);
        assert_eq!(watches.next_due(), None, "the later watch has replaced the refused");
        assert_eq!(repeated(&mut watches), [watch("ben")]);
    }

    #[test]
    fn a_first_watch_that_is_refused_leaves_nothing_to_repeat() {
        let (mut watches, now) = (Watches::default(), Instant::now());
        watches.sent(&watch("ann"));
        watches.answered(&watch("ann"), &refused(), now);
        assert_eq!((watches.next_due(), watches.take_due(now)), (None, vec![]));
    }
}
