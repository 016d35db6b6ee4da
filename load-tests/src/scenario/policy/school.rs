//! The users of many schools as facts in memory: 19 memberships per user if the rules have words for them.

use causerie_policy::{
    FactChange, Delivers, EdgeEffect, GroupKindId, GroupState, RelationOrigin, EntityKey, RelationId, RelationState, RoleId, RoleSet, UserStatus, Vocabulary,
    WritableBy,
};

/// Users of a school.
const SCHOOL: u32 = 1_600;
const CLASSES: u32 = 50;
const SUBJECTS: u32 = 300;
const SUBJECTS_EACH: u32 = 12;
const CLUBS: u32 = 60;
const CLUBS_EACH: u32 = 5;
/// The keys of groups begin here, so that they differ from the keys of users.
const GROUPS: EntityKey = 1 << 64;
/// One user of this many manages the school, and this many users after them teach.
const RUNS: u32 = 400;
const TEACH: u32 = 40;
const RELATIONS_EACH: u32 = 20;

/// All users of the schools.
pub struct School {
    /// The changes that make the world.
    pub changes: Vec<FactChange>,
    /// Users with a large reach: managers and teachers.
    pub widest: Vec<EntityKey>,
    /// The number of memberships in `changes`; 0 if the rules declare no roles or no kinds of groups.
    pub memberships: usize,
}

/// The words of the rules. A fact without a word is left out, because it has no effect.
struct Words {
    learner: Option<RoleId>,
    teacher: Option<RoleId>,
    runs: Option<RoleId>,
    class: Option<GroupKindId>,
    subject: Option<GroupKindId>,
    school: Option<GroupKindId>,
}

impl Words {
    fn new(vocabulary: &Vocabulary) -> Self {
        let role = |names: &[&str]| names.iter().find_map(|name| vocabulary.role(name));
        let kind = |names: &[&str]| names.iter().find_map(|name| vocabulary.kind(name));
        Self {
            learner: role(&["learner", "pupil"]),
            teacher: role(&["teacher", "instructor"]),
            runs: role(&["admin", "staff"]),
            class: kind(&["class", "course"]),
            subject: kind(&["subject", "course", "group"]),
            school: kind(&["cycle", "department", "level"]),
        }
    }
}

impl School {
    /// Schools with this many users, in the words of these rules.
    #[must_use]
    pub fn new(users: u32, vocabulary: &Vocabulary) -> Self {
        let mut it = Self { changes: Vec::new(), widest: Vec::new(), memberships: 0 };
        let (words, mut random) = (Words::new(vocabulary), Random::new(1));
        it.changes.extend((0..users).map(|at| user(at, &mut random)));
        for first in (0..users).step_by(SCHOOL as usize) {
            it.groups(first, &words, &mut random);
            it.users(first, SCHOOL.min(users - first), &words, &mut random);
        }
        for (relation, (name, how)) in (0..).map(RelationId).zip(&vocabulary.relations) {
            it.relations(users, (relation, *how), if name == "block" { 0 } else { RELATIONS_EACH }, &mut random);
        }
        it
    }

    /// Adds the school, its classes, subjects and clubs. If the rules use edges, all groups have an edge to themselves
    /// and to the school.
    fn groups(&mut self, first: u32, words: &Words, random: &mut Random) {
        let kinds = [(1, words.school), (CLASSES, words.class), (SUBJECTS, words.subject), (CLUBS, words.class)];
        let kinds = kinds.into_iter().flat_map(|(count, kind)| (0..count).map(move |_| kind));
        for (at, kind) in (0..).zip(kinds) {
            let Some(kind) = kind else { continue };
            let (key, school) = (group(first, at), group(first, 0));
            self.changes.push(FactChange::Group {
                key,
                kind,
                parent: (at > 0).then_some(school),
                state: GroupState::Active,
                delivers: Delivers::Both,
                words: vec![random.name(), format!("g{at}")],
            });
            for (to, delivers) in [(key, Delivers::Both), (school, Delivers::Group)] {
                let effect = EdgeEffect::Allow;
                self.changes.push(FactChange::Edge { from: key, from_role: None, to, to_role: None, effect, delivers });
            }
        }
    }

