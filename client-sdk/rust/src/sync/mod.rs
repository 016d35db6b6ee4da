//! Which versions are held, what is missing, and in which order what arrives is told.
//!
//! For every conversation the version last told is held. A live event with the next version is told; one with an older
//! version was told before and is dropped; one with a later version betrays a gap: it waits while the changes since the
//! held version are fetched. After a lost connection, or a `Gap`, all held versions are presented in a `Resume`, and the
//! answer is told like changes. Each message is told once, whatever the order in which the wire brings a conversation and its
//! messages: [`held`] knows of each conversation from which message on all are news, and which were told, and loads the others
//! from the history. Nothing here knows a socket: what arrived becomes [`Step`]s.

mod held;
mod told;

use std::collections::{HashMap, VecDeque, hash_map::Entry};

use causerie_protocol::{
    ConversationId,
    wire::{self, event::Kind},
};

use self::held::Held;
use crate::event::Event;

/// What to do about something that arrived, in this order.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// Tell the subscribers.
    Tell(Event),
    /// Ask `GetChanges`; the answer goes to [`Sync::fetched`].
    Fetch {
        question: Question,
        since_version: u32,
        /// The answer before brought nothing new: wait a little, or a confused server is asked without pause.
        pause: bool,
    },
    /// Ask `GetHistory` for the messages after a seq; the answer goes to [`Sync::loaded`].
    Load { question: Question, after_seq: u32 },
    /// Resume: send the server the versions this client holds, see [`Sync::begin_resume`].
    Resume,
}

/// Names the state that asked the server about a conversation. A user who leaves a conversation and joins it again gets a new
/// state with another number, so an answer to a question of the old state is recognised and dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Question {
    pub conversation: ConversationId,
    number: u64,
}

/// Conversations presented in one `Resume`: half of what a server takes, because a JSON frame of a full 1,000 would be
/// larger than a server's 64 KiB.
const RESUME_MAX: usize = 500;

/// All positions of a client.
#[derive(Default)]
pub(crate) struct Sync {
    epoch: String,
    /// `None` until the server told it.
    inbox_version: Option<u32>,
    held: HashMap<ConversationId, Held>,
    /// Counts the states ever made, see [`Question`].
    held_total: u64,
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
    /// Events with a version that came meanwhile. They may be later than what the answer tells.
    waiting: Vec<Kind>,
}

/// The place of a joining or leaving among those that were told.
#[derive(PartialEq)]
enum Counted {
    /// An answer told of it.
    Before,
    Next,
    /// Others before it were missed.
    AfterGap,
}

impl Sync {
    /// The connection is gone: what waits for an answer is forgotten, the next resume brings it.
    pub fn connection_lost(&mut self) {
        self.resume = None;
        self.held.values_mut().for_each(Held::connection_lost);
    }

    /// Starts to present everything held, and gives the first part. `None` while the resume before is under way: then
    /// [`Self::resumed`] asks for another one at its end.
    pub fn begin_resume(&mut self) -> Option<wire::Resume> {
        if let Some(resume) = &mut self.resume {
            resume.again = true;
            return None;
        }
        // The answer lists every conversation that the user joined since, also those whose `conversationJoined` event is on its way.
        for held in self.held.values_mut() {
            held.joined = true;
            held.presented = false;
        }
        self.resume = Some(Resume {
            epoch: self.epoch.clone(),
            left: self.held.keys().copied().collect(),
            first: self.epoch.is_empty() && self.held.is_empty(),
            again: false,
            waiting: Vec::new(),
        });
        self.next_resume()
    }

    /// The server welcomed without an answer to the resume: ask once more, if there is anything to ask for.
    pub fn resume_unanswered(&mut self) -> Vec<Step> {
        self.resume = None;
        if self.held.is_empty() { Vec::new() } else { vec![Step::Resume] }
    }

