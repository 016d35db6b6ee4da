//! The rule language: a policy's text in, rules or everything that is wrong with it out.
//!
//! Line by line, each a declaration ([`words`]) or a rule ([`rule`]), whose conditions are read by [`condition`] and looked
//! at together by [`safety`]. To add a condition: a variant of [`Condition`](crate::program::Condition), an arm in `condition` and in
//! `print`, its meaning in `eval/check.rs`. A second
//! reading of conditions about users is in `tests/plain.rs`.

mod condition;
mod hints;
pub(crate) mod names;
pub(crate) mod print;
mod rule;
mod safety;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_hints;
mod warnings;
mod words;

use std::{collections::HashMap, fmt, sync::Arc};

use self::words::Declarations;
use crate::{policy::Policy, program::Rule};

pub use self::names::{ACTIONS, action_name, code_name};

/// A text may have so many bytes.
pub const TEXT_BYTES_MAX: usize = 65_536;
/// A text may have so many rules; each costs a check a few nanoseconds.
const RULES_MAX: usize = 256;
/// A name may have so many bytes.
pub(crate) const NAME_BYTES_MAX: usize = 64;
/// A rule may have so many conditions, exceptions included.
const CONDITIONS_MAX: usize = 32;
/// After so many problems a reader has enough to do.
const PROBLEMS_MAX: usize = 100;

/// Something wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, counted from 1.
    pub line: u32,
    /// What, and what is allowed instead.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for Problem {}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// Everything that is wrong with the text, by line.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        if text.len() > TEXT_BYTES_MAX {
            let message = format!("a policy has at most {TEXT_BYTES_MAX} bytes, this has {}", text.len());
            return Err(vec![Problem { line: 1, message }]);
        }
        if text.starts_with(hints::BYTE_ORDER_MARK) {
            return Err(vec![Problem { line: 1, message: hints::WITHOUT_BYTE_ORDER_MARK.to_owned() }]);
        }
        let mut reader = Reader::default();
        for (line, content) in (1u32..).zip(text.lines()) {
            let content = content.split('#').next().unwrap_or_default();
            if let Err(message) = reader.line(line, content) {
                reader.problems.push(Problem { line, message });
            }
            if reader.problems.len() >= PROBLEMS_MAX {
                break;
            }
        }
        reader.finish(text)
    }
}

/// A text half read.
#[derive(Default)]
struct Reader {
    declared: Declarations,
    rules: Vec<Rule>,
    /// Where each rule's name was given.
    names: HashMap<String, u32>,
    problems: Vec<Problem>,
}

impl Reader {
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
        safety::check(&rule)?;
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

/// Words between spaces; around `=` and `,`, and around `<` and `>` that are no arrow, spaces are free.
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
