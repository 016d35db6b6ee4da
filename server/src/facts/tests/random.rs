//! Random facts in the vocabulary of a policy, with few users and groups so that facts overlap.

use causerie_policy::{RelationOrigin, Vocabulary};
use causerie_protocol::TenantId;
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::{
    domain::{Delivers, EdgeEffect, GroupState, RelationState, UserStatus, WritableBy},
    store::{
        Store,
        queries::{
            facts::{
                EdgeFact, EdgeKey, FactWrite, GroupFact, MembershipFact, MembershipKey, RelationFact, RelationKey,
                SettingFact,
            },
            users::Profile,
        },
    },
    testing::NOW_MS,
};

const USERS: usize = 9;
const GROUPS: usize = 6;
/// A word that no policy declares.
const UNDECLARED: &str = "stranger";

/// The changes of one transaction. Users and groups have numbers. Links to users and groups that do not exist are left out.
#[derive(Debug, Clone)]
pub struct Step {
    users: Vec<Profile>,
    groups: Vec<GroupFact>,
    removed_groups: Vec<usize>,
    memberships: Vec<Membership>,
    relations: Vec<Relation>,
    edges: Vec<Edge>,
    settings: Vec<SettingFact>,
}

#[derive(Debug, Clone)]
struct Membership {
    user: usize,
    group: usize,
    role: String,
    from_ms: Option<i64>,
    until_ms: Option<i64>,
    is_removed: bool,
}

#[derive(Debug, Clone)]
struct Relation {
    from: usize,
    to: usize,
    relation: String,
    state: RelationState,
    is_removed: bool,
}

#[derive(Debug, Clone)]
struct Edge {
    from: usize,
    from_role: String,
    to: usize,
    to_role: String,
    effect: EdgeEffect,
    delivers: Delivers,
    is_removed: bool,
}

/// The first step: all users and groups, and links between them.
pub fn initial_step(vocabulary: &Vocabulary) -> impl Strategy<Value = Step> {
    let users: Vec<_> = (0..USERS).map(|number| user(Just(number).boxed(), vocabulary)).collect();
    let groups: Vec<_> = (0..GROUPS).map(|number| group(Just(number).boxed(), vocabulary)).collect();
    step(users, groups, Just(Vec::new()).boxed(), 30, vocabulary)
}

/// A few changes of any kind.
pub fn change(vocabulary: &Vocabulary) -> impl Strategy<Value = Step> {
    let users = vec(user((0..USERS).boxed(), vocabulary), 0..3);
    let groups = vec(group((0..GROUPS).boxed(), vocabulary), 0..3);
    step(users, groups, vec(0..GROUPS, 0..2).boxed(), 5, vocabulary)
}

fn step(
    users: impl Strategy<Value = Vec<Profile>>,
    groups: impl Strategy<Value = Vec<GroupFact>>,
    removed_groups: BoxedStrategy<Vec<usize>>,
    links: usize,
    vocabulary: &Vocabulary,
) -> impl Strategy<Value = Step> {
    let links = (
        vec(membership(vocabulary), 0..=links * 2),
        vec(relation(vocabulary), 0..=links),
        vec(edge(vocabulary), 0..=links / 3),
        vec(setting(vocabulary), 0..3),
    );
    (users, groups, removed_groups, links).prop_map(
        |(users, groups, removed_groups, (memberships, relations, edges, settings))| Step {
            users,
            groups,
            removed_groups,
            memberships,
            relations,
            edges,
            settings: settings.into_iter().flatten().collect(),
        },
    )
}

