//! `durable`: how many messages per second the server acknowledges quickly, each on disk before its
//! acknowledgement.

mod search;

use std::time::Duration;

use async_trait::async_trait;
use clap::Args;

use self::search::{ACK_P99_MS_MAX, Found, Held, Probe, search};
use super::{Scenario, Stage, scaled};
use crate::{
    cli::options::{rate, seconds},
    Outcome,
    baseline::{
        bare_postgres::{self, BarePostgres},
        bare_sqlite, disk,
    },
    crowd::{Crowd, UserSet, judge},
    measure::{Latencies, process},
    report::{Figure, Report},
    world::{Postgres, World},
};

/// The size of each text in bytes.
const TEXT_BYTES: usize = 256;
/// The duration of each baseline.
const BASELINE: Duration = Duration::from_secs(3);
const MESSAGES: &str = "SELECT COUNT(*)::float8 FROM messages";
/// Makes a server commit each message alone.
const ONE_BY_ONE: (&str, &str) = ("DATABASE__BATCH_MAX", "1");
/// How long late messages are awaited at the end.
const LATE: Duration = Duration::from_secs(30);

/// The parameters.
#[derive(Debug, Clone, Args)]
pub struct Durable {
    /// The number of pairs of users, each with a conversation. Both users are online and write.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u16).range(1..=9_000))]
    pairs: u16,
    /// The first rate tried, messages per second.
    #[arg(long, default_value_t = 1_000.0, value_parser = rate)]
    from: f64,
    /// Measures only this rate, messages per second, instead of searching the highest.
    #[arg(long, value_parser = rate)]
    rate: Option<f64>,
    /// The duration of each rate in seconds, after a warm-up of one and a half seconds.
    #[arg(long, default_value_t = 4.0, value_parser = seconds)]
    seconds: f64,
}

/// The speed of the disk without a database, for comparison with the acknowledgements.
struct Disk {
    p50_ms: f64,
    p99_ms: f64,
}

#[async_trait]
impl Scenario for Durable {
    fn name(&self) -> String {
        self.rate.map_or_else(|| "durable".to_owned(), |rate| format!("durable --rate {rate}"))
    }

    fn title(&self) -> String {
        match self.rate {
            Some(rate) => {
                format!("Pairs who write to each other, {rate} messages per second, each acknowledged once on disk.")
            }
            None => {
                "Pairs who write to each other, faster and faster, until acknowledgements, each once on disk, take long."
                    .into()
            }
        }
    }

    async fn measure(&self, stage: &Stage, scale: f64, report: &mut Report) -> Outcome<Vec<Figure>> {
        let pairs = u32::try_from(scaled(usize::from(self.pairs), scale, 1))?;
        if stage.common.sqlite {
            report.scenario += " --sqlite";
        }
        report.workload("users, in pairs", 2 * u64::from(pairs), "");
        report.workload("text", TEXT_BYTES, "B");
        report.workload("each rate measured for", self.seconds, "s");

        let world = stage.world().await?;
        world.note_missing(report);
        let first = world.serve(&[]).await?;
        let crowd = stage.crowd(&world, 2 * pairs as usize, 2).await?;
        crowd.connect_to(&[&first]).await?;
        crowd.introduce(UserSet::All).await?;
        crowd.pairs((0..pairs).map(|pair| [2 * pair, 2 * pair + 1]).collect()).await?;
        first.stop().await?;
        if world.is_target() {
            let found = self.load(stage, &world, &crowd, report).await?;
            return Ok(self.costs(&found.best));
        }
        let disk = stage.doing("fdatasync", disk::fdatasync(world.path(), BASELINE)).await?;
        let disk = Disk::of(&disk, report)?;
        match &world.postgres {
            Some(postgres) => self.on_postgres(stage, &world, &crowd, postgres, &disk, report).await,
            None => self.on_sqlite(stage, &world, &crowd, report).await,
        }
    }
}

