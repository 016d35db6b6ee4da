//! Tests with unusual facts that were chosen by hand: users with relations to themselves, removed users, blocks, concluded groups,
//! cycles of edges, names in several scripts, undeclared words, a large group.

use super::{
    agree::{check_is_reach, directory_is_reach},
    tables::{ACCEPTED, Tables, text},
};
use crate::{
    Action, Delivers, DirectoryQuery, EdgeEffect, Entity, EntityKey, FactChange, GroupState, Policy, Resource, RoleId,
    RoleSet, UserStatus, World, WritableBy,
};

const POLICY: &str = "
policy     test
roles      learner teacher
kinds      class course
relations  block:own friend:mutual
secret_directory

deny  find,start          blocked   when them -block-> me       code not_found
deny  find,start          barred    when me *@* barrier them *@* code not_found
allow find,start          same      when same
allow find,start          class     when me *@class with them *@class
allow find,start          course    when me learner@course with them teacher@course
allow find,start          edges     when me *@* edge them *@*
allow find,start          friends   when me -friend- them
allow find,address_group  mine      when me *@* in group
allow find,address_group  edge      when me *@* edge group
";

struct Town {
    policy: Policy,
    world: World,
    tables: Tables,
}

impl Town {
    fn new() -> Self {
        let policy = Policy::parse(POLICY).unwrap_or_else(|problems| panic!("{problems:?}"));
        Self { world: World::new(policy.vocabulary().clone()), policy, tables: Tables::default() }
    }

    fn apply(&mut self, change: FactChange) {
        self.tables.write(&change);
        self.world.apply(&change);
    }

    fn add_user(&mut self, key: EntityKey, words: &[&str]) {
        self.add_user_with_status(key, UserStatus::Active, words);
    }

    fn add_user_with_status(&mut self, key: EntityKey, status: UserStatus, words: &[&str]) {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        self.apply(FactChange::User { key, status, roles: RoleSet::default(), writable_by: WritableBy::Rules, words });
    }

    fn group(&mut self, key: EntityKey, kind: &str, state: GroupState) {
        let kind = self.policy.vocabulary().kind(kind).unwrap();
        self.apply(FactChange::Group {
            key,
            kind,
            parent: None,
            state,
            delivers: Delivers::Both,
            words: vec![format!("g{key}")],
        });
    }

    fn join(&mut self, user: EntityKey, group: EntityKey, role: &str) {
        let role = self.role(role);
        self.apply(FactChange::Membership { user, group, role, from_ms: None, until_ms: None });
    }

    fn leave(&mut self, user: EntityKey, group: EntityKey, role: &str) {
        let role = self.role(role);
        self.apply(FactChange::MembershipRemoved { user, group, role });
    }

    fn relate(&mut self, from: EntityKey, to: EntityKey, relation: &str) {
        let relation = self.policy.vocabulary().relation(relation).unwrap();
        self.apply(FactChange::Relation { from, to, relation, state: ACCEPTED });
    }

    fn edge(&mut self, from: EntityKey, to: EntityKey, effect: EdgeEffect, delivers: Delivers) {
        self.apply(FactChange::Edge { from, from_role: None, to, to_role: None, effect, delivers });
    }

    fn role(&self, name: &str) -> RoleId {
        self.policy.vocabulary().role(name).unwrap()
    }

    /// Whether `me` may start a conversation with `them`. Also checks that all evaluations agree.
    fn start(&self, me: EntityKey, them: EntityKey) -> bool {
        check_is_reach(&self.world, &self.policy);
        directory_is_reach(&self.world, &self.policy, &[]);
        let (me, them) = (self.world.user(me).unwrap(), self.world.user(them).unwrap());
        self.policy.decide(&self.world, Action::Start, me, Resource::User(them)).is_allowed()
    }

    fn found(&self, me: EntityKey, words: &[&str]) -> Vec<EntityKey> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        directory_is_reach(&self.world, &self.policy, &words);
        let search = DirectoryQuery { words: &words, after: None, limit: 100 };
        let page = self.policy.complete(&self.world, self.world.user(me).unwrap(), &search);
        page.hits.into_iter().map(|hit| self.world.key_of(hit.entity)).collect()
    }
}

#[test]
fn a_user_without_facts_and_the_user_themselves_are_not_reached() {
    let mut town = Town::new();
    town.add_user(1, &["lea"]);
    town.relate(1, 1, "friend");
    assert!(town.start(1, 1));
    town.relate(1, 1, "block");
    assert!(!town.start(1, 1), "a user who blocks themselves is blocked");
    town.add_user_with_status(1, UserStatus::Removed, &["lea"]);
    assert!(!town.start(1, 1));
    assert!(town.found(1, &[]).is_empty());
}

