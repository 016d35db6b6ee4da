//! How fast one person may ask over HTTP: as fast as over a socket.

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
};

use causerie_protocol::{ErrorCode, Refusal, UserId};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use crate::config::Limits;

/// After so many requests, people who could ask at full pace again are forgotten; memory stays with the active ones.
const SWEEP_EVERY: u32 = 4_096;

/// One allowance per person, on this node.
pub struct Pace {
    limiter: DefaultKeyedRateLimiter<UserId>,
    clock: DefaultClock,
    asked: AtomicU32,
}

impl Pace {
    /// By the limits of frames, for a request is what a frame is to a socket.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let whole = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(whole(limits.frames_per_second)).allow_burst(whole(limits.frames_burst));
        Self { limiter: RateLimiter::keyed(quota), clock: DefaultClock::default(), asked: AtomicU32::new(0) }
    }

    /// Takes one request off a person's allowance.
    ///
    /// # Errors
    /// `rate_limited`, with the time to wait.
    pub fn take(&self, user: UserId) -> Result<(), Refusal> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&user).map_err(|early| {
            let wait = early.wait_time_from(self.clock.now()).as_millis();
            let wait = u32::try_from(wait).unwrap_or(u32::MAX).max(1);
            Refusal::new(ErrorCode::RateLimited, "too many requests").retry_after_ms(wait)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_s_haste_is_not_another_s() {
        let pace = Pace::new(&Limits { frames_per_second: 1, frames_burst: 2, ..Limits::default() });
        let (hasty, calm) = (UserId::new(), UserId::new());
        assert_eq!((pace.take(hasty), pace.take(hasty)), (Ok(()), Ok(())));
        let refusal = pace.take(hasty).expect_err("a third at once");
        assert_eq!(refusal.code, ErrorCode::RateLimited);
        assert!((1..=1_000).contains(&refusal.retry_after_ms), "{}", refusal.retry_after_ms);
        assert_eq!(pace.take(calm), Ok(()));
    }
}
