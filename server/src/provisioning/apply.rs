//! Writes rows in one transaction, kind by kind, with the same result as one row after the other.
//!
//! One statement serves all rows of a kind, so the rows are not written in their order. Two rules preserve what depends on
//! the order: a row that names a user or group of a later row is refused, and runs of rows that delete are written apart
//! from runs of rows that create or update.

use std::collections::HashMap;

use causerie_policy::Vocabulary;
use causerie_protocol::{GroupId, UserId};

use super::{
    dry::Dry,
    fields::Fault,
    report::Result as Verdict,
    row::{Edge, Fact, Membership, Relation, Row, is_mutual},
};
use crate::{
    domain::UserStatus,
    plain::shortened,
    store::{
        StoreError,
        queries::{
            facts::{
                EdgeFact, EdgeKey, FactWrite, GroupFact, MembershipFact, MembershipKey, Outcome, RelationFact, RelationKey,
                SettingFact,
            },
            people::Profile,
        },
    },
};

/// The outcome of the rows of a transaction.
pub(super) struct Done {
    /// One verdict for each row, in the order of the rows.
    pub verdicts: Vec<Result<Verdict, Fault>>,
    /// Users who were changed and are not active: their sessions must end.
    pub ended: Vec<UserId>,
    /// The facts that the rows name.
    pub named: Vec<Named>,
    /// Users and groups that the transaction created.
    pub made: Ids,
}

/// The fact that a row names, by the server's ids.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Named {
    User(UserId),
    Group(GroupId),
    Membership(MembershipKey),
    Relation(RelationKey),
    Edge(EdgeKey),
}

/// The server's ids of users and groups, by the product's ids.
#[derive(Debug, Default)]
pub(super) struct Ids {
    pub users: HashMap<String, UserId>,
    pub groups: HashMap<String, GroupId>,
}

