//! Random facts and random rules. They use few users, groups and words, so that the rules often match.

use proptest::{collection::vec, option, prelude::*};

use crate::{
    Action, Code, ConversationKind, ConversationState, Delivers, EdgeEffect, EntityKey, FactChange, GroupKindId, GroupState,
    RelationId, RelationState, RoleId, RoleSet, Rule, RuleEffect, SettingId, UserStatus, WritableBy,
    ir::{Candidates, Condition, Direction, RolePattern, Threshold, Variable},
};

pub const USERS: std::ops::Range<EntityKey> = 1..9;
pub const GROUPS: std::ops::Range<EntityKey> = 101..106;

/// An event: a change of facts, or the passing of time up to a moment.
#[derive(Debug, Clone)]
pub enum Event {
    Change(FactChange),
    Time(i64),
}

pub fn events(len: usize) -> impl Strategy<Value = Vec<Event>> {
    vec(prop_oneof![20 => change().prop_map(Event::Change), 1 => (0i64..100).prop_map(Event::Time)], 0..len)
}

/// Changes that begin with users and groups, most of them active, so that the world is not empty.
pub fn changes(len: usize) -> impl Strategy<Value = Vec<FactChange>> {
    let users = USERS.map(|key| prop_oneof![4 => active_user(key).boxed(), 1 => user(Just(key)).boxed()]);
    let groups = GROUPS.map(|key| group(Just(key)));
    (users.collect::<Vec<_>>(), groups.collect::<Vec<_>>(), vec(fact_between(), 0..len))
        .prop_map(|(users, groups, links)| users.into_iter().chain(groups).chain(links).collect())
}

pub fn change() -> impl Strategy<Value = FactChange> {
    prop_oneof![
        3 => user(USERS),
        3 => group(GROUPS),
        1 => GROUPS.prop_map(|key| FactChange::GroupRemoved { key }),
        12 => fact_between(),
    ]
}

fn active_user(key: EntityKey) -> impl Strategy<Value = FactChange> {
    user(Just(key)).prop_map(|change| match change {
        FactChange::User { key, roles, writable_by, words, .. } => {
            FactChange::User { key, status: UserStatus::Active, roles, writable_by, words }
        }
        other => other,
    })
}

fn user(key: impl Strategy<Value = EntityKey>) -> impl Strategy<Value = FactChange> {
    let status = prop_oneof![
        1 => Just(UserStatus::Invited),
        4 => Just(UserStatus::Active),
        1 => Just(UserStatus::Deactivated),
        1 => Just(UserStatus::Removed)
    ];
    (key, status, 0u64..16, writable_by(), words()).prop_map(|(key, status, roles, writable_by, words)| FactChange::User {
        key,
        status,
        roles: RoleSet(roles),
        writable_by,
        words,
    })
}

fn group(key: impl Strategy<Value = EntityKey>) -> impl Strategy<Value = FactChange> {
    let state =
        prop_oneof![4 => Just(GroupState::Active), 1 => Just(GroupState::Concluded), 1 => Just(GroupState::Archived)];
    (key, kind(), option::of(GROUPS), state, delivers(), words()).prop_map(|(key, kind, parent, state, delivers, words)| {
        FactChange::Group { key, kind, parent, state, delivers, words }
    })
}

/// A membership, a relation, an edge or a setting.
fn fact_between() -> impl Strategy<Value = FactChange> {
    let time = || option::weighted(0.3, 0i64..100);
    prop_oneof![
        6 => (USERS, GROUPS, role(), time(), time())
            .prop_map(|(user, group, role, from_ms, until_ms)| FactChange::Membership { user, group, role, from_ms, until_ms }),
        2 => (USERS, GROUPS, role()).prop_map(|(user, group, role)| FactChange::MembershipRemoved { user, group, role }),
        3 => (USERS, USERS, relation(), prop_oneof![1 => Just(RelationState::Pending), 3 => Just(RelationState::Accepted)])
            .prop_map(|(from, to, relation, state)| FactChange::Relation { from, to, relation, state }),
        1 => (USERS, USERS, relation()).prop_map(|(from, to, relation)| FactChange::RelationRemoved { from, to, relation }),
        3 => (GROUPS, option::of(role()), GROUPS, option::of(role()), any::<bool>(), delivers()).prop_map(
            |(from, from_role, to, to_role, allow, delivers)| {
                let effect = if allow { EdgeEffect::Allow } else { EdgeEffect::Deny };
                FactChange::Edge { from, from_role, to, to_role, effect, delivers }
            }
        ),
        1 => (GROUPS, option::of(role()), GROUPS, option::of(role()))
            .prop_map(|(from, from_role, to, to_role)| FactChange::EdgeRemoved { from, from_role, to, to_role }),
        1 => (0u8..3, option::of(prop_oneof![Just("on"), Just("off"), Just("1"), Just("3m")])).prop_map(|(setting, value)| {
            FactChange::Setting { setting: SettingId(setting), value: value.map(str::to_owned) }
        }),
    ]
}

