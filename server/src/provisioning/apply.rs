//! Writes the rows of one transaction by type, with the same result as writing one row after the other.
//!
//! One statement writes all rows of a type, so the rows are not written in their order. Two rules give the same result as
//! the order of the rows: a row that names a user or group of a later row is refused, and consecutive rows that delete are
//! written separately from consecutive rows that create or update.

use std::collections::HashMap;

use causerie_policy::Vocabulary;
use causerie_protocol::{GroupId, UserId};

use super::{
    dry_run::DryRun,
    fields::Fault,
    ids::{Ids, KnownIds},
    report::Result as Verdict,
    row::{Edge, Fact, Membership, Relation, Row, is_mutual},
};
use crate::{
    domain::UserStatus,
    store::{
        StoreError,
        queries::{
            facts::{
                EdgeFact, EdgeKey, FactWrite, GroupFact, MembershipFact, MembershipKey, Outcome, RelationFact, RelationKey,
                SettingFact,
            },
            users::Profile,
        },
    },
};

/// The outcome of the rows of a transaction.
pub(super) struct ApplyResult {
    /// One verdict for each row, in the order of the rows.
    pub verdicts: Vec<Result<Verdict, Fault>>,
    /// Users who were changed and are not active. Their sessions must end.
    pub ended: Vec<UserId>,
    /// The facts that the rows name.
    pub fact_keys: Vec<FactKey>,
    /// Users and groups that the transaction created.
    pub created: Ids,
}

/// The identity of the fact that a row names, by the server's ids.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum FactKey {
    User(UserId),
    Group(GroupId),
    Membership(MembershipKey),
    Relation(RelationKey),
    Edge(EdgeKey),
}

/// Writes rows. In a dry run, `dry_run` contains the users and groups that earlier transactions of the run created.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses a statement.
pub(super) async fn apply(
    write: &mut FactWrite,
    vocabulary: &Vocabulary,
    rows: &[&Row],
    dry_run: Option<&DryRun>,
) -> Result<ApplyResult, StoreError> {
    let empty = ApplyResult { verdicts: Vec::new(), ended: Vec::new(), fact_keys: Vec::new(), created: Ids::default() };
    let mut writer = RowWriter { write, vocabulary, dry_run, result: empty };
    for run in rows.chunk_by(|row, next| row.deleted == next.deleted) {
        let first = writer.result.verdicts.len();
        // The steps below set the verdict of each row except of deletions of facts that do not exist: these stay
        // `Unchanged`.
        writer.result.verdicts.resize(first + run.len(), Ok(Verdict::Unchanged));
        let facts: RowsByKind = (first..).zip(run.iter().map(|row| &row.fact)).collect();
        if run.first().is_some_and(|row| row.deleted) {
            writer.remove(facts).await?;
        } else {
            writer.upsert(facts).await?;
        }
    }
    Ok(writer.result)
}

