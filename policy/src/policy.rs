//! The rules of one tenant.

use std::sync::Arc;

use crate::{decision::RuleIx, eval::Plan, program::Rule, vocabulary::Vocabulary};

/// The rules of one tenant, ready to be asked. What may be asked of them is in `eval`.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) vocabulary: Arc<Vocabulary>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) secret_directory: bool,
    pub(crate) secret_members: bool,
    pub(crate) plan: Plan,
}

impl Policy {
    /// A policy of what its text was read to.
    #[must_use]
    pub(crate) fn from_parts(
        name: String,
        text: String,
        vocabulary: Arc<Vocabulary>,
        rules: Vec<Rule>,
        secret_directory: bool,
        secret_members: bool,
    ) -> Self {
        let plan = Plan::new(&rules);
        Self { name, text, vocabulary, rules, secret_directory, secret_members, plan }
    }

    /// Its name, for logs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The words it declares.
    #[must_use]
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    /// Its rules, in the order of the text; [`RuleIx`] are places in it.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The name of a rule, for audit and metrics; empty for an index of another policy.
    #[must_use]
    pub fn rule_name(&self, rule: RuleIx) -> &str {
        self.rules.get(usize::from(rule.0)).map_or("", |rule| &rule.name)
    }

    /// Whether people are told nothing of those they do not reach, not even that they exist.
    #[must_use]
    pub fn secret_directory(&self) -> bool {
        self.secret_directory
    }

    /// Whether people in the same group, mail or group of the product are counted, not named, for those who do not find them.
    #[must_use]
    pub fn secret_members(&self) -> bool {
        self.secret_members
    }
}
