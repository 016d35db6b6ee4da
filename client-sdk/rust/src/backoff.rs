//! Computes the wait before the next attempt. Waits are random (full jitter), so that many clients that lost their
//! connections at the same time do not reconnect at the same time.

use std::time::{Duration, Instant};

use causerie_protocol::codes::Return;

use crate::config::Jitter;

/// Counts failures in a row and computes the wait after each.
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

    /// Counts a failure and returns the wait. The wait is random, from 0 to an upper bound. The bound is `min` for the first
    /// failure, doubles with each further failure, and is at most `max`.
    pub fn next_delay(&mut self) -> Duration {
        let longest = self.min.saturating_mul(2u32.saturating_pow(self.attempt)).min(self.max);
        self.attempt = self.attempt.saturating_add(1);
        longest.mul_f64(self.random_fraction())
    }

    /// Counts the end of a connection and returns the wait before the next connection. Returns `None` if the client must not
    /// reconnect.
    ///
    /// `reconnect_after` is the wait that the server named, for example in `goingAway.reconnectAfterMs`. For [`Return::Now`]
    /// the client waits exactly that long, because the server spreads its clients itself. For [`Return::Later`] it is the
    /// shortest wait.
    pub fn after_close(&mut self, reconnect: Return, reconnect_after: Option<Duration>) -> Option<Duration> {
        let random_wait = self.next_delay();
        match reconnect {
            Return::Never => None,
            // A random wait from half of `max` to `max`: clients must not return to an overloaded server at once.
            Return::Later => Some(
                (self.max / 2 + (self.max / 2).mul_f64(self.random_fraction())).max(reconnect_after.unwrap_or_default()),
            ),
            Return::Now => Some(reconnect_after.unwrap_or(random_wait)),
        }
    }

    /// Resets the count of failures if the connection that just ended lasted at least `max`. A shorter connection counts as
    /// a failure, so that the client waits longer and longer for a server that fails right after each welcome.
    pub fn after_connection(&mut self, connected_at: Instant, now: Instant) {
        if now.saturating_duration_since(connected_at) >= self.max {
            self.attempt = 0;
        }
    }

    /// A random number from 0 to 1. A value of `jitter` outside this range is clamped, and 1 replaces a value that is not
    /// finite.
    fn random_fraction(&self) -> f64 {
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
    fn the_longest_wait_doubles_up_to_the_maximum() {
        let mut backoff = backoff(1.0);
        let delays: Vec<_> = (0..6).map(|_| millis(backoff.next_delay())).collect();
        assert_eq!(delays, [100, 200, 400, 800, 1000, 1000]);
        assert_eq!(backoff.attempt(), 6);
    }

    #[test]
    fn a_wait_is_random_from_zero_to_its_maximum() {
        assert_eq!(millis(backoff(0.0).next_delay()), 0);
        assert_eq!(millis(backoff(0.5).next_delay()), 50);
        assert_eq!(millis(backoff(f64::NAN).next_delay()), 100);
    }

    #[test]
    fn the_wait_does_not_overflow_after_many_failures() {
        let mut backoff = backoff(1.0);
        backoff.attempt = u32::MAX;
        assert_eq!(millis(backoff.next_delay()), 1000);
    }

    #[test]
    fn each_class_of_close_codes_has_its_own_wait() {
        assert_eq!(backoff(1.0).after_close(Return::Now, None), Some(Duration::from_millis(100)));
        assert_eq!(backoff(0.0).after_close(Return::Later, None), Some(Duration::from_millis(500)));
        assert_eq!(backoff(1.0).after_close(Return::Later, None), Some(Duration::from_secs(1)));
        assert_eq!(backoff(1.0).after_close(Return::Never, None), None);
    }

    #[test]
    fn the_wait_that_a_stopping_server_names_is_kept() {
        let named_wait = Some(Duration::from_millis(1700));
        assert_eq!(backoff(0.0).after_close(Return::Now, named_wait), named_wait);
        assert_eq!(backoff(0.0).after_close(Return::Later, named_wait), named_wait);
    }

    #[test]
    fn only_a_long_connection_resets_the_failures() {
        let mut backoff = backoff(1.0);
        backoff.next_delay();
        let start = Instant::now();
        backoff.after_connection(start, start + Duration::from_millis(999));
        assert_eq!(backoff.attempt(), 1);
        backoff.after_connection(start, start + Duration::from_secs(1));
        assert_eq!(backoff.attempt(), 0);
    }
}
