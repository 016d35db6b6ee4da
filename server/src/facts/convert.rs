//! Converts changes from the tenant's log (names and byte ids) to changes of the policy's world (numbers).
//!
//! A fact with a word that the policy does not declare is left out: it grants nothing.

use causerie_policy::{EntityKey, FactChange, RoleId, RoleSet, Vocabulary, World};
use causerie_protocol::{UserId, facts};
use facts::change::Fact;

use super::AffectedUsers;
use crate::domain::{Delivers, EdgeEffect, GroupState, Numbered as _, RelationState, UserStatus, WritableBy};

/// Converts the changes and keeps their order.
pub(super) fn changes(vocabulary: &Vocabulary, changes: facts::Changes) -> Vec<FactChange> {
    changes.changes.into_iter().filter_map(|change| one(vocabulary, change.fact?)).collect()
}

/// The policy version that these changes put in force; `None` if they do not change the policy.
pub(super) fn rules(changes: &facts::Changes) -> Option<u64> {
    changes.changes.iter().find_map(|change| match &change.fact {
        Some(Fact::PolicyChanged(changed)) => Some(changed.version),
        _ => None,
    })
}

/// Whether applying the changes is not enough and all facts must be read again: a group changed from a kind that the policy
/// declares to a kind that it does not declare, or the other way round.
pub(super) fn need_all(vocabulary: &Vocabulary, changes: &facts::Changes) -> bool {
    let declared = |kind: &str| vocabulary.kind(kind).is_some();
    changes.changes.iter().any(|change| match &change.fact {
        Some(Fact::Group(group)) => {
            group.kind_before.as_ref().is_some_and(|before| declared(before) != declared(&group.kind))
        }
        _ => false,
    })
}

/// The users whose rights the changes may affect. A user or group that was unknown before the changes affects nobody: the
/// user has no conversations yet, and the group has no members yet. A change of a known group, an edge or a setting affects
/// all users.
pub(super) fn affected_users(before: &World, changes: &facts::Changes) -> AffectedUsers {
    let mut users = Vec::new();
    for change in &changes.changes {
        let ids: &[&[u8]] = match &change.fact {
            Some(Fact::User(user)) => &[&user.id],
            Some(Fact::Membership(membership) | Fact::MembershipRemoved(membership)) => &[&membership.user],
            Some(Fact::Relation(relation) | Fact::RelationRemoved(relation)) => &[&relation.from, &relation.to],
            Some(Fact::Group(group)) if key(&group.id).is_none_or(|key| before.group(key).is_none()) => &[],
            _ => return AffectedUsers::All,
        };
        let known = ids.iter().filter_map(|id| UserId::from_slice(id).ok());
        users.extend(known.filter(|user| before.user(user.0.as_u128()).is_some()));
    }
    AffectedUsers::Some(users)
}

/// Whether the changes add a user whom the facts did not contain before.
pub(super) fn has_new_users(before: &World, changes: &facts::Changes) -> bool {
    changes.changes.iter().any(|change| match &change.fact {
        Some(Fact::User(user)) => key(&user.id).is_some_and(|key| before.user(key).is_none()),
        _ => false,
    })
}

fn one(vocabulary: &Vocabulary, fact: Fact) -> Option<FactChange> {
    Some(match fact {
        Fact::User(user) => FactChange::User {
            key: key(&user.id)?,
            status: UserStatus::from_number(user.status),
            roles: RoleSet(
                user.roles.iter().filter_map(|role| vocabulary.role(role)).fold(0, |set, role| set | 1 << role.0),
            ),
            // Absent in changes from before users could choose.
            writable_by: match facts::WritableBy::try_from(user.writable_by) {
                Ok(facts::WritableBy::Unspecified) => WritableBy::Rules,
                _ => WritableBy::from_number(user.writable_by),
            },
            words: user.words,
        },
        Fact::Group(group) => FactChange::Group {
            key: key(&group.id)?,
            kind: vocabulary.kind(&group.kind)?,
            parent: key(&group.parent),
            state: GroupState::from_number(group.state),
            delivers: Delivers::from_number(group.delivers),
            words: group.words,
        },
        Fact::GroupRemoved(id) => FactChange::GroupRemoved { key: key(&id)? },
        Fact::Membership(one) => FactChange::Membership {
            user: key(&one.user)?,
            group: key(&one.group)?,
            role: vocabulary.role(&one.role)?,
            from_ms: one.valid_from,
            until_ms: one.valid_until,
        },
        Fact::MembershipRemoved(one) => FactChange::MembershipRemoved {
            user: key(&one.user)?,
            group: key(&one.group)?,
            role: vocabulary.role(&one.role)?,
        },
        Fact::Relation(one) => FactChange::Relation {
            from: key(&one.from)?,
            to: key(&one.to)?,
            relation: vocabulary.relation(&one.relation)?,
            state: RelationState::from_number(one.state),
        },
        Fact::RelationRemoved(one) => FactChange::RelationRemoved {
            from: key(&one.from)?,
            to: key(&one.to)?,
            relation: vocabulary.relation(&one.relation)?,
        },
        Fact::Edge(one) => FactChange::Edge {
            from: key(&one.from_group)?,
            from_role: any_or(vocabulary, &one.from_role)?,
            to: key(&one.to_group)?,
            to_role: any_or(vocabulary, &one.to_role)?,
            effect: EdgeEffect::from_number(one.effect),
            delivers: Delivers::from_number(one.delivers),
        },
        Fact::EdgeRemoved(one) => FactChange::EdgeRemoved {
            from: key(&one.from_group)?,
            from_role: any_or(vocabulary, &one.from_role)?,
            to: key(&one.to_group)?,
            to_role: any_or(vocabulary, &one.to_role)?,
        },
        Fact::Setting(one) => FactChange::Setting { setting: vocabulary.setting(&one.name)?, value: one.value },
        Fact::PolicyChanged(_) => return None,
    })
}

/// The role with this name. The inner `None` means any role; the outer `None` means that the policy does not declare the
/// role.
fn any_or(vocabulary: &Vocabulary, role: &str) -> Option<Option<RoleId>> {
    if role.is_empty() { Some(None) } else { vocabulary.role(role).map(Some) }
}

fn key(id: &[u8]) -> Option<EntityKey> {
    Some(EntityKey::from_be_bytes(id.try_into().ok()?))
}
