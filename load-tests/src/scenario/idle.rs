//! `idle`: the cost of an idle session that is joined to all its conversations.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use clap::Args;

use super::{Scenario, Stage, scaled};
use crate::{
    Outcome,
    crowd::{UserSet, judge},
    measure::{process, saturation::Others},
    report::{Figure, Report},
};

/// Users per group.
const GROUP: usize = 100;
/// Sessions that connect and leave before the empty server is measured, so that code, connections and caches that the
/// server has anyway are loaded.
const WARM_UP: u32 = 50;
/// The pause before memory is read. In it the allocations of the ramp are freed and pools shrink.
const SETTLE: Duration = Duration::from_secs(10);
/// How often all users leave and return.
const RETURNS: usize = 2;

/// The parameters.
#[derive(Debug, Clone, Args)]
pub struct Idle {
    /// The number of authenticated sessions: a multiple of 100.
    #[arg(long, default_value_t = 19_000, value_parser = sessions)]
    sessions: usize,
    /// The number of groups of 100 that each user is in.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(0..=100))]
    conversations: u16,
    /// How long CPU time is measured, in seconds. The default is two heartbeats of 25 s; in a shorter time only some
    /// sessions are pinged. Memory is read at the end, 60 s after the last session connected.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
}

/// Memory at one moment.
struct Memory {
    rss: Option<f64>,
    slab: Option<f64>,
}

#[async_trait]
impl Scenario for Idle {
    fn name(&self) -> String {
        "idle".to_owned()
    }

    fn title(&self) -> String {
        format!(
            "Idle sessions, each joined to {} groups of {GROUP}; then all disconnect and return.",
            self.conversations
        )
    }

    #[allow(clippy::cast_precision_loss)] // thousands of sessions, megabytes of memory
    async fn measure(&self, stage: &Stage, scale: f64, report: &mut Report) -> Outcome<Vec<Figure>> {
        let sessions = scaled(self.sessions, scale, GROUP);
        let groups = groups(sessions, usize::from(self.conversations));
        report.workload("sessions", sessions, "");
        report.workload("conversations each", usize::from(self.conversations), "");
        report.workload("groups", groups.len(), "");
        report.workload("CPU read for", self.seconds, "s");

        let world = stage.world().await?;
        world.note_missing(report);
        let first = world.serve(&[]).await?;
        let crowd = stage.crowd(&world, sessions, GROUP).await?;
        crowd.connect_to(&[&first]).await?;
        crowd.introduce(UserSet::All).await?;
        crowd.groups(groups).await?;
        first.stop().await?;

        // A new process, so that its memory contains nothing of the creation of users and groups.
        let server = world.serve(&[]).await?;
        let memory = async || {
            let rss = server.reading().await?.rss_bytes.map(|bytes| bytes as f64);
            Outcome::Ok(Memory { rss, slab: process::socket_slab_bytes().map(|bytes| bytes as f64) })
        };
        crowd.connect_to(&[&server]).await?;
        crowd.introduce(UserSet::Span(0, WARM_UP)).await?;
        stage.wait("the empty server settles", SETTLE).await?;
        let (empty, before) = (memory().await?, server.reading().await?);
        let began = Instant::now();
        crowd.connect(UserSet::All).await?;
        let (ramp, ramped) = (began.elapsed(), server.reading().await?.since(&before));
        let count = sessions as f64;
        report.metric("ramp, sessions", count / ramp.as_secs_f64(), "1/s");
        if let Some(cpu_us) = ramped.cpu_us {
            report.metric("ramp, CPU per session", cpu_us / count, "us");
        }
        stage.wait("the full server settles", SETTLE).await?;
        let early = memory().await?;
        let (before, others) = (server.reading().await?, Others::watch());
        stage.wait("CPU is read", Duration::from_secs(self.seconds)).await?;
        let spent = server.reading().await?.since(&before);
        if let Some(doubt) = others.doubt() {
            report.doubt(doubt);
        }
        let full = memory().await?;

        let mut costs = Vec::new();
        let per_session = |one: &Memory| Some((one.rss? - empty.rss?).max(0.0) / count);
        if let Some((rss, soon)) = per_session(&full).zip(per_session(&early)) {
            report.metric("RSS, empty", empty.rss.unwrap_or_default() / 1e6, "MB");
            report.metric("RSS, full", full.rss.unwrap_or_default() / 1e6, "MB");
            report.metric("RSS per session, before reading CPU", soon, "B");
            costs.push(Figure::new("RSS per session", rss, "B"));
            report.at_most("RSS per session", rss / 1e3, 4.0, "KB");
            match empty.slab.zip(full.slab) {
                Some((empty, full)) => {
                    // Both ends of each connection are sockets of this machine and cost the kernel the same.
                    let slab = (full - empty) / count / 2.0;
                    report.baseline("kernel slab per socket", slab, "B");
                    report.at_most("RSS per session / kernel slab per socket", rss / slab, 1.1, "x");
                }
                None => report.note("kernel slab not compared: only root reads /proc/slabinfo"),
            }
        }
        if let Some(cpu_us) = spent.cpu_us {
            let cpu_us = cpu_us / count / spent.elapsed_s;
            report.metric("CPU per session, one tick of the clock", 1e4 / count / spent.elapsed_s, "us/s");
            costs.push(Figure::new("CPU per session", cpu_us, "us/s"));
            report.at_most("CPU per session", cpu_us, 0.6, "us/s");
        }
        report.metrics.extend(costs.iter().cloned());

        for _ in 0..RETURNS {
            crowd.leave(UserSet::All).await?;
            crowd.connect(UserSet::All).await?;
        }
        stage.wait("the server settles after returns", SETTLE).await?;
        if let Some((first, after)) = per_session(&full).zip(per_session(&memory().await?)) {
            report.metric(format!("RSS per session, after {RETURNS} returns of everyone"), after, "B");
            report.at_most("RSS after returns / first reading", after / first, 1.15, "x");
        }
        judge(report, &crowd.complete(Duration::ZERO).await?, 0);
        crowd.leave(UserSet::All).await?;
        server.stop().await?;
        Ok(costs)
    }
}

/// Puts each user into `each` groups. The users are mixed differently in each round, so that two users rarely share
/// more than one group.
pub(super) fn groups(users: usize, each: usize) -> Vec<Vec<u32>> {
    let in_round = users / GROUP;
    let user = |round: usize, group: usize, seat: usize| seat * in_round + (group + round * seat) % in_round;
    let number = |user: usize| u32::try_from(user).unwrap_or(u32::MAX);
    let group = |round: usize, group: usize| (0..GROUP).map(move |seat| number(user(round, group, seat))).collect();
    (0..each).flat_map(|round| (0..in_round).map(move |at| group(round, at))).collect()
}

fn sessions(text: &str) -> Result<usize, String> {
    let sessions: usize = text.parse().map_err(|_| "expected a whole number")?;
    if sessions >= GROUP && sessions.is_multiple_of(GROUP) {
        Ok(sessions)
    } else {
        Err("expected a multiple of 100".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_user_is_in_the_same_number_of_groups() {
        let groups = groups(500, 20);
        let mut count = vec![0; 500];
        for group in &groups {
            assert_eq!(group.iter().collect::<std::collections::HashSet<_>>().len(), GROUP);
            for user in group {
                count[*user as usize] += 1;
            }
        }
        assert!(count.iter().all(|in_groups| *in_groups == 20));
    }
}
