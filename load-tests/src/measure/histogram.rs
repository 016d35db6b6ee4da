//! Latencies: recorded in microseconds with three significant digits, merged between processes, reported in
//! milliseconds.

use hdrhistogram::Histogram;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::report::Curve;

/// A histogram whose range grows with the recorded values.
#[derive(Debug, Clone, PartialEq)]
pub struct Latencies(Histogram<u64>);

impl Default for Latencies {
    fn default() -> Self {
        Self::new()
    }
}

impl Latencies {
    /// An empty histogram.
    #[must_use]
    pub fn new() -> Self {
        Self::with_digits(3)
    }

    /// An empty histogram that takes an eighth of the memory, for uses with many histograms.
    #[must_use]
    pub fn coarse() -> Self {
        Self::with_digits(2)
    }

    fn with_digits(digits: u8) -> Self {
        // Fails only for an invalid number of digits, and the digits are constants.
        Self(Histogram::new(digits).unwrap_or_else(|error| unreachable!("{error}")))
    }

    /// Records a duration in microseconds.
    pub fn record(&mut self, took_us: u64) {
        // The histogram resizes itself, so no value is out of range.
        let _ = self.0.record(took_us);
    }

    /// Adds all values of another histogram.
    pub fn merge(&mut self, other: &Self) {
        // Both histograms resize themselves, so no value is out of range.
        let _ = self.0.add(&other.0);
    }

    /// The values that are not in `others`, which must be a part of this histogram.
    #[must_use]
    pub fn without(&self, others: &Self) -> Self {
        let mut rest = self.clone();
        // Fails only if `others` is not a part of this histogram.
        let _ = rest.0.subtract(&others.0);
        rest
    }

    /// The number of recorded values.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The number of values of at most `ms` milliseconds.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // milliseconds of one run
    pub fn within_ms(&self, ms: f64) -> u64 {
        self.0.count_between(0, (ms * 1_000.0) as u64)
    }

    /// The value of a quantile such as `0.99`, in milliseconds; `None` if there are no values.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // far below 2^52 us
    pub fn ms(&self, quantile: f64) -> Option<f64> {
        (!self.0.is_empty()).then(|| self.0.value_at_quantile(quantile) as f64 / 1_000.0)
    }

    /// The mean in milliseconds; `None` if there are no values.
    #[must_use]
    pub fn mean_ms(&self) -> Option<f64> {
        (!self.0.is_empty()).then(|| self.0.mean() / 1_000.0)
    }

    /// All percentiles, for a plot.
    #[must_use]
    pub fn curve(&self, name: &str) -> Curve {
        Curve::of_us(name, &self.0)
    }
}

/// Serialized as pairs of value and count: a few hundred pairs, while the histogram has tens of thousands of buckets.
impl Serialize for Latencies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counts = self.0.iter_recorded().map(|at| (at.value_iterated_to(), at.count_at_value()));
        (self.0.sigfig(), counts.collect::<Vec<_>>()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Latencies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (digits, counts): (u8, Vec<(u64, u64)>) = Deserialize::deserialize(deserializer)?;
        let histogram = Histogram::new(digits.clamp(1, 3)).map_err(serde::de::Error::custom)?;
        let mut latencies = Self(histogram);
        for (value, count) in counts {
            latencies.0.record_n(value, count).map_err(serde::de::Error::custom)?;
        }
        Ok(latencies)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_trip_keeps_every_quantile() {
        let mut all = Latencies::new();
        assert_eq!(all.ms(0.5), None);
        for took_us in [0, 1, 999, 1_000, 70_000, 70_001, 90_000_000] {
            all.record(took_us);
        }
        let text = serde_json::to_string(&all).expect("serializes");
        let again: Latencies = serde_json::from_str(&text).expect("deserializes");
        assert_eq!(again, all);
        let mut some = Latencies::new();
        some.record(70_000);
        some.record(90_000_000);
        let rest = again.without(&some);
        assert_eq!((rest.count(), rest.ms(0.0), rest.ms(1.0)), (5, again.ms(0.0), again.ms(0.8)));
        let mut twice = again;
        twice.merge(&all);
        assert_eq!((twice.count(), twice.ms(1.0)), (14, all.ms(1.0)));
        assert!(all.ms(1.0).is_some_and(|ms| (89_900.0..90_100.0).contains(&ms)), "{:?}", all.ms(1.0));
    }
}
