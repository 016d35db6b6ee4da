//! A load under way, and what everyone saw of it.

use std::{sync::atomic::Ordering, time::Duration};

use futures::future::try_join_all;
use tokio::time::timeout;

use super::{
    Crowd,
    check::Check,
    frames::HEAD_BYTES,
    order::{Action, Answer, Complete, Load, Reached, Share, Stream, What},
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

/// Threads of the pace are ready by then.
const AHEAD: Duration = Duration::from_millis(300);
/// When a run is given up, what is on its way is waited for so long at most.
const GIVEN_UP: Duration = Duration::from_secs(3);

/// Streams are numbered in four characters of each text.
const STREAMS_MAX: u16 = 9_999;

/// See the module. A load that is dropped goes on unseen.
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

/// What everyone saw of a load.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// By stream, in the load's order.
    pub streams: Vec<StreamSeen>,
    /// Over all of the crowd's life.
    pub check: Check,
    /// Of the crowd's earlier loads, warm-ups for instance.
    pub earlier_errors: u64,
    /// Of each process.
    pub usage: Vec<Usage>,
    /// A reason not to trust it that lies outside the run.
    pub disturbed: Option<String>,
    /// How long it was measured: less than the load says if the run was given up.
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
            it.order(What::Load(Box::new(Share { number, first_stream, begin_us, load: load.clone(), parts, phase })))
        });
        let replies = replies.collect();
        let names: Vec<&str> = load.streams.iter().map(|stream| stream.name.as_str()).collect();
        let length = AHEAD + Duration::from_secs_f64(load.warm_up_s + load.seconds);
        let bar =
            crowd.stage.progress.time(&format!("load for {:.0} s: {}", length.as_secs_f64(), names.join(", ")), length);
        let streams = (first_stream, first_stream + count);
        // A target on this machine is one of the others, and is meant to be busy.
        let is_beside = crowd.stage.common.target.is_some() && crowd.places_are_local();
        let others = (!is_beside).then(Others::watch);
        Ok(Self { crowd, load: load.clone(), number, streams, begin_us, replies, others, _bar: bar })
    }

    /// The instant from which on it is measured.
    #[must_use]
    pub fn begins_us(&self) -> u64 {
        self.begin_us + clock::micros(Duration::from_secs_f64(self.load.warm_up_s))
    }

    /// Waits until the warm-up is over.
    ///
    /// # Errors
    /// When the run is given up.
    pub async fn warm(&self) -> Outcome<()> {
        self.at(0.0).await
    }

    /// Waits until so many seconds of the measured time are over.
    ///
    /// # Errors
    /// When the run is given up.
    pub async fn at(&self, seconds: f64) -> Outcome<()> {
        let then = self.begins_us() + clock::micros(Duration::from_secs_f64(seconds));
        self.crowd.stage.stop.sleep_until(then).await
    }

    /// Does not continue it; answers as [`Running::end`].
    ///
    /// # Errors
    /// As [`Running::end`].
    pub async fn stop(self) -> Outcome<Seen> {
        self.halt();
        self.end().await
    }

    /// Waits for its end, and until everyone who reads has everything, or for as long as the load says; answers what was seen.
    /// If the run is given up, at once, with what was seen so far.
    ///
    /// # Errors
    /// When a process ended.
    pub async fn end(mut self) -> Outcome<Seen> {
        let stop = self.crowd.stage.stop.clone();
        let replies = std::mem::take(&mut self.replies);
        let mut handed = std::pin::pin!(try_join_all(replies.into_iter().map(|reply| reply.answer(|_| ()))));
        let answers = tokio::select! {
            answers = &mut handed => answers?,
            () = stop.asked() => {
                self.halt();
                // What everyone is to have is not known then; what they saw is.
                timeout(GIVEN_UP, &mut handed).await.unwrap_or(Ok(Vec::new()))?
            }
        };
        #[allow(clippy::cast_precision_loss)] // hours at most
        let measured_s = clock::now_us().saturating_sub(self.begins_us()) as f64 / 1e6;
        let disturbed = self.others.as_ref().and_then(Others::doubt);
        let mut expected: Vec<Reached> = Vec::new();
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
        let replies = self.crowd.processes.iter().map(|process| process.order(What::Complete(order.clone())));
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
            // Its effect is the answer to the load.
            drop(process.order(What::Halt(self.number)));
        }
    }
}

impl Crowd {
    /// Of a stream, the part that each process does.
    #[allow(clippy::cast_precision_loss)] // thousands of people and conversations
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
            Action::Mail { letters, .. } => {
                for letter in letters {
                    counts[self.process_of(letter.from)] += 1;
                }
            }
            Action::List { people, .. }
            | Action::History { people, .. }
            | Action::MarkRead { people }
            | Action::Typing { people }
            | Action::Search { people, .. } => {
                for (number, bounds) in self.bounds.windows(2).enumerate() {
                    counts[number] = (bounds[0]..bounds[1]).filter(|person| people.has(*person)).count();
                }
            }
        }
        match counts.iter().sum::<usize>() {
            0 => Err(format!("there is nobody to carry out `{}`", stream.name).into()),
            all => Ok(counts.into_iter().map(|count| count as f64 / all as f64).collect()),
        }
    }
}

impl Seen {
    /// The first stream: the one there is, in most loads.
    ///
    /// # Panics
    /// Where the load had none.
    #[must_use]
    pub fn first(&self) -> &StreamSeen {
        &self.streams[0]
    }

    /// All that went wrong with requests.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.streams.iter().map(StreamSeen::errors).sum()
    }

    /// Reasons not to trust it; `p99_ms` is the latency it is about.
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

    /// The goals of every load, in a report: nothing lost, doubled, out of order or refused. And the reasons not to trust it.
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

/// As [`Seen::judge`], of counts alone.
#[allow(clippy::cast_precision_loss)] // counts of one run
pub fn judge(report: &mut Report, check: &Check, errors: u64) {
    // Where no message was sent there is nothing to say of any.
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
