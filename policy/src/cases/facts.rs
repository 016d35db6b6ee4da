//! Lines that tell facts, and those that take them back.

use super::{Named, read::Table};
use crate::{
    facts::{Change, Delivers, EdgeEffect, GroupState, Key, Relation, RelationState, Role, Roles, Status, WritableBy},
    lang::names::{self, GROUP_STATES, STATUSES, look_up, no_value, shortened, unknown},
};

const DELIVERS: [(&str, Delivers); 4] =
    [("people", Delivers::People), ("group", Delivers::Group), ("both", Delivers::Both), ("none", Delivers::None)];

/// `user lea learner@6a`: what a line that begins with `first` says.
pub(super) fn told(table: &mut Table<'_>, first: &str, rest: &[&str]) -> Result<Vec<Change>, String> {
    match (first, rest) {
        ("user", [name, rest @ ..]) => user(table, name, rest),
        ("group", [name, kind, options @ ..]) => group(table, name, kind, options).map(|change| vec![change]),
        ("member", [name, roles @ ..]) if !roles.is_empty() => {
            let user = table.user(name)?;
            roles.iter().map(|role| membership(table, user, role)).collect()
        }
        ("relation", [from, arrow, to]) => relation(table, from, arrow, to, RelationState::Accepted),
        ("relation", [from, arrow, to, "pending"]) => relation(table, from, arrow, to, RelationState::Pending),
        ("edge", [from, "->", to, options @ ..]) => edge(table, from, to, EdgeEffect::Allow, options),
        ("barrier", [from, "->", to]) => edge(table, from, to, EdgeEffect::Deny, &[]),
        ("setting", [name, value]) => setting(table, name, value),
        _ => Err(form(first)),
    }
}

/// `no member lea learner@6a`: what a line that begins with `no` takes back.
pub(super) fn removed(table: &mut Table<'_>, rest: &[&str]) -> Result<Vec<Change>, String> {
    let changes = match rest {
        ["member" | "relation" | "edge" | "barrier", ..] => told(table, rest[0], &rest[1..])?,
        ["group", name] => return Ok(vec![Change::GroupRemoved { key: table.group(name)? }]),
        _ => {
            return Err(
                "`no` takes back a line: `no member …`, `no relation …`, `no edge …`, `no barrier …` or `no group …`; of \
                        a user say `status=removed`"
                    .to_owned(),
            );
        }
    };
    Ok(changes.into_iter().filter_map(inverse).collect())
}

fn inverse(change: Change) -> Option<Change> {
    match change {
        Change::Membership { user, group, role, .. } => Some(Change::MembershipRemoved { user, group, role }),
        Change::Relation { from, to, relation, .. } => Some(Change::RelationRemoved { from, to, relation }),
        Change::Edge { from, from_role, to, to_role, .. } => Some(Change::EdgeRemoved { from, from_role, to, to_role }),
        _ => None,
    }
}

fn form(first: &str) -> String {
    let example = match first {
        "user" => "user lea learner@6a status=active",
        "group" => "group 6a class state=active delivers=both",
        "member" => "member lea learner@6a",
        "relation" => "relation lea -friend- lou",
        "edge" => "edge teacher@staff -> learner@6a delivers=people",
        "barrier" => "barrier staff -> 6a",
        _ => "setting messaging off",
    };
    format!("expected a line such as `{example}`")
}

/// Roles with a group are memberships, others are in the product as a whole.
fn user(table: &mut Table<'_>, name: &str, rest: &[&str]) -> Result<Vec<Change>, String> {
    let key = table.tell(name, Named::User)?;
    let (mut status, mut roles, mut writable_by) = (Status::Active, Roles::default(), WritableBy::Rules);
    let mut memberships = Vec::new();
    for word in rest {
        if let Some(value) = word.strip_prefix("status=") {
            status = look_up("status", value, &STATUSES)?;
        } else if let Some(value) = word.strip_prefix("writable_by=") {
            writable_by = names::writable_by(value)?;
        } else if word.contains('@') {
            memberships.push(membership(table, key, word)?);
        } else {
            roles.0 |= 1u64.checked_shl(role(table, word)?.0.into()).unwrap_or_default();
        }
    }
    memberships.insert(0, Change::User { key, status, roles, writable_by, words: vec![name.to_owned()] });
    Ok(memberships)
}

