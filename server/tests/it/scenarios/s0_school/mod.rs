//! S0: private messages of a school platform.
//!
//! Year 1 is class A (learners Lea and Lou) and class B (learner Bob). Tom teaches maths to A, Tia teaches B, and Ada
//! administers. Year 2 is Zed, a learner, Tz, a teacher, and Adz, an administrator.

mod conversation;
mod race;
mod reach;
mod search;

use super::{
    System,
    facts::{Row, group, member, user},
    system,
};

const EVERYONE: [&str; 9] = ["lea", "lou", "bob", "tom", "tia", "ada", "zed", "tz", "adz"];

async fn everywhere(behaviour: impl AsyncFn(&System<'_>)) {
    system::everywhere("school", &facts(), behaviour).await;
}

pub fn facts() -> Vec<Row> {
    let groups = [
        ("year-1", "cycle"),
        ("year-2", "cycle"),
        ("class-a", "class"),
        ("class-b", "class"),
        ("class-z", "class"),
        ("maths-a", "subject"),
        ("maths-b", "subject"),
        ("maths-z", "subject"),
    ];
    let memberships = [
        ("lea", "learner", "year-1"),
        ("lea", "learner", "class-a"),
        ("lea", "learner", "maths-a"),
        ("lou", "learner", "year-1"),
        ("lou", "learner", "class-a"),
        ("lou", "learner", "maths-a"),
        ("bob", "learner", "year-1"),
        ("bob", "learner", "class-b"),
        ("bob", "learner", "maths-b"),
        ("tom", "teacher", "year-1"),
        ("tom", "teacher", "maths-a"),
        ("tia", "teacher", "year-1"),
        ("tia", "teacher", "maths-b"),
        ("ada", "admin", "year-1"),
        ("zed", "learner", "year-2"),
        ("zed", "learner", "class-z"),
        ("zed", "learner", "maths-z"),
        ("tz", "teacher", "year-2"),
        ("tz", "teacher", "maths-z"),
        ("adz", "admin", "year-2"),
    ];
    let groups = groups.into_iter().map(|(id, kind)| group(id, kind));
    let users = EVERYONE.into_iter().map(user);
    let memberships = memberships.into_iter().map(|(user, role, group)| member(user, role, group));
    groups.chain(users).chain(memberships).collect()
}
