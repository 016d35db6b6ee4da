//! Open-loop schedules: the moments at which requests are due, whether or not the server keeps up. Latency counts
//! from these moments, so it includes the waiting that a slow server, or this program, causes.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep_until};

/// How the due moments are spread over time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Pace {
    /// A constant number per second, evenly spread.
    Steady(f64),
    /// Bursts with pauses between them.
    Bursts {
        /// The number of moments in a burst.
        count: u32,
        /// The duration of a burst; its moments are evenly spread.
        within_ms: u32,
        /// The time from the beginning of a burst to the beginning of the next, in seconds.
        every_s: f64,
    },
}

/// The moments of one share of a pace, relative to its beginning. No moment is skipped.
#[derive(Debug, Clone, Copy)]
pub struct Moments {
    pace: Pace,
    share: f64,
    /// The offset of the first moment of this share, as a part of the interval between two moments of the whole pace.
    phase: f64,
    length_s: f64,
    given: u64,
}

impl Pace {
    /// All moments of the pace within `length`.
    #[must_use]
    pub fn moments(self, length: Duration) -> Moments {
        self.share(1.0, 0.0, length)
    }

    /// A share of the moments, from 0 to 1. Shares with different phases from 0 to 1 interleave.
    #[must_use]
    pub fn share(self, share: f64, phase: f64, length: Duration) -> Moments {
        Moments { pace: self, share, phase, length_s: length.as_secs_f64(), given: 0 }
    }

    /// The number of moments within `length`.
    #[must_use]
    pub fn total(self, length: Duration) -> usize {
        self.moments(length).count()
    }
}

impl Iterator for Moments {
    type Item = Duration;

    #[allow(clippy::cast_precision_loss)] // millions of moments
    fn next(&mut self) -> Option<Duration> {
        let at = match self.pace {
            Pace::Steady(per_second) => {
                let rate = per_second * self.share;
                if self.given as f64 >= (rate * self.length_s).round() {
                    return None;
                }
                (self.given as f64 + self.phase) / rate
            }
            Pace::Bursts { count, within_ms, every_s } => {
                let each = (f64::from(count) * self.share).round();
                let burst = (self.given as f64 / each).floor();
                if each < 1.0 || burst * every_s >= self.length_s {
                    return None;
                }
                let place = (self.given as f64 % each + self.phase) / each;
                burst * every_s + place * f64::from(within_ms) / 1_000.0
            }
        };
        self.given += 1;
        Some(Duration::from_secs_f64(at))
    }
}

/// Waits for each moment in a task, with a lateness of up to a millisecond. Measurements that need more precision use a
/// thread.
pub struct Waiting {
    start: Instant,
    moments: Moments,
}

impl Waiting {
    /// Begins now.
    #[must_use]
    pub fn new(moments: Moments) -> Self {
        Self { start: Instant::now(), moments }
    }

    /// Waits for the next moment. Returns `None` after the last moment.
    pub async fn next(&mut self) -> Option<Instant> {
        let due = self.start + self.moments.next()?;
        if due > Instant::now() {
            sleep_until(due).await;
        }
        Some(due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(moments: Moments) -> Vec<u128> {
        moments.map(|at| at.as_millis()).collect()
    }

    #[tokio::test]
    async fn moments_that_were_missed_still_come() {
        let mut waiting = Waiting::new(Pace::Steady(1_000.0).moments(Duration::from_millis(5)));
        let start = waiting.start;
        // Longer than the whole schedule.
        std::thread::sleep(Duration::from_millis(20));
        let mut moments = Vec::new();
        while let Some(due) = waiting.next().await {
            moments.push((due - start).as_millis());
        }
        assert_eq!(moments, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn shares_lie_between_each_other() {
        let pace = Pace::Steady(10.0);
        let half = |phase| ms(pace.share(0.5, phase, Duration::from_secs(1)));
        assert_eq!(half(0.0), [0, 200, 400, 600, 800]);
        assert_eq!(half(0.5), [100, 300, 500, 700, 900]);
        assert_eq!(pace.total(Duration::from_secs(1)), 10);
    }

    #[test]
    fn bursts_come_at_once_and_again() {
        let pace = Pace::Bursts { count: 5, within_ms: 50, every_s: 2.0 };
        assert_eq!(ms(pace.moments(Duration::from_secs(4))), [0, 10, 20, 30, 40, 2_000, 2_010, 2_020, 2_030, 2_040]);
    }

    #[test]
    fn an_empty_share_is_over_at_once() {
        assert_eq!(Pace::Steady(10.0).share(0.0, 0.0, Duration::from_secs(1)).count(), 0);
        let bursts = Pace::Bursts { count: 5, within_ms: 50, every_s: 2.0 };
        assert_eq!(bursts.share(0.0, 0.0, Duration::from_secs(1)).count(), 0);
    }
}
