//! The limits of a scenario file, `[goals]`, and the results that they are compared with.

use super::{
    model::{ActionKind, LoadModel},
    reader::Table,
};
use crate::{
    Outcome,
    crowd::{Seen, seen::StreamSeen},
    measure::Latencies,
    report::Report,
    world::Reading,
};

/// A limit of the file.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    goal: &'static Goal,
    limit: f64,
}

/// A value that may have a limit.
#[derive(Debug)]
struct Goal {
    key: &'static str,
    name: &'static str,
    unit: &'static str,
    of: Of,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Of {
    /// The time from due to acknowledged, for messages and mails.
    Ack(f64),
    /// The time from due to read by a member, for messages and mails.
    Delivered(f64),
    /// The time from due to answered.
    Answer(ActionKind, f64),
    Errors,
    Lost,
    Doubled,
    Reordered,
    CpuPerMessage,
    Rss,
}

const GOALS: [Goal; 17] = {
    const fn of(key: &'static str, name: &'static str, unit: &'static str, of: Of) -> Goal {
        Goal { key, name, unit, of }
    }
    [
        of("ack_p50_ms", "due to acknowledged, p50", "ms", Of::Ack(0.5)),
        of("ack_p99_ms", "due to acknowledged, p99", "ms", Of::Ack(0.99)),
        of("ack_p999_ms", "due to acknowledged, p99.9", "ms", Of::Ack(0.999)),
        of("delivered_p50_ms", "due to read, p50", "ms", Of::Delivered(0.5)),
        of("delivered_p99_ms", "due to read, p99", "ms", Of::Delivered(0.99)),
        of("delivered_p999_ms", "due to read, p99.9", "ms", Of::Delivered(0.999)),
        of("list_p99_ms", "list, p99", "ms", Of::Answer(ActionKind::List, 0.99)),
        of("history_p99_ms", "history, p99", "ms", Of::Answer(ActionKind::History, 0.99)),
        of("mark_read_p99_ms", "mark read, p99", "ms", Of::Answer(ActionKind::MarkRead, 0.99)),
        of("typing_p99_ms", "typing, p99", "ms", Of::Answer(ActionKind::Typing, 0.99)),
        of("search_p99_ms", "search, p99", "ms", Of::Answer(ActionKind::Search, 0.99)),
        // The names are the same as in the other scenarios.
        of("lost", "messages lost", "", Of::Lost),
        of("doubled", "messages doubled", "", Of::Doubled),
        of("out_of_order", "messages out of order", "", Of::Reordered),
        of("errors", "errors", "", Of::Errors),
        of("server_cpu_us_per_message", "server CPU per message, all else included", "us", Of::CpuPerMessage),
        of("server_rss_mb", "server memory", "MB", Of::Rss),
    ]
};

/// Reads the limits. The goals about losses and errors that this load can cause have a limit of 0 unless the file sets
/// another.
///
/// # Errors
/// When a limit is out of its bounds, or about an action that the load does not contain.
pub fn read(table: &mut Table<'_>, load: &LoadModel) -> Outcome<Vec<Limit>> {
    let does = |kind: ActionKind| load.rates.iter().any(|(done, _)| *done == kind);
    let mut said = table.table("goals")?;
    let mut limits = Vec::new();
    for goal in &GOALS {
        let limit = match &mut said {
            Some(said) => said.number(goal.key, 0.0..=1e9)?,
            None => None,
        };
        let never = matches!(goal.of, Of::Errors | Of::Lost | Of::Doubled | Of::Reordered);
        let is_done = match goal.of {
            Of::Answer(kind, _) => does(kind),
            Of::Errors | Of::Rss => true,
            _ => does(ActionKind::Send) || does(ActionKind::Mail),
        };
        if let (Some(said), Some(_), false) = (&said, limit, is_done) {
            return Err(said.wrong(goal.key, "nobody does this in the file; see the rates of [load]"));
        }
        let Some(limit) = limit.or((never && is_done).then_some(0.0)) else { continue };
        limits.push(Limit { goal, limit });
    }
    if let Some(said) = said {
        said.end()?;
    }
    Ok(limits)
}

/// The results of a run.
pub struct RunResult<'a> {
    /// The rates, in the order of the file.
    pub rates: &'a [(ActionKind, f64)],
    /// The observations of all users.
    pub seen: &'a Seen,
    /// CPU time of the server in microseconds.
    pub cpu_us: Option<f64>,
    /// The server at the end.
    pub after: &'a Reading,
}

