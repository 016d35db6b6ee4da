//! S1: the mail of a digital work space, limited by communication rules between groups.
//!
//! Paul teaches class 6A: Ann, Ben, and Ines, whose account was never activated. Teachers may write to all users, pupils to
//! their teachers. Sam is staff; Pia and Teresa are parents of the last year. Staff may write to the parents, but the
//! parents may not write to staff. Staff may also write to class 6A as a group, but not to its single members. Leo is in no
//! group.

mod mail;
mod reply;
mod rights;

use super::{
    System,
    facts::{Row, edge, group, member, user},
    system,
};

const TEACHERS: &str = "teachers";
const TEACHERS_6A: &str = "teachers-6a";
const PUPILS_6A: &str = "pupils-6a";
const PARENTS: &str = "parents-terminale";
const STAFF: &str = "staff";

async fn everywhere(behaviour: impl AsyncFn(&System<'_>)) {
    system::everywhere("ent", &facts(), behaviour).await;
}

pub fn facts() -> Vec<Row> {
    let groups = [
        group(TEACHERS, "teachers"),
        group(TEACHERS_6A, "teachers"),
        group(PUPILS_6A, "pupils"),
        group(PARENTS, "parents"),
        group(STAFF, "staff"),
    ];
    let users = ["paul", "ann", "ben", "sam", "pia", "teresa", "leo"].map(user);
    let memberships = [
        ("paul", "teacher", TEACHERS),
        ("paul", "teacher", TEACHERS_6A),
        ("ann", "pupil", PUPILS_6A),
        ("ben", "pupil", PUPILS_6A),
        ("ines", "pupil", PUPILS_6A),
        ("pia", "parent", PARENTS),
        ("teresa", "parent", PARENTS),
        ("sam", "staff", STAFF),
    ];
    let edges = [
        edge(TEACHERS, TEACHERS),
        edge(TEACHERS, PUPILS_6A),
        edge(TEACHERS, PARENTS),
        edge(TEACHERS, STAFF),
        edge(PUPILS_6A, TEACHERS_6A),
        edge(STAFF, PARENTS),
        edge(STAFF, PUPILS_6A).with("delivers", "group"),
    ];
    let memberships = memberships.into_iter().map(|(user, role, group)| member(user, role, group));
    let ines = user("ines").with("status", "invited");
    groups.into_iter().chain(users).chain([ines]).chain(memberships).chain(edges).collect()
}
