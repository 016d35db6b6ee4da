//! `fanout`: what it costs to deliver every message of one large group to everyone, compared with a loop that only writes.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use causerie_protocol::wire;
use clap::Args;
use hdrhistogram::Histogram;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use uuid::Uuid;
use wire::{event::Kind, request::Command, server_frame::Body};

use super::{latency_histogram, note_load, percentile_ms, progress};
use crate::{
    Outcome, baseline::raw_send::RawSend, cli::Common, crowd::Crowd, metrics::Counters, process, report::Report,
    schedule::Schedule, socket::Socket,
};

/// The people who write, in turn.
const SENDERS: usize = 20;
const TEXT_BYTES: usize = 256;
const WARM_UP: Duration = Duration::from_secs(2);
/// How long the last deliveries may take.
const LATE: Duration = Duration::from_secs(10);
/// A server's frame header for a payload of 126 to 65,535 bytes (RFC 6455 §5.2).
const HEADER_BYTES: usize = 4;

/// What to do.
#[derive(Debug, Clone, Args)]
pub struct Fanout {
    #[command(flatten)]
    pub common: Common,
    /// Members of the group, all online.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u16).range(20..=9_000))]
    members: u16,
    /// Messages per second.
    #[arg(long, default_value_t = 20.0)]
    rate: f64,
    /// How long, in seconds, after a warm-up of two.
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
}

/// What all members together saw.
struct Seen {
    began: Instant,
    messages: AtomicU64,
    frames: AtomicU64,
    payload_bytes: AtomicU64,
    latencies: Mutex<Histogram<u64>>,
}

