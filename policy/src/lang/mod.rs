//! The compiler of the rule language: it turns a text into a [`Policy`], or reports all problems of the text.
//! `docs/rules.md` describes the language.
//!
//! The parser reads one line after the other. A line is a declaration ([`declarations`]) or a rule ([`rule`]). [`condition`]
//! parses each condition of a rule, and [`validate`] checks the rule as a whole.
//!
//! To add a condition, add a variant to [`Condition`](crate::ir::Condition), an arm to `condition.rs` and to `print.rs`, and
//! its meaning to `eval/check.rs`. If the condition is about users, also add its meaning to `tests/plain.rs`: the tests
//! compare every evaluation with this second, simpler implementation of the rules.

mod condition;
mod declarations;
#[cfg(test)]
mod hint_tests;
mod hints;
pub(crate) mod keywords;
pub(crate) mod print;
mod rule;
#[cfg(test)]
mod tests;
mod validate;
mod warnings;

use std::{collections::HashMap, fmt, sync::Arc};

use self::declarations::Declarations;
use crate::{ir::Rule, policy::Policy};

pub use self::keywords::{ACTIONS, action_name, code_name};

/// The largest size of the text of a policy in bytes.
pub const TEXT_BYTES_MAX: usize = 65_536;
/// The largest number of rules of a policy. A check takes a few nanoseconds longer for each rule.
const RULES_MAX: usize = 256;
/// The largest size of a declared name in bytes.
pub(crate) const NAME_BYTES_MAX: usize = 64;
/// The largest number of conditions of a rule, after `when` and `unless` together.
const CONDITIONS_MAX: usize = 32;
/// Parsing stops after this many problems.
const PROBLEMS_MAX: usize = 100;

/// A mistake in the text of a policy or of a table of cases, or a warning about the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the text, counted from 1.
    pub line: u32,
    /// What is wrong, and what is allowed instead.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for Problem {}

impl Policy {
    /// Compiles the text of a policy.
    ///
    /// # Errors
    /// Returns the problems of the text in the order of their lines, at most 100. A text that is larger than
    /// [`TEXT_BYTES_MAX`] or begins with a byte order mark gives only this one problem.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        if text.len() > TEXT_BYTES_MAX {
            let message = format!("a policy has at most {TEXT_BYTES_MAX} bytes, this has {}", text.len());
            return Err(vec![Problem { line: 1, message }]);
        }
        if text.starts_with(hints::BYTE_ORDER_MARK) {
            return Err(vec![Problem { line: 1, message: hints::WITHOUT_BYTE_ORDER_MARK.to_owned() }]);
        }
        let mut parser = Parser::default();
        for (line, content) in (1u32..).zip(text.lines()) {
            let content = content.split('#').next().unwrap_or_default();
            if let Err(message) = parser.parse_line(line, content) {
                parser.problems.push(Problem { line, message });
            }
            if parser.problems.len() >= PROBLEMS_MAX {
                break;
            }
        }
        parser.finish(text)
    }
}

/// The state of the parser.
#[derive(Default)]
struct Parser {
    declarations: Declarations,
    rules: Vec<Rule>,
    /// The line of each rule, by the name of the rule.
    rule_lines: HashMap<String, u32>,
    problems: Vec<Problem>,
}

impl Parser {
    /// Parses one line, without its comment. An error is the message of a [`Problem`].
    fn parse_line(&mut self, line: u32, content: &str) -> Result<(), String> {
        let tokens = tokenize(content);
        let Some((first, rest)) = tokens.split_first() else { return Ok(()) };
        if self.declarations.parse_line(first, rest)? {
            if !self.rules.is_empty() {
                return Err(format!("`{first}` must stand before the first rule"));
            }
            return Ok(());
        }
        let rule = rule::parse(&self.declarations.vocabulary, line, first, rest)?;
        validate::check_rule(&rule)?;
        if let Some(earlier_line) = self.rule_lines.insert(rule.name.clone(), line) {
            return Err(format!("line {earlier_line} has a rule called `{}` already", rule.name));
        }
        if self.rules.len() == RULES_MAX {
            return Err(format!("a policy has at most {RULES_MAX} rules"));
        }
        self.rules.push(rule);
        Ok(())
    }

    /// The policy, if no line had a problem and the policy has a name.
    fn finish(mut self, text: &str) -> Result<Policy, Vec<Problem>> {
        let Declarations { name, vocabulary, secret_directory, secret_members } = self.declarations;
        if name.is_none() && self.problems.is_empty() {
            let message = "a policy begins with its name: `policy my-school`".to_owned();
            self.problems.push(Problem { line: 1, message });
        }
        match name {
            Some(name) if self.problems.is_empty() => {
                let vocabulary = Arc::new(vocabulary);
                let text = text.to_owned();
                Ok(Policy::from_parts(name, text, vocabulary, self.rules, secret_directory, secret_members))
            }
            _ => Err(self.problems),
        }
    }
}

/// Splits a line at spaces. Spaces around `=` and `,`, and around `<` and `>` that are not part of an arrow, do not separate
/// tokens.
fn tokenize(content: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut joins_next = false;
    for word in content.split_whitespace() {
        let is_operator = matches!(word, "=" | "<" | ">" | ",");
        let joins_previous =
            word.starts_with(['=', ',']) || ((word.starts_with('<') || word.starts_with('>')) && !word.ends_with('-'));
        match tokens.last_mut() {
            Some(last) if joins_next || is_operator || joins_previous => last.push_str(word),
            _ => tokens.push(word.to_owned()),
        }
        joins_next = is_operator
            || word.ends_with(['=', ','])
            || (word.ends_with('<') || word.ends_with('>')) && !word.ends_with("->");
    }
    tokens
}