/// A role; the role with the highest index is not declared.
fn role() -> impl Strategy<Value = RoleId> {
    (0u8..4).prop_map(RoleId)
}

fn kind() -> impl Strategy<Value = GroupKindId> {
    (0u8..3).prop_map(GroupKindId)
}

/// A relation; the relation with the highest index is not declared.
fn relation() -> impl Strategy<Value = RelationId> {
    (0u8..4).prop_map(RelationId)
}

fn delivers() -> impl Strategy<Value = Delivers> {
    prop_oneof![Just(Delivers::People), Just(Delivers::Group), Just(Delivers::Both), Just(Delivers::None)]
}

fn writable_by() -> impl Strategy<Value = WritableBy> {
    prop_oneof![Just(WritableBy::Rules), Just(WritableBy::Contacts), Just(WritableBy::Nobody)]
}

/// Words of a name. Some words have the same prefix, and some are not in Latin script.
pub fn words() -> impl Strategy<Value = Vec<String>> {
    vec(word(), 0..4)
}

pub fn word() -> impl Strategy<Value = String> {
    prop_oneof!["[ab]{1,3}", Just("שלום".to_owned()), Just("علي".to_owned()), Just("ß".to_owned())]
}

pub fn rules() -> impl Strategy<Value = Vec<Rule>> {
    vec(rule(), 1..7).prop_map(|mut rules| {
        for (index, rule) in rules.iter_mut().enumerate() {
            rule.name = index.to_string();
        }
        rules
    })
}

fn rule() -> impl Strategy<Value = Rule> {
    let effect = prop_oneof![3 => Just(RuleEffect::Allow), 1 => Just(RuleEffect::Deny), 1 => Just(RuleEffect::Otherwise)];
    let users = (vec(about_users(), 1..4), vec(about_users(), 0..2)).prop_map(|conditions| (Candidates::Users, conditions));
    let groups =
        (vec(about_groups(), 1..4), vec(about_groups(), 0..2)).prop_map(|conditions| (Candidates::Groups, conditions));
    let code = prop_oneof![Just(Code::NotFound), Just(Code::Unsupported), Just(Code::NeedsFriend)];
    (effect, prop_oneof![3 => users, 1 => groups], code).prop_map(|(effect, (candidates, (conditions, unless)), code)| {
        Rule {
            effect,
            actions: match candidates {
                Candidates::Users => vec![Action::Find, Action::Start, Action::SeeProfile],
                Candidates::Groups => vec![Action::Find, Action::AddressGroup],
            },
            name: String::new(),
            line: 1,
            candidates,
            conditions,
            unless,
            code,
        }
    })
}

/// Rules about users and groups, and rules about conversations, messages and requests.
pub fn rules_of_all_kinds() -> impl Strategy<Value = Vec<Rule>> {
    vec(prop_oneof![rule().boxed(), conversation_rule().boxed()], 1..9).prop_map(|mut rules| {
        for (index, rule) in rules.iter_mut().enumerate() {
            rule.name = index.to_string();
        }
        rules
    })
}

