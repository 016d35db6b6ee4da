//! `latency`: the time from storing a message until all members of its group have read it.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use async_trait::async_trait;
use clap::Args;
use sea_orm::sqlx;
use uuid::Uuid;

use super::{
    Scenario, Stage,
    reads::{self, Read},
    scaled,
};
use crate::{
    cli::options::{rate, seconds},
    Outcome,
    baseline::disk,
    crowd::{Action, Load, Stream, UserSet},
    measure::{Latencies, clock, schedule::Pace},
    report::{Figure, Report},
    world::Postgres,
};

/// Members of each group.
const GROUP: usize = 10;
const TEXT_BYTES: usize = 256;
const WARM_UP_S: f64 = 5.0;
/// How long the last deliveries may take.
const LATE_S: f64 = 10.0;
const BASELINE: Duration = Duration::from_secs(2);
/// The largest correction of the machine's clock during the measurement; with a larger one the result is worthless.
const CLOCK_SET_US: i64 = 200;

const COMMITS: &str = "SELECT conversation_id, seq, (EXTRACT(EPOCH FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint
    FROM messages";

/// The parameters.
#[derive(Debug, Clone, Args)]
pub struct Latency {
    /// The number of sessions, in groups of ten.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(10..=200_000))]
    sessions: u32,
    /// Messages per second at full size.
    #[arg(long, default_value_t = 1_500.0, value_parser = rate)]
    rate: f64,
    /// The duration in seconds, after a warm-up of five seconds.
    #[arg(long, default_value_t = 30.0, value_parser = seconds)]
    seconds: f64,
}

#[async_trait]
impl Scenario for Latency {
    fn name(&self) -> String {
        "latency".to_owned()
    }

    fn title(&self) -> String {
        format!("Groups of {GROUP} who write to each other: from a message stored to the last member's read.")
    }

    async fn measure(&self, stage: &Stage, scale: f64, report: &mut Report) -> Outcome<Vec<Figure>> {
        let sessions = scaled(self.sessions as usize, scale, GROUP);
        let rate = self.rate * scale;
        report.workload("sessions", sessions, "");
        report.workload(format!("groups of {GROUP}"), sessions / GROUP, "");
        report.workload("messages per second", rate, "1/s");
        report.workload("text", TEXT_BYTES, "B");
        report.workload("measured for", self.seconds, "s");

        let world = stage.world().await?;
        world.note_missing(report);
        let server = world.serve(&[]).await?;
        let crowd = stage.crowd(&world, sessions, GROUP).await?;
        crowd.connect_to(&[&server]).await?;
        crowd.introduce(UserSet::All).await?;
        let everyone: Vec<u32> = (0..crowd.users()).collect();
        crowd.groups(everyone.chunks(GROUP).map(<[u32]>::to_vec).collect()).await?;
        crowd.connect(UserSet::All).await?;

        let send = Action::Send { text_bytes: TEXT_BYTES, conversations: None, senders: 0 };
        let load = Load {
            streams: vec![Stream { name: "send".to_owned(), action: send, pace: Pace::Steady(rate) }],
            seconds: self.seconds,
            warm_up_s: WARM_UP_S,
            late_s: LATE_S,
            reads_in: Some(world.path().to_owned()),
        };
        let ahead_us = wall_ahead_us();
        let running = crowd.begin(&load)?;
        running.wait_for_warm_up().await?;
        let before = server.reading().await?;
        running.wait_until(self.seconds).await?;
        let spent = server.reading().await?.since(&before);
        let seen = running.end().await?;

        let sent = seen.first();
        report.metric("messages acknowledged", sent.answered, "");
        report.metric("messages delivered", sent.delivered, "");
        for (name, latencies) in [
            ("due to acknowledged", &sent.answer),
            ("due to read, every member", &sent.delivery),
            ("due to read, last member", &sent.last_read),
        ] {
            percentiles(report, name, latencies);
            report.curve(latencies.curve(name));
        }
        report.series(sent.p99_over_time("due to read, p99"));

        let mut costs = Vec::new();
        #[allow(clippy::cast_precision_loss)] // messages of a minute
        if let Some(cpu_us) = spent.cpu_us {
            costs.push(Figure::new("server CPU per message", cpu_us / (sent.answered as f64), "us"));
        }
        let p99_ms = match &world.postgres {
            Some(postgres) => {
                let moved_us = wall_ahead_us();
                let stored = stage.doing("times of commit are read", commits(postgres)).await?;
                let took = since_commit(&reads::of(world.path())?, &stored, moved_us, report);
                if (moved_us - ahead_us).abs() > CLOCK_SET_US {
                    report.doubt(format!("the machine's clock was set by {} us meanwhile", moved_us - ahead_us));
                }
                percentiles(report, "commit to last member's read", &took);
                report.curve(took.curve("commit to last member's read"));
                if let Some((p99, p999)) = took.ms(0.99).zip(took.ms(0.999)) {
                    report.at_most("commit to last member's read, p99", p99, 3.0, "ms");
                    report.at_most("commit to last member's read, p99.9", p999, 10.0, "ms");
                    costs.push(Figure::new("commit to last member's read, p99", p99, "ms"));
                }
                let disk = stage.doing("fdatasync", disk::fdatasync(world.path(), BASELINE)).await?;
                for (name, quantile) in [("p50", 0.5), ("p99", 0.99)] {
                    if let Some(ms) = disk.ms(quantile) {
                        report.baseline(format!("fdatasync, {name}"), ms, "ms");
                    }
                }
                report.note(
                    "PostgreSQL notes a commit's time when it makes the commit record, before that is on disk: what is counted \
                     from it has the wait for the disk in it",
                );
                took.ms(0.99)
            }
            None => {
                report.note("no time of commit is known here, so no goal is judged: latencies count from when a message was due");
                sent.last_read.ms(0.99)
            }
        };
        seen.judge(report, p99_ms);
        report.metrics.extend(costs.iter().filter(|cost| cost.unit == "us").cloned());
        crowd.leave(UserSet::All).await?;
        server.stop().await?;
        Ok(costs)
    }
}

