//! The pause before a failed job runs again.

use std::time::Duration;

/// The longest pause after the first failure.
const FIRST: Duration = Duration::from_secs(5);
/// The longest pause after any number of failures.
const LONGEST: Duration = Duration::from_secs(3_600);

/// The pause after a failed run. The longest pause is 5 s after the first run and doubles with each run up to one hour; the
/// pause is between half of it (`jitter` 0) and all of it (`jitter` 1). `attempt` is the number of the run, from 1. `jitter`
/// is a random number from 0 to 1. It spreads the next runs of jobs that failed at the same time.
pub(super) fn pause(attempt: u32, jitter: f64) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let longest = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    longest.mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_an_hour() {
        let longest: Vec<u64> = (1..=12).map(|attempt| pause(attempt, 1.0).as_secs()).collect();
        assert_eq!(longest, [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]);
        assert_eq!(pause(u32::MAX, 1.0), LONGEST);
    }

    #[test]
    fn jitter_shortens_the_pause_by_at_most_half() {
        for attempt in 1..=20 {
            assert_eq!(pause(attempt, 0.0) * 2, pause(attempt, 1.0));
            let between = pause(attempt, 0.3);
            assert!(pause(attempt, 0.0) < between && between < pause(attempt, 1.0));
        }
    }
}