impl RunResult<'_> {
    /// The observations about one kind of action; `None` if the load does not contain it.
    pub fn of(&self, kind: ActionKind) -> Option<&StreamSeen> {
        let at = self.rates.iter().position(|(done, _)| *done == kind)?;
        self.seen.streams.get(at)
    }

    /// The observations about messages and mails.
    pub fn messages(&self) -> impl Iterator<Item = &StreamSeen> {
        [self.of(ActionKind::Send), self.of(ActionKind::Mail)].into_iter().flatten()
    }

    /// The time from due to acknowledged.
    pub fn acks(&self) -> Latencies {
        let mut all = Latencies::new();
        self.messages().for_each(|seen| all.merge(&seen.answer));
        all
    }

    /// The time from due to read, for each member.
    pub fn deliveries(&self) -> Latencies {
        let mut all = Latencies::new();
        self.messages().for_each(|seen| all.merge(&seen.delivery));
        all
    }

    /// CPU time of the server for each message, with all other actions included.
    #[allow(clippy::cast_precision_loss)] // counts of one run
    pub fn cpu_us_per_message(&self) -> Option<f64> {
        let messages: u64 = self.messages().map(|seen| seen.answered).sum();
        self.cpu_us.filter(|_| messages > 0).map(|cpu_us| cpu_us / messages as f64)
    }

    #[allow(clippy::cast_precision_loss)] // counts of one run
    fn value(&self, of: Of) -> Option<f64> {
        let check = &self.seen.check;
        match of {
            Of::Ack(quantile) => self.acks().ms(quantile),
            Of::Delivered(quantile) => self.deliveries().ms(quantile),
            Of::Answer(kind, quantile) => self.of(kind)?.answer.ms(quantile),
            Of::Errors => Some((self.seen.errors() + check.ended) as f64),
            Of::Lost => Some(check.lost as f64),
            Of::Doubled => Some(check.doubled as f64),
            Of::Reordered => Some(check.reordered as f64),
            Of::CpuPerMessage => self.cpu_us_per_message(),
            Of::Rss => self.after.rss_bytes.map(|bytes| bytes as f64 / 1e6),
        }
    }

    /// Compares the results with the limits. A value that could not be measured, for example on a target, is left out
    /// with a note.
    pub fn judge(&self, limits: &[Limit], report: &mut Report) {
        for Limit { goal, limit } in limits {
            match self.value(goal.of) {
                Some(value) => report.at_most(goal.name, value, *limit, goal.unit),
                None => report.note(format!("{} was not measured, so goals.{} is not judged", goal.name, goal.key)),
            }
        }
        let reasons = self.seen.check.reasons.iter().map(|reason| format!("a connection ended: {reason}"));
        reasons.for_each(|reason| report.note(reason));
        for (stream, (kind, _)) in self.seen.streams.iter().zip(self.rates) {
            for (error, count) in &stream.refused {
                report.note(format!("{}: {count} times {error}", kind.name()));
            }
            if stream.unanswered > 0 {
                report.note(format!("{}: {} were not answered in time", kind.name(), stream.unanswered));
            }
            if stream.absent > 0 {
                let what = "had nobody there who could, or nothing to do it with";
                report.note(format!("{}: {} of {} {what}", kind.name(), stream.absent, stream.due));
            }
        }
        // The shortest judged time decides, because the tool's own delay spoils it first.
        let judged = limits.iter().filter(|limit| matches!(limit.goal.of, Of::Ack(_) | Of::Delivered(_) | Of::Answer(..)));
        let tail = |of: Of| match of {
            Of::Ack(_) => self.value(Of::Ack(0.99)),
            Of::Delivered(_) => self.value(Of::Delivered(0.99)),
            Of::Answer(kind, _) => self.value(Of::Answer(kind, 0.99)),
            _ => None,
        };
        let shortest = judged.filter_map(|limit| tail(limit.goal.of)).min_by(f64::total_cmp);
        for doubt in self.seen.doubts(shortest) {
            report.doubt(doubt);
        }
    }
}
