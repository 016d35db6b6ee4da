//! `two-nodes`: the cost of members who are connected to two nodes, and the fate of messages while Redis, which
//! carries them between the nodes, fails and returns.

use async_trait::async_trait;
use clap::Args;

use super::{Scenario, Stage, scaled};
use crate::{
    cli::options::{rate, seconds},
    Outcome,
    crowd::{self, Action, Crowd, Load, Seen, Stream, UserSet},
    measure::schedule::Pace,
    report::{Figure, Report},
    stop::Stopped,
    world::{Redis, Server, World},
};

/// Members of a group, one half on each node.
const GROUP: u32 = 10;
const TEXT_BYTES: usize = 256;
const WARM_UP_S: f64 = 3.0;
/// How long the last deliveries may take.
const LATE_S: f64 = 30.0;
/// Redis is killed this long after the beginning of the second load, stays away for this long, and the load continues
/// for this long.
const BEFORE_S: f64 = 5.0;
const AWAY_S: f64 = 5.0;
const AFTER_S: f64 = 10.0;
/// The largest additional latency of the other node, at the 99th percentile.
const ACROSS_MS_MAX: f64 = 2.0;

/// The parameters.
#[derive(Debug, Clone, Args)]
pub struct TwoNodes {
    /// The number of users, one half on each node, in groups of ten.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(20..=60_000))]
    sessions: u32,
    /// Messages per second at full size; fewer users write fewer messages.
    #[arg(long, default_value_t = 4_000.0, value_parser = rate)]
    rate: f64,
    /// The duration before Redis is killed, in seconds.
    #[arg(long, default_value_t = 20.0, value_parser = seconds)]
    seconds: f64,
}

/// The counts of Redis and of the nodes during a load.
struct Bus {
    /// Published signals about messages, counted by the nodes; each is a PUBLISH.
    published: f64,
    /// PUBLISH commands counted by Redis, heartbeats of the nodes included.
    publishes: f64,
    reads: f64,
    commands: f64,
    cpu_s: f64,
}

#[async_trait]
impl Scenario for TwoNodes {
    fn name(&self) -> String {
        "two-nodes".to_owned()
    }

    fn title(&self) -> String {
        "Groups whose members are split evenly between two nodes write to each other; then Redis is killed and comes back."
            .to_owned()
    }

    async fn measure(&self, stage: &Stage, scale: f64, report: &mut Report) -> Outcome<Vec<Figure>> {
        if stage.common.sqlite {
            return Err("--sqlite: two nodes need PostgreSQL and Redis".into());
        }
        let users = scaled(self.sessions as usize, scale, GROUP as usize);
        let groups = u32::try_from(users)? / GROUP;
        let rate = self.rate * f64::from(groups * GROUP) / f64::from(self.sessions);
        report.workload("sessions, half on each node", users, "");
        report.workload("groups of ten, split evenly", groups, "");
        report.workload("messages per second", rate, "1/s");
        report.workload("text", TEXT_BYTES, "B");

        let world = stage.world().await?;
        let nodes = [world.serve_as(0, &[]).await?, world.serve_as(1, &[]).await?];
        let redis = world.redis.as_ref().ok_or("two nodes need a Redis that was started here")?;
        let crowd = connect(stage, &world, &nodes, groups).await?;
        let load = |seconds: f64| Load {
            streams: vec![Stream {
                name: "send".to_owned(),
                action: Action::Send { text_bytes: TEXT_BYTES, conversations: None, senders: 0 },
                pace: Pace::Steady(rate),
            }],
            seconds,
            late_s: LATE_S,
            ..Default::default()
        };
        // The warm-up is a load of its own, so that none of its messages is in transit when the counts are read.
        crowd.load(&load(WARM_UP_S)).await?;
        let before = (nodes[0].reading().await?, nodes[1].reading().await?, redis.info()?);
        let steady = crowd.load(&load(self.seconds)).await?;
        let info = redis.info()?;
        let spent = (nodes[0].reading().await?.since(&before.0), nodes[1].reading().await?.since(&before.1));
        let grew = |name: &str| info.get(name).unwrap_or(&0.0) - before.2.get(name).unwrap_or(&0.0);
        let published = "causerie_published_total";
        let bus = Bus {
            published: spent.0.counter(published).unwrap_or(0.0) + spent.1.counter(published).unwrap_or(0.0),
            publishes: grew("cmdstat_publish") + grew("cmdstat_spublish"),
            reads: grew("total_reads_processed"),
            commands: grew("total_commands_processed"),
            cpu_s: grew("used_cpu_user") + grew("used_cpu_sys"),
        };
        let cpu_us = spent.0.cpu_us.zip(spent.1.cpu_us).map(|(one, other)| one + other);
        let costs = report_results(report, &steady, &bus, cpu_us);
        if let Err(stopped) = stage.stop.check() {
            judge(report, &[&steady]);
            return Err(stopped);
        }
        let disturbed = disturb(&crowd, redis, &load(BEFORE_S + AWAY_S + AFTER_S)).await?;
        judge(report, &[&steady, &disturbed]);
        report_disturbed_load(report, &disturbed);
        stage.stop.check()?;
        let [one, other] = nodes;
        one.stop().await?;
        other.stop().await?;
        Ok(costs)
    }
}

