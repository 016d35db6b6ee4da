//! Who of a room's members may read it, as far as the rules were asked.
//!
//! Decisions overlap: each is made by facts and by a state of the conversation that were read a moment before it arrives here. A
//! change is delivered only where all who read were let in by facts that are not older than its own. A refusal by older facts
//! than a decision that was taken meanwhile is doubtful: the member is shut out all the same, and asked about again.

use causerie_protocol::{ConversationId, UserId};

use super::{Applied, Count, Reads, Room, State};

/// By which facts members were asked about.
#[derive(Default)]
pub(super) struct Deciding {
    /// Whoever reads was let in by facts of this version, or later ones.
    pub decided: u64,
    /// The oldest facts that a member was let in by since the decision in progress began.
    let_in_by: u64,
    /// The newest facts that anybody here was asked about by.
    newest: u64,
    /// The conversation changed since the decision in progress began in a way that rules may ask about.
    is_outdated: bool,
    /// The version at which it last did.
    state_version: u32,
    /// Decisions that were begun; only the last one may raise `decided`.
    begun: u64,
}

impl Deciding {
    /// The state of the conversation changed, which rules of `read` may ask about.
    pub(super) fn state_changed(&mut self, version: u32) {
        self.decided = 0;
        self.is_outdated = true;
        self.state_version = self.state_version.max(version);
    }

    /// Versions up to this one were passed over: the state may have changed.
    pub(super) fn passed_over(&mut self, version: u32) {
        self.state_version = self.state_version.max(version);
    }

    /// All who read were let in by these facts or later ones, and nothing changed that they depend on.
    pub(super) fn is_by(&self, facts: u64) -> bool {
        !self.is_outdated && self.decided >= facts
    }

    /// A refusal by these facts, and the conversation at this version, may be older than what is known meanwhile.
    fn is_doubtful(&self, facts: u64, version: u32) -> bool {
        facts < self.newest || version < self.state_version
    }
}

/// A decision about one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// What the member's devices know now.
    pub reads: Reads,
    /// The member was shut out by a decision that may be out of date, and is to be asked about again.
    pub is_doubtful: bool,
}

/// What became of a decision about all who read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided {
    /// What became of the changes that waited.
    pub applied: Applied,
    /// Those who were shut out are to be asked about again.
    pub is_doubtful: bool,
}

impl Room {
    /// Begins to ask who may read; answers the members who do so far.
    pub fn begin_decision(&self) -> (u64, Vec<UserId>) {
        let mut state = self.lock();
        let deciding = &mut state.deciding;
        deciding.begun += 1;
        deciding.is_outdated = false;
        deciding.let_in_by = u64::MAX;
        let decision = deciding.begun;
        let readers = state.members.iter().filter(|member| member.visibility.reads() == Reads::Yes);
        (decision, readers.map(|member| member.online.id).collect())
    }

    /// Ends the decision of this number: facts of a version let all of them read but these, who are told that the conversation
    /// is gone. What waited for the decision is delivered.
    pub fn decide(&self, decision: u64, facts: u64, unable: &[UserId]) -> Decided {
        let mut state = self.lock();
        for user in unable {
            state.shut_out(self.id, *user);
        }
        let deciding = &mut state.deciding;
        let is_doubtful = deciding.is_outdated || deciding.is_doubtful(facts, u32::MAX);
        deciding.newest = deciding.newest.max(facts);
        // Of two that overlap, the one that began later knows of the members who were let in meanwhile.
        if !deciding.is_outdated && decision == deciding.begun {
            deciding.decided = deciding.decided.max(facts.min(deciding.let_in_by));
        }
        Decided { applied: state.deliver_ahead(self.id), is_doubtful }
    }

    /// Whether the decisions who may read are of these facts or later ones.
    #[must_use]
    pub fn is_decided(&self, facts: u64) -> bool {
        facts <= self.lock().deciding.decided
    }

    /// Takes a decision about one member, by facts of a version and the conversation at `version`. A member who may read no
    /// more is told that the conversation is gone; one of whom nothing was known is let in silently.
    pub fn settle(&self, user: UserId, may: bool, facts: u64, version: u32) -> Option<Settled> {
        let mut state = self.lock();
        let at = state.find(user).ok()?;
        let is_waiting = state.arrivals.is_waiting(user);
        let is_doubtful = state.deciding.is_doubtful(facts, version);
        state.deciding.newest = state.deciding.newest.max(facts);
        let before = state.members[at].visibility.reads();
        match (before, may) {
            (Reads::Undecided, true) if !is_waiting => state.let_in(at, facts, version),
            (Reads::Undecided, false) if !is_waiting => state.members[at].visibility.set_reads(Reads::No),
            // Older than the facts that let all in who read.
            (Reads::Yes, false) if facts < state.deciding.decided => {}
            (Reads::Yes, false) => state.shut_out(self.id, user),
            _ => {}
        }
        let reads = state.members[at].visibility.reads();
        Some(Settled { reads, is_doubtful: is_doubtful && before != Reads::No && reads == Reads::No })
    }

    /// A member who was about to be told that they joined may not read, by facts of a version and the conversation at `version`.
    /// True when that may be out of date: the member is to be asked about again.
    pub fn turn_away(&self, user: UserId, facts: u64, version: u32) -> bool {
        let mut state = self.lock();
        state.arrivals.forget(user);
        match state.find(user) {
            Ok(at) if state.members[at].visibility.reads() == Reads::Yes => state.shut_out(self.id, user),
            Ok(at) => state.members[at].visibility.set_reads(Reads::No),
            Err(_) => return false,
        }
        state.deciding.is_doubtful(facts, version)
    }

    /// What a live member's devices know of the conversation.
    #[must_use]
    pub fn reads(&self, user: UserId) -> Option<Reads> {
        let state = self.lock();
        state.find(user).ok().map(|at| state.members[at].visibility.reads())
    }
}

impl State {
    /// The devices of a member hear what goes on from now on.
    pub(super) fn let_in(&mut self, at: usize, facts: u64, version: u32) {
        // What changed in the conversation since it was read may have changed who may read it.
        let is_current = self.version.is_none_or(|seen| seen <= version);
        let deciding = &mut self.deciding;
        deciding.newest = deciding.newest.max(facts);
        deciding.let_in_by = deciding.let_in_by.min(facts);
        deciding.decided = if is_current { deciding.decided.min(facts) } else { 0 };
        let member = &mut self.members[at];
        if member.visibility.reads() != Reads::Yes {
            member.visibility.set_reads(Reads::Yes);
            member.online.recounted(Count::default(), member.count);
        }
    }

    /// The devices of a member are told that the conversation is gone, and hear nothing more.
    fn shut_out(&mut self, room: ConversationId, user: UserId) {
        let Ok(at) = self.find(user) else { return };
        self.arrivals.forget(user);
        let member = &mut self.members[at];
        if member.visibility.reads() == Reads::Yes {
            member.visibility.set_reads(Reads::No);
            member.online.shut_out(room, member.count);
        }
    }
}
