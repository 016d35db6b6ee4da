//! The top of the page: the verdicts, and the machine.

use super::{
    goals, section,
    text::{each, escape},
};
use crate::report::{Report, Summary, Verdict, summary::Tally, words};

/// The whole overview.
pub fn html(summary: &Summary) -> String {
    let began = summary.reports.first().map(|report| words::date(report.began)).unwrap_or_default();
    let took = words::time_span(summary.reports.iter().map(|report| report.took_s).sum());
    let facts =
        each(summary.machine.facts(), |(name, fact)| format!("<div><dt>{name}</dt><dd>{}</dd></div>\n", escape(&fact)));
    let about = match summary.reports.as_slice() {
        [] => "Nothing was measured".to_owned(),
        [one] => format!("{}, {began}, {took}", escape(&one.scenario)),
        all => format!("{} scenarios, {began}, {took}", all.len()),
    };
    format!(
        "<header class=\"page\">\n<p class=\"aside\">{about}</p>\n<h1>Causerie under load</h1>\n\
         {tally}{doubts}<dl class=\"machine\">\n{facts}</dl>\n\
         <p class=\"command\"><code>{command}</code></p>\n</header>\n{goals}",
        tally = tally(summary.tally()),
        doubts = doubts(&summary.reports),
        command = escape(&summary.command),
        goals = if summary.reports.len() > 1 { all_goals(&summary.reports) } else { String::new() },
    )
}

/// The number of goals by verdict, as numbers and as a bar.
fn tally(tally: Tally) -> String {
    let parts = [(tally.met, Verdict::Met), (tally.missed, Verdict::Missed), (tally.doubtful, Verdict::Doubtful)];
    let present = || parts.into_iter().filter(|part| part.0 > 0);
    if tally.goals() == 0 {
        return String::new();
    }
    let numbers = each(present(), |(count, verdict)| format!("<li><b>{count}</b> {}</li>", goals::badge(verdict)));
    let band =
        each(present(), |(count, verdict)| format!("<i class=\"{}\" style=\"flex-grow:{count}\"></i>", verdict.word()));
    format!(
        "<ul class=\"tally\" aria-label=\"Goals\">{numbers}</ul>\n<div class=\"band\" aria-hidden=\"true\">{band}</div>\n"
    )
}

fn doubts(reports: &[Report]) -> String {
    let doubtful: Vec<_> = reports.iter().enumerate().filter(|(_, report)| report.doubtful()).collect();
    if doubtful.is_empty() || reports.len() == 1 {
        return String::new();
    }
    let rows = each(doubtful, |(index, report)| {
        let why = section::reasons(report).collect::<Vec<_>>().join("; ");
        format!("<li><a href=\"#{}\">{}</a>: {why}</li>", section::id(index), escape(&report.scenario))
    });
    format!("<div class=\"doubts\"><p>Not to be trusted; none of their goals counts as met:</p><ul>{rows}</ul></div>\n")
}

/// The goals of all scenarios in one table.
fn all_goals(reports: &[Report]) -> String {
    let groups = each(reports.iter().enumerate(), |(index, report)| {
        let (id, name, tally) = (section::id(index), escape(&report.scenario), Tally::of(report).sentence());
        format!(
            "<tbody role=\"rowgroup\">\n<tr role=\"row\" class=\"group\">\
             <th role=\"rowheader\" scope=\"rowgroup\" colspan=\"5\">\
             <a href=\"#{id}\">{name}</a> <span>{tally}</span></th></tr>\n{}</tbody>\n",
            goals::rows(report)
        )
    });
    format!(
        "<section aria-labelledby=\"goals\">\n<h2 id=\"goals\">Goals</h2>\n\
         <p class=\"hint\">{hint}</p>\n\
         <table class=\"goals\" role=\"table\"><caption>Goals of all scenarios</caption>\n\
         {head}{groups}</table>\n</section>\n",
        hint = goals::HINT,
        head = goals::HEAD,
    )
}
