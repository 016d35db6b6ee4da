//! Figures over time.

use plotters::{
    prelude::Color as _,
    series::{AreaSeries, LineSeries},
};

use super::{Axis, PX, Plot, draw, ink, ticks};
use crate::report::{Series, words};

/// A plot is about 300 pixels wide; more points would only make the page larger.
const POINTS: usize = 600;
/// A line can't be read beside a line that is this many times higher.
const HIGHER: f64 = 10.0;
/// The largest number of lines in a plot.
const TOGETHER: usize = 4;

/// Neighbouring series with the same unit and similar heights share a plot.
pub fn plots(series: &[Series]) -> impl Iterator<Item = Plot<'_>> {
    let together = |one: &Series, next: &Series| {
        let (low, high) = (top(one).min(top(next)), top(one).max(top(next)));
        one.unit == next.unit && high <= low * HIGHER
    };
    series.chunk_by(together).flat_map(|group| group.chunks(TOGETHER)).filter_map(plot)
}

fn top(series: &Series) -> f64 {
    series.points.iter().map(|point| point.1).filter(|value| value.is_finite()).fold(0.0, f64::max)
}

fn plot(group: &[Series]) -> Option<Plot<'_>> {
    let end = group.iter().flat_map(|series| &series.points).map(|point| point.0).fold(0.0, f64::max);
    // A line along the upper edge would be cut off.
    let y = ticks::linear(group.iter().map(top).fold(0.0, f64::max) * 1.02);
    let seconds = ticks::linear(end);
    let ticks = seconds.ticks.into_iter().filter(|tick| tick.0 <= end);
    let x = Axis { range: 0.0..end.max(1.0), ticks: ticks.map(|(place, label)| (place, format!("{label} s"))).collect() };
    let svg = draw(x, y, |axes| {
        for (line, series) in group.iter().enumerate() {
            let points = thinned(&series.points);
            if group.len() == 1 {
                axes.draw_series(AreaSeries::new(points.clone(), 0.0, ink(line).mix(0.15)))?;
            }
            axes.draw_series(LineSeries::new(points, ink(line).stroke_width(2 * PX)))?;
        }
        Ok(())
    })?;
    let unit = match group.first()?.unit {
        "1/s" => "per second".to_owned(),
        unit => words::unit(unit),
    };
    let (title, remark) = match group {
        [one] => (one.name.clone(), unit),
        _ => ("Over time".to_owned(), unit),
    };
    let lines = group.iter().map(|series| series.name.as_str()).collect();
    Some(Plot { title, description: group.iter().map(described).collect::<Vec<_>>().join(" "), remark, lines, svg })
}

/// Reduces the points: keeps the lowest and highest of each group of neighbours, in their order.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let finite: Vec<_> = points.iter().copied().filter(|point| point.0.is_finite() && point.1.is_finite()).collect();
    if finite.len() <= POINTS {
        return finite;
    }
    let extremes = finite.chunks(finite.len().div_ceil(POINTS / 2)).flat_map(|chunk| {
        let low = chunk.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1));
        let high = chunk.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
        let mut two: Vec<_> = low.into_iter().chain(high).collect();
        two.sort_by(|a, b| a.0.total_cmp(&b.0));
        two
    });
    extremes.collect()
}

fn described(series: &Series) -> String {
    let mut values: Vec<_> = series.points.iter().map(|point| point.1).collect();
    values.sort_by(f64::total_cmp);
    let said = |value: Option<&f64>| value.map_or_else(String::new, |value| words::quantity(*value, series.unit));
    let (low, middle, high) = (values.first(), values.get(values.len() / 2), values.last());
    format!("{}: lowest {}, median {}, highest {}.", series.name, said(low), said(middle), said(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(unit: &'static str, points: Vec<(f64, f64)>) -> Series {
        Series { name: "sent".to_owned(), unit, points }
    }

    #[test]
    fn thinning_keeps_peaks_and_order() {
        let points: Vec<_> =
            (0..10_000_u32).map(|second| (f64::from(second), if second == 777 { 9.0 } else { 1.0 })).collect();
        let thin = thinned(&points);
        assert!(
            thin.len() <= POINTS && thin.contains(&(777.0, 9.0)) && thin.is_sorted_by(|a, b| a.0 <= b.0),
            "{}",
            thin.len()
        );
    }

    #[test]
    fn series_of_similar_height_share_a_plot() {
        let flat = |unit, value| series(unit, vec![(0.0, value), (1.0, value)]);
        let count = |all: &[Series]| plots(all).count();
        assert_eq!(count(&[flat("1/s", 100.0), flat("1/s", 90.0)]), 1);
        assert_eq!(count(&[flat("1/s", 100_000.0), flat("1/s", 20.0)]), 2);
        assert_eq!(count(&[flat("1/s", 100.0), flat("MB", 100.0)]), 2);
    }

    #[test]
    fn odd_series_do_no_harm() {
        assert_eq!(plots(&[series("1/s", vec![(0.0, f64::NAN)])]).count(), 1);
        assert_eq!(plots(&[series("1/s", vec![(0.0, 0.0)])]).count(), 1);
        assert_eq!(plots(&[series("1/s", vec![])]).count(), 1);
    }
}
