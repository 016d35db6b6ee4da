//! The state this client holds of a conversation: its version, the messages not yet given to the application, and the events
//! that wait for an answer of the server.

use std::collections::BTreeMap;

use causerie_protocol::wire::{self, event::Kind};

use super::{Question, Step, told::Told};
use crate::event::Event;

/// Events of one conversation that wait for an answer; later ones are fetched again instead.
pub(super) const WAITING_MAX: usize = 256;

/// A conversation that is joined with more unread messages than this has a past, which is read in its history.
const UNREAD_MAX: u32 = 200;

/// A conversation.
pub(super) struct Held {
    /// Names this state in its questions to the server.
    pub question: Question,
    pub version: u32,
    /// Of the last message at that version. `None` while not known.
    last_seq: Option<u32>,
    /// Every message after this one is told. `None` while not known.
    news_after: Option<u32>,
    told: Told,
    /// The newest version that something told of.
    latest: u32,
    /// Versioned events that came while an answer was waited for.
    waiting: BTreeMap<u32, Kind>,
    asked: Option<Asked>,
    /// That it was joined is known; to hear it again means it was joined anew.
    pub joined: bool,
    /// A part of the last resume presented it, so that the answer tells what changed since.
    pub presented: bool,
}

/// The question that is under way. Events wait for its answer, so that messages are told in their order.
enum Asked {
    /// What changed since the held version.
    Changes,
    /// The messages up to this one that were not told.
    Messages { until: u32 },
}

impl Held {
    /// One that an answer or a joining brought. Its messages are no news.
    pub fn of(question: Question, conversation: &wire::Conversation) -> Self {
        let last_seq = Some(conversation.last_seq);
        Self { last_seq, news_after: last_seq, ..Self::at(question, conversation.version) }
    }

    /// One that is met in an event of this version. What came before it was never told, and is not missed.
    pub fn before(question: Question, version: u32) -> Self {
        Self::at(question, version.saturating_sub(1))
    }

    fn at(question: Question, version: u32) -> Self {
        Self {
            question,
            version,
            last_seq: None,
            news_after: None,
            told: Told::default(),
            latest: version,
            waiting: BTreeMap::new(),
            asked: None,
            joined: false,
            presented: false,
        }
    }

    /// The user just made it: what it was started with is news.
    pub fn start(&mut self, conversation: &wire::Conversation) {
        self.note_news_after(unread_after(conversation));
    }

    /// Nothing that was asked will be answered. What waits is brought by the next resume.
    pub fn connection_lost(&mut self) {
        self.asked = None;
        self.waiting.clear();
        self.latest = self.version;
    }

    /// The user is in the conversation. Tells so once; the unread messages are told whatever told of the conversation before.
    pub fn join(&mut self, conversation: &wire::Conversation, steps: &mut Vec<Step>) {
        if !std::mem::replace(&mut self.joined, true) {
            steps.push(Step::Tell(Event::Joined(Box::new(conversation.clone()))));
        }
        self.bring(conversation, steps);
    }

    /// The unread messages of a conversation that was joined are news, and need not have events of their own.
    fn bring(&mut self, conversation: &wire::Conversation, steps: &mut Vec<Step>) {
        let after = unread_after(conversation);
        if conversation.last_seq.saturating_sub(after) <= UNREAD_MAX {
            self.note_news_after(after);
        }
        self.news_after.get_or_insert(conversation.last_seq);
        self.last_seq.get_or_insert(conversation.last_seq);
        self.hear_of(conversation.version);
        // No question is needed where the conversation holds the only message that is owed.
        if self.asked.is_none()
            && let Some((after, until)) = self.owed()
            && until == after + 1
            && let Some(message) = conversation.last_message.clone().filter(|message| message.seq == until)
        {
            self.tell_message(message, steps);
        }
    }

    /// Something told of a version.
    pub fn hear_of(&mut self, version: u32) {
        self.latest = self.latest.max(version);
    }

    /// An event that has a version: the next one is told, an older one dropped, a later one betrays a gap.
    pub fn versioned(&mut self, version: u32, kind: Kind, steps: &mut Vec<Step>) {
        self.hear_of(version);
        if self.asked.is_some() {
            if self.waiting.len() < WAITING_MAX {
                self.waiting.insert(version, kind);
            }
        } else if version <= self.version {
            // An answer can overtake the event of a message.
            if let Kind::MessageSent(wire::MessageEvent { message: Some(message) }) = kind {
                self.tell_message(message, steps);
            }
        } else if version == self.version + 1 {
            self.version = version;
            self.tell(kind, steps);
        } else {
            self.waiting.insert(version, kind);
            self.ask_changes(false, steps);
        }
    }

    /// Takes what changed. True when it was news.
    pub fn changes(&mut self, changes: wire::Changes, steps: &mut Vec<Step>) -> bool {
        let Some(conversation) = changes.conversation else { return false };
        let before = self.version;
        if changes.reload {
            // Also backwards: after a restore from backup versions may be lower than held, and later messages get the numbers of
            // lost ones.
            self.version = conversation.version;
            self.last_seq = Some(conversation.last_seq);
            self.news_after = self.last_seq;
            self.told.truncate(conversation.last_seq);
            self.latest = self.waiting.keys().last().map_or(self.version, |waiting| self.version.max(*waiting));
            steps.push(Step::Tell(Event::Resynced { conversation: Box::new(conversation), reload: true }));
        } else if conversation.version > self.version {
            self.tell_changed(changes.messages, conversation.last_seq, steps);
            self.version = conversation.version;
            steps.push(Step::Tell(Event::Resynced { conversation: Box::new(conversation), reload: false }));
        }
        self.version != before
    }