fn user(number: BoxedStrategy<usize>, vocabulary: &Vocabulary) -> BoxedStrategy<Profile> {
    let status = prop_oneof![
        7 => Just(UserStatus::Active),
        1 => Just(UserStatus::Invited),
        1 => Just(UserStatus::Deactivated),
        1 => Just(UserStatus::Removed),
    ];
    let writable_by =
        prop_oneof![3 => Just(WritableBy::Rules), 1 => Just(WritableBy::Contacts), 1 => Just(WritableBy::Nobody)];
    let profile = (number, name(), status, vec(maybe_declared(&vocabulary.roles), 0..2), writable_by);
    profile
        .prop_map(|(number, name, status, roles, writable_by)| Profile {
            external_id: user_id(number),
            name: Some(name),
            status: Some(status),
            roles: Some(roles),
            writable_by: Some(writable_by),
            ..Profile::default()
        })
        .boxed()
}

fn group(number: BoxedStrategy<usize>, vocabulary: &Vocabulary) -> BoxedStrategy<GroupFact> {
    let state =
        prop_oneof![6 => Just(GroupState::Active), 1 => Just(GroupState::Concluded), 1 => Just(GroupState::Archived)];
    (number, name(), maybe_declared(&vocabulary.kinds), state, delivers())
        .prop_map(|(number, name, kind, state, delivers)| GroupFact {
            external_id: group_id(number),
            kind: Some(kind),
            name: Some(name),
            parent: None,
            state: Some(state),
            delivers: Some(delivers),
        })
        .boxed()
}

fn membership(vocabulary: &Vocabulary) -> impl Strategy<Value = Membership> {
    // Near the present, so that some memberships begin and some end during a test.
    let time = || option::weighted(0.2, (NOW_MS - 50)..(NOW_MS + 150));
    (0..USERS, 0..GROUPS, maybe_declared(&vocabulary.roles), time(), time(), prop::bool::weighted(0.15)).prop_map(
        |(user, group, role, from_ms, until_ms, is_removed)| Membership { user, group, role, from_ms, until_ms, is_removed },
    )
}

fn relation(vocabulary: &Vocabulary) -> impl Strategy<Value = Relation> {
    let names: Vec<String> = vocabulary.relations.iter().map(|(name, _)| name.clone()).collect();
    let state = prop_oneof![1 => Just(RelationState::Pending), 3 => Just(RelationState::Accepted)];
    (0..USERS, 0..USERS, maybe_declared(&names), state, prop::bool::weighted(0.2))
        .prop_map(|(from, to, relation, state, is_removed)| Relation { from, to, relation, state, is_removed })
}

fn edge(vocabulary: &Vocabulary) -> impl Strategy<Value = Edge> {
    let role = || prop_oneof![1 => Just(String::new()), 2 => maybe_declared(&vocabulary.roles)];
    let effect = prop_oneof![3 => Just(EdgeEffect::Allow), 1 => Just(EdgeEffect::Deny)];
    (0..GROUPS, role(), 0..GROUPS, role(), effect, delivers(), prop::bool::weighted(0.2)).prop_map(
        |(from, from_role, to, to_role, effect, delivers, is_removed)| Edge {
            from,
            from_role,
            to,
            to_role,
            effect,
            delivers,
            is_removed,
        },
    )
}

/// `None` if the policy declares no setting.
fn setting(vocabulary: &Vocabulary) -> BoxedStrategy<Option<SettingFact>> {
    if vocabulary.settings.is_empty() {
        return Just(None).boxed();
    }
    let possible_values =
        |values: Vec<String>| if values.is_empty() { vec!["2".to_owned(), "5m".to_owned()] } else { values };
    let facts = vocabulary.settings.iter().flat_map(|setting| {
        let values = possible_values(setting.values.clone()).into_iter().map(Some).chain([None]);
        values.map(|value| Some(SettingFact { name: setting.name.clone(), value }))
    });
    select(facts.collect::<Vec<_>>()).boxed()
}

fn delivers() -> impl Strategy<Value = Delivers> {
    select(vec![Delivers::People, Delivers::Group, Delivers::Both, Delivers::None])
}

