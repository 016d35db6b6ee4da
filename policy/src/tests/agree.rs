//! Tests that check, reach, directory, explanation and difference agree, for random rules and random facts.

use std::{collections::BTreeSet, sync::atomic::AtomicBool};

use proptest::prelude::*;

use super::{
    plain::Pair,
    random::{changes, rules, rules_of_all_kinds, word},
    tables::{Tables, policy, vocabulary},
};
use crate::{
    Action, Code, ConversationContext, ConversationKind, ConversationState, Decision, DirectoryQuery, Entity, EntityKey,
    FactChange, MemberRole, PRESETS, Policy, RelationId, Resource, RuleIx, RuleOutcome, Side, SituationDifference,
    SituationKind, UserIx, UserStatus, World, diff, eval::DirectoryReach,
};

/// The time at which the worlds are evaluated.
const NOW_MS: i64 = 50;

fn world(changes: &[FactChange]) -> World {
    let mut world = World::new(vocabulary());
    world.advance(NOW_MS);
    world.apply_all(changes);
    world
}

/// Panics if check and reach differ.
pub fn assert_check_equals_reach(world: &World, policy: &Policy) {
    for me in world.users() {
        for action in [Action::Find, Action::SeeProfile, Action::Start, Action::Request, Action::Block] {
            let reach = policy.reach(world, me, action);
            let allowed: Vec<UserIx> = world
                .users()
                .filter(|them| world.status(*them) == UserStatus::Active)
                .filter(|them| policy.decide(world, action, me, Resource::User(*them)).is_allowed())
                .collect();
            assert_eq!(reach.iter().collect::<Vec<_>>(), allowed, "{me:?} {action:?}");
            assert_eq!(reach.len(), allowed.len());
            assert!(allowed.iter().all(|them| reach.contains(*them)));
        }
        for relation in (0..policy.vocabulary().relations.len()).map(|index| RelationId(u8::try_from(index).expect("few"))) {
            for action in [Action::Request, Action::Accept, Action::Unrelate] {
                let allowed: Vec<UserIx> = world
                    .users()
                    .filter(|them| world.status(*them) == UserStatus::Active)
                    .filter(|them| policy.decide(world, action, me, Resource::Relation(*them, relation)).is_allowed())
                    .collect();
                let reach = policy.relation_reach(world, me, action, relation);
                assert_eq!(reach.iter().collect::<Vec<_>>(), allowed, "{me:?} {action:?} {relation:?}");
            }
        }
        for action in [Action::Find, Action::AddressGroup] {
            let allowed: Vec<_> = world
                .groups()
                .filter(|group| policy.decide(world, action, me, Resource::Group(*group)).is_allowed())
                .collect();
            assert_eq!(policy.group_reach(world, me, action), allowed, "{me:?} {action:?}");
        }
    }
}

/// Panics if a check differs from the evaluation of the tables that the changes produce.
fn assert_check_equals_tables(world: &World, policy: &Policy, changes: &[FactChange]) {
    let mut tables = Tables::new(policy.vocabulary().clone());
    changes.iter().for_each(|change| tables.write(change));
    for (me, them) in world.users().flat_map(|me| world.users().map(move |them| (me, them))) {
        let pair = Pair { tables: &tables, now_ms: NOW_MS, me: world.user_key(me), them: world.user_key(them) };
        for action in [Action::Find, Action::SeeProfile, Action::Start, Action::Request, Action::Block] {
            let active = world.status(them) == UserStatus::Active;
            let checked = active && policy.decide(world, action, me, Resource::User(them)).is_allowed();
            assert_eq!(pair.allows(policy, action), checked, "{action:?} of {} with {}", pair.me, pair.them);
        }
    }
}

