//! Tests that a world that is kept up to date by the log equals a world that is built from the tables.

use proptest::prelude::*;

use super::{
    random::{Event, USERS, events, rules},
    tables::{Tables, decisions_about, policy, text, vocabulary},
};
use crate::World;

fn apply_events(world: &mut World, tables: &mut Tables, now_ms: &mut i64, events: &[Event]) {
    for event in events {
        match event {
            Event::Change(change) => {
                tables.write(change);
                world.apply(change);
            }
            Event::Time(ms) => {
                *now_ms = (*now_ms).max(*ms);
                world.advance(*ms);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_world_kept_by_the_log_equals_a_rebuilt_world(events in events(120), rules in rules()) {
        let (mut world, mut tables, mut now_ms) = (World::new(vocabulary()), Tables::default(), i64::MIN);
        apply_events(&mut world, &mut tables, &mut now_ms, &events);
        let rebuilt = tables.world(now_ms);
        prop_assert_eq!(text(&world), text(&rebuilt));
        let policy = policy(rules, false);
        for key in USERS {
            prop_assert_eq!(decisions_about(&world, &policy, key), decisions_about(&rebuilt, &policy, key));
        }
    }

    #[test]
    fn changes_of_a_copy_leave_the_original(first in events(60), second in events(60)) {
        let (mut world, mut tables, mut now_ms) = (World::new(vocabulary()), Tables::default(), i64::MIN);
        apply_events(&mut world, &mut tables, &mut now_ms, &first);
        let before = text(&world);
        let mut copy = world.clone();
        let mut later = tables.clone();
        let mut later_ms = now_ms;
        apply_events(&mut copy, &mut later, &mut later_ms, &second);
        prop_assert_eq!(text(&world), before);
        prop_assert_eq!(text(&copy), text(&later.world(later_ms)));
    }

    #[test]
    fn applying_a_change_twice_has_the_effect_of_once(events in events(60)) {
        let (mut world, mut tables, mut now_ms) = (World::new(vocabulary()), Tables::default(), i64::MIN);
        apply_events(&mut world, &mut tables, &mut now_ms, &events);
        let before = text(&world);
        world.apply_all(tables.rows());
        prop_assert_eq!(text(&world), before);
    }

    /// Without a change of facts, no decision changes before the time that [`World::valid_until_ms`] returns.
    #[test]
    fn decisions_change_by_time_only_at_the_named_time(events in events(60)) {
        let (mut world, mut tables, mut now_ms) = (World::new(vocabulary()), Tables::default(), i64::MIN);
        apply_events(&mut world, &mut tables, &mut now_ms, &events);
        while let Some(until_ms) = world.valid_until_ms() {
            prop_assert!(until_ms > now_ms);
            prop_assert_eq!(text(&world), text(&tables.world(until_ms - 1)));
            now_ms = until_ms;
            world.advance(now_ms);
        }
        prop_assert_eq!(text(&world), text(&tables.world(i64::MAX - 1)));
    }
}
