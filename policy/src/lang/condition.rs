//! The parser of one condition, `me learner@class with them learner@class`.

use super::hints;
use super::keywords::{CONVERSATIONS, GROUP_STATES, STATES, STATUSES, look_up, no_value, unknown, writable_by};
use crate::{
    facts::number,
    ir::{Condition, Direction, RolePattern, Threshold, Variable},
    vocabulary::Vocabulary,
};

/// A parsed condition.
pub(super) struct ParsedCondition {
    pub condition: Condition,
    /// Whether the condition is about `group`.
    pub refers_to_group: bool,
}

/// Parses the tokens between `when`, `unless`, `and` and `or`.
pub(super) fn parse(vocabulary: &Vocabulary, tokens: &[String]) -> Result<ParsedCondition, String> {
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    parse_tokens(vocabulary, &tokens).map_err(|problem| match hints::condition(vocabulary, &tokens) {
        Some(hint) => format!("`{}` is no condition; {hint}", super::keywords::shortened(&tokens.join(" "))),
        None => problem,
    })
}

/// Parses a condition without a hint about the forms of other languages.
fn parse_tokens(vocabulary: &Vocabulary, tokens: &[&str]) -> Result<ParsedCondition, String> {
    let about_users = |condition| Ok(ParsedCondition { condition, refers_to_group: false });
    let about_groups = |condition| Ok(ParsedCondition { condition, refers_to_group: true });
    match *tokens {
        [] => Err("expected a condition after `when`, `unless`, `and` and `or`".to_owned()),
        ["everyone"] => about_users(Condition::Everyone),
        ["every", "group"] => about_groups(Condition::Everyone),
        ["same"] => about_users(Condition::Same),
        ["holder"] => about_users(Condition::Holder),
        ["owner"] => about_users(Condition::Owner),
        ["author"] => about_users(Condition::Author),
        ["asked"] => about_users(Condition::Asked),
        ["may", "start"] => about_users(Condition::MayStart),
        ["me", mine, "with", "them", theirs] => {
            let (mine, theirs) = (role_pattern(vocabulary, mine)?, role_pattern(vocabulary, theirs)?);
            if let (Some(my_kind), Some(their_kind)) = (mine.kind, theirs.kind)
                && my_kind != their_kind
            {
                return Err(
                    "`with` asks for one group in common, and a group has one kind: name the same kind twice".to_owned()
                );
            }
            let kind = mine.kind.or(theirs.kind);
            about_users(Condition::InCommon(RolePattern { kind, ..mine }, RolePattern { kind, ..theirs }))
        }
        ["me", mine, "edge", "them", theirs] => {
            about_users(Condition::Edge(role_pattern(vocabulary, mine)?, role_pattern(vocabulary, theirs)?))
        }
        ["me", mine, "edge", "group"] => about_groups(Condition::Edge(role_pattern(vocabulary, mine)?, ANY)),
        ["me", mine, "barrier", "them", theirs] => {
            about_users(Condition::Barrier(role_pattern(vocabulary, mine)?, role_pattern(vocabulary, theirs)?))
        }
        ["me", mine, "barrier", "group"] => about_groups(Condition::Barrier(role_pattern(vocabulary, mine)?, ANY)),
        ["me", mine, "in", "group"] => about_groups(Condition::InGroup(role_pattern(vocabulary, mine)?)),
        ["me", relation, "them"] => about_users(relation_condition(vocabulary, relation, false)?),
        ["them", relation, "me"] => about_users(relation_condition(vocabulary, relation, true)?),
        ["member(me)", pattern] => about_users(Condition::HasRole(Variable::Me, role_pattern(vocabulary, pattern)?)),
        ["member(them)", pattern] => about_users(Condition::HasRole(Variable::Them, role_pattern(vocabulary, pattern)?)),
        [token] => parse_single_token(vocabulary, token),
        _ => Err(not_a_condition(&tokens.join(" "))),
    }
}

