//! The report as a table for a terminal.

use std::fmt::{self, Display, Formatter};

use super::{
    Figure, Report, Step, Summary, Verdict,
    words::{date, limit, measured, number, percentile, plain, quantity, scale, time_span, times},
};

/// The width of the column of names, in characters.
const NAME: usize = 52;
/// The percentiles that fit into a line.
const SHOWN: [f64; 4] = [0.5, 0.99, 0.999, 1.0];

/// The whole table.
pub fn of(summary: &Summary) -> String {
    Table(summary).to_string()
}

struct Table<'a>(&'a Summary);

impl Display for Table<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let summary = self.0;
        line(f, "command", &plain(&summary.command))?;
        if let Some(first) = summary.reports.first() {
            line(f, "began", &date(first.began))?;
        }
        for (name, fact) in summary.machine.facts() {
            line(f, &name.to_lowercase(), &plain(&fact))?;
        }
        for report in &summary.reports {
            write_report(f, report)?;
        }
        write_end(f, summary)
    }
}

fn line(f: &mut Formatter<'_>, name: &str, text: &str) -> fmt::Result {
    writeln!(f, "  {name:<12}  {text}")
}

fn write_report(f: &mut Formatter<'_>, report: &Report) -> fmt::Result {
    writeln!(f, "\n{} ({})", plain(&report.scenario), time_span(report.took_s))?;
    if !report.title.is_empty() {
        writeln!(f, "  {}", plain(&report.title))?;
    }
    if report.interrupted {
        line(f, "INTERRUPTED", "these are the figures until then; no goal counts as met")?;
    }
    for doubt in &report.doubts {
        line(f, "DOUBT", &plain(doubt))?;
    }
    for (title, figures) in [("workload", &report.workload), ("server", &report.metrics), ("baseline", &report.baselines)] {
        for figure in figures {
            row(f, title, figure)?;
        }
    }
    for curve in &report.curves {
        let shown = curve.points.iter().filter(|point| SHOWN.contains(&point.0));
        let points = shown.map(|(quantile, value)| match percentile(*quantile).as_str() {
            "max" => format!("max {}", measured(*value)),
            percent => format!("p{percent} {}", measured(*value)),
        });
        let points = points.collect::<Vec<_>>().join("  ");
        line(f, "latency", &format!("{:<NAME$}  {points} {}", plain(&curve.name), curve.unit))?;
    }
    for cost in report.growth.last().iter().flat_map(|step| &step.costs) {
        line(f, "growth", &format!("{:<NAME$}  {}", plain(&cost.name), growth(&report.growth, &cost.name)))?;
    }
    for goal in &report.goals {
        let verdict = match report.verdict(goal) {
            Verdict::Met => "met",
            Verdict::Missed => "MISSED",
            Verdict::Doubtful => "DOUBTFUL",
        };
        let value = columns(goal.value, goal.unit);
        let name = plain(&goal.name);
        line(f, "goal", &format!("{name:<NAME$}  {value}  {:<14} {verdict}", limit(goal)))?;
    }
    for note in &report.notes {
        line(f, "note", &plain(note))?;
    }
    Ok(())
}

fn row(f: &mut Formatter<'_>, title: &str, figure: &Figure) -> fmt::Result {
    let text = format!("{:<NAME$}  {}", plain(&figure.name), columns(figure.value, figure.unit));
    line(f, title, text.trim_end())
}

/// A number aligned to the right, and its unit aligned to the left.
fn columns(value: f64, unit: &str) -> String {
    format!("{:>12} {:<5}", number(value), super::words::unit(unit))
}

/// `1/4 14.9 KB, 1/2 15.0 KB, full 15.0 KB: 1.01×`.
fn growth(steps: &[Step], name: &str) -> String {
    let costs = || steps.iter().filter_map(|step| Some((step.scale, step.costs.iter().find(|cost| cost.name == name)?)));
    let each = costs().map(|(size, cost)| format!("{} {}", scale(size), quantity(cost.value, cost.unit)));
    let change = match (costs().next(), costs().next_back()) {
        (Some((small, first)), Some((large, last))) if small < large && first.value != 0.0 => {
            format!(": {}", times(last.value / first.value))
        }
        _ => String::new(),
    };
    each.collect::<Vec<_>>().join(", ") + &change
}

/// The last lines, which a user who comes back to the terminal sees first.
fn write_end(f: &mut Formatter<'_>, summary: &Summary) -> fmt::Result {
    writeln!(f, "\n{}", summary.tally().sentence())?;
    for report in summary.reports.iter().filter(|_| summary.reports.len() > 1) {
        for goal in report.goals.iter().filter(|goal| report.verdict(goal) == Verdict::Missed) {
            let (scenario, name) = (plain(&report.scenario), plain(&goal.name));
            line(f, "missed", &format!("{scenario}: {name} is {} ({})", quantity(goal.value, goal.unit), limit(goal)))?;
        }
    }
    let doubtful = summary.reports.iter().filter(|report| report.doubtful()).map(|report| plain(&report.scenario));
    let doubtful = doubtful.collect::<Vec<_>>().join(", ");
    if !doubtful.is_empty() {
        line(f, "in doubt", &doubtful)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::report::sample;

    #[test]
    fn the_table_contains_every_goal_and_doubt() {
        let summary = sample::summary();
        let table = summary.table();
        for report in &summary.reports {
            assert!(report.goals.iter().all(|goal| table.contains(&goal.name)), "{}", report.scenario);
            assert!(report.doubts.iter().chain(&report.notes).all(|text| table.contains(text)), "{}", report.scenario);
        }
    }

    #[test]
    fn the_last_lines_show_doubts_and_missed_goals() {
        let summary = sample::summary();
        let table = summary.table();
        let end = table.lines().rev().take(30).collect::<Vec<_>>().join("\n");
        assert!(end.contains("in doubt      latency"), "{end}");
        assert!(end.contains("idle: RSS per session is"), "{end}");
    }

    #[test]
    fn names_contain_no_control_characters_for_a_terminal() {
        let mut summary = sample::summary();
        summary.reports[0].workload("\u{1b}[31mred\r", 1_u32, "");
        assert!(!summary.table().contains('\u{1b}'));
    }
}
