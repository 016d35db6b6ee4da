//! The actions that a user may do with another user now, for screens that show the other user.

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

/// The name of the relation by which a user blocks another. Rules decide about it with `Action::Block` instead of
/// `Action::Request`.
pub const BLOCK: &str = "block";

/// The actions that a user may do with another user, and the relations between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Towards {
    /// The allowed actions.
    pub can: Vec<DirectoryAction>,
    /// The reason why `can` does not contain [`DirectoryAction::Start`]; `None` if it does.
    pub cannot_start: Option<ErrorCode>,
    /// The relations that are in force or requested.
    pub relations: Vec<wire::RelationStatus>,
    /// The names of the mutual relations that the user may request.
    pub may_request: Vec<String>,
    /// Whether the user may read the direct conversation of the two users.
    pub reads: bool,
}

impl Snapshot {
    /// The actions that `user` may do with `other`. `direct` is their direct conversation as a context of `user`, if it
    /// exists. `None` if `other` is hidden from `user`: no rule and no relation shows `other`, and `user` can't read a
    /// direct conversation of the two.
    #[must_use]
    pub fn towards(&self, user: UserId, other: UserId, direct: Option<&MemberContext>) -> Option<Towards> {
        let (user_ix, other_ix) = (self.user(user)?, self.user(other)?);
        let allows = |action, resource| self.policy.decide(&self.world, action, user_ix, resource).is_allowed();
        let mut can = Vec::new();
        let cannot_start = match self.policy.decide(&self.world, Action::Start, user_ix, Resource::User(other_ix)) {
            Decision::Allow { .. } => {
                can.push(DirectoryAction::Start);
                None
            }
            // The screen shows the other user, so it says that no start is possible. A block looks like a missing rule.
            Decision::Deny { public_code: Code::NotFound | Code::NotAMember, .. } => Some(ErrorCode::CannotStart),
            Decision::Deny { public_code, .. } => Some(policy_gate::refusal(public_code).code),
        };
        if allows(Action::SeeProfile, Resource::User(other_ix)) {
            can.push(DirectoryAction::SeeProfile);
        }
        let reads = direct.is_some_and(|direct| self.reads(user, direct));
        let exists_or_starts = reads || cannot_start.is_none();
        if exists_or_starts && allows(Action::Send, Resource::Conversation(conversation_of(user_ix, other_ix, direct))) {
            can.push(DirectoryAction::Send);
        }
        let (relations, may_request) = (self.relations(user_ix, other_ix), self.may_request(user_ix, other_ix));
        let is_known = user == other
            || reads
            || !(can.is_empty() && relations.is_empty() && may_request.is_empty())
            || allows(Action::Find, Resource::User(other_ix));
        // The permission to block does not make a user known: the rules may allow to block hidden users.
        if is_known && self.may_block(user_ix, other_ix) {
            can.push(DirectoryAction::Block);
        }
        is_known.then_some(Towards { can, cannot_start, relations, may_request, reads })
    }

    /// Whether `principal` may block `other` and has not done so.
    fn may_block(&self, principal: UserIx, other: UserIx) -> bool {
        let vocabulary = self.policy.vocabulary();
        vocabulary.relation(BLOCK).is_some_and(|block| {
            vocabulary.origin(block) == RelationOrigin::Own
                && principal != other
                && self.world.relation(principal, block, other).is_none()
                && self.policy.decide(&self.world, Action::Block, principal, Resource::Relation(other, block)).is_allowed()
        })
    }

    /// The relations between two users that are in force or requested, as `principal` sees them. A relation that `other`
    /// entered alone, such as a block, is secret.
    #[must_use]
    pub fn relations(&self, principal: UserIx, other: UserIx) -> Vec<wire::RelationStatus> {
        let vocabulary = self.policy.vocabulary();
        let mut found = Vec::new();
        for (name, origin) in &vocabulary.relations {
            let Some(relation) = vocabulary.relation(name) else { continue };
            let outgoing = self.world.relation(principal, relation, other).map(|state| (state, Direction::Outgoing));
            let incoming = self.world.relation(other, relation, principal).map(|state| (state, Direction::Incoming));
            let visible = match origin {
                RelationOrigin::Own => [outgoing, None],
                RelationOrigin::Given => [outgoing, incoming],
                RelationOrigin::Mutual => [outgoing.or(incoming), None],
            };
            for (state, direction) in visible.into_iter().flatten() {
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

    /// The names of the mutual relations that `principal` may request from `other`.
    #[must_use]
    pub fn may_request(&self, principal: UserIx, other: UserIx) -> Vec<String> {
        let vocabulary = self.policy.vocabulary();
        let is_requestable = |relation: RelationId| {
            vocabulary.origin(relation) == RelationOrigin::Mutual
                && principal != other
                && self.world.relation(principal, relation, other).is_none()
                && self.world.relation(other, relation, principal).is_none()
                && self
                    .policy
                    .decide(&self.world, Action::Request, principal, Resource::Relation(other, relation))
                    .is_allowed()
        };
        let names = vocabulary.relations.iter().map(|(name, _)| name);
        names.filter(|name| vocabulary.relation(name).is_some_and(is_requestable)).cloned().collect()
    }
}

/// The direct conversation of two users, or the note to self, as it is stored or, if it does not exist, as it would start.
fn conversation_of(principal: UserIx, other: UserIx, direct: Option<&MemberContext>) -> ConversationContext {
    ConversationContext {
        kind: if principal == other { ConversationKind::NoteToSelf } else { ConversationKind::Direct },
        state: direct.map_or(ConversationState::Open, |direct| direct.state),
        role: Some(direct.and_then(|direct| direct.role).unwrap_or(MemberRole::Member)),
        peer: Some(other),
    }
}
