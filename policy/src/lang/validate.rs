//! Checks a rule as a whole. Each condition must fit each action of the rule. An allow rule with an action whose resources
//! the server lists must have a generator: a condition that leads from `me` to users or groups.

use super::keywords::action_name;
use crate::{
    action::{Action, ResourceType},
    ir::{Candidates, Condition, Rule, RuleEffect},
};

/// Whether the server lists the users or groups with which the action is allowed. A rule for such an action needs a
/// generator, so that the server does not test every user or group.
fn is_listed(action: Action) -> bool {
    matches!(
        action,
        Action::Find | Action::SeeProfile | Action::Start | Action::AddressGroup | Action::Request | Action::Block
    )
}

/// Checks a parsed rule. An error is a sentence for the author of the policy.
pub(super) fn check_rule(rule: &Rule) -> Result<(), String> {
    for action in &rule.actions {
        for condition in rule.conditions.iter().chain(&rule.unless) {
            check_condition(*action, rule, condition)?;
        }
    }
    if rule.effect == RuleEffect::Allow
        && rule.candidates == Candidates::Users
        && let Some(action) = rule.actions.iter().find(|action| action.resource_type() == ResourceType::Group)
    {
        return Err(format!(
            "`{}` reaches groups: say which by `me R@K edge group`, `me R@K in group` or `every group`",
            action_name(*action)
        ));
    }
    let Some(listed) = rule.actions.iter().find(|action| is_listed(**action)) else { return Ok(()) };
    if rule.effect == RuleEffect::Allow && !rule.conditions.first().is_some_and(Condition::is_generator) {
        return Err(format!(
            "`{}` lists users or groups, so an `allow` needs a condition that leads from me to them: everyone, `every group`, same, `me R@K with \
             them R@K`, `me R@K edge …`, `me R@K in group` or a relation; others only narrow it",
            action_name(*listed)
        ));
    }
    Ok(())
}

/// Checks that the condition has a meaning for the action.
fn check_condition(action: Action, rule: &Rule, condition: &Condition) -> Result<(), String> {
    let word = action_name(action);
    let target = action.resource_type();
    if rule.candidates == Candidates::Groups && !action.accepts(ResourceType::Group) {
        return Err(format!("`{word}` is not about groups: conditions with `group` fit `find` and `address_group`"));
    }
    match condition {
        Condition::Holder
        | Condition::Owner
        | Condition::ConversationKind(_)
        | Condition::ConversationState(_)
        | Condition::MayStart
            if target != ResourceType::Conversation =>
        {
            Err(format!(
                "`{word}` is not done in a conversation: `holder`, `owner`, `conversation=`, `state=` and `may start` do not fit it"
            ))
        }
        Condition::Author | Condition::Younger(_) if !action.is_about_a_message() => Err(format!(
            "`{word}` is not about a message: `author` and `age<` fit edit, delete_for_all, delete_own_copy and reply"
        )),
        Condition::Asked if action != Action::Accept => Err(format!("`asked` fits `accept`, not `{word}`")),
        Condition::RelationIs(_)
            if !matches!(action, Action::Request | Action::Accept | Action::Unrelate | Action::Block) =>
        {
            Err(format!("`relation=` fits request, accept, unrelate and block, not `{word}`"))
        }
        condition if rule.candidates == Candidates::Users && target == ResourceType::Group && condition.refers_to_them() => {
            Err(format!("`{word}` is about a group: say `group`, not `them`"))
        }
        condition if target == ResourceType::None && (condition.refers_to_them() || *condition == Condition::Everyone) => {
            Err(format!("`{word}` is not about another user: `them` and `everyone` do not fit it"))
        }
        _ => Ok(()),
    }
}
