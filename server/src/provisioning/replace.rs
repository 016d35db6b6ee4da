//! The option `replace`: after all rows are written, the facts of a scope that no row named are removed.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher as _, RandomState},
};

use causerie_policy::Vocabulary;
use causerie_protocol::{GroupId, TenantId, UserId};

use super::{
    apply::FactKey,
    options::Scope,
    row::{is_mutual, role_or_star},
};
use crate::{
    domain::{Numbered as _, UserStatus},
    store::{
        Store, StoreError,
        queries::{
            facts::{EdgeKey, FactWrite, MembershipFact, MembershipKey, Outcome, RelationKey, stored},
            users::Profile,
        },
    },
};

/// The number of users or groups per query.
const PAGE: u32 = 2_000;

/// The facts that the rows have named so far.
pub(super) struct Replace {
    scope: Scope,
    /// The hashes of the named facts, by the group with which they are counted ([`Self::counting_group`]). A hash takes
    /// eight bytes, so the hashes of two million memberships fit into memory. The probability that a collision keeps a fact
    /// by mistake is one in some millions.
    named: HashMap<Option<GroupId>, HashSet<u64>>,
    hasher: RandomState,
}

/// The facts of the scope that no row named.
pub(super) struct Surplus {
    /// The number of facts of the scope that the rows named.
    pub named: u64,
    /// The facts to remove, each with an id for the answer.
    pub to_remove: Vec<(String, FactToRemove)>,
}

impl Surplus {
    /// The number of facts in the scope. A dry run gets the same number as a real run, although it stores no facts.
    pub(super) fn total(&self) -> u64 {
        self.named + self.to_remove.len() as u64
    }
}

/// A fact to remove.
#[derive(Debug, Clone)]
pub(super) enum FactToRemove {
    User(String),
    Group(GroupId),
    Membership(MembershipKey),
    Relation(RelationKey),
    Edge(EdgeKey),
}

impl Replace {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope, named: HashMap::new(), hasher: RandomState::new() }
    }

    /// The type of the rows of the scope, for the answer.
    pub(super) fn type_name(&self) -> &'static str {
        match self.scope {
            Scope::Users => "user",
            Scope::Groups => "group",
            Scope::Memberships | Scope::MembershipsOf(_) => "membership",
            Scope::Edges => "edge",
            Scope::Relations(_) => "relation",
        }
    }

    /// Records the facts that rows named.
    pub(super) fn record(&mut self, named: Vec<FactKey>, vocabulary: &Vocabulary) {
        for mut fact in named {
            if let FactKey::Relation(key) = &mut fact {
                order_ids(key, vocabulary);
            }
            let is_in_scope = match (&self.scope, &fact) {
                (Scope::Users, FactKey::User(_))
                | (Scope::Groups, FactKey::Group(_))
                | (Scope::Memberships | Scope::MembershipsOf(_), FactKey::Membership(_))
                | (Scope::Edges, FactKey::Edge(_)) => true,
                (Scope::Relations(name), FactKey::Relation(key)) => key.relation == *name,
                _ => false,
            };
            if is_in_scope {
                let (group, hash) = (self.counting_group(&fact), self.hasher.hash_one(&fact));
                self.named.entry(group).or_default().insert(hash);
            }
        }
    }

    /// The group with which a fact is counted. If the scope is the memberships of one group, this is the group of the
    /// membership, because rows may also name memberships of other groups. In all other cases `None`.
    fn counting_group(&self, fact: &FactKey) -> Option<GroupId> {
        match (&self.scope, fact) {
            (Scope::MembershipsOf(_), FactKey::Membership(key)) => Some(key.group),
            _ => None,
        }
    }

    /// The number of named facts that are counted with this group.
    fn count(&self, group: Option<GroupId>) -> u64 {
        self.named.get(&group).map_or(0, |named| named.len() as u64)
    }

    /// Reads the facts of the scope, and returns the facts that no row named.
    pub(super) async fn surplus(
        &self,
        store: &Store,
        tenant: TenantId,
        vocabulary: &Vocabulary,
    ) -> Result<Surplus, StoreError> {
        let mut surplus = Surplus { named: self.count(None), to_remove: Vec::new() };
        match &self.scope {
            Scope::Users => self.users(&mut surplus, store, tenant).await?,
            Scope::Groups => {
                for (group, id) in groups(store, tenant).await? {
                    self.add_unless_named(&mut surplus, &FactKey::Group(group), || (id, FactToRemove::Group(group)));
                }
            }
            Scope::Memberships => self.memberships(&mut surplus, store, tenant).await?,
            Scope::MembershipsOf(group) => self.memberships_of(&mut surplus, store, tenant, group).await?,
            Scope::Edges => {
                let groups = groups(store, tenant).await?;
                let name = |group: &GroupId| groups.get(group).map_or("", String::as_str);
                for key in stored::edges(store.reader(), tenant).await?.into_iter().map(|edge| edge.key) {
                    let (from, to) = (name(&key.from_group), name(&key.to_group));
                    let id = format!("{}@{from} {}@{to}", role_or_star(&key.from_role), role_or_star(&key.to_role));
                    self.add_unless_named(&mut surplus, &FactKey::Edge(key.clone()), || (id, FactToRemove::Edge(key)));
                }
            }
            Scope::Relations(relation) => self.relations(&mut surplus, store, tenant, relation, vocabulary).await?,
        }
        Ok(surplus)
    }

    async fn users(&self, surplus: &mut Surplus, store: &Store, tenant: TenantId) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let page = stored::users(store.reader(), tenant, &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.external_id);
            for user in page.into_iter().filter(|user| user.status != UserStatus::Removed.number()) {
                let id = user.external_id;
                self.add_unless_named(surplus, &FactKey::User(UserId(user.id)), || (id.clone(), FactToRemove::User(id)));
            }
        }
    }

    async fn memberships(&self, surplus: &mut Surplus, store: &Store, tenant: TenantId) -> Result<(), StoreError> {
        let groups = groups(store, tenant).await?;
        let mut after = String::new();
        loop {
            let page = stored::users(store.reader(), tenant, &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.external_id);
            let users: HashMap<UserId, String> = page.into_iter().map(|user| (UserId(user.id), user.external_id)).collect();
            let ids: Vec<UserId> = users.keys().copied().collect();
            for membership in stored::memberships_of_users(store.reader(), &ids).await? {
                let group = groups.get(&membership.key.group).map_or("", String::as_str);
                self.add_membership_unless_named(surplus, membership, &users, group);
            }
        }
    }

    async fn memberships_of(
        &self,
        surplus: &mut Surplus,
        store: &Store,
        tenant: TenantId,
        group: &str,
    ) -> Result<(), StoreError> {
        let Some(id) = groups(store, tenant).await?.into_iter().find(|(_, id)| id == group).map(|(key, _)| key) else {
            return Ok(());
        };
        surplus.named = self.count(Some(id));
        let memberships = stored::memberships_of_group(store.reader(), id).await?;
        let users: Vec<UserId> = memberships.iter().map(|membership| membership.key.user).collect();
        let users = crate::store::queries::users::find(store.reader(), tenant, &users).await?;
        let users = users.into_iter().map(|user| (user.id, user.external_id)).collect();
        for membership in memberships {
            self.add_membership_unless_named(surplus, membership, &users, group);
        }
        Ok(())
    }

    fn add_membership_unless_named(
        &self,
        surplus: &mut Surplus,
        membership: MembershipFact,
        users: &HashMap<UserId, String>,
        group: &str,
    ) {
        let key = membership.key;
        self.add_unless_named(surplus, &FactKey::Membership(key.clone()), || {
            let user = users.get(&key.user).map_or("", String::as_str);
            (format!("{user} {}@{group}", key.role), FactToRemove::Membership(key))
        });
    }

    async fn relations(
        &self,
        surplus: &mut Surplus,
        store: &Store,
        tenant: TenantId,
        relation: &str,
        vocabulary: &Vocabulary,
    ) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let page = stored::users(store.reader(), tenant, &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.external_id);
            let ids: Vec<UserId> = page.iter().map(|user| UserId(user.id)).collect();
            let relations = stored::relations_from(store.reader(), &ids).await?;
            for key in relations.into_iter().map(|relation| relation.key).filter(|key| key.relation == relation) {
                let mut ordered = key.clone();
                order_ids(&mut ordered, vocabulary);
                self.add_unless_named(surplus, &FactKey::Relation(ordered), || {
                    let from = page.iter().find(|user| user.id == key.from.0).map_or("", |user| &user.external_id);
                    (format!("{from} {relation} {}", key.to), FactToRemove::Relation(key))
                });
            }
        }
    }

    /// Adds a fact to the surplus, unless a row named it.
    fn add_unless_named(&self, surplus: &mut Surplus, fact: &FactKey, to_remove: impl FnOnce() -> (String, FactToRemove)) {
        let hash = self.hasher.hash_one(fact);
        if !self.named.get(&self.counting_group(fact)).is_some_and(|known| known.contains(&hash)) {
            surplus.to_remove.push(to_remove());
        }
    }
}

