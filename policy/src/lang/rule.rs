//! The parser of one rule: `<effect> <actions> <name> [when … and …] [unless … or …] [code …]`.

use super::{
    CONDITIONS_MAX, condition,
    declarations::checked_name,
    hints,
    keywords::{ACTIONS, CODES, EFFECTS, look_up, shortened},
};
use crate::{
    action::Action,
    decision::Code,
    ir::{Candidates, Condition, Rule, RuleEffect},
    vocabulary::Vocabulary,
};

/// The keywords that begin the parts of a rule after its name, in the order in which a rule has them.
const PARTS: [&str; 3] = ["when", "unless", "code"];

/// Parses a rule: `first` is its first word, `rest` is its other words, `line` is its line in the policy.
///
/// # Errors
/// Returns a sentence for the author of the policy if the words do not form a rule.
pub(super) fn parse(vocabulary: &Vocabulary, line: u32, first: &str, rest: &[String]) -> Result<Rule, String> {
    let Ok(effect) = look_up("effect", first, &EFFECTS) else {
        let hint = hints::first_word(first).map(|word| format!("; did you mean `{word}`?")).unwrap_or_default();
        return Err(format!(
            "`{}` begins neither a declaration (policy, roles, kinds, relations, setting, secret_directory, \
             secret_members) nor a rule (deny, allow, otherwise){hint}",
            shortened(first)
        ));
    };
    let [actions, name, parts @ ..] = rest else {
        return Err(format!("expected actions and a name, as in `{first} find,start classmate when …`"));
    };
    let actions = parse_actions(actions)?;
    if PARTS.contains(&name.as_str()) {
        return Err(format!("a name is missing before `{name}`"));
    }
    let name = checked_name(name)?;
    let (mut conditions, mut unless, mut code) = (Vec::new(), Vec::new(), None);
    let (mut refers_to_group, mut refers_to_them) = (false, false);
    let mut parts = parts;
    let mut last_order = 0;
    while let Some((part, after)) = parts.split_first() {
        let order = PARTS.iter().position(|known| known == part).map(|index| index + 1);
        let Some(order) = order.filter(|order| *order > last_order) else {
            return Err(format!(
                "expected `when`, `unless` and `code`, in this order and once each, not `{}`",
                shortened(part)
            ));
        };
        last_order = order;
        let end = after.iter().position(|word| PARTS.contains(&word.as_str())).unwrap_or(after.len());
        let (body, next) = after.split_at(end);
        parts = next;
        match part.as_str() {
            "code" => {
                let [word] = body else { return Err("expected one code after `code`".to_owned()) };
                code = Some(look_up("code", word, &CODES)?);
            }
            keyword => {
                let separator = separator(keyword, body)?;
                for condition_words in body.split(|word| word == separator) {
                    let parsed = condition::parse(vocabulary, condition_words)?;
                    refers_to_group |= parsed.refers_to_group;
                    refers_to_them |= !parsed.refers_to_group && parsed.condition.refers_to_them();
                    if keyword == "when" {
                        conditions.push(parsed.condition)
                    } else {
                        unless.push(parsed.condition)
                    };
                }
            }
        }
    }
    if conditions.len() + unless.len() > CONDITIONS_MAX {
        return Err(format!("a rule has at most {CONDITIONS_MAX} conditions"));
    }
    if refers_to_group && refers_to_them {
        return Err(
            "a rule is about users or about groups: it contains `them` or `group`, not both; write two rules".to_owned()
        );
    }
    if effect == RuleEffect::Allow && code.is_some() {
        return Err("a code says why not; `allow` has none".to_owned());
    }
    if effect == RuleEffect::Otherwise && code.is_none() {
        return Err("`otherwise` says only why not: add `code …`".to_owned());
    }
    // Generators come first: `validate` tests the first condition, and the reach of groups follows the first generator.
    conditions.sort_by_key(|condition| !condition.is_generator());
    let candidates = if refers_to_group { Candidates::Groups } else { Candidates::Users };
    let code = code.unwrap_or(Code::Unsupported);
    Ok(Rule { effect, actions, name, line, candidates, conditions, unless, code })
}

/// The word that separates the conditions after `keyword`: `and` after `when`, `or` after `unless`. Returns an error if
/// `body` contains the other word.
fn separator(keyword: &str, body: &[String]) -> Result<&'static str, String> {
    let (separator, wrong, reason) = match keyword {
        "when" => ("and", "or", "all must hold; for another way to match, write another rule"),
        _ => ("or", "and", "each alone excepts"),
    };
    if body.iter().any(|word| word == wrong) {
        return Err(format!("conditions after `{keyword}` are joined by `{separator}`, not `{wrong}`: {reason}"));
    }
    Ok(separator)
}

/// Parses a list of actions separated by commas, `find,start`.
fn parse_actions(list: &str) -> Result<Vec<Action>, String> {
    let mut actions = Vec::new();
    for word in list.split(',') {
        let action = look_up("action", word, &ACTIONS)?;
        if actions.contains(&action) {
            return Err(format!("`{word}` is named twice"));
        }
        actions.push(action);
    }
    Ok(actions)
}

impl Condition {
    /// Whether the condition leads from the principal to a set of users or groups, so that the server can list them without
    /// a test of each user or group.
    pub(crate) fn is_generator(&self) -> bool {
        matches!(
            self,
            Self::Everyone | Self::Same | Self::InCommon(..) | Self::Edge(..) | Self::InGroup(_) | Self::Related(..)
        )
    }
}
