//! The state of one conversation: its version, the messages still to be emitted, and the events that wait for a reply.

use std::collections::BTreeMap;

use causerie_protocol::wire::{self, event::Kind};

use super::{StateId, Step, seq_set::SeqSet};
use crate::event::Event;

/// Events of one conversation that are buffered while a request is pending. Events beyond this number are fetched again.
pub(super) const BUFFERED_MAX: usize = 256;

/// A conversation that a user joins with more unread messages than this is read from its history instead.
const UNREAD_MAX: u32 = 200;

pub(super) struct ConversationState {
    /// Requests to the server carry it.
    pub id: StateId,
    pub version: u32,
    /// Seq of the last message at `version`. `None` while unknown.
    last_seq: Option<u32>,
    /// Every message after this seq is emitted. `None` while unknown.
    deliver_after: Option<u32>,
    delivered: SeqSet,
    /// The newest version that any input mentioned.
    latest_version: u32,
    /// Events with a version that arrived while a request was pending, by version.
    buffered: BTreeMap<u32, Kind>,
    pending: Option<Pending>,
    /// The subscribers know that the user is a member. A second `conversationJoined` then means that the user rejoined.
    pub joined: bool,
    /// The resume in progress has sent this version, so its reply contains the changes since.
    pub presented: bool,
}

/// The request in progress. Events are buffered until its reply, so that messages are emitted in order.
enum Pending {
    /// Changes since `version`.
    Changes,
    /// Messages up to this seq that were not emitted yet.
    Messages { until: u32 },
}

impl ConversationState {
    /// A state for a conversation from a reply or a join. Its present messages are not emitted.
    pub fn of(id: StateId, conversation: &wire::Conversation) -> Self {
        let last_seq = Some(conversation.last_seq);
        Self { last_seq, deliver_after: last_seq, ..Self::at(id, conversation.version) }
    }

    /// A state for a conversation that is known from a single event of this version. Changes before it are neither emitted
    /// nor missing.
    pub fn met_at(id: StateId, version: u32) -> Self {
        Self::at(id, version.saturating_sub(1))
    }

    fn at(id: StateId, version: u32) -> Self {
        Self {
            id,
            version,
            last_seq: None,
            deliver_after: None,
            delivered: SeqSet::default(),
            latest_version: version,
            buffered: BTreeMap::new(),
            pending: None,
            joined: false,
            presented: false,
        }
    }

    /// The user has just started the conversation: the messages of the start are emitted.
    pub fn include_start(&mut self, conversation: &wire::Conversation) {
        self.lower_deliver_after(unread_after(conversation));
    }

    /// Drops the pending request and the buffered events. The next resume brings their content.
    pub fn connection_lost(&mut self) {
        self.pending = None;
        self.buffered.clear();
        self.latest_version = self.version;
    }

    /// The user is a member. Emits `Joined` at the first call, and the unread messages whichever input mentioned the
    /// conversation first.
    pub fn join(&mut self, conversation: &wire::Conversation, steps: &mut Vec<Step>) {
        if !std::mem::replace(&mut self.joined, true) {
            steps.push(Step::Emit(Event::Joined(Box::new(conversation.clone()))));
        }
        self.include_unread(conversation, steps);
    }

    /// Marks the unread messages of a joined conversation as to be emitted: they may have no events of their own.
    fn include_unread(&mut self, conversation: &wire::Conversation, steps: &mut Vec<Step>) {
        let after = unread_after(conversation);
        if conversation.last_seq.saturating_sub(after) <= UNREAD_MAX {
            self.lower_deliver_after(after);
        }
        self.deliver_after.get_or_insert(conversation.last_seq);
        self.last_seq.get_or_insert(conversation.last_seq);
        self.note_version(conversation.version);
        // The conversation itself contains the only message that is missing, so no request is needed.
        if self.pending.is_none()
            && let Some((after, until)) = self.undelivered()
            && until == after + 1
            && let Some(message) = conversation.last_message.clone().filter(|message| message.seq == until)
        {
            self.deliver_message(message, steps);
        }
    }

