//! `replace`: removes the facts of a scope that no row named, once all rows are written.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher as _, RandomState},
};

use causerie_policy::Vocabulary;
use causerie_protocol::{GroupId, TenantId, UserId};

use super::{
    apply::FactKey,
    options::Scope,
    row::{any, is_mutual},
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

/// Users or groups per query.
const PAGE: u32 = 2_000;

/// The facts that the rows have named so far.
pub(super) struct Replace {
    scope: Scope,
    /// Hashes of the named facts, by the group in which they are counted ([`Self::counted_in`]). A hash takes eight bytes,
    /// so two million memberships fit into memory; the chance that a collision keeps a fact by mistake is one in some
    /// millions.
    named: HashMap<Option<GroupId>, HashSet<u64>>,
    hasher: RandomState,
}

/// The facts to remove.
pub(super) struct Surplus {
    /// How many facts of the scope the rows named.
    pub named: u64,
    /// The facts, each with an id to print.
    pub to_remove: Vec<(String, FactToRemove)>,
}

impl Surplus {
    /// How many facts the scope holds. The same in a dry run, although the facts that it creates are not stored.
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

    /// The type of the rows that the scope is about.
    pub(super) fn type_name(&self) -> &'static str {
        match self.scope {
            Scope::Users => "user",
            Scope::Groups => "group",
            Scope::Memberships | Scope::MembershipsOf(_) => "membership",
            Scope::Edges => "edge",
            Scope::Relations(_) => "relation",
        }
    }

    /// Remembers the facts that rows named.
    pub(super) fn record(&mut self, named: Vec<FactKey>, words: &Vocabulary) {
        for mut one in named {
            if let FactKey::Relation(key) = &mut one {
                order_ids(key, words);
            }
            let counts = match (&self.scope, &one) {
                (Scope::Users, FactKey::User(_))
                | (Scope::Groups, FactKey::Group(_))
                | (Scope::Memberships | Scope::MembershipsOf(_), FactKey::Membership(_))
                | (Scope::Edges, FactKey::Edge(_)) => true,
                (Scope::Relations(name), FactKey::Relation(key)) => key.relation == *name,
                _ => false,
            };
            if counts {
                let (counted_in, hash) = (self.counted_in(&one), self.hasher.hash_one(&one));
                self.named.entry(counted_in).or_default().insert(hash);
            }
        }
    }

    /// The group of a membership, if the scope is the memberships of one group: rows may also name other groups.
    fn counted_in(&self, one: &FactKey) -> Option<GroupId> {
        match (&self.scope, one) {
            (Scope::MembershipsOf(_), FactKey::Membership(key)) => Some(key.group),
            _ => None,
        }
    }

    fn count(&self, counted_in: Option<GroupId>) -> u64 {
        self.named.get(&counted_in).map_or(0, |named| named.len() as u64)
    }

    /// The facts of the scope that no row named.
    pub(super) async fn surplus(&self, store: &Store, tenant: TenantId, words: &Vocabulary) -> Result<Surplus, StoreError> {
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
                    let id = format!("{}@{from} {}@{to}", any(&key.from_role), any(&key.to_role));
                    self.add_unless_named(&mut surplus, &FactKey::Edge(key.clone()), || (id, FactToRemove::Edge(key)));
                }
            }
            Scope::Relations(relation) => self.relations(&mut surplus, store, tenant, relation, words).await?,
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
            for held in stored::memberships_of_users(store.reader(), &ids).await? {
                let group = groups.get(&held.key.group).map_or("", String::as_str);
                self.sift_membership(surplus, held, &users, group);
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
        let held = stored::memberships_of_group(store.reader(), id).await?;
        let users: Vec<UserId> = held.iter().map(|held| held.key.user).collect();
        let users = crate::store::queries::users::find(store.reader(), tenant, &users).await?;
        let users = users.into_iter().map(|user| (user.id, user.external_id)).collect();
        held.into_iter().for_each(|held| self.sift_membership(surplus, held, &users, group));
        Ok(())
    }

    fn sift_membership(&self, surplus: &mut Surplus, held: MembershipFact, users: &HashMap<UserId, String>, group: &str) {
        let key = held.key;
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
        words: &Vocabulary,
    ) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let page = stored::users(store.reader(), tenant, &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.external_id);
            let ids: Vec<UserId> = page.iter().map(|user| UserId(user.id)).collect();
            let held = stored::relations_from(store.reader(), &ids).await?;
            for key in held.into_iter().map(|held| held.key).filter(|key| key.relation == relation) {
                let mut ordered = key.clone();
                order_ids(&mut ordered, words);
                self.add_unless_named(surplus, &FactKey::Relation(ordered), || {
                    let from = page.iter().find(|user| user.id == key.from.0).map_or("", |user| &user.external_id);
                    (format!("{from} {relation} {}", key.to), FactToRemove::Relation(key))
                });
            }
        }
    }

    fn add_unless_named(&self, surplus: &mut Surplus, named: &FactKey, to_remove: impl FnOnce() -> (String, FactToRemove)) {
        let hash = self.hasher.hash_one(named);
        if !self.named.get(&self.counted_in(named)).is_some_and(|known| known.contains(&hash)) {
            surplus.to_remove.push(to_remove());
        }
    }
}

/// Removes facts of one kind. Returns the outcome of each fact, and the users among them.
pub(super) async fn remove(
    write: &mut FactWrite,
    to_remove: &[(String, FactToRemove)],
    words: &Vocabulary,
) -> Result<(Vec<Outcome>, Vec<UserId>), StoreError> {
    let (mut users, mut groups, mut memberships, mut relations, mut edges) = (vec![], vec![], vec![], vec![], vec![]);
    for (_, one) in to_remove {
        match one {
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
    outcomes.extend(write.remove_relations(&relations, |relation| is_mutual(words, relation)).await?);
    outcomes.extend(write.remove_edges(&edges).await?);
    Ok((outcomes, ended))
}

/// The product's ids of all groups of a tenant.
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
fn order_ids(key: &mut RelationKey, words: &Vocabulary) {
    if key.to < key.from && is_mutual(words, &key.relation) {
        std::mem::swap(&mut key.from, &mut key.to);
    }
}
