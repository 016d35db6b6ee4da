//! Complete: a page of the directory, with the users and groups in reach of [`Action::Find`] that have the searched prefixes; and
//! the same search over all users or all groups, for the operators of a tenant.
//!
//! The page is computed in one of two ways, whichever is estimated to cost less. A walk of the name index from the prefix on
//! costs O(log w + e) for w words and the e index entries up to the end of the page. Gathering costs O(f log f) for the f users and groups
//! in reach. Both return the same page.

use std::ops::ControlFlow;

use super::reach::Reach;
use crate::{
    action::{Action, Resource},
    facts::{
        EntityKey, GroupIx, UserIx, World,
        bitset::Bitset,
        name_index::{Entity, words_of},
    },
    policy::Policy,
};

/// A search in the directory.
#[derive(Debug, Clone, Copy)]
pub struct DirectoryQuery<'a> {
    /// Prefixes, folded as the names are. A user or a group is found if each of them is the prefix of one of its words. An empty list
    /// finds all.
    pub words: &'a [String],
    /// The end of the page before; `None` for the first page.
    pub after: Option<&'a DirectoryCursor>,
    /// The largest number of hits.
    pub limit: usize,
}

/// The end of a page. It is valid on every node, and after any change of facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryCursor {
    /// The word by which the last hit was found.
    pub word: String,
    /// The key of the last hit.
    pub key: EntityKey,
}

/// A page of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryPage {
    /// In the order of the words by which they were found, then of their keys. Each user and each group appears once.
    pub hits: Vec<DirectoryHit>,
    /// The start of the next page; `None` on the last page.
    pub next: Option<DirectoryCursor>,
}

/// One entry of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryHit {
    /// The user or the group.
    pub entity: Entity,
    /// The allowed actions among [`Action::Start`] and [`Action::SeeProfile`] for a user, [`Action::AddressGroup`] for a group.
    pub can: Vec<Action>,
}

impl Policy {
    /// One page of the users and groups that the principal may find.
    #[must_use]
    pub fn complete(&self, world: &World, principal: UserIx, search: &DirectoryQuery<'_>) -> DirectoryPage {
        let found = DirectoryReach::new(self, world, principal);
        let places =
            if found.gathering_is_cheaper(world, search) { found.gather(world, search) } else { found.walk(world, search) };
        let more = places.len() > search.limit;
        let page = places.into_iter().take(search.limit);
        let mut last = None;
        let hits = page.map(|place| {
            let hit = DirectoryHit { entity: place.entity, can: self.can(world, principal, place.entity) };
            last = Some(DirectoryCursor { word: place.word, key: place.key });
            hit
        });
        DirectoryPage { hits: hits.collect(), next: last.filter(|_| more) }
    }

    fn can(&self, world: &World, principal: UserIx, entity: Entity) -> Vec<Action> {
        let (actions, resource): (&[Action], Resource) = match entity {
            Entity::User(user) => (&[Action::Start, Action::SeeProfile], Resource::User(user)),
            Entity::Group(group) => (&[Action::AddressGroup], Resource::Group(group)),
        };
        actions.iter().copied().filter(|action| self.decide(world, *action, principal, resource).is_allowed()).collect()
    }
}

/// The place of a user or a group in the order of a search: the first of its words with the prefix, then its key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DirectoryMatch {
    word: String,
    key: EntityKey,
    pub(crate) entity: Entity,
}

/// The users and groups that the principal may find, before any search.
pub(crate) struct DirectoryReach {
    users: Reach,
    groups: Bitset,
}

/// Cost of gathering one user, in index entries walked. Measured with 100,000 users.
const GATHER_COST: usize = 64;

impl DirectoryReach {
    pub(crate) fn new(policy: &Policy, world: &World, principal: UserIx) -> Self {
        let mut groups = Bitset::default();
        groups.extend(policy.group_reach(world, principal, Action::Find).into_iter().map(|group| group.0));
        Self { users: policy.reach(world, principal, Action::Find), groups }
    }

    fn has(&self, entity: Entity) -> bool {
        match entity {
            Entity::User(user) => self.users.contains(user),
            Entity::Group(GroupIx(number)) => self.groups.contains(number),
        }
    }