/// The pairs of users for which the action is allowed in the situation. If users are counted, each pair contains the same
/// user twice.
fn allowed(side: Side<'_>, row: &SituationDifference) -> BTreeSet<(EntityKey, EntityKey)> {
    let Side { world, policy } = side;
    let situation = &row.situation;
    let conversation = |peer| ConversationContext {
        kind: match situation.kind {
            SituationKind::Direct => ConversationKind::Direct,
            SituationKind::NoteToSelf => ConversationKind::NoteToSelf,
            SituationKind::Mail => ConversationKind::Mail,
            _ => ConversationKind::Group,
        },
        state: situation.state.unwrap_or(ConversationState::Open),
        role: Some(situation.role.unwrap_or(MemberRole::Member)),
        peer,
    };
    let conversation_resource = |peer| match row.action.is_about_a_message() {
        true => Resource::Message {
            conversation: conversation(peer),
            is_author: situation.is_author.unwrap_or(true),
            age_ms: situation.age_ms.unwrap_or(0),
        },
        false => Resource::Conversation(conversation(peer)),
    };
    let is_allowed = |me, resource| policy.decide(world, row.action, me, resource).is_allowed();
    let mut all = BTreeSet::new();
    for me in world.users() {
        let key = world.user_key(me);
        match situation.kind {
            SituationKind::None if is_allowed(me, Resource::None) => drop(all.insert((key, key))),
            SituationKind::NoteToSelf if is_allowed(me, conversation_resource(Some(me))) => drop(all.insert((key, key))),
            SituationKind::GroupConversation
            | SituationKind::Mail
            | SituationKind::GroupConversationOrMail
            | SituationKind::AnyConversation
                if is_allowed(me, conversation_resource(None)) =>
            {
                all.insert((key, key));
            }
            SituationKind::Group => {
                let groups = world.groups().filter(|group| is_allowed(me, Resource::Group(*group)));
                all.extend(groups.map(|group| (key, world.group_key(group))));
            }
            SituationKind::User | SituationKind::Direct => {
                let resource = |them| match situation.kind {
                    SituationKind::Direct => conversation_resource(Some(them)),
                    _ => match &situation.relation {
                        Some(name) => Resource::Relation(them, policy.vocabulary().relation(name).expect("both declare it")),
                        None => Resource::User(them),
                    },
                };
                let other_users = world.users().filter(|them| *them != me && world.status(*them) == UserStatus::Active);
                all.extend(
                    other_users.filter(|them| is_allowed(me, resource(*them))).map(|them| (key, world.user_key(them))),
                );
            }
            _ => {}
        }
    }
    all
}

/// Panics if the counts and examples of a row differ from the decisions about all pairs.
fn assert_row_equals_decisions(row: &SituationDifference, before: Side<'_>, after: Side<'_>) {
    if row.situation.assumed.is_some() {
        return;
    }
    let (mut old, mut new) = (allowed(before, row), allowed(after, row));
    if row.situation.kind == SituationKind::Direct {
        let peers: BTreeSet<(EntityKey, EntityKey)> =
            [before, after].into_iter().flat_map(|side| pairs_of_peers(side)).collect();
        old.retain(|pair| peers.contains(pair));
        new.retain(|pair| peers.contains(pair));
    }
    let counts = (old.len(), new.difference(&old).count(), old.difference(&new).count());
    let public = (row.before as usize, row.gained as usize, row.lost as usize);
    assert_eq!(public, counts, "{row:?}");
    for pair in &row.gained_examples {
        assert!(new.contains(&(pair.principal, pair.other)) && !old.contains(&(pair.principal, pair.other)), "{row:?}");
    }
    for pair in &row.lost_examples {
        assert!(old.contains(&(pair.principal, pair.other)) && !new.contains(&(pair.principal, pair.other)), "{row:?}");
    }
    assert_eq!(row.lost > 0, !row.lost_examples.is_empty(), "{row:?}");
    assert_eq!(row.gained > 0, !row.gained_examples.is_empty(), "{row:?}");
}

fn pairs_of_peers(side: Side<'_>) -> Vec<(EntityKey, EntityKey)> {
    let Side { world, policy } = side;
    let mut pairs = Vec::new();
    for me in world.users() {
        for action in [Action::Find, Action::SeeProfile, Action::Start] {
            pairs.extend(policy.reach(world, me, action).iter().map(|them| (world.user_key(me), world.user_key(them))));
        }
    }
    pairs
}