    /// The answer to [`Step::Fetch`].
    pub fn fetched(&mut self, changes: wire::Changes, steps: &mut Vec<Step>) {
        self.asked = None;
        let is_news = self.changes(changes, steps);
        self.go_on(!is_news, steps);
    }

    /// The answer to [`Step::Load`].
    pub fn loaded(&mut self, page: wire::MessagePage, steps: &mut Vec<Step>) {
        let Some(Asked::Messages { until }) = self.asked.take_if(|asked| matches!(asked, Asked::Messages { .. })) else {
            return;
        };
        if let Some((after, _)) = self.owed() {
            let mut messages = page.messages;
            messages.sort_by_key(|message| message.seq);
            let read_to = messages.last().map_or(until, |message| message.seq.min(until));
            for message in messages.into_iter().filter(|message| (after + 1..=until).contains(&message.seq)) {
                self.tell_message(message, steps);
            }
            // What the history leaves out is not there for this user.
            self.told.add(after, read_to);
        }
        self.go_on(false, steps);
    }

    /// Asks for what is missing: first messages, then changes; else takes the events that waited. `pause`: the answer before
    /// brought nothing new.
    pub fn go_on(&mut self, pause: bool, steps: &mut Vec<Step>) {
        if self.asked.is_some() {
            return;
        }
        if let Some((after_seq, until)) = self.owed() {
            self.asked = Some(Asked::Messages { until });
            steps.push(Step::Load { question: self.question, after_seq });
            return;
        }
        while self.asked.is_none()
            && let Some((version, kind)) = self.waiting.pop_first()
        {
            if version > self.version + 1 {
                self.waiting.insert(version, kind);
                break;
            }
            self.versioned(version, kind, steps);
        }
        // Events that found no place to wait, and whatever the answer did not reach yet.
        if self.latest > self.version {
            self.ask_changes(pause, steps);
        }
    }

    /// The question under way was not answered: asks again what is still needed.
    pub fn ask_again(&mut self, steps: &mut Vec<Step>) {
        if self.asked.take().is_some() {
            self.go_on(false, steps);
        }
    }

    fn ask_changes(&mut self, pause: bool, steps: &mut Vec<Step>) {
        self.asked = Some(Asked::Changes);
        steps.push(Step::Fetch { question: self.question, since_version: self.version, pause });
    }

    /// Messages up to the held version that are to be told, and were not: after one, up to another.
    fn owed(&self) -> Option<(u32, u32)> {
        self.told.missing(self.news_after?, self.last_seq?)
    }

    fn note_news_after(&mut self, seq: u32) {
        self.news_after = Some(self.news_after.map_or(seq, |after| after.min(seq)));
    }

    fn tell_message(&mut self, message: wire::Message, steps: &mut Vec<Step>) {
        let seq = message.seq;
        if !self.told.contains(seq) {
            self.told.add(seq.saturating_sub(1), seq);
            // Where this message is news, those after it are.
            self.note_news_after(seq.saturating_sub(1));
            self.last_seq = self.last_seq.max(Some(seq));
            steps.push(Step::Tell(Event::MessageSent(message)));
        }
    }

    /// Tells an event that is in order.
    fn tell(&mut self, kind: Kind, steps: &mut Vec<Step>) {
        let event = match kind {
            Kind::MessageSent(event) => {
                if let Some(message) = event.message {
                    self.tell_message(message, steps);
                }
                return;
            }
            Kind::MessageEdited(event) => event.message.map(Event::MessageEdited),
            Kind::MessageDeleted(event) => event.message.map(Event::MessageDeleted),
            Kind::ConversationChanged(changed) => Some(Event::ConversationChanged(changed)),
            _ => None,
        };
        steps.extend(event.map(Step::Tell));
    }

    /// Tells messages sent or touched since the held version, by seq.
    fn tell_changed(&mut self, mut messages: Vec<wire::Message>, last_seq: u32, steps: &mut Vec<Step>) {
        messages.retain(|message| message.version > self.version);
        messages.sort_by_key(|message| message.seq);
        let known = self.last_seq.unwrap_or_else(|| {
            // Where the last seq is not known yet, the first message that was never touched is surely new.
            let untouched = messages.iter().find(|message| message.edited_at.is_none() && message.deleted_at.is_none());
            untouched.map_or(last_seq, |message| message.seq.saturating_sub(1))
        });
        self.last_seq = Some(known);
        self.news_after.get_or_insert(known);
        // Then the new messages are loaded together with those before them.
        let is_late = self.owed().is_some();
        for message in messages {
            if message.seq > known {
                if !is_late {
                    self.tell_message(message, steps);
                }
            } else if message.deleted_at.is_some() {
                // Also one that is still to be loaded, which then comes as it is now.
                steps.push(Step::Tell(Event::MessageDeleted(message)));
            } else if self.news_after.is_some_and(|after| message.seq <= after) || self.told.contains(message.seq) {
                steps.push(Step::Tell(Event::MessageEdited(message)));
            }
        }
        if !is_late {
            // What the answer leaves out is not there for this user.
            self.told.add(known, last_seq);
        }
        self.last_seq = self.last_seq.max(Some(last_seq));
    }
}

/// Messages after this one are news to a user who is in a conversation from here on: the unread ones, and the message a conversation
/// was started with, which its author has read. Nothing has changed since that message, or the user was added later.
fn unread_after(conversation: &wire::Conversation) -> u32 {
    let starts = |message: &wire::Message| message.seq == 1 && message.version == conversation.version;
    if conversation.last_message.as_ref().is_some_and(starts) {
        return 0;
    }
    conversation.read_state.as_ref().map_or(conversation.last_seq, |state| state.read_seq)
}
