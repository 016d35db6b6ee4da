//! `durable`: how many messages per second are acknowledged, each on disk by then, before the acknowledgement takes long.

mod search;

use std::time::Duration;

use clap::Args;

use self::search::{Found, Probe, search};
use super::{note_load, percentile_ms, progress};
use crate::{
    Outcome,
    baseline::{
        bare_postgres::{self, BarePostgres},
        bare_sqlite, disk,
    },
    cli::Common,
    crowd::Crowd,
    pairs::Pairs,
    process,
    report::Report,
    spawn::World,
    token::Signer,
};

/// Bytes of each text.
const TEXT_BYTES: usize = 256;
/// How long each baseline is taken.
const BASELINE: Duration = Duration::from_secs(3);
/// PostgreSQL's processes report at most once per second, so the count is that stale at both ends of a window.
const WAL_SYNCS: &str = "SELECT wal_sync FROM pg_stat_wal";
const MESSAGES: &str = "SELECT COUNT(*) FROM messages";

/// What to do.
#[derive(Debug, Clone, Args)]
pub struct Durable {
    #[command(flatten)]
    pub common: Common,
    /// Pairs of people, each with a conversation; both are online and both write.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u16).range(1..=4_500))]
    pairs: u16,
    /// The first rate tried, messages per second.
    #[arg(long, default_value_t = 1_000.0)]
    from: f64,
    /// Only this rate, messages per second, instead of a search for the highest.
    #[arg(long)]
    rate: Option<f64>,
    /// How long each rate is measured, in seconds, after a warm-up of one and a half.
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
}

impl Durable {
    /// Carries it out.
    ///
    /// # Errors
    /// When the server refuses or ends, or the database lacks a message that was acknowledged.
    #[allow(clippy::cast_precision_loss)] // counts of a few seconds
    pub async fn run(&self) -> Outcome<Report> {
        let mut report = Report::new("durable");
        note_load(&mut report);
        let (world, signer) = World::start(&self.common).await?;
        report.workload("pairs", usize::from(self.pairs), "");
        report.workload("text", TEXT_BYTES, "B");
        report.workload("each rate measured for", self.seconds, "s");
        progress("fdatasync");
        let disk = disk::fdatasync(world.path(), BASELINE).await?;
        report.baseline("fdatasync of 8 KiB, p50", percentile_ms(&disk, 0.5), "ms");
        report.baseline("fdatasync of 8 KiB, p99", percentile_ms(&disk, 0.99), "ms");
        match &world.postgres {
            Some(postgres) => {
                let bare = BarePostgres::new(postgres.url(), TEXT_BYTES).await?;
                self.on_postgres(&world, &signer, postgres.pid(), &bare, &mut report).await?;
                let stored = bare.number(MESSAGES).await?;
                check_stored(stored, &report)?;
            }
            None => {
                self.on_sqlite(&world, &signer, &mut report).await?;
                check_stored(bare_sqlite::messages(&world.sqlite_file()).await?, &report)?;
            }
        }
        let ack = |report: &Report, name: &str| report.metrics.iter().find(|one| one.name == name).map(|one| one.value);
        if self.rate.is_some()
            && let Some((p50, p99)) = ack(&report, "ack p50").zip(ack(&report, "ack p99"))
        {
            report.at_most("ack p50 / fdatasync p50", p50 / percentile_ms(&disk, 0.5), 2.0, "x");
            report.at_most("ack p99 / fdatasync p99", p99 / percentile_ms(&disk, 0.99), 3.0, "x");
        }
        Ok(report)
    }

