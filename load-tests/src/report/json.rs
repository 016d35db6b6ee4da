//! The report as JSON, for programs that compare reports.

use serde::{
    Serialize,
    ser::{SerializeStruct as _, Serializer},
};
use serde_json::{Value, json};

use super::{Goal, Machine, Report, Side, Summary, Verdict};

/// A goal with its verdict, which only its report knows.
#[derive(Serialize)]
struct Judged<'a> {
    /// The name of the scenario; only in a list of goals of several scenarios.
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario: Option<&'a str>,
    name: &'a str,
    value: f64,
    limit: f64,
    unit: &'a str,
    side: Side,
    met: bool,
    verdict: Verdict,
}

fn judged<'a>(report: &'a Report, goal: &'a Goal) -> Judged<'a> {
    let Goal { name, value, limit, unit, side, met: _ } = goal;
    let verdict = report.verdict(goal);
    let met = verdict == Verdict::Met;
    Judged { scenario: None, name, value: *value, limit: *limit, unit, side: *side, met, verdict }
}

/// All goals of a report, for a list with the goals of other reports.
fn goals(report: &Report) -> impl Iterator<Item = Judged<'_>> {
    report.goals.iter().map(|goal| Judged { scenario: Some(&report.scenario), ..judged(report, goal) })
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let goals: Vec<_> = self.goals.iter().map(|goal| judged(self, goal)).collect();
        let mut object = to.serialize_struct("Report", 15)?;
        object.serialize_field("scenario", &self.scenario)?;
        object.serialize_field("title", &self.title)?;
        object.serialize_field("command", &self.command)?;
        object.serialize_field("began", &self.began)?;
        object.serialize_field("took_s", &self.took_s)?;
        object.serialize_field("interrupted", &self.interrupted)?;
        object.serialize_field("workload", &self.workload)?;
        object.serialize_field("metrics", &self.metrics)?;
        object.serialize_field("baselines", &self.baselines)?;
        object.serialize_field("goals", &goals)?;
        object.serialize_field("growth", &self.growth)?;
        object.serialize_field("curves", &self.curves)?;
        object.serialize_field("series", &self.series)?;
        object.serialize_field("doubts", &self.doubts)?;
        object.serialize_field("notes", &self.notes)?;
        object.end()
    }
}

/// The report of one scenario, with the machine on which it ran.
#[derive(Serialize)]
struct One<'a> {
    machine: &'a Machine,
    #[serde(flatten)]
    report: &'a Report,
}

/// The whole report.
pub fn of(summary: &Summary) -> Value {
    match summary.reports.as_slice() {
        [report] if !summary.set => {
            let mut one = json!(One { machine: &summary.machine, report });
            if report.command.is_empty() {
                one["command"] = json!(summary.command);
            }
            one
        }
        reports => {
            let goals: Vec<_> = reports.iter().flat_map(goals).collect();
            json!({ "machine": summary.machine, "command": summary.command, "reports": reports, "goals": goals })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn one_scenario_is_one_object() {
        let mut summary = sample::summary();
        summary.set = false;
        summary.reports.truncate(1);
        let json = summary.json();
        for part in [
            "machine",
            "command",
            "scenario",
            "title",
            "began",
            "took_s",
            "interrupted",
            "workload",
            "metrics",
            "baselines",
            "goals",
            "growth",
            "curves",
            "series",
            "doubts",
            "notes",
        ] {
            assert!(json.get(part).is_some(), "{part}");
        }
        for part in ["name", "value", "limit", "unit", "met", "side", "verdict"] {
            assert!(json["goals"][0].get(part).is_some(), "{part}");
        }
        assert!(json["goals"][0].get("scenario").is_none());
    }

    #[test]
    fn a_set_of_scenarios_is_a_list_even_of_one() {
        let mut summary = sample::summary();
        let all: usize = summary.reports.iter().map(|report| report.goals.len()).sum();
        let json = summary.json();
        assert_eq!(json["reports"].as_array().map(Vec::len), Some(summary.reports.len()));
        assert_eq!(json["goals"].as_array().map(Vec::len), Some(all));
        assert_eq!(json["goals"][0]["scenario"], summary.reports[0].scenario.as_str());
        summary.reports.truncate(1);
        assert_eq!(summary.json()["reports"].as_array().map(Vec::len), Some(1));
    }

    #[test]
    fn a_goal_in_doubt_is_not_met() {
        let mut report = Report::new("idle");
        report.at_most("memory", 1.0, 4.0, "KB");
        let goal = |report: &Report| json!(report)["goals"][0].clone();
        assert_eq!((&goal(&report)["met"], &goal(&report)["verdict"]), (&json!(true), &json!("met")));
        report.doubt("the machine was busy");
        assert_eq!((&goal(&report)["met"], &goal(&report)["verdict"]), (&json!(false), &json!("doubtful")));
        assert_eq!(goal(&report)["side"], "at_most");
    }

    #[test]
    fn values_that_are_not_finite_are_null() {
        let mut report = Report::new("idle");
        report.metric("cpu", f64::NAN, "us");
        assert!(json!(report)["metrics"][0]["value"].is_null());
    }
}
