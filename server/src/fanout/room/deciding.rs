//! The decisions about which members of a room may read it.
//!
//! Decisions overlap: each is made by facts and by a state of the conversation that were read a moment before the decision
//! arrives here. A change is delivered only if facts not older than the change's own let all readers read. A refusal by
//! facts older than those of another decision taken in the meantime is doubtful: the member stops receiving frames, and
//! another decision follows.

use causerie_protocol::{ConversationId, UserId};

use super::{Applied, Reads, Room, State};
use crate::fanout::count::Count;

/// The versions of the facts of the decisions about the members.
#[derive(Default)]
pub(super) struct Deciding {
    /// Every reader of the room is allowed by facts of this version or a later one.
    pub decided: u64,
    /// The oldest version of facts by which a member became a reader since the decision in progress began.
    oldest_admission: u64,
    /// The newest version of facts of any decision about a member of the room.
    newest: u64,
    /// Since the decision in progress began, the conversation changed in a way that rules may depend on.
    is_outdated: bool,
    /// The conversation's version at the last such change.
    state_version: u32,
    /// The number of decisions begun so far. Only the last one may raise `decided`.
    begun: u64,
}

impl Deciding {
    /// Records a change of the conversation's state that rules about reading may depend on.
    pub(super) fn state_changed(&mut self, version: u32) {
        self.decided = 0;
        self.is_outdated = true;
        self.state_version = self.state_version.max(version);
    }

    /// Records that versions up to this one were skipped: the conversation's state may have changed in them.
    pub(super) fn skipped(&mut self, version: u32) {
        self.state_version = self.state_version.max(version);
    }

    /// Whether facts of this version or a later one let every reader read, with no change since that the rules depend on.
    pub(super) fn is_by(&self, facts: u64) -> bool {
        !self.is_outdated && self.decided >= facts
    }

    /// Whether a refusal by these facts, with the conversation at `version`, may be older than what the room knows by now.
    fn is_doubtful(&self, facts: u64, version: u32) -> bool {
        facts < self.newest || version < self.state_version
    }
}

/// The result of a decision about one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberDecision {
    /// Whether the member may read now.
    pub reads: Reads,
    /// The member was refused by a decision that may be out of date, so another decision must follow.
    pub is_doubtful: bool,
}

/// The result of a decision about all readers of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomDecided {
    /// Whether the waiting changes are delivered.
    pub applied: Applied,
    /// Another decision about the refused members must follow.
    pub is_doubtful: bool,
}

impl Room {
    /// Begins a decision about all readers; returns its number and the readers so far.
    pub fn begin_decision(&self) -> (u64, Vec<UserId>) {
        let mut state = self.lock();
        let deciding = &mut state.deciding;
        deciding.begun += 1;
        deciding.is_outdated = false;
        deciding.oldest_admission = u64::MAX;
        let decision = deciding.begun;
        let readers = state.members.iter().filter(|member| member.visibility.reads() == Reads::Yes);
        (decision, readers.map(|member| member.online.id).collect())
    }

    /// Ends a decision. By facts of version `facts` all readers may read except those in `refused`; the devices of these get
    /// `conversationLeft`. Then delivers the changes that waited for the decision.
    pub fn decide(&self, decision: u64, facts: u64, refused: &[UserId]) -> RoomDecided {
        let mut state = self.lock();
        for user in refused {
            state.end_reading(self.id, *user);
        }
        let deciding = &mut state.deciding;
        let is_doubtful = deciding.is_outdated || deciding.is_doubtful(facts, u32::MAX);
        deciding.newest = deciding.newest.max(facts);
        // Of two overlapping decisions, only the later decision covers the members who became readers in between.
        if !deciding.is_outdated && decision == deciding.begun {
            deciding.decided = deciding.decided.max(facts.min(deciding.oldest_admission));
        }
        RoomDecided { applied: state.deliver_ahead(self.id), is_doubtful }
    }

    /// Whether the readers were decided by facts of this version or a later one.
    #[must_use]
    pub fn is_decided(&self, facts: u64) -> bool {
        facts <= self.lock().deciding.decided
    }

    /// Takes a decision about one member, made by facts of version `facts` with the conversation at `version`. The devices
    /// of a reader who may no longer read get `conversationLeft`. A member who was not decided about becomes a reader
    /// without any event. `None` if the user is no member of the room.
    pub fn decide_member(&self, user: UserId, may: bool, facts: u64, version: u32) -> Option<MemberDecision> {
        let mut state = self.lock();
        let at = state.find(user).ok()?;
        let is_waiting = state.arrivals.is_waiting(user);
        let is_doubtful = state.deciding.is_doubtful(facts, version);
        state.deciding.newest = state.deciding.newest.max(facts);
        let before = state.members[at].visibility.reads();
        match (before, may) {
            (Reads::Undecided, true) if !is_waiting => state.make_reader(at, facts, version),
            (Reads::Undecided, false) if !is_waiting => state.members[at].visibility.set_reads(Reads::No),
            // This refusal is older than the facts by which all readers were allowed, so it is ignored.
            (Reads::Yes, false) if facts < state.deciding.decided => {}
            (Reads::Yes, false) => state.end_reading(self.id, user),
            _ => {}
        }
        let reads = state.members[at].visibility.reads();
        Some(MemberDecision { reads, is_doubtful: is_doubtful && before != Reads::No && reads == Reads::No })
    }

    /// Refuses a member to whom `conversationJoined` was about to be sent, by facts of version `facts` with the conversation
    /// at `version`. Returns true if the refusal may be out of date, so that the member must be asked about again.
    pub fn refuse_arrival(&self, user: UserId, facts: u64, version: u32) -> bool {
        let mut state = self.lock();
        state.arrivals.forget(user);
        match state.find(user) {
            Ok(at) if state.members[at].visibility.reads() == Reads::Yes => state.end_reading(self.id, user),
            Ok(at) => state.members[at].visibility.set_reads(Reads::No),
            Err(_) => return false,
        }
        state.deciding.is_doubtful(facts, version)
    }

    /// Whether a member may read; `None` if the user is no member of the room.
    #[must_use]
    pub fn reads(&self, user: UserId) -> Option<Reads> {
        let state = self.lock();
        state.find(user).ok().map(|at| state.members[at].visibility.reads())
    }
}

impl State {
    /// Makes a member a reader: from now on the member's devices get the room's frames.
    pub(super) fn make_reader(&mut self, at: usize, facts: u64, version: u32) {
        // If the conversation changed after it was read for this decision, the change may affect who may read.
        let is_current = self.version.is_none_or(|seen| seen <= version);
        let deciding = &mut self.deciding;
        deciding.newest = deciding.newest.max(facts);
        deciding.oldest_admission = deciding.oldest_admission.min(facts);
        deciding.decided = if is_current { deciding.decided.min(facts) } else { 0 };
        let member = &mut self.members[at];
        if member.visibility.reads() != Reads::Yes {
            member.visibility.set_reads(Reads::Yes);
            member.online.recounted(Count::default(), member.count);
        }
    }

    /// Ends a member's reading: the devices get `conversationLeft` and no more frames of the room.
    fn end_reading(&mut self, room: ConversationId, user: UserId) {
        let Ok(at) = self.find(user) else { return };
        self.arrivals.forget(user);
        let member = &mut self.members[at];
        if member.visibility.reads() == Reads::Yes {
            member.visibility.set_reads(Reads::No);
            member.online.end_reading(room, member.count);
        }
    }
}