/// All pages of a search, as one list.
fn pages(world: &World, policy: &Policy, me: UserIx, words: &[String], limit: usize) -> Vec<Entity> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = policy.complete(world, me, &DirectoryQuery { words, after: after.as_ref(), limit });
        assert!(page.hits.len() <= limit);
        let (reach, search) =
            (DirectoryReach::new(policy, world, me), DirectoryQuery { words, after: after.as_ref(), limit });
        assert_eq!(reach.walk(world, &search), reach.gather(world, &search));
        assert!(page.next.is_none() || page.hits.len() == limit);
        for hit in &page.hits {
            let (resource, actions) = match hit.entity {
                Entity::User(user) => (Resource::User(user), vec![Action::Start, Action::SeeProfile]),
                Entity::Group(group) => (Resource::Group(group), vec![Action::AddressGroup]),
            };
            for action in actions {
                assert_eq!(hit.can.contains(&action), policy.decide(world, action, me, resource).is_allowed());
            }
        }
        all.extend(page.hits.into_iter().map(|hit| hit.entity));
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

/// Panics if the directory does not list the reach, filtered by the words, in the order of the words.
pub fn assert_directory_equals_reach(world: &World, policy: &Policy, words: &[String]) {
    let prefix = words.iter().map(String::as_str).max_by_key(|word| word.len()).unwrap_or_default();
    for me in world.users() {
        let users = policy.reach(world, me, Action::Find).iter().map(Entity::User).collect::<Vec<_>>();
        let groups = policy.group_reach(world, me, Action::Find).into_iter().map(Entity::Group);
        let mut expected: Vec<(&str, EntityKey, Entity)> = users
            .into_iter()
            .chain(groups)
            .filter_map(|entity| {
                let entity_words: Vec<&str> = world.words_of(entity).split(' ').filter(|word| !word.is_empty()).collect();
                let has_all =
                    words.iter().all(|word| entity_words.iter().any(|entity_words| entity_words.starts_with(&**word)));
                let first_word = entity_words.into_iter().find(|entity_words| entity_words.starts_with(prefix))?;
                has_all.then_some((first_word, world.key_of(entity), entity))
            })
            .collect();
        expected.sort_unstable();
        let expected: Vec<Entity> = expected.into_iter().map(|(_, _, entity)| entity).collect();
        let reach = DirectoryReach::new(policy, world, me);
        for search in [DirectoryReach::walk, DirectoryReach::gather] {
            let all = search(&reach, world, &DirectoryQuery { words, after: None, limit: usize::MAX });
            assert_eq!(all.into_iter().map(|found| found.entity).collect::<Vec<_>>(), expected);
        }
        for limit in [1, 3, 100] {
            assert_eq!(pages(world, policy, me, words, limit), expected, "{me:?} {words:?}");
        }
    }
}

fn resources(world: &World) -> Vec<Resource> {
    let mut resources = vec![Resource::None];
    let peers = world.users().map(Some).chain([None, Some(UserIx(u32::MAX))]);
    for peer in peers {
        for role in [None, Some(MemberRole::Member), Some(MemberRole::Owner)] {
            let conversation =
                ConversationContext { kind: crate::ConversationKind::Direct, state: ConversationState::Open, role, peer };
            resources.push(Resource::Conversation(conversation));
            resources.push(Resource::Message { conversation, is_author: false, age_ms: i64::MAX });
        }
        resources.extend(peer.map(|peer| Resource::Relation(peer, super::tables::FRIEND)));
        resources.extend(peer.map(Resource::User));
    }
    resources.extend(world.groups().map(Resource::Group));
    resources.push(Resource::Group(crate::GroupIx(u32::MAX)));
    resources
}

