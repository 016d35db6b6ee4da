//! The results of one stream: counts, latencies, and both over time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{measure::Latencies, report::Series};

/// Counts and latencies of the actions that were due in the measured time, without the warm-up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StreamSeen {
    /// Actions that were due.
    pub due: u64,
    /// Actions that were not done, because no suitable user was connected or the user was disconnected before the reply.
    pub absent: u64,
    /// Actions that succeeded.
    pub answered: u64,
    /// Refused actions by the name of the error, `connection ended` included.
    pub refused: BTreeMap<String, u64>,
    /// Actions without a reply at the end.
    pub unanswered: u64,
    /// Messages of the stream that reached a member.
    pub delivered: u64,
    /// Bytes of the frames of these messages, without frame headers.
    pub delivered_bytes: u64,
    /// From due to handed to the socket: the delay of this tool.
    pub lag: Latencies,
    /// From due to the reply.
    pub answer: Latencies,
    /// From due to read, for each member.
    pub delivery: Latencies,
    /// The same for members who are connected to another server than the sender.
    pub across: Latencies,
    /// From due to read by the last member, once per message and process with members of the conversation.
    pub last_read: Latencies,
    /// Actions that succeeded, warm-up included.
    pub answered_in_all: u64,
    /// Results per second of due time, from the end of the warm-up.
    pub seconds: Vec<Second>,
}

/// The results of one second of due time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Second {
    /// Actions that were due.
    pub due: u64,
    /// Actions that succeeded, now or later.
    pub answered: u64,
    /// From due to read; from due to the reply for streams that deliver nothing.
    pub took: Option<Latencies>,
}

impl StreamSeen {
    /// Adds the results of another process.
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

    /// The number of failed actions.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.refused.values().sum::<u64>() + self.unanswered
    }

    /// The results of a second of due time, counted from the end of the warm-up.
    pub fn second(&mut self, at: u64) -> &mut Second {
        let at = usize::try_from(at).unwrap_or(usize::MAX).min(SECONDS_MAX);
        if self.seconds.len() <= at {
            self.seconds.resize_with(at + 1, Second::default);
        }
        &mut self.seconds[at]
    }

    /// The 99th percentile over time.
    #[must_use]
    pub fn p99_over_time(&self, name: &str) -> Series {
        let p99 = |second: &Second| second.took.as_ref().and_then(|took| took.ms(0.99));
        self.over_time(name, "ms", p99)
    }

    /// Successful actions per second.
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

/// A day. A longer run counts the rest in its last second.
const SECONDS_MAX: usize = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_processes_are_added() {
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
