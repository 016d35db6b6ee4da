//! What a user may do with another user now, for screens that show the other user.

use causerie_policy::{
    Action, Code, ConversationContext, Decision, RelationId, RelationOrigin, RelationState, Resource, UserIx,
};
use causerie_protocol::{ErrorCode, UserId, wire};
use wire::{Direction, DirectoryAction};

use super::{Snapshot, policy_gate};
use crate::{
    domain::{ConversationKind, ConversationState, MemberRole},
    store::queries::member_context::MemberContext,
};

/// The relation with this name means that a user blocks another. To enter it takes `Action::Block` instead of
/// `Action::Request`.
pub const BLOCK: &str = "block";

/// What a user may do with another user whom the user may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Towards {
    /// The allowed actions.
    pub can: Vec<DirectoryAction>,
    /// The reason why `can` has no [`DirectoryAction::Start`].
    pub cannot_start: Option<ErrorCode>,
    /// The relations that are in force or requested.
    pub relations: Vec<wire::RelationStatus>,
    /// The names of the mutual relations that the user may request.
    pub may_request: Vec<String>,
    /// The user may read the direct conversation of the two.
    pub reads: bool,
}

impl Snapshot {
    /// What `me` may do with `them`. `direct` is the conversation of the two, as a context of `me`, if it exists. `None` if
    /// `me` may not know `them`: no rule and no relation shows the user, and `me` reads no conversation of the two.
    #[must_use]
    pub fn towards(&self, me: UserId, them: UserId, direct: Option<&MemberContext>) -> Option<Towards> {
        let (me_ix, them_ix) = (self.user(me)?, self.user(them)?);
        let allows = |action, about| self.policy.decide(&self.world, action, me_ix, about).is_allowed();
        let mut can = Vec::new();
        let cannot_start = match self.policy.decide(&self.world, Action::Start, me_ix, Resource::User(them_ix)) {
            Decision::Allow { .. } => {
                can.push(DirectoryAction::Start);
                None
            }
            // The user is known, so the screen says that no start is possible. A block reads like a missing rule.
            Decision::Deny { public_code: Code::NotFound | Code::NotAMember, .. } => Some(ErrorCode::CannotStart),
            Decision::Deny { public_code, .. } => Some(policy_gate::refusal(public_code).code),
        };
        if allows(Action::SeeProfile, Resource::User(them_ix)) {
            can.push(DirectoryAction::SeeProfile);
        }
        let reads = direct.is_some_and(|direct| self.reads(me, direct));
        let exists_or_starts = reads || cannot_start.is_none();
        if exists_or_starts && allows(Action::Send, Resource::Conversation(conversation_of(me_ix, them_ix, direct))) {
            can.push(DirectoryAction::Send);
        }
        let (relations, may_request) = (self.relations(me_ix, them_ix), self.may_request(me_ix, them_ix));
        let is_known = me == them
            || reads
            || !(can.is_empty() && relations.is_empty() && may_request.is_empty())
            || allows(Action::Find, Resource::User(them_ix));
        // A user who may be blocked is not known by that: the rules may allow to block users who are hidden.
        if is_known && self.may_block(me_ix, them_ix) {
            can.push(DirectoryAction::Block);
        }
        is_known.then_some(Towards { can, cannot_start, relations, may_request, reads })
    }

    /// Whether `me` may block `them` and has not done so.
    fn may_block(&self, me: UserIx, them: UserIx) -> bool {
        let words = self.policy.vocabulary();
        words.relation(BLOCK).is_some_and(|block| {
            words.origin(block) == RelationOrigin::Own
                && me != them
                && self.world.relation(me, block, them).is_none()
                && self.policy.decide(&self.world, Action::Block, me, Resource::Relation(them, block)).is_allowed()
        })
    }

    /// The relations between two users that are in force or requested, as `me` sees them. A one-sided relation that `them`
    /// entered is secret.
    #[must_use]
    pub fn relations(&self, me: UserIx, them: UserIx) -> Vec<wire::RelationStatus> {
        let words = self.policy.vocabulary();
        let mut found = Vec::new();
        for (name, origin) in &words.relations {
            let Some(relation) = words.relation(name) else { continue };
            let outgoing = self.world.relation(me, relation, them).map(|state| (state, Direction::Outgoing));
            let incoming = self.world.relation(them, relation, me).map(|state| (state, Direction::Incoming));
            let shown = match origin {
                RelationOrigin::Own => [outgoing, None],
                RelationOrigin::Given => [outgoing, incoming],
                RelationOrigin::Mutual => [outgoing.or(incoming), None],
            };
            for (state, direction) in shown.into_iter().flatten() {
                let is_mutual = *origin == RelationOrigin::Mutual && state == RelationState::Accepted;
                let direction = if is_mutual { Direction::Mutual } else { direction };
                let state = match state {
                    RelationState::Accepted => wire::RelationState::Accepted,
                    RelationState::Pending => wire::RelationState::Pending,
                };
                let (state, direction) = (state.into(), direction.into());
                found.push(wire::RelationStatus { relation: name.clone(), state, direction });
            }
        }
        found
    }

    /// The names of the mutual relations that `me` may request from `them`.
    #[must_use]
    pub fn may_request(&self, me: UserIx, them: UserIx) -> Vec<String> {
        let words = self.policy.vocabulary();
        let may = |relation: RelationId| {
            words.origin(relation) == RelationOrigin::Mutual
                && me != them
                && self.world.relation(me, relation, them).is_none()
                && self.world.relation(them, relation, me).is_none()
                && self.policy.decide(&self.world, Action::Request, me, Resource::Relation(them, relation)).is_allowed()
        };
        let names = words.relations.iter().map(|(name, _)| name);
        names.filter(|name| words.relation(name).is_some_and(may)).cloned().collect()
    }
}

/// The direct conversation of two users, or the note to self: as it exists, or as it would be started.
fn conversation_of(me: UserIx, them: UserIx, direct: Option<&MemberContext>) -> ConversationContext {
    ConversationContext {
        kind: if me == them { ConversationKind::NoteToSelf } else { ConversationKind::Direct },
        state: direct.map_or(ConversationState::Open, |direct| direct.state),
        role: Some(direct.and_then(|direct| direct.role).unwrap_or(MemberRole::Member)),
        peer: Some(them),
    }
}
