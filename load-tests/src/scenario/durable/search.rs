//! Searches the highest rate that the server answers quickly: raises the rate by half until it is too high (or
//! lowers it until it is not), then halves the last step.

use crate::{
    Outcome,
    crowd::{Action, Crowd, Load, Seen, Stream},
    measure::schedule::Pace,
    progress::Progress,
    world::{DatabaseReading, Postgres, Server},
};

use super::TEXT_BYTES;

/// A rate is too high if the 99th percentile exceeds this.
pub const ACK_P99_MS_MAX: f64 = 100.0;
const STEP: f64 = 1.5;
/// How often the last step is halved. The limit is then at most an eighth above the found rate.
const CLOSER: u32 = 2;
/// How often a rate must fail: a single stall of the disk or of another process is no limit.
const TRIES: u32 = 2;
/// Bounds the duration of the search. From 1,000 per second it can reach 86,000 per second with 12 rates that are tried
/// once.
const LOADS_MAX: u32 = 18;
const WARM_UP_S: f64 = 1.5;
/// How long late answers of a failed rate are awaited, because they would affect the next rate.
const LATE_S: f64 = 30.0;

/// The object of the search.
pub struct Probe<'a> {
    /// Shows the progress.
    pub progress: Progress,
    /// The server.
    pub server: &'a Server,
    /// The database of the server, if it can be queried.
    pub postgres: Option<&'a Postgres>,
    /// The duration of each rate, in seconds.
    pub seconds: f64,
}

/// The result of one rate.
pub struct Held {
    /// Messages per second that were due.
    pub rate: f64,
    /// The observations of all users.
    pub seen: Seen,
    /// CPU time of the server during the measurement, in microseconds.
    pub server_cpu_us: Option<f64>,
    /// The resources of the database during the measurement.
    pub database: Option<DatabaseReading>,
}

/// The result of the search.
pub struct Found {
    /// The highest rate that was answered quickly.
    pub best: Held,
    /// The lowest rate that was not.
    pub refused: Option<Held>,
    /// Messages that were acknowledged at all rates.
    pub acknowledged: u64,
    /// Errors of tries that did not count because the next try of the same rate was quick.
    pub errors: u64,
}

impl Held {
    /// The number of messages that were due in the measured time and were acknowledged.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // counts of a few seconds
    pub fn acknowledged(&self) -> f64 {
        self.seen.first().answered as f64
    }

    /// A quantile of the time from due to acknowledged; `None` if no message was acknowledged.
    #[must_use]
    pub fn ack_ms(&self, quantile: f64) -> Option<f64> {
        self.seen.first().answer.ms(quantile)
    }

    /// Whether all messages were acknowledged in time.
    fn quick(&self) -> bool {
        let answered = self.seen.first().answered == self.seen.first().due;
        self.seen.errors() == 0 && answered && self.ack_ms(0.99).is_some_and(|p99| p99 <= ACK_P99_MS_MAX)
    }

    /// Whether all messages were acknowledged in the end.
    fn settled(&self) -> bool {
        self.seen.first().unanswered == 0
    }
}

/// Tries rates until the limit is found; only the first rate if `fixed`.
///
/// # Errors
/// When a process ends, or every rate is too high.
pub async fn search(crowd: &Crowd, probe: &Probe<'_>, from: f64, fixed: bool) -> Outcome<Found> {
    let (mut rate, mut acknowledged, mut closer, mut tries) = (from, 0, CLOSER, 0);
    let (mut dismissed, mut errors) = (0, 0);
    let (mut best, mut refused): (Option<Held>, Option<Held>) = (None, None);
    for _ in 0..LOADS_MAX {
        let held = measure_rate(crowd, probe, rate).await?;
        let (settled, quick) = (held.settled(), held.quick());
        acknowledged += held.seen.first().answered_in_all;
        let p99 = held.ack_ms(0.99).map_or_else(|| "nothing acknowledged".to_owned(), |p99| format!("ack p99 {p99:.1} ms"));
        tries += 1;
        let verdict = if quick { "" } else { ", too much" };
        probe.progress.print(&format!("{rate:.0} messages per second: {p99}{verdict}"));
        if !quick && !fixed && settled && tries < TRIES {
            dismissed = held.seen.errors();
            continue;
        }
        tries = 0;
        if quick {
            errors += dismissed;
        }
        dismissed = 0;
        if quick || fixed {
            best = Some(held);
        } else {
            refused = Some(held);
        }
        if fixed || !settled {
            break;
        }
        rate = match (&best, &refused) {
            (_, None) => rate * STEP,
            (None, Some(_)) => rate / STEP,
            (Some(_), Some(_)) if closer == 0 => break,
            (Some(good), Some(bad)) => {
                closer -= 1;
                f64::midpoint(good.rate, bad.rate)
            }
        };
    }
    let best = best.ok_or("every rate tried was too much: --from less")?;
    Ok(Found { best, refused, acknowledged, errors })
}

/// Measures one rate. Both readings are taken while messages flow: the processes of PostgreSQL report their counts once
/// per second, and up to ten seconds later when they become idle.
async fn measure_rate(crowd: &Crowd, probe: &Probe<'_>, rate: f64) -> Outcome<Held> {
    let action = Action::Send { text_bytes: TEXT_BYTES, conversations: None, senders: 0 };
    let load = Load {
        streams: vec![Stream { name: format!("{rate:.0} per second"), action, pace: Pace::Steady(rate) }],
        seconds: probe.seconds,
        warm_up_s: WARM_UP_S,
        late_s: LATE_S,
        reads_in: None,
    };
    let reading = async || {
        let database = match probe.postgres {
            Some(postgres) => Some(postgres.reading().await?),
            None => None,
        };
        Outcome::Ok((probe.server.reading().await?, database))
    };
    let running = crowd.begin(&load)?;
    running.wait_for_warm_up().await?;
    let (server_before, database_before) = reading().await?;
    running.wait_until(probe.seconds).await?;
    let (server_after, database_after) = reading().await?;
    let seen = running.end().await?;
    Ok(Held {
        rate,
        seen,
        server_cpu_us: server_after.since(&server_before).cpu_us,
        database: database_after.zip(database_before).map(|(after, before)| after.since(&before)),
    })
}
