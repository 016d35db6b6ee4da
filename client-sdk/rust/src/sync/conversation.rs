//! The state of one conversation: its version, the messages still to be emitted, and the events that wait for a reply.

use std::collections::BTreeMap;

use causerie_protocol::wire::{self, event::Kind};

use super::{StateId, Step, seq_set::SeqSet};
use crate::event::Event;

/// The maximum number of events of one conversation that are buffered while a request is pending. Further events are
/// dropped, and their changes are fetched.
pub(super) const BUFFERED_MAX: usize = 256;

/// The maximum number of unread messages that are emitted when a user joins a conversation. If there are more, none of them
/// is emitted, and the program reads the history.
const UNREAD_MAX: u32 = 200;

/// The state of one conversation that the client holds.
pub(super) struct ConversationState {
    /// Identifies this state in requests to the server.
    pub id: StateId,
    /// The version of the last change that was emitted.
    pub version: u32,
    /// The seq of the last message at `version`. `None` while unknown.
    last_seq: Option<u32>,
    /// Each message after this seq must be emitted. `None` while unknown.
    deliver_after: Option<u32>,
    /// The messages that were emitted, or that this user can't see.
    delivered: SeqSet,
    /// The newest version that any input mentioned.
    latest_version: u32,
    /// Events with a version that arrived while a request was pending, by version.
    buffered: BTreeMap<u32, Kind>,
    pending: Option<Pending>,
    /// The subscribers know that the user is a member. The next `conversationJoined` then means that the user rejoined.
    pub joined: bool,
    /// The resume in progress has sent `version`, so its reply contains the changes since this version.
    pub sent_in_resume: bool,
}

/// The request in progress for a conversation. Events are buffered until its reply, so that messages are emitted in order.
enum Pending {
    /// `GetChanges` since `version`.
    Changes,
    /// `GetHistory` for the messages up to the seq `until` that were not emitted yet.
    Messages { until: u32 },
}

impl ConversationState {
    /// A state for a conversation that a reply or a join contains. The messages that it has now are not emitted.
    pub fn from_conversation(id: StateId, conversation: &wire::Conversation) -> Self {
        let last_seq = Some(conversation.last_seq);
        Self { last_seq, deliver_after: last_seq, ..Self::at_version(id, conversation.version) }
    }

    /// A state for a conversation that is known only from an event with this version. Changes before the event are not
    /// emitted.
    pub fn from_event(id: StateId, version: u32) -> Self {
        Self::at_version(id, version.saturating_sub(1))
    }

