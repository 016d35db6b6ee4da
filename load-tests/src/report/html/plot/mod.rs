//! Plots as SVG. Their colours are those of the page, so that they follow the light and the dark theme.

mod growth;
mod latency;
mod over_time;
mod ticks;

use std::ops::Range;

use plotters::{
    coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter},
    prelude::{
        Cartesian2d, ChartBuilder, ChartContext, Color as _, IntoDrawingArea as _, IntoFont as _, RGBColor, SVGBackend,
        TRANSPARENT, TextStyle,
    },
};

use super::text::{each, escape};
use crate::report::Report;

/// Plotters uses whole numbers. A unit of a quarter pixel keeps curves smooth.
const PX: u32 = 4;
/// Width and height in pixels of the page, narrow enough for a telephone.
const SIZE: (u32, u32) = (360, 200);

/// Placeholder colours, which are replaced by the colours of the page.
const TEXT: RGBColor = RGBColor(0, 0, 1);
const GRID: RGBColor = RGBColor(0, 0, 2);
const AXIS: RGBColor = RGBColor(0, 0, 3);
/// The colour of reference values.
const LEVEL: RGBColor = RGBColor(0, 0, 4);
/// One dash pattern for each line of a plot, so that the lines also differ without colours.
const DASHES: [&str; 6] = ["none", "24 10", "6 10", "36 10 6 10", "12 6", "48 12"];

/// The placeholder colour of the line with this number.
fn ink(line: usize) -> RGBColor {
    RGBColor(1, 0, u8::try_from(line % DASHES.len()).unwrap_or_default())
}

type Axes<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;
/// Drawing into a text can't fail. A plot that fails is left out, because the tables contain all its values.
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// The range of an axis, with its labels.
struct Axis {
    range: Range<f64>,
    ticks: Vec<(f64, String)>,
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        // Limited, so that later additions can't overflow.
        let part = ((value - self.range.start) / (self.range.end - self.range.start)).clamp(-1.0, 2.0);
        #[allow(clippy::cast_possible_truncation)] // some thousands; 0 for what is no number
        let along = (part * f64::from(limit.1 - limit.0)).round() as i32;
        limit.0 + along
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        // Light lines would lie between the labels.
        if hint.weight().allow_light_points() { vec![] } else { self.ticks.iter().map(|tick| tick.0).collect() }
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, place: &f64) -> String {
        let tick = self.ticks.iter().find(|tick| tick.0.total_cmp(place).is_eq());
        tick.map(|tick| tick.1.clone()).unwrap_or_default()
    }
}

/// A plot with its texts.
struct Plot<'a> {
    title: String,
    /// A description for screen readers.
    description: String,
    /// The remark below the title.
    remark: String,
    /// The names of the lines, if there are several.
    lines: Vec<&'a str>,
    svg: String,
}

/// All plots of a report, as figures. `prefix` makes their ids unique on the page.
pub fn figures(report: &Report, prefix: &str) -> String {
    let plots = latency::plot(&report.curves).into_iter().chain(growth::plots(&report.growth));
    let plots = plots.chain(over_time::plots(&report.series)).enumerate();
    each(plots, |(number, plot)| plot.figure(&format!("{prefix}-plot-{}", number + 1)))
}

/// Draws a grid, and `paint` over it.
fn draw(x: Axis, y: Axis, paint: impl FnOnce(&mut Axes<'_, '_>) -> Drawn) -> Option<String> {
    let mut svg = String::new();
    paint_into(&mut svg, x, y, paint).ok()?;
    Some(coloured(&svg))
}

fn paint_into(svg: &mut String, x: Axis, y: Axis, paint: impl FnOnce(&mut Axes<'_, '_>) -> Drawn) -> Drawn {
    let root = SVGBackend::with_string(svg, (SIZE.0 * PX, SIZE.1 * PX)).into_drawing_area();
    let longest = y.ticks.iter().map(|tick| tick.1.chars().count()).max().unwrap_or(1);
    // A digit is about 7 pixels wide.
    let left = 14 + 7 * u32::try_from(longest)?;
    let mut chart = ChartBuilder::on(&root)
        .margin_top(12 * PX)
        .margin_right(14 * PX)
        .x_label_area_size(22 * PX)
        .y_label_area_size(left * PX)
        .build_cartesian_2d(x, y)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(GRID.stroke_width(PX))
        .light_line_style(TRANSPARENT)
        .axis_style(AXIS.stroke_width(PX))
        .label_style(label_style())
        .set_all_tick_mark_size(3 * PX)
        .draw()?;
    paint(&mut chart)?;
    drop(chart);
    root.present()?;
    Ok(())
}

