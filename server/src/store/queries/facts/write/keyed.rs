//! Changes of facts with a key and few other columns: memberships, relations, edges, settings.

use std::{collections::HashMap, future::Future};

use causerie_protocol::{UserId, facts::change::Fact};
use sea_orm::Value;

use super::{FactWrite, Outcome, merge::Merge};
use crate::{
    domain::Numbered as _,
    store::{
        StoreError,
        queries::facts::{EdgeFact, EdgeKey, MembershipFact, MembershipKey, RelationFact, RelationKey, SettingFact, stored},
        rows::{Column, Rows},
    },
};

/// The number in `input` for an absent time, because a value of an array can't be absent.
const NO_TIME: i64 = i64::MIN;

/// A kind of fact with a key: its statements and its entries in the log.
trait Keyed: Clone + PartialEq + Send + Sync {
    type Key: Clone + Ord + Send + Sync;

    fn key(&self) -> &Self::Key;
    /// The entry of the log for a new or changed fact.
    fn changed(&self) -> Fact;
    /// The entry of the log for a removed fact.
    fn removed(key: &Self::Key) -> Fact;

    /// Reads the stored facts with these keys.
    fn stored(write: &FactWrite, keys: &[&Self::Key]) -> impl Future<Output = Result<Vec<Self>, StoreError>> + Send;
    /// Inserts or replaces facts.
    fn put(write: &FactWrite, rows: &[&Self]) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Deletes the facts with these keys.
    fn delete(write: &FactWrite, keys: &[&Self::Key]) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The change of one fact.
enum Edit<F: Keyed> {
    Set(F),
    Remove(F::Key),
}

impl<F: Keyed> Edit<F> {
    fn key(&self) -> &F::Key {
        match self {
            Self::Set(row) => row.key(),
            Self::Remove(key) => key,
        }
    }
}

impl FactWrite {
    /// Adds memberships or changes their times. Returns the outcome of each fact, in the order given.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn memberships(&mut self, facts: &[MembershipFact]) -> Result<Vec<Outcome>, StoreError> {
        self.edit(facts.iter().cloned().map(Edit::Set).collect()).await
    }

