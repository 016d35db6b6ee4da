//! The results of one call of the program.

use super::{Machine, Report, Verdict, html, json, table};
use crate::stop::INTERRUPTED;

/// The exit status if a goal was missed.
const MISSED: u8 = 3;
/// The exit status if the figures can't be trusted.
const DOUBTFUL: u8 = 4;

/// One or more reports, with their common data.
#[derive(Debug)]
pub struct Summary {
    /// The machine of the run.
    pub machine: Machine,
    /// The command line.
    pub command: String,
    /// Whether several scenarios were requested. It selects the form of the JSON, so that a run that was interrupted
    /// after its first scenario keeps the form for several scenarios.
    pub set: bool,
    /// The reports, in the order of the run.
    pub reports: Vec<Report>,
}

impl Summary {
    /// The report as a table for a terminal.
    #[must_use]
    pub fn table(&self) -> String {
        table::of(self)
    }

    /// The report as JSON. One scenario is one object; several scenarios are an object with `reports` and the goals of
    /// all of them.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        json::of(self)
    }

    /// The report as a page without external resources.
    #[must_use]
    pub fn html(&self) -> String {
        html::page(self)
    }

    /// The exit status: 0 all goals met, 3 one missed, 4 figures in doubt, 130 interrupted.
    #[must_use]
    pub fn exit(&self) -> u8 {
        let tally = self.tally();
        match () {
            () if self.reports.iter().any(|report| report.interrupted) => INTERRUPTED,
            () if self.reports.iter().any(Report::doubtful) => DOUBTFUL,
            () if tally.missed > 0 => MISSED,
            () => 0,
        }
    }

    /// The number of goals by verdict.
    pub(super) fn tally(&self) -> Tally {
        self.reports.iter().map(Tally::of).fold(Tally::default(), |all, one| Tally {
            met: all.met + one.met,
            missed: all.missed + one.missed,
            doubtful: all.doubtful + one.doubtful,
        })
    }
}

/// The number of goals by verdict.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    pub met: usize,
    pub missed: usize,
    pub doubtful: usize,
}

impl Tally {
    /// The goals of one report.
    pub fn of(report: &Report) -> Self {
        let count = |verdict| report.goals.iter().filter(|goal| report.verdict(goal) == verdict).count();
        Self { met: count(Verdict::Met), missed: count(Verdict::Missed), doubtful: count(Verdict::Doubtful) }
    }

    /// The number of all goals.
    pub fn goals(self) -> usize {
        self.met + self.missed + self.doubtful
    }

    /// `3 of 4 goals met, 1 missed`.
    pub fn sentence(self) -> String {
        let Self { met, missed, doubtful } = self;
        let mut sentence = match self.goals() {
            0 => return "no goals".to_owned(),
            1 if met == 1 => "the goal is met".to_owned(),
            1 if missed == 1 => return "the goal is missed".to_owned(),
            1 => return "the goal is in doubt".to_owned(),
            all if met == all => format!("all {all} goals met"),
            all => format!("{met} of {all} goals met"),
        };
        for (count, word) in [(missed, Verdict::Missed.word()), (doubtful, Verdict::Doubtful.word())] {
            if count > 0 {
                sentence += &format!(", {count} {word}");
            }
        }
        sentence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(value: f64) -> Report {
        let mut report = Report::new("idle");
        report.at_most("memory", value, 4.0, "KB");
        report
    }

    fn exit(reports: Vec<Report>) -> u8 {
        Summary { machine: Machine::default(), command: String::new(), set: true, reports }.exit()
    }

    fn in_doubt() -> Report {
        let mut report = report(3.0);
        report.doubt("the machine was busy");
        report
    }

    #[test]
    fn the_exit_status_reports_the_worst_result() {
        let interrupted = || Report { interrupted: true, ..report(3.0) };
        assert_eq!(exit(vec![]), 0);
        assert_eq!(exit(vec![report(3.0)]), 0);
        assert_eq!(exit(vec![report(3.0), report(5.0)]), 3);
        assert_eq!(exit(vec![report(5.0), in_doubt()]), 4);
        assert_eq!(exit(vec![report(5.0), interrupted(), in_doubt()]), 130);
    }

    #[test]
    fn a_doubt_counts_without_a_goal() {
        let mut report = Report::new("latency");
        report.doubt("could not be carried out");
        assert_eq!(exit(vec![report]), 4);
    }

    #[test]
    fn the_tally_is_a_sentence() {
        let sentence = |met, missed, doubtful| Tally { met, missed, doubtful }.sentence();
        assert_eq!(sentence(0, 0, 0), "no goals");
        assert_eq!(sentence(1, 0, 0), "the goal is met");
        assert_eq!(sentence(0, 0, 1), "the goal is in doubt");
        assert_eq!(sentence(4, 0, 0), "all 4 goals met");
        assert_eq!(sentence(2, 1, 3), "2 of 6 goals met, 1 missed, 3 doubtful");
        assert_eq!(Tally::of(&in_doubt()), Tally { met: 0, missed: 0, doubtful: 1 });
    }
}
