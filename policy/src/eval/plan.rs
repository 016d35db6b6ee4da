//! The rules of each action, computed once when the policy is compiled.

use crate::{
    action::Action,
    decision::RuleIx,
    ir::{Candidates, Condition, Rule, RuleEffect, Variable},
};

/// Rules by action and effect, each list in the order of the text.
#[derive(Debug, Clone)]
pub struct Plan {
    by_action: Vec<ActionRules>,
    /// By rule: whether it has a condition on `them`.
    names_them: Vec<bool>,
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
        for (at, rule) in (0u16..).zip(rules) {
            for action in &rule.actions {
                let place = *action as usize;
                if by_action.len() <= place {
                    by_action.resize_with(place + 1, ActionRules::default);
                }
                let rules_of = &mut by_action[place];
                match rule.effect {
                    RuleEffect::Deny => rules_of.deny.push(RuleIx(at)),
                    RuleEffect::Allow => rules_of.allow.push(RuleIx(at)),
                    RuleEffect::Otherwise => rules_of.otherwise.push(RuleIx(at)),
                }
            }
        }
        let names_them = rules
            .iter()
            .map(|rule| {
                rule.candidates == Candidates::Users && rule.conditions.iter().chain(&rule.unless).any(Condition::names_them)
            })
            .collect();
        let reads = |rule: &&Rule| rule.actions.contains(&Action::Read);
        let members_read = !rules.iter().filter(reads).any(|rule| rule.effect == RuleEffect::Deny)
            && rules.iter().filter(reads).any(|rule| {
                let asks_membership = rule.conditions.iter().all(|condition| *condition == Condition::Holder);
                rule.effect == RuleEffect::Allow
                    && rule.candidates == Candidates::Users
                    && asks_membership
                    && rule.unless.is_empty()
            });
        Self { by_action, names_them, members_read }
    }

    /// Whether `read` is allowed to every member without another condition.
    pub fn members_read(&self) -> bool {
        self.members_read
    }

    pub fn rules_of(&self, action: Action) -> &ActionRules {
        self.by_action.get(action as usize).unwrap_or(&NO_RULES)
    }

    /// Whether the rule has a condition on `them`. Such a rule does not match if there is no other user.
    pub fn names_them(&self, rule: RuleIx) -> bool {
        self.names_them.get(usize::from(rule.0)).copied().unwrap_or(true)
    }
}

impl Condition {
    /// Whether the condition reads `them`, in a rule about users.
    pub(crate) fn names_them(&self) -> bool {
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
