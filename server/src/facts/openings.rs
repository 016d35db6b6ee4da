//! Whether a user may start any conversation, or request any relation, updated at little cost.
//!
//! For each of the two questions, one target is stored for which the action is allowed: a user or group. After a change, a
//! check of this target is enough in most cases. A new search is needed only if the action with this target is denied now.

use causerie_policy::{Action, RelationOrigin, Resource, UserIx};
use causerie_protocol::{GroupId, UserId};
use uuid::Uuid;

use super::{AffectedUsers, Snapshot};

/// One user or group with whom a user may start a conversation, and one user from whom the user may request a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Openings {
    start: Option<Target>,
    request: Option<UserId>,
}

/// A user or group with whom a user may start a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    User(UserId),
    Group(GroupId),
}

impl Openings {
    /// Whether the user may start a conversation with any user or group.
    #[must_use]
    pub fn may_start(&self) -> bool {
        self.start.is_some()
    }

    /// Whether the user may request a mutual relation from any user.
    #[must_use]
    pub fn may_request(&self) -> bool {
        self.request.is_some()
    }
}

impl Snapshot {
    /// The openings of a user, by a search among all users and groups. No openings if these facts do not contain the user.
    #[must_use]
    pub fn openings(&self, user: UserId) -> Openings {
        let Some(principal) = self.user(user) else { return Openings::default() };
        Openings { start: self.find_start_target(principal), request: self.find_request_target(principal) }
    }

    /// Updates the openings of a user after a change: `before` are the user's openings before the change.
    #[must_use]
    pub fn openings_after(&self, user: UserId, before: Openings, affected: &AffectedUsers, has_new_users: bool) -> Openings {
        let Some(principal) = self.user(user) else { return Openings::default() };
        let start = match before.start {
            Some(target) if self.may_start_with(principal, target) => Some(target),
            Some(_) => self.find_start_target(principal),
            None => {
                let found = self.find_after_change(principal, affected, has_new_users, Self::find_start_target, |other| {
                    let target = Target::User(other);
                    self.may_start_with(principal, target).then_some(target)
                });
                // The change of an affected user can also allow a group, as when the user becomes the group's first member.
                found.or_else(|| self.find_start_group(principal))
            }
        };
        let allows_request =
            |other: UserId| self.user(other).is_some_and(|other| !self.may_request(principal, other).is_empty());
        let request = match before.request {
            Some(target) if allows_request(target) => Some(target),
            Some(_) => self.find_request_target(principal),
            None => self.find_after_change(principal, affected, has_new_users, Self::find_request_target, |other| {
                allows_request(other).then_some(other)
            }),
        };
        Openings { start, request }
    }

    /// Searches for a target after a change, if no target was allowed before: among the affected users, or among all users
    /// and groups if the change may have allowed other targets.
    fn find_after_change<T>(
        &self,
        principal: UserIx,
        affected: &AffectedUsers,
        has_new_users: bool,
        search_all: impl Fn(&Self, UserIx) -> Option<T>,
        check_user: impl Fn(UserId) -> Option<T>,
    ) -> Option<T> {
        match affected {
            AffectedUsers::Some(users) if !has_new_users && users.iter().all(|user| self.user(*user) != Some(principal)) => {
                users.iter().find_map(|user| check_user(*user))
            }
            _ => search_all(self, principal),
        }
    }

    fn may_start_with(&self, principal: UserIx, target: Target) -> bool {
        let allows = |action, resource| self.policy.decide(&self.world, action, principal, resource).is_allowed();
        match target {
            Target::User(other) => self.user(other).is_some_and(|other| allows(Action::Start, Resource::User(other))),
            Target::Group(group) => {
                allows(Action::StartGroup, Resource::None)
                    && self.group(group).is_some_and(|group| allows(Action::AddressGroup, Resource::Group(group)))
            }
        }
    }

    fn find_start_target(&self, principal: UserIx) -> Option<Target> {
        if let Some(user) = self.policy.reach(&self.world, principal, Action::Start).iter().next() {
            return Some(Target::User(self.user_id(user)));
        }
        self.find_start_group(principal)
    }

    fn find_start_group(&self, principal: UserIx) -> Option<Target> {
        if !self.policy.decide(&self.world, Action::StartGroup, principal, Resource::None).is_allowed() {
            return None;
        }
        let group = self.policy.group_reach(&self.world, principal, Action::AddressGroup).into_iter().next()?;
        let target = Target::Group(GroupId(Uuid::from_u128(self.world.group_key(group))));
        self.may_start_with(principal, target).then_some(target)
    }

    fn find_request_target(&self, principal: UserIx) -> Option<UserId> {
        let vocabulary = self.policy.vocabulary();
        let mutual = vocabulary.relations.iter().filter(|(_, origin)| *origin == RelationOrigin::Mutual);
        let mut mutual = mutual.filter_map(|(name, _)| vocabulary.relation(name));
        mutual.find_map(|relation| {
            let reach = self.policy.relation_reach(&self.world, principal, Action::Request, relation);
            // A relation that exists can't be requested.
            let found = reach.iter().find(|other| !self.may_request(principal, *other).is_empty());
            found.map(|user| self.user_id(user))
        })
    }

    fn user_id(&self, user: UserIx) -> UserId {
        UserId(Uuid::from_u128(self.world.user_key(user)))
    }
}
