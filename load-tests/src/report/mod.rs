//! What a run found: a table to read at once, JSON to compare, a page to show.
//!
//! A scenario fills a [`Report`]; the command line heads one or more of them with the [`Machine`] in a [`Summary`], and that
//! writes all three forms. A new kind of figure: a type in `figures.rs`, then its place in `table.rs`, `json.rs`, `html/`.

mod figures;
mod html;
mod json;
mod machine;
#[cfg(test)]
mod sample;
mod summary;
mod table;
pub mod words;

use std::time::{SystemTime, UNIX_EPOCH};

pub use figures::{Curve, Figure, Goal, Number, Series, Side, Step, Verdict};
pub use machine::Machine;
pub use summary::Summary;

/// One run of a scenario.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// `idle`, `fanout`, `durable`.
    pub scenario: String,
    /// What was done, in a sentence.
    pub title: String,
    /// What to type to have this again; may be left empty where that is the command of the whole run.
    pub command: String,
    /// Seconds since 1970.
    pub began: u64,
    /// How long it took, preparations included.
    pub took_s: f64,
    /// Whether it was ended before it had measured everything.
    pub interrupted: bool,
    /// What was done, in numbers.
    pub workload: Vec<Figure>,
    /// What the server needed for it.
    pub metrics: Vec<Figure>,
    /// What the machine can do without the server, in the same run.
    pub baselines: Vec<Figure>,
    /// What was aimed at.
    pub goals: Vec<Goal>,
    /// What a unit costs at a part of the size, smallest first.
    pub growth: Vec<Step>,
    /// Latencies by percentile.
    pub curves: Vec<Curve>,
    /// Figures over time.
    pub series: Vec<Series>,
    /// Why the figures can't be trusted.
    pub doubts: Vec<String>,
    /// What else a reader should know, for one what could not be measured here.
    pub notes: Vec<String>,
}

impl Report {
    /// An empty one that begins now.
    #[must_use]
    pub fn new(scenario: impl Into<String>) -> Self {
        let began = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self { scenario: scenario.into(), began, ..Self::default() }
    }

    /// Something that was done.
    pub fn workload(&mut self, name: impl Into<String>, value: impl Number, unit: &'static str) {
        self.workload.push(Figure::new(name, value, unit));
    }

    /// Something the server needed.
    pub fn metric(&mut self, name: impl Into<String>, value: impl Number, unit: &'static str) {
        self.metrics.push(Figure::new(name, value, unit));
    }

    /// Something the machine can do by itself.
    pub fn baseline(&mut self, name: impl Into<String>, value: impl Number, unit: &'static str) {
        self.baselines.push(Figure::new(name, value, unit));
    }

    /// A figure that should not be larger than `limit`.
    pub fn at_most(&mut self, name: &str, value: f64, limit: f64, unit: &'static str) {
        self.goals.push(Goal::new(name, value, Side::AtMost, limit, unit));
    }

    /// A figure that should not be smaller than `limit`.
    pub fn at_least(&mut self, name: &str, value: f64, limit: f64, unit: &'static str) {
        self.goals.push(Goal::new(name, value, Side::AtLeast, limit, unit));
    }

    /// Something a reader should know.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// A reason not to trust the figures.
    pub fn doubt(&mut self, doubt: impl Into<String>) {
        self.doubts.push(doubt.into());
    }

    /// The scenario at a part of its size.
    pub fn step(&mut self, step: Step) {
        self.growth.push(step);
    }

    /// A latency by percentile; nothing where nothing was recorded.
    pub fn curve(&mut self, curve: Curve) {
        if !curve.points.is_empty() {
            self.curves.push(curve);
        }
    }

    /// A figure over time; nothing where nothing was read.
    pub fn series(&mut self, series: Series) {
        if !series.points.is_empty() {
            self.series.push(series);
        }
    }

    /// Whether its figures mean nothing: there is a doubt, or it did not run to its end.
    #[must_use]
    pub fn doubtful(&self) -> bool {
        self.interrupted || !self.doubts.is_empty()
    }

    /// What a goal came to. In doubt no goal is met, and none is missed either: who knows whose fault it was.
    #[must_use]
    pub fn verdict(&self, goal: &Goal) -> Verdict {
        match goal.met {
            _ if self.doubtful() => Verdict::Doubtful,
            true => Verdict::Met,
            false => Verdict::Missed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_two_goals() -> Report {
        let mut report = Report::new("idle");
        report.at_most("memory", 3.0, 4.0, "KB");
        report.at_least("rate", 3.0, 4.0, "1/s");
        report
    }

    fn verdicts(report: &Report) -> Vec<Verdict> {
        report.goals.iter().map(|goal| report.verdict(goal)).collect()
    }

    #[test]
    fn a_run_without_doubts_meets_and_misses() {
        assert_eq!(verdicts(&with_two_goals()), [Verdict::Met, Verdict::Missed]);
    }

    #[test]
    fn in_doubt_nothing_is_met() {
        let mut report = with_two_goals();
        report.doubt("the generator was the bottleneck");
        assert_eq!(verdicts(&report), [Verdict::Doubtful; 2]);
    }

    #[test]
    fn half_a_run_meets_nothing() {
        let report = Report { interrupted: true, ..with_two_goals() };
        assert_eq!(verdicts(&report), [Verdict::Doubtful; 2]);
    }

    #[test]
    fn empty_curves_and_series_are_left_out() {
        let mut report = Report::new("idle");
        report.curve(Curve { name: "ack".to_owned(), unit: "ms", points: vec![] });
        report.series(Series { name: "sent".to_owned(), unit: "1/s", points: vec![] });
        assert!(report.curves.is_empty() && report.series.is_empty());
    }
}
