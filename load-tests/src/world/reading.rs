//! The resources that processes have used at one moment, and the difference between two moments.

use std::time::Duration;

use super::{Postgres, Server};
use crate::{
    Outcome,
    measure::{clock, counters::Counters, process},
};

/// The state of a server at one moment. A field that a target does not provide is `None`.
#[derive(Debug, Clone)]
pub struct Reading {
    at_us: u64,
    /// CPU time since the start.
    pub cpu: Option<Duration>,
    /// Resident memory in bytes.
    pub rss_bytes: Option<u64>,
    /// The server's own counters.
    pub counters: Option<Counters>,
}

/// The resources that a server used between two moments.
#[derive(Debug, Clone)]
pub struct Spent {
    /// The elapsed time in seconds.
    pub elapsed_s: f64,
    /// CPU time in microseconds.
    pub cpu_us: Option<f64>,
    counters: Option<(Counters, Counters)>,
}

/// The state of PostgreSQL at one moment. Its processes report their counts at most once per second.
#[derive(Debug, Clone, Copy, Default)]
pub struct DatabaseReading {
    /// CPU time of all its processes since the start, in seconds.
    pub cpu_s: f64,
    /// `fsync` calls on its log.
    pub wal_syncs: f64,
    /// The number of executed statements, without those of this tool; 0 if `pg_stat_statements` is not installed.
    pub statements: f64,
    /// The number of committed transactions, including read-only transactions.
    pub commits: f64,
}

impl Reading {
    pub(super) async fn of(server: &Server) -> Outcome<Self> {
        let pid = server.pid();
        let counters = match server.internal {
            Some(internal) => Some(Counters::read(internal).await?),
            None => None,
        };
        let cpu = pid.map(process::cpu).transpose()?;
        let rss_bytes = pid.map(process::rss_bytes).transpose()?;
        Ok(Self { at_us: clock::now_us(), cpu, rss_bytes, counters })
    }

    /// The resources used since `before`.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // hours at most
    pub fn since(&self, before: &Self) -> Spent {
        Spent {
            elapsed_s: self.at_us.saturating_sub(before.at_us) as f64 / 1e6,
            cpu_us: self.cpu.zip(before.cpu).map(|(now, then)| now.saturating_sub(then).as_secs_f64() * 1e6),
            counters: before.counters.clone().zip(self.counters.clone()),
        }
    }
}

impl Spent {
    /// How much a counter grew, for example `causerie_socket_writes_total`.
    #[must_use]
    pub fn counter(&self, name: &str) -> Option<f64> {
        self.counters.as_ref().map(|(before, after)| after.since(before, name))
    }
}

impl DatabaseReading {
    pub(super) async fn of(postgres: &Postgres) -> Outcome<Self> {
        let cpu_s = process::cpu_of_family(postgres.pid())?.as_secs_f64();
        let wal_syncs = postgres.number("SELECT wal_sync::float8 FROM pg_stat_wal").await?;
        let statements =
            match postgres.counts_statements() {
                true => postgres
                    .number(
                        "SELECT COALESCE(SUM(calls), 0)::float8 FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_%'",
                    )
                    .await?,
                false => 0.0,
            };
        let commits =
            postgres.number("SELECT SUM(xact_commit)::float8 FROM pg_stat_database WHERE datname = 'postgres'").await?;
        Ok(Self { cpu_s, wal_syncs, statements, commits })
    }

    /// The resources used since `before`.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        Self {
            cpu_s: self.cpu_s - before.cpu_s,
            wal_syncs: self.wal_syncs - before.wal_syncs,
            statements: self.statements - before.statements,
            commits: self.commits - before.commits,
        }
    }
}
