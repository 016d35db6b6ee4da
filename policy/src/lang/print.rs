//! The printer: writes a policy as text, without comments and additional spaces.

use std::fmt;

use super::{
    declarations::ORIGINS,
    keywords::{CONVERSATIONS, EFFECTS, GROUP_STATES, STATES, STATUSES, WRITABLE_BY, action_name, code_name, name_of},
};
use crate::{
    ir::{Candidates, Condition, Direction, RolePattern, Rule, RuleEffect, Threshold, Variable},
    policy::Policy,
    vocabulary::Vocabulary,
};

/// Writes the text of the policy. Parsing this text gives an equal policy.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let vocabulary = &*self.vocabulary;
        writeln!(f, "policy {}", self.name)?;
        for (keyword, list) in [("roles", &vocabulary.roles), ("kinds", &vocabulary.kinds)] {
            if !list.is_empty() {
                writeln!(f, "{keyword} {}", list.join(" "))?;
            }
        }
        if !vocabulary.relations.is_empty() {
            write!(f, "relations")?;
            for (name, origin) in &vocabulary.relations {
                write!(f, " {name}:{}", name_of(&ORIGINS, *origin))?;
            }
            writeln!(f)?;
        }
        for setting in &vocabulary.settings {
            let values = setting.number.map_or_else(|| setting.values.join(" "), |number| number.to_string());
            writeln!(f, "setting {} {values}", setting.name)?;
        }
        if self.secret_directory {
            writeln!(f, "secret_directory")?;
        }
        if self.secret_members {
            writeln!(f, "secret_members")?;
        }
        let printer = Printer(vocabulary);
        self.rules.iter().try_for_each(|rule| writeln!(f, "{}", printer.rule(rule)))
    }
}

/// A condition in the syntax of the rule language, `setting(messaging)=off`.
pub(crate) fn print_condition(vocabulary: &Vocabulary, condition: &Condition, candidates: Candidates) -> String {
    Printer(vocabulary).condition(condition, candidates)
}

/// A duration in the largest unit that gives a whole number, `15m`.
pub(crate) fn duration(ms: i64) -> String {
    let units = [("d", 24 * 60 * 60 * 1000), ("h", 60 * 60 * 1000), ("m", 60 * 1000), ("s", 1000)];
    let unit = units.into_iter().find(|(_, unit_ms)| ms != 0 && ms % unit_ms == 0);
    unit.map_or_else(|| format!("{ms}ms"), |(unit, unit_ms)| format!("{}{unit}", ms / unit_ms))
}

struct Printer<'a>(&'a Vocabulary);

impl Printer<'_> {
    fn rule(&self, rule: &Rule) -> String {
        let actions: Vec<&str> = rule.actions.iter().map(|action| action_name(*action)).collect();
        let mut line = format!("{} {} {}", name_of(&EFFECTS, rule.effect), actions.join(","), rule.name);
        for (keyword, separator, conditions) in [("when", "and", &rule.conditions), ("unless", "or", &rule.unless)] {
            for (index, condition) in conditions.iter().enumerate() {
                let word_before = if index == 0 { keyword } else { separator };
                line = format!("{line} {word_before} {}", self.condition(condition, rule.candidates));
            }
        }
        if rule.effect != RuleEffect::Allow {
            line = format!("{line} code {}", code_name(rule.code));
        }
        line
    }

    fn condition(&self, condition: &Condition, candidates: Candidates) -> String {
        let target = |theirs| match candidates {
            Candidates::Groups => "group".to_owned(),
            Candidates::Users => format!("them {}", self.pattern(theirs)),
        };
        match *condition {
            Condition::Everyone if candidates == Candidates::Groups => "every group".to_owned(),
            Condition::Everyone => "everyone".to_owned(),
            Condition::Same => "same".to_owned(),
            Condition::InCommon(mine, theirs) => format!("me {} with them {}", self.pattern(mine), self.pattern(theirs)),
            Condition::Edge(mine, theirs) => format!("me {} edge {}", self.pattern(mine), target(theirs)),
            Condition::Barrier(mine, theirs) => format!("me {} barrier {}", self.pattern(mine), target(theirs)),
            Condition::InGroup(mine) => format!("me {} in group", self.pattern(mine)),
            Condition::Related(relation, direction) => {
                let name = self.0.relations.get(usize::from(relation.0)).map_or("", |(name, _)| name);
                match direction {
                    Direction::Out => format!("me -{name}-> them"),
                    Direction::In => format!("them -{name}-> me"),
                    Direction::Both => format!("me -{name}- them"),
                }
            }
            Condition::Role(user, role) => format!("role({})={}", variable_name(user), name_at(&self.0.roles, role.0)),
            Condition::Status(user, status) => format!("status({})={}", variable_name(user), name_of(&STATUSES, status)),
            Condition::WritableBy(user, writable_by) => {
                format!("writable_by({})={}", variable_name(user), name_of(&WRITABLE_BY, writable_by))
            }
            Condition::HasRole(user, pattern) => format!("member({}) {}", variable_name(user), self.pattern(pattern)),
            Condition::Setting(setting, value) => {
                let setting = self.0.settings.get(usize::from(setting.0));
                let (name, value) =
                    setting.map_or(("", ""), |declaration| (&declaration.name, name_at(&declaration.values, value)));
                format!("setting({name})={value}")
            }
            Condition::GroupKind(kind) => format!("kind(group)={}", name_at(&self.0.kinds, kind.0)),
            Condition::GroupState(state) => format!("state(group)={}", name_of(&GROUP_STATES, state)),
            Condition::GroupLarger(limit) => format!("size(group)>{}", self.limit(limit, |number| number.to_string())),
            Condition::GroupDelivers => "delivers(group)".to_owned(),
            Condition::Holder => "holder".to_owned(),
            Condition::Owner => "owner".to_owned(),
            Condition::ConversationKind(kind) => format!("conversation={}", name_of(&CONVERSATIONS, kind)),
            Condition::ConversationState(state) => format!("state={}", name_of(&STATES, state)),
            Condition::MayStart => "may start".to_owned(),
            Condition::Author => "author".to_owned(),
            Condition::Younger(limit) => format!("age<{}", self.limit(limit, duration)),
            Condition::Asked => "asked".to_owned(),
            Condition::RelationIs(relation) => {
                format!("relation={}", self.0.relations.get(usize::from(relation.0)).map_or("", |(name, _)| name))
            }
        }
    }

    fn pattern(&self, pattern: RolePattern) -> String {
        let role = pattern.role.map_or("*", |role| name_at(&self.0.roles, role.0));
        let kind = pattern.kind.map_or("*", |kind| name_at(&self.0.kinds, kind.0));
        format!("{role}@{kind}")
    }

    fn limit(&self, limit: Threshold, print_number: fn(i64) -> String) -> String {
        match limit {
            Threshold::Number(number) => print_number(number),
            Threshold::Setting(setting) => {
                self.0.settings.get(usize::from(setting.0)).map_or_else(String::new, |declaration| declaration.name.clone())
            }
        }
    }
}

/// The name with this index; empty if there is none.
fn name_at(names: &[String], index: u8) -> &str {
    names.get(usize::from(index)).map_or("", |name| name)
}

fn variable_name(variable: Variable) -> &'static str {
    match variable {
        Variable::Me => "me",
        Variable::Them => "them",
    }
}
