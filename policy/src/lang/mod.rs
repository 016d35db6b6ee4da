//! The compiler of the rule language: text in, a [`Policy`] or all problems of the text out. `docs/rules.md` describes the language.
//!
//! The parser reads one line after the other. A line is a declaration ([`declarations`]) or a rule ([`rule`]). [`condition`] parses
//! each condition of a rule, and [`validate`] checks the rule as a whole.
//!
//! To add a condition, add a variant to [`Condition`](crate::ir::Condition), an arm to `condition` and to `print`, and its meaning
//! to `eval/check.rs`. If the condition is about users, add its meaning to `tests/plain.rs` too, which evaluates rules a second
//! time, in another way.

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

/// The largest size of a text in bytes.
pub const TEXT_BYTES_MAX: usize = 65_536;
/// The largest number of rules. A check takes a few nanoseconds longer for each rule.
const RULES_MAX: usize = 256;
/// The largest size of a name in bytes.
pub(crate) const NAME_BYTES_MAX: usize = 64;
/// The largest number of conditions of a rule, after `when` and `unless` together.
const CONDITIONS_MAX: usize = 32;
/// Parsing stops after this many problems.
const PROBLEMS_MAX: usize = 100;

/// A mistake in a text, or a warning about it.
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
    /// Compiles a policy.
    ///
    /// # Errors
    /// All problems of the text, in the order of their lines; at most 100.
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
            if let Err(message) = parser.line(line, content) {
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
    declared: Declarations,
    rules: Vec<Rule>,
    /// The line of each rule, by name.
    names: HashMap<String, u32>,
    problems: Vec<Problem>,
}

impl Parser {
    fn line(&mut self, line: u32, content: &str) -> Result<(), String> {
        let tokens = tokens(content);
        let Some((first, rest)) = tokens.split_first() else { return Ok(()) };
        if self.declared.read(first, rest)? {
            if !self.rules.is_empty() {
                return Err(format!("`{first}` must stand before the first rule"));
            }
            return Ok(());
        }
        let rule = rule::read(&self.declared.vocabulary, line, first, rest)?;
        validate::check(&rule)?;
        if let Some(before) = self.names.insert(rule.name.clone(), line) {
            return Err(format!("line {before} has a rule called `{}` already", rule.name));
        }
        if self.rules.len() == RULES_MAX {
            return Err(format!("a policy has at most {RULES_MAX} rules"));
        }
        self.rules.push(rule);
        Ok(())
    }

    fn finish(mut self, text: &str) -> Result<Policy, Vec<Problem>> {
        let Declarations { name, vocabulary, secret_directory, secret_members } = self.declared;
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

/// Splits a line at spaces. Spaces around `=` and `,`, and around `<` and `>` that are not part of an arrow, do not separate tokens.
fn tokens(content: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut glue = false;
    for word in content.split_whitespace() {
        let operator = matches!(word, "=" | "<" | ">" | ",");
        let tail =
            word.starts_with(['=', ',']) || ((word.starts_with('<') || word.starts_with('>')) && !word.ends_with('-'));
        match tokens.last_mut() {
            Some(last) if glue || operator || tail => last.push_str(word),
            _ => tokens.push(word.to_owned()),
        }
        glue =
            operator || word.ends_with(['=', ',']) || (word.ends_with('<') || word.ends_with('>')) && !word.ends_with("->");
    }
    tokens
}
