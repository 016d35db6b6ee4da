//! The facts of a region with many schools: each user has 19 memberships in classes, subjects and clubs of their school.

use std::sync::Arc;

use causerie_policy::{
    Delivers, EdgeEffect, EntityKey, FactChange, GroupKindId, GroupState, RelationOrigin, RelationState, RoleId, RoleSet,
    UserStatus, Vocabulary, WritableBy,
};

/// The facts of the schools.
const SCHOOL: u32 = 1600;
const GROUPS: EntityKey = 1 << 64;

pub struct School {
    pub changes: Vec<FactChange>,
    /// Some of the users with the greatest reach: heads and teachers.
    pub widest: Vec<EntityKey>,
    users: u32,
    words: Words,
}

/// The words of the policy. Facts whose word the policy does not have are left out.
struct Words {
    learner: Option<RoleId>,
    teacher: Option<RoleId>,
    admin: Option<RoleId>,
    class: Option<GroupKindId>,
    subject: Option<GroupKindId>,
    cycle: Option<GroupKindId>,
}

impl Words {
    fn new(vocabulary: &Vocabulary) -> Self {
        let role = |names: &[&str]| names.iter().find_map(|name| vocabulary.role(name));
        let kind = |names: &[&str]| names.iter().find_map(|name| vocabulary.kind(name));
        Self {
            learner: role(&["learner", "member"]),
            teacher: role(&["teacher", "instructor"]),
            admin: role(&["admin"]),
            class: kind(&["class"]),
            subject: kind(&["subject", "course"]),
            cycle: kind(&["cycle", "school", "department"]),
        }
    }
}

impl School {
    pub fn new(users: u32, vocabulary: &Arc<Vocabulary>) -> Self {
        let mut school = Self { changes: Vec::new(), widest: Vec::new(), users, words: Words::new(vocabulary) };
        let mut random = Random::new(1);
        school.changes.extend((0..users).map(|at| user(at, &mut random)));
        for first in (0..users).step_by(SCHOOL as usize) {
            school.school(first, SCHOOL.min(users - first), &mut random);
        }
        for (at, (name, how)) in (0u8..).zip(&vocabulary.relations) {
            school.relations(causerie_policy::RelationId(at), name == "block", *how, &mut random);
        }
        school
    }

    /// Adds a school: a cycle, 50 classes, 300 subjects and 60 clubs. Of 100 users 10 are teachers; one in 400 is a head.
    fn school(&mut self, first: u32, size: u32, random: &mut Random) {
        let group = |at: u32| GROUPS + EntityKey::from(first) * 4 + EntityKey::from(at);
        let (classes, subjects, clubs) = (1..51, 51..351, 351..411);
        let kinds = [
            (0..1, self.words.cycle),
            (classes, self.words.class),
            (subjects, self.words.subject),
            (clubs, self.words.class),
        ];
        for (groups, kind) in kinds {
            let Some(kind) = kind else { continue };
            for at in groups {
                let key = group(at);
                self.changes.push(FactChange::Group {
                    key,
                    kind,
                    parent: (at > 0).then(|| group(0)),
                    state: GroupState::Active,
                    delivers: Delivers::Both,
                    words: vec![random.name(), format!("g{at}")],
                });
                for (to, delivers) in [(key, Delivers::Both), (group(0), Delivers::Group)] {
                    self.changes.push(FactChange::Edge {
                        from: key,
                        from_role: None,
                        to,
                        to_role: None,
                        effect: EdgeEffect::Allow,
                        delivers,
                    });
                }
            }
        }
        for at in 0..size {
            let user = EntityKey::from(first + at);
            let (role, clubs) = match at % 400 {
                0 => (self.words.admin, 1),
                1..40 => (self.words.teacher, 1),
                _ => (self.words.learner, 5),
            };
            if at < 2 {
                self.widest.push(user);
            }
            let Some(role) = role else { continue };
            let mut join = |at: u32| {
                let (group, from_ms, until_ms) = (group(at), None, None);
                self.changes.push(FactChange::Membership { user, group, role, from_ms, until_ms });
            };
            join(0);
            // Learners of a class have the same subjects; some have a subject of another class.
            let class = at % 50;
            join(1 + class);
            for subject in 0..12 {
                join(51 + (class * 6 + subject * 25 + random.below(2)) % 300);
            }
            for _ in 0..clubs {
                join(351 + random.below(60));
            }
        }
    }

    fn relations(&mut self, relation: causerie_policy::RelationId, block: bool, how: RelationOrigin, random: &mut Random) {
        for from in 0..self.users {
            let each = if block { u32::from(random.below(100) == 0) } else { 20 };
            for _ in 0..each {
                let near = (from / SCHOOL * SCHOOL + random.below(SCHOOL)).min(self.users - 1);
                let pending = how == RelationOrigin::Mutual && random.below(10) == 0;
                self.changes.push(FactChange::Relation {
                    from: from.into(),
                    to: near.into(),
                    relation,
                    state: if pending { RelationState::Pending } else { RelationState::Accepted },
                });
            }
        }
    }

    /// A typical change: a membership is added or removed, or a name changes.
    pub fn change(&self, random: &mut Random) -> FactChange {
        let at = random.below(self.users);
        let user_key = EntityKey::from(at);
        let group = GROUPS + EntityKey::from(at / SCHOOL * SCHOOL) * 4 + EntityKey::from(random.below(411));
        match (random.below(3), self.words.learner) {
            (0, Some(role)) => FactChange::Membership { user: user_key, group, role, from_ms: None, until_ms: None },
            (1, Some(role)) => FactChange::MembershipRemoved { user: user_key, group, role },
            _ => user(at, random),
        }
    }
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

/// A small random generator that is the same in every run.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Splitmix64.
    pub fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % u64::from(limit)) as u32
    }

    /// One of 40,000 names of two or three syllables. Some are more frequent than others.
    fn name(&mut self) -> String {
        const SYLLABLES: [&str; 34] = [
            "ma", "mar", "jo", "li", "sa", "ro", "be", "an", "el", "tho", "ni", "lu", "ca", "de", "pe", "vi", "ge", "fra",
            "su", "ka", "ta", "mi", "no", "re", "ha", "ou", "ya", "si", "le", "bo", "du", "pau", "gre", "che",
        ];
        let syllables = 2 + self.below(2);
        (0..syllables).map(|_| SYLLABLES[self.below(34).min(self.below(40)) as usize]).collect()
    }
}