    fn at_version(id: StateId, version: u32) -> Self {
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
            sent_in_resume: false,
        }
    }

    /// Marks the messages of a conversation that the user has just started as to be emitted.
    pub fn include_start(&mut self, conversation: &wire::Conversation) {
        self.lower_deliver_after(unread_after(conversation));
    }

    /// Drops the pending request and the buffered events. The next resume brings their content.
    pub fn connection_lost(&mut self) {
        self.pending = None;
        self.buffered.clear();
        self.latest_version = self.version;
    }

    /// Handles the information that the user is a member. Emits `Joined` at the first call, and the unread messages.
    pub fn join(&mut self, conversation: &wire::Conversation, steps: &mut Vec<Step>) {
        if !std::mem::replace(&mut self.joined, true) {
            steps.push(Step::Emit(Event::Joined(Box::new(conversation.clone()))));
        }
        self.include_unread(conversation, steps);
    }

    /// Marks the unread messages of a joined conversation as to be emitted. There may be no event for these messages.
    fn include_unread(&mut self, conversation: &wire::Conversation, steps: &mut Vec<Step>) {
        let after = unread_after(conversation);
        if conversation.last_seq.saturating_sub(after) <= UNREAD_MAX {
            self.lower_deliver_after(after);
        }
        self.deliver_after.get_or_insert(conversation.last_seq);
        self.last_seq.get_or_insert(conversation.last_seq);
        self.note_version(conversation.version);
        // If only the last message is missing, and the conversation contains it, no request is needed.
        if self.pending.is_none()
            && let Some((after, until)) = self.undelivered()
            && until == after + 1
            && let Some(message) = conversation.last_message.clone().filter(|message| message.seq == until)
        {
            self.deliver_message(message, steps);
        }
    }

    /// Notes a version that an input of the server mentioned.
    pub fn note_version(&mut self, version: u32) {
        self.latest_version = self.latest_version.max(version);
    }

    /// Takes an event with a version. Emits the next version, drops an older version, and fetches the changes before a later
    /// version.
    pub fn versioned(&mut self, version: u32, kind: Kind, steps: &mut Vec<Step>) {
        self.note_version(version);
        if self.pending.is_some() {
            if self.buffered.len() < BUFFERED_MAX {
                self.buffered.insert(version, kind);
            }
        } else if version <= self.version {
            // A reply with this version may have arrived before the event, without the message.
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
        let version_before = self.version;
        if changes.reload {
            // The version in the reply may be lower than the stored version: after a restore from a backup, new messages get
            // the seqs of lost messages.
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
        self.version != version_before
    }

    /// Takes the reply to a [`Step::Fetch`].
    pub fn fetched(&mut self, changes: wire::Changes, steps: &mut Vec<Step>) {
        self.pending = None;
        let has_changes = self.changes(changes, steps);
        self.advance(!has_changes, steps);
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
            let loaded_until = messages.last().map_or(until, |message| message.seq.min(until));
            for message in messages.into_iter().filter(|message| (after + 1..=until).contains(&message.seq)) {
                self.deliver_message(message, steps);
            }
            // Seqs that the history leaves out are not visible to this user.
            self.delivered.add(after, loaded_until);
        }
        self.advance(false, steps);
    }

    /// Requests missing messages. If no message is missing, takes the buffered events and requests missing changes. `pause`
    /// is true if the last reply contained nothing new.
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
        // Some events did not fit into the buffer, or the reply ended before the latest version.
        if self.latest_version > self.version {
            self.fetch_changes(pause, steps);
        }
    }

    /// Repeats the pending request after it failed, if its content is still needed.
    pub fn retry(&mut self, steps: &mut Vec<Step>) {
        if self.pending.take().is_some() {
            self.advance(false, steps);
        }
    }

    fn fetch_changes(&mut self, pause: bool, steps: &mut Vec<Step>) {
        self.pending = Some(Pending::Changes);
        steps.push(Step::Fetch { state_id: self.id, since_version: self.version, pause });
    }

    /// The range of messages that must be emitted and were not emitted yet, as `(after, until)`: the seqs after `after` up
    /// to and including `until`.
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
            // All messages after an emitted message must be emitted.
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

    /// Emits the messages that were sent or changed since `version`, in the order of their seqs.
    fn deliver_changed(&mut self, mut messages: Vec<wire::Message>, last_seq: u32, steps: &mut Vec<Step>) {
        messages.retain(|message| message.version > self.version);
        messages.sort_by_key(|message| message.seq);
        let last_known_seq = self.last_seq.unwrap_or_else(|| {
            // The last seq is unknown. A message that was never edited or deleted must be new, so the messages before the
            // first of them are treated as old.
            let unchanged = messages.iter().find(|message| message.edited_at.is_none() && message.deleted_at.is_none());
            unchanged.map_or(last_seq, |message| message.seq.saturating_sub(1))
        });
        self.last_seq = Some(last_known_seq);
        self.deliver_after.get_or_insert(last_known_seq);
        // If messages before the new messages are missing, a [`Step::Load`] fetches all of them in order.
        let has_missing = self.undelivered().is_some();
        for message in messages {
            if message.seq > last_known_seq {
                if !has_missing {
                    self.deliver_message(message, steps);
                }
            } else if message.deleted_at.is_some() {
                // This event is emitted even if the message is loaded later. The history contains the deleted message
                // without text.
                steps.push(Step::Emit(Event::MessageDeleted(message)));
            } else if self.deliver_after.is_some_and(|after| message.seq <= after) || self.delivered.contains(message.seq) {
                steps.push(Step::Emit(Event::MessageEdited(message)));
            }
        }
        if !has_missing {
            // Seqs that the reply leaves out are not visible to this user.
            self.delivered.add(last_known_seq, last_seq);
        }
        self.last_seq = self.last_seq.max(Some(last_seq));
    }
}

/// The seq after which the messages of a joined conversation are emitted: the read position of the user. It is 0 if the
/// first message is the last change of the conversation, so that the message is also emitted for its author, who has read
/// it.
fn unread_after(conversation: &wire::Conversation) -> u32 {
    let is_only_change = |message: &wire::Message| message.seq == 1 && message.version == conversation.version;
    if conversation.last_message.as_ref().is_some_and(is_only_change) {
        return 0;
    }
    conversation.read_state.as_ref().map_or(conversation.last_seq, |state| state.read_seq)
}
