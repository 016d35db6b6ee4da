//! The directory: people and groups by the beginnings of their words.

use std::ops::ControlFlow;

use super::reach::Reach;
use crate::{
    action::{About, Action},
    facts::{
        GroupIx, Key, UserIx, World,
        bits::Bits,
        words::{Entity, words_of},
    },
    policy::Policy,
};

/// A person or a group.
pub use crate::facts::words::Entity as Who;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// Folded as the words of people and groups are. Each must begin one of theirs; none at all finds everyone.
    pub words: &'a [String],
    /// Where the page before ended.
    pub after: Option<&'a Cursor>,
    /// At most so many hits.
    pub limit: usize,
}

/// Where a page ended: the same place on each node, and after any change of facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The word by which the last hit was found.
    pub word: String,
    /// The last hit.
    pub key: Key,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// In the order of the words by which they were found. Each person and group once.
    pub hits: Vec<Hit>,
    /// For the next page; `None` when this is the last.
    pub next: Option<Cursor>,
}

/// One line of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Who was found.
    pub who: Who,
    /// What may be done: of [`Action::Start`] and [`Action::SeeProfile`] for a person, [`Action::AddressGroup`] for a group.
    pub can: Vec<Action>,
}

impl Policy {
    /// Whom `me` finds: people and groups in reach of [`Action::Find`].
    #[must_use]
    pub fn complete(&self, world: &World, me: UserIx, search: &Search<'_>) -> Completion {
        let found = Found::new(self, world, me);
        let places = if found.are_few(world, search) { found.gather(world, search) } else { found.walk(world, search) };
        let more = places.len() > search.limit;
        let page = places.into_iter().take(search.limit);
        let mut last = None;
        let hits = page.map(|place| {
            let hit = Hit { who: place.who, can: self.can(world, me, place.who) };
            last = Some(Cursor { word: place.word, key: place.key });
            hit
        });
        Completion { hits: hits.collect(), next: last.filter(|_| more) }
    }

    fn can(&self, world: &World, me: UserIx, who: Who) -> Vec<Action> {
        let (actions, about): (&[Action], About) = match who {
            Who::Person(user) => (&[Action::Start, Action::SeeProfile], About::Person(user)),
            Who::Group(group) => (&[Action::AddressGroup], About::Group(group)),
        };
        actions.iter().copied().filter(|action| self.decide(world, *action, me, about).is_allowed()).collect()
    }
}

/// Where a person or group stands in the directory, for one search: the first word that fits counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    word: String,
    key: Key,
    pub(crate) who: Who,
}

/// All that `me` finds, whatever is looked for.
pub(crate) struct Found {
    people: Reach,
    groups: Bits,
}

/// Asking for one person's words costs about as much as passing so many entries of the index: measured with 100,000 people.
const PASSED: usize = 64;

impl Found {
    pub(crate) fn new(policy: &Policy, world: &World, me: UserIx) -> Self {
        let mut groups = Bits::default();
        groups.extend(policy.group_reach(world, me, Action::Find).into_iter().map(|group| group.0));
        Self { people: policy.reach(world, me, Action::Find), groups }
    }

    fn has(&self, entity: Entity) -> bool {
        match entity {
            Entity::Person(user) => self.people.contains(user),
            Entity::Group(GroupIx(number)) => self.groups.contains(number),
        }
    }

    /// Whether it costs less to go through all of them than to walk the index until a page of them was met.
    fn are_few(&self, world: &World, search: &Search<'_>) -> bool {
        let found = self.people.len() + self.groups.len();
        let (entries, all) = (world.words().entries(prefix(search)), world.words().entries(""));
        let walked = all.saturating_mul(search.limit) / found.max(1);
        found.saturating_mul(PASSED) < entries.min(walked)
    }

    /// One page and one more, by way of the index.
    pub(crate) fn walk(&self, world: &World, search: &Search<'_>) -> Vec<Place> {
        let prefix = prefix(search);
        let from = search.after.map_or(prefix, |after| prefix.max(&after.word));
        let mut places: Vec<Place> = Vec::new();
        world.words().walk(
            from,
            |entity| world.key_of(entity),
            |word, entities| {
                if !word.starts_with(prefix) {
                    return ControlFlow::Break(());
                }
                for who in entities.iter().map(|packed| Entity::from(*packed)) {
                    // Those of a later word alone are told there.
                    if self.has(who)
                        && first(world.words_of(who), search) == Some(word)
                        && let Some(place) = Place::new(world, who, search)
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

    /// The same, by way of all that were found.
    pub(crate) fn gather(&self, world: &World, search: &Search<'_>) -> Vec<Place> {
        let people = self.people.iter().map(Entity::Person);
        let groups = self.groups.iter().map(|number| Entity::Group(GroupIx(number)));
        let mut places: Vec<Place> = people.chain(groups).filter_map(|who| Place::new(world, who, search)).collect();
        places.sort_unstable();
        places.truncate(search.limit.saturating_add(1));
        places
    }
}

impl Place {
    /// `None` for one that is not looked for, or was on a page before.
    fn new(world: &World, who: Who, search: &Search<'_>) -> Option<Self> {
        let words = world.words_of(who);
        let (word, key) = (first(words, search)?, world.key_of(who));
        let passed = search.after.is_some_and(|after| (word, key) <= (&*after.word, after.key));
        let all = || search.words.iter().all(|start| words_of(words).any(|other| other.starts_with(&**start)));
        (!passed && all()).then(|| Self { word: word.to_owned(), key, who })
    }
}

/// The longest word says most: the others are looked for in what it finds.
fn prefix<'a>(search: &Search<'a>) -> &'a str {
    search.words.iter().map(String::as_str).max_by_key(|word| word.len()).unwrap_or_default()
}

/// The first of these words that begins as is looked for.
fn first<'a>(words: &'a str, search: &Search<'_>) -> Option<&'a str> {
    let prefix = prefix(search);
    words_of(words).find(|word| word.starts_with(prefix))
}
