//! Warnings about valid policies: rules that never match, rules without effect because of other rules, and words that no
//! rule uses.

use super::{Problem, keywords::action_name, print::written};
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
            warnings.extend(self.denied_whole(rule));
            warnings.extend(of_groups_only(rule).map(|message| Problem { line: rule.line, message }));
        }
        warnings.extend(self.unread());
        warnings.extend(self.unused_block());
        warnings.extend(self.unused_words());
        warnings.sort_by_key(|warning| warning.line);
        warnings
    }

    /// Warnings about the actions of an allow rule that a deny rule denies in all cases in which the allow rule matches.
    fn denied_whole(&self, allow: &Rule) -> Vec<Problem> {
        let denies = self.rules.iter().filter(|rule| rule.effect == RuleEffect::Deny);
        let mut left: Vec<Action> = allow.actions.clone();
        let mut warnings = Vec::new();
        for deny in denies.filter(|deny| covers(deny, allow)) {
            let (denied, others): (Vec<Action>, Vec<Action>) =
                left.into_iter().partition(|action| deny.actions.contains(action));
            left = others;
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

    /// Warns if conversations can be started and no rule allows to read them.
    fn unread(&self) -> Option<Problem> {
        let allows =
            |action| self.rules.iter().find(|rule| rule.effect == RuleEffect::Allow && rule.actions.contains(&action));
        let starts = [Action::Start, Action::StartGroup, Action::AddressGroup].into_iter().find_map(allows)?;
        if allows(Action::Read).is_some() {
            return None;
        }
        let message = format!(
            "`{}` lets users start conversations and no rule allows `read`: no user can open them; add `allow read holder when holder`",
            starts.name
        );
        Some(Problem { line: starts.line, message })
    }

    /// Warns if the relation `block` is declared, and neither the `when` of a deny rule nor the `unless` of an allow rule
    /// uses it.
    fn unused_block(&self) -> Option<Problem> {
        let block = self.vocabulary.relation(BLOCK)?;
        let of_block = |condition: &Condition| matches!(condition, Condition::Related(relation, _) if *relation == block);
        let is_used = |rule: &Rule| match rule.effect {
            RuleEffect::Deny => rule.conditions.iter().any(of_block),
            RuleEffect::Allow => rule.unless.iter().any(of_block),
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
        let used = Used::of(&self.rules, &self.vocabulary);
        let words = &*self.vocabulary;
        let mut warnings = Vec::new();
        let mut warn = |declared: &str, what: &str, name: &str| {
            let message = format!("the {what} `{name}` is declared and no rule uses it: facts that name it give nothing");
            warnings.push(Problem { line: self.line_of(declared, name), message });
        };
        let relations = words.relations.iter().map(|(name, _)| name);
        let settings = words.settings.iter().map(|setting| &setting.name);
        unused(words.roles.iter(), &used.roles).for_each(|name| warn("roles", "role", name));
        unused(words.kinds.iter(), &used.kinds).for_each(|name| warn("kinds", "kind", name));
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

/// The words that no rule uses.
fn unused<'a>(words: impl Iterator<Item = &'a String>, used: &[usize]) -> impl Iterator<Item = &'a String> {
    words.enumerate().filter(|(at, _)| !used.contains(at)).map(|(_, word)| word)
}

/// Warns if a rule names an action that only group conversations have, and has no condition `conversation=group`.
fn of_groups_only(rule: &Rule) -> Option<String> {
    let is_of_groups = rule.conditions.contains(&Condition::ConversationKind(ConversationKind::Group));
    let of_groups = [Action::AddMember, Action::RemoveMember, Action::Leave];
    let named: Vec<&str> =
        rule.actions.iter().filter(|action| of_groups.contains(action)).map(|action| action_name(*action)).collect();
    (!is_of_groups && !named.is_empty()).then(|| {
        format!(
            "`{}` allows {} in groups only, whatever it asks for: no user is added to a conversation of two, to notes or to a mail; \
             say so by `and conversation=group`",
            rule.name,
            named.join(", ")
        )
    })
}

/// The reason why a rule never matches, if it never does.
fn never_matches(rule: &Rule, words: &Vocabulary) -> Option<String> {
    let printed = |condition: &Condition| written(words, condition, rule.candidates);
    if let Some(both) = rule.conditions.iter().find(|condition| rule.unless.contains(condition)) {
        return Some(format!("`{}` never matches: it asks for `{}` and excepts it", rule.name, printed(both)));
    }
    if let Some(all) = rule.unless.iter().find(|condition| **condition == Condition::Everyone) {
        return Some(format!("`{}` never matches: it excepts `{}`", rule.name, printed(all)));
    }
    for (at, one) in rule.conditions.iter().enumerate() {
        if let Some(other) = rule.conditions.iter().skip(at + 1).find(|other| exclude_each_other(one, other)) {
            return Some(format!(
                "`{}` never matches: `{}` and `{}` exclude each other",
                rule.name,
                printed(one),
                printed(other)
            ));
        }
    }
    None
}

/// Whether both conditions test the same attribute for different values.
fn exclude_each_other(one: &Condition, other: &Condition) -> bool {
    match (one, other) {
        (Condition::ConversationKind(one), Condition::ConversationKind(other)) => one != other,
        (Condition::ConversationState(one), Condition::ConversationState(other)) => one != other,
        (Condition::GroupKind(one), Condition::GroupKind(other)) => one != other,
        (Condition::GroupState(one), Condition::GroupState(other)) => one != other,
        (Condition::RelationIs(one), Condition::RelationIs(other)) => one != other,
        (Condition::Status(who, one), Condition::Status(whom, other)) => who == whom && one != other,
        (Condition::WritableBy(who, one), Condition::WritableBy(whom, other)) => who == whom && one != other,
        (Condition::Setting(setting, one), Condition::Setting(same, other)) => setting == same && one != other,
        _ => false,
    }
}

/// Whether the deny rule matches whenever the allow rule does. `false` if a comparison of their conditions can't tell.
fn covers(deny: &Rule, allow: &Rule) -> bool {
    let speaks_of_them = deny.conditions.iter().chain(&deny.unless).any(Condition::names_them);
    let same_subject = deny.candidates == allow.candidates || (deny.candidates == Candidates::Users && !speaks_of_them);
    let is_asked = |condition: &Condition| {
        *condition == Condition::Everyone
            || allow.conditions.contains(condition)
            || matches!(condition, Condition::Status(Variable::Me, crate::facts::UserStatus::Active))
    };
    same_subject
        && deny.conditions.iter().all(is_asked)
        && deny.unless.iter().all(|condition| allow.unless.contains(condition))
}

/// The words that rules use, as indexes into the vocabulary.
#[derive(Default)]
struct Used {
    roles: Vec<usize>,
    kinds: Vec<usize>,
    relations: Vec<usize>,
    settings: Vec<usize>,
}

impl Used {
    fn of(rules: &[Rule], words: &Vocabulary) -> Self {
        let mut used = Self::default();
        for rule in rules {
            for condition in rule.conditions.iter().chain(&rule.unless) {
                used.condition(condition, words);
            }
            // A rule for `request` without `relation=` lets users request every relation that is not `given`.
            let names_one = rule.conditions.iter().any(|condition| matches!(condition, Condition::RelationIs(_)));
            if rule.effect == RuleEffect::Allow && rule.actions.contains(&Action::Request) && !names_one {
                let asked = words.relations.iter().enumerate().filter(|(_, (_, how))| *how != RelationOrigin::Given);
                used.relations.extend(asked.map(|(at, _)| at));
            }
        }
        used
    }

    fn condition(&mut self, condition: &Condition, words: &Vocabulary) {
        match *condition {
            Condition::InCommon(mine, theirs) | Condition::Edge(mine, theirs) | Condition::Barrier(mine, theirs) => {
                self.atom(mine, words);
                self.atom(theirs, words);
            }
            Condition::InGroup(atom) | Condition::HasRole(_, atom) => self.atom(atom, words),
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
    fn atom(&mut self, atom: RolePattern, words: &Vocabulary) {
        match atom.role {
            Some(role) => self.roles.push(usize::from(role.0)),
            None => self.roles.extend(0..words.roles.len()),
        }
        match atom.kind {
            Some(kind) => self.kinds.push(usize::from(kind.0)),
            None => self.kinds.extend(0..words.kinds.len()),
        }
    }
}
