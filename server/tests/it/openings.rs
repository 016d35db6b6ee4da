//! Whether a user may start any conversation or request any relation, in the welcome and as events, and the note to self in
//! the directory.

use causerie_client::Event;

use crate::{
    harness::within,
    scenarios::{
        Answered as _, Row, System, User,
        facts::{edge, group, member, setting, user},
        system::everywhere,
        user::user_ref,
    },
};

/// Whether the user may start any conversation, and whether they may request any relation, according to the welcome.
fn may_start_and_request(user: &User) -> (bool, bool) {
    let welcome = user.welcome().expect("connected");
    (welcome.may_start, welcome.may_request)
}

/// Waits for an event `mayStartChanged` with the values `after`. Fails on an event with the values `before`.
async fn expect_change(user: &mut User, before: (bool, bool), after: (bool, bool)) {
    let is_expected = |event| match event {
        Event::MayStart(changed) => {
            assert_ne!((changed.may_start, changed.may_request), before, "told without a change");
            ((changed.may_start, changed.may_request) == after).then_some(())
        }
        _ => None,
    };
    user.until(&format!("{after:?}"), is_expected).await;
}

fn lms() -> Vec<Row> {
    let mut rows = vec![group("algebra", "course")];
    rows.push(user("leo").with("roles", vec!["learner"]));
    rows.push(user("ivy").with("roles", vec!["instructor"]));
    rows.push(member("ivy", "instructor", "algebra"));
    rows
}

#[tokio::test]
async fn s4_05_a_learner_without_a_course_may_start_nothing_until_there_is_one() {
    everywhere("lms", &lms(), async |lms| {
        let mut leo = lms.user("leo").await;
        assert_eq!(may_start_and_request(&leo), (false, false));
        lms.import_all(&[member("leo", "learner", "algebra")]).await;
        expect_change(&mut leo, (false, false), (true, false)).await;
        assert_eq!(may_start_and_request(&lms.user("leo").await), (true, false), "on another device too");
        lms.import_all(&[setting("messaging", "off")]).await;
        expect_change(&mut leo, (true, false), (false, false)).await;
        lms.import_all(&[setting("messaging", "on")]).await;
        expect_change(&mut leo, (false, false), (true, false)).await;
        // The only instructor is removed.
        lms.import_all(&[user("ivy").removed()]).await;
        expect_change(&mut leo, (true, false), (false, false)).await;
        // The new instructor is the only user whom Leo may write to.
        lms.import_all(&[user("ian"), member("ian", "instructor", "algebra")]).await;
        expect_change(&mut leo, (false, false), (true, false)).await;
    })
    .await;
}

#[tokio::test]
async fn a_user_without_friends_may_request_and_starts_with_the_first_friend() {
    everywhere("medical", &[user("ada")], async |network| {
        let mut ada = network.user("ada").await;
        assert_eq!(may_start_and_request(&ada), (false, false), "nobody else is there");
        let bea = network.user("bea").await;
        expect_change(&mut ada, (false, false), (false, true)).await;
        assert_eq!(may_start_and_request(&bea), (false, true));
        bea.relate("friend", user_ref("ada")).await.answer().expect("anyone");
        // After a request of Bea, Ada can request no relation.
        expect_change(&mut ada, (false, true), (false, false)).await;
        ada.accept_relation("friend", user_ref("bea")).await.answer().expect("asked");
        expect_change(&mut ada, (false, false), (true, false)).await;
        ada.unrelate("friend", user_ref("bea")).await.answer().expect("either may end it");
        expect_change(&mut ada, (true, false), (false, true)).await;
    })
    .await;
}

#[tokio::test]
async fn the_first_member_of_a_group_opens_a_user_who_may_write_to_the_group_only() {
    let rows = [
        group("staff", "staff"),
        group("6a", "pupils"),
        edge("staff", "6a").with("delivers", "group"),
        user("sam"),
        member("sam", "staff", "staff"),
        user("ann"),
    ];
    everywhere("ent", &rows, async |ent| {
        let mut sam = ent.user("sam").await;
        assert_eq!(may_start_and_request(&sam), (false, false), "the group is empty");
        ent.import_all(&[member("ann", "pupil", "6a")]).await;
        expect_change(&mut sam, (false, false), (true, false)).await;
        assert!(sam.start_direct(user_ref("ann")).await.answer().is_err(), "the group only");
        ent.import_all(&[member("ann", "pupil", "6a").removed()]).await;
        expect_change(&mut sam, (true, false), (false, false)).await;
    })
    .await;
}

#[tokio::test]
async fn the_directory_offers_a_note_to_self_only_where_it_can_be_written() {
    for (preset, may) in [("school", true), ("open", true), ("medical", false), ("lms", false), ("ent", false)] {
        let cluster = crate::harness::Cluster::embedded().await;
        let system = System::with_preset(&cluster, preset, &[user("lea")]).await;
        let lea = system.user("lea").await;
        let page = within("a page", lea.search_directory("", 0, "")).await.answer().expect("anyone may search");
        assert_eq!(page.may_start_note, may, "{preset}");
        assert_eq!(lea.note_to_self().await.answer().is_ok(), may, "{preset}");
    }
}

#[tokio::test]
async fn a_hit_of_the_directory_tells_who_has_asked() {
    everywhere("medical", &["ada", "bea"].map(user), async |network| {
        let [ada, bea] = network.users(["ada", "bea"]).await;
        bea.relate("friend", user_ref("ada")).await.answer().expect("anyone");
        let relations = async |user: &User, other: &str| {
            let hits = user.hits(other).await;
            let [hit] = &hits[..] else { panic!("{hits:?}") };
            hit.relations.iter().map(|one| (one.relation.clone(), one.state(), one.direction())).collect::<Vec<_>>()
        };
        use causerie_client::wire::{
            Direction::{Incoming, Mutual, Outgoing},
            RelationState::{Accepted, Pending},
        };
        let friend = || "friend".to_owned();
        assert_eq!(relations(&ada, "bea").await, [(friend(), Pending, Incoming)]);
        assert_eq!(relations(&bea, "ada").await, [(friend(), Pending, Outgoing)]);
        ada.accept_relation("friend", user_ref("bea")).await.answer().expect("asked");
        assert_eq!(relations(&ada, "bea").await, [(friend(), Accepted, Mutual)]);
    })
    .await;
}
