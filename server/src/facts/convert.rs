//! Converts changes of the tenant's log, which contain words and the bytes of ids, to changes of the policy's world, which
//! contain numbers.
//!
//! A fact with a word that the policy does not declare is left out, so it has no effect.

use causerie_policy::{EntityKey, FactChange, RoleId, RoleSet, Vocabulary, World};
use causerie_protocol::{UserId, facts};
use facts::change::Fact;

use super::AffectedUsers;
use crate::domain::{Delivers, EdgeEffect, GroupState, Numbered as _, RelationState, UserStatus, WritableBy};

/// Converts the changes and keeps their order.
pub(super) fn changes(vocabulary: &Vocabulary, changes: facts::Changes) -> Vec<FactChange> {
    changes.changes.into_iter().filter_map(|change| convert_change(vocabulary, change.fact?)).collect()
}

/// The policy version that these changes put in force; `None` if they do not change the policy.
pub(super) fn new_policy_version(changes: &facts::Changes) -> Option<u64> {
    changes.changes.iter().find_map(|change| match &change.fact {
        Some(Fact::PolicyChanged(changed)) => Some(changed.version),
        _ => None,
    })
}

/// Whether applying the changes is not enough and all facts must be loaded again: a group changed from a kind that the
/// policy declares to a kind that it does not declare, or the other way round.
pub(super) fn need_reload(vocabulary: &Vocabulary, changes: &facts::Changes) -> bool {
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

fn convert_change(vocabulary: &Vocabulary, fact: Fact) -> Option<FactChange> {
    Some(match fact {
        Fact::User(user) => FactChange::User {
            key: key(&user.id)?,
            status: UserStatus::from_number(user.status),
            roles: RoleSet(
                user.roles.iter().filter_map(|role| vocabulary.role(role)).fold(0, |set, role| set | 1 << role.0),
            ),
            // Changes that were logged before this field existed do not have it.
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
        Fact::Membership(membership) => FactChange::Membership {
            user: key(&membership.user)?,
            group: key(&membership.group)?,
            role: vocabulary.role(&membership.role)?,
            from_ms: membership.valid_from,
            until_ms: membership.valid_until,
        },
        Fact::MembershipRemoved(membership) => FactChange::MembershipRemoved {
            user: key(&membership.user)?,
            group: key(&membership.group)?,
            role: vocabulary.role(&membership.role)?,
        },
        Fact::Relation(relation) => FactChange::Relation {
            from: key(&relation.from)?,
            to: key(&relation.to)?,
            relation: vocabulary.relation(&relation.relation)?,
            state: RelationState::from_number(relation.state),
        },
        Fact::RelationRemoved(relation) => FactChange::RelationRemoved {
            from: key(&relation.from)?,
            to: key(&relation.to)?,
            relation: vocabulary.relation(&relation.relation)?,
        },
        Fact::Edge(edge) => FactChange::Edge {
            from: key(&edge.from_group)?,
            from_role: role_or_any(vocabulary, &edge.from_role)?,
            to: key(&edge.to_group)?,
            to_role: role_or_any(vocabulary, &edge.to_role)?,
            effect: EdgeEffect::from_number(edge.effect),
            delivers: Delivers::from_number(edge.delivers),
        },
        Fact::EdgeRemoved(edge) => FactChange::EdgeRemoved {
            from: key(&edge.from_group)?,
            from_role: role_or_any(vocabulary, &edge.from_role)?,
            to: key(&edge.to_group)?,
            to_role: role_or_any(vocabulary, &edge.to_role)?,
        },
        Fact::Setting(setting) => FactChange::Setting { setting: vocabulary.setting(&setting.name)?, value: setting.value },
        Fact::PolicyChanged(_) => return None,
    })
}

/// The role with this name; an empty name means any role. The inner `None` means any role; the outer `None` means that the
/// policy does not declare the role.
fn role_or_any(vocabulary: &Vocabulary, role: &str) -> Option<Option<RoleId>> {
    if role.is_empty() { Some(None) } else { vocabulary.role(role).map(Some) }
}

fn key(id: &[u8]) -> Option<EntityKey> {
    Some(EntityKey::from_be_bytes(id.try_into().ok()?))
}
