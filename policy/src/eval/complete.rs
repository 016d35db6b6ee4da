//! Complete: a page of the directory, with the users and groups in reach of [`Action::Find`] that have the searched
//! prefixes. The module also has the same search over all users or all groups, for the operators of a tenant.
//!
//! The page is computed by a walk or by gathering; the function chooses the way with the smaller estimated cost. A walk
//! reads the name index from the prefix on and costs O(log w + e), for w words and the e index entries up to the end of the
//! page. Gathering tests all f users and groups in reach and costs O(f log f). Both return the same page.

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
    /// Prefixes, folded in the same way as the names. A user or a group is found if each prefix begins one of its words. An
    /// empty list finds all.
    pub words: &'a [String],
    /// The end of the previous page; `None` for the first page.
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
    /// The hits, sorted by the words by which they were found, then by their keys. Each user and each group appears once.
    pub hits: Vec<DirectoryHit>,
    /// The end of this page, for [`DirectoryQuery::after`]; `None` on the last page.
    pub next: Option<DirectoryCursor>,
}

/// One entry of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryHit {
    /// The user or the group.
    pub entity: Entity,
    /// The allowed actions among [`Action::Start`] and [`Action::SeeProfile`] for a user, [`Action::AddressGroup`] for a
    /// group.
    pub can: Vec<Action>,
}

impl Policy {
    /// One page of the users and groups that the principal may find.
    #[must_use]
    pub fn complete(&self, world: &World, principal: UserIx, search: &DirectoryQuery<'_>) -> DirectoryPage {
        let reach = DirectoryReach::new(self, world, principal);
        let matches =
            if reach.gathering_is_cheaper(world, search) { reach.gather(world, search) } else { reach.walk(world, search) };
        let has_more = matches.len() > search.limit;
        let page = matches.into_iter().take(search.limit);
        let mut last_cursor = None;
        let hits = page.map(|entry| {
            let hit = DirectoryHit { entity: entry.entity, can: self.directory_actions(world, principal, entry.entity) };
            last_cursor = Some(DirectoryCursor { word: entry.word, key: entry.key });
            hit
        });
        DirectoryPage { hits: hits.collect(), next: last_cursor.filter(|_| has_more) }
    }

    /// The actions that [`DirectoryHit::can`] lists.
    fn directory_actions(&self, world: &World, principal: UserIx, entity: Entity) -> Vec<Action> {
        let (actions, resource): (&[Action], Resource) = match entity {
            Entity::User(user) => (&[Action::Start, Action::SeeProfile], Resource::User(user)),
            Entity::Group(group) => (&[Action::AddressGroup], Resource::Group(group)),
        };
        actions.iter().copied().filter(|action| self.decide(world, *action, principal, resource).is_allowed()).collect()
    }
}

/// A user or a group that a search found. The order is the order of the hits: by `word`, the first of its words with the
/// prefix, then by key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DirectoryMatch {
    word: String,
    key: EntityKey,
    pub(crate) entity: Entity,
}

/// The users and groups that the principal may find.
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

    /// Whether gathering costs less than walking the index. A walk is expected to pass `limit / found` of all entries, or
    /// the entries with the prefix if these are fewer.
    fn gathering_is_cheaper(&self, world: &World, search: &DirectoryQuery<'_>) -> bool {
        let reached = self.users.len() + self.groups.len();
        let (entries, all) = (world.words().entries(longest_prefix(search)), world.words().entries(""));
        let walked = all.saturating_mul(search.limit) / reached.max(1);
        reached.saturating_mul(GATHER_COST) < entries.min(walked)
    }

    /// The entries of one page and one more entry, by a walk of the index.
    pub(crate) fn walk(&self, world: &World, search: &DirectoryQuery<'_>) -> Vec<DirectoryMatch> {
        walk(world, search, |entity| self.has(entity))
    }

    /// The same entries as [`Self::walk`], from all users and groups in reach.
    pub(crate) fn gather(&self, world: &World, search: &DirectoryQuery<'_>) -> Vec<DirectoryMatch> {
        let users = self.users.iter().map(Entity::User);
        let groups = self.groups.iter().map(|number| Entity::Group(GroupIx(number)));
        let mut matches: Vec<DirectoryMatch> =
            users.chain(groups).filter_map(|entity| DirectoryMatch::new(world, entity, search)).collect();
        matches.sort_unstable();
        matches.truncate(search.limit.saturating_add(1));
        matches
    }
}

/// The entries of one page and one more entry, of the users and groups that `is_listed` accepts, by a walk of the index.
fn walk(world: &World, search: &DirectoryQuery<'_>, is_listed: impl Fn(Entity) -> bool) -> Vec<DirectoryMatch> {
    let prefix = longest_prefix(search);
    let from = search.after.map_or(prefix, |after| prefix.max(&after.word));
    let mut matches: Vec<DirectoryMatch> = Vec::new();
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
                    && first_word(world.words_of(entity), search) == Some(word)
                    && let Some(entry) = DirectoryMatch::new(world, entity, search)
                {
                    matches.push(entry);
                }
                if matches.len() > search.limit {
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        },
    );
    matches
}

impl World {
    /// All users that match a search, without a decision by the rules. Removed users are included. Returns at most one entry
    /// more than the limit; each entry is a cursor after which the next page begins.
    #[must_use]
    pub fn search_users(&self, search: &DirectoryQuery<'_>) -> Vec<DirectoryCursor> {
        cursors(walk(self, search, |entity| matches!(entity, Entity::User(_))))
    }

    /// All groups that match a search, without a decision by the rules. Removed groups are not included. Returns at most one
    /// entry more than the limit; each entry is a cursor after which the next page begins.
    #[must_use]
    pub fn search_groups(&self, search: &DirectoryQuery<'_>) -> Vec<DirectoryCursor> {
        cursors(walk(self, search, |entity| matches!(entity, Entity::Group(_))))
    }
}

/// The cursor of each match.
fn cursors(matches: Vec<DirectoryMatch>) -> Vec<DirectoryCursor> {
    matches.into_iter().map(|entry| DirectoryCursor { word: entry.word, key: entry.key }).collect()
}

impl DirectoryMatch {
    /// `None` if the entity does not match the search, or was on an earlier page.
    fn new(world: &World, entity: Entity, search: &DirectoryQuery<'_>) -> Option<Self> {
        let words = world.words_of(entity);
        let (word, key) = (first_word(words, search)?, world.key_of(entity));
        let was_listed = search.after.is_some_and(|after| (word, key) <= (&*after.word, after.key));
        let has_all = || search.words.iter().all(|prefix| words_of(words).any(|word| word.starts_with(&**prefix)));
        (!was_listed && has_all()).then(|| Self { word: word.to_owned(), key, entity })
    }
}

/// The longest prefix of the search; empty if the search has no prefix. It is the most selective, so the index is searched
/// for this prefix, and the other prefixes are tested on the results.
fn longest_prefix<'a>(search: &DirectoryQuery<'a>) -> &'a str {
    search.words.iter().map(String::as_str).max_by_key(|word| word.len()).unwrap_or_default()
}

/// The first of the words with the longest prefix of the search.
fn first_word<'a>(words: &'a str, search: &DirectoryQuery<'_>) -> Option<&'a str> {
    let prefix = longest_prefix(search);
    words_of(words).find(|word| word.starts_with(prefix))
}