    /// Removes memberships. Returns the outcome of each fact, in the order given.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn remove_memberships(&mut self, keys: &[MembershipKey]) -> Result<Vec<Outcome>, StoreError> {
        self.edit(keys.iter().cloned().map(Edit::<MembershipFact>::Remove).collect()).await
    }

    /// Adds relations or changes their states. A relation that `is_mutual` is the same fact in both directions; if it is
    /// stored already, its stored direction stays. Returns the outcome of each fact, in the order given.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn relations(
        &mut self,
        facts: &[RelationFact],
        is_mutual: impl Fn(&str) -> bool,
    ) -> Result<Vec<Outcome>, StoreError> {
        let keys = self.in_stored_direction(facts.iter().map(|fact| fact.key.clone()).collect(), is_mutual).await?;
        let facts = facts.iter().zip(keys).map(|(fact, key)| Edit::Set(RelationFact { key, ..fact.clone() }));
        self.edit(facts.collect()).await
    }

    /// Removes relations. A relation that `is_mutual` is removed whether it is stored in the direction of the key or in the
    /// other direction. Returns the outcome of each fact, in the order given.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn remove_relations(
        &mut self,
        keys: &[RelationKey],
        is_mutual: impl Fn(&str) -> bool,
    ) -> Result<Vec<Outcome>, StoreError> {
        let keys = self.in_stored_direction(keys.to_vec(), is_mutual).await?;
        self.edit(keys.into_iter().map(Edit::<RelationFact>::Remove).collect()).await
    }

    /// Adds edges or changes their effects. Returns the outcome of each fact, in the order given.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn edges(&mut self, facts: &[EdgeFact]) -> Result<Vec<Outcome>, StoreError> {
        self.edit(facts.iter().cloned().map(Edit::Set).collect()).await
    }

    /// Removes edges. Returns the outcome of each fact, in the order given.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn remove_edges(&mut self, keys: &[EdgeKey]) -> Result<Vec<Outcome>, StoreError> {
        self.edit(keys.iter().cloned().map(Edit::<EdgeFact>::Remove).collect()).await
    }

    /// Sets settings or restores the policy's defaults. Returns the outcome of each fact, in the order given.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn settings(&mut self, facts: &[SettingFact]) -> Result<Vec<Outcome>, StoreError> {
        let edits = facts.iter().map(|fact| match &fact.value {
            Some(value) => Edit::Set((fact.name.clone(), value.clone())),
            None => Edit::<(String, String)>::Remove(fact.name.clone()),
        });
        self.edit(edits.collect()).await
    }

    async fn edit<F: Keyed>(&mut self, edits: Vec<Edit<F>>) -> Result<Vec<Outcome>, StoreError> {
        let mut keys: Vec<&F::Key> = edits.iter().map(Edit::key).collect();
        keys.sort_unstable();
        keys.dedup();
        let stored = F::stored(self, &keys).await?;
        let mut merge = Merge::new(stored.into_iter().map(|row| (row.key().clone(), row)));
        let outcomes = edits.into_iter().map(|edit| match edit {
            Edit::Set(row) => merge.set(row.key().clone(), row),
            Edit::Remove(key) => merge.remove(&key),
        });
        let outcomes = outcomes.collect();

        let (mut put, mut delete) = (Vec::new(), Vec::new());
        for change in merge.changes() {
            match change.current {
                Some(row) => {
                    put.push(row);
                    self.log_change(row.changed());
                }
                None => {
                    delete.push(change.key);
                    self.log_change(F::removed(change.key));
                }
            }
        }
        F::delete(self, &delete).await?;
        F::put(self, &put).await?;
        Ok(outcomes)
    }

    /// Changes the keys of mutual relations to the direction in which the relations are stored. For a relation that is not
    /// stored, the first key determines the direction: from the user who requested the relation.
    async fn in_stored_direction(
        &self,
        mut keys: Vec<RelationKey>,
        is_mutual: impl Fn(&str) -> bool,
    ) -> Result<Vec<RelationKey>, StoreError> {
        let reversed = |key: &RelationKey| RelationKey { from: key.to, relation: key.relation.clone(), to: key.from };
        let pair = |key: &RelationKey| (key.from.min(key.to), key.from.max(key.to), key.relation.clone());
        let both_directions: Vec<_> =
            keys.iter().filter(|key| is_mutual(&key.relation)).flat_map(|key| [key.clone(), reversed(key)]).collect();
        let stored = RelationFact::stored(self, &both_directions.iter().collect::<Vec<_>>()).await?;
        let mut known: HashMap<(UserId, UserId, String), RelationKey> =
            stored.into_iter().map(|fact| (pair(&fact.key), fact.key)).collect();
        for key in keys.iter_mut().filter(|key| is_mutual(&key.relation)) {
            key.clone_from(known.entry(pair(key)).or_insert_with(|| key.clone()));
        }
        Ok(keys)
    }
}

impl Keyed for MembershipFact {
    type Key = MembershipKey;

    fn key(&self) -> &MembershipKey {
        &self.key
    }

    fn changed(&self) -> Fact {
        Fact::Membership(self.into())
    }

    fn removed(key: &MembershipKey) -> Fact {
        Fact::MembershipRemoved(key.into())
    }

    async fn stored(write: &FactWrite, keys: &[&MembershipKey]) -> Result<Vec<Self>, StoreError> {
        let body = "SELECT m.* FROM input i JOIN memberships m ON m.user_id = i.user_id AND m.group_id = i.group_id
                    AND m.role = i.role";
        write.query(membership_keys(keys), body, &[]).await?.iter().map(stored::membership).collect()
    }

