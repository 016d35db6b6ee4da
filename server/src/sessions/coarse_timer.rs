//! Rounds deadlines up to common moments, so that connections whose deadlines lie close together wake up together.

use std::time::Duration;

use tokio::time::Instant;

/// A series of equally spaced moments. Deadlines of quiet connections are rounded up to the next of these moments, because
/// waking each connection at its own time costs more than the work that the connection then does.
pub struct CoarseTimer {
    start: Instant,
    spacing: Duration,
}

impl CoarseTimer {
    /// A series that begins now and has 25 moments per heartbeat interval: one per second with the default interval.
    #[must_use]
    pub fn new(interval: Duration) -> Self {
        Self { start: Instant::now(), spacing: interval / 25 }
    }

    /// The first moment of the series that is not before `deadline`.
    #[must_use]
    pub fn next(&self, deadline: Instant) -> Instant {
        let since_start = deadline.saturating_duration_since(self.start).as_nanos();
        let steps = since_start.div_ceil(self.spacing.as_nanos().max(1));
        self.start + self.spacing * u32::try_from(steps).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_that_are_due_at_about_the_same_time_fire_together() {
        let coarse_timer = CoarseTimer::new(Duration::from_secs(25));
        let rounded =
            |seconds: f64| coarse_timer.next(coarse_timer.start + Duration::from_secs_f64(seconds)) - coarse_timer.start;
        assert_eq!(
            (rounded(0.0), rounded(0.001), rounded(1.0)),
            (Duration::ZERO, Duration::from_secs(1), Duration::from_secs(1))
        );
    }
}
