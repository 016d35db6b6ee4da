//! The server's ids for the users and groups that rows name by the product's ids.

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

/// The server's ids of users and groups, by the product's ids.
#[derive(Debug, Default)]
pub(super) struct Ids {
    pub users: HashMap<String, UserId>,
    pub groups: HashMap<String, GroupId>,
}

/// The ids that rows refer to, and the place of the row that created each of them, if a row of this run did.
#[derive(Default)]
pub(super) struct KnownIds {
    pub ids: Ids,
    pub users_created_at: HashMap<String, usize>,
    pub groups_created_at: HashMap<String, usize>,
}

impl KnownIds {
    pub(super) fn user(&self, at: usize, field: &str, id: &str) -> Result<UserId, Fault> {
        let known = self.ids.users.get(id).copied();
        // An id that a row created is known only to later rows.
        let known = known.filter(|_| self.users_created_at.get(id).is_none_or(|created| *created < at));
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

    pub(super) fn group(&self, at: usize, field: &str, id: &str) -> Result<GroupId, Fault> {
        let known = self.ids.groups.get(id).copied();
        let known = known.filter(|_| self.groups_created_at.get(id).is_none_or(|created| *created < at));
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

    pub(super) fn membership(&self, at: usize, row: &Membership) -> Result<MembershipKey, Fault> {
        let (user, group) = (self.user(at, "user", &row.user)?, self.group(at, "group", &row.group)?);
        Ok(MembershipKey { user, group, role: row.role.clone() })
    }

    pub(super) fn relation(&self, at: usize, row: &Relation) -> Result<RelationKey, Fault> {
        let (from, to) = (self.user(at, "from", &row.from)?, self.user(at, "to", &row.to)?);
        Ok(RelationKey { from, relation: row.relation.clone(), to })
    }

    pub(super) fn edge(&self, at: usize, row: &Edge) -> Result<EdgeKey, Fault> {
        let (from_group, to_group) = (self.group(at, "from", &row.from)?, self.group(at, "to", &row.to)?);
        Ok(EdgeKey { from_group, from_role: row.from_role.clone(), to_group, to_role: row.to_role.clone() })
    }
}
