//! `burst`: many messages at once in one group, such as the answers of all members to one question.

use std::collections::BTreeMap;

use async_trait::async_trait;
use clap::Args;

use super::{
    FRAME_HEADER_BYTES, Scenario, Stage,
    reads::{self, Read},
    scaled,
};
use crate::{
    Outcome,
    baseline::raw_send::RawSend,
    crowd::{Action, Load, Stream, UserSet},
    measure::schedule::Pace,
    report::{Figure, Report},
};

/// The members who write, in turn.
const SENDERS: u32 = 20;
const TEXT_BYTES: usize = 256;
/// Messages of a burst.
const MESSAGES: u32 = 200;
/// The duration of a burst.
const WITHIN_MS: u32 = 50;
/// The time between the beginnings of two bursts.
const EVERY_S: f64 = 5.0;
/// How long the last deliveries may take.
const LATE_S: f64 = 10.0;

/// The parameters.
#[derive(Debug, Clone, Args)]
pub struct Burst {
    /// The number of members of the group, all online.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u16).range(20..=15_000))]
    members: u16,
    /// The number of measured bursts, one every 5 s, after one burst that is not measured.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    bursts: u32,
}

#[async_trait]
impl Scenario for Burst {
    fn name(&self) -> String {
        "burst".to_owned()
    }

    fn title(&self) -> String {
        format!("One group, everyone online: {MESSAGES} messages within {WITHIN_MS} ms, every {EVERY_S} s.")
    }

    #[allow(clippy::cast_precision_loss)] // counts of a minute
    async fn measure(&self, stage: &Stage, scale: f64, report: &mut Report) -> Outcome<Vec<Figure>> {
        let members = scaled(usize::from(self.members), scale, 1);
        report.workload("members online", members, "");
        report.workload("messages of a burst", MESSAGES, "");
        report.workload("a burst within", WITHIN_MS, "ms");
        report.workload("from burst to burst", EVERY_S, "s");
        report.workload("bursts", self.bursts, "");
        report.workload("text", TEXT_BYTES, "B");

        let (world, server, crowd) = stage.one_group(members, report).await?;

        let pace = Pace::Bursts { count: MESSAGES, within_ms: WITHIN_MS, every_s: EVERY_S };
        let send = Action::Send { text_bytes: TEXT_BYTES, conversations: None, senders: SENDERS };
        let load = |bursts: u32| Load {
            streams: vec![Stream { name: "send".to_owned(), action: send.clone(), pace }],
            seconds: EVERY_S * f64::from(bursts),
            late_s: LATE_S,
            reads_in: Some(world.path().to_owned()),
            ..Default::default()
        };
        crowd.load(&load(1)).await?;
        let before = server.reading().await?;
        let seen = crowd.load(&load(self.bursts)).await?;
        let spent = server.reading().await?.since(&before);

        let sent = seen.first();
        let delivered = sent.delivered as f64;
        let bytes = sent.delivered_bytes as f64 / delivered.max(1.0) + FRAME_HEADER_BYTES;
        report.metric("messages delivered", sent.delivered, "");
        report.metric("bytes of a delivered message, header included", bytes, "B");
        for (name, latencies) in [("ack", &sent.answer), ("due to read", &sent.delivery)] {
            for (quantile, value) in [("p50", 0.5), ("p99", 0.99)] {
                if let Some(ms) = latencies.ms(value) {
                    report.metric(format!("{name}, {quantile}"), ms, "ms");
                }
            }
        }
        report.curve(sent.answer.curve("due to acknowledged"));
        report.curve(sent.delivery.curve("due to read, every member"));
        report.curve(sent.last_read.curve("due to read, last member"));
        let ends = ends_s(&reads::of(world.path())?);
        let worst_s = ends.iter().copied().reduce(f64::max);
        if let Some(worst_s) = worst_s {
            report.metric("last send to last delivery, mean of all bursts", ends.iter().sum::<f64>() / ends.len() as f64, "s");
            report.at_most("last send to last delivery, worst burst", worst_s, 0.5, "s");
        }
        seen.judge(report, worst_s.map(|worst_s| worst_s * 1e3));

        let mut costs = Vec::new();
        if let Some(writes) = spent.counter("causerie_socket_writes_total") {
            report.at_most("write calls per delivered message", writes / delivered, 0.15, "");
            costs.push(Figure::new("write calls per delivered message", writes / delivered, ""));
        }
        if let Some(cpu_us) = spent.cpu_us {
            let per_burst = cpu_us / f64::from(self.bursts);
            report.metric("server CPU per burst", per_burst / 1e3, "ms");
            costs.push(Figure::new("server CPU per delivered message", cpu_us / delivered, "us"));
            crowd.leave(UserSet::All).await?;
            let raw =
                RawSend { sockets: members, bytes: bytes.round() as usize, pace, seconds: EVERY_S * f64::from(self.bursts) };
            let (raw_cpu, _) = stage.doing("the raw loop", raw.measure()).await?;
            let raw_per_burst = raw_cpu.as_secs_f64() * 1e6 / f64::from(self.bursts);
            report.baseline("raw loop, CPU per burst", raw_per_burst / 1e3, "ms");
            report.at_most("server CPU per burst / raw loop", per_burst / raw_per_burst, 0.35, "x");
            costs.push(Figure::new("server CPU per burst / raw loop", per_burst / raw_per_burst, "x"));
        }
        server.stop().await?;
        Ok(costs)
    }
}

/// For each burst, the time from its last send to its last delivery, in seconds.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // minutes
fn ends_s(reads: &[Read]) -> Vec<f64> {
    let Some(first_us) = reads.iter().map(|read| read.due_us).min() else { return Vec::new() };
    let mut bursts: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    for read in reads {
        let (sent_us, read_us) = bursts.entry((read.due_us - first_us) / (EVERY_S * 1e6) as u64).or_default();
        *sent_us = read.due_us.max(*sent_us);
        *read_us = read.read_us.max(*read_us);
    }
    bursts.into_values().map(|(sent_us, read_us)| read_us.saturating_sub(sent_us) as f64 / 1e6).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_burst_has_an_end() {
        let read = |due_us, read_us| Read { conversation: Uuid::nil(), seq: 1, due_us, read_us };
        let reads = [read(100_000, 400_000), read(140_000, 300_000), read(5_100_000, 5_200_000), read(5_149_000, 5_349_000)];
        let ends = ends_s(&reads);
        assert!(ends.len() == 2 && (ends[0] - 0.26).abs() < 1e-9 && (ends[1] - 0.2).abs() < 1e-9, "{ends:?}");
        assert!(ends_s(&[]).is_empty());
    }
}
