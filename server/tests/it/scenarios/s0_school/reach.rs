//! The reach of each role.

use causerie_client::ErrorCode::NotFound;

use super::{EVERYONE, everywhere};
use crate::scenarios::{System, User, facts::member};

/// The users with whom this user can start a conversation. All other users must be refused as if they did not exist.
async fn reach(user: &User) -> Vec<&'static str> {
    let mut reached = Vec::new();
    for other in EVERYONE {
        match user.starts_with(other).await {
            Ok(_) => reached.push(other),
            Err(code) => assert_eq!(code, NotFound, "{} to {other}", user.external_id),
        }
    }
    reached
}

async fn refused(user: &User, others: &[&str]) {
    for other in others {
        assert_eq!(user.starts_with(other).await, Err(NotFound), "{} to {other}", user.external_id);
    }
}

async fn reached(user: &User, others: &[&str]) {
    for other in others {
        user.starts_with(other).await.unwrap_or_else(|code| panic!("{} to {other}: {code:?}", user.external_id));
    }
}

#[tokio::test]
async fn s0_02_a_user_may_write_only_to_users_in_reach() {
    everywhere(async |school| {
        let lea = school.user("lea").await;
        assert_eq!(reach(&lea).await, ["lea", "lou", "tom", "ada"]);
        assert_eq!(lea.lists().await.len(), 4, "refused starts create no conversation");
    })
    .await;
}

#[tokio::test]
async fn s0_09_a_learner_may_contact_the_own_class() {
    everywhere(async |school| {
        let [lea, lou] = school.users(["lea", "lou"]).await;
        reached(&lea, &["lou"]).await;
        reached(&lou, &["lea"]).await;
    })
    .await;
}

#[tokio::test]
async fn s0_10_a_learner_may_contact_the_own_teachers() {
    everywhere(async |school| reached(&school.user("lea").await, &["tom"]).await).await;
}

#[tokio::test]
async fn s0_11_a_learner_may_contact_the_staff_of_the_cycle() {
    everywhere(async |school| reached(&school.user("lea").await, &["ada"]).await).await;
}

#[tokio::test]
async fn s0_12_a_learner_may_contact_no_other_user() {
    everywhere(async |school| {
        let lea = school.user("lea").await;
        refused(&lea, &["bob", "tia", "zed", "adz"]).await;
        assert_eq!(lea.lists().await, [], "nothing is created");
        let bob = school.user("bob").await;
        assert_eq!(bob.lists().await, [], "nor does the other one see anything");
    })
    .await;
}

#[tokio::test]
async fn s0_13_a_teacher_may_contact_the_learners_taught() {
    everywhere(async |school| reached(&school.user("tom").await, &["lea", "lou"]).await).await;
}

#[tokio::test]
async fn s0_14_a_teacher_may_contact_colleagues_of_the_cycle() {
    everywhere(async |school| {
        let tom = school.user("tom").await;
        reached(&tom, &["tia"]).await;
        refused(&tom, &["tz"]).await;
    })
    .await;
}

#[tokio::test]
async fn s0_15_a_teacher_may_contact_the_administrators_of_the_cycle() {
    everywhere(async |school| {
        let tom = school.user("tom").await;
        reached(&tom, &["ada"]).await;
        refused(&tom, &["adz"]).await;
    })
    .await;
}

#[tokio::test]
async fn s0_16_a_teacher_may_not_contact_learners_taught_by_others() {
    everywhere(async |school| refused(&school.user("tom").await, &["bob"]).await).await;
}

#[tokio::test]
async fn s0_17_an_administrator_may_contact_everyone_of_the_cycle() {
    everywhere(async |school| {
        let ada = school.user("ada").await;
        reached(&ada, &["lea", "bob", "tom", "tia"]).await;
        refused(&ada, &["zed"]).await;
    })
    .await;
}

#[tokio::test]
async fn s0_18_the_reach_of_several_roles_and_cycles_adds_up() {
    everywhere(async |school: &System<'_>| {
        let tia = school.user("tia").await;
        assert_eq!(reach(&tia).await, ["bob", "tom", "tia", "ada"]);
        school.import_all(&[member("tia", "admin", "year-2")]).await;
        assert_eq!(reach(&tia).await, ["bob", "tom", "tia", "ada", "zed", "tz", "adz"], "as before, and the other year");
    })
    .await;
}
