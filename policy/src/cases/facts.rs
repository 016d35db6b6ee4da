//! Parses the lines that add facts, and the lines that remove them.

use super::{NameKind, read::CaseReader};
use crate::{
    facts::{
        Delivers, EdgeEffect, EntityKey, FactChange, GroupState, RelationId, RelationState, RoleId, RoleSet, UserStatus,
        WritableBy,
    },
    lang::keywords::{self, GROUP_STATES, STATUSES, look_up, no_value, shortened, unknown},
};

const DELIVERS: [(&str, Delivers); 4] =
    [("people", Delivers::People), ("group", Delivers::Group), ("both", Delivers::Both), ("none", Delivers::None)];

/// The changes of a line that adds facts: `user lea learner@6a`.
pub(super) fn added(table: &mut CaseReader<'_>, first: &str, rest: &[&str]) -> Result<Vec<FactChange>, String> {
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
        _ => Err(wrong_form(first)),
    }
}

/// The changes of a line that removes facts: `no member lea learner@6a`.
pub(super) fn removed(table: &mut CaseReader<'_>, rest: &[&str]) -> Result<Vec<FactChange>, String> {
    let changes = match rest {
        ["member" | "relation" | "edge" | "barrier", ..] => added(table, rest[0], &rest[1..])?,
        ["group", name] => return Ok(vec![FactChange::GroupRemoved { key: table.group(name)? }]),
        _ => {
            return Err("`no` takes back a line: `no member …`, `no relation …`, `no edge …`, `no barrier …` or \
                        `no group …`; for a user write `status=removed`"
                .to_owned());
        }
    };
    Ok(changes.into_iter().filter_map(inverse).collect())
}

/// The change that removes the fact of this change.
fn inverse(change: FactChange) -> Option<FactChange> {
    match change {
        FactChange::Membership { user, group, role, .. } => Some(FactChange::MembershipRemoved { user, group, role }),
        FactChange::Relation { from, to, relation, .. } => Some(FactChange::RelationRemoved { from, to, relation }),
        FactChange::Edge { from, from_role, to, to_role, .. } => {
            Some(FactChange::EdgeRemoved { from, from_role, to, to_role })
        }
        _ => None,
    }
}

/// The message about a line that begins with `first` and has a wrong form.
fn wrong_form(first: &str) -> String {
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

/// The changes of a line `user …`. A role with a group is a membership; another role is a role in the tenant as a whole.
fn user(table: &mut CaseReader<'_>, name: &str, rest: &[&str]) -> Result<Vec<FactChange>, String> {
    let key = table.declare(name, NameKind::User)?;
    let (mut status, mut roles, mut writable_by) = (UserStatus::Active, RoleSet::default(), WritableBy::Rules);
    let mut memberships = Vec::new();
    for word in rest {
        if let Some(value) = word.strip_prefix("status=") {
            status = look_up("status", value, &STATUSES)?;
        } else if let Some(value) = word.strip_prefix("writable_by=") {
            writable_by = keywords::writable_by(value)?;
        } else if word.contains('@') {
            memberships.push(membership(table, key, word)?);
        } else {
            roles.0 |= 1u64.checked_shl(role(table, word)?.0.into()).unwrap_or_default();
        }
    }
    memberships.insert(0, FactChange::User { key, status, roles, writable_by, words: vec![name.to_owned()] });
    Ok(memberships)
}

fn group(table: &mut CaseReader<'_>, name: &str, kind: &str, options: &[&str]) -> Result<FactChange, String> {
    let kinds = table.vocabulary.kinds.iter().map(String::as_str);
    let kind = table.vocabulary.kind(kind).ok_or_else(|| unknown("kind of group", kind, kinds))?;
    let (mut state, mut group_delivers) = (GroupState::Active, Delivers::Both);
    for option in options {
        if let Some(value) = option.strip_prefix("state=") {
            state = look_up("state of a group", value, &GROUP_STATES)?;
        } else {
            group_delivers = delivers(option)?;
        }
    }
    let key = table.declare(name, NameKind::Group)?;
    Ok(FactChange::Group { key, kind, parent: None, state, delivers: group_delivers, words: vec![name.to_owned()] })
}

fn delivers(option: &str) -> Result<Delivers, String> {
    let value = option.strip_prefix("delivers=").ok_or_else(|| {
        format!("`{}` is no option here; there are `state=` (of groups) and `delivers=`", shortened(option))
    })?;
    let found = DELIVERS.iter().find(|(word, _)| *word == value).map(|(_, delivers)| *delivers);
    found.ok_or_else(|| no_value("delivers", value, DELIVERS.iter().map(|(word, _)| *word)))
}

fn role(table: &CaseReader<'_>, name: &str) -> Result<RoleId, String> {
    table.vocabulary.role(name).ok_or_else(|| unknown("role", name, table.vocabulary.roles.iter().map(String::as_str)))
}

/// Parses a membership: `learner@6a`.
fn membership(table: &CaseReader<'_>, user: EntityKey, text: &str) -> Result<FactChange, String> {
    let Some((name, group)) = text.split_once('@') else {
        return Err(format!("expected a role in a group, `learner@6a`, not `{}`", shortened(text)));
    };
    Ok(FactChange::Membership { user, group: table.group(group)?, role: role(table, name)?, from_ms: None, until_ms: None })
}

impl CaseReader<'_> {
    pub(super) fn relation(&self, name: &str) -> Result<RelationId, String> {
        let known = self.vocabulary.relations.iter().map(|(name, _)| name.as_str());
        self.vocabulary.relation(name).ok_or_else(|| unknown("relation", name, known))
    }
}

