//! Writes rows in one transaction, kind by kind, with the same result as writing one row after the other.
//!
//! One statement serves all rows of a kind, so the rows are not written in their order. Two rules keep the effects of
//! the order: a row that names a user or group of a later row is refused, and runs of rows that delete are written apart
//! from runs of rows that create or update.

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
    /// Users who were changed and are not active: their sessions must end.
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

/// Writes rows. In a dry_run run, `dry_run` holds the users and groups that its earlier transactions created.
pub(super) async fn apply(
    write: &mut FactWrite,
    words: &Vocabulary,
    rows: &[&Row],
    dry_run: Option<&DryRun>,
) -> Result<ApplyResult, StoreError> {
    let empty = ApplyResult { verdicts: Vec::new(), ended: Vec::new(), fact_keys: Vec::new(), created: Ids::default() };
    let mut writer = RowWriter { write, words, dry_run, result: empty };
    for run in rows.chunk_by(|one, next| one.deleted == next.deleted) {
        let from = writer.result.verdicts.len();
        // Rows that no step below sets stay `Unchanged`: deletions of something that does not exist.
        writer.result.verdicts.resize(from + run.len(), Ok(Verdict::Unchanged));
        let facts: RowsByKind = (from..).zip(run.iter().map(|row| &row.fact)).collect();
        if run.first().is_some_and(|row| row.deleted) {
            writer.remove(facts).await?;
        } else {
            writer.upsert(facts).await?;
        }
    }
    Ok(writer.result)
}

/// Rows by kind, each with its place among the rows of the transaction.
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
        for (at, fact) in rows {
            match fact {
                Fact::User(one) => facts.users.push((at, one)),
                Fact::Group(one) => facts.groups.push((at, one)),
                Fact::Membership(one) => facts.memberships.push((at, one)),
                Fact::Relation(one) => facts.relations.push((at, one)),
                Fact::Edge(one) => facts.edges.push((at, one)),
                Fact::Setting(one) => facts.settings.push((at, one)),
            }
        }
        facts
    }
}

struct RowWriter<'a> {
    write: &'a mut FactWrite,
    words: &'a Vocabulary,
    dry_run: Option<&'a DryRun>,
    result: ApplyResult,
}

