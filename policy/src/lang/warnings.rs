//! Warnings about valid policies: rules that never match, rules without effect because of other rules, and declared words
//! that no rule uses.

use super::{Problem, keywords::action_name, print::print_condition};
use crate::{
    action::{Action, ConversationKind},
    ir::{Candidates, Condition, RolePattern, Rule, RuleEffect, Threshold, Variable},
    policy::Policy,
    vocabulary::{RelationOrigin, Vocabulary},
};

/// The name of the relation with which a user blocks another user.
const BLOCK: &str = "block";

impl Policy {
    /// Warnings about probable mistakes in the policy, in the order of their lines. A policy with warnings is valid.
    #[must_use]
    pub fn warnings(&self) -> Vec<Problem> {
        let mut warnings = Vec::new();
        for rule in &self.rules {
            warnings.extend(never_matches(rule, &self.vocabulary).map(|message| Problem { line: rule.line, message }));
        }
        for rule in self.rules.iter().filter(|rule| rule.effect == RuleEffect::Allow) {
            warnings.extend(self.always_denied(rule));
            warnings.extend(group_conversation_only(rule).map(|message| Problem { line: rule.line, message }));
        }
        warnings.extend(self.unreadable_conversations());
        warnings.extend(self.unused_block());
        warnings.extend(self.unused_words());
        warnings.sort_by_key(|warning| warning.line);
        warnings
    }

    /// Warnings about the actions of an allow rule that a deny rule always denies: the deny rule matches whenever the allow
    /// rule matches.
    fn always_denied(&self, allow: &Rule) -> Vec<Problem> {
        let denies = self.rules.iter().filter(|rule| rule.effect == RuleEffect::Deny);
        let mut remaining: Vec<Action> = allow.actions.clone();
        let mut warnings = Vec::new();
        for deny in denies.filter(|deny| covers(deny, allow)) {
            let (denied, not_denied): (Vec<Action>, Vec<Action>) =
                remaining.into_iter().partition(|action| deny.actions.contains(action));
            remaining = not_denied;
            if !denied.is_empty() {
                let names: Vec<&str> = denied.iter().map(|action| action_name(*action)).collect();
                let message = format!(
                    "`{}` allows no user to {}: `{}` (line {}) denies it wherever this rule matches",
                    allow.name,
                    names.join(", "),
                    deny.name,
                    deny.line
                );
                warnings.push(Problem { line: allow.line, message });
            }
        }
        warnings
    }

    /// Warns if conversations can be started and no rule allows `read`.
    fn unreadable_conversations(&self) -> Option<Problem> {
        let allows =
            |action| self.rules.iter().find(|rule| rule.effect == RuleEffect::Allow && rule.actions.contains(&action));
        let start_rule = [Action::Start, Action::StartGroup, Action::AddressGroup].into_iter().find_map(allows)?;
        if allows(Action::Read).is_some() {
            return None;
        }
        let message = format!(
            "`{}` lets users start conversations and no rule allows `read`: no user can open them; add `allow read holder when holder`",
            start_rule.name
        );
        Some(Problem { line: start_rule.line, message })
    }

    /// Warns if the relation `block` is declared, and neither the `when` of a deny rule nor the `unless` of an allow rule
    /// uses it.
    fn unused_block(&self) -> Option<Problem> {
        let block = self.vocabulary.relation(BLOCK)?;
        let uses_block = |condition: &Condition| matches!(condition, Condition::Related(relation, _) if *relation == block);
        let is_used = |rule: &Rule| match rule.effect {
            RuleEffect::Deny => rule.conditions.iter().any(uses_block),
            RuleEffect::Allow => rule.unless.iter().any(uses_block),
            RuleEffect::Otherwise => false,
        };
        if self.rules.iter().any(is_used) {
            return None;
        }
        let message = "the relation `block` is declared and no `deny` uses it: it prevents nothing; add `deny \
                       find,see_profile,start,send blocked when them -block-> me code not_found`";
        Some(Problem { line: self.line_of("relations", BLOCK), message: message.to_owned() })
    }

