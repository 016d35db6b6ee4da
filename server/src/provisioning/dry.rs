//! What a dry run would have left behind so far: its transactions are undone, and later rows build on them.

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

/// The traces of a dry run.
#[derive(Debug, Default)]
pub(super) struct Dry {
    made: Ids,
    /// Rows by what they name, both as hashes: millions of rows fit memory, and a mistake costs one wrong word in an answer
    /// that changes nothing.
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

    /// What would become of a row if those of earlier transactions had been kept.
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

    /// Remembers a row, once its transaction is undone.
    pub(super) fn keep(&mut self, named: &(String, String), row: &Row) {
        let trace = self.trace(row);
        self.rows.insert(self.hasher.hash_one(named), trace);
    }

    /// Remembers who and what was made, once their transaction is undone.
    pub(super) fn keep_made(&mut self, made: Ids) {
        self.made.users.extend(made.users);
        self.made.groups.extend(made.groups);
    }

    fn trace(&self, row: &Row) -> Trace {
        Trace { row: self.hasher.hash_one(format!("{row:?}")), gone: row.removes() }
    }
}