    async fn put(write: &FactWrite, rows: &[&Self]) -> Result<(), StoreError> {
        let mut input = Rows::new([
            ("user_id", Column::Uuid),
            ("group_id", Column::Uuid),
            ("role", Column::Text),
            ("valid_from", Column::Int),
            ("valid_until", Column::Int),
        ]);
        for row in rows {
            input.push([
                row.key.user.0.into(),
                row.key.group.0.into(),
                row.key.role.as_str().into(),
                row.from_ms.unwrap_or(NO_TIME).into(),
                row.until_ms.unwrap_or(NO_TIME).into(),
            ]);
        }
        let body = "INSERT INTO memberships (tenant_id, user_id, group_id, role, valid_from, valid_until)
                    SELECT {0}, i.user_id, i.group_id, i.role, NULLIF(i.valid_from, {1}), NULLIF(i.valid_until, {1})
                    FROM input i WHERE true
                    ON CONFLICT (user_id, group_id, role) DO UPDATE
                    SET valid_from = excluded.valid_from, valid_until = excluded.valid_until";
        write.execute(input, body, &[write.tenant.0.into(), NO_TIME.into()]).await
    }

    async fn delete(write: &FactWrite, keys: &[&MembershipKey]) -> Result<(), StoreError> {
        let body = "DELETE FROM memberships WHERE (user_id, group_id, role) IN
                    (SELECT i.user_id, i.group_id, i.role FROM input i)";
        write.execute(membership_keys(keys), body, &[]).await
    }
}

fn membership_keys(keys: &[&MembershipKey]) -> Rows<3> {
    let mut rows = Rows::new([("user_id", Column::Uuid), ("group_id", Column::Uuid), ("role", Column::Text)]);
    for key in keys {
        rows.push([key.user.0.into(), key.group.0.into(), key.role.as_str().into()]);
    }
    rows
}

impl Keyed for RelationFact {
    type Key = RelationKey;

    fn key(&self) -> &RelationKey {
        &self.key
    }

    fn changed(&self) -> Fact {
        Fact::Relation(self.into())
    }

    fn removed(key: &RelationKey) -> Fact {
        Fact::RelationRemoved(key.into())
    }

    async fn stored(write: &FactWrite, keys: &[&RelationKey]) -> Result<Vec<Self>, StoreError> {
        let body = "SELECT r.* FROM input i JOIN relations r ON r.from_id = i.from_id AND r.kind = i.kind
                    AND r.to_id = i.to_id";
        write.query(relation_keys(keys), body, &[]).await?.iter().map(stored::relation).collect()
    }

    async fn put(write: &FactWrite, rows: &[&Self]) -> Result<(), StoreError> {
        let mut input =
            Rows::new([("from_id", Column::Uuid), ("kind", Column::Text), ("to_id", Column::Uuid), ("state", Column::Int)]);
        for row in rows {
            let state = i64::from(row.state.number());
            input.push([row.key.from.0.into(), row.key.relation.as_str().into(), row.key.to.0.into(), state.into()]);
        }
        let body = "INSERT INTO relations (tenant_id, from_id, to_id, kind, state, changed_at)
                    SELECT {0}, i.from_id, i.to_id, i.kind, i.state, CAST({1} AS BIGINT) FROM input i WHERE true
                    ON CONFLICT (from_id, kind, to_id) DO UPDATE
                    SET state = excluded.state, changed_at = excluded.changed_at";
        write.execute(input, body, &[write.tenant.0.into(), write.now_ms.into()]).await
    }

    async fn delete(write: &FactWrite, keys: &[&RelationKey]) -> Result<(), StoreError> {
        let body = "DELETE FROM relations WHERE (from_id, kind, to_id) IN
                    (SELECT i.from_id, i.kind, i.to_id FROM input i)";
        write.execute(relation_keys(keys), body, &[]).await
    }
}

fn relation_keys(keys: &[&RelationKey]) -> Rows<3> {
    let mut rows = Rows::new([("from_id", Column::Uuid), ("kind", Column::Text), ("to_id", Column::Uuid)]);
    for key in keys {
        rows.push([key.from.0.into(), key.relation.as_str().into(), key.to.0.into()]);
    }
    rows
}

impl Keyed for EdgeFact {
    type Key = EdgeKey;

    fn key(&self) -> &EdgeKey {
        &self.key
    }

    fn changed(&self) -> Fact {
        Fact::Edge(self.into())
    }

    fn removed(key: &EdgeKey) -> Fact {
        Fact::EdgeRemoved(key.into())
    }

