//! Which versions are held, what is missing, and in which order what arrives is told.
//!
//! For every conversation the version last told is held. A live event with the next version is told; one with an older
//! version was told before and is dropped; one with a later version betrays a gap: it waits while the changes since the
//! held version are fetched. After a lost connection, or a `Gap`, all held versions are presented in a `Resume`, and the
//! answer is told like changes. This file knows no socket: it turns what arrived into [`Step`]s.

use std::collections::{BTreeMap, HashMap, VecDeque};

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
    /// Present what is held: [`Sync::begin_resume`].
    Resume,
}

/// Conversations presented in one `Resume`: half of what a server takes, because a JSON frame of a full 1,000 would be
/// larger than a server's 64 KiB.
const RESUME_MAX: usize = 500;

/// Events of one conversation that wait for a gap to be filled; later ones are fetched again instead.
const WAITING_MAX: usize = 256;

/// A position in one conversation.
#[derive(Default)]
struct Held {
    version: u32,
    /// Of the last message told; what comes after it is new. `None` while not known.
    last_seq: Option<u32>,
    gap: Option<Gap>,
    /// That it was joined is known; to hear it again means it was joined anew.
    joined: bool,
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
                self.hold(id, conversation);
                if !first {
                    steps.extend(changes.conversation.map(|joined| Step::Tell(Event::Joined(Box::new(joined)))));
                }
            }
        }
        for gone in resumed.gone.iter().filter_map(|id| parse(id)) {
            self.gone(gone, &mut steps);
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

    /// The server refused a [`Step::Fetch`] for good: the person is no longer in there.
    pub fn fetch_refused(&mut self, id: ConversationId) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.held.contains_key(&id) {
            self.gone(id, &mut steps);
        }
        steps
    }

    /// The same [`Step::Fetch`] again, if it is still needed.
    pub fn fetch_again(&self, id: ConversationId) -> Option<Step> {
        let held = self.held.get(&id)?;
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
        self.hold(id, conversation).joined = !started.created;
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
        self.held.entry(id).insert_entry(Held { version, last_seq, gap: None, joined: true }).into_mut()
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
        if self.held.get(&id).is_some_and(|held| held.joined) {
            // Own copies of messages were deleted: which ones, only its history tells.
            self.hold(id, &conversation);
            steps.push(Step::Tell(Event::Resynced { conversation: Box::new(conversation), reload: true }));
            return;
        }
        // Its first messages may have come before: then what follows them still comes.
        self.learn(&conversation);
        let version = conversation.version;
        steps.push(Step::Tell(Event::Joined(Box::new(conversation))));
        let Some(held) = self.held.get_mut(&id) else { return };
        held.joined = true;
        // Held from the answer to a start: what was said since, before the server counted us in, has no event.
        if held.version < version && held.gap.is_none() {
            held.gap = Some(Gap { latest: version, waiting: BTreeMap::new() });
            steps.push(Step::Fetch { conversation: id, since_version: held.version, pause: false });
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
        if version <= held.version {
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
            steps.push(Step::Tell(Event::Resynced { conversation: Box::new(conversation), reload: true }));
        } else if conversation.version > held.version {
            tell_changed(held, changes.messages, conversation.last_seq, steps);
            held.version = conversation.version;
            steps.push(Step::Tell(Event::Resynced { conversation: Box::new(conversation), reload: false }));
        }
        let progress = held.version != before;
        let Some(gap) = gap else { return };
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
            let message = event.message?;
            held.last_seq = held.last_seq.max(Some(message.seq));
            Event::MessageSent(message)
        }
        Kind::MessageEdited(event) => Event::MessageEdited(event.message?),
        Kind::MessageDeleted(event) => Event::MessageDeleted(event.message?),
        Kind::ConversationChanged(changed) => Event::ConversationChanged(changed),
        _ => return None,
    })
}

#[cfg(test)]
#[path = "sync_tests.rs"]
mod tests;
