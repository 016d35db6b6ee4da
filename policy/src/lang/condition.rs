//! The parser of one condition, `me learner@class with them learner@class`.

use super::hints;
use super::keywords::{CONVERSATIONS, GROUP_STATES, STATES, STATUSES, look_up, no_value, unknown, writable_by};
use crate::{
    facts::number,
    ir::{Condition, Direction, RolePattern, Threshold, Variable},
    vocabulary::Vocabulary,
};

/// A parsed condition, and whether it names `group`.
pub(super) struct ParsedCondition {
    pub condition: Condition,
    pub names_group: bool,
}

/// Parses the tokens between `when`, `unless`, `and` and `or`.
pub(super) fn parse(words: &Vocabulary, tokens: &[String]) -> Result<ParsedCondition, String> {
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    plain(words, &tokens).map_err(|problem| match hints::condition(words, &tokens) {
        Some(hint) => format!("`{}` is no condition; {hint}", super::keywords::shortened(&tokens.join(" "))),
        None => problem,
    })
}

fn plain(words: &Vocabulary, tokens: &[&str]) -> Result<ParsedCondition, String> {
    let about_users = |condition| Ok(ParsedCondition { condition, names_group: false });
    let groups = |condition| Ok(ParsedCondition { condition, names_group: true });
    match *tokens {
        [] => Err("expected a condition after `when`, `unless`, `and` and `or`".to_owned()),
        ["everyone"] => about_users(Condition::Everyone),
        ["every", "group"] => groups(Condition::Everyone),
        ["same"] => about_users(Condition::Same),
        ["holder"] => about_users(Condition::Holder),
        ["owner"] => about_users(Condition::Owner),
        ["author"] => about_users(Condition::Author),
        ["asked"] => about_users(Condition::Asked),
        ["may", "start"] => about_users(Condition::MayStart),
        ["me", mine, "with", "them", theirs] => {
            let (mine, theirs) = (atom(words, mine)?, atom(words, theirs)?);
            if let (Some(one), Some(other)) = (mine.kind, theirs.kind)
                && one != other
            {
                return Err(
                    "`with` asks for one group in common, and a group has one kind: name the same kind twice".to_owned()
                );
            }
            let kind = mine.kind.or(theirs.kind);
            about_users(Condition::InCommon(RolePattern { kind, ..mine }, RolePattern { kind, ..theirs }))
        }
        ["me", mine, "edge", "them", theirs] => about_users(Condition::Edge(atom(words, mine)?, atom(words, theirs)?)),
        ["me", mine, "edge", "group"] => groups(Condition::Edge(atom(words, mine)?, ANY)),
        ["me", mine, "barrier", "them", theirs] => about_users(Condition::Barrier(atom(words, mine)?, atom(words, theirs)?)),
        ["me", mine, "barrier", "group"] => groups(Condition::Barrier(atom(words, mine)?, ANY)),
        ["me", mine, "in", "group"] => groups(Condition::InGroup(atom(words, mine)?)),
        ["me", relation, "them"] => about_users(related(words, relation, false)?),
        ["them", relation, "me"] => about_users(related(words, relation, true)?),
        ["member(me)", what] => about_users(Condition::HasRole(Variable::Me, atom(words, what)?)),
        ["member(them)", what] => about_users(Condition::HasRole(Variable::Them, atom(words, what)?)),
        [one] => single(words, one),
        _ => Err(not_read(&tokens.join(" "))),
    }
}

const ANY: RolePattern = RolePattern { role: None, kind: None };

fn single(words: &Vocabulary, token: &str) -> Result<ParsedCondition, String> {
    let about_users = |condition| Ok(ParsedCondition { condition, names_group: false });
    let groups = |condition| Ok(ParsedCondition { condition, names_group: true });
    if token == "delivers(group)" {
        return groups(Condition::GroupDelivers);
    }
    if let Some(limit) = token.strip_prefix("size(group)>") {
        return groups(Condition::GroupLarger(self::limit(words, limit, NUMBER)?));
    }
    if let Some(limit) = token.strip_prefix("age<") {
        return about_users(Condition::Younger(self::limit(words, limit, DURATION)?));
    }
    let Some((what, value)) = token.split_once('=') else { return Err(not_read(token)) };
    let (function, argument) = match what.strip_suffix(')').and_then(|what| what.split_once('(')) {
        Some((function, argument)) => (function, argument),
        None => (what, ""),
    };
    match (function, argument) {
        ("role", who) => about_users(Condition::Role(self::variable(who)?, role(words, value)?)),
        ("status", who) => about_users(Condition::Status(self::variable(who)?, look_up("status", value, &STATUSES)?)),
        ("writable_by", who) => about_users(Condition::WritableBy(self::variable(who)?, writable_by(value)?)),
        ("kind", "group") => groups(Condition::GroupKind(kind(words, value)?)),
        ("state", "group") => groups(Condition::GroupState(look_up("state of a group", value, &GROUP_STATES)?)),
        ("setting", name) => about_users(setting(words, name, value)?),
        ("conversation", "") => {
            about_users(Condition::ConversationKind(look_up("kind of conversation", value, &CONVERSATIONS)?))
        }
        ("state", "") => about_users(Condition::ConversationState(look_up("state of a conversation", value, &STATES)?)),
        ("relation", "") => about_users(Condition::RelationIs(relation(words, value)?)),
        _ => Err(not_read(token)),
    }
}