/// Connects all users to both nodes in turn.
async fn connect(stage: &Stage, world: &World, nodes: &[Server], groups: u32) -> Outcome<Crowd> {
    let crowd = stage.crowd(world, (groups * GROUP) as usize, GROUP as usize).await?;
    crowd.connect_to(&nodes.iter().collect::<Vec<_>>()).await?;
    crowd.introduce(UserSet::All).await?;
    crowd.groups((0..groups).map(|group| (group * GROUP..(group + 1) * GROUP).collect()).collect()).await?;
    crowd.connect(UserSet::All).await?;
    Ok(crowd)
}

/// Kills Redis in the middle of a load, and starts it again.
async fn disturb(crowd: &Crowd, redis: &Redis, load: &Load) -> Outcome<Seen> {
    let running = crowd.begin(load)?;
    let done = async {
        running.wait_until(BEFORE_S).await?;
        redis.crash();
        running.wait_until(BEFORE_S + AWAY_S).await?;
        redis.start_again().await
    };
    let done = done.await;
    let seen = running.end().await?;
    match done {
        Err(error) if !error.is::<Stopped>() => Err(error),
        _ => Ok(seen),
    }
}

/// Reports the undisturbed load. Returns the costs of a unit.
#[allow(clippy::cast_precision_loss)] // counts of one run
fn report_results(report: &mut Report, steady: &Seen, bus: &Bus, cpu_us: Option<f64>) -> Vec<Figure> {
    let sent = steady.first();
    let messages = sent.answered.max(1) as f64;
    let delivered = sent.delivered.max(1) as f64;
    report.workload("messages", sent.answered, "");
    report.metric("messages delivered", sent.delivered, "");
    let mut costs = vec![
        Figure::new("PUBLISH per message", bus.published / messages, ""),
        Figure::new("Redis reads per command", bus.reads / bus.commands.max(1.0), ""),
        Figure::new("Redis CPU per message", bus.cpu_s * 1e6 / messages, "us"),
    ];
    report.at_most("PUBLISH per message", costs[0].value, 1.0, "");
    report.at_most("Redis reads per command", costs[1].value, 0.25, "");
    report.note("PUBLISH per message is what nodes count; Redis' own count has their heartbeats in it");
    report.note(
        "Redis reads per command: times Redis read from a socket (total_reads_processed) per command it carried out \
         (total_commands_processed); commands that wait together come in one read",
    );
    report.metric("PUBLISH per message, heartbeats included", bus.publishes / messages, "");
    report.metrics.push(costs[2].clone());
    report.metric("Redis commands per message", bus.commands / messages, "");
    if let Some(cpu_us) = cpu_us {
        let cost = Figure::new("CPU of both nodes per delivered message", cpu_us / delivered, "us");
        report.metrics.push(cost.clone());
        costs.push(cost);
    }
    let same = sent.delivery.without(&sent.across);
    for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
        if let (Some(same), Some(across)) = (same.ms(quantile), sent.across.ms(quantile)) {
            report.metric(format!("due to read on the sender's node, {name}"), same, "ms");
            report.metric(format!("due to read on the other node, {name}"), across, "ms");
        }
    }
    if let (Some(same), Some(across)) = (same.ms(0.99), sent.across.ms(0.99)) {
        report.at_most("cross-node p99 beyond same-node p99", across - same, ACROSS_MS_MAX, "ms");
        for doubt in steady.doubts(Some(across)) {
            report.doubt(doubt);
        }
    }
    report.curve(same.curve("due to read, sender's node"));
    report.curve(sent.across.curve("due to read, other node"));
    costs
}

/// Reports the load during which Redis was away.
fn report_disturbed_load(report: &mut Report, disturbed: &Seen) {
    let sent = disturbed.first();
    report.metric("messages while Redis was killed and came back", sent.answered, "");
    for (name, took) in [("acknowledged", &sent.answer), ("read on the other node", &sent.across)] {
        if let (Some(p99), Some(max)) = (took.ms(0.99), took.ms(1.0)) {
            report.metric(format!("due to {name} then, p99"), p99, "ms");
            report.metric(format!("due to {name} then, max"), max, "ms");
        }
    }
    report.series(sent.p99_over_time("due to read while Redis was away from second 5 to 10, p99"));
    for doubt in disturbed.doubts(None) {
        report.doubt(format!("while Redis was away: {doubt}"));
    }
}

/// Judges losses and errors over all loads.
fn judge(report: &mut Report, loads: &[&Seen]) {
    let Some(last) = loads.last() else { return };
    crowd::judge(report, &last.check, loads.iter().map(|seen| seen.errors()).sum());
    for (error, count) in loads.iter().flat_map(|seen| &seen.first().refused) {
        report.note(format!("{count} times: {error}"));
    }
}