    /// Whether gathering costs less than walking the index. A walk is expected to pass `limit / found` of all entries, or the entries with
    /// the prefix if these are fewer.
    fn gathering_is_cheaper(&self, world: &World, search: &DirectoryQuery<'_>) -> bool {
        let found = self.users.len() + self.groups.len();
        let (entries, all) = (world.words().entries(prefix(search)), world.words().entries(""));
        let walked = all.saturating_mul(search.limit) / found.max(1);
        found.saturating_mul(GATHER_COST) < entries.min(walked)
    }

    /// One page and one more entry, by a walk of the index.
    pub(crate) fn walk(&self, world: &World, search: &DirectoryQuery<'_>) -> Vec<DirectoryMatch> {
        walk(world, search, |entity| self.has(entity))
    }

    /// The same page, from all users and groups in reach.
    pub(crate) fn gather(&self, world: &World, search: &DirectoryQuery<'_>) -> Vec<DirectoryMatch> {
        let users = self.users.iter().map(Entity::User);
        let groups = self.groups.iter().map(|number| Entity::Group(GroupIx(number)));
        let mut places: Vec<DirectoryMatch> =
            users.chain(groups).filter_map(|entity| DirectoryMatch::new(world, entity, search)).collect();
        places.sort_unstable();
        places.truncate(search.limit.saturating_add(1));
        places
    }
}

/// One page and one more entry of the users and groups that `is_listed` accepts, by a walk of the index.
fn walk(world: &World, search: &DirectoryQuery<'_>, is_listed: impl Fn(Entity) -> bool) -> Vec<DirectoryMatch> {
    let prefix = prefix(search);
    let from = search.after.map_or(prefix, |after| prefix.max(&after.word));
    let mut places: Vec<DirectoryMatch> = Vec::new();
    world.words().walk(
        from,
        |entity| world.key_of(entity),
        |word, entities| {
            if !word.starts_with(prefix) {
                return ControlFlow::Break(());
            }
            for entity in entities.iter().map(|packed| Entity::from(*packed)) {
                // An entity is listed at its first word with the prefix only.
                if is_listed(entity)
                    && first(world.words_of(entity), search) == Some(word)
                    && let Some(place) = DirectoryMatch::new(world, entity, search)
                {
                    places.push(place);
                }
                if places.len() > search.limit {
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        },
    );
    places
}

impl World {
    /// The users that match a search, whatever any rule says, removed users included: at most one more than the limit. Each
    /// comes with its place, after which the next page begins.
    #[must_use]
    pub fn search_users(&self, search: &DirectoryQuery<'_>) -> Vec<DirectoryCursor> {
        found(walk(self, search, |entity| matches!(entity, Entity::User(_))))
    }

    /// The groups that match a search, whatever any rule says, except removed groups: at most one more than the limit.
    #[must_use]
    pub fn search_groups(&self, search: &DirectoryQuery<'_>) -> Vec<DirectoryCursor> {
        found(walk(self, search, |entity| matches!(entity, Entity::Group(_))))
    }
}

fn found(places: Vec<DirectoryMatch>) -> Vec<DirectoryCursor> {
    places.into_iter().map(|place| DirectoryCursor { word: place.word, key: place.key }).collect()
}

impl DirectoryMatch {
    /// `None` if the entity does not match the search, or was on an earlier page.
    fn new(world: &World, entity: Entity, search: &DirectoryQuery<'_>) -> Option<Self> {
        let words = world.words_of(entity);
        let (word, key) = (first(words, search)?, world.key_of(entity));
        let passed = search.after.is_some_and(|after| (word, key) <= (&*after.word, after.key));
        let has_all = || search.words.iter().all(|start| words_of(words).any(|other| other.starts_with(&**start)));
        (!passed && has_all()).then(|| Self { word: word.to_owned(), key, entity })
    }
}

/// The longest prefix is the most selective: the index is searched for it, and the others are tested on the results.
fn prefix<'a>(search: &DirectoryQuery<'a>) -> &'a str {
    search.words.iter().map(String::as_str).max_by_key(|word| word.len()).unwrap_or_default()
}

/// The first of the words with the prefix of the search.
fn first<'a>(words: &'a str, search: &DirectoryQuery<'_>) -> Option<&'a str> {
    let prefix = prefix(search);
    words_of(words).find(|word| word.starts_with(prefix))
}
