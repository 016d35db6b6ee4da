//! The highest rate that is still answered quickly: up by half until it is too much (or down until it is not), then closer.

use std::{sync::Arc, time::Duration};

use hdrhistogram::Histogram;
use tokio::time::{Instant, sleep};

use super::{
    super::{percentile_ms, progress},
    WAL_SYNCS,
};
use crate::{
    Outcome,
    baseline::bare_postgres::BarePostgres,
    pairs::{Counts, Pairs, Tally},
    process,
    schedule::Schedule,
};

/// The 99th percentile from which on it is too much.
const ACK_P99_MS_MAX: f64 = 100.0;
const STEP: f64 = 1.5;
/// Halvings of the last step: the rate found is within 6 % of the border.
const CLOSER: u32 = 2;
/// Bounds the search in time; from 1,000 this reaches 86,000 per second.
const STEPS_MAX: u32 = 12;
const WARM_UP: Duration = Duration::from_millis(1_500);
/// What a rate that was too much left unanswered is waited for, or it would weigh on the next one.
const LATE: Duration = Duration::from_secs(30);

/// Whose work is measured.
pub struct Probe<'a> {
    /// The server's process.
    pub server: u32,
    /// PostgreSQL's first process, and the way to ask it.
    pub database: Option<(u32, &'a BarePostgres)>,
}

/// One rate, held for a while.
pub struct Held {
    /// Messages per second that were due.
    pub rate: f64,
    /// How long it was measured.
    pub window_s: f64,
    /// From due to acknowledged, in microseconds.
    pub latencies: Histogram<u64>,
    /// Messages whose due time lay in the window and that were acknowledged.
    pub acknowledged_in_window: f64,
    /// CPU time of the server.
    pub server_cpu_s: f64,
    /// CPU time of all of PostgreSQL's processes.
    pub database_cpu_s: f64,
    /// `fsync` calls on PostgreSQL's log.
    pub wal_syncs: f64,
    /// Acknowledged, warm-up included.
    acknowledged: u64,
    /// Everything was acknowledged, in time.
    quick: bool,
    /// Everything was answered in the end.
    settled: bool,
}

/// Where the border is.
pub struct Found {
    /// The highest rate that was answered quickly.
    pub best: Held,
    /// The lowest rate that was not, and its 99th percentile in milliseconds.
    pub refused: Option<(f64, f64)>,
    /// Messages acknowledged at all rates.
    pub acknowledged: u64,
}

/// Holds rates until the border is found; only the first if `fixed`.
///
/// # Errors
/// When a connection ends, or every rate is too much.
pub async fn search(pairs: &mut Pairs, probe: &Probe<'_>, from: f64, fixed: bool, window: Duration) -> Outcome<Found> {
    let (mut rate, mut acknowledged, mut closer) = (from, 0, CLOSER);
    let mut best: Option<Held> = None;
    let mut refused: Option<(f64, f64)> = None;
    for _ in 0..STEPS_MAX {
        let held = hold(pairs, probe, rate, window).await?;
        let settled = held.settled;
        acknowledged += held.acknowledged;
        let p99 = percentile_ms(&held.latencies, 0.99);
        progress(&format!(
            "{rate:.0} messages per second: ack p99 {p99:.1} ms{}",
            if held.quick { "" } else { ", too much" }
        ));
        if held.quick || fixed {
            best = Some(held);
        } else {
            refused = Some((rate, p99));
        }
        if fixed || !settled {
            break;
        }
        rate = match (&best, refused) {
            (_, None) => rate * STEP,
            (None, Some(_)) => rate / STEP,
            (Some(_), Some(_)) if closer == 0 => break,
            (Some(good), Some((bad, _))) => {
                closer -= 1;
                f64::midpoint(good.rate, bad)
            }
        };
    }
    let best = best.ok_or("every rate tried was too much: --from less")?;
    Ok(Found { best, refused, acknowledged })
}

#[allow(clippy::cast_precision_loss)] // counts of a few seconds
async fn hold(pairs: &mut Pairs, probe: &Probe<'_>, rate: f64, window: Duration) -> Outcome<Held> {
    let tally = Tally::new();
    run(pairs, &tally, rate, WARM_UP, false).await?;
    let before = reading(probe).await?;
    run(pairs, &tally, rate, window, true).await?;
    let end = Instant::now() + LATE;
    let all_answered = |counts: &Counts| counts.acknowledged + counts.refused == counts.due;
    while !tally.with(|counts| all_answered(counts)) && Instant::now() < end {
        sleep(Duration::from_millis(5)).await;
    }
    let after = reading(probe).await?;
    let held = tally.with(|counts| Held {
        rate,
        window_s: window.as_secs_f64(),
        latencies: counts.latencies.clone(),
        acknowledged_in_window: counts.measured as f64,
        server_cpu_s: after.server_cpu_s - before.server_cpu_s,
        database_cpu_s: after.database_cpu_s - before.database_cpu_s,
        wal_syncs: after.wal_syncs - before.wal_syncs,
        acknowledged: counts.acknowledged,
        settled: all_answered(counts),
        quick: counts.acknowledged == counts.due && percentile_ms(&counts.latencies, 0.99) <= ACK_P99_MS_MAX,
    });
    if tally.with(|counts| counts.refused) > 0 {
        progress("some messages were refused");
    }
    Ok(held)
}

async fn run(pairs: &mut Pairs, tally: &Arc<Tally>, rate: f64, length: Duration, measured: bool) -> Outcome<()> {
    let mut schedule = Schedule::new(rate, length);
    while let Some(due) = schedule.next().await {
        pairs.send(due, tally, measured)?;
    }
    Ok(())
}

struct Reading {
    server_cpu_s: f64,
    database_cpu_s: f64,
    wal_syncs: f64,
}

#[allow(clippy::cast_precision_loss)] // counts of minutes
async fn reading(probe: &Probe<'_>) -> Outcome<Reading> {
    let server_cpu_s = process::cpu(probe.server)?.as_secs_f64();
    let Some((postgres, bare)) = probe.database else {
        return Ok(Reading { server_cpu_s, database_cpu_s: 0.0, wal_syncs: 0.0 });
    };
    let database_cpu_s = process::cpu_of_family(postgres)?.as_secs_f64();
    let wal_syncs = bare.number(WAL_SYNCS).await? as f64;
    Ok(Reading { server_cpu_s, database_cpu_s, wal_syncs })
}