/// Only for the spacing: the style of the page sets the font.
fn label_style() -> TextStyle<'static> {
    ("sans-serif", 14 * PX).into_font().color(&TEXT)
}

/// The inner SVG with the colours of the page; [`Plot::figure`] writes the outer element.
fn coloured(svg: &str) -> String {
    let inner = svg.split_once(">\n").map_or(svg, |(_, rest)| rest);
    let inner = inner.trim_end().strip_suffix("</svg>").unwrap_or(inner);
    let name = |colour: RGBColor| format!("\"#{:02X}{:02X}{:02X}\"", colour.0, colour.1, colour.2);
    let mut inner = inner.to_owned();
    // This pattern contains the colour's own pattern, so it is replaced first.
    inner = inner.replace(&format!("stroke={}", name(LEVEL)), "stroke=\"var(--ink)\" stroke-dasharray=\"12 8\"");
    for (colour, variable) in [(TEXT, "muted"), (GRID, "rule"), (AXIS, "axis"), (LEVEL, "ink")] {
        inner = inner.replace(&name(colour), &format!("\"var(--{variable})\""));
    }
    for (line, dash) in DASHES.into_iter().enumerate() {
        let (colour, variable) = (name(ink(line)), format!("\"var(--line-{line})\""));
        inner = inner.replace(&format!("stroke={colour}"), &format!("stroke={variable} stroke-dasharray=\"{dash}\""));
        inner = inner.replace(&colour, &variable);
    }
    inner
}

impl Plot<'_> {
    fn figure(&self, id: &str) -> String {
        let Self { title, description, remark, lines, svg } = self;
        let (title, description, remark) = (escape(title), escape(description), escape(remark));
        let (width, height) = (SIZE.0 * PX, SIZE.1 * PX);
        let legend = match lines.len() {
            0 | 1 => String::new(),
            _ => format!("<ul class=\"legend\">{}</ul>", each(lines.iter().enumerate(), |(line, name)| key(line, name))),
        };
        format!(
            "<figure class=\"plot\"><figcaption><strong>{title}</strong> <span>{remark}</span>{legend}</figcaption>\
             <svg viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-desc\">\
             <title id=\"{id}-title\">{title}</title><desc id=\"{id}-desc\">{description}</desc>\n{svg}</svg></figure>\n"
        )
    }
}

/// A line of the legend.
fn key(line: usize, name: &str) -> String {
    let (line, name) = (line % DASHES.len(), escape(name));
    let dash = DASHES[line];
    format!(
        "<li><svg viewBox=\"0 0 96 24\" aria-hidden=\"true\"><path d=\"M0 12H96\" stroke=\"var(--line-{line})\" \
         stroke-width=\"8\" stroke-dasharray=\"{dash}\"/></svg>{name}</li>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Curve, Figure, Step, sample};

    #[test]
    fn plots_use_only_the_colours_of_the_page() {
        for report in sample::summary().reports {
            let figures = figures(&report, "plot");
            assert!(!figures.contains("\"#"), "{}", report.scenario);
            assert!(!figures.contains("xmlns"), "{}", report.scenario);
        }
    }

    #[test]
    fn every_curve_cost_and_series_has_a_plot() {
        for report in sample::summary().reports {
            let figures = figures(&report, "plot");
            let names = report.curves.iter().map(|curve| &curve.name).chain(report.series.iter().map(|series| &series.name));
            let costs = report.growth.iter().flat_map(|step| &step.costs).map(|cost| &cost.name);
            assert!(names.chain(costs).all(|name| figures.contains(&escape(name))), "{}", report.scenario);
        }
    }

    #[test]
    fn odd_values_do_no_harm() {
        let odd = [0.0, -1.0, f64::NAN, f64::INFINITY, f64::MAX, f64::MIN_POSITIVE];
        let mut report = Report::new("odd");
        report.curve(Curve {
            name: "ack".to_owned(),
            unit: "ms",
            points: [0.5, 0.9, 0.99, 0.999, 1.0, 2.0].into_iter().zip(odd).collect(),
        });
        for value in odd {
            report.step(Step { scale: value, workload: vec![], costs: vec![Figure::new("cost", value, "us")] });
        }
        assert_eq!(figures(&report, "plot").matches("<figure").count(), 2);
    }

    #[test]
    fn an_empty_report_has_no_plots() {
        assert_eq!(figures(&Report::new("idle"), "plot"), "");
        let mut report = Report::new("idle");
        report.step(Step { scale: 1.0, workload: vec![], costs: vec![Figure::new("cost", 1.0, "us")] });
        report.curve(Curve { name: "ack".to_owned(), unit: "ms", points: vec![(0.5, 0.0)] });
        assert_eq!(figures(&report, "plot"), "", "one size and no time at all show nothing");
    }
}
