//! The only source of the time of day, so that tests can set it. Times are stored and shown; they never decide the order of
//! events.

use std::{
    fmt::Debug,
    time::{SystemTime, UNIX_EPOCH},
};

/// A wall clock.
pub trait Clock: Debug + Send + Sync {
    /// Milliseconds since 1970 UTC.
    fn now_ms(&self) -> i64;

    /// Seconds since 1970 UTC.
    fn now_s(&self) -> i64 {
        self.now_ms() / 1000
    }
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // the only place that reads the system's clock
    fn now_ms(&self) -> i64 {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
    }
}

/// Formats a time in milliseconds since 1970 UTC, for example as `2026-09-01T07:30:00Z`.
#[must_use]
pub fn rfc3339(at_ms: i64) -> String {
    let nanos = i32::try_from(at_ms.rem_euclid(1000) * 1_000_000).unwrap_or(0);
    prost_types::Timestamp { seconds: at_ms.div_euclid(1000), nanos }.to_string()
}

/// Parses a time, or a date (which stands for the beginning of the day in UTC), to milliseconds since 1970 UTC. `None` if
/// the text is neither.
#[must_use]
pub fn from_rfc3339(text: &str) -> Option<i64> {
    let timestamp: prost_types::Timestamp = text.parse().ok()?;
    timestamp.seconds.checked_mul(1000)?.checked_add(i64::from(timestamp.nanos) / 1_000_000)
}