/// Panics if an explanation does not lead to the decision.
fn assert_explanation_leads_to_decision(world: &World, policy: &Policy) {
    let matched = |reasons: &[crate::RuleEvaluation], rule: RuleIx| {
        reasons.iter().any(|reason| reason.rule == rule && matches!(reason.outcome, RuleOutcome::Matched { .. }))
    };
    for me in world.users().chain([UserIx(u32::MAX)]) {
        for resource in resources(world) {
            for action in [Action::Find, Action::Start, Action::AddressGroup, Action::Send] {
                let reasons = policy.explain(world, action, me, resource);
                let decision = policy.decide(world, action, me, resource);
                match decision {
                    Decision::Allow { rule, .. } | Decision::Deny { rule: Some(rule), .. } => {
                        assert!(matched(&reasons, rule), "{reasons:?}");
                    }
                    // If a rule matched, there is a built-in denial.
                    Decision::Deny { rule: None, .. } => {
                        let any_matched = reasons.iter().any(|reason| matches!(reason.outcome, RuleOutcome::Matched { .. }));
                        assert!(
                            !any_matched || policy.built_in_denial(world, action, me, resource).is_some(),
                            "{reasons:?}"
                        );
                    }
                }
                if policy.built_in_denial(world, action, me, resource).is_some() {
                    assert!(!decision.is_allowed(), "{action:?} {resource:?}");
                }
                assert_refusal_reveals_only_findable(world, policy, me, resource, decision);
            }
        }
    }
}

/// Panics if a refusal in a secret directory reveals a user who can't be found, or hides the code of another refusal.
fn assert_refusal_reveals_only_findable(world: &World, policy: &Policy, me: UserIx, resource: Resource, decision: Decision) {
    let (Decision::Deny { code, public_code, .. }, Resource::User(_) | Resource::Group(_) | Resource::Relation(..)) =
        (decision, resource)
    else {
        return;
    };
    let can_be_found = policy.decide(world, Action::Find, me, resource).is_allowed();
    let expected = if policy.secret_directory() && !can_be_found { Code::NotFound } else { code };
    assert_eq!(public_code, expected, "{resource:?}");
}

proptest! {
    // Each case evaluates six policies.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn all_evaluations_agree_for_each_preset(changes in changes(60), word in word()) {
        for (name, _) in PRESETS {
            let policy = Policy::preset(name).expect("a preset is read");
            let mut world = World::new(policy.vocabulary().clone());
            world.advance(NOW_MS);
            world.apply_all(&changes);
            assert_check_equals_reach(&world, &policy);
            assert_check_equals_tables(&world, &policy, &changes);
            assert_directory_equals_reach(&world, &policy, &[]);
            assert_directory_equals_reach(&world, &policy, std::slice::from_ref(&word));
            assert_explanation_leads_to_decision(&world, &policy);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn all_evaluations_agree_for_random_rules(changes in changes(40), rules in rules(), secret in any::<bool>(), word in word()) {
        let world = world(&changes);
        let policy = policy(rules, secret);
        assert_check_equals_reach(&world, &policy);
        assert_check_equals_tables(&world, &policy, &changes);
        for words in [vec![], vec![word.clone()], vec!["a".to_owned(), word.clone()], vec![word, String::new()]] {
            assert_directory_equals_reach(&world, &policy, &words);
        }
        assert_explanation_leads_to_decision(&world, &policy);
    }

    #[test]
    fn a_difference_equals_the_changed_decisions(facts in changes(20), old_policy in rules_of_all_kinds(), new_policy in rules_of_all_kinds(), reversed in any::<bool>()) {
        let old = world(&facts);
        // The second world is numbered like the first, or in the reverse order.
        let mut facts = facts;
        if reversed {
            facts[..8].reverse();
        }
        let new = world(&facts);
        let (old_policy, new_policy) = (policy(old_policy, false), policy(new_policy, false));
        let (before, after) = (Side { world: &old, policy: &old_policy }, Side { world: &new, policy: &new_policy });
        let differences = diff(before, after, &AtomicBool::new(false));
        prop_assert_eq!(differences.compared, differences.users);
        for difference in &differences.actions {
            for row in difference.rows.iter().chain(&difference.assumed) {
                assert_row_equals_decisions(row, before, after);
            }
            let has_changes = difference.rows.iter().any(|row| row.gained + row.lost > 0);
            prop_assert_eq!(has_changes, difference.gaining + difference.losing > 0);
        }
    }
}
