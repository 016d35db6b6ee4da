//! What a run found: a table to read, JSON to compare.

use std::{fmt, time::Duration};

use serde::Serialize;

/// One run of a scenario.
#[derive(Debug, Serialize)]
pub struct Report {
    /// `idle`, `fanout`, `durable`, `provision`.
    pub scenario: &'static str,
    /// What was done, in numbers.
    pub workload: Vec<Figure>,
    /// What the server needed for it.
    pub metrics: Vec<Figure>,
    /// What the machine can do without the server, in the same run.
    pub baselines: Vec<Figure>,
    /// What was aimed at, and whether it was reached.
    pub goals: Vec<Goal>,
    /// What could not be measured here, and why.
    pub notes: Vec<String>,
}

/// A number with its unit.
#[derive(Debug, Serialize)]
pub struct Figure {
    /// What it is the number of.
    pub name: String,
    /// The number.
    pub value: f64,
    /// `B`, `us`, `1/s`; empty for a plain number.
    pub unit: &'static str,
}

/// A figure and its limit.
#[derive(Debug, Serialize)]
pub struct Goal {
    /// What is compared.
    pub name: String,
    /// What the run reached.
    pub value: f64,
    /// At most or at least this, as the name says.
    pub limit: f64,
    /// Of both.
    pub unit: &'static str,
    /// Whether the run reached it.
    pub met: bool,
}

impl Report {
    /// An empty one.
    #[must_use]
    pub fn new(scenario: &'static str) -> Self {
        Self { scenario, workload: vec![], metrics: vec![], baselines: vec![], goals: vec![], notes: vec![] }
    }

    /// Something that was done.
    pub fn workload(&mut self, name: impl Into<String>, value: impl Number, unit: &'static str) {
        self.workload.push(figure(name, value, unit));
    }

    /// Something the server needed.
    pub fn metric(&mut self, name: impl Into<String>, value: impl Number, unit: &'static str) {
        self.metrics.push(figure(name, value, unit));
    }

    /// Something the machine can do by itself.
    pub fn baseline(&mut self, name: impl Into<String>, value: impl Number, unit: &'static str) {
        self.baselines.push(figure(name, value, unit));
    }

    /// A figure that should not be larger than `limit`.
    pub fn at_most(&mut self, name: &str, value: f64, limit: f64, unit: &'static str) {
        self.goals.push(Goal { name: format!("{name}, at most"), value, limit, unit, met: value <= limit });
    }

    /// A figure that should not be smaller than `limit`.
    pub fn at_least(&mut self, name: &str, value: f64, limit: f64, unit: &'static str) {
        self.goals.push(Goal { name: format!("{name}, at least"), value, limit, unit, met: value >= limit });
    }
}

/// What a figure is made of.
pub trait Number {
    /// As JSON has it.
    fn number(self) -> f64;
}

impl Number for f64 {
    fn number(self) -> f64 {
        self
    }
}

#[allow(clippy::cast_precision_loss)] // counts of one run stay far below 2^52
impl Number for u64 {
    fn number(self) -> f64 {
        self as f64
    }
}

impl Number for usize {
    fn number(self) -> f64 {
        (self as u64).number()
    }
}

/// In seconds.
impl Number for Duration {
    fn number(self) -> f64 {
        self.as_secs_f64()
    }
}

fn figure(name: impl Into<String>, value: impl Number, unit: &'static str) -> Figure {
    Figure { name: name.into(), value: value.number(), unit }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}", self.scenario)?;
        for (title, figures) in [("workload", &self.workload), ("server", &self.metrics), ("baseline", &self.baselines)] {
            for one in figures {
                writeln!(f, "  {title:<9} {:<52} {:>14} {}", one.name, round(one.value), one.unit)?;
            }
        }
        for goal in &self.goals {
            let (value, limit) = (round(goal.value), round(goal.limit));
            let verdict = if goal.met { "met" } else { "MISSED" };
            writeln!(f, "  goal      {:<52} {value:>14} {} (limit {limit}) {verdict}", goal.name, goal.unit)?;
        }
        for note in &self.notes {
            writeln!(f, "  note      {note}")?;
        }
        Ok(())
    }
}

/// Three places for small numbers, none for large ones.
fn round(value: f64) -> String {
    if value.fract() == 0.0 || value.abs() >= 1_000.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_know_their_side() {
        let mut report = Report::new("idle");
        report.at_most("memory", 3.0, 4.0, "KB");
        report.at_most("memory", 5.0, 4.0, "KB");
        report.at_least("rate", 5.0, 4.0, "1/s");
        report.at_least("rate", 3.0, 4.0, "1/s");
        assert_eq!(report.goals.iter().map(|goal| goal.met).collect::<Vec<_>>(), [true, false, true, false]);
    }

    #[test]
    fn json_has_the_promised_parts() {
        let mut report = Report::new("fanout");
        report.workload("members", 1_000_usize, "");
        report.at_most("cost", 1.0, 1.3, "x");
        let json = serde_json::to_value(&report).expect("serializes");
        for part in ["scenario", "workload", "metrics", "baselines", "goals"] {
            assert!(json.get(part).is_some(), "{part}");
        }
        for part in ["name", "value", "limit", "unit", "met"] {
            assert!(json["goals"][0].get(part).is_some(), "{part}");
        }
    }

    #[test]
    fn the_table_says_what_was_missed() {
        let mut report = Report::new("idle");
        report.at_most("memory", 5.0, 4.0, "KB");
        assert!(report.to_string().contains("MISSED"), "{report}");
    }
}
