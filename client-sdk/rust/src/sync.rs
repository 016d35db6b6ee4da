//! Which versions are held, what is missing, and in which order what arrives is told.
//!
//! For every conversation the version last told is held. A live event with the next version is told; one with an older
//! version was told before and is dropped; one with a later version betrays a gap: it waits while the changes since the
//! held version are fetched. After a lost connection, or a `Gap`, all held versions are presented in a `Resume`, and the
//! answer is told like changes. Each message is told once, whatever the order in which the wire brings a conversation and its
//! messages: the numbers of the messages that were told are noted per conversation, and messages that only a joining brings, or
//! that an answer told of before their events were lost, are loaded from the history. This file knows no socket: it turns what
//! arrived into [`Step`]s.

use std::collections::{BTreeMap, HashMap, VecDeque, hash_map::Entry};

use causerie_protocol::{
    ConversationId,
    wire::{self, event::Kind},
};

use crate::event::Event;

/// What to do about something that arrived, in this order.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// Tell the subscribers.
    Tell(Event),
    /// Ask `GetChanges`; the answer goes to [`Sync::fetched`].
    Fetch {
        conversation: ConversationId,
        since_version: u32,
        /// The answer before brought nothing new: wait a little, or a confused server is asked without pause.
        pause: bool,
    },
    /// Ask `GetHistory` for the messages after a seq; the answer goes to [`Sync::loaded`].
    Load { conversation: ConversationId, after_seq: u32 },
    /// Present what is held: [`Sync::begin_resume`].
    Resume,
}

/// Conversations presented in one `Resume`: half of what a server takes, because a JSON frame of a full 1,000 would be
/// larger than a server's 64 KiB.
const RESUME_MAX: usize = 500;

/// Events of one conversation that wait for a gap to be filled; later ones are fetched again instead.
const WAITING_MAX: usize = 256;

/// A conversation that is joined with more unread messages than this has a past, which is read in its history.
const UNTOLD_MAX: u32 = 200;

/// A position in one conversation.
#[derive(Default)]
struct Held {
    version: u32,
    /// Of the last message that is known; what comes after it is new. `None` while not known.
    last_seq: Option<u32>,
    /// The first and the last message that were told; all between were told, too.
    told: Option<(u32, u32)>,
    /// Messages that are known and not told.
    untold: Option<Untold>,
    /// Those of them that were loaded; they are told together, because all between two told messages count as told.
    loaded: Vec<wire::Message>,
    gap: Option<Gap>,
    /// That it was joined is known; to hear it again means it was joined anew.
    joined: bool,
}

/// Messages after one seq, up to another.
#[derive(Clone, Copy)]
struct Untold {
    after: u32,
    until: u32,
    /// They were asked for on this connection.
    is_asked: bool,
}

impl Held {
    fn is_told(&self, seq: u32) -> bool {
        self.told.is_some_and(|(first, last)| (first..=last).contains(&seq))
    }

    fn note_told(&mut self, seq: u32) {
        self.told = Some(self.told.map_or((seq, seq), |(first, last)| (first.min(seq), last.max(seq))));
        self.last_seq = self.last_seq.max(Some(seq));
    }

    /// Tells those of some messages that were not told, oldest first.
    fn tell_untold(&mut self, mut messages: Vec<wire::Message>, steps: &mut Vec<Step>) {
        messages.retain(|message| !self.is_told(message.seq));
        messages.sort_by_key(|message| message.seq);
        messages.dedup_by_key(|message| message.seq);
        for message in messages {
            self.note_told(message.seq);
            steps.push(Step::Tell(Event::MessageSent(message)));
        }
    }

    /// Notes messages to be told. A long past is left to be read.
    fn owe(&mut self, after: u32, until: u32) {
        let is_owed = until > after && until - after <= UNTOLD_MAX && !(self.is_told(after + 1) && self.is_told(until));
        if is_owed {
            let (after, is_asked) = self.untold.map_or((after, false), |untold| (untold.after.min(after), untold.is_asked));
            self.untold = Some(Untold { after, until, is_asked });
        }
    }

