//! Whoever is reached in memory is a row of the SQL made of the same rules, on real databases.

use std::collections::BTreeSet;

use causerie_policy::{About, Action, Mine, PRESETS, Param, Search, Sql, Status, UserIx, Who};
use proptest::test_runner::TestRunner;
use sea_orm::{ConnectionTrait as _, Value};
use uuid::Uuid;

use super::{next, node, random, tenant_under};
use crate::{
    clock::Clock as _,
    facts::Snapshot,
    store::{Store, rows::statement},
    testing::{TestClock, on_each_database},
};

/// Worlds per preset and database.
const WORLDS: usize = 6;
/// What people are found by.
const PREFIX: &str = "a";
/// After all that begin with it.
const PREFIX_END: &str = "b";

fn value(param: &Param) -> Value {
    match param {
        Param::Uuid(key) => Uuid::from_u128(*key).into(),
        Param::Text(text) => text.as_str().into(),
        Param::Int(number) => (*number).into(),
    }
}

/// The people a query names, by keys.
async fn people(store: &Store, sql: &str, values: Vec<Value>) -> BTreeSet<u128> {
    let rows = store.reader().query_all_raw(statement(store.backend(), sql, values)).await.expect(sql);
    rows.iter().map(|row| row.try_get::<Uuid>("", "id").expect("is an id").as_u128()).collect()
}

async fn reached(store: &Store, sql: &Sql) -> BTreeSet<u128> {
    let query = format!("SELECT k.id FROM users k WHERE {}", sql.condition);
    people(store, &query, sql.params.iter().map(value).collect()).await
}

/// By the word index, each candidate probed: as a node without facts in memory would.
async fn found(store: &Store, snapshot: &Snapshot, mine: &Mine) -> BTreeSet<u128> {
    let sql = snapshot.policy.sql(Action::Find, mine, 4);
    let query = format!(
        "SELECT DISTINCT k.id FROM user_tokens w JOIN users k ON k.id = w.user_id
         WHERE w.tenant_id = $1 AND w.token >= $2 AND w.token < $3 AND {}",
        sql.condition
    );
    let own = [snapshot.tenant.0.into(), PREFIX.into(), PREFIX_END.into()];
    people(store, &query, own.into_iter().chain(sql.params.iter().map(value)).collect()).await
}

/// Panics where check, reach and SQL differ. Answers how many pairs were allowed and how many not.
async fn agree(store: &Store, snapshot: &Snapshot, now_ms: i64, case: &str) -> (usize, usize) {
    let (world, policy) = (&snapshot.world, &snapshot.policy);
    let key = |user: UserIx| world.user_key(user);
    let (mut yes, mut no) = (0, 0);
    for me in world.users() {
        let mine = Mine::of(world, me, snapshot.tenant.0.as_u128(), now_ms).expect("is known");
        for action in [Action::Find, Action::SeeProfile, Action::Start, Action::Request, Action::Block] {
            let active = world.users().filter(|them| world.status(*them) == Status::Active);
            let allowed = active.filter(|them| policy.decide(world, action, me, About::Person(*them)).is_allowed());
            let checked: BTreeSet<u128> = allowed.map(key).collect();
            let reach: BTreeSet<u128> = policy.reach(world, me, action).iter().map(key).collect();
            assert_eq!(checked, reach, "{case}: {action:?} of {}", key(me));
            let sql = policy.sql(action, &mine, 1);
            assert_eq!(reached(store, &sql).await, reach, "{case}: {action:?} of {}: {sql:#?}", key(me));
            yes += reach.len();
            no += world.users().count() - reach.len();
        }
        let words = [PREFIX.to_owned()];
        let page = policy.complete(world, me, &Search { words: &words, after: None, limit: usize::MAX });
        let hits = page.hits.iter().filter_map(|hit| match hit.who {
            Who::Person(user) => Some(key(user)),
            Who::Group(_) => None,
        });
        assert_eq!(found(store, snapshot, &mine).await, hits.collect(), "{case}: the directory of {}", key(me));
    }
    (yes, no)
}

#[tokio::test]
async fn check_is_reach_is_a_row() {
    on_each_database(|store| async move {
        let mut runner = TestRunner::deterministic();
        let clock = TestClock::new();
        let facts = node(&store, &clock);
        for (preset, _) in PRESETS {
            let (mut yes, mut no) = (0, 0);
            for number in 0..WORLDS {
                let (tenant, words) = tenant_under(&store, preset, &format!("{preset}-{number}")).await;
                let step = next(&mut runner, &random::beginning(&words));
                random::write(&store, tenant, &words, &step).await;
                let case = format!("{preset}, world {number}, {step:?}");
                // Now, and once some memberships have begun and others ended.
                for _ in 0..2 {
                    let snapshot = facts.current(tenant).await.expect("reads");
                    let (some, others) = agree(&store, &snapshot, clock.now_ms(), &case).await;
                    (yes, no) = (yes + some, no + others);
                    clock.advance_ms(15);
                }
            }
            assert!(yes > 0 && no > 0, "{preset}: {yes} allowed and {no} not: the worlds try nothing");
        }
    })
    .await;
}
