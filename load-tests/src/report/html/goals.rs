//! Goals: value, limit and verdict, with a bar that shows the distance from the limit.

use super::text::{each, escape, quantity};
use crate::report::{Goal, Report, Side, Verdict, words};

/// The marks of the verdicts, which differ in shape and not only in colour.
pub const MARKS: &str = "<svg width=\"0\" height=\"0\" hidden>\
    <symbol id=\"mark-met\" viewBox=\"0 0 16 16\"><path d=\"M3 8.6 6.4 12 13 4.4\"/></symbol>\
    <symbol id=\"mark-missed\" viewBox=\"0 0 16 16\"><path d=\"M4 4 12 12M12 4 4 12\"/></symbol>\
    <symbol id=\"mark-doubtful\" viewBox=\"0 0 16 16\">\
    <path d=\"M5.2 5.6a2.8 2.8 0 1 1 4.2 2.4c-.9.5-1.4 1-1.4 2.1M8 12.9v.2\"/></symbol></svg>\n";

/// The bar is twice as wide as the limit.
const BAR: f64 = 2.0;

/// How to read the bars.
pub const HINT: &str = "In each bar the line in the middle is the limit and the hatched side the wrong one.";

/// The column headers.
pub const HEAD: &str = "<thead><tr role=\"row\"><th role=\"columnheader\" scope=\"col\">Goal</th>\
    <th role=\"columnheader\" scope=\"col\" class=\"number\">Value</th>\
    <th role=\"columnheader\" scope=\"col\" class=\"number\">Limit</th>\
    <th role=\"columnheader\" scope=\"col\" class=\"of-limit\">Of the limit</th>\
    <th role=\"columnheader\" scope=\"col\" class=\"judged\">Verdict</th></tr></thead>\n";

/// The goals of one scenario as a table; empty without goals.
pub fn table(report: &Report) -> String {
    if report.goals.is_empty() {
        return String::new();
    }
    // On narrow screens the rows are laid out as blocks, and then only the roles keep the meaning of the table.
    format!(
        "<table class=\"goals\" role=\"table\"><caption>Goals</caption>\n{HEAD}\
         <tbody role=\"rowgroup\">\n{}</tbody></table>\n",
        rows(report)
    )
}

/// The rows of one scenario.
pub fn rows(report: &Report) -> String {
    each(grouped(&report.goals), |goals| row(goals, report.verdict(&goals[0])))
}

/// The mark and the word of a verdict.
pub fn badge(verdict: Verdict) -> String {
    let word = verdict.word();
    format!("<span class=\"verdict {word}\"><svg aria-hidden=\"true\"><use href=\"#mark-{word}\"/></svg>{word}</span>")
}

/// One row for each goal, except that neighbouring goals whose limit and value are zero share a row.
fn grouped(goals: &[Goal]) -> impl Iterator<Item = &[Goal]> {
    let none = |goal: &Goal| goal.side == Side::AtMost && goal.limit == 0.0 && goal.value == 0.0 && goal.unit.is_empty();
    goals.chunk_by(move |one, next| none(one) && none(next))
}

/// A row for `goals`, which differ only in their names.
fn row(goals: &[Goal], verdict: Verdict) -> String {
    let goal = &goals[0];
    let names = each(goals.iter().enumerate(), |(index, goal)| {
        format!("{}{}", if index > 0 { ", " } else { "" }, escape(&goal.name))
    });
    format!(
        "<tr role=\"row\" class=\"{class}\"><th role=\"rowheader\" scope=\"row\">{names}</th>\
         <td role=\"cell\" class=\"number\">{value}</td><td role=\"cell\" class=\"number limit\">{limit}</td>\
         <td role=\"cell\" class=\"of-limit\">{bar}</td><td role=\"cell\" class=\"judged\">{badge}</td></tr>\n",
        class = verdict.word(),
        value = quantity(goal.value, goal.unit),
        limit = escape(&words::limit(goal)),
        bar = bar(goal),
        badge = badge(verdict),
    )
}

/// The bar with the limit in the middle and the wrong side hatched. A limit of zero has no ratio, so an exceeded one
/// fills the bar.
fn bar(goal: &Goal) -> String {
    let side = match goal.side {
        Side::AtMost => "at-most",
        Side::AtLeast => "at-least",
    };
    let (ratio, text) = match goal.ratio() {
        Some(ratio) => (ratio, words::percent(ratio)),
        None if goal.value > 0.0 => (f64::INFINITY, String::new()),
        None => return String::new(),
    };
    let over = if ratio > BAR { " over" } else { "" };
    let width = (ratio / BAR * 100.0).clamp(0.0, 100.0);
    format!(
        "<span class=\"bar {side}{over}\" aria-hidden=\"true\"><i style=\"width:{width:.1}%\"></i></span>\
         <span class=\"ratio\">{text}</span>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut report = Report::new("idle");
        report.at_most("memory", 3.0, 4.0, "KB");
        for name in ["lost", "doubled"] {
            report.at_most(name, 0.0, 0.0, "");
        }
        report.at_most("errors", 2.0, 0.0, "");
        report
    }

    #[test]
    fn neighbouring_goals_that_are_zero_share_a_row() {
        let rows = rows(&report());
        assert_eq!(rows.matches("<tr").count(), 3);
        assert!(rows.contains("lost, doubled") && rows.contains("errors"), "{rows}");
    }

    #[test]
    fn the_bar_shows_the_distance_from_the_limit() {
        let bar = |value| bar(&Goal::new("memory", value, Side::AtMost, 4.0, "KB"));
        assert!(bar(3.0).contains("width:37.5%") && bar(3.0).contains("75 %"), "{}", bar(3.0));
        assert!(bar(80.0).contains("over") && bar(80.0).contains("width:100.0%"), "{}", bar(80.0));
        assert_eq!(bar(f64::NAN), "");
    }

    #[test]
    fn a_broken_limit_of_zero_fills_the_bar() {
        assert!(rows(&report()).contains("over"));
    }
}
