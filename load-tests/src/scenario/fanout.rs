//! `fanout`: the cost of delivering every message of one large group to all members, compared with a loop that only
//! writes to sockets.

use async_trait::async_trait;
use clap::Args;

use super::{FRAME_HEADER_BYTES, Scenario, Stage, scaled};
use crate::{
    cli::options::{rate, seconds},
    Outcome,
    baseline::raw_send::RawSend,
    crowd::{Action, Load, Stream, UserSet},
    measure::schedule::Pace,
    report::{Figure, Report},
};

/// The members who write, in turn.
const SENDERS: u32 = 20;
const TEXT_BYTES: usize = 256;
const WARM_UP_S: f64 = 2.0;
/// How long the last deliveries may take.
const LATE_S: f64 = 10.0;

/// The parameters.
#[derive(Debug, Clone, Args)]
pub struct Fanout {
    /// The number of members of the group, all online.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u16).range(20..=15_000))]
    members: u16,
    /// Messages per second.
    #[arg(long, default_value_t = 20.0, value_parser = rate)]
    rate: f64,
    /// The duration in seconds, after a warm-up of two seconds.
    #[arg(long, default_value_t = 10.0, value_parser = seconds)]
    seconds: f64,
}

#[async_trait]
impl Scenario for Fanout {
    fn name(&self) -> String {
        "fanout".to_owned()
    }

    fn title(&self) -> String {
        "One large group, everyone online: every message is stored and delivered to each member.".to_owned()
    }

    #[allow(clippy::cast_precision_loss)] // counts of a few seconds
    async fn measure(&self, stage: &Stage, scale: f64, report: &mut Report) -> Outcome<Vec<Figure>> {
        let members = scaled(usize::from(self.members), scale, 1);
        report.workload("members online", members, "");
        report.workload("messages per second", self.rate, "1/s");
        report.workload("text", TEXT_BYTES, "B");

        let (_world, server, crowd) = stage.one_group(members, report).await?;

        let send = Action::Send { text_bytes: TEXT_BYTES, conversations: None, senders: SENDERS };
        let load = |seconds| Load {
            streams: vec![Stream { name: "send".to_owned(), action: send.clone(), pace: Pace::Steady(self.rate) }],
            seconds,
            late_s: LATE_S,
            ..Default::default()
        };
        // The warm-up is a load of its own, so that none of its messages is in transit when the CPU time is read.
        crowd.load(&load(WARM_UP_S)).await?;
        let before = server.reading().await?;
        let seen = crowd.load(&load(self.seconds)).await?;
        let spent = server.reading().await?.since(&before);

        let sent = seen.first();
        let delivered = sent.delivered as f64;
        let bytes = sent.delivered_bytes as f64 / delivered.max(1.0) + FRAME_HEADER_BYTES;
        report.workload("messages", sent.answered, "");
        report.metric("messages delivered", sent.delivered, "");
        report.metric("bytes of a delivered message, header included", bytes, "B");
        for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
            if let Some(ms) = sent.delivery.ms(quantile) {
                report.metric(format!("due to read, {name}"), ms, "ms");
            }
        }
        if let Some(ms) = sent.last_read.ms(0.99) {
            report.metric("due to read by the last member, p99", ms, "ms");
        }
        report.curve(sent.delivery.curve("due to read, every member"));
        report.curve(sent.last_read.curve("due to read, last member"));
        report.series(sent.p99_over_time("due to read, p99"));
        // No latency is judged, so only a long delay of the tool is a doubt.
        seen.judge(report, None);

        let mut costs = Vec::new();
        if let Some(frames) = spent.counter("causerie_frames_sent_total") {
            report.metric("all frames delivered, counts and replies included", frames, "");
        }
        if let Some(encodes) = spent.counter("causerie_frames_encoded_total") {
            // All users of the crowd use protobuf.
            report.at_most("encodes per message, one encoding in use", encodes / sent.answered.max(1) as f64, 1.0, "");
        }
        if let Some(writes) = spent.counter("causerie_socket_writes_total") {
            let writes = Figure::new("write calls per delivered message", writes / delivered, "");
            report.metrics.push(writes.clone());
            costs.push(writes);
        }
        if let Some(cpu_us) = spent.cpu_us {
            let cost = Figure::new("server CPU per delivered message", cpu_us / delivered, "us");
            let per_message = cost.value;
            report.metrics.push(cost.clone());
            costs.push(cost);
            crowd.leave(UserSet::All).await?;
            let raw = RawSend {
                sockets: members,
                bytes: bytes.round() as usize,
                pace: Pace::Steady(self.rate),
                seconds: self.seconds,
            };
            let (raw_cpu, raw_frames) = stage.doing("the raw loop", raw.measure()).await?;
            let raw_per_frame = raw_cpu.as_secs_f64() * 1e6 / raw_frames as f64;
            report.baseline("raw loop, CPU per frame", raw_per_frame, "us");
            report.at_most("server CPU per delivered message / raw loop", per_message / raw_per_frame, 1.3, "x");
            costs.push(Figure::new("the same / raw loop", per_message / raw_per_frame, "x"));
        }
        server.stop().await?;
        Ok(costs)
    }
}