impl Fanout {
    /// Carries it out.
    ///
    /// # Errors
    /// When the server refuses or ends, or a message does not arrive everywhere.
    #[allow(clippy::cast_precision_loss)] // counts of a few seconds
    pub async fn run(&self) -> Outcome<Report> {
        let mut report = Report::new("fanout");
        note_load(&mut report);
        let members = usize::from(self.members);
        let (world, signer) = crate::spawn::World::start(&self.common).await?;
        let server = world.serve(&[]).await?;
        let crowd = Crowd { server: server.public, signer: &signer };
        progress(&format!("{members} people in one group"));
        crowd.introduce(0..members).await?;
        let group = crowd.groups(vec![(0..members).collect()]).await?.remove(0);
        let seen = Arc::new(Seen {
            began: Instant::now(),
            messages: AtomicU64::new(0),
            frames: AtomicU64::new(0),
            payload_bytes: AtomicU64::new(0),
            latencies: Mutex::new(latency_histogram()),
        });
        let (mut sockets, mut senders) = (JoinSet::new(), Vec::new());
        for socket in crowd.enter(0..members).await? {
            let (sender, due) = mpsc::unbounded_channel();
            senders.push(sender);
            sockets.spawn(member(socket, group.clone(), due, Arc::clone(&seen)));
        }
        senders.truncate(SENDERS);

        progress("messages flow");
        self.send(WARM_UP, &senders, &seen, members).await?;
        seen.reset();
        let (counters, before) = (Counters::read(server.internal).await?, process::cpu(server.pid())?);
        let sent = self.send(Duration::from_secs_f64(self.seconds), &senders, &seen, members).await?;
        let cpu = (process::cpu(server.pid())? - before).as_secs_f64() * 1e6;
        let after = Counters::read(server.internal).await?;
        if let Some(ended) = sockets.try_join_next() {
            return Err(format!("a member's connection ended: {:?}", ended?.err()).into());
        }
        let delivered = seen.messages.load(Ordering::Relaxed);
        let frames = seen.frames.load(Ordering::Relaxed);
        let bytes = usize::try_from(seen.payload_bytes.load(Ordering::Relaxed) / delivered.max(1))? + HEADER_BYTES;

        progress("the raw loop");
        let raw = RawSend { sockets: members, bytes, rate: self.rate, seconds: self.seconds };
        let (raw_cpu, raw_frames) = raw.measure().await?;
        if raw_frames != sent * members as u64 {
            return Err(format!("the raw loop delivered {raw_frames} frames").into());
        }
        sockets.shutdown().await;
        server.stop().await?;

        let per_message = cpu / delivered as f64;
        let raw_per_frame = raw_cpu.as_secs_f64() * 1e6 / raw_frames as f64;
        let latencies = seen.latencies.lock().unwrap_or_else(PoisonError::into_inner).clone();
        report.workload("members online", members, "");
        report.workload("messages per second", self.rate, "1/s");
        report.workload("messages", sent, "");
        report.metric("messages delivered", delivered, "");
        report.metric("all frames delivered, counts and replies included", frames, "");
        report.metric("bytes of a delivered message, header included", bytes, "B");
        report.metric("server CPU per delivered message", per_message, "us");
        report.metric("server CPU per frame of any kind", cpu / frames as f64, "us");
        report.metric(
            "write calls per delivered message",
            after.since(&counters, "causerie_socket_writes_total") / delivered as f64,
            "",
        );
        for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
            report.metric(format!("schedule to read, {name}"), percentile_ms(&latencies, quantile), "ms");
        }
        report.baseline("raw loop, CPU per frame", raw_per_frame, "us");
        report.at_most("server CPU per delivered message / raw loop", per_message / raw_per_frame, 1.3, "x");
        Ok(report)
    }

    /// Sends on schedule and waits until everyone has everything; answers how many messages.
    async fn send(
        &self,
        length: Duration,
        senders: &[mpsc::UnboundedSender<Instant>],
        seen: &Seen,
        members: usize,
    ) -> Outcome<u64> {
        let before = seen.messages.load(Ordering::Relaxed);
        let (mut schedule, mut sent) = (Schedule::new(self.rate, length), 0);
        for sender in senders.iter().cycle() {
            let Some(due) = schedule.next().await else { break };
            sender.send(due).map_err(|_| "a sender's connection ended")?;
            sent += 1;
        }
        let all = before + sent * members as u64;
        let complete = async {
            while seen.messages.load(Ordering::Acquire) < all {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(LATE, complete)
            .await
            .map_err(|_| format!("{} of {all} deliveries are missing", all - seen.messages.load(Ordering::Relaxed)))?;
        Ok(sent)
    }
}

impl Seen {
    fn reset(&self) {
        for counter in [&self.messages, &self.frames, &self.payload_bytes] {
            counter.store(0, Ordering::Relaxed);
        }
        self.latencies.lock().unwrap_or_else(PoisonError::into_inner).reset();
    }

    /// The text begins with the time it was due, counted from `began`.
    fn message(&self, message: &wire::Message) {
        let now_us = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let due_us = message.text.split(' ').next().and_then(|due| due.parse().ok()).unwrap_or(0);
        self.latencies.lock().unwrap_or_else(PoisonError::into_inner).saturating_record(now_us.saturating_sub(due_us));
    }
}

/// Reads everything; writes when it is due.
async fn member(
    mut socket: Socket,
    group: String,
    mut due: mpsc::UnboundedReceiver<Instant>,
    seen: Arc<Seen>,
) -> Outcome<()> {
    loop {
        tokio::select! {
            body = socket.next_sized() => {
                let (body, bytes) = body?;
                seen.frames.fetch_add(1, Ordering::Relaxed);
                if let Body::Event(wire::Event { kind: Some(Kind::MessageSent(event)) }) = body {
                    if let Some(message) = &event.message {
                        seen.message(message);
                    }
                    seen.payload_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
                    // Last: whoever waits for it then finds the rest.
                    seen.messages.fetch_add(1, Ordering::Release);
                }
            }
            Some(due) = due.recv() => {
                let due_us = (due - seen.began).as_micros();
                let text = format!("{:x<TEXT_BYTES$}", format!("{due_us} "));
                let client_id = Uuid::now_v7().to_string();
                let send = wire::SendMessage { conversation_id: group.clone(), client_id, text };
                socket.send(1, Command::SendMessage(send)).await?;
            }
        }
    }
}
