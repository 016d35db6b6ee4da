//! The decisions about which members of a room may read it.
//!
//! Decisions overlap: each decision uses facts and a state of the conversation that were read a moment before the room gets
//! the decision. A change is delivered only if all readers may read by facts that are not older than the facts of the
//! change. A refusal is doubtful if another decision has used newer facts in the meantime: the member then gets no more
//! frames, and another decision follows.

use causerie_protocol::{ConversationId, UserId};

use super::{Applied, Reads, Room, State};
use crate::fanout::count::Count;

/// The state of the decisions about the members of a room: the versions of the facts that they used.
#[derive(Default)]
pub(super) struct Deciding {
    /// Every reader of the room is allowed by facts of this version or a later one.
    pub decided_facts: u64,
    /// The oldest version of facts by which a member became a reader since the last decision about all readers began.
    oldest_admission: u64,
    /// The newest version of facts of any decision about a member of the room.
    newest_facts: u64,
    /// Whether the conversation has changed, in a way that rules may depend on, since the last decision about all readers
    /// began.
    is_outdated: bool,
    /// The conversation's version at the last change that rules may depend on.
    state_version: u32,
    /// The number of decisions about all readers begun so far. Only the last decision may raise `decided_facts`.
    decisions_begun: u64,
}

impl Deciding {
    /// Records a change of the conversation's state that rules about reading may depend on.
    pub(super) fn state_changed(&mut self, version: u32) {
        self.decided_facts = 0;
        self.is_outdated = true;
        self.state_version = self.state_version.max(version);
    }

    /// Records that versions up to this one were skipped: the conversation's state may have changed in them.
    pub(super) fn skipped(&mut self, version: u32) {
        self.state_version = self.state_version.max(version);
    }

    /// Whether every reader may read by facts of this version or a later one, and the conversation has not changed since in
    /// a way that rules may depend on.
    pub(super) fn covers(&self, facts: u64) -> bool {
        !self.is_outdated && self.decided_facts >= facts
    }

    /// Whether a refusal is doubtful: the room knows newer facts than these, or a newer state of the conversation than the
    /// state at `version`.
    fn is_doubtful(&self, facts: u64, version: u32) -> bool {
        facts < self.newest_facts || version < self.state_version
    }
}

/// The result of a decision about one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberDecision {
    /// Whether the member may read now.
    pub reads: Reads,
    /// Whether the member was refused by a decision that may be out of date, so that another decision must follow.
    pub is_doubtful: bool,
}

/// The result of a decision about all readers of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomDecided {
    /// Whether the waiting changes are delivered.
    pub applied: Applied,
    /// Whether another decision about the refused members must follow.
    pub is_doubtful: bool,
}

impl Room {
    /// Begins a decision about all readers. Returns the number of the decision and the current readers.
    pub fn begin_decision(&self) -> (u64, Vec<UserId>) {
        let mut state = self.lock();
        let deciding = &mut state.deciding;
        deciding.decisions_begun += 1;
        deciding.is_outdated = false;
        deciding.oldest_admission = u64::MAX;
        let decision = deciding.decisions_begun;
        let readers = state.members.iter().filter(|member| member.visibility.reads() == Reads::Yes);
        (decision, readers.map(|member| member.online.id).collect())
    }

    /// Ends a decision about all readers: by facts of version `facts`, all readers may read except the users in `refused`,
    /// whose devices get `conversationLeft`. Then delivers the changes that waited for the decision.
    pub fn decide(&self, decision: u64, facts: u64, refused: &[UserId]) -> RoomDecided {
        let mut state = self.lock();
        for user in refused {
            state.end_reading(self.id, *user);
        }
        let deciding = &mut state.deciding;
        let is_doubtful = deciding.is_outdated || deciding.is_doubtful(facts, u32::MAX);
        deciding.newest_facts = deciding.newest_facts.max(facts);
        // Of two overlapping decisions, only the later decision covers the members who became readers in between.
        if !deciding.is_outdated && decision == deciding.decisions_begun {
            deciding.decided_facts = deciding.decided_facts.max(facts.min(deciding.oldest_admission));
        }
        RoomDecided { applied: state.deliver_waiting(self.id), is_doubtful }
    }

