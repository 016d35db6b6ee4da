//! What people saw of a stream: counts, latencies, and both over time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{measure::Latencies, report::Series};

/// Counts and latencies of what was due in the measured time; the warm-up is not in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StreamSeen {
    /// Was due.
    pub due: u64,
    /// Not done, since nobody who could was there, or since whoever asked was made to leave before the answer.
    pub absent: u64,
    /// Answered as asked.
    pub answered: u64,
    /// Refused, by the name of the error; `connection ended` is one.
    pub refused: BTreeMap<String, u64>,
    /// Not answered when nothing more was waited for.
    pub unanswered: u64,
    /// Messages of it that reached a member.
    pub delivered: u64,
    /// Bytes of these frames, without their headers.
    pub delivered_bytes: u64,
    /// From due to handed to the socket: this tool's own delay.
    pub lag: Latencies,
    /// From due to answered.
    pub answer: Latencies,
    /// From due to read by a member, each of them.
    pub delivery: Latencies,
    /// Those of deliveries whose sender is connected to another server.
    pub across: Latencies,
    /// From due to read by the last member, once per message; once in each process that members of the conversation live in.
    pub last_read: Latencies,
    /// Answered as asked, warm-up included.
    pub answered_in_all: u64,
    /// Second by second of due time, from the end of the warm-up.
    pub seconds: Vec<Second>,
}

/// One second of due time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Second {
    /// Was due.
    pub due: u64,
    /// Answered as asked, now or later.
    pub answered: u64,
    /// From due to read, or to answered where nothing is delivered.
    pub took: Option<Latencies>,
}

impl StreamSeen {
    /// Takes over what another process saw.
    pub fn merge(&mut self, other: &Self) {
        self.due += other.due;
        self.absent += other.absent;
        self.answered += other.answered;
        self.unanswered += other.unanswered;
        self.delivered += other.delivered;
        self.delivered_bytes += other.delivered_bytes;
        self.answered_in_all += other.answered_in_all;
        for (name, count) in &other.refused {
            *self.refused.entry(name.clone()).or_default() += count;
        }
        self.lag.merge(&other.lag);
        self.answer.merge(&other.answer);
        self.delivery.merge(&other.delivery);
        self.across.merge(&other.across);
        self.last_read.merge(&other.last_read);
        if self.seconds.len() < other.seconds.len() {
            self.seconds.resize_with(other.seconds.len(), Second::default);
        }
        for (second, other) in self.seconds.iter_mut().zip(&other.seconds) {
            second.due += other.due;
            second.answered += other.answered;
            if let Some(took) = &other.took {
                second.took.get_or_insert_with(Latencies::coarse).merge(took);
            }
        }
    }

    /// All that went wrong.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.refused.values().sum::<u64>() + self.unanswered
    }

    /// The second of a due time, counted from the beginning.
    pub fn second(&mut self, at: u64) -> &mut Second {
        let at = usize::try_from(at).unwrap_or(usize::MAX).min(SECONDS_MAX);
        if self.seconds.len() <= at {
            self.seconds.resize_with(at + 1, Second::default);
        }
        &mut self.seconds[at]
    }

    /// How the 99th percentile went over time.
    #[must_use]
    pub fn p99_over_time(&self, name: &str) -> Series {
        let p99 = |second: &Second| second.took.as_ref().and_then(|took| took.ms(0.99));
        self.over_time(name, "ms", p99)
    }

    /// How many were answered per second.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // thousands
    pub fn answered_over_time(&self, name: &str) -> Series {
        self.over_time(name, "1/s", |second| Some(second.answered as f64))
    }

    #[allow(clippy::cast_precision_loss)] // thousands of seconds
    fn over_time(&self, name: &str, unit: &'static str, value: impl Fn(&Second) -> Option<f64>) -> Series {
        let points = self.seconds.iter().enumerate().filter_map(|(at, second)| Some((at as f64, value(second)?)));
        Series { name: name.to_owned(), unit, points: points.collect() }
    }
}

/// A day; what runs longer has its last second take the rest.
const SECONDS_MAX: usize = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_are_added_up() {
        let mut one = StreamSeen { due: 1, ..Default::default() };
        let mut other = StreamSeen { due: 2, unanswered: 1, ..Default::default() };
        other.refused.insert("unavailable".into(), 3);
        other.second(2).answered = 5;
        other.delivery.record(1_000);
        one.merge(&other);
        one.merge(&other);
        assert_eq!((one.due, one.errors(), one.seconds.len(), one.seconds[2].answered), (5, 8, 3, 10));
        assert_eq!(one.delivery.count(), 2);
    }
}
