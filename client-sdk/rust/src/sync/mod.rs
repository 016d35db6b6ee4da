//! Stores the versions that the client holds, requests missing changes, and puts the events for subscribers in order.
//!
//! The client stores for each conversation the version of the last change that it emitted. A live event with the next
//! version is emitted. An event with an older version was emitted before and is dropped. An event with a later version shows
//! a gap: it is buffered while the client fetches the changes since the stored version. After a lost connection, and after
//! the event `gap`, the client sends all stored versions in a `Resume` and emits what the reply contains.
//!
//! Each message is emitted once, even if the server delivers a conversation and its messages in another order:
//! [`conversation`] stores the seq after which each message of a conversation must be emitted and the set of emitted
//! messages, and loads the missing messages from the history. This module does not use the socket. Its inputs are the
//! replies and events of the server; its output is a list of [`Step`]s.

mod conversation;
mod seq_set;

use std::collections::{HashMap, VecDeque, hash_map::Entry};

use causerie_protocol::{
    ConversationId, ErrorCode,
    wire::{self, event::Kind},
};

use self::conversation::ConversationState;
use crate::event::Event;

/// An action of the connection after a reply or an event of the server. The connection executes a list of steps in its
/// order.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// Publish the event to all subscribers.
    Emit(Event),
    /// Send `GetChanges`. [`Sync::fetched`] takes the reply.
    Fetch {
        state_id: StateId,
        since_version: u32,
        /// Wait before the request, because the previous reply contained nothing new: a faulty server must not get requests
        /// without a pause.
        pause: bool,
    },
    /// Send `GetHistory` for the messages after a seq. [`Sync::loaded`] takes the reply.
    Load { state_id: StateId, after_seq: u32 },
    /// Send the `Resume` that [`Sync::begin_resume`] returns.
    Resume,
}

/// Identifies one [`ConversationState`]. A user who leaves a conversation and joins it again gets a new state with another
/// number, so a reply to a request of the old state is recognised and dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StateId {
    pub conversation: ConversationId,
    number: u64,
}

/// The maximum number of conversations in one `Resume`. It is half of the number that the server accepts, because a JSON
/// frame with 1,000 conversations is larger than the server's frame limit of 64 KiB.
const RESUME_MAX: usize = 500;

/// The versions that a client holds, and the resume in progress.
#[derive(Default)]
pub(crate) struct Sync {
    /// The last epoch of the server. Empty until the server has sent it.
    epoch: String,
    /// `None` until the server has sent it.
    inbox_version: Option<u32>,
    conversations: HashMap<ConversationId, ConversationState>,
    /// The number of states that were ever made, which is the number of the newest [`StateId`].
    states_total: u64,
    /// The number of leaves that were ever seen, see [`Self::leaves_total`].
    leaves_total: u64,
    /// The last leave of each conversation that the user left during this connection.
    leaves: HashMap<ConversationId, Leave>,
    /// The resume in progress.
    resume: Option<Resume>,
}

/// A `Resume` in progress. It has several parts if the client holds many conversations.
struct Resume {
    /// The epoch at the start of the resume. All parts have this epoch, even if the reply to the first part has another.
    epoch: String,
    /// The conversations whose versions were not sent yet.
    remaining: VecDeque<ConversationId>,
    /// [`Sync::leaves_total`] when the current part was made.
    leaves_total: u64,
    /// The client held nothing at the start of the resume, so no `Joined` is emitted for the conversations in the reply.
    first: bool,
    /// An event `gap` arrived during the resume, so another resume must follow.
    repeat: bool,
    /// Events with a version that arrived during the resume. They may be newer than the reply.
    buffered: Vec<Kind>,
}

/// A leave of a conversation. A reply that the server read from the database before the leave may arrive after it.
#[derive(Clone, Copy)]
struct Leave {
    /// [`Sync::leaves_total`] after this leave.
    number: u64,
    /// The inbox version of the leave. 0 if the user stays a member and the policy denies them to read the conversation.
    inbox_version: u32,
}

/// Position of a join or a leave relative to the stored inbox version.
#[derive(PartialEq)]
enum InboxOrder {
    /// A reply has already contained the join or leave.
    Seen,
    /// The join or leave follows the stored inbox version.
    Next,
    /// Earlier joins or leaves are missing.
    AfterGap,
}

impl Sync {
    /// Drops buffered events and pending requests after the connection was lost. The reply to the next resume has their
    /// content.
    pub fn connection_lost(&mut self) {
        self.resume = None;
        self.leaves.clear();
        self.conversations.values_mut().for_each(ConversationState::connection_lost);
    }

