//! Closes all sessions before this node stops. The closes are spread over time, so that not all clients reconnect to the
//! other nodes at once.

use std::time::Duration;

use causerie_protocol::CloseCode;
use tokio::time::{Instant, sleep, sleep_until};

use crate::{app::App, sessions::CloseReason};

/// Clients reconnect after a random time up to this number of milliseconds, in addition to the spread of the closes.
pub(super) const RECONNECT_WITHIN_MS: u32 = 1_000;
/// How often the drain checks whether all sessions have ended.
const CHECK_EVERY: Duration = Duration::from_millis(20);
/// How long the drain waits for sessions to end after it closed them. A session whose command waits for a database that does
/// not answer ends at the deadline of the whole shutdown.
const WAIT_MAX: Duration = Duration::from_secs(3);

/// Closes all sessions, spread evenly over the time `spread`. Returns when all sessions have ended, and at most 3 s after
/// the last close. Connections before their `hello` are closed by [`Tasks::stopping`](crate::tasks::Tasks::stopping).
pub async fn drain(app: &App, spread: Duration) {
    let sessions = app.sessions.all();
    let started_at = Instant::now();
    let count = u32::try_from(sessions.len()).unwrap_or(u32::MAX).max(1);
    for (index, session) in (0_u32..).zip(&sessions) {
        sleep_until(started_at + spread * index / count).await;
        session.close(CloseReason::code(CloseCode::GoingAway));
    }
    // Sessions whose handshake ended in the meantime are closed too.
    let give_up = Instant::now() + WAIT_MAX;
    while !app.sessions.is_empty() && Instant::now() < give_up {
        for session in app.sessions.all() {
            session.close(CloseReason::code(CloseCode::GoingAway));
        }
        sleep(CHECK_EVERY).await;
    }
}