    fn users(&mut self, first: u32, size: u32, words: &Words, random: &mut Random) {
        for at in 0..size {
            let user = EntityKey::from(first + at);
            if at < 2 {
                self.widest.push(user);
            }
            let role = match at % RUNS {
                0 => words.runs,
                1..TEACH => words.teacher,
                _ => words.learner,
            };
            let (Some(role), Some(_), Some(_), Some(_)) = (role, words.school, words.class, words.subject) else { continue };
            // The learners of a class have the same subjects; some have a subject of another class.
            let class = at % CLASSES;
            let (subjects, clubs) = (SUBJECTS / SUBJECTS_EACH, CLUBS / CLUBS_EACH);
            let subject = |each: u32, random: &mut Random| (class * 6 + each * subjects + random.below(2)) % SUBJECTS;
            let mut groups = vec![0, 1 + class];
            groups.extend((0..SUBJECTS_EACH).map(|each| 1 + CLASSES + subject(each, random)));
            groups.extend((0..CLUBS_EACH).map(|each| 1 + CLASSES + SUBJECTS + each * clubs + random.below(clubs)));
            self.memberships += groups.len();
            self.changes.extend(groups.into_iter().map(|at| {
                let group = group(first, at);
                FactChange::Membership { user, group, role, from_ms: None, until_ms: None }
            }));
        }
    }

    /// Adds relations with other users of the school: `each` per user; if `each` is 0, one for about every hundredth user.
    fn relations(&mut self, users: u32, (relation, how): (RelationId, RelationOrigin), each: u32, random: &mut Random) {
        for from in 0..users {
            let count = if each == 0 { u32::from(random.below(100) == 0) } else { each };
            for _ in 0..count {
                let near = (from / SCHOOL * SCHOOL + random.below(SCHOOL)).min(users - 1);
                let pending = how == RelationOrigin::Mutual && random.below(10) == 0;
                let state = if pending { RelationState::Pending } else { RelationState::Accepted };
                self.changes.push(FactChange::Relation { from: from.into(), to: near.into(), relation, state });
            }
        }
    }
}

fn group(first: u32, at: u32) -> EntityKey {
    GROUPS + EntityKey::from(first) * 4 + EntityKey::from(at)
}

fn user(at: u32, random: &mut Random) -> FactChange {
    FactChange::User {
        key: at.into(),
        status: UserStatus::Active,
        roles: RoleSet(u64::from(random.below(50) == 0)),
        writable_by: WritableBy::Rules,
        words: vec![random.name(), random.name(), format!("u{at}")],
    }
}

/// A small random generator with the same numbers in each run.
pub struct Random(u64);

impl Random {
    /// Begins with this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit` (splitmix64).
    #[allow(clippy::cast_possible_truncation)] // below the limit
    pub fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % u64::from(limit)) as u32
    }

    /// A name of two or three syllables; there are 40,000 names, and some occur more often than others.
    fn name(&mut self) -> String {
        const SYLLABLES: [&str; 34] = [
            "ma", "mar", "jo", "li", "sa", "ro", "be", "an", "el", "tho", "ni", "lu", "ca", "de", "pe", "vi", "ge", "fra",
            "su", "ka", "ta", "mi", "no", "re", "ha", "ou", "ya", "si", "le", "bo", "du", "pau", "gre", "che",
        ];
        let syllables = 2 + self.below(2);
        (0..syllables).map(|_| SYLLABLES[self.below(34).min(self.below(40)) as usize]).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use causerie_policy::Policy;

    use super::*;

    #[test]
    fn every_user_is_in_nineteen_groups() {
        for preset in ["school", "lms", "ent"] {
            let school = School::new(2_000, Policy::preset(preset).expect("a preset").vocabulary());
            assert_eq!(school.memberships, 2_000 * 19, "{preset}");
            let memberships = school.changes.iter().filter_map(|change| match change {
                FactChange::Membership { user, group, .. } => Some((*user, *group)),
                _ => None,
            });
            assert_eq!(memberships.collect::<HashSet<_>>().len(), school.memberships, "{preset}: nobody is in one twice");
        }
    }
}
