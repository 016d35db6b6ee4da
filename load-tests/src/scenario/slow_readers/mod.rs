//! `slow-readers`: some members of a group stop reading for a while. Measures their cost, the effect on the other
//! members, and whether the slow readers get all messages afterwards.

mod memory;

use std::time::Duration;

use async_trait::async_trait;
use clap::Args;

use self::memory::Memory;
use super::{Scenario, Stage, scaled};
use crate::{
    cli::options::{rate, seconds},
    Outcome,
    crowd::{self, Action, Crowd, Load, Seen, Stream, UserSet},
    measure::{Latencies, clock, schedule::Pace},
    report::{Figure, Report},
    world::Server,
};

/// The members who write, in turn. All of them read.
const SENDERS: usize = 20;
const TEXT_BYTES: usize = 1_024;
/// One of this many members stops reading.
const SLOW: usize = 10;
/// The duration of loads that are not measured: at the beginning, and while the slow readers return.
const ASIDE_S: f64 = 10.0;
/// How long the last deliveries may take.
const LATE_S: f64 = 10.0;
/// How long the slow readers may take to get all messages.
const PATIENCE: Duration = Duration::from_secs(60);

/// The parameters.
#[derive(Debug, Clone, Args)]
pub struct SlowReaders {
    /// The number of members of the group, all online; a tenth of them stops reading.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u16).range(100..=15_000))]
    members: u16,
    /// Messages per second.
    #[arg(long, default_value_t = 50.0, value_parser = rate)]
    rate: f64,
    /// How long they do not read, in seconds. The same time is measured without slow readers, one half before and the
    /// other half after.
    #[arg(long, default_value_t = 60.0, value_parser = seconds)]
    seconds: f64,
}

/// A load and the maximum of memory during it.
struct Measured {
    seen: Seen,
    memory: Option<Memory>,
}

#[async_trait]
impl Scenario for SlowReaders {
    fn name(&self) -> String {
        "slow-readers".to_owned()
    }

    fn title(&self) -> String {
        let percent = 100 / SLOW;
        format!("One group, everyone online; {percent} % of it stops reading for {} s, and comes back.", self.seconds)
    }