    /// Tells the unread messages that a conversation brings when it is joined, or notes that they are to be loaded.
    fn bring(&mut self, conversation: &wire::Conversation, until: u32, steps: &mut Vec<Step>) {
        self.owe(unread_after(conversation), until);
        let one = self.untold.filter(|untold| !untold.is_asked && untold.until == untold.after + 1);
        let Some(untold) = one else { return };
        if let Some(message) = conversation.last_message.clone().filter(|message| message.seq == untold.until) {
            self.untold = None;
            self.tell_untold(vec![message], steps);
        }
    }

    /// An answer told of messages after the last one that was told: their events came to nothing.
    fn overtaken(&self) -> Option<Untold> {
        let ((_, after), until) = (self.told?, self.last_seq?);
        (after < until).then_some(Untold { after, until, is_asked: false })
    }
}

/// Something between the held version and `latest` is missing.
#[derive(Default)]
struct Gap {
    latest: u32,
    waiting: BTreeMap<u32, Kind>,
}

/// All positions of a client.
#[derive(Default)]
pub(crate) struct Sync {
    epoch: String,
    /// `None` until the server told it.
    inbox_version: Option<u32>,
    held: HashMap<ConversationId, Held>,
    resume: Option<Resume>,
}

/// A `Resume` of several parts that is under way.
struct Resume {
    /// All parts name the epoch that was held at the start: the first answer may bring another.
    epoch: String,
    left: VecDeque<ConversationId>,
    /// Nothing was held of an earlier connection, so what the answer lists is no news.
    first: bool,
    /// The stream was parted once more meanwhile.
    again: bool,
}

impl Sync {
    /// The connection is gone: what waits for an answer is forgotten, the next resume brings it.
    pub fn connection_lost(&mut self) {
        self.resume = None;
        for held in self.held.values_mut() {
            held.gap = None;
            if let Some(untold) = &mut held.untold {
                untold.is_asked = false;
            }
        }
    }

    /// Starts to present everything held, and gives the first part. `None` while the resume before is under way: then
    /// [`Self::resumed`] asks for another one at its end.
    pub fn begin_resume(&mut self) -> Option<wire::Resume> {
        if let Some(resume) = &mut self.resume {
            resume.again = true;
            return None;
        }
        // The answer tells of every joining, also of those that would have come as events.
        self.held.values_mut().for_each(|held| held.joined = true);
        self.resume = Some(Resume {
            epoch: self.epoch.clone(),
            left: self.held.keys().copied().collect(),
            first: self.epoch.is_empty() && self.held.is_empty(),
            again: false,
        });
        self.next_resume()
    }

    /// The server welcomed without an answer to the resume: ask once more, if there is anything to ask for.
    pub fn resume_unanswered(&mut self) -> Vec<Step> {
        self.resume = None;
        if self.held.is_empty() { Vec::new() } else { vec![Step::Resume] }
    }

    /// The next part of what is held, after the part before was answered.
    pub fn next_resume(&mut self) -> Option<wire::Resume> {
        let resume = self.resume.as_mut()?;
        let part = resume.left.drain(..resume.left.len().min(RESUME_MAX));
        let held = part
            .filter_map(|conversation| {
                let version = self.held.get(&conversation)?.version;
                Some(wire::Held { conversation_id: conversation.to_string(), version })
            })
            .collect();
        Some(wire::Resume { epoch: resume.epoch.clone(), inbox_version: self.inbox_version.unwrap_or(0), held })
    }