    /// An input mentioned this version.
    pub fn note_version(&mut self, version: u32) {
        self.latest_version = self.latest_version.max(version);
    }

    /// Takes an event with a version: emits the next version, drops an older one, and fetches the gap before a later one.
    pub fn versioned(&mut self, version: u32, kind: Kind, steps: &mut Vec<Step>) {
        self.note_version(version);
        if self.pending.is_some() {
            if self.buffered.len() < BUFFERED_MAX {
                self.buffered.insert(version, kind);
            }
        } else if version <= self.version {
            // A reply can overtake the event of a message.
            if let Kind::MessageSent(wire::MessageEvent { message: Some(message) }) = kind {
                self.deliver_message(message, steps);
            }
        } else if version == self.version + 1 {
            self.version = version;
            self.deliver(kind, steps);
        } else {
            self.buffered.insert(version, kind);
            self.fetch_changes(false, steps);
        }
    }

    /// Takes changes since the stored version. Returns whether they contained anything new.
    pub fn changes(&mut self, changes: wire::Changes, steps: &mut Vec<Step>) -> bool {
        let Some(conversation) = changes.conversation else { return false };
        let before = self.version;
        if changes.reload {
            // The version may also go back: after a restore from a backup it may be lower than the stored one, and new
            // messages get the seqs of lost ones.
            self.version = conversation.version;
            self.last_seq = Some(conversation.last_seq);
            self.deliver_after = self.last_seq;
            self.delivered.truncate(conversation.last_seq);
            self.latest_version = self.buffered.keys().last().map_or(self.version, |version| self.version.max(*version));
            steps.push(Step::Emit(Event::Resynced { conversation: Box::new(conversation), reload: true }));
        } else if conversation.version > self.version {
            self.deliver_changed(changes.messages, conversation.last_seq, steps);
            self.version = conversation.version;
            steps.push(Step::Emit(Event::Resynced { conversation: Box::new(conversation), reload: false }));
        }
        self.version != before
    }

    /// Takes the reply to a [`Step::Fetch`].
    pub fn fetched(&mut self, changes: wire::Changes, steps: &mut Vec<Step>) {
        self.pending = None;
        let is_news = self.changes(changes, steps);
        self.advance(!is_news, steps);
    }

    /// Takes the reply to a [`Step::Load`].
    pub fn loaded(&mut self, page: wire::MessagePage, steps: &mut Vec<Step>) {
        let Some(Pending::Messages { until }) = self.pending.take_if(|pending| matches!(pending, Pending::Messages { .. }))
        else {
            return;
        };
        if let Some((after, _)) = self.undelivered() {
            let mut messages = page.messages;
            messages.sort_by_key(|message| message.seq);
            let read_to = messages.last().map_or(until, |message| message.seq.min(until));
            for message in messages.into_iter().filter(|message| (after + 1..=until).contains(&message.seq)) {
                self.deliver_message(message, steps);
            }
            // Seqs that the history leaves out are not visible to this user.
            self.delivered.add(after, read_to);
        }
        self.advance(false, steps);
    }

    /// Requests what is missing: first messages, then changes. If no message is missing, takes the buffered events. `pause`:
    /// the last reply contained nothing new.
    pub fn advance(&mut self, pause: bool, steps: &mut Vec<Step>) {
        if self.pending.is_some() {
            return;
        }
        if let Some((after_seq, until)) = self.undelivered() {
            self.pending = Some(Pending::Messages { until });
            steps.push(Step::Load { state_id: self.id, after_seq });
            return;
        }
        while self.pending.is_none()
            && let Some((version, kind)) = self.buffered.pop_first()
        {
            if version > self.version + 1 {
                self.buffered.insert(version, kind);
                break;
            }
            self.versioned(version, kind, steps);
        }
        // Events that exceeded the buffer, and versions that the reply did not reach.
        if self.latest_version > self.version {
            self.fetch_changes(pause, steps);
        }
    }