    /// Whether the readers were decided by facts of this version or a later one.
    #[must_use]
    pub fn is_decided(&self, facts: u64) -> bool {
        facts <= self.lock().deciding.decided_facts
    }

    /// Applies a decision about one member, which used facts of version `facts` and the conversation at `version`. The
    /// devices of a reader who may no longer read get `conversationLeft`. A member in the state [`Reads::Undecided`] becomes
    /// a reader without any event. Returns `None` if the user is no member of the room.
    pub fn decide_member(&self, user: UserId, may_read: bool, facts: u64, version: u32) -> Option<MemberDecision> {
        let mut state = self.lock();
        let index = state.index_of(user).ok()?;
        let is_waiting = state.arrivals.is_waiting(user);
        let is_doubtful = state.deciding.is_doubtful(facts, version);
        state.deciding.newest_facts = state.deciding.newest_facts.max(facts);
        let before = state.members[index].visibility.reads();
        match (before, may_read) {
            (Reads::Undecided, true) if !is_waiting => state.make_reader(index, facts, version),
            (Reads::Undecided, false) if !is_waiting => state.members[index].visibility.set_reads(Reads::No),
            // This refusal is older than the facts by which all readers were allowed, so it is ignored.
            (Reads::Yes, false) if facts < state.deciding.decided_facts => {}
            (Reads::Yes, false) => state.end_reading(self.id, user),
            _ => {}
        }
        let reads = state.members[index].visibility.reads();
        Some(MemberDecision { reads, is_doubtful: is_doubtful && before != Reads::No && reads == Reads::No })
    }

    /// Refuses a member to whom `conversationJoined` was about to be sent. The decision used facts of version `facts` and
    /// the conversation at `version`. Returns true if the refusal may be out of date, so that another decision about the
    /// member must follow.
    pub fn refuse_arrival(&self, user: UserId, facts: u64, version: u32) -> bool {
        let mut state = self.lock();
        state.arrivals.forget(user);
        match state.index_of(user) {
            Ok(index) if state.members[index].visibility.reads() == Reads::Yes => state.end_reading(self.id, user),
            Ok(index) => state.members[index].visibility.set_reads(Reads::No),
            Err(_) => return false,
        }
        state.deciding.is_doubtful(facts, version)
    }

    /// Whether a member may read; `None` if the user is no member of the room.
    #[must_use]
    pub fn reads(&self, user: UserId) -> Option<Reads> {
        let state = self.lock();
        state.index_of(user).ok().map(|index| state.members[index].visibility.reads())
    }
}

impl State {
    /// Makes a member a reader: from now on the member's devices get the room's frames. The decision used facts of version
    /// `facts` and the conversation at `version`.
    pub(super) fn make_reader(&mut self, index: usize, facts: u64, version: u32) {
        // If the conversation changed after it was read for this decision, the change may affect who may read.
        let is_current = self.version.is_none_or(|seen| seen <= version);
        let deciding = &mut self.deciding;
        deciding.newest_facts = deciding.newest_facts.max(facts);
        deciding.oldest_admission = deciding.oldest_admission.min(facts);
        deciding.decided_facts = if is_current { deciding.decided_facts.min(facts) } else { 0 };
        let member = &mut self.members[index];
        if member.visibility.reads() != Reads::Yes {
            member.visibility.set_reads(Reads::Yes);
            member.online.recounted(Count::default(), member.count);
        }
    }

    /// Ends a member's reading: the devices get `conversationLeft` and no more frames of the room.
    fn end_reading(&mut self, room: ConversationId, user: UserId) {
        let Ok(index) = self.index_of(user) else { return };
        self.arrivals.forget(user);
        let member = &mut self.members[index];
        if member.visibility.reads() == Reads::Yes {
            member.visibility.set_reads(Reads::No);
            member.online.end_reading(room, member.count);
        }
    }
}
