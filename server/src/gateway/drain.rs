//! Sending everyone elsewhere, spread over time, so that the other nodes are not stormed.

use std::time::Duration;

use causerie_protocol::CloseCode;
use tokio::time::{Instant, sleep, sleep_until};

use crate::{app::App, sessions::CloseReason};

/// Clients are asked to come back at random within this time, on top of the spread closes.
pub(super) const RETURN_WITHIN_MS: u32 = 1_000;
/// How often it is seen whether all are gone.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long sessions may take to leave once asked. One whose command waits for a database that does not answer is left to
/// the deadline of whoever stops the server.
const LEAVE_MAX: Duration = Duration::from_secs(3);

/// Closes all sessions, spread evenly over `over`; returns when they are gone, or soon after. Sockets that did not say
/// hello yet are closed by [`Tasks::stopping`](crate::tasks::Tasks::stopping).
pub async fn drain(app: &App, over: Duration) {
    let sessions = app.sessions.all();
    let began = Instant::now();
    let count = u32::try_from(sessions.len()).unwrap_or(u32::MAX).max(1);
    for (at, session) in (0_u32..).zip(&sessions) {
        sleep_until(began + over * at / count).await;
        session.close(CloseReason::code(CloseCode::GoingAway));
    }
    // Those whose handshake ended meanwhile.
    let give_up = Instant::now() + LEAVE_MAX;
    while !app.sessions.is_empty() && Instant::now() < give_up {
        for session in app.sessions.all() {
            session.close(CloseReason::code(CloseCode::GoingAway));
        }
        sleep(LOOK_EVERY).await;
    }
}
