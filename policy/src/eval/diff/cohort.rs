//! The compared users: all active users or, if there are too many, a sample of each cohort. A cohort is the users with the
//! same roles.

use std::collections::HashMap;

use super::Side;
use crate::facts::{EntityKey, UserStatus, user::User};

/// The smallest number of users in the sample of a cohort, so that two administrators among 100,000 users are compared.
const OF_EACH_MIN: usize = 50;

/// A role in groups of a kind, or a role in the tenant as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleLabel {
    /// The name of the role.
    pub role: String,
    /// The name of the kind; empty for a role in the tenant.
    pub kind: String,
}

/// A compared user.
#[derive(Debug, Clone, Copy)]
pub(super) struct Actor {
    pub key: EntityKey,
    /// How many users of the cohort this user stands for.
    pub weight: f64,
    /// Index into [`Sample::cohorts`].
    pub cohort: u32,
}

/// The compared users and their roles.
pub(super) struct Sample {
    pub labels: Vec<RoleLabel>,
    /// The roles of each cohort, as indexes into [`Sample::labels`].
    pub cohorts: Vec<Vec<u16>>,
    pub actors: Vec<Actor>,
    /// Number of active users.
    pub all: usize,
}

impl Sample {
    /// Chooses about `actors_max` users, spread evenly over the cohorts.
    pub fn new(sides: [Side<'_>; 2], actors_max: usize) -> Self {
        let mut labels = Labels::default();
        let mut cohorts: HashMap<Vec<u16>, Vec<EntityKey>> = HashMap::new();
        let [old, new] = sides;
        let known = old.world.users().map(|user| old.world.user_key(user));
        let added = new.world.users().map(|user| new.world.user_key(user)).filter(|key| old.world.user(*key).is_none());
        let mut all = 0;
        for key in known.chain(added) {
            let records = sides.map(|side| side.world.user(key).and_then(|user| side.world.user_record(user)));
            if !records.iter().flatten().any(|record| record.status == UserStatus::Active) {
                continue;
            }
            let mut own: Vec<u16> = Vec::new();
            for (side, record) in sides.iter().zip(records) {
                labels.of(*side, record, &mut own);
            }
            own.sort_unstable();
            own.dedup();
            all += 1;
            cohorts.entry(own).or_default().push(key);
        }
        let mut cohorts: Vec<(Vec<u16>, Vec<EntityKey>)> = cohorts.into_iter().collect();
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
    all: Vec<RoleLabel>,
    places: HashMap<RoleLabel, u16>,
}

impl Labels {
    fn of(&mut self, side: Side<'_>, record: Option<&User>, own: &mut Vec<u16>) {
        let Some(record) = record else { return };
        let words = side.policy.vocabulary();
        let mut last = None;
        for held in &record.held {
            let (role, kind) = (held.role(), held.kind());
            if last.replace((role, kind)) == Some((role, kind)) {
                continue;
            }
            if let (Some(role), Some(kind)) = (words.roles.get(usize::from(role.0)), words.kinds.get(usize::from(kind.0))) {
                own.extend(self.place(role, kind));
            }
        }
        for (number, role) in (0u8..).zip(&words.roles) {
            if record.roles.has(crate::facts::RoleId(number)) {
                own.extend(self.place(role, ""));
            }
        }
    }

    fn place(&mut self, role: &str, kind: &str) -> Option<u16> {
        let label = RoleLabel { role: role.to_owned(), kind: kind.to_owned() };
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
