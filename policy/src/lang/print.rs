//! The printer: a policy as text, without comments and additional spaces.

use std::fmt;

use super::{
    declarations::HOWS,
    keywords::{CONVERSATIONS, EFFECTS, GROUP_STATES, STATES, STATUSES, WRITABLE_BY, action_name, code_name, name_of},
};
use crate::{
    ir::{Candidates, Condition, Direction, RolePattern, Rule, RuleEffect, Threshold, Variable},
    policy::Policy,
    vocabulary::Vocabulary,
};

/// Parsing the printed text gives an equal policy.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = &*self.vocabulary;
        writeln!(f, "policy {}", self.name)?;
        for (what, list) in [("roles", &words.roles), ("kinds", &words.kinds)] {
            if !list.is_empty() {
                writeln!(f, "{what} {}", list.join(" "))?;
            }
        }
        if !words.relations.is_empty() {
            write!(f, "relations")?;
            for (name, how) in &words.relations {
                write!(f, " {name}:{}", name_of(&HOWS, *how))?;
            }
            writeln!(f)?;
        }
        for setting in &words.settings {
            let values = setting.number.map_or_else(|| setting.values.join(" "), |number| number.to_string());
            writeln!(f, "setting {} {values}", setting.name)?;
        }
        if self.secret_directory {
            writeln!(f, "secret_directory")?;
        }
        if self.secret_members {
            writeln!(f, "secret_members")?;
        }
        let written = Printer(words);
        self.rules.iter().try_for_each(|rule| writeln!(f, "{}", written.rule(rule)))
    }
}

/// A condition as rules say it, `setting(messaging)=off`.
pub(crate) fn written(vocabulary: &Vocabulary, condition: &Condition, candidates: Candidates) -> String {
    Printer(vocabulary).condition(condition, candidates)
}

/// Milliseconds in the largest unit that says them exactly, `15m`.
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
        for (part, joint, conditions) in [("when", "and", &rule.conditions), ("unless", "or", &rule.unless)] {
            for (at, condition) in conditions.iter().enumerate() {
                let before = if at == 0 { part } else { joint };
                line = format!("{line} {before} {}", self.condition(condition, rule.candidates));
            }
        }
        if rule.effect != RuleEffect::Allow {
            line = format!("{line} code {}", code_name(rule.code));
        }
        line
    }

    fn condition(&self, condition: &Condition, candidates: Candidates) -> String {
        let to = |theirs| match candidates {
            Candidates::Groups => "group".to_owned(),
            Candidates::Users => format!("them {}", self.atom(theirs)),
        };
        match *condition {
            Condition::Everyone if candidates == Candidates::Groups => "every group".to_owned(),
            Condition::Everyone => "everyone".to_owned(),
            Condition::Same => "same".to_owned(),
            Condition::InCommon(mine, theirs) => format!("me {} with them {}", self.atom(mine), self.atom(theirs)),
            Condition::Edge(mine, theirs) => format!("me {} edge {}", self.atom(mine), to(theirs)),
            Condition::Barrier(mine, theirs) => format!("me {} barrier {}", self.atom(mine), to(theirs)),
            Condition::InGroup(mine) => format!("me {} in group", self.atom(mine)),
            Condition::Related(relation, direction) => {
                let name = self.0.relations.get(usize::from(relation.0)).map_or("", |(name, _)| name);
                match direction {
                    Direction::Out => format!("me -{name}-> them"),
                    Direction::In => format!("them -{name}-> me"),
                    Direction::Both => format!("me -{name}- them"),
                }
            }
            Condition::Role(who, role) => format!("role({})={}", variable(who), word(&self.0.roles, role.0)),
            Condition::Status(who, status) => format!("status({})={}", variable(who), name_of(&STATUSES, status)),
            Condition::WritableBy(who, by) => format!("writable_by({})={}", variable(who), name_of(&WRITABLE_BY, by)),
            Condition::HasRole(who, atom) => format!("member({}) {}", variable(who), self.atom(atom)),
            Condition::Setting(setting, value) => {
                let setting = self.0.settings.get(usize::from(setting.0));
                let (name, value) = setting.map_or(("", ""), |word| (&word.name, self::word(&word.values, value)));
                format!("setting({name})={value}")
            }
            Condition::GroupKind(kind) => format!("kind(group)={}", word(&self.0.kinds, kind.0)),
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

    fn atom(&self, atom: RolePattern) -> String {
        let role = atom.role.map_or("*", |role| word(&self.0.roles, role.0));
        let kind = atom.kind.map_or("*", |kind| word(&self.0.kinds, kind.0));
        format!("{role}@{kind}")
    }

    fn limit(&self, limit: Threshold, in_words: fn(i64) -> String) -> String {
        match limit {
            Threshold::Number(number) => in_words(number),
            Threshold::Setting(setting) => {
                self.0.settings.get(usize::from(setting.0)).map_or_else(String::new, |word| word.name.clone())
            }
        }
    }
}

fn word(words: &[String], place: u8) -> &str {
    words.get(usize::from(place)).map_or("", |word| word)
}

fn variable(who: Variable) -> &'static str {
    match who {
        Variable::Me => "me",
        Variable::Them => "them",
    }
}