/// Mostly a declared word, sometimes an undeclared word.
fn maybe_declared(declared: &[String]) -> BoxedStrategy<String> {
    let undeclared = Just(UNDECLARED.to_owned());
    if declared.is_empty() {
        return undeclared.boxed();
    }
    prop_oneof![9 => select(declared.to_vec()), 1 => undeclared].boxed()
}

/// A name of few different words, so that several names have the same prefix.
fn name() -> impl Strategy<Value = String> {
    "[ab]{1,2}( [ab]{1,2})?"
}

fn user_id(number: usize) -> String {
    format!("p{number}")
}

fn group_id(number: usize) -> String {
    format!("g{number}")
}

/// Writes a step in one transaction.
pub async fn write(store: &Store, tenant: TenantId, vocabulary: &Vocabulary, step: &Step) {
    let mut write = FactWrite::begin(store, tenant, NOW_MS).await.expect("begins");
    let removed: Vec<String> = step.removed_groups.iter().map(|number| group_id(*number)).collect();
    let removed = write.resolve_groups(&removed.iter().map(String::as_str).collect::<Vec<_>>()).await.expect("asks");
    write.remove_groups(&removed.into_values().collect::<Vec<_>>()).await.expect("writes");
    write.users(&step.users).await.expect("writes");
    write.groups(&step.groups).await.expect("writes");
    write_links(&mut write, vocabulary, step).await;
    write.settings(&step.settings).await.expect("writes");
    write.commit().await.expect("commits");
}

async fn write_links(write: &mut FactWrite, vocabulary: &Vocabulary, step: &Step) {
    let (user_ids, groups) = ((0..USERS).map(user_id).collect::<Vec<_>>(), (0..GROUPS).map(group_id).collect::<Vec<_>>());
    let users = write.resolve_users(&user_ids.iter().map(String::as_str).collect::<Vec<_>>()).await.expect("asks");
    let groups_by_id = write.resolve_groups(&groups.iter().map(String::as_str).collect::<Vec<_>>()).await.expect("asks");
    let user = |number: usize| users.get(&user_ids[number]).copied();
    let group = |number: usize| groups_by_id.get(&groups[number]).copied();

    let (mut put, mut removed) = (Vec::new(), Vec::new());
    for membership in &step.memberships {
        let (Some(user), Some(group)) = (user(membership.user), group(membership.group)) else { continue };
        let key = MembershipKey { user, group, role: membership.role.clone() };
        if membership.is_removed {
            removed.push(key);
        } else {
            put.push(MembershipFact { key, from_ms: membership.from_ms, until_ms: membership.until_ms });
        }
    }
    write.memberships(&put).await.expect("writes");
    write.remove_memberships(&removed).await.expect("writes");

    let is_mutual =
        |name: &str| vocabulary.relation(name).is_some_and(|relation| vocabulary.origin(relation) == RelationOrigin::Mutual);
    let (mut put, mut removed) = (Vec::new(), Vec::new());
    for relation in &step.relations {
        let (Some(from), Some(to)) = (user(relation.from), user(relation.to)) else { continue };
        let key = RelationKey { from, relation: relation.relation.clone(), to };
        if relation.is_removed { removed.push(key) } else { put.push(RelationFact { key, state: relation.state }) }
    }
    write.relations(&put, is_mutual).await.expect("writes");
    write.remove_relations(&removed, is_mutual).await.expect("writes");

    let (mut put, mut removed) = (Vec::new(), Vec::new());
    for edge in &step.edges {
        let (Some(from_group), Some(to_group)) = (group(edge.from), group(edge.to)) else { continue };
        let (from_role, to_role) = (edge.from_role.clone(), edge.to_role.clone());
        let key = EdgeKey { from_group, from_role, to_group, to_role };
        if edge.is_removed {
            removed.push(key)
        } else {
            put.push(EdgeFact { key, effect: edge.effect, delivers: edge.delivers })
        }
    }
    write.edges(&put).await.expect("writes");
    write.remove_edges(&removed).await.expect("writes");
}