const ANY: RolePattern = RolePattern { role: None, kind: None };

/// Parses a condition of one token, such as `role(me)=owner`.
fn parse_single_token(vocabulary: &Vocabulary, token: &str) -> Result<ParsedCondition, String> {
    let about_users = |condition| Ok(ParsedCondition { condition, refers_to_group: false });
    let about_groups = |condition| Ok(ParsedCondition { condition, refers_to_group: true });
    if token == "delivers(group)" {
        return about_groups(Condition::GroupDelivers);
    }
    if let Some(limit) = token.strip_prefix("size(group)>") {
        return about_groups(Condition::GroupLarger(threshold(vocabulary, limit, NUMBER)?));
    }
    if let Some(limit) = token.strip_prefix("age<") {
        return about_users(Condition::Younger(threshold(vocabulary, limit, DURATION)?));
    }
    let Some((left_side, value)) = token.split_once('=') else { return Err(not_a_condition(token)) };
    let (function, argument) = match left_side.strip_suffix(')').and_then(|left_side| left_side.split_once('(')) {
        Some((function, argument)) => (function, argument),
        None => (left_side, ""),
    };
    match (function, argument) {
        ("role", name) => about_users(Condition::Role(self::variable(name)?, role(vocabulary, value)?)),
        ("status", name) => about_users(Condition::Status(self::variable(name)?, look_up("status", value, &STATUSES)?)),
        ("writable_by", name) => about_users(Condition::WritableBy(self::variable(name)?, writable_by(value)?)),
        ("kind", "group") => about_groups(Condition::GroupKind(kind(vocabulary, value)?)),
        ("state", "group") => about_groups(Condition::GroupState(look_up("state of a group", value, &GROUP_STATES)?)),
        ("setting", name) => about_users(setting(vocabulary, name, value)?),
        ("conversation", "") => {
            about_users(Condition::ConversationKind(look_up("kind of conversation", value, &CONVERSATIONS)?))
        }
        ("state", "") => about_users(Condition::ConversationState(look_up("state of a conversation", value, &STATES)?)),
        ("relation", "") => about_users(Condition::RelationIs(relation(vocabulary, value)?)),
        _ => Err(not_a_condition(token)),
    }
}

/// The message about a text that is no condition; it lists all conditions.
fn not_a_condition(text: &str) -> String {
    format!(
        "`{}` is no condition; there are: everyone, `every group`, same, `me R@K with them R@K`, `me R@K edge them R@K`, `me R@K barrier \
         them R@K`, `me R@K in group`, `me -R- them`, `me -R-> them`, `them -R-> me`, `me R@K edge group`, \
         `member(me) R@K`, role(me)=…, \
         status(them)=…, writable_by(them)=…, setting(…)=…, kind(group)=…, state(group)=…, size(group)>…, delivers(group), \
         holder, owner, author, conversation=…, state=…, age<…, `may start`, asked, relation=…",
        super::keywords::shortened(text)
    )
}

/// Parses a role in a kind of group: `learner@class`, `teacher@*`, `*@*`.
fn role_pattern(vocabulary: &Vocabulary, text: &str) -> Result<RolePattern, String> {
    let Some((role, kind)) = text.split_once('@') else {
        return Err(format!(
            "expected a role in a kind of group, `learner@class`, not `{}`",
            super::keywords::shortened(text)
        ));
    };
    let role = if role == "*" { None } else { Some(self::role(vocabulary, role)?) };
    let kind = if kind == "*" { None } else { Some(self::kind(vocabulary, kind)?) };
    Ok(RolePattern { role, kind })
}

fn role(vocabulary: &Vocabulary, name: &str) -> Result<crate::facts::RoleId, String> {
    vocabulary.role(name).ok_or_else(|| unknown("role", name, vocabulary.roles.iter().map(String::as_str)))
}

