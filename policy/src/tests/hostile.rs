//! Tests with unusual facts: users with relations to themselves, removed users, blocks, concluded groups, cycles of edges,
//! names in several scripts, undeclared words, a large group.

use super::{
    agree::{assert_check_equals_reach, assert_directory_equals_reach},
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

struct Fixture {
    policy: Policy,
    world: World,
    tables: Tables,
}

impl Fixture {
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

    fn set_group(&mut self, key: EntityKey, kind: &str, state: GroupState) {
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
    fn may_start(&self, me: EntityKey, them: EntityKey) -> bool {
        assert_check_equals_reach(&self.world, &self.policy);
        assert_directory_equals_reach(&self.world, &self.policy, &[]);
        let (me, them) = (self.world.user(me).unwrap(), self.world.user(them).unwrap());
        self.policy.decide(&self.world, Action::Start, me, Resource::User(them)).is_allowed()
    }

    fn found_keys(&self, me: EntityKey, words: &[&str]) -> Vec<EntityKey> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        assert_directory_equals_reach(&self.world, &self.policy, &words);
        let search = DirectoryQuery { words: &words, after: None, limit: 100 };
        let page = self.policy.complete(&self.world, self.world.user(me).unwrap(), &search);
        page.hits.into_iter().map(|hit| self.world.key_of(hit.entity)).collect()
    }
}

#[test]
fn a_user_reaches_themselves_until_blocked_or_removed() {
    let mut fixture = Fixture::new();
    fixture.add_user(1, &["lea"]);
    fixture.relate(1, 1, "friend");
    assert!(fixture.may_start(1, 1));
    fixture.relate(1, 1, "block");
    assert!(!fixture.may_start(1, 1), "a user who blocks themselves is blocked");
    fixture.add_user_with_status(1, UserStatus::Removed, &["lea"]);
    assert!(!fixture.may_start(1, 1));
    assert!(fixture.found_keys(1, &[]).is_empty());
}

#[test]
fn removed_users_keep_their_facts() {
    let mut fixture = Fixture::new();
    fixture.set_group(100, "class", GroupState::Active);
    for key in [1, 2] {
        fixture.add_user(key, &["a"]);
        fixture.join(key, 100, "learner");
    }
    fixture.add_user_with_status(2, UserStatus::Removed, &["a"]);
    assert!(!fixture.may_start(1, 2));
    assert_eq!(fixture.world.members(fixture.world.group(100).unwrap()).count(), 2);
    fixture.add_user(2, &["a"]);
    assert!(fixture.may_start(1, 2));
}

#[test]
fn a_user_with_two_roles_in_a_group_has_both() {
    let mut fixture = Fixture::new();
    fixture.set_group(100, "course", GroupState::Active);
    fixture.add_user(1, &["lea"]);
    fixture.add_user(2, &["tom"]);
    fixture.join(1, 100, "learner");
    for role in ["learner", "teacher", "teacher"] {
        fixture.join(2, 100, role);
    }
    assert!(fixture.may_start(1, 2) && !fixture.may_start(2, 1));
    let group = fixture.world.group(100).unwrap();
    assert_eq!(fixture.world.members(group).count(), 2);
    assert_eq!(fixture.world.group_record(group).unwrap().active_members, 2);
    fixture.leave(2, 100, "teacher");
    assert!(!fixture.may_start(1, 2));
    assert_eq!(fixture.world.group_record(group).unwrap().active_members, 2);
    fixture.leave(2, 100, "learner");
    assert_eq!(fixture.world.group_record(group).unwrap().active_members, 1);
}

#[test]
fn a_block_has_a_direction() {
    let mut fixture = Fixture::new();
    fixture.add_user(1, &["lea"]);
    fixture.add_user(2, &["tom"]);
    fixture.relate(2, 1, "friend");
    fixture.relate(1, 2, "block");
    assert!(fixture.may_start(1, 2) && !fixture.may_start(2, 1));
    fixture.relate(2, 1, "block");
    assert!(!fixture.may_start(1, 2) && !fixture.may_start(2, 1));
    let friend = fixture.policy.vocabulary().relation("friend").unwrap();
    let block = fixture.policy.vocabulary().relation("block").unwrap();
    for (from, to) in [(1, 2), (2, 1)] {
        fixture.apply(FactChange::RelationRemoved { from, to, relation: block });
    }
    assert!(fixture.may_start(1, 2) && fixture.may_start(2, 1));
    // The user who did not ask for the relation ends it.
    fixture.apply(FactChange::RelationRemoved { from: 1, to: 2, relation: friend });
    assert!(!fixture.may_start(1, 2) && !fixture.may_start(2, 1));
}

#[test]
fn a_concluded_course_gives_no_reach() {
    let mut fixture = Fixture::new();
    fixture.set_group(100, "course", GroupState::Active);
    fixture.add_user(1, &["lea"]);
    fixture.add_user(2, &["tom"]);
    fixture.join(1, 100, "learner");
    fixture.join(2, 100, "teacher");
    assert!(fixture.may_start(1, 2));
    assert_eq!(fixture.found_keys(1, &["g"]), [100]);
    for state in [GroupState::Concluded, GroupState::Archived] {
        fixture.set_group(100, "course", state);
        assert!(!fixture.may_start(1, 2));
        assert!(fixture.found_keys(1, &["g"]).is_empty());
    }
    fixture.set_group(100, "class", GroupState::Active);
    assert!(fixture.may_start(2, 1), "the same members, another kind");
    fixture.apply(FactChange::GroupRemoved { key: 100 });
    assert!(!fixture.may_start(2, 1));
    fixture.set_group(100, "class", GroupState::Active);
    assert!(!fixture.may_start(2, 1), "a group that comes back is a new one");
}

#[test]
fn edges_in_a_circle_are_followed_once() {
    let mut fixture = Fixture::new();
    for (user, group) in [(1, 100), (2, 101), (3, 102)] {
        fixture.add_user(user, &["a"]);
        fixture.set_group(group, "course", GroupState::Active);
        fixture.join(user, group, "learner");
    }
    for (from, to) in [(100, 101), (101, 102), (102, 100), (100, 100)] {
        fixture.edge(from, to, EdgeEffect::Allow, Delivers::Both);
    }
    assert!(fixture.may_start(1, 2) && !fixture.may_start(2, 1), "edges are followed once, and one way");
    assert!(!fixture.may_start(1, 3) && fixture.may_start(3, 1));
    fixture.edge(100, 101, EdgeEffect::Allow, Delivers::Group);
    assert!(!fixture.may_start(1, 2), "the group, not its members");
    let (lea, group) = (fixture.world.user(1).unwrap(), fixture.world.group(101).unwrap());
    assert!(fixture.policy.decide(&fixture.world, Action::AddressGroup, lea, Resource::Group(group)).is_allowed());
    fixture.relate(1, 2, "friend");
    assert!(fixture.may_start(1, 2));
    fixture.edge(100, 101, EdgeEffect::Deny, Delivers::None);
    assert!(!fixture.may_start(1, 2) && fixture.may_start(2, 1), "a barrier stands above a friendship, one way");
}

#[test]
fn users_with_unusual_names_are_found() {
    let mut fixture = Fixture::new();
    fixture.set_group(100, "class", GroupState::Active);
    let names: [&[&str]; 6] =
        [&["jean", "jeanne"], &["שלום", "בן"], &["علي"], &[], &["", " jean  paul ", "jean"], &["𝒥ean", "ß"]];
    for (key, words) in (1..).zip(names) {
        fixture.add_user(key, words);
        fixture.join(key, 100, "learner");
    }
    assert_eq!(fixture.found_keys(1, &["j"]), [1, 5]);
    assert_eq!(fixture.found_keys(1, &["jean", "paul"]), [5]);
    assert_eq!(fixture.found_keys(1, &["ש"]), [2]);
    assert_eq!(fixture.found_keys(1, &["على"]), [] as [EntityKey; 0]);
    assert_eq!(
        fixture.found_keys(1, &[""]),
        [100, 1, 5, 6, 2, 3],
        "in the order of words, each once; who has none is not there"
    );
    fixture.add_user(1, &["marie"]);
    assert_eq!(fixture.found_keys(1, &["j"]), [5]);
    assert_eq!(fixture.found_keys(1, &["m"]), [1]);
}

#[test]
fn undeclared_words_have_no_effect() {
    let mut fixture = Fixture::new();
    fixture.add_user(1, &["lea"]);
    fixture.set_group(100, "class", GroupState::Active);
    let before = text(&fixture.world);
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
        fixture.world.apply(&change);
        assert_eq!(text(&fixture.world), before, "{change:?}");
    }
}

