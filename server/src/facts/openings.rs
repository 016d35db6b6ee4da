//! Whether a user may start any conversation, or request any relation, kept up to date at little cost.
//!
//! For each answer that is yes, a witness is held: a user or group with whom it is possible. After a change, a check of the
//! witness is enough in most cases; a new search is needed only if the witness is lost.

use causerie_policy::{Action, RelationOrigin, Resource, UserIx};
use causerie_protocol::{GroupId, UserId};
use uuid::Uuid;

use super::{AffectedUsers, Snapshot};

/// With whom a user may start a conversation, and from whom the user may request a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Openings {
    start: Option<Witness>,
    request: Option<UserId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Witness {
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
    /// Searches all users and groups.
    #[must_use]
    pub fn openings(&self, user: UserId) -> Openings {
        let Some(me) = self.user(user) else { return Openings::default() };
        Openings { start: self.first_to_start(me), request: self.first_to_request(me) }
    }

    /// The openings of a user after a change, from those before it.
    #[must_use]
    pub fn openings_after(&self, user: UserId, before: Openings, affected: &AffectedUsers, has_new_users: bool) -> Openings {
        let Some(me) = self.user(user) else { return Openings::default() };
        let start = match before.start {
            Some(witness) if self.still_starts(me, witness) => Some(witness),
            Some(_) => self.first_to_start(me),
            None => {
                let found = self.find_new(me, affected, has_new_users, Self::first_to_start, |them| {
                    let witness = Witness::User(them);
                    self.still_starts(me, witness).then_some(witness)
                });
                // An affected user can open a group too, as its first member.
                found.or_else(|| self.first_group_to_start(me))
            }
        };
        let may_request = |them: UserId| self.user(them).is_some_and(|them| !self.may_request(me, them).is_empty());
        let request = match before.request {
            Some(witness) if may_request(witness) => Some(witness),
            Some(_) => self.first_to_request(me),
            None => {
                self.find_new(me, affected, has_new_users, Self::first_to_request, |them| may_request(them).then_some(them))
            }
        };
        Openings { start, request }
    }

    /// Searches for a witness after a change, where there was none before: among the affected users, or everywhere if the
    /// change may have opened more.
    fn find_new<T>(
        &self,
        me: UserIx,
        affected: &AffectedUsers,
        has_new_users: bool,
        everywhere: impl Fn(&Self, UserIx) -> Option<T>,
        of_user: impl Fn(UserId) -> Option<T>,
    ) -> Option<T> {
        match affected {
            AffectedUsers::Some(users) if !has_new_users && users.iter().all(|user| self.user(*user) != Some(me)) => {
                users.iter().find_map(|user| of_user(*user))
            }
            _ => everywhere(self, me),
        }
    }

    fn still_starts(&self, me: UserIx, witness: Witness) -> bool {
        let allows = |action, about| self.policy.decide(&self.world, action, me, about).is_allowed();
        match witness {
            Witness::User(them) => self.user(them).is_some_and(|them| allows(Action::Start, Resource::User(them))),
            Witness::Group(group) => {
                allows(Action::StartGroup, Resource::None)
                    && self.group(group).is_some_and(|group| allows(Action::AddressGroup, Resource::Group(group)))
            }
        }
    }

    fn first_to_start(&self, me: UserIx) -> Option<Witness> {
        if let Some(user) = self.policy.reach(&self.world, me, Action::Start).iter().next() {
            return Some(Witness::User(self.user_id(user)));
        }
        self.first_group_to_start(me)
    }

    fn first_group_to_start(&self, me: UserIx) -> Option<Witness> {
        if !self.policy.decide(&self.world, Action::StartGroup, me, Resource::None).is_allowed() {
            return None;
        }
        let group = self.policy.group_reach(&self.world, me, Action::AddressGroup).into_iter().next()?;
        let witness = Witness::Group(GroupId(Uuid::from_u128(self.world.group_key(group))));
        self.still_starts(me, witness).then_some(witness)
    }

    fn first_to_request(&self, me: UserIx) -> Option<UserId> {
        let words = self.policy.vocabulary();
        let mutual = words.relations.iter().filter(|(_, origin)| *origin == RelationOrigin::Mutual);
        let mut mutual = mutual.filter_map(|(name, _)| words.relation(name));
        mutual.find_map(|relation| {
            let reach = self.policy.relation_reach(&self.world, me, Action::Request, relation);
            // A relation that exists can't be requested.
            let found = reach.iter().find(|them| !self.may_request(me, *them).is_empty());
            found.map(|user| self.user_id(user))
        })
    }

    fn user_id(&self, user: UserIx) -> UserId {
        UserId(Uuid::from_u128(self.world.user_key(user)))
    }
}