impl RowWriter<'_> {
    async fn upsert(&mut self, facts: RowsByKind<'_>) -> Result<(), StoreError> {
        let mut known = KnownIds::default();
        self.upsert_users(&facts.users, &mut known).await?;
        self.upsert_groups(&facts.groups, &mut known).await?;
        self.resolve(&facts, &mut known.ids).await?;
        for (at, group) in &facts.groups {
            self.result.fact_keys.extend(known.group(usize::MAX, "id", &group.external_id).ok().map(FactKey::Group));
            if known.groups_created_at.get(&group.external_id) == Some(at)
                && let Some(id) = known.ids.groups.get(&group.external_id)
            {
                self.result.created.groups.insert(group.external_id.clone(), *id);
            }
        }

        let (at, rows) = self.read_rows(&facts.memberships, |at, row| {
            Ok(MembershipFact { key: known.membership(at, row)?, from_ms: row.from_ms, until_ms: row.until_ms })
        });
        self.result.fact_keys.extend(rows.iter().map(|row| FactKey::Membership(row.key.clone())));
        let outcomes = self.write.memberships(&rows).await?;
        self.set_verdicts(&at, outcomes);

        let (at, rows) =
            self.read_rows(&facts.relations, |at, row| Ok(RelationFact { key: known.relation(at, row)?, state: row.state }));
        self.result.fact_keys.extend(rows.iter().map(|row| FactKey::Relation(row.key.clone())));
        let outcomes = self.write.relations(&rows, |relation| is_mutual(self.words, relation)).await?;
        self.set_verdicts(&at, outcomes);

        let (at, rows) = self.read_rows(&facts.edges, |at, row| {
            Ok(EdgeFact { key: known.edge(at, row)?, effect: row.effect, delivers: row.delivers })
        });
        self.result.fact_keys.extend(rows.iter().map(|row| FactKey::Edge(row.key.clone())));
        let outcomes = self.write.edges(&rows).await?;
        self.set_verdicts(&at, outcomes);

        let (at, rows) = self.read_rows(&facts.settings, |_, row| Ok(row.clone()));
        let outcomes = self.write.settings(&rows).await?;
        self.set_verdicts(&at, outcomes);
        Ok(())
    }

    async fn upsert_users(&mut self, rows: &[(usize, &Profile)], known: &mut KnownIds) -> Result<(), StoreError> {
        let (at, profiles) = self.read_rows(rows, |_, profile| Ok(profile.clone()));
        for (at, (outcome, user)) in at.into_iter().zip(self.write.users(&profiles).await?) {
            if outcome == Outcome::Created {
                known.users_created_at.insert(user.external_id.clone(), at);
                self.result.created.users.insert(user.external_id.clone(), user.id);
            } else if outcome == Outcome::Updated && user.status != UserStatus::Active {
                self.result.ended.push(user.id);
            }
            self.result.fact_keys.push(FactKey::User(user.id));
            known.ids.users.insert(user.external_id, user.id);
            self.set_verdicts(&[at], vec![outcome]);
        }
        Ok(())
    }

    async fn upsert_groups(&mut self, rows: &[(usize, &GroupFact)], known: &mut KnownIds) -> Result<(), StoreError> {
        // A group without a kind would concern no rule, so only a group that has a kind already may leave it out.
        let without: Vec<&str> =
            rows.iter().filter(|(_, row)| row.kind.is_none()).map(|(_, row)| row.external_id.as_str()).collect();
        let mut with = if without.is_empty() { HashMap::new() } else { self.write.resolve_groups(&without).await? };
        let dry_run = self.dry_run;
        with.extend(dry_run.into_iter().flat_map(DryRun::groups));
        let (at, groups) = self.read_rows(rows, |_, row| {
            if row.kind.is_some() {
                with.entry(row.external_id.clone()).or_insert_with(GroupId::new);
            } else if !with.contains_key(&row.external_id) {
                return Err(Fault::new(
                    "kind",
                    "`kind` is missing: a new group needs one of the kinds that the policy declares",
                ));
            }
            // A group that an earlier transaction of a dry_run run created was rolled back, so the database would not find
            // it as a parent.
            let created =
                row.parent.as_ref().filter(|parent| dry_run.is_some_and(|dry_run| dry_run.group(parent).is_some()));
            Ok(GroupFact { parent: row.parent.clone().filter(|_| created.is_none()), ..row.clone() })
        });
        let outcomes = self.write.groups(&groups).await?;
        for ((at, group), outcome) in at.iter().zip(&groups).zip(&outcomes) {
            if *outcome == Outcome::Created {
                known.groups_created_at.insert(group.external_id.clone(), *at);
            }
        }
        self.set_verdicts(&at, outcomes);
        Ok(())
    }

    async fn remove(&mut self, facts: RowsByKind<'_>) -> Result<(), StoreError> {
        let mut known = KnownIds::default();
        self.resolve(&facts, &mut known.ids).await?;

        let (at, keys) = known_keys(&facts.memberships, |at, row| known.membership(at, row));
        self.result.fact_keys.extend(keys.iter().cloned().map(FactKey::Membership));
        let outcomes = self.write.remove_memberships(&keys).await?;
        self.set_verdicts(&at, outcomes);

        let (at, keys) = known_keys(&facts.relations, |at, row| known.relation(at, row));
        self.result.fact_keys.extend(keys.iter().cloned().map(FactKey::Relation));
        let outcomes = self.write.remove_relations(&keys, |relation| is_mutual(self.words, relation)).await?;
        self.set_verdicts(&at, outcomes);

        let (at, keys) = known_keys(&facts.edges, |at, row| known.edge(at, row));
        self.result.fact_keys.extend(keys.iter().cloned().map(FactKey::Edge));
        let outcomes = self.write.remove_edges(&keys).await?;
        self.set_verdicts(&at, outcomes);

        let (at, settings) = known_keys(&facts.settings, |_, row| Ok(row.clone()));
        let outcomes = self.write.settings(&settings).await?;
        self.set_verdicts(&at, outcomes);

        let (at, users) =
            known_keys(&facts.users, |at, row| known.user(at, "id", &row.external_id).map(|_| as_removed(row)));
        for (at, (outcome, user)) in at.into_iter().zip(self.write.users(&users).await?) {
            self.result.fact_keys.push(FactKey::User(user.id));
            if outcome != Outcome::Unchanged {
                self.result.ended.push(user.id);
                self.set_verdicts(&[at], vec![Outcome::Removed]);
            }
        }

        let (at, groups) = known_keys(&facts.groups, |at, row| known.group(at, "id", &row.external_id));
        self.result.fact_keys.extend(groups.iter().copied().map(FactKey::Group));
        let outcomes = self.write.remove_groups(&groups).await?;
        self.set_verdicts(&at, outcomes);
        Ok(())
    }

    /// Finds the ids of the users and groups that the rows name.
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

    /// Reads rows. Returns the values to write with the places of their rows; a row that `read` refuses gets its verdict
    /// here.
    fn read_rows<R, T>(
        &mut self,
        rows: &[(usize, &R)],
        mut read: impl FnMut(usize, &R) -> Result<T, Fault>,
    ) -> (Vec<usize>, Vec<T>) {
        let mut good = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        for (at, row) in rows {
            match read(*at, row) {
                Ok(read) => {
                    good.0.push(*at);
                    good.1.push(read);
                }
                Err(fault) => self.result.verdicts[*at] = Err(fault),
            }
        }
        good
    }

    fn set_verdicts(&mut self, at: &[usize], outcomes: Vec<Outcome>) {
        for (at, outcome) in at.iter().zip(outcomes) {
            self.result.verdicts[*at] = match outcome {
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

/// The keys of the facts to delete, with the places of their rows. Rows that name unknown users or groups are left out.
fn known_keys<R, T>(rows: &[(usize, &R)], read: impl Fn(usize, &R) -> Result<T, Fault>) -> (Vec<usize>, Vec<T>) {
    rows.iter().filter_map(|(at, row)| Some((*at, read(*at, row).ok()?))).unzip()
}

fn as_removed(user: &Profile) -> Profile {
    Profile { external_id: user.external_id.clone(), status: Some(UserStatus::Removed), ..Profile::default() }
}
