//! The state of a dry run: its transactions are rolled back, but the verdicts on later rows depend on the earlier rows.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
};

use causerie_protocol::{GroupId, UserId};

use super::{
    ids::Ids,
    report::Result as Verdict,
    row::{Row, Type},
};

/// The users, groups and rows of a dry run.
#[derive(Debug, Default)]
pub(super) struct DryRun {
    created: Ids,
    /// The last row about each fact. Facts and rows are kept as hashes, so that millions of rows fit into memory; a
    /// collision causes one wrong verdict in an answer that changes nothing.
    rows: HashMap<u64, LastRow>,
    hasher: RandomState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LastRow {
    row: u64,
    gone: bool,
}

impl DryRun {
    pub(super) fn user(&self, id: &str) -> Option<UserId> {
        self.created.users.get(id).copied()
    }

    pub(super) fn group(&self, id: &str) -> Option<GroupId> {
        self.created.groups.get(id).copied()
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = (String, GroupId)> {
        self.created.groups.iter().map(|(id, group)| (id.clone(), *group))
    }

    /// The verdict on a row if the earlier transactions had been committed.
    pub(super) fn verdict(&self, named: &(String, String), row: &Row, verdict: Verdict) -> Verdict {
        let this = self.last_row(row);
        match self.rows.get(&self.hasher.hash_one(named)) {
            None => verdict,
            Some(before) if *before == this || (before.gone && this.gone) => Verdict::Unchanged,
            Some(_) if row.deleted => Verdict::Removed,
            // A user who was removed stays in the database.
            Some(before) if before.gone && row.of() != Type::User => Verdict::Created,
            Some(_) => Verdict::Updated,
        }
    }

    /// Remembers a row after its transaction was rolled back.
    pub(super) fn record_row(&mut self, named: &(String, String), row: &Row) {
        let last_row = self.last_row(row);
        self.rows.insert(self.hasher.hash_one(named), last_row);
    }

    /// Remembers the users and groups that a transaction created before it was rolled back.
    pub(super) fn record_created(&mut self, created: Ids) {
        self.created.users.extend(created.users);
        self.created.groups.extend(created.groups);
    }

    fn last_row(&self, row: &Row) -> LastRow {
        LastRow { row: self.hasher.hash_one(format!("{row:?}")), gone: row.removes() }
    }
}