#[test]
fn removed_users_keep_their_facts() {
    let mut town = Town::new();
    town.group(100, "class", GroupState::Active);
    for key in [1, 2] {
        town.add_user(key, &["a"]);
        town.join(key, 100, "learner");
    }
    town.add_user_with_status(2, UserStatus::Removed, &["a"]);
    assert!(!town.start(1, 2));
    assert_eq!(town.world.members(town.world.group(100).unwrap()).count(), 2);
    town.add_user(2, &["a"]);
    assert!(town.start(1, 2));
}

#[test]
fn a_user_with_two_roles_in_a_group_has_both() {
    let mut town = Town::new();
    town.group(100, "course", GroupState::Active);
    town.add_user(1, &["lea"]);
    town.add_user(2, &["tom"]);
    town.join(1, 100, "learner");
    for role in ["learner", "teacher", "teacher"] {
        town.join(2, 100, role);
    }
    assert!(town.start(1, 2) && !town.start(2, 1));
    let group = town.world.group(100).unwrap();
    assert_eq!(town.world.members(group).count(), 2);
    assert_eq!(town.world.group_record(group).unwrap().active_members, 2);
    town.leave(2, 100, "teacher");
    assert!(!town.start(1, 2));
    assert_eq!(town.world.group_record(group).unwrap().active_members, 2);
    town.leave(2, 100, "learner");
    assert_eq!(town.world.group_record(group).unwrap().active_members, 1);
}

#[test]
fn a_block_has_a_direction() {
    let mut town = Town::new();
    town.add_user(1, &["lea"]);
    town.add_user(2, &["tom"]);
    town.relate(2, 1, "friend");
    town.relate(1, 2, "block");
    assert!(town.start(1, 2) && !town.start(2, 1));
    town.relate(2, 1, "block");
    assert!(!town.start(1, 2) && !town.start(2, 1));
    let friend = town.policy.vocabulary().relation("friend").unwrap();
    let block = town.policy.vocabulary().relation("block").unwrap();
    for (from, to) in [(1, 2), (2, 1)] {
        town.apply(FactChange::RelationRemoved { from, to, relation: block });
    }
    assert!(town.start(1, 2) && town.start(2, 1));
    // The user who did not ask for the relation ends it.
    town.apply(FactChange::RelationRemoved { from: 1, to: 2, relation: friend });
    assert!(!town.start(1, 2) && !town.start(2, 1));
}

#[test]
fn a_concluded_course_gives_no_reach() {
    let mut town = Town::new();
    town.group(100, "course", GroupState::Active);
    town.add_user(1, &["lea"]);
    town.add_user(2, &["tom"]);
    town.join(1, 100, "learner");
    town.join(2, 100, "teacher");
    assert!(town.start(1, 2));
    assert_eq!(town.found(1, &["g"]), [100]);
    for state in [GroupState::Concluded, GroupState::Archived] {
        town.group(100, "course", state);
        assert!(!town.start(1, 2));
        assert!(town.found(1, &["g"]).is_empty());
    }
    town.group(100, "class", GroupState::Active);
    assert!(town.start(2, 1), "the same members, another kind");
    town.apply(FactChange::GroupRemoved { key: 100 });
    assert!(!town.start(2, 1));
    town.group(100, "class", GroupState::Active);
    assert!(!town.start(2, 1), "a group that comes back is a new one");
}

#[test]
fn edges_in_a_circle_are_followed_once() {
    let mut town = Town::new();
    for (user, group) in [(1, 100), (2, 101), (3, 102)] {
        town.add_user(user, &["a"]);
        town.group(group, "course", GroupState::Active);
        town.join(user, group, "learner");
    }
    for (from, to) in [(100, 101), (101, 102), (102, 100), (100, 100)] {
        town.edge(from, to, EdgeEffect::Allow, Delivers::Both);
    }
    assert!(town.start(1, 2) && !town.start(2, 1), "edges are followed once, and one way");
    assert!(!town.start(1, 3) && town.start(3, 1));
    town.edge(100, 101, EdgeEffect::Allow, Delivers::Group);
    assert!(!town.start(1, 2), "the group, not its members");
    let (lea, group) = (town.world.user(1).unwrap(), town.world.group(101).unwrap());
    assert!(town.policy.decide(&town.world, Action::AddressGroup, lea, Resource::Group(group)).is_allowed());
    town.relate(1, 2, "friend");
    assert!(town.start(1, 2));
    town.edge(100, 101, EdgeEffect::Deny, Delivers::None);
    assert!(!town.start(1, 2) && town.start(2, 1), "a barrier stands above a friendship, one way");
}