impl Durable {
    async fn on_postgres(
        &self,
        stage: &Stage,
        world: &World,
        crowd: &Crowd,
        postgres: &Postgres,
        disk: &Disk,
        report: &mut Report,
    ) -> Outcome<Vec<Figure>> {
        let bare = BarePostgres::new(postgres.url(), TEXT_BYTES).await?;
        let single = stage.doing("bare PostgreSQL, row by row", bare.row_by_row(BASELINE)).await?;
        let before = process::cpu_of_family(postgres.pid())?;
        let batches = stage.doing("bare PostgreSQL, in batches", bare.batches(BASELINE)).await?;
        let cpu = (process::cpu_of_family(postgres.pid())? - before).as_secs_f64();
        let batches_per_cpu = batches * BASELINE.as_secs_f64() / cpu;
        bare.close().await;
        report.baseline(format!("bare row per commit, {} connections", bare_postgres::CONNECTIONS), single, "1/s");
        report.baseline(format!("bare batches of {}", bare_postgres::BATCH), batches, "1/s");
        report.baseline(format!("bare batches of {}, per database CPU", bare_postgres::BATCH), batches_per_cpu, "1/s");

        let found = self.load(stage, world, crowd, report).await?;
        self.compare_stored(postgres.number(MESSAGES).await?, &found, report);
        let best = &found.best;
        let mut costs = self.costs(best);
        if let Some(database) = &best.database {
            let per_cpu = best.acknowledged() / database.cpu_s;
            let per_sync = best.acknowledged() / database.wal_syncs.max(1.0);
            let statements = database.statements / database.wal_syncs.max(1.0);
            report.metric("messages per database CPU", per_cpu, "1/s");
            report.metric("WAL syncs", database.wal_syncs / self.seconds, "1/s");
            costs.push(Figure::new("database CPU per message", 1e6 / per_cpu, "us"));
            if self.rate.is_none() {
                report.metric("messages per WAL sync", per_sync, "");
                report.at_least("rate / bare batches, per database CPU", per_cpu / batches_per_cpu, 0.5, "x");
                report.at_least("rate / bare row per commit", best.rate / single, 2.0, "x");
            } else {
                report.at_least("messages per WAL sync", per_sync, 0.8 * best.rate * disk.p50_ms / 1e3, "");
                match postgres.counts_statements() {
                    true => report.at_most("SQL statements per WAL sync", statements, 4.0, ""),
                    false => report.note("SQL statements are not counted: pg_stat_statements is not installed"),
                }
            }
        }
        if self.rate.is_some()
            && let Some((p50, p99)) = best.ack_ms(0.5).zip(best.ack_ms(0.99))
        {
            report.at_most("ack p50 / fdatasync p50", p50 / disk.p50_ms, 2.0, "x");
            report.at_most("ack p99 / fdatasync p99", p99 / disk.p99_ms, 3.0, "x");
        }
        Ok(costs)
    }

    async fn on_sqlite(&self, stage: &Stage, world: &World, crowd: &Crowd, report: &mut Report) -> Outcome<Vec<Figure>> {
        let file = world.sqlite_file();
        let bare = bare_sqlite::batches(&file, world.path(), TEXT_BYTES, BASELINE);
        let bare = stage.doing("bare SQLite, in batches", bare).await?;
        report.baseline(format!("bare batches of {}", bare_sqlite::BATCH), bare, "1/s");
        let found = self.load(stage, world, crowd, report).await?;
        let mut costs = self.costs(&found.best);
        #[allow(clippy::cast_precision_loss)] // counts of minutes
        self.compare_stored(bare_sqlite::messages(&file).await? as f64, &found, report);
        if self.rate.is_none() {
            report.at_least("rate / bare batches", found.best.rate / bare, 0.5, "x");
            stage.progress.print("the same server, each message committed alone");
            let alone = self.search_on(stage, world, crowd, &[ONE_BY_ONE]).await?;
            report.baseline("highest rate with batch size 1", alone.best.rate, "1/s");
            for doubt in alone.best.seen.doubts(alone.best.ack_ms(0.99)) {
                report.doubt(format!("with batch size 1, {doubt}"));
            }
            report.at_least("rate / the same with batch size 1", found.best.rate / alone.best.rate, 20.0, "x");
            costs.push(Figure::new("rate / the same with batch size 1", found.best.rate / alone.best.rate, "x"));
        }
        Ok(costs)
    }

