//! The cost of a unit at each size. If the cost does not depend on the size, all bars have the same height.

use plotters::{
    element::{EmptyElement, PathElement, Rectangle, Text},
    prelude::Color as _,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::{Axis, LEVEL, PX, Plot, draw, ink, label_style, ticks};
use crate::report::{Figure, Step, words};

/// The distance between a bar and its number.
const ABOVE: i32 = 16;
/// Half of the width of a bar; the distance between two bars is 1.
const HALF: f64 = 0.24;

/// A plot for each cost that was measured at several sizes.
pub fn plots(steps: &[Step]) -> impl Iterator<Item = Plot<'_>> {
    let names = steps.first().into_iter().flat_map(|step| &step.costs);
    names.filter_map(|cost| plot(steps, cost))
}

fn plot<'a>(steps: &[Step], cost: &Figure) -> Option<Plot<'a>> {
    let of = |step: &Step| step.costs.iter().find(|one| one.name == cost.name).map(|one| (step.scale, one.value));
    let bars: Vec<(f64, f64)> = steps.iter().filter_map(of).filter(|bar| bar.1 >= 0.0 && bar.1.is_finite()).collect();
    let ([first, .., last], top) = (bars.as_slice(), bars.iter().map(|bar| bar.1).fold(0.0, f64::max)) else { return None };
    let middle = |index: usize| f64::from(u32::try_from(index).unwrap_or(u32::MAX)) + 0.5;
    let x = Axis {
        range: 0.0..middle(bars.len()) - 0.5,
        ticks: bars.iter().enumerate().map(|(index, bar)| (middle(index), words::scale(bar.0))).collect(),
    };
    // Leaves room above the highest bar for its number.
    let y = ticks::linear(top * 1.15);
    let end = x.range.end;
    let svg = draw(x, y, |axes| {
        axes.draw_series(bars.iter().enumerate().map(|(index, bar)| {
            Rectangle::new([(middle(index) - HALF, 0.0), (middle(index) + HALF, bar.1)], ink(0).filled())
        }))?;
        axes.draw_series([PathElement::new([(0.0, first.1), (end, first.1)], LEVEL.stroke_width(PX))])?;
        axes.draw_series(bars.iter().enumerate().map(|(index, bar)| {
            let style = label_style().color(&LEVEL).pos(Pos::new(HPos::Center, VPos::Bottom));
            EmptyElement::at((middle(index), bar.1)) + Text::new(words::measured(bar.1), (0, -ABOVE), style)
        }))?;
        Ok(())
    })?;
    let values =
        bars.iter().map(|(scale, value)| format!("{}: {}", words::scale(*scale), words::quantity(*value, cost.unit)));
    let (unit, change) = (words::unit(cost.unit), last.1 / first.1);
    let change = if change.is_finite() { words::times(change) } else { String::new() };
    Some(Plot {
        title: cost.name.clone(),
        description: values.collect::<Vec<_>>().join("; "),
        remark: format!("{unit} by size; {change} from {} to {}", words::scale(first.0), words::scale(last.0)),
        lines: vec![],
        svg,
    })
}
