//! The highest rate that is still answered quickly: up by half until it is too much (or down until it is not), then closer.

use crate::{
    Outcome,
    crowd::{Action, Crowd, Load, Seen, Stream},
    measure::schedule::Pace,
    progress::Progress,
    world::{DatabaseReading, Postgres, Server},
};

use super::TEXT_BYTES;

/// The 99th percentile from which on it is too much.
pub const ACK_P99_MS_MAX: f64 = 100.0;
const STEP: f64 = 1.5;
/// Halvings of the last step: the border is at most an eighth above the rate found.
const CLOSER: u32 = 2;
/// How often a rate has to be too much: one stall of the disk or of a neighbour is no border.
const TRIES: u32 = 2;
/// Bounds the search in time; from 1,000 it could reach 86,000 per second with 12 rates tried once.
const LOADS_MAX: u32 = 18;
const WARM_UP_S: f64 = 1.5;
/// What a rate that was too much left unanswered is waited for, or it would weigh on the next one.
const LATE_S: f64 = 30.0;

/// Whose work is measured.
pub struct Probe<'a> {
    /// What shows how far it is.
    pub progress: Progress,
    /// The server.
    pub server: &'a Server,
    /// Its database, where that can be asked.
    pub postgres: Option<&'a Postgres>,
    /// How long each rate is measured, in seconds.
    pub seconds: f64,
}

/// One rate, held for a while.
pub struct Held {
    /// Messages per second that were due.
    pub rate: f64,
    /// What everyone saw.
    pub seen: Seen,
    /// CPU time of the server in the measured time, in microseconds.
    pub server_cpu_us: Option<f64>,
    /// What the database used in it.
    pub database: Option<DatabaseReading>,
}

/// Where the border is.
pub struct Found {
    /// The highest rate that was answered quickly.
    pub best: Held,
    /// The lowest rate that was not.
    pub refused: Option<Held>,
    /// Messages acknowledged at all rates.
    pub acknowledged: u64,
    /// Of tries that did not count, for the next one of the same rate was quick.
    pub errors: u64,
}

impl Held {
    /// Messages that were due in the measured time and acknowledged.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // counts of a few seconds
    pub fn acknowledged(&self) -> f64 {
        self.seen.first().answered as f64
    }

    /// From due to acknowledged; `None` where nothing was.
    #[must_use]
    pub fn ack_ms(&self, quantile: f64) -> Option<f64> {
        self.seen.first().answer.ms(quantile)
    }

    /// Everything was acknowledged, in time.
    fn quick(&self) -> bool {
        let answered = self.seen.first().answered == self.seen.first().due;
        self.seen.errors() == 0 && answered && self.ack_ms(0.99).is_some_and(|p99| p99 <= ACK_P99_MS_MAX)
    }

    /// Everything was answered in the end.
    fn settled(&self) -> bool {
        self.seen.first().unanswered == 0
    }
}

/// Holds rates until the border is found; only the first if `fixed`.
///
/// # Errors
/// When a process ends, or every rate is too much.
pub async fn search(crowd: &Crowd, probe: &Probe<'_>, from: f64, fixed: bool) -> Outcome<Found> {
    let (mut rate, mut acknowledged, mut closer, mut tries) = (from, 0, CLOSER, 0);
    let (mut dismissed, mut errors) = (0, 0);
    let (mut best, mut refused): (Option<Held>, Option<Held>) = (None, None);
    for _ in 0..LOADS_MAX {
        let held = hold(crowd, probe, rate).await?;
        let (settled, quick) = (held.settled(), held.quick());
        acknowledged += held.seen.first().answered_in_all;
        let p99 = held.ack_ms(0.99).map_or_else(|| "nothing acknowledged".to_owned(), |p99| format!("ack p99 {p99:.1} ms"));
        tries += 1;
        let verdict = if quick { "" } else { ", too much" };
        probe.progress.say(&format!("{rate:.0} messages per second: {p99}{verdict}"));
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

/// Readings are taken while messages flow, before and after alike: PostgreSQL's processes report their counts once per second,
/// and when they fall idle up to ten seconds later.
async fn hold(crowd: &Crowd, probe: &Probe<'_>, rate: f64) -> Outcome<Held> {
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
    running.warm().await?;
    let (server_before, database_before) = reading().await?;
    running.at(probe.seconds).await?;
    let (server_after, database_after) = reading().await?;
    let seen = running.end().await?;
    Ok(Held {
        rate,
        seen,
        server_cpu_us: server_after.since(&server_before).cpu_us,
        database: database_after.zip(database_before).map(|(after, before)| after.since(&before)),
    })
}
