//! Limits the rate of frames that one connection may send.

use std::{num::NonZeroU32, time::Duration};

use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use crate::config::Limits;

/// A connection counts as a flood when its refused frames exceed its accepted frames by this number of bursts.
const FLOOD_BURSTS: u32 = 10;

/// The rate limiter of one connection.
pub struct ConnectionLimiter {
    frames: DefaultDirectRateLimiter,
    refused: u32,
    refused_max: u32,
}

/// What the connection's task must do with a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Handle the frame.
    Accepted,
    /// Refuse the frame. The client may send it again after this number of milliseconds.
    Wait(u32),
    /// Close the connection, because the client continues to send although its frames are refused.
    Flood,
}

impl ConnectionLimiter {
    /// A limiter with the configured rate and burst.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            frames: RateLimiter::direct(quota(limits.frames_per_second, limits.frames_burst)),
            refused: 0,
            refused_max: limits.frames_burst.saturating_mul(FLOOD_BURSTS),
        }
    }

    /// Counts a frame that arrived now, and says what to do with it.
    pub fn count_frame(&mut self) -> Verdict {
        match self.frames.check() {
            Ok(()) => {
                // The count is not reset to zero, because a frame of a client that sends far too fast is also accepted now
                // and then.
                self.refused = self.refused.saturating_sub(1);
                Verdict::Accepted
            }
            Err(_) if self.refused >= self.refused_max => Verdict::Flood,
            Err(not_until) => {
                self.refused += 1;
                Verdict::Wait(milliseconds(not_until.wait_time_from(DefaultClock::default().now())))
            }
        }
    }
}

fn quota(per_second: u32, burst: u32) -> Quota {
    let at_least_one = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst))
}

fn milliseconds(wait: Duration) -> u32 {
    // Rounded up, so that the next frame of a client that waits this long is accepted.
    u32::try_from(wait.as_millis()).unwrap_or(u32::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_above_the_burst_are_refused_and_then_count_as_a_flood() {
        let limits = Limits { frames_per_second: 1, frames_burst: 2, ..Limits::default() };
        let mut limiter = ConnectionLimiter::new(&limits);
        assert_eq!((limiter.count_frame(), limiter.count_frame()), (Verdict::Accepted, Verdict::Accepted));
        for _ in 0..20 {
            assert!(matches!(limiter.count_frame(), Verdict::Wait(1..=1_001)));
        }
        assert_eq!(limiter.count_frame(), Verdict::Flood);
        limiter.refused = 0;
        limiter.refused_max = 1;
        assert!(matches!((limiter.count_frame(), limiter.count_frame()), (Verdict::Wait(_), Verdict::Flood)));
    }
}
