//! One file per scenario. Each starts its world, loads it, and answers a report.

pub mod durable;
pub mod fanout;
pub mod idle;
pub mod provision;

use hdrhistogram::Histogram;

use crate::{process, report::Report};

/// Microseconds to three digits, up to a minute; longer counts as a minute.
const LATENCY_US_MAX: u64 = 60_000_000;

/// An empty histogram of microseconds.
#[must_use]
pub fn latency_histogram() -> Histogram<u64> {
    // Fails only for bounds that make no sense, and these are constant.
    Histogram::new_with_max(LATENCY_US_MAX, 3).unwrap_or_else(|error| unreachable!("{error}"))
}

/// A percentile in milliseconds; 0 where nothing was recorded.
#[must_use]
#[allow(clippy::cast_precision_loss)] // at most a minute
pub fn percentile_ms(histogram: &Histogram<u64>, quantile: f64) -> f64 {
    histogram.value_at_quantile(quantile) as f64 / 1_000.0
}

/// Tells how far the work has come, beside the report.
fn progress(what: &str) {
    eprintln!("load-tests: {what}");
}

/// What else the machine was doing when the run began.
fn note_load(report: &mut Report) {
    if let Some(load) = process::load_average() {
        report.workload("load average when the run began", load, "");
    }
}
