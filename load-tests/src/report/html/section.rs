//! The section of one scenario.

use super::{
    figures, goals, plot,
    text::{each, escape},
};
use crate::report::{Report, summary::Tally, words};

/// The id of the section on the page. It is a number, because a name may contain any character.
pub fn id(index: usize) -> String {
    format!("scenario-{}", index + 1)
}

/// The whole section.
pub fn html(id: &str, report: &Report) -> String {
    let (name, title) = (escape(&report.scenario), escape(&report.title));
    let (took, tally) = (words::time_span(report.took_s), Tally::of(report).sentence());
    let plots = plot::figures(report, id);
    let plots = if plots.is_empty() { plots } else { format!("<div class=\"plots\">\n{plots}</div>\n") };
    let command = match report.command.as_str() {
        "" => String::new(),
        command => format!("<p class=\"command\"><span>Again:</span> <code>{}</code></p>\n", escape(command)),
    };
    format!(
        "<section id=\"{id}\" aria-labelledby=\"{id}-name\">\n<header><h2 id=\"{id}-name\">{name}</h2>\
         <p class=\"aside\">{tally}, {took}</p></header>\n<p class=\"lead\">{title}</p>\n{doubts}{goals}{plots}\
         <div class=\"tables\">\n{workload}{metrics}{baselines}</div>\n{growth}{percentiles}{notes}{command}</section>\n",
        doubts = doubts(report),
        goals = goals::table(report),
        workload = figures::plain("What was done", &report.workload),
        metrics = figures::plain("What the server needed", &report.metrics),
        baselines = figures::plain("The machine by itself", &report.baselines),
        growth = figures::growth(&report.growth),
        percentiles = figures::percentiles(&report.curves),
        notes = notes(report),
    )
}

/// The reasons to doubt the figures of this section.
fn doubts(report: &Report) -> String {
    if !report.doubtful() {
        return String::new();
    }
    let reasons = each(reasons(report), |reason| format!("<li>{reason}</li>"));
    format!("<div class=\"doubts\"><p>In doubt; no goal counts as met:</p><ul>{reasons}</ul></div>\n")
}

/// The reasons as HTML.
pub fn reasons(report: &Report) -> impl Iterator<Item = String> {
    let interrupted = report.interrupted.then(|| "it was interrupted, and these are the figures until then".to_owned());
    interrupted.into_iter().chain(report.doubts.iter().map(|doubt| escape(doubt)))
}

fn notes(report: &Report) -> String {
    if report.notes.is_empty() {
        return String::new();
    }
    let notes = each(&report.notes, |note| format!("<li>{}</li>", escape(note)));
    format!("<div class=\"notes\"><h3>Notes</h3><ul>{notes}</ul></div>\n")
}
