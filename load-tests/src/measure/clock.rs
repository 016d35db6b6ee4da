//! One clock for all processes of a run: microseconds since 1970, without steps. It is the kernel's monotonic
//! clock, which is the same for all processes, plus an offset that the first process computes once and passes to the
//! others.

use std::{
    sync::OnceLock,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rustix::time::{ClockId, clock_gettime};

static OFFSET_US: OnceLock<u64> = OnceLock::new();

/// The offset that is added to the monotonic clock.
#[must_use]
pub fn offset_us() -> u64 {
    *OFFSET_US.get_or_init(|| {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        micros(wall).saturating_sub(monotonic_us())
    })
}

/// Uses the offset of another process. Has no effect if this process has an offset already.
pub fn share(offset_us: u64) {
    // A second offset would make earlier times incomparable.
    let _ = OFFSET_US.set(offset_us);
}

/// The current time.
#[must_use]
pub fn now_us() -> u64 {
    monotonic_us() + offset_us()
}

/// The time until `at_us`. Zero if this instant has passed.
#[must_use]
pub fn until(at_us: u64) -> Duration {
    Duration::from_micros(at_us.saturating_sub(now_us()))
}

/// Waits until `at_us`, with a precision of one or two milliseconds.
pub async fn sleep_until(at_us: u64) {
    let left = until(at_us);
    if !left.is_zero() {
        tokio::time::sleep(left).await;
    }
}

/// A duration in microseconds.
#[must_use]
pub fn micros(length: Duration) -> u64 {
    u64::try_from(length.as_micros()).unwrap_or(u64::MAX)
}

fn monotonic_us() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    let (seconds, nanos) = (u64::try_from(now.tv_sec).unwrap_or(0), u64::try_from(now.tv_nsec).unwrap_or(0));
    seconds * 1_000_000 + nanos / 1_000
}