    /// Starts a resume and returns its first part. Returns `None` while another resume is in progress; [`Self::resumed`]
    /// then asks for a new one when it ends.
    pub fn begin_resume(&mut self) -> Option<wire::Resume> {
        if let Some(resume) = &mut self.resume {
            resume.repeat = true;
            return None;
        }
        // The reply lists each conversation that the user joined since, even if its `conversationJoined` event is still on
        // the way.
        for state in self.conversations.values_mut() {
            state.joined = true;
            state.sent_in_resume = false;
        }
        self.resume = Some(Resume {
            epoch: self.epoch.clone(),
            remaining: self.conversations.keys().copied().collect(),
            leaves_total: self.leaves_total,
            first: self.epoch.is_empty() && self.conversations.is_empty(),
            repeat: false,
            buffered: Vec::new(),
        });
        self.next_resume()
    }

    /// Handles a welcome without a reply to the resume. Returns [`Step::Resume`] if the client holds a conversation.
    pub fn resume_unanswered(&mut self) -> Vec<Step> {
        self.resume = None;
        if self.conversations.is_empty() { Vec::new() } else { vec![Step::Resume] }
    }

    /// The next part of the resume. Call it after the server replied to the previous part. `None` without a resume in
    /// progress.
    pub fn next_resume(&mut self) -> Option<wire::Resume> {
        let resume = self.resume.as_mut()?;
        resume.leaves_total = self.leaves_total;
        let part = resume.remaining.drain(..resume.remaining.len().min(RESUME_MAX));
        let held = part
            .filter_map(|conversation| {
                let state = self.conversations.get_mut(&conversation)?;
                state.sent_in_resume = true;
                Some(wire::Held { conversation_id: conversation.to_string(), version: state.version })
            })
            .collect();
        Some(wire::Resume { epoch: resume.epoch.clone(), inbox_version: self.inbox_version.unwrap_or(0), held })
    }

    /// Takes the reply to one part. Returns the steps, and whether [`Self::next_resume`] has another part.
    pub fn resumed(&mut self, resumed: wire::Resumed) -> (Vec<Step>, bool) {
        let first = self.resume.as_ref().is_some_and(|resume| resume.first);
        let leaves_total = self.resume.as_ref().map_or(0, |resume| resume.leaves_total);
        // A live join may have raised the stored inbox version above the version of the reply. In a new epoch, the stored
        // inbox version is not valid.
        let known_inbox_version = self.inbox_version.filter(|_| self.epoch == resumed.epoch).unwrap_or(0);
        self.inbox_version = Some(resumed.inbox_version.max(known_inbox_version));
        self.epoch = resumed.epoch;
        let mut steps = Vec::new();
        for changes in resumed.changes {
            let Some(conversation) = &changes.conversation else { continue };
            let Some(id) = parse(&conversation.id) else { continue };
            let left_since = self.left_since(id, leaves_total, resumed.inbox_version);
            match self.conversations.get_mut(&id) {
                Some(state) if state.sent_in_resume => drop(state.changes(changes, &mut steps)),
                // The user left the conversation after the server read it for this reply.
                None if left_since => {}
                // The request did not have the version of this conversation. The reply says only that the user is a member.
                state => {
                    let state = match state {
                        Some(state) => state,
                        None => self.hold(id, conversation),
                    };
                    if first {
                        state.joined = true;
                    } else {
                        state.join(conversation, &mut steps);
                    }
                }
            }
        }
        for id in resumed.gone.iter().filter_map(|id| parse(id)) {
            // If the request did not have the version of this conversation, the user rejoined it after the request.
            if self.conversations.get(&id).is_none_or(|state| state.sent_in_resume) {
                self.leave(id, resumed.inbox_version, &mut steps);
            }
        }
        // This also loads messages that another reply mentioned and whose events were lost.
        self.conversations.values_mut().for_each(|state| state.advance(false, &mut steps));
        if resumed.reload_list && !first {
            steps.push(Step::Emit(Event::ReloadList));
        }
        for read_state in resumed.read_states {
            steps.push(Step::Emit(Event::ReadState { read_state, total_unread: resumed.total_unread }));
        }
        steps.push(Step::Emit(Event::TotalUnread(resumed.total_unread)));
        let more = self.resume.as_ref().is_some_and(|resume| !resume.remaining.is_empty());
        if !more && let Some(Resume { repeat, buffered, .. }) = self.resume.take() {
            for kind in buffered {
                self.versioned(kind, &mut steps);
            }
            steps.extend(repeat.then_some(Step::Resume));
        }
        (steps, more)
    }

