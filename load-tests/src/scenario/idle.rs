//! `idle`: what a session costs that only is there, live in all its conversations.

use std::time::Duration;

use clap::Args;
use tokio::{task::JoinSet, time::sleep};

use super::{note_load, progress};
use crate::{Outcome, cli::Common, crowd::Crowd, process, report::Report, socket::Socket};

/// People per group.
const GROUP: usize = 100;
/// Sessions that come and leave before the empty server is measured: code, connections and caches that it has anyway.
const WARM_UP: usize = 50;
/// Allocations of the ramp are freed and pools shrink.
const SETTLE: Duration = Duration::from_secs(5);

/// What to do.
#[derive(Debug, Clone, Args)]
pub struct Idle {
    #[command(flatten)]
    pub common: Common,
    /// Authenticated sessions: a multiple of 100, at most 9,000 (a process holds 20,000 files).
    #[arg(long, default_value_t = 5_000, value_parser = sessions)]
    sessions: usize,
    /// Groups of 100 each person is in.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(0..=100))]
    conversations: u16,
    /// How long CPU time is read, in seconds. Two heartbeats of 25 s: in a shorter time some sessions are pinged and some are
    /// not.
    #[arg(long, default_value_t = 50)]
    seconds: u64,
}

impl Idle {
    /// Carries it out.
    ///
    /// # Errors
    /// When the server refuses or ends.
    #[allow(clippy::cast_precision_loss)] // thousands of sessions, megabytes of memory
    pub async fn run(&self) -> Outcome<Report> {
        let mut report = Report::new("idle");
        note_load(&mut report);
        let (world, signer) = crate::spawn::World::start(&self.common).await?;
        let groups = groups(self.sessions, usize::from(self.conversations));
        progress(&format!("{} people in {} groups of {GROUP}", self.sessions, groups.len()));
        let first = world.serve(&[]).await?;
        let crowd = Crowd { server: first.public, signer: &signer };
        crowd.introduce(0..self.sessions).await?;
        crowd.groups(groups).await?;
        first.stop().await?;

        // Another process: what making people and groups left in memory is not the sessions'.
        let server = world.serve(&[]).await?;
        let crowd = Crowd { server: server.public, signer: &signer };
        crowd.introduce(0..WARM_UP).await?;
        sleep(SETTLE).await;
        let (empty, slab_empty) = (process::rss_bytes(server.pid())?, process::socket_slab_bytes());
        progress("everyone comes");
        let began = std::time::Instant::now();
        let cpu_empty = process::cpu(server.pid())?;
        let mut sockets = JoinSet::new();
        for socket in crowd.enter(0..self.sessions).await? {
            sockets.spawn(stay(socket));
        }
        let (ramp, ramp_cpu) = (began.elapsed(), process::cpu(server.pid())? - cpu_empty);
        sleep(SETTLE).await;
        let (full, slab_full) = (process::rss_bytes(server.pid())?, process::socket_slab_bytes());
        progress(&format!("CPU is read for {} s", self.seconds));
        let before = process::cpu(server.pid())?;
        sleep(Duration::from_secs(self.seconds)).await;
        let cpu = process::cpu(server.pid())? - before;
        let later = process::rss_bytes(server.pid())?;
        if let Some(ended) = sockets.try_join_next() {
            return Err(format!("a session ended: {}", ended?).into());
        }
        sockets.shutdown().await;
        server.stop().await?;

        let sessions = self.sessions as f64;
        let per_session = full.saturating_sub(empty) as f64 / sessions;
        let cpu_us = cpu.as_secs_f64() * 1e6 / sessions / self.seconds as f64;
        report.workload("sessions", self.sessions, "");
        report.workload("conversations each", usize::from(self.conversations), "");
        report.workload("read for", self.seconds, "s");
        report.metric("RSS, empty", empty as f64 / 1e6, "MB");
        report.metric("RSS, full", full as f64 / 1e6, "MB");
        report.metric("RSS per session", per_session, "B");
        report.metric("RSS per session, after reading CPU", later.saturating_sub(empty) as f64 / sessions, "B");
        report.metric("CPU per session", cpu_us, "us/s");
        report.metric("CPU per session, one tick of the clock", 1e4 / sessions / self.seconds as f64, "us/s");
        report.metric("ramp, sessions", sessions / ramp.as_secs_f64(), "1/s");
        report.metric("ramp, CPU per session", ramp_cpu.as_secs_f64() * 1e6 / sessions, "us");
        report.at_most("RSS per session", per_session / 1e3, 4.0, "KB");
        match slab_empty.zip(slab_full) {
            Some((empty, full)) => {
                // Both ends of each connection are sockets of this machine, and alike to the kernel.
                let slab = full.saturating_sub(empty) as f64 / sessions / 2.0;
                report.baseline("kernel slab per socket", slab, "B");
                report.at_most("RSS per session / kernel slab per socket", per_session / slab, 1.1, "x");
            }
            None => report.notes.push("kernel slab not compared: only root reads /proc/slabinfo".to_owned()),
        }
        report.at_most("CPU per session", cpu_us, 0.6, "us/s");
        Ok(report)
    }
}

/// Answers pings until the connection ends; says why it did.
async fn stay(mut socket: Socket) -> String {
    loop {
        if let Err(error) = socket.next().await {
            return error.to_string();
        }
    }
}

/// Everyone is in `each` groups, and two people rarely share more than one: the rounds mix them differently.
fn groups(people: usize, each: usize) -> Vec<Vec<usize>> {
    let in_round = people / GROUP;
    let group = |round: usize, group: usize| (0..GROUP).map(move |seat| seat * in_round + (group + round * seat) % in_round);
    (0..each).flat_map(|round| (0..in_round).map(move |at| group(round, at).collect())).collect()
}

fn sessions(text: &str) -> Result<usize, String> {
    let sessions = text.parse().map_err(|_| "expected a whole number")?;
    if (GROUP..=9_000).contains(&sessions) && sessions % GROUP == 0 {
        Ok(sessions)
    } else {
        Err("expected a multiple of 100 from 100 to 9000".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_is_in_as_many_groups() {
        let groups = groups(500, 20);
        let mut count = vec![0; 500];
        for group in &groups {
            assert_eq!(group.iter().collect::<std::collections::HashSet<_>>().len(), GROUP);
            for person in group {
                count[*person] += 1;
            }
        }
        assert!(count.iter().all(|in_groups| *in_groups == 20));
    }
}