    async fn stored(write: &FactWrite, keys: &[&EdgeKey]) -> Result<Vec<Self>, StoreError> {
        let body = "SELECT e.* FROM input i JOIN edges e ON e.from_group = i.from_group AND e.from_role = i.from_role
                    AND e.to_group = i.to_group AND e.to_role = i.to_role";
        write.query(edge_keys(keys), body, &[]).await?.iter().map(stored::edge).collect()
    }

    async fn put(write: &FactWrite, rows: &[&Self]) -> Result<(), StoreError> {
        let mut input = Rows::new([
            ("from_group", Column::Uuid),
            ("from_role", Column::Text),
            ("to_group", Column::Uuid),
            ("to_role", Column::Text),
            ("effect", Column::Int),
            ("delivers", Column::Int),
        ]);
        for row in rows {
            let [from_group, from_role, to_group, to_role] = edge_key(&row.key);
            let effect = i64::from(row.effect.number()).into();
            let delivers = i64::from(row.delivers.number()).into();
            input.push([from_group, from_role, to_group, to_role, effect, delivers]);
        }
        let body = "INSERT INTO edges (tenant_id, from_group, from_role, to_group, to_role, effect, delivers)
                    SELECT {0}, i.from_group, i.from_role, i.to_group, i.to_role, i.effect, i.delivers
                    FROM input i WHERE true
                    ON CONFLICT (from_group, from_role, to_group, to_role) DO UPDATE
                    SET effect = excluded.effect, delivers = excluded.delivers";
        write.execute(input, body, &[write.tenant.0.into()]).await
    }

    async fn delete(write: &FactWrite, keys: &[&EdgeKey]) -> Result<(), StoreError> {
        let body = "DELETE FROM edges WHERE (from_group, from_role, to_group, to_role) IN
                    (SELECT i.from_group, i.from_role, i.to_group, i.to_role FROM input i)";
        write.execute(edge_keys(keys), body, &[]).await
    }
}

fn edge_keys(keys: &[&EdgeKey]) -> Rows<4> {
    let mut rows = Rows::new([
        ("from_group", Column::Uuid),
        ("from_role", Column::Text),
        ("to_group", Column::Uuid),
        ("to_role", Column::Text),
    ]);
    for key in keys {
        rows.push(edge_key(key));
    }
    rows
}

fn edge_key(key: &EdgeKey) -> [Value; 4] {
    [key.from_group.0.into(), key.from_role.as_str().into(), key.to_group.0.into(), key.to_role.as_str().into()]
}

/// A setting: name and value.
impl Keyed for (String, String) {
    type Key = String;

    fn key(&self) -> &String {
        &self.0
    }

    fn changed(&self) -> Fact {
        stored::setting_fact(&self.0, Some(&self.1))
    }

    fn removed(name: &String) -> Fact {
        stored::setting_fact(name, None)
    }

    async fn stored(write: &FactWrite, names: &[&String]) -> Result<Vec<Self>, StoreError> {
        let body = "SELECT s.* FROM input i JOIN settings s ON s.tenant_id = {0} AND s.name = i.name";
        write.query(setting_names(names), body, &[write.tenant.0.into()]).await?.iter().map(stored::setting).collect()
    }

    async fn put(write: &FactWrite, rows: &[&Self]) -> Result<(), StoreError> {
        let mut input = Rows::new([("name", Column::Text), ("value", Column::Text)]);
        for (name, value) in rows {
            input.push([name.as_str().into(), value.as_str().into()]);
        }
        let body = "INSERT INTO settings (tenant_id, name, value) SELECT {0}, i.name, i.value FROM input i WHERE true
                    ON CONFLICT (tenant_id, name) DO UPDATE SET value = excluded.value";
        write.execute(input, body, &[write.tenant.0.into()]).await
    }

    async fn delete(write: &FactWrite, names: &[&String]) -> Result<(), StoreError> {
        let body = "DELETE FROM settings WHERE tenant_id = {0} AND name IN (SELECT i.name FROM input i)";
        write.execute(setting_names(names), body, &[write.tenant.0.into()]).await
    }
}

fn setting_names(names: &[&String]) -> Rows<1> {
    let mut rows = Rows::new([("name", Column::Text)]);
    for name in names {
        rows.push([name.as_str().into()]);
    }
    rows
}