    /// Takes an event of the server. Returns the steps that follow from it.
    pub fn event(&mut self, kind: Kind) -> Vec<Step> {
        let mut steps = Vec::new();
        match kind {
            Kind::MessageSent(_) | Kind::MessageEdited(_) | Kind::MessageDeleted(_) | Kind::ConversationChanged(_) => {
                match &mut self.resume {
                    Some(resume) => resume.buffered.push(kind),
                    None => self.versioned(kind, &mut steps),
                }
            }
            Kind::ConversationJoined(joined) => self.joined(joined, &mut steps),
            Kind::ConversationLeft(left) => {
                if self.inbox_order(left.inbox_version, &mut steps) == InboxOrder::Next
                    && let Some(id) = parse(&left.conversation_id)
                {
                    self.leave(id, left.inbox_version, &mut steps);
                }
            }
            Kind::CapabilitiesChanged(changed) => {
                if let Some(conversation) = parse(&changed.conversation_id) {
                    let capabilities = changed.capabilities().collect();
                    let cannot_send = Some(changed.cannot_send()).filter(|code| *code != ErrorCode::Unspecified);
                    steps.push(Step::Emit(Event::Capabilities { conversation, capabilities, cannot_send }));
                }
            }
            Kind::ReadStateChanged(changed) => {
                let total_unread = changed.total_unread;
                steps.push(Step::Emit(match changed.read_state {
                    Some(read_state) => Event::ReadState { read_state, total_unread },
                    None => Event::TotalUnread(total_unread),
                }));
            }
            Kind::MemberRead(read) => steps.push(Step::Emit(Event::MemberRead(read))),
            Kind::Typing(typing) => steps.push(Step::Emit(Event::Typing(typing))),
            Kind::PresenceChanged(presence) => steps.push(Step::Emit(Event::Presence(presence))),
            Kind::RelationChanged(changed) => {
                steps.extend(changed.relation.map(|relation| Step::Emit(Event::RelationChanged(relation))));
            }
            Kind::ContactsChanged(changed) => steps.push(Step::Emit(Event::Contacts(changed.contacts))),
            Kind::MayStartChanged(changed) => steps.push(Step::Emit(Event::MayStart(changed))),
            Kind::Gap(_) => steps.push(Step::Resume),
            // The connection handles these events and does not pass them on.
            Kind::TokenExpiring(_) | Kind::GoingAway(_) => {}
        }
        steps
    }

    /// Takes the reply to a [`Step::Fetch`].
    pub fn fetched(&mut self, state_id: StateId, changes: wire::Changes) -> Vec<Step> {
        self.with_state(state_id, |state, steps| state.fetched(changes, steps))
    }

    /// Takes the reply to a [`Step::Load`].
    pub fn loaded(&mut self, state_id: StateId, page: wire::MessagePage) -> Vec<Step> {
        self.with_state(state_id, |state, steps| state.loaded(page, steps))
    }

