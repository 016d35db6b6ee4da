//! Which rules speak of which action, worked out once.

use crate::{
    action::Action,
    decision::RuleIx,
    program::{Condition, Effect, Rule, Subject, Who},
};

/// Rules by action and effect, each list in the order of the text.
#[derive(Debug, Clone)]
pub struct Plan {
    by_action: Vec<Lines>,
    /// By rule.
    names_them: Vec<bool>,
    members_read: bool,
}

/// The rules of one action.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    pub deny: Vec<RuleIx>,
    pub allow: Vec<RuleIx>,
    pub otherwise: Vec<RuleIx>,
}

static NO_LINES: Lines = Lines { deny: Vec::new(), allow: Vec::new(), otherwise: Vec::new() };

impl Plan {
    pub fn new(rules: &[Rule]) -> Self {
        let mut by_action: Vec<Lines> = Vec::new();
        for (at, rule) in (0u16..).zip(rules) {
            for action in &rule.actions {
                let place = *action as usize;
                if by_action.len() <= place {
                    by_action.resize_with(place + 1, Lines::default);
                }
                let lines = &mut by_action[place];
                match rule.effect {
                    Effect::Deny => lines.deny.push(RuleIx(at)),
                    Effect::Allow => lines.allow.push(RuleIx(at)),
                    Effect::Otherwise => lines.otherwise.push(RuleIx(at)),
                }
            }
        }
        let names_them = rules
            .iter()
            .map(|rule| {
                rule.subject == Subject::People && rule.conditions.iter().chain(&rule.unless).any(Condition::names_them)
            })
            .collect();
        let reads = |rule: &&Rule| rule.actions.contains(&Action::Read);
        let members_read = !rules.iter().filter(reads).any(|rule| rule.effect == Effect::Deny)
            && rules.iter().filter(reads).any(|rule| {
                let asks_a_seat = rule.conditions.iter().all(|condition| *condition == Condition::Holder);
                rule.effect == Effect::Allow && rule.subject == Subject::People && asks_a_seat && rule.unless.is_empty()
            });
        Self { by_action, names_them, members_read }
    }

    /// Whether `read` is allowed to every member, and asks nothing else.
    pub fn members_read(&self) -> bool {
        self.members_read
    }

    pub fn lines(&self, action: Action) -> &Lines {
        self.by_action.get(action as usize).unwrap_or(&NO_LINES)
    }

    /// Whether the rule asks anything of another person; where there is none, it does not match.
    pub fn names_them(&self, rule: RuleIx) -> bool {
        self.names_them.get(usize::from(rule.0)).copied().unwrap_or(true)
    }
}

impl Condition {
    /// Whether it asks anything of another person, in a rule about people.
    pub(crate) fn names_them(&self) -> bool {
        match self {
            Self::Same
            | Self::InCommon(..)
            | Self::Edge(..)
            | Self::Barrier(..)
            | Self::Related(..)
            | Self::MayStart
            | Self::Asked => true,
            Self::Role(who, _) | Self::Status(who, _) | Self::WritableBy(who, _) | Self::Is(who, _) => *who == Who::Them,
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