fn not_read(text: &str) -> String {
    format!(
        "`{}` is no condition; there are: everyone, `every group`, same, `me R@K with them R@K`, `me R@K edge them R@K`, `me R@K barrier \
         them R@K`, `me R@K in group`, `me -R- them`, `me -R-> them`, `them -R-> me`, `me R@K edge group`, \
         `member(me) R@K`, role(me)=…, \
         status(them)=…, writable_by(them)=…, setting(…)=…, kind(group)=…, state(group)=…, size(group)>…, delivers(group), \
         holder, owner, author, conversation=…, state=…, age<…, `may start`, asked, relation=…",
        super::keywords::shortened(text)
    )
}

/// `learner@class`, `teacher@*`, `*@*`.
fn atom(words: &Vocabulary, text: &str) -> Result<RolePattern, String> {
    let Some((role, kind)) = text.split_once('@') else {
        return Err(format!(
            "expected a role in a kind of group, `learner@class`, not `{}`",
            super::keywords::shortened(text)
        ));
    };
    let role = if role == "*" { None } else { Some(self::role(words, role)?) };
    let kind = if kind == "*" { None } else { Some(self::kind(words, kind)?) };
    Ok(RolePattern { role, kind })
}

fn role(words: &Vocabulary, name: &str) -> Result<crate::facts::RoleId, String> {
    words.role(name).ok_or_else(|| unknown("role", name, words.roles.iter().map(String::as_str)))
}

fn kind(words: &Vocabulary, name: &str) -> Result<crate::facts::GroupKindId, String> {
    words.kind(name).ok_or_else(|| unknown("kind of group", name, words.kinds.iter().map(String::as_str)))
}

fn relation(words: &Vocabulary, name: &str) -> Result<crate::facts::RelationId, String> {
    words.relation(name).ok_or_else(|| unknown("relation", name, words.relations.iter().map(|(name, _)| name.as_str())))
}

/// `-friend-` in both directions, `-follow->` in one. `incoming`: it stands between `them` and `me`.
fn related(words: &Vocabulary, arrow: &str, incoming: bool) -> Result<Condition, String> {
    let inner = arrow.strip_prefix('-').ok_or_else(|| not_read(arrow))?;
    if let Some(name) = inner.strip_suffix("->") {
        let direction = if incoming { Direction::In } else { Direction::Out };
        return Ok(Condition::Related(relation(words, name)?, direction));
    }
    let name = inner.strip_suffix('-').ok_or_else(|| not_read(arrow))?;
    Ok(Condition::Related(relation(words, name)?, Direction::Both))
}

fn variable(text: &str) -> Result<Variable, String> {
    match text {
        "me" => Ok(Variable::Me),
        "them" => Ok(Variable::Them),
        other => Err(format!("expected `me` or `them` in brackets, not `{}`", super::keywords::shortened(other))),
    }
}

fn setting(words: &Vocabulary, name: &str, value: &str) -> Result<Condition, String> {
    let setting = self::setting_named(words, name)?;
    let word = &words.settings[usize::from(setting.0)];
    if word.values.is_empty() {
        return Err(format!("`{name}` is a number; it can be compared in `size(group)>{name}` and `age<{name}`"));
    }
    let place = word.values.iter().position(|known| known == value).and_then(|at| u8::try_from(at).ok());
    let place = place.ok_or_else(|| no_value(name, value, word.values.iter().map(String::as_str)))?;
    Ok(Condition::Setting(setting, place))
}

fn setting_named(words: &Vocabulary, name: &str) -> Result<crate::facts::SettingId, String> {
    words.setting(name).ok_or_else(|| unknown("setting", name, words.settings.iter().map(|word| word.name.as_str())))
}

/// The form of a literal: with a unit, or without.
struct Form {
    unit: bool,
    words: &'static str,
}

const NUMBER: Form = Form { unit: false, words: "a number as in `size(group)>50`" };
const DURATION: Form = Form { unit: true, words: "a duration as in `age<15m` (ms, s, m, h, d)" };

fn limit(words: &Vocabulary, text: &str, form: Form) -> Result<Threshold, String> {
    if let Some(limit) = number(text) {
        let fits = text.ends_with(|last: char| last.is_ascii_lowercase()) == form.unit;
        return fits.then_some(Threshold::Number(limit)).ok_or_else(|| format!("expected {}, not `{text}`", form.words));
    }
    let setting =
        setting_named(words, text).map_err(|unknown| format!("expected {}, or a setting; {unknown}", form.words))?;
    if words.settings[usize::from(setting.0)].number.is_none() {
        return Err(format!(
            "the setting `{text}` has words for values, and only a setting with a number or a duration can be compared here"
        ));
    }
    Ok(Threshold::Setting(setting))
}
