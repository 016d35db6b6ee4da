//! The state of a dry run. The transactions of a dry run are rolled back, so the state keeps the effects of earlier rows on
//! which the verdicts of later rows depend.

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
    /// The users and groups that earlier transactions created.
    created: Ids,
    /// The last row about each fact. Facts and rows are stored as hashes, so that millions of rows fit into memory. A
    /// collision of hashes causes one wrong verdict in the answer of the dry run.
    rows: HashMap<u64, LastRow>,
    hasher: RandomState,
}

/// The last row about a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LastRow {
    /// The hash of the row.
    row: u64,
    /// The fact does not exist after the row.
    removes: bool,
}

impl DryRun {
    /// The user with this external id whom an earlier transaction created.
    pub(super) fn user(&self, id: &str) -> Option<UserId> {
        self.created.users.get(id).copied()
    }

    /// The group with this external id that an earlier transaction created.
    pub(super) fn group(&self, id: &str) -> Option<GroupId> {
        self.created.groups.get(id).copied()
    }

    /// All groups that earlier transactions created, by external id.
    pub(super) fn groups(&self) -> impl Iterator<Item = (String, GroupId)> {
        self.created.groups.iter().map(|(id, group)| (id.clone(), *group))
    }

    /// The verdict on a row as if the earlier transactions had been committed. `fact` is the type and the id of the fact,
    /// and `verdict` is the verdict of the database.
    pub(super) fn verdict(&self, fact: &(String, String), row: &Row, verdict: Verdict) -> Verdict {
        let current = self.last_row(row);
        match self.rows.get(&self.hasher.hash_one(fact)) {
            None => verdict,
            Some(previous) if *previous == current || (previous.removes && current.removes) => Verdict::Unchanged,
            Some(_) if row.deleted => Verdict::Removed,
            // A user who was removed stays in the database.
            Some(previous) if previous.removes && row.row_type() != Type::User => Verdict::Created,
            Some(_) => Verdict::Updated,
        }
    }

    /// Records a row whose transaction was rolled back.
    pub(super) fn record_row(&mut self, fact: &(String, String), row: &Row) {
        let last_row = self.last_row(row);
        self.rows.insert(self.hasher.hash_one(fact), last_row);
    }

    /// Records the users and groups that a transaction created before it was rolled back.
    pub(super) fn record_created(&mut self, created: Ids) {
        self.created.users.extend(created.users);
        self.created.groups.extend(created.groups);
    }

    fn last_row(&self, row: &Row) -> LastRow {
        LastRow { row: self.hasher.hash_one(format!("{row:?}")), removes: row.removes() }
    }
}