    /// The answer to one part. [`Self::next_resume`] has another part while this says so.
    pub fn resumed(&mut self, resumed: wire::Resumed) -> (Vec<Step>, bool) {
        let first = self.resume.as_ref().is_some_and(|resume| resume.first);
        // Joinings that were told live since the answer was made are not forgotten; in a new epoch they are.
        let told = self.inbox_version.filter(|_| self.epoch == resumed.epoch).unwrap_or(0);
        self.inbox_version = Some(resumed.inbox_version.max(told));
        self.epoch = resumed.epoch;
        let mut steps = Vec::new();
        for changes in resumed.changes {
            let Some(conversation) = &changes.conversation else { continue };
            let Some(id) = parse(&conversation.id) else { continue };
            if self.held.contains_key(&id) {
                self.changes(id, changes, &mut steps);
            } else {
                let held = self.hold(id, conversation);
                if !first {
                    steps.push(Step::Tell(Event::Joined(Box::new(conversation.clone()))));
                    held.bring(conversation, conversation.last_seq, &mut steps);
                }
            }
        }
        for gone in resumed.gone.iter().filter_map(|id| parse(id)) {
            self.gone(gone, &mut steps);
        }
        for (id, held) in &mut self.held {
            if let Some(Untold { after, until, .. }) = held.overtaken() {
                held.owe(after, until);
            }
            load(*id, held, &mut steps);
        }
        if resumed.reload_list && !first {
            steps.push(Step::Tell(Event::ReloadList));
        }
        for read_state in resumed.read_states {
            steps.push(Step::Tell(Event::ReadState { read_state, total_unread: resumed.total_unread }));
        }
        steps.push(Step::Tell(Event::TotalUnread(resumed.total_unread)));
        let more = self.resume.as_ref().is_some_and(|resume| !resume.left.is_empty());
        if !more && self.resume.take().is_some_and(|resume| resume.again) {
            steps.push(Step::Resume);
        }
        (steps, more)
    }

    /// Something the server told unasked.
    pub fn event(&mut self, kind: Kind) -> Vec<Step> {
        let mut steps = Vec::new();
        match kind {
            Kind::MessageSent(_) | Kind::MessageEdited(_) | Kind::MessageDeleted(_) | Kind::ConversationChanged(_) => {
                self.versioned(kind, &mut steps);
            }
            Kind::ConversationJoined(joined) => self.joined(joined, &mut steps),
            Kind::ConversationLeft(left) => {
                if self.inbox(left.inbox_version, &mut steps)
                    && let Some(id) = parse(&left.conversation_id)
                {
                    self.gone(id, &mut steps);
                }
            }
            Kind::CapabilitiesChanged(changed) => {
                if let Some(conversation) = parse(&changed.conversation_id) {
                    let capabilities = changed.capabilities().collect();
                    steps.push(Step::Tell(Event::Capabilities { conversation, capabilities }));
                }
            }
            Kind::ReadStateChanged(changed) => {
                let total_unread = changed.total_unread;
                steps.push(Step::Tell(match changed.read_state {
                    Some(read_state) => Event::ReadState { read_state, total_unread },
                    None => Event::TotalUnread(total_unread),
                }));
            }
            Kind::MemberRead(read) => steps.push(Step::Tell(Event::MemberRead(read))),
            Kind::Typing(typing) => steps.push(Step::Tell(Event::Typing(typing))),
            Kind::PresenceChanged(presence) => steps.push(Step::Tell(Event::Presence(presence))),
            Kind::RelationChanged(changed) => {
                steps.extend(changed.relation.map(|relation| Step::Tell(Event::RelationChanged(relation))));
            }
            Kind::Gap(_) => steps.push(Step::Resume),
            // These concern the connection, which heard them first.
            Kind::TokenExpiring(_) | Kind::GoingAway(_) => {}
        }
        steps
    }