#[test]
fn a_group_of_60_000_members_is_reached() {
    let mut fixture = Fixture::new();
    fixture.set_group(100, "class", GroupState::Active);
    fixture.set_group(101, "course", GroupState::Active);
    let size: u32 = 60_000;
    // The keys are distinct, and they are neither in ascending nor in descending order.
    let keys = (0..size).map(|index| EntityKey::from(u64::from(index) * 48_271 % 60_013));
    let (learner, teacher) = (fixture.role("learner"), fixture.role("teacher"));
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
    for index in (0..users).rev() {
        if let FactChange::User { key, .. } = changes[index] {
            changes.push(FactChange::Membership { user: key, group: 100, role: learner, from_ms: None, until_ms: Some(10) });
        }
    }
    changes.push(FactChange::Membership { user: 0, group: 100, role: teacher, from_ms: None, until_ms: None });
    fixture.world.apply_all(&changes);
    let group = fixture.world.group(100).unwrap();
    let first_user = fixture.world.user(0).unwrap();
    assert_eq!(fixture.world.members(group).count(), users);
    assert_eq!(fixture.policy.reach(&fixture.world, first_user, Action::Start).len(), users);
    let page = fixture.policy.complete(
        &fixture.world,
        first_user,
        &DirectoryQuery { words: &["u5".to_owned()], after: None, limit: 3 },
    );
    let first: Vec<EntityKey> = page.hits.iter().map(|hit| fixture.world.key_of(hit.entity)).collect();
    assert_eq!(first, [5, 50, 500]);
    assert!(page.hits.iter().all(|hit| matches!(hit.entity, Entity::User(_)) && hit.can == [Action::Start]));
    assert_eq!(fixture.world.valid_until_ms(), Some(10));
    let before = fixture.world.clone();
    fixture.world.advance(10);
    assert_eq!(fixture.world.members(group).collect::<Vec<_>>(), [first_user]);
    assert_eq!(fixture.world.valid_until_ms(), None);
    assert_eq!(before.members(group).count(), users, "a copy keeps its time");
}
