//! What a dry run would have stored so far: its transactions are rolled back, and later rows depend on them.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
};

use causerie_protocol::{GroupId, UserId};

use super::{
    apply::Ids,
    report::Result as Verdict,
    row::{Row, Type},
};

/// The users, groups and rows of a dry run.
#[derive(Debug, Default)]
pub(super) struct Dry {
    made: Ids,
    /// The last row about each fact. Facts and rows are kept as hashes, so that millions of rows fit into memory; a
    /// collision costs one wrong word in an answer that changes nothing.
    rows: HashMap<u64, Trace>,
    hasher: RandomState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Trace {
    row: u64,
    gone: bool,
}

impl Dry {
    pub(super) fn user(&self, id: &str) -> Option<UserId> {
        self.made.users.get(id).copied()
    }

    pub(super) fn group(&self, id: &str) -> Option<GroupId> {
        self.made.groups.get(id).copied()
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = (String, GroupId)> {
        self.made.groups.iter().map(|(id, group)| (id.clone(), *group))
    }

    /// The verdict on a row if the earlier transactions had been committed.
    pub(super) fn judge(&self, named: &(String, String), row: &Row, verdict: Verdict) -> Verdict {
        let now = self.trace(row);
        match self.rows.get(&self.hasher.hash_one(named)) {
            None => verdict,
            Some(before) if *before == now || (before.gone && now.gone) => Verdict::Unchanged,
            Some(_) if row.deleted => Verdict::Removed,
            // A user who was removed stays in the database.
            Some(before) if before.gone && row.of() != Type::User => Verdict::Created,
            Some(_) => Verdict::Updated,
        }
    }

    /// Remembers a row after its transaction was rolled back.
    pub(super) fn keep(&mut self, named: &(String, String), row: &Row) {
        let trace = self.trace(row);
        self.rows.insert(self.hasher.hash_one(named), trace);
    }

    /// Remembers the users and groups that a transaction created before it was rolled back.
    pub(super) fn keep_made(&mut self, made: Ids) {
        self.made.users.extend(made.users);
        self.made.groups.extend(made.groups);
    }

    fn trace(&self, row: &Row) -> Trace {
        Trace { row: self.hasher.hash_one(format!("{row:?}")), gone: row.removes() }
    }
}