/// Rows by type, each with its position among the rows of the transaction.
#[derive(Default)]
struct RowsByKind<'a> {
    users: Vec<(usize, &'a Profile)>,
    groups: Vec<(usize, &'a GroupFact)>,
    memberships: Vec<(usize, &'a Membership)>,
    relations: Vec<(usize, &'a Relation)>,
    edges: Vec<(usize, &'a Edge)>,
    settings: Vec<(usize, &'a SettingFact)>,
}

impl<'a> FromIterator<(usize, &'a Fact)> for RowsByKind<'a> {
    fn from_iter<T: IntoIterator<Item = (usize, &'a Fact)>>(rows: T) -> Self {
        let mut facts = Self::default();
        for (position, fact) in rows {
            match fact {
                Fact::User(user) => facts.users.push((position, user)),
                Fact::Group(group) => facts.groups.push((position, group)),
                Fact::Membership(membership) => facts.memberships.push((position, membership)),
                Fact::Relation(relation) => facts.relations.push((position, relation)),
                Fact::Edge(edge) => facts.edges.push((position, edge)),
                Fact::Setting(setting) => facts.settings.push((position, setting)),
            }
        }
        facts
    }
}

/// Writes the rows of a transaction.
struct RowWriter<'a> {
    write: &'a mut FactWrite,
    vocabulary: &'a Vocabulary,
    dry_run: Option<&'a DryRun>,
    result: ApplyResult,
}

impl RowWriter<'_> {
    /// Writes rows that create or update facts.
    async fn upsert(&mut self, facts: RowsByKind<'_>) -> Result<(), StoreError> {
        let mut known = KnownIds::default();
        self.upsert_users(&facts.users, &mut known).await?;
        self.upsert_groups(&facts.groups, &mut known).await?;
        self.resolve(&facts, &mut known.ids).await?;
        for (position, group) in &facts.groups {
            self.result.fact_keys.extend(known.group(usize::MAX, "id", &group.external_id).ok().map(FactKey::Group));
            if known.groups_created_at.get(&group.external_id) == Some(position)
                && let Some(id) = known.ids.groups.get(&group.external_id)
            {
                self.result.created.groups.insert(group.external_id.clone(), *id);
            }
        }

        let (positions, rows) = self.read_rows(&facts.memberships, |position, row| {
            Ok(MembershipFact { key: known.membership(position, row)?, from_ms: row.from_ms, until_ms: row.until_ms })
        });
        self.result.fact_keys.extend(rows.iter().map(|row| FactKey::Membership(row.key.clone())));
        let outcomes = self.write.memberships(&rows).await?;
        self.set_verdicts(&positions, outcomes);

        let (positions, rows) = self.read_rows(&facts.relations, |position, row| {
            Ok(RelationFact { key: known.relation(position, row)?, state: row.state })
        });
        self.result.fact_keys.extend(rows.iter().map(|row| FactKey::Relation(row.key.clone())));
        let outcomes = self.write.relations(&rows, |relation| is_mutual(self.vocabulary, relation)).await?;
        self.set_verdicts(&positions, outcomes);

        let (positions, rows) = self.read_rows(&facts.edges, |position, row| {
            Ok(EdgeFact { key: known.edge(position, row)?, effect: row.effect, delivers: row.delivers })
        });
        self.result.fact_keys.extend(rows.iter().map(|row| FactKey::Edge(row.key.clone())));
        let outcomes = self.write.edges(&rows).await?;
        self.set_verdicts(&positions, outcomes);

        let (positions, rows) = self.read_rows(&facts.settings, |_, row| Ok(row.clone()));
        let outcomes = self.write.settings(&rows).await?;
        self.set_verdicts(&positions, outcomes);
        Ok(())
    }

    async fn upsert_users(&mut self, rows: &[(usize, &Profile)], known: &mut KnownIds) -> Result<(), StoreError> {
        let (positions, profiles) = self.read_rows(rows, |_, profile| Ok(profile.clone()));
        for (position, (outcome, user)) in positions.into_iter().zip(self.write.users(&profiles).await?) {
            if outcome == Outcome::Created {
                known.users_created_at.insert(user.external_id.clone(), position);
                self.result.created.users.insert(user.external_id.clone(), user.id);
            } else if outcome == Outcome::Updated && user.status != UserStatus::Active {
                self.result.ended.push(user.id);
            }
            self.result.fact_keys.push(FactKey::User(user.id));
            known.ids.users.insert(user.external_id, user.id);
            self.set_verdicts(&[position], vec![outcome]);
        }
        Ok(())
    }

    async fn upsert_groups(&mut self, rows: &[(usize, &GroupFact)], known: &mut KnownIds) -> Result<(), StoreError> {
        // No rule would apply to a group without a kind. So only the row of an existing group may leave the kind out.
        let without_kind: Vec<&str> =
            rows.iter().filter(|(_, row)| row.kind.is_none()).map(|(_, row)| row.external_id.as_str()).collect();
        let mut known_groups =
            if without_kind.is_empty() { HashMap::new() } else { self.write.resolve_groups(&without_kind).await? };
        let dry_run = self.dry_run;
        known_groups.extend(dry_run.into_iter().flat_map(DryRun::groups));
        let (positions, groups) = self.read_rows(rows, |_, row| {
            if row.kind.is_some() {
                known_groups.entry(row.external_id.clone()).or_insert_with(GroupId::new);
            } else if !known_groups.contains_key(&row.external_id) {
                return Err(Fault::new(
                    "kind",
                    "`kind` is missing: a new group needs one of the kinds that the policy declares",
                ));
            }
            // A group that an earlier transaction of a dry run created was rolled back, so the database would not find it
            // as a parent.
            let created_parent =
                row.parent.as_ref().filter(|parent| dry_run.is_some_and(|dry_run| dry_run.group(parent).is_some()));
            Ok(GroupFact { parent: row.parent.clone().filter(|_| created_parent.is_none()), ..row.clone() })
        });
        let outcomes = self.write.groups(&groups).await?;
        for ((position, group), outcome) in positions.iter().zip(&groups).zip(&outcomes) {
            if *outcome == Outcome::Created {
                known.groups_created_at.insert(group.external_id.clone(), *position);
            }
        }
        self.set_verdicts(&positions, outcomes);
        Ok(())
    }

    /// Writes rows that delete facts.
    async fn remove(&mut self, facts: RowsByKind<'_>) -> Result<(), StoreError> {
        let mut known = KnownIds::default();
        self.resolve(&facts, &mut known.ids).await?;

        let (positions, keys) = known_keys(&facts.memberships, |position, row| known.membership(position, row));
        self.result.fact_keys.extend(keys.iter().cloned().map(FactKey::Membership));
        let outcomes = self.write.remove_memberships(&keys).await?;
        self.set_verdicts(&positions, outcomes);

        let (positions, keys) = known_keys(&facts.relations, |position, row| known.relation(position, row));
        self.result.fact_keys.extend(keys.iter().cloned().map(FactKey::Relation));
        let outcomes = self.write.remove_relations(&keys, |relation| is_mutual(self.vocabulary, relation)).await?;
        self.set_verdicts(&positions, outcomes);

        let (positions, keys) = known_keys(&facts.edges, |position, row| known.edge(position, row));
        self.result.fact_keys.extend(keys.iter().cloned().map(FactKey::Edge));
        let outcomes = self.write.remove_edges(&keys).await?;
        self.set_verdicts(&positions, outcomes);

        let (positions, settings) = known_keys(&facts.settings, |_, row| Ok(row.clone()));
        let outcomes = self.write.settings(&settings).await?;
        self.set_verdicts(&positions, outcomes);

        let (positions, users) =
            known_keys(&facts.users, |position, row| known.user(position, "id", &row.external_id).map(|_| as_removed(row)));
        for (position, (outcome, user)) in positions.into_iter().zip(self.write.users(&users).await?) {
            self.result.fact_keys.push(FactKey::User(user.id));
            if outcome != Outcome::Unchanged {
                self.result.ended.push(user.id);
                self.set_verdicts(&[position], vec![Outcome::Removed]);
            }
        }

        let (positions, groups) = known_keys(&facts.groups, |position, row| known.group(position, "id", &row.external_id));
        self.result.fact_keys.extend(groups.iter().copied().map(FactKey::Group));
        let outcomes = self.write.remove_groups(&groups).await?;
        self.set_verdicts(&positions, outcomes);
        Ok(())
    }

    /// Looks up the ids of the users and groups that the rows name, and adds them to `ids`.
    async fn resolve(&self, facts: &RowsByKind<'_>, ids: &mut Ids) -> Result<(), StoreError> {
        let relations = facts.relations.iter().flat_map(|(_, row)| [row.from.as_str(), row.to.as_str()]);
        let users = facts.memberships.iter().map(|(_, row)| row.user.as_str()).chain(relations);
        let users = users.chain(facts.users.iter().map(|(_, row)| row.external_id.as_str()));
        let users: Vec<&str> = users.filter(|id| !ids.users.contains_key(*id)).collect();
        let edges = facts.edges.iter().flat_map(|(_, row)| [row.from.as_str(), row.to.as_str()]);
        let groups = facts.memberships.iter().map(|(_, row)| row.group.as_str()).chain(edges);
        let groups: Vec<&str> = groups.chain(facts.groups.iter().map(|(_, row)| row.external_id.as_str())).collect();

        let created = |id: &&str| Some(((*id).to_owned(), self.dry_run?.user(id)?));
        ids.users.extend(users.iter().filter_map(created));
        let created = |id: &&str| Some(((*id).to_owned(), self.dry_run?.group(id)?));
        ids.groups.extend(groups.iter().filter_map(created));
        if !users.is_empty() {
            ids.users.extend(self.write.resolve_users(&users).await?);
        }
        if !groups.is_empty() {
            ids.groups.extend(self.write.resolve_groups(&groups).await?);
        }
        Ok(())
    }

    /// Converts rows with `read`. Returns the positions of the rows that `read` accepts, and the values to write. For a row
    /// that `read` refuses, this function sets the verdict.
    fn read_rows<R, T>(
        &mut self,
        rows: &[(usize, &R)],
        mut read: impl FnMut(usize, &R) -> Result<T, Fault>,
    ) -> (Vec<usize>, Vec<T>) {
        let (mut positions, mut values) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        for (position, row) in rows {
            match read(*position, row) {
                Ok(value) => {
                    positions.push(*position);
                    values.push(value);
                }
                Err(fault) => self.result.verdicts[*position] = Err(fault),
            }
        }
        (positions, values)
    }

    /// Sets the verdicts of the rows at these positions.
    fn set_verdicts(&mut self, positions: &[usize], outcomes: Vec<Outcome>) {
        for (position, outcome) in positions.iter().zip(outcomes) {
            self.result.verdicts[*position] = match outcome {
                // Only the parent of a group can be missing here; the other ids are resolved above.
                Outcome::Missing => Err(Fault::new(
                    "parent",
                    "there is no such group, or only in a later row: put the row of that group before this one",
                )),
                Outcome::Circular => Err(Fault::new(
                    "parent",
                    "the group would be its own ancestor, or have more than 64 ancestors: choose another parent",
                )),
                Outcome::Created => Ok(Verdict::Created),
                Outcome::Updated => Ok(Verdict::Updated),
                Outcome::Unchanged => Ok(Verdict::Unchanged),
                Outcome::Removed => Ok(Verdict::Removed),
            };
        }
    }
}

/// The positions of the rows that delete facts, and the keys of these facts. Rows that name unknown users or groups are left
/// out.
fn known_keys<R, T>(rows: &[(usize, &R)], read: impl Fn(usize, &R) -> Result<T, Fault>) -> (Vec<usize>, Vec<T>) {
    rows.iter().filter_map(|(position, row)| Some((*position, read(*position, row).ok()?))).unzip()
}

/// The change that removes a user.
fn as_removed(user: &Profile) -> Profile {
    Profile { external_id: user.external_id.clone(), status: Some(UserStatus::Removed), ..Profile::default() }
}
