//! The types of the figures of a report.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// The quantiles of a curve. The largest value follows them as quantile 1.
const QUANTILES: [f64; 7] = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999];

/// A number with its unit.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// The name of the figure.
    pub name: String,
    /// The number.
    pub value: f64,
    /// The unit: `B`, `us`, `1/s`; empty for a plain number.
    pub unit: &'static str,
}

impl Figure {
    /// A number with its unit.
    pub fn new(name: impl Into<String>, value: impl Number, unit: &'static str) -> Self {
        Self { name: name.into(), value: value.number(), unit }
    }
}

/// A figure and its limit.
#[derive(Debug, Clone)]
pub struct Goal {
    /// The name of the goal.
    pub name: String,
    /// The measured value.
    pub value: f64,
    /// What it is compared with.
    pub limit: f64,
    /// The unit of value and limit.
    pub unit: &'static str,
    /// The side of the limit on which the value should be.
    pub side: Side,
    /// Whether the value is on the right side. [`Report::verdict`](super::Report::verdict) decides whether this counts.
    pub met: bool,
}

impl Goal {
    pub(super) fn new(name: &str, value: f64, side: Side, limit: f64, unit: &'static str) -> Self {
        let met = match side {
            Side::AtMost => value <= limit,
            Side::AtLeast => value >= limit,
        };
        Self { name: name.to_owned(), value, limit, unit, side, met }
    }

    /// The value as a part of the limit; `None` if the limit is zero or the value is not finite.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        Some(self.value / self.limit).filter(|ratio| ratio.is_finite())
    }
}

/// The right side of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Smaller is better.
    AtMost,
    /// Larger is better.
    AtLeast,
}

/// The verdict on a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Reached.
    Met,
    /// Not reached.
    Missed,
    /// Measured under conditions that make the value worthless, on either side of the limit.
    Doubtful,
}

impl Verdict {
    /// The word for the report.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::Doubtful => "doubtful",
        }
    }
}

/// The results at one size of the scenario. The cost of a unit should not depend on the size.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// The part of the full size; 1 is the full size.
    pub scale: f64,
    /// The work that was done at this size.
    pub workload: Vec<Figure>,
    /// The cost of a unit of work; the names are the same at every size.
    pub costs: Vec<Figure>,
}

/// Latency by percentile.
#[derive(Debug, Clone, Serialize)]
pub struct Curve {
    /// The name of the latency.
    pub name: String,
    /// The unit of the values: `ms`.
    pub unit: &'static str,
    /// Pairs of a quantile and the value that this part of the values does not exceed. Quantile 1 is the largest value.
    pub points: Vec<(f64, f64)>,
}

impl Curve {
    /// Makes a curve from a histogram in microseconds; without points if the histogram is empty.
    #[must_use]
    pub fn of_us(name: impl Into<String>, histogram: &Histogram<u64>) -> Self {
        let ms = |us: u64| us.number() / 1_000.0;
        let mut points = Vec::new();
        if !histogram.is_empty() {
            points.extend(QUANTILES.map(|quantile| (quantile, ms(histogram.value_at_quantile(quantile)))));
            points.push((1.0, ms(histogram.max())));
        }
        Self { name: name.into(), unit: "ms", points }
    }
}

/// A figure over time.
#[derive(Debug, Clone, Serialize)]
pub struct Series {
    /// The name of the figure.
    pub name: String,
    /// As in a [`Figure`].
    pub unit: &'static str,
    /// Pairs of the seconds since the beginning of the measurement and the value.
    pub points: Vec<(f64, f64)>,
}

/// A type that can be the value of a figure.
pub trait Number {
    /// The value as JSON stores it.
    fn number(self) -> f64;
}

impl Number for f64 {
    fn number(self) -> f64 {
        self
    }
}

impl Number for u32 {
    fn number(self) -> f64 {
        f64::from(self)
    }
}

#[allow(clippy::cast_precision_loss)] // counts of one run stay far below 2^52
impl Number for u64 {
    fn number(self) -> f64 {
        self as f64
    }
}

impl Number for usize {
    fn number(self) -> f64 {
        (self as u64).number()
    }
}

/// A duration is stored in seconds.
impl Number for Duration {
    fn number(self) -> f64 {
        self.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_met_on_the_right_side_of_its_limit() {
        let met = |value, side| Goal::new("rate", value, side, 4.0, "1/s").met;
        assert!(met(3.0, Side::AtMost) && met(4.0, Side::AtMost) && !met(5.0, Side::AtMost));
        assert!(met(5.0, Side::AtLeast) && met(4.0, Side::AtLeast) && !met(3.0, Side::AtLeast));
        assert!(!met(f64::NAN, Side::AtMost) && !met(f64::NAN, Side::AtLeast), "what is no number meets nothing");
    }

    #[test]
    fn a_goal_with_a_limit_of_zero_has_no_ratio() {
        assert_eq!(Goal::new("lost", 0.0, Side::AtMost, 0.0, "").ratio(), None);
        assert_eq!(Goal::new("lost", 3.0, Side::AtMost, 0.0, "").ratio(), None);
        assert_eq!(Goal::new("cost", 3.0, Side::AtMost, 4.0, "us").ratio(), Some(0.75));
    }

    #[test]
    fn a_curve_ends_with_the_largest_value() {
        let mut histogram = Histogram::new_with_max(60_000_000, 3).expect("bounds make sense");
        for us in 1..=1_000 {
            histogram.record(us * 100).expect("in bounds");
        }
        let points = Curve::of_us("ack", &histogram).points;
        assert_eq!(points.len(), QUANTILES.len() + 1);
        let (quantile, last) = points[points.len() - 1];
        assert!((quantile - 1.0).abs() < f64::EPSILON && (99.9..100.2).contains(&last), "{points:?}");
        assert!((points[0].1 - 50.0).abs() < 0.1, "{points:?}");
        assert!(points.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1), "{points:?}");
    }

    #[test]
    fn a_curve_without_values_is_left_out() {
        let histogram = Histogram::new_with_max(60_000_000, 3).expect("bounds make sense");
        assert!(Curve::of_us("ack", &histogram).points.is_empty());
    }
}
