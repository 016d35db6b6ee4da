//! When to try again: full jitter, so that thousands cut off together do not return together.

use std::time::{Duration, Instant};

use causerie_protocol::codes::Return;

use crate::config::Jitter;

/// Counts failures in a row and says how long to wait after each.
#[derive(Clone)]
pub(crate) struct Backoff {
    min: Duration,
    max: Duration,
    jitter: Jitter,
    attempt: u32,
}

impl Backoff {
    pub fn new(min: Duration, max: Duration, jitter: Jitter) -> Self {
        Self { min, max: max.max(min), jitter, attempt: 0 }
    }

    /// Failures in a row so far.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Counts a failure. The wait is anything from nothing to `min`, doubled with every failure, capped by `max`.
    pub fn next_delay(&mut self) -> Duration {
        let ceiling = self.min.saturating_mul(2u32.saturating_pow(self.attempt)).min(self.max);
        self.attempt = self.attempt.saturating_add(1);
        ceiling.mul_f64(self.roll())
    }

    /// Counts the end of a connection; `None` when it must not be tried again.
    ///
    /// `hint` is the server's `goingAway.reconnectAfterMs`: waited in full, since it already spreads its clients.
    pub fn after_close(&mut self, band: Return, hint: Option<Duration>) -> Option<Duration> {
        let jittered = self.next_delay();
        match band {
            Return::Never => None,
            // The upper half of the longest wait: an overloaded server must not see its clients again in a moment.
            Return::Later => Some((self.max / 2 + (self.max / 2).mul_f64(self.roll())).max(hint.unwrap_or_default())),
            Return::Now => Some(hint.unwrap_or(jittered)),
        }
    }

    /// Forgets the failures if the connection that ends now was a good one. One that fell at once counts as a failure, or a
    /// server that welcomes and dies would be asked without end.
    pub fn after_connection(&mut self, connected_at: Instant, now: Instant) {
        if now.saturating_duration_since(connected_at) >= self.max {
            self.attempt = 0;
        }
    }

    /// Within 0 to 1, whatever the injected source says.
    fn roll(&self) -> f64 {
        let value = (self.jitter)();
        if value.is_finite() { value.clamp(0.0, 1.0) } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn backoff(jitter: f64) -> Backoff {
        Backoff::new(Duration::from_millis(100), Duration::from_secs(1), Arc::new(move || jitter))
    }

    fn millis(delay: Duration) -> u128 {
        delay.as_millis()
    }

    #[test]
    fn the_ceiling_doubles_up_to_the_maximum() {
        let mut backoff = backoff(1.0);
        let delays: Vec<_> = (0..6).map(|_| millis(backoff.next_delay())).collect();
        assert_eq!(delays, [100, 200, 400, 800, 1000, 1000]);
        assert_eq!(backoff.attempt(), 6);
    }

    #[test]
    fn jitter_reaches_from_nothing_to_the_ceiling() {
        assert_eq!(millis(backoff(0.0).next_delay()), 0);
        assert_eq!(millis(backoff(0.5).next_delay()), 50);
        assert_eq!(millis(backoff(f64::NAN).next_delay()), 100);
    }

    #[test]
    fn very_many_failures_do_not_overflow() {
        let mut backoff = backoff(1.0);
        backoff.attempt = u32::MAX;
        assert_eq!(millis(backoff.next_delay()), 1000);
    }

    #[test]
    fn each_close_band_waits_its_own_way() {
        assert_eq!(backoff(1.0).after_close(Return::Now, None), Some(Duration::from_millis(100)));
        assert_eq!(backoff(0.0).after_close(Return::Later, None), Some(Duration::from_millis(500)));
        assert_eq!(backoff(1.0).after_close(Return::Later, None), Some(Duration::from_secs(1)));
        assert_eq!(backoff(1.0).after_close(Return::Never, None), None);
    }

    #[test]
    fn the_hint_of_a_server_that_leaves_is_kept() {
        let hint = Some(Duration::from_millis(1700));
        assert_eq!(backoff(0.0).after_close(Return::Now, hint), hint);
        assert_eq!(backoff(0.0).after_close(Return::Later, hint), hint);
    }

    #[test]
    fn only_a_lasting_connection_forgets_the_failures() {
        let mut backoff = backoff(1.0);
        backoff.next_delay();
        let start = Instant::now();
        backoff.after_connection(start, start + Duration::from_millis(999));
        assert_eq!(backoff.attempt(), 1);
        backoff.after_connection(start, start + Duration::from_secs(1));
        assert_eq!(backoff.attempt(), 0);
    }
}