#[test]
fn users_with_unusual_names_are_found() {
    let mut town = Town::new();
    town.group(100, "class", GroupState::Active);
    let names: [&[&str]; 6] =
        [&["jean", "jeanne"], &["שלום", "בן"], &["علي"], &[], &["", " jean  paul ", "jean"], &["𝒥ean", "ß"]];
    for (key, words) in (1..).zip(names) {
        town.add_user(key, words);
        town.join(key, 100, "learner");
    }
    assert_eq!(town.found(1, &["j"]), [1, 5]);
    assert_eq!(town.found(1, &["jean", "paul"]), [5]);
    assert_eq!(town.found(1, &["ש"]), [2]);
    assert_eq!(town.found(1, &["على"]), [] as [EntityKey; 0]);
    assert_eq!(town.found(1, &[""]), [100, 1, 5, 6, 2, 3], "in the order of words, each once; who has none is not there");
    town.add_user(1, &["marie"]);
    assert_eq!(town.found(1, &["j"]), [5]);
    assert_eq!(town.found(1, &["m"]), [1]);
}

#[test]
fn undeclared_words_have_no_effect() {
    let mut town = Town::new();
    town.add_user(1, &["lea"]);
    town.group(100, "class", GroupState::Active);
    let before = text(&town.world);
    let beyond = RoleId(200);
    for change in [
        FactChange::Membership { user: 1, group: 100, role: beyond, from_ms: None, until_ms: None },
        FactChange::MembershipRemoved { user: 1, group: 100, role: beyond },
        FactChange::Relation { from: 1, to: 1, relation: crate::RelationId(200), state: ACCEPTED },
        FactChange::Setting { setting: crate::SettingId(200), value: Some("on".to_owned()) },
        FactChange::Membership { user: 9, group: 100, role: RoleId(0), from_ms: None, until_ms: None },
        FactChange::Membership { user: 1, group: 999, role: RoleId(0), from_ms: None, until_ms: None },
        FactChange::GroupRemoved { key: 999 },
        FactChange::Group {
            key: 101,
            kind: crate::GroupKindId(63),
            parent: Some(7),
            state: GroupState::Active,
            delivers: Delivers::Both,
            words: Vec::new(),
        },
        FactChange::User {
            key: 1,
            status: UserStatus::Active,
            roles: RoleSet(u64::MAX << 2),
            writable_by: WritableBy::Rules,
            words: vec!["lea".to_owned()],
        },
    ] {
        town.world.apply(&change);
        assert_eq!(text(&town.world), before, "{change:?}");
    }
}

#[test]
fn a_group_of_60_000_members_is_reached() {
    let mut town = Town::new();
    town.group(100, "class", GroupState::Active);
    town.group(101, "course", GroupState::Active);
    let size: u32 = 60_000;
    // The keys are distinct, and they are neither in ascending nor in descending order.
    let keys = (0..size).map(|at| EntityKey::from(u64::from(at) * 48_271 % 60_013));
    let (learner, teacher) = (town.role("learner"), town.role("teacher"));
    let mut changes = Vec::new();
    for key in keys {
        changes.push(FactChange::User {
            key,
            status: UserStatus::Active,
            roles: RoleSet::default(),
            writable_by: WritableBy::Rules,
            words: vec![format!("u{key}")],
        });
    }
    let users = changes.len();
    for at in (0..users).rev() {
        if let FactChange::User { key, .. } = changes[at] {
            changes.push(FactChange::Membership { user: key, group: 100, role: learner, from_ms: None, until_ms: Some(10) });
        }
    }
    changes.push(FactChange::Membership { user: 0, group: 100, role: teacher, from_ms: None, until_ms: None });
    town.world.apply_all(&changes);
    let group = town.world.group(100).unwrap();
    let one = town.world.user(0).unwrap();
    assert_eq!(town.world.members(group).count(), users);
    assert_eq!(town.policy.reach(&town.world, one, Action::Start).len(), users);
    let page = town.policy.complete(&town.world, one, &DirectoryQuery { words: &["u5".to_owned()], after: None, limit: 3 });
    let first: Vec<EntityKey> = page.hits.iter().map(|hit| town.world.key_of(hit.entity)).collect();
    assert_eq!(first, [5, 50, 500]);
    assert!(page.hits.iter().all(|hit| matches!(hit.entity, Entity::User(_)) && hit.can == [Action::Start]));
    assert_eq!(town.world.valid_until_ms(), Some(10));
    let before = town.world.clone();
    town.world.advance(10);
    assert_eq!(town.world.members(group).collect::<Vec<_>>(), [one]);
    assert_eq!(town.world.valid_until_ms(), None);
    assert_eq!(before.members(group).count(), users, "a copy keeps its time");
}
