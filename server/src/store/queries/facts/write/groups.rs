//! Changes of groups.

use std::{
    collections::{BTreeSet, HashMap},
    iter::successors,
};

use causerie_protocol::{
    GroupId,
    facts::{Group, change::Fact},
};
use uuid::Uuid;

use super::{FactWrite, Outcome, external_id_rows, merge::Merge};
use crate::{
    domain::{Delivers, GroupState, StoredNumber},
    store::{
        StoreError,
        queries::facts::{
            ABOVE_MAX, GroupFact,
            stored::{self, StoredGroup},
        },
        rows::{self, Column, Rows},
    },
};

impl FactWrite {
    /// Creates groups and changes existing groups. Returns the outcome of each fact, in the order given:
    /// [`Outcome::Missing`] if the parent is neither stored nor in an earlier fact, [`Outcome::Circular`] if the group would
    /// contain itself or be nested too deeply.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn groups(&mut self, facts: &[GroupFact]) -> Result<Vec<Outcome>, StoreError> {
        let named = facts.iter().flat_map(|fact| [Some(fact.external_id.as_str()), fact.parent.as_deref()]).flatten();
        let named: Vec<&str> = named.collect();
        let body = "SELECT g.* FROM input i JOIN groups g ON g.tenant_id = {0} AND g.external_id = i.external_id";
        let stored = self.query(external_id_rows(&named), body, &[self.tenant.0.into()]).await?;
        let stored: Vec<StoredGroup> = stored.iter().map(stored::group).collect::<Result<_, _>>()?;
        let has_parents = facts.iter().any(|fact| fact.parent.as_ref().is_some_and(|parent| !parent.is_empty()));
        let mut parents = if has_parents { self.parents_above(&stored).await? } else { Parents::default() };
        let mut merge = Merge::new(stored.into_iter().map(|group| (group.external_id.clone(), group)));
        let outcomes = facts.iter().map(|fact| match merged_group(fact, &merge) {
            None => Outcome::Missing,
            Some(group) if fact.parent.is_some() && !parents.set_parent(group.id, group.parent) => Outcome::Circular,
            Some(group) => merge.set(fact.external_id.clone(), group),
        });
        let outcomes = outcomes.collect();

