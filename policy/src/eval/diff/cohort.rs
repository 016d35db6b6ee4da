//! The compared users: all active users or, if they exceed the budget, a sample of each cohort. A cohort is the set of users
//! with the same roles.

use std::collections::HashMap;

use super::Side;
use crate::facts::{EntityKey, UserStatus, user::User};

/// The smallest number of users in the sample of a cohort, if the budget allows this many for each cohort. A smaller cohort
/// is compared completely, so that two administrators among 100,000 users are compared.
const COHORT_SAMPLE_MIN: usize = 50;

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
    /// The number of users of the cohort that this user represents.
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
            let mut labels_of_user: Vec<u16> = Vec::new();
            for (side, record) in sides.iter().zip(records) {
                labels.add_roles(*side, record, &mut labels_of_user);
            }
            labels_of_user.sort_unstable();
            labels_of_user.dedup();
            all += 1;
            cohorts.entry(labels_of_user).or_default().push(key);
        }
        let mut cohorts: Vec<(Vec<u16>, Vec<EntityKey>)> = cohorts.into_iter().collect();
        cohorts.sort_unstable();
        let sample_min = COHORT_SAMPLE_MIN.min(actors_max / cohorts.len().max(1)).max(1);
        let mut actors = Vec::new();
        for (cohort, (_, keys)) in (0u32..).zip(&cohorts) {
            let share = if all <= actors_max { keys.len() } else { keys.len() * actors_max / all };
            let count = share.max(sample_min).min(keys.len());
            let weight = keys.len() as f64 / count as f64;
            let chosen = (0..count).filter_map(|index| keys.get(index * keys.len() / count));
            actors.extend(chosen.map(|key| Actor { key: *key, weight, cohort }));
        }
        let cohorts = cohorts.into_iter().map(|(labels_of_user, _)| labels_of_user).collect();
        Self { labels: labels.all, cohorts, actors, all }
    }
}

#[derive(Default)]
struct Labels {
    all: Vec<RoleLabel>,
    /// The index of each label in `all`.
    indexes: HashMap<RoleLabel, u16>,
}

impl Labels {
    /// Appends the labels of the roles of a user to `labels_of_user`.
    fn add_roles(&mut self, side: Side<'_>, record: Option<&User>, labels_of_user: &mut Vec<u16>) {
        let Some(record) = record else { return };
        let vocabulary = side.policy.vocabulary();
        let mut last = None;
        for held in &record.held {
            let (role, kind) = (held.role(), held.kind());
            if last.replace((role, kind)) == Some((role, kind)) {
                continue;
            }
            if let (Some(role), Some(kind)) =
                (vocabulary.roles.get(usize::from(role.0)), vocabulary.kinds.get(usize::from(kind.0)))
            {
                labels_of_user.extend(self.label_index(role, kind));
            }
        }
        for (number, role) in (0u8..).zip(&vocabulary.roles) {
            if record.roles.has(crate::facts::RoleId(number)) {
                labels_of_user.extend(self.label_index(role, ""));
            }
        }
    }

    /// The index of a label; adds the label if it is new.
    fn label_index(&mut self, role: &str, kind: &str) -> Option<u16> {
        let label = RoleLabel { role: role.to_owned(), kind: kind.to_owned() };
        if let Some(index) = self.indexes.get(&label) {
            return Some(*index);
        }
        // Two policies with 64 roles and 64 kinds each have fewer than 2^16 labels.
        let index = u16::try_from(self.all.len()).ok()?;
        self.all.push(label.clone());
        self.indexes.insert(label, index);
        Some(index)
    }
}
