//! A compiled policy.

use std::sync::Arc;

use crate::{decision::RuleIx, eval::Plan, ir::Rule, vocabulary::Vocabulary};

/// The compiled rules of one tenant. The evaluations (`decide`, `reach`, `complete`, `explain`) are in the module `eval`.
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
    /// Makes a policy from its parsed parts, and computes the [`Plan`] of its rules.
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

    /// The name that the text declares.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The source text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The words that the policy declares.
    #[must_use]
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    /// The rules in the order of the text; a [`RuleIx`] is an index into them.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The name of a rule, as it appears in the audit log and in metrics; empty if the policy has no rule at this index.
    #[must_use]
    pub fn rule_name(&self, rule: RuleIx) -> &str {
        self.rules.get(usize::from(rule.0)).map_or("", |rule| &rule.name)
    }

    /// Whether every denial about a user or a group that the principal may not find has the code `not_found`.
    #[must_use]
    pub fn secret_directory(&self) -> bool {
        self.secret_directory
    }

    /// Whether members and addressees of a conversation are counted, not named, for members who may not find them.
    #[must_use]
    pub fn secret_members(&self) -> bool {
        self.secret_members
    }
}
