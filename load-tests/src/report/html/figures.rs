//! The tables of figures.

use super::text::{each, escape, quantity};
use crate::report::{Curve, Figure, Step, words};

/// Names with numbers; empty without figures.
pub fn plain(caption: &str, figures: &[Figure]) -> String {
    if figures.is_empty() {
        return String::new();
    }
    let rows = each(figures, |figure| {
        let (name, value) = (escape(&figure.name), quantity(figure.value, figure.unit));
        format!("<tr><th scope=\"row\">{name}</th><td class=\"number\">{value}</td></tr>\n")
    });
    format!("<table class=\"figures\"><caption>{caption}</caption><tbody>\n{rows}</tbody></table>\n")
}

/// Latencies, one row for each curve.
pub fn percentiles(curves: &[Curve]) -> String {
    let mut quantiles: Vec<f64> = curves.iter().flat_map(|curve| &curve.points).map(|point| point.0).collect();
    quantiles.sort_by(f64::total_cmp);
    quantiles.dedup();
    let Some(unit) = curves.first().map(|curve| escape(curve.unit)) else { return String::new() };
    let head = each(&quantiles, |quantile| {
        let percent = if *quantile < 1.0 { "<span class=\"unit\">%</span>" } else { "" };
        format!("<th scope=\"col\" class=\"number\">{}{percent}</th>", words::percentile(*quantile))
    });
    let rows = each(curves, |curve| {
        let cells = each(&quantiles, |quantile| {
            let point = curve.points.iter().find(|point| point.0.total_cmp(quantile).is_eq());
            format!("<td class=\"number\">{}</td>", point.map(|point| words::measured(point.1)).unwrap_or_default())
        });
        format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", escape(&curve.name))
    });
    wide(&format!("Latency by percentile, in {unit}"), &head, &rows)
}

/// The work and its cost at each size.
pub fn growth(steps: &[Step]) -> String {
    let ([first, .., last], Some(widest)) = (steps, steps.last()) else { return String::new() };
    let head = each(steps, |step| format!("<th scope=\"col\" class=\"number\">{}</th>", words::scale(step.scale)));
    let head = head + "<th scope=\"col\" class=\"number\">Change</th>";
    let row = |figure: &Figure, figures: fn(&Step) -> &[Figure], compared: bool| {
        let written = if compared { words::measured } else { words::number };
        let value = |step| figures(step).iter().find(|one| one.name == figure.name).map(|one| one.value);
        let cells =
            each(steps, |step| format!("<td class=\"number\">{}</td>", value(step).map(written).unwrap_or_default()));
        let change = match (value(first), value(last)) {
            (Some(first), Some(last)) if compared && first != 0.0 => words::times(last / first),
            _ => String::new(),
        };
        let (name, unit) = (escape(&figure.name), escape(&words::unit(figure.unit)));
        format!(
            "<tr><th scope=\"row\">{name}<span class=\"unit\">{unit}</span></th>{cells}\
             <td class=\"number\">{change}</td></tr>\n"
        )
    };
    let done = each(&widest.workload, |figure| row(figure, |step| &step.workload, false));
    let costs = each(&widest.costs, |figure| row(figure, |step| &step.costs, true));
    wide("Cost of a unit as the size grows", &head, &format!("{done}{costs}"))
}

/// A table that may be wider than the screen; it can be scrolled, also with the keyboard.
fn wide(caption: &str, head: &str, rows: &str) -> String {
    format!(
        "<div class=\"wide\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">\
         <table class=\"figures\"><caption>{caption}</caption><thead><tr><td></td>{head}</tr></thead>\
         <tbody>\n{rows}</tbody></table></div>\n"
    )
}