        let mut put = Vec::new();
        for change in merge.changes() {
            let Some(group) = change.current else { continue };
            put.push(group);
            let kind_before = change.stored.map(|stored| &stored.kind).filter(|kind| **kind != group.kind).cloned();
            self.log_change(Fact::Group(Group { kind_before, ..group.into() }));
        }
        self.put_groups(&put).await?;
        Ok(outcomes)
    }

    /// The parents of these groups and of all groups above them.
    async fn parents_above(&self, groups: &[StoredGroup]) -> Result<Parents, StoreError> {
        let body = "SELECT above.id, above.parent_id FROM (
                        WITH RECURSIVE up (id, parent_id, steps) AS (
                            SELECT g.id, g.parent_id, 0 FROM input i JOIN groups g ON g.id = i.id
                            UNION SELECT g.id, g.parent_id, up.steps + 1 FROM up JOIN groups g ON g.id = up.parent_id
                                  WHERE up.steps < {0})
                        SELECT DISTINCT id, parent_id FROM up WHERE parent_id IS NOT NULL) above";
        let max_steps = [i64::try_from(ABOVE_MAX).unwrap_or(i64::MAX).into()];
        let rows = self.query(rows::ids(groups.iter().map(|group| group.id)), body, &max_steps).await?;
        let parents = rows.iter().map(|row| Ok((GroupId(row.try_get("", "id")?), GroupId(row.try_get("", "parent_id")?))));
        Ok(Parents(parents.collect::<Result<_, StoreError>>()?))
    }

    /// Removes groups with their memberships and edges. A group whose parent is removed stays, without a parent. Returns the
    /// outcome of each group, in the order given.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn remove_groups(&mut self, groups: &[GroupId]) -> Result<Vec<Outcome>, StoreError> {
        let tenant = [self.tenant.0.into()];
        let ids = rows::ids(BTreeSet::from_iter(groups.iter().copied()));
        let body = "SELECT g.id FROM input i JOIN groups g ON g.id = i.id WHERE g.tenant_id = {0}";
        let removed = self.query(ids, body, &tenant).await?;
        let mut removed: BTreeSet<GroupId> =
            removed.iter().map(|row| Ok(GroupId(row.try_get("", "id")?))).collect::<Result<_, StoreError>>()?;

        let ids = || rows::ids(removed.iter().copied());
        for sql in [
            "DELETE FROM memberships WHERE group_id IN (SELECT id FROM input)",
            "DELETE FROM edges WHERE from_group IN (SELECT id FROM input)",
            "DELETE FROM edges WHERE to_group IN (SELECT id FROM input)",
            "DELETE FROM groups WHERE id IN (SELECT id FROM input)",
        ] {
            self.execute(ids(), sql, &[]).await?;
        }
        let body = "UPDATE groups SET parent_id = NULL WHERE parent_id IN (SELECT id FROM input) RETURNING *";
        for row in self.query(ids(), body, &[]).await? {
            self.log_change(stored::group_fact(&stored::group(&row)?));
        }
        for group in &removed {
            self.log_change(Fact::GroupRemoved(group.to_bytes()));
        }
        let outcome = |group| if removed.remove(group) { Outcome::Removed } else { Outcome::Unchanged };
        Ok(groups.iter().map(outcome).collect())
    }

    async fn put_groups(&self, groups: &[&StoredGroup]) -> Result<(), StoreError> {
        let mut rows = Rows::new([
            ("id", Column::Uuid),
            ("external_id", Column::Text),
            ("kind", Column::Text),
            ("name", Column::Text),
            ("parent_id", Column::Uuid),
            ("state", Column::Int),
            ("delivers", Column::Int),
        ]);
        for group in groups {
            rows.push([
                group.id.0.into(),
                group.external_id.as_str().into(),
                group.kind.as_str().into(),
                group.name.as_str().into(),
                group.parent.map_or(Uuid::nil(), |parent| parent.0).into(),
                i64::from(group.state.number()).into(),
                i64::from(group.delivers.number()).into(),
            ]);
        }
        let body = "INSERT INTO groups (id, tenant_id, external_id, kind, name, parent_id, state, delivers)
                    SELECT i.id, {0}, i.external_id, i.kind, i.name, NULLIF(i.parent_id, {1}), i.state, i.delivers
                    FROM input i WHERE true
                    ON CONFLICT (tenant_id, external_id) DO UPDATE
                    SET kind = excluded.kind, name = excluded.name, parent_id = excluded.parent_id,
                        state = excluded.state, delivers = excluded.delivers";
        self.execute(rows, body, &[self.tenant.0.into(), Uuid::nil().into()]).await
    }
}

/// The parents of groups, by group. A group without a parent is absent.
#[derive(Default)]
struct Parents(HashMap<GroupId, GroupId>);

impl Parents {
    /// Sets or removes the parent of a group. Returns `false` and changes nothing if the group would contain itself or be
    /// nested too deeply.
    fn set_parent(&mut self, group: GroupId, parent: Option<GroupId>) -> bool {
        let groups_above = successors(parent, |group| self.0.get(group).copied()).take(ABOVE_MAX + 1);
        if groups_above.enumerate().any(|(steps, above)| above == group || steps == ABOVE_MAX) {
            return false;
        }
        match parent {
            Some(parent) => self.0.insert(group, parent),
            None => self.0.remove(&group),
        };
        true
    }
}

/// The group after `fact` is applied; `None` if its parent does not exist.
fn merged_group(fact: &GroupFact, merge: &Merge<String, StoredGroup>) -> Option<StoredGroup> {
    let old = merge.current(&fact.external_id);
    let parent = match fact.parent.as_ref() {
        None => old.and_then(|old| old.parent),
        Some(parent) if parent.is_empty() => None,
        Some(parent) => Some(merge.current(parent)?.id),
    };
    let name = fact.name.as_ref().filter(|name| !name.is_empty()).or(old.map(|old| &old.name));
    Some(StoredGroup {
        id: old.map_or_else(GroupId::new, |old| old.id),
        external_id: fact.external_id.clone(),
        kind: fact.kind.as_ref().or(old.map(|old| &old.kind)).cloned().unwrap_or_default(),
        name: name.unwrap_or(&fact.external_id).clone(),
        parent,
        state: fact.state.map(StoredNumber::from).or(old.map(|old| old.state)).unwrap_or(GroupState::Active.into()),
        delivers: fact.delivers.map(StoredNumber::from).or(old.map(|old| old.delivers)).unwrap_or(Delivers::Both.into()),
    })
}