    /// Handles a permanent refusal of a [`Step::Fetch`] or a [`Step::Load`]: the user is not a member any more.
    pub fn fetch_refused(&mut self, state_id: StateId) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.state_mut(state_id).is_some() {
            self.leave(state_id.conversation, 0, &mut steps);
        }
        steps
    }

    /// Repeats a [`Step::Fetch`] or a [`Step::Load`] if its content is still needed.
    pub fn fetch_again(&mut self, state_id: StateId) -> Vec<Step> {
        self.with_state(state_id, ConversationState::retry)
    }

    fn with_state(&mut self, state_id: StateId, apply: impl FnOnce(&mut ConversationState, &mut Vec<Step>)) -> Vec<Step> {
        let mut steps = Vec::new();
        if let Some(state) = self.state_mut(state_id) {
            apply(state, &mut steps);
        }
        steps
    }

    /// The state that made a request. `None` if the user left the conversation after the request, even if they rejoined it.
    fn state_mut(&mut self, state_id: StateId) -> Option<&mut ConversationState> {
        self.conversations.get_mut(&state_id.conversation).filter(|state| state.id == state_id)
    }

    fn new_state_id(&mut self, conversation: ConversationId) -> StateId {
        self.states_total += 1;
        StateId { conversation, number: self.states_total }
    }

    /// Number of leaves seen so far. A caller stores it when it sends a request, and passes it with the reply. If the user
    /// left a conversation after the request, the reply may still show the user as a member, so [`Self::learn`] ignores
    /// the conversation.
    pub fn leaves_total(&self) -> u64 {
        self.leaves_total
    }

    /// Takes a conversation from a reply. A stored version is kept, because the events between it and the version in the
    /// reply have not arrived yet. If the user left the conversation after the request, the reply is ignored; if the user
    /// rejoins it, the `conversationJoined` event contains the conversation.
    pub fn learn(&mut self, conversation: &wire::Conversation, leaves_at_request: u64) {
        if let Some(id) = self.parse_new(&conversation.id, leaves_at_request) {
            self.hold(id, conversation).joined = true;
        }
    }

    /// Takes the reply to a command that starts a conversation. If the command created the conversation, its
    /// `conversationJoined` event has not arrived yet.
    pub fn learn_started(&mut self, started: &wire::ConversationStarted, leaves_at_request: u64) {
        let Some(conversation) = &started.conversation else { return };
        let Some(id) = self.parse_new(&conversation.id, leaves_at_request) else { return };
        let state = self.hold(id, conversation);
        state.joined = !started.created;
        if started.created {
            state.include_start(conversation);
        }
    }

    /// Takes a page of the list of conversations.
    pub fn learn_page(&mut self, page: &wire::ConversationPage, leaves_at_request: u64) {
        if self.epoch.is_empty() {
            self.epoch.clone_from(&page.epoch);
        }
        self.inbox_version.get_or_insert(page.inbox_version);
        page.conversations.iter().for_each(|conversation| self.learn(conversation, leaves_at_request));
    }

    /// The id of a conversation of a reply, if the client does not hold it and the user did not leave it since the request.
    fn parse_new(&self, id: &str, leaves_at_request: u64) -> Option<ConversationId> {
        parse(id).filter(|id| !self.conversations.contains_key(id) && !self.left_since(*id, leaves_at_request, 0))
    }

    /// Whether the user left the conversation after a request, and after the inbox version of its reply (0 if the reply has
    /// none).
    fn left_since(&self, id: ConversationId, leaves_at_request: u64, inbox_version: u32) -> bool {
        self.leaves.get(&id).is_some_and(|leave| {
            leave.number > leaves_at_request && (leave.inbox_version == 0 || leave.inbox_version > inbox_version)
        })
    }

    fn hold(&mut self, id: ConversationId, conversation: &wire::Conversation) -> &mut ConversationState {
        let state_id = self.new_state_id(id);
        self.conversations.entry(id).insert_entry(ConversationState::from_conversation(state_id, conversation)).into_mut()
    }

    fn leave(&mut self, id: ConversationId, inbox_version: u32, steps: &mut Vec<Step>) {
        self.leaves_total += 1;
        self.leaves.insert(id, Leave { number: self.leaves_total, inbox_version });
        self.conversations.remove(&id);
        steps.push(Step::Emit(Event::Left(id)));
    }

    fn joined(&mut self, joined: wire::ConversationJoined, steps: &mut Vec<Step>) {
        let Some(conversation) = joined.conversation else { return };
        let Some(id) = parse(&conversation.id) else { return };
        let order = self.inbox_order(joined.inbox_version, steps);
        let state_id = self.new_state_id(id);
        let state = match self.conversations.entry(id) {
            Entry::Occupied(state) => state.into_mut(),
            // A reply has contained this join, and the user left the conversation afterwards.
            Entry::Vacant(_) if order == InboxOrder::Seen => return,
            Entry::Vacant(vacant) => vacant.insert(ConversationState::from_conversation(state_id, &conversation)),
        };
        if state.joined && order == InboxOrder::Next {
            // Messages were deleted for this user only, or the user rejoined. The event does not name the messages, so the
            // program must load the history.
            state.note_version(conversation.version);
            steps.push(Step::Emit(Event::Resynced { conversation: Box::new(conversation), reload: true }));
        } else {
            state.join(&conversation, steps);
        }
        state.advance(false, steps);
    }

    /// Compares the inbox version of a join or a leave with the stored inbox version. If joins or leaves before it are
    /// missing, adds [`Step::Resume`].
    fn inbox_order(&mut self, version: u32, steps: &mut Vec<Step>) -> InboxOrder {
        match self.inbox_version {
            // The user stays a member, and the policy now allows or denies them to read the conversation.
            _ if version == 0 => InboxOrder::Next,
            Some(current) if version <= current => InboxOrder::Seen,
            Some(current) if version > current + 1 => {
                steps.push(Step::Resume);
                InboxOrder::AfterGap
            }
            _ => {
                self.inbox_version = Some(version);
                InboxOrder::Next
            }
        }
    }

    fn versioned(&mut self, kind: Kind, steps: &mut Vec<Step>) {
        let Some((id, version)) = conversation_and_version(&kind) else { return };
        let state_id = self.new_state_id(id);
        let state = self.conversations.entry(id).or_insert_with(|| ConversationState::from_event(state_id, version));
        state.versioned(version, kind, steps);
    }
}

fn parse(id: &str) -> Option<ConversationId> {
    id.parse().inspect_err(|_| tracing::warn!(id, "the server named a conversation by something that is no id")).ok()
}

/// The conversation and the version of an event. `None` for an event without a version.
fn conversation_and_version(kind: &Kind) -> Option<(ConversationId, u32)> {
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

#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod tests;