    /// The pending request got no reply: repeats it if its content is still needed.
    pub fn retry(&mut self, steps: &mut Vec<Step>) {
        if self.pending.take().is_some() {
            self.advance(false, steps);
        }
    }

    fn fetch_changes(&mut self, pause: bool, steps: &mut Vec<Step>) {
        self.pending = Some(Pending::Changes);
        steps.push(Step::Fetch { state_id: self.id, since_version: self.version, pause });
    }

    /// The range of messages up to `version` that must be emitted and were not: after the first seq, up to and including the
    /// second.
    fn undelivered(&self) -> Option<(u32, u32)> {
        self.delivered.missing(self.deliver_after?, self.last_seq?)
    }

    fn lower_deliver_after(&mut self, seq: u32) {
        self.deliver_after = Some(self.deliver_after.map_or(seq, |after| after.min(seq)));
    }

    fn deliver_message(&mut self, message: wire::Message, steps: &mut Vec<Step>) {
        let seq = message.seq;
        if !self.delivered.contains(seq) {
            self.delivered.add(seq.saturating_sub(1), seq);
            // If this message is emitted, all later ones must be.
            self.lower_deliver_after(seq.saturating_sub(1));
            self.last_seq = self.last_seq.max(Some(seq));
            steps.push(Step::Emit(Event::MessageSent(message)));
        }
    }

    /// Emits an event that is next in order.
    fn deliver(&mut self, kind: Kind, steps: &mut Vec<Step>) {
        let event = match kind {
            Kind::MessageSent(event) => {
                if let Some(message) = event.message {
                    self.deliver_message(message, steps);
                }
                return;
            }
            Kind::MessageEdited(event) => event.message.map(Event::MessageEdited),
            Kind::MessageDeleted(event) => event.message.map(Event::MessageDeleted),
            Kind::ConversationChanged(changed) => Some(Event::ConversationChanged(changed)),
            _ => None,
        };
        steps.extend(event.map(Step::Emit));
    }

    /// Emits messages that were sent or changed since `version`, by seq.
    fn deliver_changed(&mut self, mut messages: Vec<wire::Message>, last_seq: u32, steps: &mut Vec<Step>) {
        messages.retain(|message| message.version > self.version);
        messages.sort_by_key(|message| message.seq);
        let known = self.last_seq.unwrap_or_else(|| {
            // If the last seq is unknown, the first message that was never edited or deleted is certainly new.
            let untouched = messages.iter().find(|message| message.edited_at.is_none() && message.deleted_at.is_none());
            untouched.map_or(last_seq, |message| message.seq.saturating_sub(1))
        });
        self.last_seq = Some(known);
        self.deliver_after.get_or_insert(known);
        // Messages before the new ones are missing: a [`Step::Load`] brings both, in order.
        let is_late = self.undelivered().is_some();
        for message in messages {
            if message.seq > known {
                if !is_late {
                    self.deliver_message(message, steps);
                }
            } else if message.deleted_at.is_some() {
                // Also for a message that is still to be loaded: the history then contains its tombstone.
                steps.push(Step::Emit(Event::MessageDeleted(message)));
            } else if self.deliver_after.is_some_and(|after| message.seq <= after) || self.delivered.contains(message.seq) {
                steps.push(Step::Emit(Event::MessageEdited(message)));
            }
        }
        if !is_late {
            // Seqs that the reply leaves out are not visible to this user.
            self.delivered.add(known, last_seq);
        }
        self.last_seq = self.last_seq.max(Some(last_seq));
    }
}

/// Messages after this seq are emitted for a user who joins: the unread messages, and the first message of a conversation,
/// which its author has read. The first message counts only if nothing changed after it; otherwise the user was added later.
fn unread_after(conversation: &wire::Conversation) -> u32 {
    let starts = |message: &wire::Message| message.seq == 1 && message.version == conversation.version;
    if conversation.last_message.as_ref().is_some_and(starts) {
        return 0;
    }
    conversation.read_state.as_ref().map_or(conversation.last_seq, |state| state.read_seq)
}
