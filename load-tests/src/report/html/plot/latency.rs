//! Latency by percentile, with a logarithmic axis of the remaining part.

use plotters::{
    prelude::{Circle, Color as _},
    series::LineSeries,
};

use super::{Axis, PX, Plot, draw, ink, ticks};
use crate::report::{Curve, words};

/// The labelled percentiles; further labels would overlap.
const LABELLED: [f64; 5] = [0.5, 0.9, 0.99, 0.999, 0.9999];
/// The distance of the largest value from the last percentile. The largest value is no percentile, so its place is
/// arbitrary.
const BEYOND: f64 = 0.7;

/// All curves in one plot, because they have the same unit; `None` without curves.
pub fn plot(curves: &[Curve]) -> Option<Plot<'_>> {
    let points = || curves.iter().flat_map(|curve| &curve.points).copied();
    let last = points().map(|point| point.0).filter(|quantile| *quantile < 1.0).fold(0.5, f64::max);
    let end = nines(last) + BEYOND;
    let place = move |quantile: f64| if quantile < 1.0 { nines(quantile) } else { end };
    // A value of zero has no logarithm.
    let above_zero = || points().map(|point| point.1).filter(|value| *value > 0.0 && value.is_finite());
    let (low, high) = (above_zero().fold(f64::INFINITY, f64::min), above_zero().fold(0.0, f64::max));
    if high <= 0.0 {
        return None;
    }
    let labelled = LABELLED.into_iter().filter(|quantile| *quantile <= last).chain([1.0]);
    let x = Axis {
        range: nines(0.5)..end + 0.12,
        ticks: labelled.map(|quantile| (place(quantile), words::percentile(quantile))).collect(),
    };
    let svg = draw(x, ticks::logarithmic(low, high), |axes| {
        for (line, curve) in curves.iter().enumerate() {
            let points =
                || curve.points.iter().map(|(quantile, value)| (place(*quantile), value.max(low).min(high).log10()));
            axes.draw_series(LineSeries::new(points(), ink(line).stroke_width(2 * PX)))?;
            axes.draw_series(points().map(|point| Circle::new(point, 3 * PX, ink(line).filled())))?;
        }
        Ok(())
    })?;
    let unit = curves.first().map_or("", |curve| curve.unit);
    Some(Plot {
        title: "Latency by percentile".to_owned(),
        description: curves.iter().map(described).collect::<Vec<_>>().join(" "),
        remark: match curves {
            [one] => format!("{}, in {unit}, logarithmic", one.name),
            _ => format!("in {unit}, logarithmic"),
        },
        lines: curves.iter().map(|curve| curve.name.as_str()).collect(),
        svg,
    })
}

/// The number of nines: 1 for 0.9, 3 for 0.999.
fn nines(quantile: f64) -> f64 {
    -(1.0 - quantile).log10()
}

fn described(curve: &Curve) -> String {
    let points = curve.points.iter().map(|(quantile, value)| {
        let of = if *quantile < 1.0 { " %" } else { "" };
        format!("{}{of}: {}", words::percentile(*quantile), words::quantity(*value, curve.unit))
    });
    format!("{}: {}.", curve.name, points.collect::<Vec<_>>().join("; "))
}