    /// Warnings about declared words that no rule uses.
    fn unused_words(&self) -> Vec<Problem> {
        let used = UsedWords::in_rules(&self.rules, &self.vocabulary);
        let vocabulary = &*self.vocabulary;
        let mut warnings = Vec::new();
        let mut warn = |declared: &str, word_type: &str, name: &str| {
            let message =
                format!("the {word_type} `{name}` is declared and no rule uses it: facts that name it give nothing");
            warnings.push(Problem { line: self.line_of(declared, name), message });
        };
        let relations = vocabulary.relations.iter().map(|(name, _)| name);
        let settings = vocabulary.settings.iter().map(|setting| &setting.name);
        unused(vocabulary.roles.iter(), &used.roles).for_each(|name| warn("roles", "role", name));
        unused(vocabulary.kinds.iter(), &used.kinds).for_each(|name| warn("kinds", "kind", name));
        // `unused_block` has a more specific warning about `block`.
        unused(relations, &used.relations)
            .filter(|name| *name != BLOCK)
            .for_each(|name| warn("relations", "relation", name));
        unused(settings, &used.settings).for_each(|name| warn("setting", "setting", name));
        warnings
    }

    /// The number of the line that declares a word; 1 if no line does.
    fn line_of(&self, declaration: &str, word: &str) -> u32 {
        let declares = |line: &str| {
            let content = line.split('#').next().unwrap_or_default();
            let mut tokens = content.split_whitespace();
            tokens.next() == Some(declaration) && tokens.any(|token| token.split(':').next() == Some(word))
        };
        (1..).zip(self.text.lines()).find(|(_, line)| declares(line)).map_or(1, |(line, _)| line)
    }
}

/// The words whose index is not in `used`.
fn unused<'a>(words: impl Iterator<Item = &'a String>, used: &[usize]) -> impl Iterator<Item = &'a String> {
    words.enumerate().filter(|(index, _)| !used.contains(index)).map(|(_, word)| word)
}

/// Warns if a rule names an action that only group conversations have, and has no condition `conversation=group`.
fn group_conversation_only(rule: &Rule) -> Option<String> {
    let requires_group = rule.conditions.contains(&Condition::ConversationKind(ConversationKind::Group));
    let group_actions = [Action::AddMember, Action::RemoveMember, Action::Leave];
    let named: Vec<&str> =
        rule.actions.iter().filter(|action| group_actions.contains(action)).map(|action| action_name(*action)).collect();
    (!requires_group && !named.is_empty()).then(|| {
        format!(
            "`{}` allows {} in groups only, whatever it asks for: no user is added to a conversation of two, to notes or to a mail; \
             say so by `and conversation=group`",
            rule.name,
            named.join(", ")
        )
    })
}

/// The reason why a rule never matches, if it never does.
fn never_matches(rule: &Rule, vocabulary: &Vocabulary) -> Option<String> {
    let printed = |condition: &Condition| print_condition(vocabulary, condition, rule.candidates);
    if let Some(condition) = rule.conditions.iter().find(|condition| rule.unless.contains(condition)) {
        return Some(format!("`{}` never matches: it asks for `{}` and excepts it", rule.name, printed(condition)));
    }
    if let Some(condition) = rule.unless.iter().find(|condition| **condition == Condition::Everyone) {
        return Some(format!("`{}` never matches: it excepts `{}`", rule.name, printed(condition)));
    }
    for (index, first) in rule.conditions.iter().enumerate() {
        if let Some(second) = rule.conditions.iter().skip(index + 1).find(|second| exclude_each_other(first, second)) {
            return Some(format!(
                "`{}` never matches: `{}` and `{}` exclude each other",
                rule.name,
                printed(first),
                printed(second)
            ));
        }
    }
    None
}

