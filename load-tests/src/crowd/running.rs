//! A load in progress, and its results over all processes.

use std::{sync::atomic::Ordering, time::Duration};

use futures::future::try_join_all;
use tokio::time::timeout;

use super::{
    Crowd,
    check::Check,
    frames::HEAD_BYTES,
    order::{Action, Answer, Complete, LastMessage, Load, LoadShare, Operation, Stream},
    process::Reply,
    seen::StreamSeen,
};
use crate::{
    Outcome,
    measure::{
        clock,
        saturation::{self, Handed, Others, Usage},
    },
    progress::Bar,
    report::Report,
};

/// The pacing threads of all processes are ready after this time.
const AHEAD: Duration = Duration::from_millis(300);
/// After an interrupted load, replies and deliveries are awaited this long at most.
const GIVEN_UP: Duration = Duration::from_secs(3);

/// A text has four digits for the number of its stream.
const STREAMS_MAX: u16 = 9_999;

/// A load in progress. If the value is dropped, the load continues and its results are lost.
pub struct Running<'a> {
    crowd: &'a Crowd,
    load: Load,
    number: u64,
    streams: (u16, u16),
    begin_us: u64,
    replies: Vec<Reply>,
    others: Option<Others>,
    _bar: Bar,
}

/// The results of a load, over all processes.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Results by stream, in the order of the load.
    pub streams: Vec<StreamSeen>,
    /// Counts since the crowd was spawned.
    pub check: Check,
    /// Errors in earlier loads of this crowd, for instance in warm-ups.
    pub earlier_errors: u64,
    /// Resource usage of each process.
    pub usage: Vec<Usage>,
    /// A reason outside the run why the figures can't be trusted.
    pub disturbed: Option<String>,
    /// The measured time in seconds: less than the load's if the run was interrupted.
    pub seconds: f64,
}

impl<'a> Running<'a> {
    pub(super) fn begin(crowd: &'a Crowd, load: &Load) -> Outcome<Self> {
        let count = u16::try_from(load.streams.len())?;
        let first_stream = crowd.streams.fetch_add(count, Ordering::Relaxed);
        if first_stream > STREAMS_MAX - count {
            return Err("too many loads for one crowd".into());
        }
        for stream in &load.streams {
            if matches!(stream.action, Action::Send { text_bytes, .. } if text_bytes < HEAD_BYTES) {
                return Err(
                    format!("`{}`: a text has at least {HEAD_BYTES} bytes, for the time it was due", stream.name).into()
                );
            }
        }
        let parts = load.streams.iter().map(|stream| crowd.parts(stream)).collect::<Outcome<Vec<_>>>()?;
        let number = crowd.loads.fetch_add(1, Ordering::Relaxed);
        let begin_us = clock::now_us() + clock::micros(AHEAD);
        let processes = crowd.processes.len();
        let replies = crowd.processes.iter().enumerate().map(|(process, it)| {
            #[allow(clippy::cast_precision_loss)] // a few processes
            let phase = process as f64 / processes as f64;
            let parts = parts.iter().map(|parts| parts[process]).collect();
            it.order(Operation::Load(Box::new(LoadShare {
                number,
                first_stream,
                begin_us,
                load: load.clone(),
                parts,
                phase,
            })))
        });
        let replies = replies.collect();
        let names: Vec<&str> = load.streams.iter().map(|stream| stream.name.as_str()).collect();
        let length = AHEAD + Duration::from_secs_f64(load.warm_up_s + load.seconds);
        let bar =
            crowd.stage.progress.time(&format!("load for {:.0} s: {}", length.as_secs_f64(), names.join(", ")), length);
        let streams = (first_stream, first_stream + count);
        // A target on this machine counts as another program, and it is expected to be busy.
        let is_beside = crowd.stage.common.target.is_some() && crowd.places_are_local();
        let others = (!is_beside).then(Others::watch);
        Ok(Self { crowd, load: load.clone(), number, streams, begin_us, replies, others, _bar: bar })
    }

    /// The instant when the measured time begins, in µs.
    #[must_use]
    pub fn begins_us(&self) -> u64 {
        self.begin_us + clock::micros(Duration::from_secs_f64(self.load.warm_up_s))
    }

    /// Waits until the warm-up is over.
    ///
    /// # Errors
    /// If the run is interrupted.
    pub async fn wait_for_warm_up(&self) -> Outcome<()> {
        self.wait_until(0.0).await
    }

    /// Waits until this number of seconds of the measured time has passed.
    ///
    /// # Errors
    /// If the run is interrupted.
    pub async fn wait_until(&self, seconds: f64) -> Outcome<()> {
        let then = self.begins_us() + clock::micros(Duration::from_secs_f64(seconds));
        self.crowd.stage.stop.sleep_until(then).await
    }

    /// Stops the load early, then does the same as [`Running::end`].
    ///
    /// # Errors
    /// The errors of [`Running::end`].
    pub async fn stop(self) -> Outcome<Seen> {
        self.halt();
        self.end().await
    }

