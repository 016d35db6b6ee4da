//! The text, condition by condition. That it means the same as reach is tested against both databases by the server.

use super::{Mine, Param, Sql};
use crate::{Action, Change, Policy, Status, UserIx, World};

const WORDS: &str =
    "policy x\nroles owner pupil teacher\nkinds class school\nrelations friend:mutual block:own\nsetting desk open closed\n";

const ANN: UserIx = UserIx(0);

/// The SQL for ann, a pupil of class 11 (and a teacher of the concluded class 13), in front of whom a door leads to class 12.
fn sql(rules: &str) -> Sql {
    let policy = Policy::parse(&format!("{WORDS}{rules}")).unwrap_or_else(|problems| panic!("{problems:?}"));
    let words = policy.vocabulary();
    let role = |name| words.role(name).expect("declared");
    let group = |key, state| Change::Group {
        key,
        kind: words.kind("class").expect("declared"),
        parent: None,
        state,
        deliver: crate::Delivers::Both,
        words: Vec::new(),
    };
    let member = |group, role| Change::Membership { user: 1, group, role, from_ms: None, until_ms: None };
    let edge = |to, to_role, effect, delivers| Change::Edge { from: 11, from_role: None, to, to_role, effect, delivers };
    let mut world = World::new(words.clone());
    world.apply_all(&[
        Change::User {
            key: 1,
            status: Status::Active,
            roles: crate::Roles(1),
            writable_by: crate::WritableBy::Rules,
            words: Vec::new(),
        },
        group(11, crate::GroupState::Active),
        group(12, crate::GroupState::Active),
        group(13, crate::GroupState::Concluded),
        member(11, role("pupil")),
        member(13, role("teacher")),
        edge(12, Some(role("teacher")), crate::EdgeEffect::Allow, crate::Delivers::People),
        edge(13, None, crate::EdgeEffect::Allow, crate::Delivers::People),
        edge(11, None, crate::EdgeEffect::Deny, crate::Delivers::None),
    ]);
    let mine = Mine::of(&world, ANN, 99, 1_000).expect("ann");
    policy.sql(Action::Find, &mine, 3)
}

/// The condition besides that of the tenant, which is in `$3`.
#[track_caller]
fn is(rules: &str, expected: &str, params: &[Param]) {
    let sql = sql(rules);
    let there = sql.condition.strip_prefix("(k.tenant_id = $3 AND k.status = 1").and_then(|rest| rest.strip_suffix(')'));
    let (tenant, rest) = sql.params.split_first().expect("the tenant at least");
    assert_eq!((there, rest), (Some(expected), params));
    assert_eq!(*tenant, Param::Uuid(99));
}

/// Memberships that hold, by the number of the time.
fn holds(now: u8) -> String {
    format!("(t.valid_from IS NULL OR t.valid_from <= ${now}) AND (t.valid_until IS NULL OR t.valid_until > ${now})")
}

fn text(text: &str) -> Param {
    Param::Text(text.to_owned())
}

#[test]
fn each_condition_has_its_text() {
    let in_groups = |which: &str, now| {
        format!("EXISTS (SELECT 1 FROM memberships t WHERE t.user_id = k.id AND {which} AND {})", holds(now))
    };
    let relation = |ours, theirs| {
        format!(
            "EXISTS (SELECT 1 FROM relations r WHERE r.tenant_id = $3 AND r.{ours} = $4 AND r.{theirs} = k.id AND r.kind = $5 \
             AND r.state = 2)"
        )
    };
    let of_role = "(t.group_id IN ($4) AND t.role = $5)";
    is("allow find x when everyone", "", &[]);
    is("allow find x when same", " AND k.id = $4", &[Param::Uuid(1)]);
    is(
        "allow find x when me pupil@class with them teacher@class",
        &format!(" AND {}", in_groups(of_role, 6)),
        &[Param::Uuid(11), text("teacher"), Param::Int(1_000)],
    );
    is(
        "allow find x when me *@* edge them *@*",
        &format!(" AND {}", in_groups(of_role, 6)),
        &[Param::Uuid(12), text("teacher"), Param::Int(1_000)],
    );
    is(
        "allow find x when everyone\ndeny find y when me *@* barrier them *@*",
        &format!(" AND NOT {}", in_groups("(t.group_id IN ($4) AND t.role IN ($5, $6, $7))", 8)),
        &[Param::Uuid(11), text("owner"), text("pupil"), text("teacher"), Param::Int(1_000)],
    );
    is(
        "allow find x when them -block-> me",
        &format!(" AND {}", relation("to_id", "from_id")),
        &[Param::Uuid(1), text("block")],
    );
    is(
        "allow find x when me -friend-> them",
        &format!(" AND ({} OR {})", relation("from_id", "to_id"), relation("to_id", "from_id")),
        &[Param::Uuid(1), text("friend")],
    );
    is(
        "allow find x when everyone and role(them)=pupil and writable_by(them)=rules unless status(them)=invited",
        " AND (replace(k.roles, $4, '') <> k.roles AND k.writable_by = 1 AND NOT k.status = 4)",
        &[text(" pupil ")],
    );
    is(
        "allow find x when everyone and member(them) teacher@school",
        &format!(
            " AND EXISTS (SELECT 1 FROM memberships t JOIN groups g ON g.id = t.group_id WHERE t.user_id = k.id AND g.state = 1 \
             AND (t.role = $4 AND g.kind = $5) AND {})",
            holds(6)
        ),
        &[text("teacher"), text("school"), Param::Int(1_000)],
    );
}

#[test]
fn what_is_known_is_not_asked() {
    for never in [
        "",
        "allow start x when everyone",
        "allow find x when every group",
        "allow find x when me teacher@class with them *@class",
        "allow find x when everyone and role(me)=teacher",
        "allow find x when everyone and setting(desk)=closed",
        "allow find x when everyone unless role(me)=owner",
        "allow find x when everyone\ndeny find y when member(me) pupil@class",
        "allow find x when everyone\ndeny find y",
    ] {
        assert_eq!(sql(never), Sql { condition: "1 = 0".to_owned(), params: Vec::new() }, "{never}");
    }
    for always in [
        "allow find x when everyone and role(me)=owner and status(me)=active and setting(desk)=open",
        "allow find x when everyone unless member(me) teacher@class or writable_by(me)=nobody",
        "allow find x when everyone\ndeny find y when setting(desk)=closed",
        "allow find x when everyone\nallow find y when me pupil@class with them *@class",
    ] {
        is(always, "", &[]);
    }
}

#[test]
fn whoever_is_not_active_reaches_nobody() {
    let policy = Policy::parse(&format!("{WORDS}allow find x when everyone")).expect("a policy");
    let mut world = World::new(policy.vocabulary().clone());
    let status = Status::Deactivated;
    world.apply_all(&[Change::User {
        key: 1,
        status,
        roles: crate::Roles(0),
        writable_by: crate::WritableBy::Rules,
        words: Vec::new(),
    }]);
    let mine = Mine::of(&world, ANN, 99, 0).expect("ann");
    assert_eq!(policy.sql(Action::Find, &mine, 1).condition, "1 = 0");
    assert!(Mine::of(&world, UserIx(7), 99, 0).is_none());
}
