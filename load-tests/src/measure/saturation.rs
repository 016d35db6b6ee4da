//! Detects whether this tool or other work on the machine limited the result. In this case the figures say nothing about the
//! server.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Latencies, process};
use crate::world::cores;

/// If the 99th percentile of the lateness of a 10 ms timer exceeds this, the process lacked a core.
const TICK_LATE_MS_MAX: f64 = 20.0;
/// The largest acceptable lateness, as a part of the measured latency.
const LATE_PART: f64 = 0.25;
/// The resolution of timers; smaller lateness is ignored.
const TICK_GRAIN_MS: f64 = 2.5;
/// The largest acceptable CPU usage. With a higher usage, arriving frames wait until they are read.
const CPU_PART_MAX: f64 = 0.9;
/// The smallest acceptable part of due messages that were handed to sockets in time.
const HANDED_PART_MIN: f64 = 0.98;
/// A message that was handed over later than this, and later than [`LATE_PART`] of the measured latency, is not in
/// time.
const HANDED_LATE_MS_MAX: f64 = 100.0;
/// The largest acceptable part of the machine's CPU time for other processes. The kernel's own threads use a little in
/// every run.
const OTHERS_PART_MAX: f64 = 0.15;

/// The resources that one process of the crowd used during a load.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// CPU time.
    pub cpu_s: f64,
    /// Elapsed time.
    pub elapsed_s: f64,
    /// The number of cores that the process may use.
    pub cores: usize,
    /// The lateness of a 10 ms timer.
    pub ticks: Latencies,
}

/// The sums over all streams of a load.
#[derive(Debug, Clone, Default)]
pub struct Handed {
    /// The number of messages that were due in the measured time.
    pub due: u64,
    /// The delay between the due time and the hand-over to a socket.
    pub lag: Latencies,
}

/// The CPU time of other processes on the machine during a measurement.
#[derive(Debug)]
pub struct Others {
    began: Instant,
    before: Option<Duration>,
}

impl Others {
    /// Begins the measurement.
    #[must_use]
    pub fn watch() -> Self {
        // Without `/proc` there are no doubts.
        Self { began: Instant::now(), before: process::cpu_of_others().ok() }
    }

    /// A reason to doubt the result, if other processes used much CPU time since the beginning.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // few cores
    pub fn doubt(&self) -> Option<String> {
        let used = process::cpu_of_others().ok()?.saturating_sub(self.before?).as_secs_f64();
        let cores = cores::count();
        let part = used / self.began.elapsed().as_secs_f64() / cores as f64;
        (part > OTHERS_PART_MAX).then(|| format!("others used {:.0} % of this machine's CPU meanwhile", part * 100.0))
    }
}

/// The reasons to doubt the result; empty if the tool kept up. `p99_ms` is the measured 99th percentile.
#[must_use]
#[allow(clippy::cast_precision_loss)] // counts of one run
pub fn doubts(crowd: &[Usage], handed: &Handed, p99_ms: Option<f64>) -> Vec<String> {
    let mut doubts = Vec::new();
    for (number, usage) in crowd.iter().enumerate() {
        let late_ms = usage.ticks.ms(0.99).unwrap_or(0.0);
        let part = p99_ms.map(|p99_ms| LATE_PART * p99_ms).filter(|_| late_ms > TICK_GRAIN_MS);
        if late_ms > TICK_LATE_MS_MAX || part.is_some_and(|part| late_ms > part) {
            let beside = p99_ms.map_or_else(String::new, |p99_ms| format!(", beside a measured p99 of {p99_ms:.1} ms"));
            doubts.push(format!(
                "the load generator was late: timers of crowd process {number} by {late_ms:.1} ms at p99{beside}"
            ));
        }
    }
    // The processes share their cores.
    let used: f64 = crowd.iter().map(|usage| usage.cpu_s / usage.elapsed_s).sum();
    let cores = crowd.iter().map(|usage| usage.cores).max().unwrap_or(1).max(1) as f64;
    if used > CPU_PART_MAX * cores {
        let percent = 100.0 * used / cores;
        doubts.push(format!("the load generator had no CPU left: the crowd used {percent:.0} % of its cores"));
    }
    if handed.due > 0 && handed.lag.count() == 0 {
        doubts.push("nothing of what was due was done: nobody who could was there".to_owned());
    }
    let late_ms = p99_ms.map_or(HANDED_LATE_MS_MAX, |p99_ms| HANDED_LATE_MS_MAX.max(LATE_PART * p99_ms));
    let in_time = handed.lag.within_ms(late_ms) as f64;
    if in_time < HANDED_PART_MIN * handed.due as f64 {
        let percent = 100.0 * in_time / handed.due as f64;
        doubts.push(format!("the load generator fell behind: {percent:.0} % of what was due was sent in time"));
    }
    doubts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result of a thousand due messages, of which `count` were handed over `late_ms` late.
    fn handed(count: usize, late_ms: u64) -> Handed {
        let mut handed = Handed { due: 1_000, ..Handed::default() };
        for _ in 0..count {
            handed.lag.record(late_ms * 1_000);
        }
        handed
    }

    fn usage(cpu_s: f64, late_ms: u64) -> Usage {
        let mut ticks = Latencies::new();
        for _ in 0..100 {
            ticks.record(late_ms * 1_000);
        }
        Usage { cpu_s, elapsed_s: 10.0, cores: 2, ticks }
    }

    #[test]
    fn a_tool_that_kept_up_is_trusted() {
        assert!(doubts(&[usage(17.8, 1), usage(0.1, 4)], &handed(1_000, 99), Some(100.0)).is_empty());
        // The resolution of a timer does not count as lateness, even in a short measurement.
        assert!(doubts(&[usage(1.0, 1)], &handed(1_000, 1), Some(0.5)).is_empty());
        // A delay that is small compared with a measured latency of seconds does not count either.
        assert!(doubts(&[usage(1.0, 1)], &handed(1_000, 700), Some(3_000.0)).is_empty());
    }

    #[test]
    fn each_sign_alone_is_a_doubt() {
        for (usage, handed, p99_ms, word) in [
            (usage(1.0, 21), handed(1_000, 1), None, "late"),
            (usage(1.0, 10), handed(1_000, 1), Some(30.0), "late"),
            (usage(18.1, 1), handed(1_000, 1), None, "CPU"),
            (usage(9.1, 1), handed(1_000, 1), None, "CPU"),
            (usage(1.0, 1), handed(979, 1), None, "behind"),
            (usage(1.0, 1), handed(1_000, 102), Some(300.0), "behind"),
            (usage(1.0, 1), handed(1_000, 800), Some(3_000.0), "behind"),
        ] {
            // The processes of the crowd share their cores, so one of them alone may be far below its limit.
            let other = Usage { cpu_s: if word == "CPU" { 9.0 } else { 0.0 }, ..usage.clone() };
            let doubts = doubts(&[usage, other], &handed, p99_ms);
            assert!(!doubts.is_empty() && doubts[0].contains(word), "{doubts:?}");
        }
    }
}