    /// Searches the rate, or measures the requested rate, and reports it.
    async fn load(&self, stage: &Stage, world: &World, crowd: &Crowd, report: &mut Report) -> Outcome<Found> {
        let found = self.search_on(stage, world, crowd, &[]).await?;
        let best = &found.best;
        match self.rate {
            Some(rate) => report.metric("rate held", rate, "1/s"),
            None => report.metric(format!("highest rate with ack p99 of at most {ACK_P99_MS_MAX} ms"), best.rate, "1/s"),
        }
        report.metric("acknowledged per second of the window", best.acknowledged() / best.seen.seconds, "1/s");
        for (name, quantile) in [("ack p50", 0.5), ("ack p99", 0.99)] {
            if let Some(ms) = best.ack_ms(quantile) {
                report.metric(name, ms, "ms");
            }
        }
        let sent = best.seen.first();
        if let Some(lag) = sent.lag.ms(0.99) {
            report.metric("of it this tool's own delay, p99", lag, "ms");
        }
        report.curve(sent.answer.curve("due to acknowledged"));
        report.curve(sent.delivery.curve("due to read by the other"));
        report.series(sent.answered_over_time("acknowledged"));
        report.metric("messages acknowledged, all rates", found.acknowledged, "");
        if let Some(refused) = &found.refused {
            report.metric("lowest rate tried that was too much", refused.rate, "1/s");
            if let Some(p99) = refused.ack_ms(0.99) {
                report.metric("its ack p99", p99, "ms");
            }
            // A rate that failed only because of this tool says nothing about the server.
            for doubt in refused.seen.doubts(None) {
                report.doubt(format!("at {:.0} messages per second, which was too much, {doubt}", refused.rate));
            }
        }
        for doubt in best.seen.doubts(best.ack_ms(0.99)) {
            report.doubt(doubt);
        }
        judge(report, &best.seen.check, best.seen.errors() + found.errors);
        Ok(found)
    }

    /// Searches the rate of a server with these settings.
    async fn search_on(&self, stage: &Stage, world: &World, crowd: &Crowd, settings: &[(&str, &str)]) -> Outcome<Found> {
        let server = world.serve(settings).await?;
        crowd.connect_to(&[&server]).await?;
        crowd.connect(UserSet::All).await?;
        let postgres = world.postgres.as_ref();
        let probe = Probe { progress: stage.progress, server: &server, postgres, seconds: self.seconds };
        let mut found = search(crowd, &probe, self.rate.unwrap_or(self.from), self.rate.is_some()).await?;
        // A failed rate may have left messages in transit; all members must have all messages in the end.
        found.best.seen.check = crowd.complete(LATE).await?;
        crowd.leave(UserSet::All).await?;
        server.stop().await?;
        Ok(found)
    }

    fn costs(&self, best: &Held) -> Vec<Figure> {
        let cpu = best.server_cpu_us.map(|cpu_us| Figure::new("server CPU per message", cpu_us / best.acknowledged(), "us"));
        let rate = self.rate.is_none().then(|| Figure::new("time per message at the highest rate", 1e6 / best.rate, "us"));
        cpu.into_iter().chain(rate).collect()
    }

    /// Checks that the database contains the acknowledged messages. It may contain more: the tool did not wait for all
    /// acknowledgements.
    #[allow(clippy::cast_precision_loss)] // counts of minutes
    fn compare_stored(&self, stored: f64, found: &Found, report: &mut Report) {
        let missing = (found.acknowledged as f64 - stored).max(0.0);
        report.at_most("messages acknowledged and not stored", missing, 0.0, "");
    }
}

impl Disk {
    fn of(latencies: &Latencies, report: &mut Report) -> Outcome<Self> {
        let (p50_ms, p99_ms) = latencies.ms(0.5).zip(latencies.ms(0.99)).ok_or("not one fdatasync in time")?;
        report.baseline("fdatasync of 8 KiB, p50", p50_ms, "ms");
        report.baseline("fdatasync of 8 KiB, p99", p99_ms, "ms");
        Ok(Self { p50_ms, p99_ms })
    }
}
