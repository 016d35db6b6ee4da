//! The index from actions to rules. It is computed once, when the policy is compiled.

use crate::{
    action::Action,
    decision::RuleIx,
    ir::{Candidates, Condition, Rule, RuleEffect, Variable},
};

/// Rules by action and effect, each list in the order of the text.
#[derive(Debug, Clone)]
pub struct Plan {
    by_action: Vec<ActionRules>,
    /// By rule: whether the rule has a condition on `them`.
    refers_to_them: Vec<bool>,
    /// See [`Plan::members_read`].
    members_read: bool,
}

/// The rules of one action.
#[derive(Debug, Clone, Default)]
pub struct ActionRules {
    pub deny: Vec<RuleIx>,
    pub allow: Vec<RuleIx>,
    pub otherwise: Vec<RuleIx>,
}

static NO_RULES: ActionRules = ActionRules { deny: Vec::new(), allow: Vec::new(), otherwise: Vec::new() };

impl Plan {
    pub fn new(rules: &[Rule]) -> Self {
        let mut by_action: Vec<ActionRules> = Vec::new();
        for (rule_number, rule) in (0u16..).zip(rules) {
            for action in &rule.actions {
                let action_index = *action as usize;
                if by_action.len() <= action_index {
                    by_action.resize_with(action_index + 1, ActionRules::default);
                }
                let action_rules = &mut by_action[action_index];
                match rule.effect {
                    RuleEffect::Deny => action_rules.deny.push(RuleIx(rule_number)),
                    RuleEffect::Allow => action_rules.allow.push(RuleIx(rule_number)),
                    RuleEffect::Otherwise => action_rules.otherwise.push(RuleIx(rule_number)),
                }
            }
        }
        let refers_to_them = rules
            .iter()
            .map(|rule| {
                rule.candidates == Candidates::Users
                    && rule.conditions.iter().chain(&rule.unless).any(Condition::refers_to_them)
            })
            .collect();
        let is_about_read = |rule: &&Rule| rule.actions.contains(&Action::Read);
        let members_read = !rules.iter().filter(is_about_read).any(|rule| rule.effect == RuleEffect::Deny)
            && rules.iter().filter(is_about_read).any(|rule| {
                let only_holder = rule.conditions.iter().all(|condition| *condition == Condition::Holder);
                rule.effect == RuleEffect::Allow
                    && rule.candidates == Candidates::Users
                    && only_holder
                    && rule.unless.is_empty()
            });
        Self { by_action, refers_to_them, members_read }
    }

    /// Whether every active member may read every conversation: an allow rule for `read` needs no condition except `holder`,
    /// and no deny rule is about `read`.
    pub fn members_read(&self) -> bool {
        self.members_read
    }

    /// The rules that are about the action.
    pub fn rules_of(&self, action: Action) -> &ActionRules {
        self.by_action.get(action as usize).unwrap_or(&NO_RULES)
    }

    /// Whether the rule has a condition on `them`. Such a rule does not match if there is no other user.
    pub fn refers_to_them(&self, rule: RuleIx) -> bool {
        self.refers_to_them.get(usize::from(rule.0)).copied().unwrap_or(true)
    }
}

impl Condition {
    /// Whether the condition reads `them`, in a rule about users.
    pub(crate) fn refers_to_them(&self) -> bool {
        match self {
            Self::Same
            | Self::InCommon(..)
            | Self::Edge(..)
            | Self::Barrier(..)
            | Self::Related(..)
            | Self::MayStart
            | Self::Asked => true,
            Self::Role(variable, _)
            | Self::Status(variable, _)
            | Self::WritableBy(variable, _)
            | Self::HasRole(variable, _) => *variable == Variable::Them,
            Self::Everyone
            | Self::InGroup(_)
            | Self::Setting(..)
            | Self::GroupKind(_)
            | Self::GroupState(_)
            | Self::GroupLarger(_)
            | Self::GroupDelivers
            | Self::Holder
            | Self::Owner
            | Self::ConversationKind(_)
            | Self::ConversationState(_)
            | Self::Author
            | Self::Younger(_)
            | Self::RelationIs(_) => false,
        }
    }
}
