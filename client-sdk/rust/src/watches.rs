//! What the client watches: the presence of users, and contacts. A server forgets it with the connection.

use std::time::Instant;

use causerie_protocol::wire::{self, reply::Result as Answer, request::Command};

use crate::event::Event;

/// The watches of a client, which it repeats on each connection and after the event `gap`.
#[derive(Default)]
pub(crate) struct Watches {
    presence: Option<wire::WatchPresence>,
    contacts: Option<wire::WatchContacts>,
    /// When the watches must be sent again.
    due: Option<Instant>,
}

impl Watches {
    /// When [`Self::take_due`] has commands.
    pub fn next_due(&self) -> Option<Instant> {
        self.due.filter(|_| self.presence.is_some() || self.contacts.is_some())
    }

    /// Sends the watches again at this instant, or earlier if an earlier instant was set.
    pub fn repeat_at(&mut self, at: Instant) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// The commands to send now.
    pub fn take_due(&mut self, now: Instant) -> Vec<Command> {
        if self.due.is_none_or(|due| due > now) {
            return Vec::new();
        }
        // Also if there is no watch yet: a later watch is sent by the program, and not again.
        self.due = None;
        let presence = self.presence.clone().map(Command::WatchPresence);
        presence.into_iter().chain(self.contacts.clone().map(Command::WatchContacts)).collect()
    }

    /// The server answered a command of the program: the client repeats it from now on.
    pub fn answered(&mut self, command: &Command, answer: &Answer) {
        match (command, answer) {
            (Command::WatchPresence(watch), Answer::PresenceList(_)) => self.presence = Some(watch.clone()),
            (Command::WatchContacts(watch), Answer::ContactList(_)) => {
                self.contacts = Some(watch.clone()).filter(|watch| !watch.users.is_empty());
            }
            _ => {}
        }
    }
}

/// The events that tell the program the answer to a repeated watch.
pub(crate) fn events(answer: Answer) -> Vec<Event> {
    match answer {
        Answer::PresenceList(list) => list.presences.into_iter().map(Event::Presence).collect(),
        Answer::ContactList(list) => vec![Event::Contacts(list.contacts)],
        _ => Vec::new(),
    }
}