    async fn on_postgres(
        &self,
        world: &World,
        signer: &Signer,
        postgres: u32,
        bare: &BarePostgres,
        report: &mut Report,
    ) -> Outcome<()> {
        progress("bare PostgreSQL");
        let single = bare.row_by_row(BASELINE).await?;
        let before = process::cpu_of_family(postgres)?;
        let batches = bare.batches(BASELINE).await?;
        let cpu = (process::cpu_of_family(postgres)? - before).as_secs_f64();
        let batches_per_cpu = batches * BASELINE.as_secs_f64() / cpu;
        report.baseline(format!("bare row per commit, {} connections", bare_postgres::CONNECTIONS), single, "1/s");
        report.baseline(format!("bare batches of {}", bare_postgres::BATCH), batches, "1/s");
        report.baseline(format!("bare batches of {}, per database CPU", bare_postgres::BATCH), batches_per_cpu, "1/s");

        let probe = Probe { server: 0, database: Some((postgres, bare)) };
        let found = self.load(world, signer, &[], probe, report).await?;
        let best = &found.best;
        let per_cpu = best.acknowledged_in_window / best.database_cpu_s;
        report.metric("messages per database CPU", per_cpu, "1/s");
        report.metric("WAL syncs, read up to 1 s late", best.wal_syncs / best.window_s, "1/s");
        report.metric("messages per WAL sync", best.acknowledged_in_window / best.wal_syncs.max(1.0), "");
        if self.rate.is_none() {
            report.at_least("rate / bare batches, per database CPU", per_cpu / batches_per_cpu, 0.5, "x");
            report.at_least("rate / bare row per commit", best.rate / single, 2.0, "x");
        }
        Ok(())
    }

    async fn on_sqlite(&self, world: &World, signer: &Signer, report: &mut Report) -> Outcome<()> {
        progress("bare SQLite");
        let bare = bare_sqlite::batches(&world.sqlite_file(), world.path(), TEXT_BYTES, BASELINE).await?;
        report.baseline(format!("bare batches of {}", bare_sqlite::BATCH), bare, "1/s");
        let found = self.load(world, signer, &[], Probe { server: 0, database: None }, report).await?;
        if self.rate.is_none() {
            report.at_least("rate / bare batches", found.best.rate / bare, 0.5, "x");
        }
        Ok(())
    }

    /// Finds the rate, or holds the one asked for, and reports it.
    async fn load(
        &self,
        world: &World,
        signer: &Signer,
        settings: &[(&str, &str)],
        mut probe: Probe<'_>,
        report: &mut Report,
    ) -> Outcome<Found> {
        let server = world.serve(settings).await?;
        probe.server = server.pid();
        progress(&format!("{} pairs come", self.pairs));
        let crowd = Crowd { server: server.public, signer };
        let mut pairs = Pairs::enter(&crowd, usize::from(self.pairs), TEXT_BYTES).await?;
        let window = Duration::from_secs_f64(self.seconds);
        let found = search(&mut pairs, &probe, self.rate.unwrap_or(self.from), self.rate.is_some(), window).await?;
        pairs.leave().await;
        server.stop().await?;
        let best = &found.best;
        report.metric("highest rate with ack p99 of at most 100 ms", best.rate, "1/s");
        report.metric("acknowledged per second of the window", best.acknowledged_in_window / best.window_s, "1/s");
        report.metric("ack p50", percentile_ms(&best.latencies, 0.5), "ms");
        report.metric("ack p99", percentile_ms(&best.latencies, 0.99), "ms");
        report.metric("server CPU per message", best.server_cpu_s * 1e6 / best.acknowledged_in_window, "us");
        if let Some((rate, p99)) = found.refused {
            report.metric("lowest rate tried that was too much", rate, "1/s");
            report.metric("its ack p99", p99, "ms");
        }
        report.metric(ACKNOWLEDGED, found.acknowledged, "");
        Ok(found)
    }
}

const ACKNOWLEDGED: &str = "messages acknowledged, all rates";

/// What was acknowledged is in the database. A message may be there whose acknowledgement nobody waited for.
#[allow(clippy::cast_precision_loss)] // counts of minutes
fn check_stored(stored: i64, report: &Report) -> Outcome<()> {
    let acknowledged = report.metrics.iter().find(|one| one.name == ACKNOWLEDGED).map_or(0.0, |one| one.value);
    if (stored as f64) < acknowledged {
        return Err(format!("{acknowledged} messages were acknowledged, {stored} are stored").into());
    }
    Ok(())
}