fn group(table: &mut Table<'_>, name: &str, kind: &str, options: &[&str]) -> Result<Change, String> {
    let kinds = table.words.kinds.iter().map(String::as_str);
    let kind = table.words.kind(kind).ok_or_else(|| unknown("kind of group", kind, kinds))?;
    let (mut state, mut deliver) = (GroupState::Active, Delivers::Both);
    for option in options {
        if let Some(value) = option.strip_prefix("state=") {
            state = look_up("state of a group", value, &GROUP_STATES)?;
        } else {
            deliver = delivers(option)?;
        }
    }
    let key = table.tell(name, Named::Group)?;
    Ok(Change::Group { key, kind, parent: None, state, deliver, words: vec![name.to_owned()] })
}

fn delivers(option: &str) -> Result<Delivers, String> {
    let value = option.strip_prefix("delivers=").ok_or_else(|| {
        format!("`{}` is no option here; there are `state=` (of groups) and `delivers=`", shortened(option))
    })?;
    let found = DELIVERS.iter().find(|(word, _)| *word == value).map(|(_, delivers)| *delivers);
    found.ok_or_else(|| no_value("delivers", value, DELIVERS.iter().map(|(word, _)| *word)))
}

fn role(table: &Table<'_>, name: &str) -> Result<Role, String> {
    table.words.role(name).ok_or_else(|| unknown("role", name, table.words.roles.iter().map(String::as_str)))
}

/// `learner@6a`
fn membership(table: &Table<'_>, user: Key, text: &str) -> Result<Change, String> {
    let Some((name, group)) = text.split_once('@') else {
        return Err(format!("expected a role in a group, `learner@6a`, not `{}`", shortened(text)));
    };
    Ok(Change::Membership { user, group: table.group(group)?, role: role(table, name)?, from_ms: None, until_ms: None })
}

impl Table<'_> {
    pub(super) fn relation(&self, name: &str) -> Result<Relation, String> {
        let known = self.words.relations.iter().map(|(name, _)| name.as_str());
        self.words.relation(name).ok_or_else(|| unknown("relation", name, known))
    }
}

/// `lea -friend- lou`, `lea -block-> lou`; who stands first asked, where it matters.
fn relation(table: &Table<'_>, from: &str, arrow: &str, to: &str, state: RelationState) -> Result<Vec<Change>, String> {
    let name = arrow.strip_prefix('-').and_then(|arrow| arrow.strip_suffix("->").or(arrow.strip_suffix('-')));
    let name = name.ok_or_else(|| format!("expected a relation as in `-friend-`, not `{}`", shortened(arrow)))?;
    let (from, to, relation) = (table.user(from)?, table.user(to)?, table.relation(name)?);
    Ok(vec![Change::Relation { from, to, relation, state }])
}

/// `teacher@staff -> 6a`: a group without a role is all in it.
fn edge(table: &Table<'_>, from: &str, to: &str, effect: EdgeEffect, options: &[&str]) -> Result<Vec<Change>, String> {
    let end = |text: &str| -> Result<(Option<Role>, Key), String> {
        match text.split_once('@') {
            None | Some(("*", _)) => Ok((None, table.group(text.trim_start_matches("*@"))?)),
            Some((name, group)) => Ok((Some(role(table, name)?), table.group(group)?)),
        }
    };
    let ((from_role, from), (to_role, to)) = (end(from)?, end(to)?);
    let delivers = match options {
        [] => Delivers::Both,
        [option] => delivers(option)?,
        _ => return Err(form("edge")),
    };
    Ok(vec![Change::Edge { from, from_role, to, to_role, effect, delivers }])
}

fn setting(table: &Table<'_>, name: &str, value: &str) -> Result<Vec<Change>, String> {
    let known = table.words.settings.iter().map(|word| word.name.as_str());
    let setting = table.words.setting(name).ok_or_else(|| unknown("setting", name, known))?;
    let values = table.words.settings.get(usize::from(setting.0)).map_or(&[][..], |word| &word.values);
    if !values.is_empty() && !values.iter().any(|known| known == value) {
        return Err(no_value(name, value, values.iter().map(String::as_str)));
    }
    Ok(vec![Change::Setting { setting, value: Some(value.to_owned()) }])
}
