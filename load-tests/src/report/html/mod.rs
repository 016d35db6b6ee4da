//! The report as a page: one file without scripts and external resources, readable on a telephone and on paper.

mod figures;
mod goals;
mod overview;
mod plot;
mod section;
mod text;

use text::{each, escape};

use super::{Summary, words};

const STYLE: &str = include_str!("style.css");

/// The whole page.
#[must_use]
pub fn page(summary: &Summary) -> String {
    let title = match summary.reports.as_slice() {
        [report] => format!("Load test: {}", escape(&report.scenario)),
        _ => "Load tests".to_owned(),
    };
    let overview = overview::html(summary);
    let sections = each(summary.reports.iter().enumerate(), |(index, report)| section::html(&section::id(index), report));
    let written = summary.reports.last().map(|report| words::date(report.began + whole(report.took_s))).unwrap_or_default();
    // A page with several scenarios has the hint above its goals.
    let hint = if summary.reports.len() == 1 { goals::HINT } else { "" };
    // The content security policy is a second protection: a text that was not escaped can't run or fetch anything.
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} – Causerie</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n{marks}<main>\n{overview}{sections}</main>\n\
         <footer><p>{hint} Written by load-tests {version}, {written}.</p></footer>\n</body>\n</html>\n",
        marks = goals::MARKS,
        version = env!("CARGO_PKG_VERSION"),
    )
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // `as` saturates, which suits here
fn whole(seconds: f64) -> u64 {
    seconds.round() as u64
}

#[cfg(test)]
mod tests {
    use crate::report::{Curve, Figure, Series, Step, sample};

    const HOSTILE: &str = "</td></svg><script>alert(1)</script><img src=x onerror=alert(1)>\"' onload=";

    #[test]
    fn the_page_contains_every_goal_doubt_and_note() {
        let summary = sample::summary();
        let page = summary.html();
        let shown = |text: &str| page.contains(&super::escape(text));
        for report in &summary.reports {
            assert!(shown(&report.scenario) && shown(&report.title), "{}", report.scenario);
            assert!(report.goals.iter().all(|goal| shown(&goal.name)), "{}", report.scenario);
            assert!(report.doubts.iter().chain(&report.notes).all(|text| shown(text)), "{}", report.scenario);
        }
    }

    #[test]
    fn the_page_has_no_external_resources_and_no_scripts() {
        let page = sample::summary().html();
        for part in ["<script", "http://", "https://", "src=", "url(", "@import", "<link", "javascript:"] {
            assert!(!page.contains(part), "{part}");
        }
        assert!(page.match_indices("href=").all(|(at, _)| page[at..].starts_with("href=\"#")), "links stay within");
    }

    #[test]
    fn names_are_escaped() {
        let mut summary = sample::summary();
        summary.command = HOSTILE.to_owned();
        summary.machine.processor = Some(HOSTILE.to_owned());
        let report = &mut summary.reports[0];
        report.scenario = HOSTILE.to_owned();
        report.title = HOSTILE.to_owned();
        report.command = HOSTILE.to_owned();
        report.workload(HOSTILE, 1_u32, "");
        report.metric(HOSTILE, 1_u32, HOSTILE);
        report.baseline(HOSTILE, 1_u32, "");
        report.at_most(HOSTILE, 1.0, 2.0, HOSTILE);
        report.doubt(HOSTILE);
        report.note(HOSTILE);
        for name in [HOSTILE, "another"] {
            report.curve(Curve { name: name.to_owned(), unit: HOSTILE, points: vec![(0.5, 1.0), (1.0, 2.0)] });
            report.series(Series { name: name.to_owned(), unit: HOSTILE, points: vec![(0.0, 1.0), (1.0, 2.0)] });
        }
        for scale in [0.25, 1.0] {
            let cost = || vec![Figure::new(HOSTILE, 1_u32, HOSTILE)];
            report.step(Step { scale, workload: cost(), costs: cost() });
        }
        let page = summary.html();
        assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("\"' onload"), "escaped everywhere");
        assert!(page.contains("&lt;script&gt;"));
    }

    #[test]
    fn the_page_has_headings_table_captions_and_header_scopes() {
        let page = sample::summary().html();
        let count = |part: &str| page.matches(part).count();
        assert_eq!(count("<h1"), 1);
        assert_eq!(count("<table"), count("<caption"));
        assert_eq!(count("<th "), count(" scope="));
        assert_eq!(count("role=\"img\""), count("<desc id="));
        assert_eq!(count("<h2"), sample::summary().reports.len() + 1, "one for the goals of all, one for each scenario");
    }

    #[test]
    fn each_id_is_used_once() {
        let page = sample::summary().html();
        let mut ids: Vec<_> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
        let linked = page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next());
        assert!(linked.clone().count() > 0 && linked.clone().all(|id| ids.contains(&id)));
    }

    #[test]
    fn a_nearly_empty_report_makes_a_page() {
        let mut summary = sample::summary();
        summary.reports = vec![crate::report::Report::new("idle")];
        assert!(summary.html().contains("no goals"));
        summary.reports.clear();
        assert!(summary.html().contains("Nothing was measured"));
    }

    /// For inspection: `LOAD_TESTS_SAMPLE=sample cargo test --workspace sample_page` writes a page of several
    /// scenarios, a page of a doubtful scenario and the table to the temporary folder.
    #[test]
    fn sample_page() {
        let mut summary = sample::summary();
        let (set, table) = (summary.html(), summary.table());
        summary.reports.retain(|report| !report.doubts.is_empty());
        assert_eq!(summary.reports.len(), 1);
        let one = summary.html();
        assert!(set.ends_with("</html>\n") && one.ends_with("</html>\n"));
        let Ok(name) = std::env::var("LOAD_TESTS_SAMPLE") else { return };
        for (end, text) in [(".html", set), ("-one.html", one), (".txt", table)] {
            std::fs::write(std::env::temp_dir().join(format!("{name}{end}")), text).expect("a name for a file");
        }
    }
}
