//! The results of a run in three forms: a table, JSON, and a page.
//!
//! A scenario fills a [`Report`]. The command line puts one or more reports and the [`Machine`] into a [`Summary`],
//! which writes the three forms. To add a kind of figure, add a type in `figures.rs` and its output in `table.rs`,
//! `json.rs` and `html/`.

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
    /// The name of the scenario: `idle`, `fanout`, `durable`.
    pub scenario: String,
    /// What the scenario does, in one sentence.
    pub title: String,
    /// The command that repeats this scenario; may be empty if it is the command of the whole run.
    pub command: String,
    /// The time of the beginning, in seconds since 1970.
    pub began: u64,
    /// The duration in seconds, preparations included.
    pub took_s: f64,
    /// Whether the run ended before everything was measured.
    pub interrupted: bool,
    /// The work that was done.
    pub workload: Vec<Figure>,
    /// The resources that the server used for it.
    pub metrics: Vec<Figure>,
    /// The results of the baselines, measured on the same machine in the same run.
    pub baselines: Vec<Figure>,
    /// The goals with their values.
    pub goals: Vec<Goal>,
    /// The cost of a unit at each size, smallest size first.
    pub growth: Vec<Step>,
    /// Latencies by percentile.
    pub curves: Vec<Curve>,
    /// Figures over time.
    pub series: Vec<Series>,
    /// The reasons not to trust the figures.
    pub doubts: Vec<String>,
    /// Remarks for the reader, for example about figures that could not be measured here.
    pub notes: Vec<String>,
}

impl Report {
    /// An empty report that begins now.
    #[must_use]
    pub fn new(scenario: impl Into<String>) -> Self {
        let began = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self { scenario: scenario.into(), began, ..Self::default() }
    }

    /// Adds a figure about the work.
    pub fn workload(&mut self, name: impl Into<String>, value: impl Number, unit: &'static str) {
        self.workload.push(Figure::new(name, value, unit));
    }

    /// Adds a figure about the resources of the server.
    pub fn metric(&mut self, name: impl Into<String>, value: impl Number, unit: &'static str) {
        self.metrics.push(Figure::new(name, value, unit));
    }

    /// Adds a figure of a baseline.
    pub fn baseline(&mut self, name: impl Into<String>, value: impl Number, unit: &'static str) {
        self.baselines.push(Figure::new(name, value, unit));
    }

    /// Adds a goal: the value should be at most `limit`.
    pub fn at_most(&mut self, name: &str, value: f64, limit: f64, unit: &'static str) {
        self.goals.push(Goal::new(name, value, Side::AtMost, limit, unit));
    }

    /// Adds a goal: the value should be at least `limit`.
    pub fn at_least(&mut self, name: &str, value: f64, limit: f64, unit: &'static str) {
        self.goals.push(Goal::new(name, value, Side::AtLeast, limit, unit));
    }

    /// Adds a remark for the reader.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Adds a reason not to trust the figures.
    pub fn doubt(&mut self, doubt: impl Into<String>) {
        self.doubts.push(doubt.into());
    }

    /// Adds the results at one size.
    pub fn step(&mut self, step: Step) {
        self.growth.push(step);
    }

    /// Adds a curve, unless it has no points.
    pub fn curve(&mut self, curve: Curve) {
        if !curve.points.is_empty() {
            self.curves.push(curve);
        }
    }

    /// Adds a series, unless it has no points.
    pub fn series(&mut self, series: Series) {
        if !series.points.is_empty() {
            self.series.push(series);
        }
    }

    /// Whether the figures are worthless: there is a doubt, or the run was interrupted.
    #[must_use]
    pub fn doubtful(&self) -> bool {
        self.interrupted || !self.doubts.is_empty()
    }

    /// The verdict on a goal. In a doubtful report no goal is met or missed, because the cause of the value is not
    /// known.
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
    fn a_run_without_doubts_meets_or_misses_its_goals() {
        assert_eq!(verdicts(&with_two_goals()), [Verdict::Met, Verdict::Missed]);
    }

    #[test]
    fn no_goal_is_met_in_a_doubtful_report() {
        let mut report = with_two_goals();
        report.doubt("the generator was the bottleneck");
        assert_eq!(verdicts(&report), [Verdict::Doubtful; 2]);
    }

    #[test]
    fn an_interrupted_run_meets_no_goal() {
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
