//! Tests that facts kept up to date by the log equal facts read from the tables.

use std::sync::Arc;

use causerie_policy::{Action, DirectoryQuery, Entity, PRESETS, SettingId, UserIx};
use proptest::test_runner::TestRunner;

use super::{next, node, random, tenant_under};
use crate::{
    facts::Snapshot,
    testing::{TestClock, on_each_database},
};

/// Number of random tenants per preset and database.
const WORLDS: usize = 3;
/// Number of changes per tenant.
const STEPS: usize = 8;

/// All answers of a snapshot, by keys and in a fixed order, because two snapshots may number users differently.
fn answers(snapshot: &Snapshot) -> Vec<String> {
    let (world, policy) = (&snapshot.world, &snapshot.policy);
    let keys = |users: &mut dyn Iterator<Item = UserIx>| {
        let mut keys: Vec<u128> = users.map(|user| world.user_key(user)).collect();
        keys.sort_unstable();
        keys
    };
    let mut answers: Vec<String> = Vec::new();
    for user in world.users() {
        let mut answer = format!("{} {:?}", world.user_key(user), world.status(user));
        for action in [Action::Find, Action::SeeProfile, Action::Start, Action::Request, Action::Block] {
            answer += &format!(" {action:?} {:?}", keys(&mut policy.reach(world, user, action).iter()));
        }
        for action in [Action::Find, Action::AddressGroup] {
            let reach = policy.group_reach(world, user, action);
            let mut groups: Vec<u128> = reach.into_iter().map(|group| world.group_key(group)).collect();
            groups.sort_unstable();
            answer += &format!(" {action:?} {groups:?}");
        }
        let page = policy.complete(world, user, &DirectoryQuery { words: &[], after: None, limit: usize::MAX });
        for hit in page.hits {
            let key = match hit.entity {
                Entity::User(user) => world.user_key(user),
                Entity::Group(group) => world.group_key(group),
            };
            answer += &format!(" {key} {:?}", hit.can);
        }
        answers.push(answer);
    }
    for group in world.groups() {
        let members = keys(&mut world.members(group));
        answers.push(format!("{} {:?} {members:?}", world.group_key(group), world.group_state(group)));
    }
    answers.sort_unstable();
    let settings = (0u8..).zip(&world.vocabulary().settings);
    answers.extend(settings.map(|(number, _)| world.setting(SettingId(number)).to_owned()));
    answers
}

#[tokio::test]
async fn facts_updated_by_the_log_equal_facts_read_from_the_tables() {
    on_each_database(|store| async move {
        let mut runner = TestRunner::deterministic();
        for (preset, _) in PRESETS {
            for number in 0..WORLDS {
                let clock = TestClock::new();
                let following_node = node(&store, &clock);
                let (tenant, vocabulary) = tenant_under(&store, preset, &format!("{preset}-{number}")).await;
                following_node.latest(tenant).await.expect("reads");
                let (initial_step, change) = (random::initial_step(&vocabulary), random::change(&vocabulary));
                let mut steps = Vec::new();
                for step_number in 0..STEPS {
                    let step = if step_number == 0 { next(&mut runner, &initial_step) } else { next(&mut runner, &change) };
                    random::write(&store, tenant, &vocabulary, &step).await;
                    steps.push(step);
                    clock.advance_ms(10);
                    let kept: Arc<Snapshot> = following_node.latest(tenant).await.expect("follows");
                    let rebuilt = node(&store, &clock).latest(tenant).await.expect("reads");
                    assert_eq!((kept.version, kept.policy_version), (rebuilt.version, rebuilt.policy_version));
                    assert_same(&answers(&kept), &answers(&rebuilt), preset, &steps);
                }
            }
        }
    })
    .await;
}

/// Panics if the answers differ. The message contains the differences and the last step, not all answers.
#[track_caller]
fn assert_same(kept: &[String], rebuilt: &[String], preset: &str, steps: &[random::Step]) {
    let only = |some: &[String], others: &[String]| -> Vec<String> {
        some.iter().filter(|answer| !others.contains(answer)).cloned().collect()
    };
    let (kept_only, rebuilt_only) = (only(kept, rebuilt), only(rebuilt, kept));
    assert!(
        kept == rebuilt,
        "{preset}: the log says {kept_only:#?}, the tables {rebuilt_only:#?}, after {} steps, the last {:#?}",
        steps.len(),
        steps.last(),
    );
}
