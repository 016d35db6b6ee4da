//! The parser of one rule: `<effect> <actions> <name> [when … and …] [unless … or …] [code …]`.

use super::{
    CONDITIONS_MAX, condition,
    declarations::spelled,
    hints,
    keywords::{ACTIONS, CODES, EFFECTS, look_up, shortened},
};
use crate::{
    action::Action,
    decision::Code,
    ir::{Candidates, Condition, Rule, RuleEffect},
    vocabulary::Vocabulary,
};

const PARTS: [&str; 3] = ["when", "unless", "code"];

/// Parses a rule: `first` is its first word, `rest` is its other words, `line` is its line in the policy.
///
/// # Errors
/// A sentence for the author of the policy if the words do not form a rule.
pub(super) fn read(words: &Vocabulary, line: u32, first: &str, rest: &[String]) -> Result<Rule, String> {
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
    let actions = actions_of(actions)?;
    if PARTS.contains(&name.as_str()) {
        return Err(format!("a name is missing before `{name}`"));
    }
    let name = spelled(name)?;
    let (mut conditions, mut unless, mut code) = (Vec::new(), Vec::new(), None);
    let (mut names_group, mut names_them) = (false, false);
    let mut parts = parts;
    let mut last = 0;
    while let Some((part, after)) = parts.split_first() {
        let place = PARTS.iter().position(|known| known == part).map(|at| at + 1);
        let Some(place) = place.filter(|place| *place > last) else {
            return Err(format!(
                "expected `when`, `unless` and `code`, in this order and once each, not `{}`",
                shortened(part)
            ));
        };
        last = place;
        let end = after.iter().position(|word| PARTS.contains(&word.as_str())).unwrap_or(after.len());
        let (body, next) = after.split_at(end);
        parts = next;
        match part.as_str() {
            "code" => {
                let [word] = body else { return Err("expected one code after `code`".to_owned()) };
                code = Some(look_up("code", word, &CODES)?);
            }
            list => {
                let joint = joint(list, body)?;
                for words_of in body.split(|word| word == joint) {
                    let read = condition::parse(words, words_of)?;
                    names_group |= read.names_group;
                    names_them |= !read.names_group && read.condition.names_them();
                    if list == "when" {
                        conditions.push(read.condition)
                    } else {
                        unless.push(read.condition)
                    };
                }
            }
        }
    }
    if conditions.len() + unless.len() > CONDITIONS_MAX {
        return Err(format!("a rule has at most {CONDITIONS_MAX} conditions"));
    }
    if names_group && names_them {
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
    let candidates = if names_group { Candidates::Groups } else { Candidates::Users };
    let code = code.unwrap_or(Code::Unsupported);
    Ok(Rule { effect, actions, name, line, candidates, conditions, unless, code })
}

/// The word that separates conditions: `and` after `when`, `or` after `unless`. An error if `body` contains the other
/// word.
fn joint(part: &str, body: &[String]) -> Result<&'static str, String> {
    let (joint, wrong, why) = match part {
        "when" => ("and", "or", "all must hold; for another way to match, write another rule"),
        _ => ("or", "and", "each alone excepts"),
    };
    if body.iter().any(|word| word == wrong) {
        return Err(format!("conditions after `{part}` are joined by `{joint}`, not `{wrong}`: {why}"));
    }
    Ok(joint)
}

fn actions_of(list: &str) -> Result<Vec<Action>, String> {
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
    /// Whether the condition leads from the principal to a set of users or groups, so that these can be listed.
    pub(crate) fn is_generator(&self) -> bool {
        matches!(
            self,
            Self::Everyone | Self::Same | Self::InCommon(..) | Self::Edge(..) | Self::InGroup(_) | Self::Related(..)
        )
    }
}