/// Writes rows. In a dry run, `dry` holds the users and groups that its earlier transactions created.
pub(super) async fn apply(
    write: &mut FactWrite,
    words: &Vocabulary,
    rows: &[&Row],
    dry: Option<&Dry>,
) -> Result<Done, StoreError> {
    let nothing = Done { verdicts: Vec::new(), ended: Vec::new(), named: Vec::new(), made: Ids::default() };
    let mut applying = Applying { write, words, dry, done: nothing };
    for run in rows.chunk_by(|one, next| one.deleted == next.deleted) {
        let from = applying.done.verdicts.len();
        // Rows that no step below sets stay `Unchanged`: deletions of something that does not exist.
        applying.done.verdicts.resize(from + run.len(), Ok(Verdict::Unchanged));
        let facts: RowsByKind = (from..).zip(run.iter().map(|row| &row.fact)).collect();
        if run.first().is_some_and(|row| row.deleted) {
            applying.remove(facts).await?;
        } else {
            applying.enter(facts).await?;
        }
    }
    Ok(applying.done)
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

/// The ids that rows refer to, and the row that created each of them, if a row of this run did.
#[derive(Default)]
struct Known {
    ids: Ids,
    users_made_at: HashMap<String, usize>,
    groups_made_at: HashMap<String, usize>,
}

impl Known {
    fn user(&self, at: usize, field: &str, id: &str) -> Result<UserId, Fault> {
        let known = self.ids.users.get(id).copied();
        // An id that a row created is known only to later rows.
        let known = known.filter(|_| self.users_made_at.get(id).is_none_or(|made| *made < at));
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

    fn group(&self, at: usize, field: &str, id: &str) -> Result<GroupId, Fault> {
        let known = self.ids.groups.get(id).copied();
        let known = known.filter(|_| self.groups_made_at.get(id).is_none_or(|made| *made < at));
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

    fn membership(&self, at: usize, row: &Membership) -> Result<MembershipKey, Fault> {
        let (user, group) = (self.user(at, "user", &row.user)?, self.group(at, "group", &row.group)?);
        Ok(MembershipKey { user, group, role: row.role.clone() })
    }

    fn relation(&self, at: usize, row: &Relation) -> Result<RelationKey, Fault> {
        let (from, to) = (self.user(at, "from", &row.from)?, self.user(at, "to", &row.to)?);
        Ok(RelationKey { from, relation: row.relation.clone(), to })
    }

    fn edge(&self, at: usize, row: &Edge) -> Result<EdgeKey, Fault> {
        let (from_group, to_group) = (self.group(at, "from", &row.from)?, self.group(at, "to", &row.to)?);
        Ok(EdgeKey { from_group, from_role: row.from_role.clone(), to_group, to_role: row.to_role.clone() })
    }
}

struct Applying<'a> {
    write: &'a mut FactWrite,
    words: &'a Vocabulary,
    dry: Option<&'a Dry>,
    done: Done,
}

impl Applying<'_> {
    async fn enter(&mut self, facts: RowsByKind<'_>) -> Result<(), StoreError> {
        let mut known = Known::default();
        self.enter_users(&facts.users, &mut known).await?;
        self.enter_groups(&facts.groups, &mut known).await?;
        self.resolve(&facts, &mut known.ids).await?;
        for (at, group) in &facts.groups {
            self.done.named.extend(known.group(usize::MAX, "id", &group.external_id).ok().map(Named::Group));
            if known.groups_made_at.get(&group.external_id) == Some(at)
                && let Some(id) = known.ids.groups.get(&group.external_id)
            {
                self.done.made.groups.insert(group.external_id.clone(), *id);
            }
        }

        let (at, rows) = self.sort(&facts.memberships, |at, row| {
            Ok(MembershipFact { key: known.membership(at, row)?, from_ms: row.from_ms, until_ms: row.until_ms })
        });
        self.done.named.extend(rows.iter().map(|row| Named::Membership(row.key.clone())));
        let outcomes = self.write.memberships(&rows).await?;
        self.tell(&at, outcomes);

        let (at, rows) =
            self.sort(&facts.relations, |at, row| Ok(RelationFact { key: known.relation(at, row)?, state: row.state }));
        self.done.named.extend(rows.iter().map(|row| Named::Relation(row.key.clone())));
        let outcomes = self.write.relations(&rows, |relation| is_mutual(self.words, relation)).await?;
        self.tell(&at, outcomes);

        let (at, rows) = self.sort(&facts.edges, |at, row| {
            Ok(EdgeFact { key: known.edge(at, row)?, effect: row.effect, delivers: row.delivers })
        });
        self.done.named.extend(rows.iter().map(|row| Named::Edge(row.key.clone())));
        let outcomes = self.write.edges(&rows).await?;
        self.tell(&at, outcomes);

        let (at, rows) = self.sort(&facts.settings, |_, row| Ok(row.clone()));
        let outcomes = self.write.settings(&rows).await?;
        self.tell(&at, outcomes);
        Ok(())
    }

    async fn enter_users(&mut self, rows: &[(usize, &Profile)], known: &mut Known) -> Result<(), StoreError> {
        let (at, profiles) = self.sort(rows, |_, profile| Ok(profile.clone()));
        for (at, (outcome, user)) in at.into_iter().zip(self.write.users(&profiles).await?) {
            if outcome == Outcome::Created {
                known.users_made_at.insert(user.external_id.clone(), at);
                self.done.made.users.insert(user.external_id.clone(), user.id);
            } else if outcome == Outcome::Updated && user.status != UserStatus::Active {
                self.done.ended.push(user.id);
            }
            self.done.named.push(Named::User(user.id));
            known.ids.users.insert(user.external_id, user.id);
            self.tell(&[at], vec![outcome]);
        }
        Ok(())
    }

    async fn enter_groups(&mut self, rows: &[(usize, &GroupFact)], known: &mut Known) -> Result<(), StoreError> {
        // A group without a kind would concern no rule, so only a group that has a kind already may leave it out.
        let without: Vec<&str> =
            rows.iter().filter(|(_, row)| row.kind.is_none()).map(|(_, row)| row.external_id.as_str()).collect();
        let mut with = if without.is_empty() { HashMap::new() } else { self.write.resolve_groups(&without).await? };
        let dry = self.dry;
        with.extend(dry.into_iter().flat_map(Dry::groups));
        let (at, groups) = self.sort(rows, |_, row| {
            if row.kind.is_some() {
                with.entry(row.external_id.clone()).or_insert_with(GroupId::new);
            } else if !with.contains_key(&row.external_id) {
                return Err(Fault::new(
                    "kind",
                    "`kind` is missing: a new group needs one of the kinds that the policy declares",
                ));
            }
            // A group that an earlier transaction of a dry run created was rolled back, so the database would not find it as
            // a parent.
            let made = row.parent.as_ref().filter(|parent| dry.is_some_and(|dry| dry.group(parent).is_some()));
            Ok(GroupFact { parent: row.parent.clone().filter(|_| made.is_none()), ..row.clone() })
        });
        let outcomes = self.write.groups(&groups).await?;
        for ((at, group), outcome) in at.iter().zip(&groups).zip(&outcomes) {
            if *outcome == Outcome::Created {
                known.groups_made_at.insert(group.external_id.clone(), *at);
            }
        }
        self.tell(&at, outcomes);
        Ok(())
    }

    async fn remove(&mut self, facts: RowsByKind<'_>) -> Result<(), StoreError> {
        let mut known = Known::default();
        self.resolve(&facts, &mut known.ids).await?;

        let (at, keys) = present(&facts.memberships, |at, row| known.membership(at, row));
        self.done.named.extend(keys.iter().cloned().map(Named::Membership));
        let outcomes = self.write.remove_memberships(&keys).await?;
        self.tell(&at, outcomes);

        let (at, keys) = present(&facts.relations, |at, row| known.relation(at, row));
        self.done.named.extend(keys.iter().cloned().map(Named::Relation));
        let outcomes = self.write.remove_relations(&keys, |relation| is_mutual(self.words, relation)).await?;
        self.tell(&at, outcomes);

        let (at, keys) = present(&facts.edges, |at, row| known.edge(at, row));
        self.done.named.extend(keys.iter().cloned().map(Named::Edge));
        let outcomes = self.write.remove_edges(&keys).await?;
        self.tell(&at, outcomes);

        let (at, settings) = present(&facts.settings, |_, row| Ok(row.clone()));
        let outcomes = self.write.settings(&settings).await?;
        self.tell(&at, outcomes);

        let (at, users) = present(&facts.users, |at, row| known.user(at, "id", &row.external_id).map(|_| removed(row)));
        for (at, (outcome, user)) in at.into_iter().zip(self.write.users(&users).await?) {
            self.done.named.push(Named::User(user.id));
            if outcome != Outcome::Unchanged {
                self.done.ended.push(user.id);
                self.tell(&[at], vec![Outcome::Removed]);
            }
        }

        let (at, groups) = present(&facts.groups, |at, row| known.group(at, "id", &row.external_id));
        self.done.named.extend(groups.iter().copied().map(Named::Group));
        let outcomes = self.write.remove_groups(&groups).await?;
        self.tell(&at, outcomes);
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

        let made = |id: &&str| Some(((*id).to_owned(), self.dry?.user(id)?));
        ids.users.extend(users.iter().filter_map(made));
        let made = |id: &&str| Some(((*id).to_owned(), self.dry?.group(id)?));
        ids.groups.extend(groups.iter().filter_map(made));
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
    fn sort<R, T>(
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
                Err(fault) => self.done.verdicts[*at] = Err(fault),
            }
        }
        good
    }

    fn tell(&mut self, at: &[usize], outcomes: Vec<Outcome>) {
        for (at, outcome) in at.iter().zip(outcomes) {
            self.done.verdicts[*at] = match outcome {
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
fn present<R, T>(rows: &[(usize, &R)], read: impl Fn(usize, &R) -> Result<T, Fault>) -> (Vec<usize>, Vec<T>) {
    rows.iter().filter_map(|(at, row)| Some((*at, read(*at, row).ok()?))).unzip()
}

fn removed(user: &Profile) -> Profile {
    Profile { external_id: user.external_id.clone(), status: Some(UserStatus::Removed), ..Profile::default() }
}
