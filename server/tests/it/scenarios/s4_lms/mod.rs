//! S4: user messages of a learning platform.
//!
//! Owen owns the account, Ann administers it, Dan administers department 1. Lia is a learner in department 1, and in
//! course 1. Leo is a learner in department 2 and in no course. Ivo is the instructor of course 1.

mod course;
mod deleting;
mod off;
mod rights;

use super::{
    System, User,
    facts::{Row, group, member, user},
    system,
};

async fn everywhere(behaviour: impl AsyncFn(&System<'_>)) {
    system::everywhere("lms", &facts(), behaviour).await;
}

pub fn facts() -> Vec<Row> {
    let users = [
        ("owen", "owner"),
        ("ann", "admin"),
        ("dan", "member"),
        ("lia", "learner"),
        ("leo", "learner"),
        ("ivo", "instructor"),
    ];
    let groups = [("department-1", "department"), ("department-2", "department"), ("course-1", "course")];
    let memberships = [
        ("dan", "admin", "department-1"),
        ("lia", "learner", "department-1"),
        ("leo", "learner", "department-2"),
        ("lia", "learner", "course-1"),
        ("ivo", "instructor", "course-1"),
    ];
    let users = users.into_iter().map(|(id, role)| user(id).with("roles", vec![role]));
    let groups = groups.into_iter().map(|(id, kind)| group(id, kind));
    users.chain(groups).chain(memberships.into_iter().map(|(user, role, group)| member(user, role, group))).collect()
}

/// A chat between Lia and Ivo that both devices have joined.
async fn lia_and_ivo(lms: &System<'_>) -> (User, User, causerie_client::ConversationId) {
    let [mut lia, mut ivo] = lms.users(["lia", "ivo"]).await;
    let here = lia.chats_with(&mut ivo).await;
    (lia, ivo, here)
}
