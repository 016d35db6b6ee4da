//! Open-loop time: what is due when, whether or not the server keeps up.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Hands out moments at a fixed rate, none of them skipped: those that were slept through come at once, with the time they
/// were due. Latency counted from there includes the wait that a slow server, or this program, caused.
pub struct Schedule {
    start: Instant,
    per_second: f64,
    given: u64,
    total: u64,
}

impl Schedule {
    /// From now on, for a while.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a rate and a time are positive
    pub fn new(per_second: f64, length: Duration) -> Self {
        let total = (per_second * length.as_secs_f64()).round() as u64;
        Self { start: Instant::now(), per_second, given: 0, total }
    }

    /// Waits for the next moment; `None` after the last.
    #[allow(clippy::cast_precision_loss)] // thousands of moments
    pub async fn next(&mut self) -> Option<Instant> {
        if self.given == self.total {
            return None;
        }
        let due = self.start + Duration::from_secs_f64(self.given as f64 / self.per_second);
        self.given += 1;
        if due > Instant::now() {
            sleep_until(due).await;
        }
        Some(due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn moments_that_were_missed_still_come() {
        let mut schedule = Schedule::new(1_000.0, Duration::from_millis(5));
        let start = schedule.start;
        // Longer than the whole schedule.
        std::thread::sleep(Duration::from_millis(20));
        let mut moments = Vec::new();
        while let Some(due) = schedule.next().await {
            moments.push((due - start).as_millis());
        }
        assert_eq!(moments, [0, 1, 2, 3, 4]);
    }
}