    #[allow(clippy::cast_precision_loss)] // thousands of users
    async fn measure(&self, stage: &Stage, scale: f64, report: &mut Report) -> Outcome<Vec<Figure>> {
        let members = scaled(usize::from(self.members), scale, 1);
        let count = (members / SLOW).max(1);
        report.workload("members online", members, "");
        report.workload("of them slow readers", count, "");
        report.workload("messages per second", self.rate, "1/s");
        report.workload("text", TEXT_BYTES, "B");
        report.workload("not read for", self.seconds, "s");

        let (_world, server, crowd) = stage.one_group(members, report).await?;
        let slow = UserSet::Span(u32::try_from(members - count)?, crowd.users());

        let senders = u32::try_from(SENDERS.min(members - count))?;
        let send = Action::Send { text_bytes: TEXT_BYTES, conversations: None, senders };
        let load = |seconds| Load {
            streams: vec![Stream { name: "send".to_owned(), action: send.clone(), pace: Pace::Steady(self.rate) }],
            seconds,
            late_s: LATE_S,
            ..Default::default()
        };
        let warm_up = crowd.load(&load(ASIDE_S)).await?;
        // One half before and one half after, because the speed of a machine drifts within minutes.
        let first = measured(&crowd, &server, &load(self.seconds / 2.0)).await?;
        crowd.stop_reading(slow.clone()).await?;
        stage.progress.print("a tenth does not read");
        let start = server.reading().await?;
        let with = measured(&crowd, &server, &load(self.seconds)).await?;
        let spent = server.reading().await?.since(&start);

        let mut costs = Vec::new();
        if let Some((without, with)) = first.memory.zip(with.memory) {
            let per_reader = |bytes: f64| bytes / count as f64 / 1_024.0;
            report.metric("RSS per slow reader", per_reader(with.rss - without.rss), "KiB");
            report.metric("kernel memory per slow reader", per_reader(with.kernel - without.kernel), "KiB");
            let all = per_reader(with.all() - without.all());
            report.at_most("memory per slow reader, kernel included", all, 256.0, "KiB");
            costs.push(Figure::new("memory per slow reader, kernel included", all, "KiB"));
        } else if server.pid().is_some() {
            report.note("memory per slow reader is not known: what the kernel holds is told by `ss` of iproute2, which is not here");
        }
        if let Some(closed) = spent.counter("causerie_closes_total") {
            report.metric("slow readers closed by the server", closed, "");
        }

        let back = crowd.begin(&load(ASIDE_S))?;
        back.wait_for_warm_up().await?;
        // Slow readers who are still connected read the waiting frames; the others connect again.
        let summary = crowd.reconnect(slow, clock::now_us(), PATIENCE).await?;
        let back = back.end().await?;
        report.metric("slow readers told that they missed something", back.check.parted, "");
        report.metric("slow readers who had to connect again", summary.tried_again, "");
        if let Some(ms) = summary.took.ms(1.0) {
            report.metric("slow readers live and complete, the last one after", ms / 1e3, "s");
        }
        for reason in &summary.reasons {
            report.note(format!("a slow reader is not complete: {reason}"));
        }
        report.at_most("slow readers not complete in the end", summary.failed as f64, 0.0, "");

        let second = measured(&crowd, &server, &load(self.seconds / 2.0)).await?;
        let mut delivery = first.seen.first().delivery.clone();
        delivery.merge(&second.seen.first().delivery);
        let p99 = self.compare(&delivery, &with.seen, report);
        costs.extend(p99.map(|(without, with)| Figure::new("healthy p99 / without slow readers", with / without, "x")));

        let errors = [&warm_up, &first.seen, &with.seen, &back, &second.seen].map(Seen::errors).iter().sum();
        crowd::judge(report, &second.seen.check, errors);
        for measured in [&first, &with, &second] {
            for doubt in measured.seen.doubts(p99.map(|(without, _)| without)) {
                report.doubt(doubt);
            }
        }
        report.note("a peer that is silent for two heartbeats is closed by the server: slow readers then have to connect again");
        server.stop().await?;
        Ok(costs)
    }
}

impl SlowReaders {
    /// The effect on the other members: the 99th percentile without and with slow readers.
    fn compare(&self, without: &Latencies, with: &Seen, report: &mut Report) -> Option<(f64, f64)> {
        let healthy = &with.first().delivery;
        for (name, latencies) in [("without slow readers", without), ("healthy beside slow readers", healthy)] {
            for (quantile, value) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
                if let Some(ms) = latencies.ms(value) {
                    report.metric(format!("due to read, {name}, {quantile}"), ms, "ms");
                }
            }
            report.curve(latencies.curve(&format!("due to read, {name}")));
        }
        report.series(with.first().p99_over_time("due to read, healthy beside slow readers, p99"));
        let (without, with) = without.ms(0.99).zip(healthy.ms(0.99))?;
        report.at_most("healthy p99 / without slow readers", with / without, 1.2, "x");
        Some((without, with))
    }
}

/// Runs a load and reads the memory every second.
async fn measured(crowd: &Crowd, server: &Server, load: &Load) -> Outcome<Measured> {
    let running = crowd.begin(load)?;
    let mut most: Option<Memory> = None;
    let mut at_s = 0.0;
    while at_s < load.seconds {
        at_s = load.seconds.min(at_s + 1.0);
        running.wait_until(at_s).await?;
        if let Some(now) = Memory::of(server).await? {
            most = Some(most.map_or(now, |most| most.or_larger(now)));
        }
    }
    Ok(Measured { seen: running.end().await?, memory: most })
}
