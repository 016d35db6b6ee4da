//! Who is compared: everyone active or, of very many, some of each kind of people.

use std::collections::HashMap;

use super::Side;
use crate::facts::{Key, Status, person::Person};

/// Of each kind of people at least so many are compared: two administrators among 100,000 people are not missed.
const OF_EACH_MIN: usize = 50;

/// What people are: a role in groups of a kind, or a role in the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label {
    /// The role's name.
    pub role: String,
    /// The kind's name; empty for a role in the tenant.
    pub kind: String,
}

/// One of the compared people.
#[derive(Debug, Clone, Copy)]
pub(super) struct Actor {
    pub key: Key,
    /// People like this one whom it stands for.
    pub weight: f64,
    /// Its kind of people, a place in [`People::cohorts`].
    pub cohort: u32,
}

/// The compared people, and what they are.
pub(super) struct People {
    pub labels: Vec<Label>,
    /// Labels of each kind of people, as places in [`People::labels`].
    pub cohorts: Vec<Vec<u16>>,
    pub actors: Vec<Actor>,
    /// All active people.
    pub all: usize,
}

impl People {
    /// At most some `actors_max`, spread evenly over each kind of people.
    pub fn new(sides: [Side<'_>; 2], actors_max: usize) -> Self {
        let mut labels = Labels::default();
        let mut cohorts: HashMap<Vec<u16>, Vec<Key>> = HashMap::new();
        let [old, new] = sides;
        let known = old.world.users().map(|user| old.world.user_key(user));
        let added = new.world.users().map(|user| new.world.user_key(user)).filter(|key| old.world.user(*key).is_none());
        let mut all = 0;
        for key in known.chain(added) {
            let people = sides.map(|side| side.world.user(key).and_then(|user| side.world.person(user)));
            if !people.iter().flatten().any(|person| person.status == Status::Active) {
                continue;
            }
            let mut own: Vec<u16> = Vec::new();
            for (side, person) in sides.iter().zip(people) {
                labels.of(*side, person, &mut own);
            }
            own.sort_unstable();
            own.dedup();
            all += 1;
            cohorts.entry(own).or_default().push(key);
        }
        let mut cohorts: Vec<(Vec<u16>, Vec<Key>)> = cohorts.into_iter().collect();
        cohorts.sort_unstable();
        let least = OF_EACH_MIN.min(actors_max / cohorts.len().max(1)).max(1);
        let mut actors = Vec::new();
        for (number, (_, keys)) in (0u32..).zip(&cohorts) {
            let share = if all <= actors_max { keys.len() } else { keys.len() * actors_max / all };
            let taken = share.max(least).min(keys.len());
            let weight = keys.len() as f64 / taken as f64;
            let chosen = (0..taken).filter_map(|at| keys.get(at * keys.len() / taken));
            actors.extend(chosen.map(|key| Actor { key: *key, weight, cohort: number }));
        }
        let cohorts = cohorts.into_iter().map(|(own, _)| own).collect();
        Self { labels: labels.all, cohorts, actors, all }
    }
}

#[derive(Default)]
struct Labels {
    all: Vec<Label>,
    places: HashMap<Label, u16>,
}

impl Labels {
    fn of(&mut self, side: Side<'_>, person: Option<&Person>, own: &mut Vec<u16>) {
        let Some(person) = person else { return };
        let words = side.policy.vocabulary();
        let mut last = None;
        for held in &person.held {
            let (role, kind) = (held.role(), held.kind());
            if last.replace((role, kind)) == Some((role, kind)) {
                continue;
            }
            if let (Some(role), Some(kind)) = (words.roles.get(usize::from(role.0)), words.kinds.get(usize::from(kind.0))) {
                own.extend(self.place(role, kind));
            }
        }
        for (number, role) in (0u8..).zip(&words.roles) {
            if person.roles.has(crate::facts::Role(number)) {
                own.extend(self.place(role, ""));
            }
        }
    }

    fn place(&mut self, role: &str, kind: &str) -> Option<u16> {
        let label = Label { role: role.to_owned(), kind: kind.to_owned() };
        if let Some(place) = self.places.get(&label) {
            return Some(*place);
        }
        // Two policies of 64 roles and 64 kinds each declare fewer.
        let place = u16::try_from(self.all.len()).ok()?;
        self.all.push(label.clone());
        self.places.insert(label, place);
        Some(place)
    }
}
