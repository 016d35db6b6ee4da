//! The server's ids of the users and groups that rows name by external ids.

use std::collections::HashMap;

use causerie_protocol::{GroupId, UserId};

use super::{
    fields::Fault,
    row::{Edge, Membership, Relation},
};
use crate::{
    plain::shortened,
    store::queries::facts::{EdgeKey, MembershipKey, RelationKey},
};

/// The server's ids of users and groups, by external id.
#[derive(Debug, Default)]
pub(super) struct Ids {
    pub users: HashMap<String, UserId>,
    pub groups: HashMap<String, GroupId>,
}

/// The ids of the users and groups that rows name. For a user or group that a row of this transaction created, also the
/// position of this row.
#[derive(Default)]
pub(super) struct KnownIds {
    pub ids: Ids,
    pub users_created_at: HashMap<String, usize>,
    pub groups_created_at: HashMap<String, usize>,
}

impl KnownIds {
    /// The id of the user that the row at `position` names in `field`.
    pub(super) fn user(&self, position: usize, field: &str, id: &str) -> Result<UserId, Fault> {
        let known = self.ids.users.get(id).copied();
        // A user whom a row creates is known only to later rows.
        let known = known.filter(|_| self.users_created_at.get(id).is_none_or(|created| *created < position));
        known.ok_or_else(|| {
            Fault::new(
                field,
                format!(
                    "there is no user `{}`, or only in a later row: put the row of the user before this one",
                    shortened(id)
                ),
            )
        })
    }

    /// The id of the group that the row at `position` names in `field`.
    pub(super) fn group(&self, position: usize, field: &str, id: &str) -> Result<GroupId, Fault> {
        let known = self.ids.groups.get(id).copied();
        let known = known.filter(|_| self.groups_created_at.get(id).is_none_or(|created| *created < position));
        known.ok_or_else(|| {
            Fault::new(
                field,
                format!(
                    "there is no group `{}`, or only in a later row: put the row of the group before this one",
                    shortened(id)
                ),
            )
        })
    }

    /// The key of the membership of the row at `position`.
    pub(super) fn membership(&self, position: usize, row: &Membership) -> Result<MembershipKey, Fault> {
        let (user, group) = (self.user(position, "user", &row.user)?, self.group(position, "group", &row.group)?);
        Ok(MembershipKey { user, group, role: row.role.clone() })
    }

    /// The key of the relation of the row at `position`.
    pub(super) fn relation(&self, position: usize, row: &Relation) -> Result<RelationKey, Fault> {
        let (from, to) = (self.user(position, "from", &row.from)?, self.user(position, "to", &row.to)?);
        Ok(RelationKey { from, relation: row.relation.clone(), to })
    }

    /// The key of the edge of the row at `position`.
    pub(super) fn edge(&self, position: usize, row: &Edge) -> Result<EdgeKey, Fault> {
        let (from_group, to_group) = (self.group(position, "from", &row.from)?, self.group(position, "to", &row.to)?);
        Ok(EdgeKey { from_group, from_role: row.from_role.clone(), to_group, to_role: row.to_role.clone() })
    }
}