    /// The answer to a [`Step::Fetch`].
    pub fn fetched(&mut self, id: ConversationId, changes: wire::Changes) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.held.contains_key(&id) {
            self.changes(id, changes, &mut steps);
        }
        steps
    }

    /// The answer to a [`Step::Load`].
    pub fn loaded(&mut self, id: ConversationId, page: wire::MessagePage) -> Vec<Step> {
        let mut steps = Vec::new();
        let Some(held) = self.held.get_mut(&id) else { return steps };
        let Some(Untold { until, .. }) = held.untold.take() else { return steps };
        let last = page.messages.iter().map(|message| message.seq).max().unwrap_or(until);
        held.loaded.extend(page.messages.into_iter().filter(|message| message.seq <= until));
        if last < until {
            held.untold = Some(Untold { after: last, until, is_asked: false });
            load(id, held, &mut steps);
            return steps;
        }
        let messages = std::mem::take(&mut held.loaded);
        held.tell_untold(messages, &mut steps);
        if let Some(gap) = held.gap.take() {
            self.flush(id, gap, true, &mut steps);
        }
        steps
    }

    /// The server refused a [`Step::Fetch`] or [`Step::Load`] for good: the person is no longer in there.
    pub fn fetch_refused(&mut self, id: ConversationId) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.held.contains_key(&id) {
            self.gone(id, &mut steps);
        }
        steps
    }

    /// The same [`Step::Fetch`] or [`Step::Load`] again, if it is still needed.
    pub fn fetch_again(&self, id: ConversationId) -> Option<Step> {
        let held = self.held.get(&id)?;
        if let Some(Untold { after, .. }) = held.untold {
            return Some(Step::Load { conversation: id, after_seq: after });
        }
        held.gap.as_ref().map(|_| Step::Fetch { conversation: id, since_version: held.version, pause: false })
    }

    /// A conversation in an answer. A position already held is kept: what lies between arrives as events.
    pub fn learn(&mut self, conversation: &wire::Conversation) {
        if let Some(id) = parse(&conversation.id)
            && !self.held.contains_key(&id)
        {
            self.hold(id, conversation);
        }
    }

    /// The answer to a start. Of one just made, the joining is still to be heard.
    pub fn learn_started(&mut self, started: &wire::ConversationStarted) {
        let Some(conversation) = &started.conversation else { return };
        let Some(id) = parse(&conversation.id).filter(|id| !self.held.contains_key(id)) else { return };
        let held = self.hold(id, conversation);
        held.joined = !started.created;
        if started.created {
            held.owe(unread_after(conversation), conversation.last_seq);
        }
    }

    /// A page of conversations.
    pub fn learn_page(&mut self, page: &wire::ConversationPage) {
        if self.epoch.is_empty() {
            self.epoch.clone_from(&page.epoch);
        }
        self.inbox_version.get_or_insert(page.inbox_version);
        page.conversations.iter().for_each(|conversation| self.learn(conversation));
    }

    fn hold(&mut self, id: ConversationId, conversation: &wire::Conversation) -> &mut Held {
        let (version, last_seq) = (conversation.version, Some(conversation.last_seq));
        self.held.entry(id).insert_entry(Held { version, last_seq, joined: true, ..Held::default() }).into_mut()
    }

    fn gone(&mut self, id: ConversationId, steps: &mut Vec<Step>) {
        self.held.remove(&id);
        steps.push(Step::Tell(Event::Left(id)));
    }

    fn joined(&mut self, joined: wire::ConversationJoined, steps: &mut Vec<Step>) {
        let Some(conversation) = joined.conversation else { return };
        let Some(id) = parse(&conversation.id) else { return };
        if !self.inbox(joined.inbox_version, steps) {
            return;
        }
        let (version, last_seq) = (conversation.version, conversation.last_seq);
        let known = self.held.get(&id).map(|held| (held.joined, held.last_seq.unwrap_or(0)));
        let held = match self.held.entry(id) {
            Entry::Occupied(held) => held.into_mut(),
            Entry::Vacant(free) => free.insert(Held { version, last_seq: Some(last_seq), ..Held::default() }),
        };
        held.joined = true;
        if let Some((true, _)) = known {
            // Own copies of messages were deleted: which ones, only its history tells.
            steps.push(Step::Tell(Event::Resynced { conversation: Box::new(conversation), reload: true }));
        } else {
            steps.push(Step::Tell(Event::Joined(Box::new(conversation.clone()))));
            // What is newer than the held position is told when it is caught up with.
            held.bring(&conversation, known.map_or(last_seq, |(_, held_seq)| held_seq.min(last_seq)), steps);
        }
        load(id, held, steps);
        // Held from an answer or an event: what was said since, up to the joining, has no event.
        if held.version < version {
            match &mut held.gap {
                Some(gap) => gap.latest = gap.latest.max(version),
                None => {
                    held.gap = Some(Gap { latest: version, waiting: BTreeMap::new() });
                    steps.push(Step::Fetch { conversation: id, since_version: held.version, pause: false });
                }
            }
        }
    }

    /// Is this the next joining or leaving? If some were missed, a resume brings them, and this one with them.
    fn inbox(&mut self, version: u32, steps: &mut Vec<Step>) -> bool {
        match self.inbox_version {
            // The person stays a member, and may or may not read the conversation from now on.
            _ if version == 0 => true,
            Some(held) if version <= held => false,
            Some(held) if version > held + 1 => {
                steps.push(Step::Resume);
                false
            }
            _ => {
                self.inbox_version = Some(version);
                true
            }
        }
    }

    fn versioned(&mut self, kind: Kind, steps: &mut Vec<Step>) {
        let Some((id, version)) = position(&kind) else { return };
        // The first news of a conversation nobody asked for: all before it was never told, and is not missed.
        let held = self.held.entry(id).or_insert_with(|| Held { version: version.saturating_sub(1), ..Held::default() });
        if version <= held.version && held.gap.is_none() {
            // An answer can overtake the event of a message.
            if let Kind::MessageSent(event) = kind {
                held.tell_untold(event.message.into_iter().collect(), steps);
            }
            return;
        }
        if let Some(gap) = &mut held.gap {
            gap.latest = gap.latest.max(version);
            if gap.waiting.len() < WAITING_MAX {
                gap.waiting.insert(version, kind);
            }
            return;
        }
        if version == held.version + 1 {
            held.version = version;
            steps.extend(tell(kind, held).map(Step::Tell));
            return;
        }
        held.gap = Some(Gap { latest: version, waiting: BTreeMap::from([(version, kind)]) });
        steps.push(Step::Fetch { conversation: id, since_version: held.version, pause: false });
    }

    /// Tells what changed, then what waited for it.
    fn changes(&mut self, id: ConversationId, changes: wire::Changes, steps: &mut Vec<Step>) {
        let (Some(held), Some(conversation)) = (self.held.get_mut(&id), changes.conversation) else { return };
        let gap = held.gap.take();
        let before = held.version;
        if changes.reload {
            // Also backwards: after a restore from backup versions may be lower than held.
            held.version = conversation.version;
            held.last_seq = Some(conversation.last_seq);
            held.told = held.told.map(|(first, _)| (first.min(conversation.last_seq), conversation.last_seq));
            held.untold = None;
            steps.push(Step::Tell(Event::Resynced { conversation: Box::new(conversation), reload: true }));
        } else if conversation.version > held.version {
            if let Some(Untold { after, .. }) = held.untold.or_else(|| held.overtaken()) {
                held.owe(after, conversation.last_seq);
            }
            tell_changed(held, changes.messages, conversation.last_seq, steps);
            held.version = conversation.version;
            steps.push(Step::Tell(Event::Resynced { conversation: Box::new(conversation), reload: false }));
        }
        let progress = held.version != before;
        if held.untold.is_some() {
            // What waits is newer than the messages that are to be loaded.
            held.gap = gap;
            load(id, held, steps);
        } else if let Some(gap) = gap {
            self.flush(id, gap, progress, steps);
        }
    }

    /// Takes the events that waited. `progress`: the answer brought something new.
    fn flush(&mut self, id: ConversationId, gap: Gap, progress: bool, steps: &mut Vec<Step>) {
        let told = steps.len();
        for kind in gap.waiting.into_values() {
            self.versioned(kind, steps);
        }
        // Events that found no place to wait, and whatever the answer did not reach yet.
        if let Some(held) = self.held.get_mut(&id)
            && gap.latest > held.version
            && held.gap.is_none()
        {
            held.gap = Some(Gap { latest: gap.latest, waiting: BTreeMap::new() });
            steps.push(Step::Fetch { conversation: id, since_version: held.version, pause: false });
        }
        for step in &mut steps[told..] {
            if let Step::Fetch { pause, .. } = step {
                *pause = !progress;
            }
        }
    }
}