fn kind(vocabulary: &Vocabulary, name: &str) -> Result<crate::facts::GroupKindId, String> {
    vocabulary.kind(name).ok_or_else(|| unknown("kind of group", name, vocabulary.kinds.iter().map(String::as_str)))
}

fn relation(vocabulary: &Vocabulary, name: &str) -> Result<crate::facts::RelationId, String> {
    vocabulary
        .relation(name)
        .ok_or_else(|| unknown("relation", name, vocabulary.relations.iter().map(|(name, _)| name.as_str())))
}

/// Parses the arrow of a relation: `-friend-` has both directions, `-follow->` has one. `incoming` says that the arrow
/// stands between `them` and `me`, in this order.
fn relation_condition(vocabulary: &Vocabulary, arrow: &str, incoming: bool) -> Result<Condition, String> {
    let inner = arrow.strip_prefix('-').ok_or_else(|| not_a_condition(arrow))?;
    if let Some(name) = inner.strip_suffix("->") {
        let direction = if incoming { Direction::In } else { Direction::Out };
        return Ok(Condition::Related(relation(vocabulary, name)?, direction));
    }
    let name = inner.strip_suffix('-').ok_or_else(|| not_a_condition(arrow))?;
    Ok(Condition::Related(relation(vocabulary, name)?, Direction::Both))
}

fn variable(text: &str) -> Result<Variable, String> {
    match text {
        "me" => Ok(Variable::Me),
        "them" => Ok(Variable::Them),
        other => Err(format!("expected `me` or `them` in brackets, not `{}`", super::keywords::shortened(other))),
    }
}

fn setting(vocabulary: &Vocabulary, name: &str, value: &str) -> Result<Condition, String> {
    let setting = self::setting_named(vocabulary, name)?;
    let declaration = &vocabulary.settings[usize::from(setting.0)];
    if declaration.values.is_empty() {
        return Err(format!("`{name}` is a number; it can be compared in `size(group)>{name}` and `age<{name}`"));
    }
    let value_index = declaration.values.iter().position(|known| known == value).and_then(|index| u8::try_from(index).ok());
    let value_index = value_index.ok_or_else(|| no_value(name, value, declaration.values.iter().map(String::as_str)))?;
    Ok(Condition::Setting(setting, value_index))
}

fn setting_named(vocabulary: &Vocabulary, name: &str) -> Result<crate::facts::SettingId, String> {
    vocabulary
        .setting(name)
        .ok_or_else(|| unknown("setting", name, vocabulary.settings.iter().map(|word| word.name.as_str())))
}

/// The form of a literal number: with a unit (a duration) or without (a count).
struct NumberForm {
    has_unit: bool,
    /// The description of the form in messages.
    expected: &'static str,
}

const NUMBER: NumberForm = NumberForm { has_unit: false, expected: "a number as in `size(group)>50`" };
const DURATION: NumberForm = NumberForm { has_unit: true, expected: "a duration as in `age<15m` (ms, s, m, h, d)" };

/// Parses the number after `size(group)>` or `age<`: a literal of the form `form`, or the name of a setting.
fn threshold(vocabulary: &Vocabulary, text: &str, form: NumberForm) -> Result<Threshold, String> {
    if let Some(number) = number(text) {
        let unit_matches = text.ends_with(|last: char| last.is_ascii_lowercase()) == form.has_unit;
        return unit_matches
            .then_some(Threshold::Number(number))
            .ok_or_else(|| format!("expected {}, not `{text}`", form.expected));
    }
    let setting =
        setting_named(vocabulary, text).map_err(|unknown| format!("expected {}, or a setting; {unknown}", form.expected))?;
    if vocabulary.settings[usize::from(setting.0)].number.is_none() {
        return Err(format!(
            "the setting `{text}` has words for values, and only a setting with a number or a duration can be compared here"
        ));
    }
    Ok(Threshold::Setting(setting))
}