/// Parses a relation: `lea -friend- lou`, `lea -block-> lou`. In a pending relation, the first user requested it.
fn relation(
    table: &CaseReader<'_>,
    from: &str,
    arrow: &str,
    to: &str,
    state: RelationState,
) -> Result<Vec<FactChange>, String> {
    let name = arrow.strip_prefix('-').and_then(|arrow| arrow.strip_suffix("->").or(arrow.strip_suffix('-')));
    let name = name.ok_or_else(|| format!("expected a relation as in `-friend-`, not `{}`", shortened(arrow)))?;
    let (from, to, relation) = (table.user(from)?, table.user(to)?, table.relation(name)?);
    Ok(vec![FactChange::Relation { from, to, relation, state }])
}

/// Parses an edge: `teacher@staff -> 6a`. A group without a role stands for all its members.
fn edge(
    table: &CaseReader<'_>,
    from: &str,
    to: &str,
    effect: EdgeEffect,
    options: &[&str],
) -> Result<Vec<FactChange>, String> {
    let parse_end = |text: &str| -> Result<(Option<RoleId>, EntityKey), String> {
        match text.split_once('@') {
            None | Some(("*", _)) => Ok((None, table.group(text.trim_start_matches("*@"))?)),
            Some((name, group)) => Ok((Some(role(table, name)?), table.group(group)?)),
        }
    };
    let ((from_role, from), (to_role, to)) = (parse_end(from)?, parse_end(to)?);
    let delivers = match options {
        [] => Delivers::Both,
        [option] => delivers(option)?,
        _ => return Err(wrong_form("edge")),
    };
    Ok(vec![FactChange::Edge { from, from_role, to, to_role, effect, delivers }])
}

fn setting(table: &CaseReader<'_>, name: &str, value: &str) -> Result<Vec<FactChange>, String> {
    let known = table.vocabulary.settings.iter().map(|declaration| declaration.name.as_str());
    let setting = table.vocabulary.setting(name).ok_or_else(|| unknown("setting", name, known))?;
    let values = table.vocabulary.settings.get(usize::from(setting.0)).map_or(&[][..], |declaration| &declaration.values);
    if !values.is_empty() && !values.iter().any(|known| known == value) {
        return Err(no_value(name, value, values.iter().map(String::as_str)));
    }
    Ok(vec![FactChange::Setting { setting, value: Some(value.to_owned()) }])
}