    /// Waits for the end of the load, and until each reading user has received all messages, at most as long as the load
    /// says. Returns the results. If the run is interrupted, returns the results up to then.
    ///
    /// # Errors
    /// If a process ended.
    pub async fn end(mut self) -> Outcome<Seen> {
        let stop = self.crowd.stage.stop.clone();
        let replies = std::mem::take(&mut self.replies);
        let mut handed = std::pin::pin!(try_join_all(replies.into_iter().map(|reply| reply.answer(|_| ()))));
        let answers = tokio::select! {
            answers = &mut handed => answers?,
            () = stop.stopped() => {
                self.halt();
                // After an interruption the expected messages are unknown, but the results are there.
                timeout(GIVEN_UP, &mut handed).await.unwrap_or(Ok(Vec::new()))?
            }
        };
        #[allow(clippy::cast_precision_loss)] // hours at most
        let measured_s = clock::now_us().saturating_sub(self.begins_us()) as f64 / 1e6;
        let disturbed = self.others.as_ref().and_then(Others::doubt);
        let mut expected: Vec<LastMessage> = Vec::new();
        for answer in answers {
            let Answer::Handed(reached) = answer else { return Err("a process did not tell what it sent".into()) };
            expected.extend(reached);
        }
        for reached in &expected {
            if let Some(it) = self.crowd.conversations().get_mut(reached.conversation as usize) {
                it.last_seq = it.last_seq.max(reached.last_seq);
            }
        }
        let late = Duration::from_secs_f64(self.load.late_s);
        let patience = if stop.why().is_some() { late.min(GIVEN_UP) } else { late };
        let order = Complete { expected, patience_ms: clock::micros(patience) / 1_000, streams: self.streams };
        let replies = self.crowd.processes.iter().map(|process| process.order(Operation::Complete(order.clone())));
        let replies: Vec<_> = replies.map(|reply| reply.answer(|_| ())).collect();
        let mut seen = Seen { seconds: self.load.seconds.min(measured_s), disturbed, ..Default::default() };
        seen.streams.resize_with(self.load.streams.len(), StreamSeen::default);
        for answer in try_join_all(replies).await? {
            let Answer::Completed(completed) = answer else { return Err("a process did not tell what it saw".into()) };
            seen.check.merge(&completed.check);
            seen.usage.push(completed.usage);
            for (all, one) in seen.streams.iter_mut().zip(&completed.streams) {
                all.merge(one);
            }
        }
        seen.earlier_errors = self.crowd.errors.fetch_add(seen.errors(), Ordering::Relaxed);
        Ok(seen)
    }

    fn halt(&self) {
        for process in &self.crowd.processes {
            // The answer to the load has the result of the halt, so the answer to this order is not needed.
            drop(process.order(Operation::Halt(self.number)));
        }
    }
}

impl Crowd {
    /// The part of a stream that each process carries out.
    #[allow(clippy::cast_precision_loss)] // thousands of users and conversations
    fn parts(&self, stream: &Stream) -> Outcome<Vec<f64>> {
        let mut counts = vec![0_usize; self.processes.len()];
        match &stream.action {
            Action::Send { conversations, .. } => {
                let (from, to) = conversations.unwrap_or((0, u32::MAX));
                for (conversation, number) in self.conversations().iter().zip(0..) {
                    if (from..to).contains(&number)
                        && let Some(first) = conversation.members.first()
                    {
                        counts[self.process_of(*first)] += 1;
                    }
                }
            }
            Action::Mail { mail_specs, .. } => {
                for mail_spec in mail_specs {
                    counts[self.process_of(mail_spec.from)] += 1;
                }
            }
            Action::List { users, .. }
            | Action::History { users, .. }
            | Action::MarkRead { users }
            | Action::Typing { users }
            | Action::Search { users, .. } => {
                for (number, bounds) in self.bounds.windows(2).enumerate() {
                    counts[number] = (bounds[0]..bounds[1]).filter(|user| users.has(*user)).count();
                }
            }
        }
        match counts.iter().sum::<usize>() {
            0 => Err(format!("there is no simulated user to carry out `{}`", stream.name).into()),
            all => Ok(counts.into_iter().map(|count| count as f64 / all as f64).collect()),
        }
    }
}

impl Seen {
    /// The first stream; most loads have only one.
    ///
    /// # Panics
    /// If the load has no stream.
    #[must_use]
    pub fn first(&self) -> &StreamSeen {
        &self.streams[0]
    }

    /// The number of requests that failed.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.streams.iter().map(StreamSeen::errors).sum()
    }

    /// Reasons not to trust a latency; `p99_ms` is that latency.
    #[must_use]
    pub fn doubts(&self, p99_ms: Option<f64>) -> Vec<String> {
        let mut handed = Handed::default();
        for seen in &self.streams {
            handed.due += seen.due - seen.absent;
            handed.lag.merge(&seen.lag);
        }
        let mut doubts = saturation::doubts(&self.usage, &handed, p99_ms);
        doubts.extend(self.disturbed.clone());
        doubts
    }

    /// Adds the goals of every load to a report: no message lost, doubled, out of order or refused. Also adds reasons not to
    /// trust the figures.
    #[allow(clippy::cast_precision_loss)] // counts of one run
    pub fn judge(&self, report: &mut Report, p99_ms: Option<f64>) {
        judge(report, &self.check, self.errors() + self.earlier_errors);
        for stream in &self.streams {
            for (error, count) in &stream.refused {
                report.note(format!("{count} times: {error}"));
            }
        }
        for doubt in self.doubts(p99_ms) {
            report.doubt(doubt);
        }
    }
}

/// Adds the goals about lost, repeated, unordered and refused messages to a report, from counts only.
#[allow(clippy::cast_precision_loss)] // counts of one run
pub fn judge(report: &mut Report, check: &Check, errors: u64) {
    // Without any message there is nothing to judge.
    if check.received + check.lost > 0 {
        report.at_most("messages lost", check.lost as f64, 0.0, "");
        report.at_most("messages doubled", check.doubled as f64, 0.0, "");
        report.at_most("messages out of order", check.reordered as f64, 0.0, "");
    }
    report.at_most("errors", (errors + check.ended) as f64, 0.0, "");
    for reason in &check.reasons {
        report.note(format!("a connection ended: {reason}"));
    }
}