/// Whether both conditions test the same attribute for different values.
fn exclude_each_other(first: &Condition, second: &Condition) -> bool {
    match (first, second) {
        (Condition::ConversationKind(first), Condition::ConversationKind(second)) => first != second,
        (Condition::ConversationState(first), Condition::ConversationState(second)) => first != second,
        (Condition::GroupKind(first), Condition::GroupKind(second)) => first != second,
        (Condition::GroupState(first), Condition::GroupState(second)) => first != second,
        (Condition::RelationIs(first), Condition::RelationIs(second)) => first != second,
        (Condition::Status(first_variable, first), Condition::Status(second_variable, second)) => {
            first_variable == second_variable && first != second
        }
        (Condition::WritableBy(first_variable, first), Condition::WritableBy(second_variable, second)) => {
            first_variable == second_variable && first != second
        }
        (Condition::Setting(first_setting, first), Condition::Setting(second_setting, second)) => {
            first_setting == second_setting && first != second
        }
        _ => false,
    }
}

/// Whether the deny rule matches whenever the allow rule matches. `false` if this does not follow from a comparison of their
/// conditions.
fn covers(deny: &Rule, allow: &Rule) -> bool {
    let refers_to_them = deny.conditions.iter().chain(&deny.unless).any(Condition::refers_to_them);
    let same_subject = deny.candidates == allow.candidates || (deny.candidates == Candidates::Users && !refers_to_them);
    let is_implied = |condition: &Condition| {
        *condition == Condition::Everyone
            || allow.conditions.contains(condition)
            || matches!(condition, Condition::Status(Variable::Me, crate::facts::UserStatus::Active))
    };
    same_subject
        && deny.conditions.iter().all(is_implied)
        && deny.unless.iter().all(|condition| allow.unless.contains(condition))
}

/// The words that rules use, as indexes into the vocabulary.
#[derive(Default)]
struct UsedWords {
    roles: Vec<usize>,
    kinds: Vec<usize>,
    relations: Vec<usize>,
    settings: Vec<usize>,
}

impl UsedWords {
    fn in_rules(rules: &[Rule], vocabulary: &Vocabulary) -> Self {
        let mut used = Self::default();
        for rule in rules {
            for condition in rule.conditions.iter().chain(&rule.unless) {
                used.add_condition(condition, vocabulary);
            }
            // A rule for `request` without `relation=` lets users request every relation that is not `given`.
            let names_relation = rule.conditions.iter().any(|condition| matches!(condition, Condition::RelationIs(_)));
            if rule.effect == RuleEffect::Allow && rule.actions.contains(&Action::Request) && !names_relation {
                let requestable =
                    vocabulary.relations.iter().enumerate().filter(|(_, (_, origin))| *origin != RelationOrigin::Given);
                used.relations.extend(requestable.map(|(index, _)| index));
            }
        }
        used
    }

    fn add_condition(&mut self, condition: &Condition, vocabulary: &Vocabulary) {
        match *condition {
            Condition::InCommon(mine, theirs) | Condition::Edge(mine, theirs) | Condition::Barrier(mine, theirs) => {
                self.add_pattern(mine, vocabulary);
                self.add_pattern(theirs, vocabulary);
            }
            Condition::InGroup(pattern) | Condition::HasRole(_, pattern) => self.add_pattern(pattern, vocabulary),
            Condition::Role(_, role) => self.roles.push(usize::from(role.0)),
            Condition::GroupKind(kind) => self.kinds.push(usize::from(kind.0)),
            Condition::Related(relation, _) | Condition::RelationIs(relation) => {
                self.relations.push(usize::from(relation.0));
            }
            Condition::Setting(setting, _)
            | Condition::GroupLarger(Threshold::Setting(setting))
            | Condition::Younger(Threshold::Setting(setting)) => self.settings.push(usize::from(setting.0)),
            _ => {}
        }
    }

    /// Adds the role and the kind of a pattern. The pattern `*` uses all roles and all kinds.
    fn add_pattern(&mut self, pattern: RolePattern, vocabulary: &Vocabulary) {
        match pattern.role {
            Some(role) => self.roles.push(usize::from(role.0)),
            None => self.roles.extend(0..vocabulary.roles.len()),
        }
        match pattern.kind {
            Some(kind) => self.kinds.push(usize::from(kind.0)),
            None => self.kinds.extend(0..vocabulary.kinds.len()),
        }
    }
}
