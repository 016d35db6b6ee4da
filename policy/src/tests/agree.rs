//! Check, reach, directory, explanation and difference agree, for random rules and random facts.

use std::{collections::BTreeSet, sync::atomic::AtomicBool};

use proptest::prelude::*;

use super::{
    plain::Pair,
    random::{changes, rules, rules_of_all, word},
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
pub fn check_is_reach(world: &World, policy: &Policy) {
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
        for relation in (0..policy.vocabulary().relations.len()).map(|at| RelationId(u8::try_from(at).expect("few"))) {
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

/// Panics if the check differs from the evaluation of the plain rows after the changes.
fn check_is_rows(world: &World, policy: &Policy, changes: &[FactChange]) {
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

/// The pairs of users for which a situation allows the action; where users are counted, each pair contains one user
/// twice.
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
    let inside = |peer| match row.action.is_about_a_message() {
        true => Resource::Message {
            conversation: conversation(peer),
            is_author: situation.is_author.unwrap_or(true),
            age_ms: situation.age_ms.unwrap_or(0),
        },
        false => Resource::Conversation(conversation(peer)),
    };
    let may = |me, about| policy.decide(world, row.action, me, about).is_allowed();
    let mut all = BTreeSet::new();
    for me in world.users() {
        let key = world.user_key(me);
        match situation.kind {
            SituationKind::None if may(me, Resource::None) => drop(all.insert((key, key))),
            SituationKind::NoteToSelf if may(me, inside(Some(me))) => drop(all.insert((key, key))),
            SituationKind::GroupConversation
            | SituationKind::Mail
            | SituationKind::GroupConversationOrMail
            | SituationKind::AnyConversation
                if may(me, inside(None)) =>
            {
                all.insert((key, key));
            }
            SituationKind::Group => {
                let groups = world.groups().filter(|group| may(me, Resource::Group(*group)));
                all.extend(groups.map(|group| (key, world.group_key(group))));
            }
            SituationKind::User | SituationKind::Direct => {
                let about = |them| match situation.kind {
                    SituationKind::Direct => inside(Some(them)),
                    _ => match &situation.relation {
                        Some(name) => Resource::Relation(them, policy.vocabulary().relation(name).expect("both declare it")),
                        None => Resource::User(them),
                    },
                };
                let others = world.users().filter(|them| *them != me && world.status(*them) == UserStatus::Active);
                all.extend(others.filter(|them| may(me, about(*them))).map(|them| (key, world.user_key(them))));
            }
            _ => {}
        }
    }
    all
}

/// Panics if a difference is not the difference of all decisions.
fn row_is_decisions(row: &SituationDifference, before: Side<'_>, after: Side<'_>) {
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
        let (found, search) =
            (DirectoryReach::new(policy, world, me), DirectoryQuery { words, after: after.as_ref(), limit });
        assert_eq!(found.walk(world, &search), found.gather(world, &search));
        assert!(page.next.is_none() || page.hits.len() == limit);
        for hit in &page.hits {
            let (about, actions) = match hit.entity {
                Entity::User(user) => (Resource::User(user), vec![Action::Start, Action::SeeProfile]),
                Entity::Group(group) => (Resource::Group(group), vec![Action::AddressGroup]),
            };
            for action in actions {
                assert_eq!(hit.can.contains(&action), policy.decide(world, action, me, about).is_allowed());
            }
        }
        all.extend(page.hits.into_iter().map(|hit| hit.entity));
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

/// Panics if the directory is not the reach, filtered by the words and in their order.
pub fn directory_is_reach(world: &World, policy: &Policy, words: &[String]) {
    let prefix = words.iter().map(String::as_str).max_by_key(|word| word.len()).unwrap_or_default();
    for me in world.users() {
        let users = policy.reach(world, me, Action::Find).iter().map(Entity::User).collect::<Vec<_>>();
        let groups = policy.group_reach(world, me, Action::Find).into_iter().map(Entity::Group);
        let mut expected: Vec<(&str, EntityKey, Entity)> = users
            .into_iter()
            .chain(groups)
            .filter_map(|who| {
                let own: Vec<&str> = world.words_of(who).split(' ').filter(|word| !word.is_empty()).collect();
                let fits = words.iter().all(|word| own.iter().any(|own| own.starts_with(&**word)));
                let first = own.into_iter().find(|own| own.starts_with(prefix))?;
                fits.then_some((first, world.key_of(who), who))
            })
            .collect();
        expected.sort_unstable();
        let expected: Vec<Entity> = expected.into_iter().map(|(_, _, who)| who).collect();
        let found = DirectoryReach::new(policy, world, me);
        for way in [DirectoryReach::walk, DirectoryReach::gather] {
            let all = way(&found, world, &DirectoryQuery { words, after: None, limit: usize::MAX });
            assert_eq!(all.into_iter().map(|place| place.entity).collect::<Vec<_>>(), expected);
        }
        for limit in [1, 3, 100] {
            assert_eq!(pages(world, policy, me, words, limit), expected, "{me:?} {words:?}");
        }
    }
}

fn conversations(world: &World) -> Vec<Resource> {
    let mut all = vec![Resource::None];
    let peers = world.users().map(Some).chain([None, Some(UserIx(u32::MAX))]);
    for peer in peers {
        for role in [None, Some(MemberRole::Member), Some(MemberRole::Owner)] {
            let conversation =
                ConversationContext { kind: crate::ConversationKind::Direct, state: ConversationState::Open, role, peer };
            all.push(Resource::Conversation(conversation));
            all.push(Resource::Message { conversation, is_author: false, age_ms: i64::MAX });
        }
        all.extend(peer.map(|peer| Resource::Relation(peer, super::tables::FRIEND)));
        all.extend(peer.map(Resource::User));
    }
    all.extend(world.groups().map(Resource::Group));
    all.push(Resource::Group(crate::GroupIx(u32::MAX)));
    all
}

/// Panics if an explanation does not lead to the decision.
fn explanation_is_decision(world: &World, policy: &Policy) {
    let matched = |reasons: &[crate::RuleEvaluation], rule: RuleIx| {
        reasons.iter().any(|reason| reason.rule == rule && matches!(reason.outcome, RuleOutcome::Matched { .. }))
    };
    for me in world.users().chain([UserIx(u32::MAX)]) {
        for about in conversations(world) {
            for action in [Action::Find, Action::Start, Action::AddressGroup, Action::Send] {
                let reasons = policy.explain(world, action, me, about);
                let decision = policy.decide(world, action, me, about);
                match decision {
                    Decision::Allow { rule, .. } | Decision::Deny { rule: Some(rule), .. } => {
                        assert!(matched(&reasons, rule), "{reasons:?}");
                    }
                    // If a rule allows it, a built-in condition denies it.
                    Decision::Deny { rule: None, .. } => {
                        let any = reasons.iter().any(|reason| matches!(reason.outcome, RuleOutcome::Matched { .. }));
                        assert!(!any || policy.built_in_denial(world, action, me, about).is_some(), "{reasons:?}");
                    }
                }
                if policy.built_in_denial(world, action, me, about).is_some() {
                    assert!(!decision.is_allowed(), "{action:?} {about:?}");
                }
                refusals_reveal_only_what_can_be_found(world, policy, me, about, decision);
            }
        }
    }
}

/// Panics if a refusal reveals users who can't be found in a secret directory, or hides more than that.
fn refusals_reveal_only_what_can_be_found(world: &World, policy: &Policy, me: UserIx, about: Resource, decision: Decision) {
    let (Decision::Deny { code, public_code, .. }, Resource::User(_) | Resource::Group(_) | Resource::Relation(..)) =
        (decision, about)
    else {
        return;
    };
    let found = policy.decide(world, Action::Find, me, about).is_allowed();
    let public = if policy.secret_directory() && !found { Code::NotFound } else { code };
    assert_eq!(public_code, public, "{about:?}");
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
            check_is_reach(&world, &policy);
            check_is_rows(&world, &policy, &changes);
            directory_is_reach(&world, &policy, &[]);
            directory_is_reach(&world, &policy, std::slice::from_ref(&word));
            explanation_is_decision(&world, &policy);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn all_evaluations_agree_for_random_rules(changes in changes(40), rules in rules(), secret in any::<bool>(), word in word()) {
        let world = world(&changes);
        let policy = policy(rules, secret);
        check_is_reach(&world, &policy);
        check_is_rows(&world, &policy, &changes);
        for words in [vec![], vec![word.clone()], vec!["a".to_owned(), word.clone()], vec![word, String::new()]] {
            directory_is_reach(&world, &policy, &words);
        }
        explanation_is_decision(&world, &policy);
    }

    #[test]
    fn a_difference_equals_the_changed_decisions(facts in changes(20), one in rules_of_all(), other in rules_of_all(), turned in any::<bool>()) {
        let old = world(&facts);
        // The second world is numbered like the first, or in the reverse order.
        let mut facts = facts;
        if turned {
            facts[..8].reverse();
        }
        let new = world(&facts);
        let (one, other) = (policy(one, false), policy(other, false));
        let (before, after) = (Side { world: &old, policy: &one }, Side { world: &new, policy: &other });
        let found = diff(before, after, &AtomicBool::new(false));
        prop_assert_eq!(found.compared, found.users);
        for difference in &found.actions {
            for row in difference.rows.iter().chain(&difference.assumed) {
                row_is_decisions(row, before, after);
            }
            let changes = difference.rows.iter().any(|row| row.gained + row.lost > 0);
            prop_assert_eq!(changes, difference.gaining + difference.losing > 0);
        }
    }
}