/// Removes facts, which must all have the same type. Returns the outcome for each fact, and the users among the facts.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses a statement.
pub(super) async fn remove(
    write: &mut FactWrite,
    to_remove: &[(String, FactToRemove)],
    vocabulary: &Vocabulary,
) -> Result<(Vec<Outcome>, Vec<UserId>), StoreError> {
    let (mut users, mut groups, mut memberships, mut relations, mut edges) = (vec![], vec![], vec![], vec![], vec![]);
    for (_, fact) in to_remove {
        match fact {
            FactToRemove::User(id) => {
                users.push(Profile { external_id: id.clone(), status: Some(UserStatus::Removed), ..Profile::default() })
            }
            FactToRemove::Group(group) => groups.push(*group),
            FactToRemove::Membership(key) => memberships.push(key.clone()),
            FactToRemove::Relation(key) => relations.push(key.clone()),
            FactToRemove::Edge(key) => edges.push(key.clone()),
        }
    }
    let users = write.users(&users).await?;
    let ended = users.iter().map(|(_, user)| user.id).collect();
    let mut outcomes: Vec<Outcome> = users
        .iter()
        .map(|(outcome, _)| if *outcome == Outcome::Unchanged { Outcome::Unchanged } else { Outcome::Removed })
        .collect();
    outcomes.extend(write.remove_groups(&groups).await?);
    outcomes.extend(write.remove_memberships(&memberships).await?);
    outcomes.extend(write.remove_relations(&relations, |relation| is_mutual(vocabulary, relation)).await?);
    outcomes.extend(write.remove_edges(&edges).await?);
    Ok((outcomes, ended))
}

/// The external ids of all groups of a tenant.
async fn groups(store: &Store, tenant: TenantId) -> Result<HashMap<GroupId, String>, StoreError> {
    let mut groups = HashMap::new();
    let mut after = String::new();
    loop {
        let page = stored::groups(store.reader(), tenant, &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(groups) };
        after.clone_from(&last.external_id);
        groups.extend(page.into_iter().map(|group| (group.id, group.external_id)));
    }
}

/// Puts the lower id of a mutual relation first, so that both directions have the same key.
fn order_ids(key: &mut RelationKey, vocabulary: &Vocabulary) {
    if key.to < key.from && is_mutual(vocabulary, &key.relation) {
        std::mem::swap(&mut key.from, &mut key.to);
    }
}