    /// The next part of the versions this client holds, after the server answered the part before.
    pub fn next_resume(&mut self) -> Option<wire::Resume> {
        let resume = self.resume.as_mut()?;
        let part = resume.left.drain(..resume.left.len().min(RESUME_MAX));
        let held = part
            .filter_map(|conversation| {
                let held = self.held.get_mut(&conversation)?;
                held.presented = true;
                Some(wire::Held { conversation_id: conversation.to_string(), version: held.version })
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
            match self.held.get_mut(&id) {
                Some(held) if held.presented => drop(held.changes(changes, &mut steps)),
                // The answer has no changes of it, only that it is there.
                held => {
                    let held = match held {
                        Some(held) => held,
                        None => self.hold(id, conversation),
                    };
                    if first {
                        held.joined = true;
                    } else {
                        held.join(conversation, &mut steps);
                    }
                }
            }
        }
        for id in resumed.gone.iter().filter_map(|id| parse(id)) {
            // One that was joined anew meanwhile is not meant.
            if self.held.get(&id).is_none_or(|held| held.presented) {
                self.gone(id, &mut steps);
            }
        }
        // Also what an answer told of before its events were lost.
        self.held.values_mut().for_each(|held| held.go_on(false, &mut steps));
        if resumed.reload_list && !first {
            steps.push(Step::Tell(Event::ReloadList));
        }
        for read_state in resumed.read_states {
            steps.push(Step::Tell(Event::ReadState { read_state, total_unread: resumed.total_unread }));
        }
        steps.push(Step::Tell(Event::TotalUnread(resumed.total_unread)));
        let more = self.resume.as_ref().is_some_and(|resume| !resume.left.is_empty());
        if !more && let Some(Resume { again, waiting, .. }) = self.resume.take() {
            for kind in waiting {
                self.versioned(kind, &mut steps);
            }
            steps.extend(again.then_some(Step::Resume));
        }
        (steps, more)
    }

    /// Something the server told unasked.
    pub fn event(&mut self, kind: Kind) -> Vec<Step> {
        let mut steps = Vec::new();
        match kind {
            Kind::MessageSent(_) | Kind::MessageEdited(_) | Kind::MessageDeleted(_) | Kind::ConversationChanged(_) => {
                match &mut self.resume {
                    Some(resume) => resume.waiting.push(kind),
                    None => self.versioned(kind, &mut steps),
                }
            }
            Kind::ConversationJoined(joined) => self.joined(joined, &mut steps),
            Kind::ConversationLeft(left) => {
                if self.inbox(left.inbox_version, &mut steps) == Counted::Next
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
    pub fn fetched(&mut self, question: Question, changes: wire::Changes) -> Vec<Step> {
        self.about(question, |held, steps| held.fetched(changes, steps))
    }

    /// The answer to a [`Step::Load`].
    pub fn loaded(&mut self, question: Question, page: wire::MessagePage) -> Vec<Step> {
        self.about(question, |held, steps| held.loaded(page, steps))
    }

    /// The server refused a [`Step::Fetch`] or [`Step::Load`] for good: the person is no longer in there.
    pub fn fetch_refused(&mut self, question: Question) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.asked_by(question).is_some() {
            self.gone(question.conversation, &mut steps);
        }
        steps
    }

    /// A [`Step::Fetch`] or [`Step::Load`] again, if it is still needed.
    pub fn fetch_again(&mut self, question: Question) -> Vec<Step> {
        self.about(question, Held::ask_again)
    }

    fn about(&mut self, question: Question, act: impl FnOnce(&mut Held, &mut Vec<Step>)) -> Vec<Step> {
        let mut steps = Vec::new();
        if let Some(held) = self.asked_by(question) {
            act(held, &mut steps);
        }
        steps
    }

    /// The state that asked. `None` if the user has left the conversation since, or left it and joined it again.
    fn asked_by(&mut self, question: Question) -> Option<&mut Held> {
        self.held.get_mut(&question.conversation).filter(|held| held.question == question)
    }

    /// A name for the questions of a new state.
    fn new_question(&mut self, conversation: ConversationId) -> Question {
        self.held_total += 1;
        Question { conversation, number: self.held_total }
    }

    /// A conversation in an answer. A position already held is kept: what lies between arrives as events.
    pub fn learn(&mut self, conversation: &wire::Conversation) {
        if let Some(id) = parse(&conversation.id)
            && !self.held.contains_key(&id)
        {
            self.hold(id, conversation).joined = true;
        }
    }

    /// The answer to a start. Of one just made, the joining is still to be heard.
    pub fn learn_started(&mut self, started: &wire::ConversationStarted) {
        let Some(conversation) = &started.conversation else { return };
        let Some(id) = parse(&conversation.id).filter(|id| !self.held.contains_key(id)) else { return };
        let held = self.hold(id, conversation);
        held.joined = !started.created;
        if started.created {
            held.start(conversation);
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
        let question = self.new_question(id);
        self.held.entry(id).insert_entry(Held::of(question, conversation)).into_mut()
    }

    fn gone(&mut self, id: ConversationId, steps: &mut Vec<Step>) {
        self.held.remove(&id);
        steps.push(Step::Tell(Event::Left(id)));
    }

    fn joined(&mut self, joined: wire::ConversationJoined, steps: &mut Vec<Step>) {
        let Some(conversation) = joined.conversation else { return };
        let Some(id) = parse(&conversation.id) else { return };
        let counted = self.inbox(joined.inbox_version, steps);
        let question = self.new_question(id);
        let held = match self.held.entry(id) {
            Entry::Occupied(held) => held.into_mut(),
            // Left since.
            Entry::Vacant(_) if counted == Counted::Before => return,
            Entry::Vacant(free) => free.insert(Held::of(question, &conversation)),
        };
        if held.joined && counted == Counted::Next {
            // Own copies of messages were deleted: which ones, only its history tells.
            held.hear_of(conversation.version);
            steps.push(Step::Tell(Event::Resynced { conversation: Box::new(conversation), reload: true }));
        } else {
            held.join(&conversation, steps);
        }
        held.go_on(false, steps);
    }

    /// Counts a joining or leaving. If some before it were missed, a resume brings them.
    fn inbox(&mut self, version: u32, steps: &mut Vec<Step>) -> Counted {
        match self.inbox_version {
            // The person stays a member, and may or may not read the conversation from now on.
            _ if version == 0 => Counted::Next,
            Some(held) if version <= held => Counted::Before,
            Some(held) if version > held + 1 => {
                steps.push(Step::Resume);
                Counted::AfterGap
            }
            _ => {
                self.inbox_version = Some(version);
                Counted::Next
            }
        }
    }

    fn versioned(&mut self, kind: Kind, steps: &mut Vec<Step>) {
        let Some((id, version)) = position(&kind) else { return };
        let question = self.new_question(id);
        let held = self.held.entry(id).or_insert_with(|| Held::before(question, version));
        held.versioned(version, kind, steps);
    }
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

#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod tests;