/// Asks for messages that are to be told; events of the conversation wait for them.
fn load(id: ConversationId, held: &mut Held, steps: &mut Vec<Step>) {
    let Some(untold) = held.untold.as_mut().filter(|untold| !untold.is_asked) else { return };
    untold.is_asked = true;
    let after = untold.after;
    held.gap.get_or_insert_with(|| Gap { latest: held.version, waiting: BTreeMap::new() });
    steps.push(Step::Load { conversation: id, after_seq: after });
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

/// Tells messages sent or touched since the held version, by seq.
fn tell_changed(held: &mut Held, mut messages: Vec<wire::Message>, last_seq: u32, steps: &mut Vec<Step>) {
    messages.retain(|message| message.version > held.version);
    messages.sort_by_key(|message| message.seq);
    let mut told = held.last_seq.unwrap_or_else(|| {
        // Where the last seq is not known yet, the first message that was never touched is surely new.
        let untouched = messages.iter().find(|message| message.edited_at.is_none() && message.deleted_at.is_none());
        untouched.map_or(last_seq, |message| message.seq.saturating_sub(1))
    });
    for message in messages {
        steps.push(Step::Tell(if message.seq > told {
            told = message.seq;
            // What is to be loaded is told then, in its order.
            if held.untold.is_some() || held.is_told(message.seq) {
                continue;
            }
            held.note_told(message.seq);
            Event::MessageSent(message)
        } else if message.deleted_at.is_some() {
            Event::MessageDeleted(message)
        } else {
            Event::MessageEdited(message)
        }));
    }
    held.last_seq = Some(told.max(last_seq));
}

fn parse(id: &str) -> Option<ConversationId> {
    id.parse().inspect_err(|_| tracing::warn!(id, "the server named a conversation by something that is no id")).ok()
}

/// Conversation and version of an event that has one.
fn position(kind: &Kind) -> Option<(ConversationId, u32)> {
    let (id, version) = match kind {
        Kind::MessageSent(event) | Kind::MessageEdited(event) | Kind::MessageDeleted(event) => {
            let message = event.message.as_ref()?;
            (&message.conversation_id, message.version)
        }
        Kind::ConversationChanged(changed) => (&changed.conversation_id, changed.version),
        _ => return None,
    };
    Some((parse(id)?, version))
}

/// The event of something live that is in order.
fn tell(kind: Kind, held: &mut Held) -> Option<Event> {
    Some(match kind {
        Kind::MessageSent(event) => {
            let message = event.message.filter(|message| !held.is_told(message.seq))?;
            held.note_told(message.seq);
            Event::MessageSent(message)
        }
        Kind::MessageEdited(event) => Event::MessageEdited(event.message?),
        Kind::MessageDeleted(event) => Event::MessageDeleted(event.message?),
        Kind::ConversationChanged(changed) => Event::ConversationChanged(changed),
        _ => return None,
    })
}

#[cfg(test)]
#[path = "sync_order_tests.rs"]
mod order_tests;
#[cfg(test)]
#[path = "sync_tests.rs"]
mod tests;
