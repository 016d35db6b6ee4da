//! The only source of wall clock time, so that tests can control it. Times are used as dates, never to order events.

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
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

/// Formats milliseconds since 1970 UTC, for example `2026-09-01T07:30:00Z`.
#[must_use]
pub fn rfc3339(at_ms: i64) -> String {
    let nanos = i32::try_from(at_ms.rem_euclid(1000) * 1_000_000).unwrap_or(0);
    prost_types::Timestamp { seconds: at_ms.div_euclid(1000), nanos }.to_string()
}

/// Parses a time, or a date as the beginning of that day, to milliseconds since 1970 UTC. `None` if the text is neither.
#[must_use]
pub fn from_rfc3339(text: &str) -> Option<i64> {
    let at: prost_types::Timestamp = text.parse().ok()?;
    at.seconds.checked_mul(1000)?.checked_add(i64::from(at.nanos) / 1_000_000)
}