fn percentiles(report: &mut Report, name: &str, latencies: &Latencies) {
    for (quantile, value) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("max", 1.0)] {
        if let Some(ms) = latencies.ms(value) {
            report.metric(format!("{name}, {quantile}"), ms, "ms");
        }
    }
}

/// The commit time of each message, by the machine's clock.
async fn commits(postgres: &Postgres) -> Outcome<HashMap<(Uuid, i64), i64>> {
    let rows: Vec<(Uuid, i64, i64)> = sqlx::query_as(COMMITS).fetch_all(postgres.pool()).await?;
    Ok(rows.into_iter().map(|(conversation, seq, at_us)| ((conversation, seq), at_us)).collect())
}

/// The time from commit to the last read. `ahead_us` is the difference between the machine's clock and the run's clock.
fn since_commit(reads: &[Read], commits: &HashMap<(Uuid, i64), i64>, ahead_us: i64, report: &mut Report) -> Latencies {
    let (mut took, mut unknown) = (Latencies::new(), 0_u64);
    for read in reads {
        match commits.get(&(read.conversation, read.seq)) {
            Some(at_us) => took.record(read.read_us.saturating_sub(u64::try_from(at_us - ahead_us).unwrap_or(0))),
            None => unknown += 1,
        }
    }
    #[allow(clippy::cast_precision_loss)] // messages of a minute
    report.at_most("messages read that are not stored", unknown as f64, 0.0, "");
    took
}

/// The difference between the machine's clock, which may be corrected, and the run's clock, which never steps.
fn wall_ahead_us() -> i64 {
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, clock::micros);
    i64::try_from(wall).unwrap_or(0) - i64::try_from(clock::now_us()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_count_from_their_commit() {
        let read = |seq, read_us| Read { conversation: Uuid::nil(), seq, due_us: 0, read_us };
        let commits = HashMap::from([((Uuid::nil(), 1), 11_000), ((Uuid::nil(), 2), 12_000)]);
        let mut report = Report::new("latency");
        let took = since_commit(&[read(1, 12_000), read(2, 15_000), read(3, 9)], &commits, 1_000, &mut report);
        assert_eq!((took.count(), took.ms(0.5), report.goals[0].met), (2, Some(2.0), false));
        assert!(took.ms(1.0).is_some_and(|ms| (ms - 4.0).abs() < 0.01));
    }

    #[test]
    fn both_clocks_are_close_on_a_quiet_machine() {
        assert!(wall_ahead_us().abs() < 1_000_000);
    }
}