fn conversation_rule() -> impl Strategy<Value = Rule> {
    let effect = prop_oneof![3 => Just(RuleEffect::Allow), 1 => Just(RuleEffect::Deny)];
    let conversation = || {
        prop_oneof![
            2 => Just(Condition::Holder),
            1 => Just(Condition::Owner),
            1 => prop_oneof![Just(ConversationKind::Direct), Just(ConversationKind::Group), Just(ConversationKind::Mail), Just(ConversationKind::NoteToSelf)]
                .prop_map(Condition::ConversationKind),
            1 => prop_oneof![Just(ConversationState::Open), Just(ConversationState::Closed)].prop_map(Condition::ConversationState),
            1 => Just(Condition::MayStart),
            2 => about_users(),
        ]
    };
    let message = prop_oneof![
        1 => Just(Condition::Author),
        1 => prop_oneof![Just(Threshold::Number(60_000)), Just(Threshold::Setting(SettingId(2)))].prop_map(Condition::Younger),
        1 => conversation(),
    ];
    let request = prop_oneof![
        2 => Just(Condition::Asked),
        1 => (0u8..3).prop_map(|relation| Condition::RelationIs(RelationId(relation))),
        1 => about_users(),
    ];
    let about = prop_oneof![
        3 => (Just(vec![Action::Send, Action::Read]), vec(conversation(), 0..3)),
        2 => (Just(vec![Action::Edit]), vec(message, 0..3)),
        1 => (Just(vec![Action::Accept]), vec(request, 1..3)),
    ];
    (effect, about, vec(about_users(), 0..2)).prop_map(|(effect, (actions, conditions), unless)| Rule {
        effect,
        actions,
        name: String::new(),
        line: 1,
        candidates: Candidates::Users,
        conditions,
        unless,
        code: Code::Unsupported,
    })
}

fn role_pattern() -> impl Strategy<Value = RolePattern> {
    (option::of((0u8..3).prop_map(RoleId)), option::of((0u8..3).prop_map(GroupKindId)))
        .prop_map(|(role, kind)| RolePattern { role, kind })
}

fn about_users() -> impl Strategy<Value = Condition> {
    let direction = prop_oneof![Just(Direction::Out), Just(Direction::In), Just(Direction::Both)];
    prop_oneof![
        1 => Just(Condition::Everyone),
        1 => Just(Condition::Same),
        3 => (role_pattern(), role_pattern())
            .prop_map(|(mine, theirs)| Condition::InCommon(mine, RolePattern { kind: mine.kind, ..theirs })),
        2 => (role_pattern(), role_pattern()).prop_map(|(mine, theirs)| Condition::Edge(mine, theirs)),
        1 => (role_pattern(), role_pattern()).prop_map(|(mine, theirs)| Condition::Barrier(mine, theirs)),
        2 => (0u8..3, direction).prop_map(|(relation, direction)| Condition::Related(RelationId(relation), direction)),
        3 => filter(),
    ]
}

fn about_groups() -> impl Strategy<Value = Condition> {
    prop_oneof![
        1 => Just(Condition::Everyone),
        3 => role_pattern().prop_map(Condition::InGroup),
        2 => (role_pattern(), role_pattern()).prop_map(|(mine, theirs)| Condition::Edge(mine, theirs)),
        1 => (role_pattern(), role_pattern()).prop_map(|(mine, theirs)| Condition::Barrier(mine, theirs)),
        1 => (0u8..3).prop_map(|kind| Condition::GroupKind(GroupKindId(kind))),
        1 => Just(Condition::GroupState(GroupState::Active)),
        1 => Just(Condition::GroupLarger(Threshold::Setting(SettingId(1)))),
        1 => Just(Condition::GroupDelivers),
        1 => filter(),
    ]
}

fn filter() -> impl Strategy<Value = Condition> {
    let variable = || prop_oneof![Just(Variable::Me), Just(Variable::Them)];
    prop_oneof![
        (variable(), 0u8..3).prop_map(|(user, role)| Condition::Role(user, RoleId(role))),
        variable().prop_map(|user| Condition::Status(user, UserStatus::Active)),
        variable().prop_map(|user| Condition::Status(user, UserStatus::Deactivated)),
        (variable(), writable_by()).prop_map(|(user, writable_by)| Condition::WritableBy(user, writable_by)),
        (variable(), role_pattern()).prop_map(|(user, role_pattern)| Condition::HasRole(user, role_pattern)),
        (0u8..2).prop_map(|value| Condition::Setting(SettingId(0), value)),
    ]
}
