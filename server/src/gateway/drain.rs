//! Sending everyone elsewhere, spread over time, so that the other nodes are not stormed.

use std::time::Duration;

use causerie_protocol::CloseCode;
use tokio::time::{Instant, sleep, sleep_until};

use crate::{app::App, sessions::CloseReason};

/// Clients are asked to come back at random within this time, on top of the spread closes.
pub(super) const RETURN_WITHIN_MS: u32 = 1_000;
/// How often it is seen whether all are gone.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Closes all sessions, spread evenly over `over`; returns when they are gone.
pub async fn drain(app: &App, over: Duration) {
    let sessions = app.sessions.all();
    let began = Instant::now();
    let count = u32::try_from(sessions.len()).unwrap_or(u32::MAX).max(1);
    for (at, session) in (0_u32..).zip(&sessions) {
        sleep_until(began + over * at / count).await;
        session.close(CloseReason::code(CloseCode::GoingAway));
    }
    // Those whose handshake ended meanwhile.
    while !app.sessions.is_empty() {
        for session in app.sessions.all() {
            session.close(CloseReason::code(CloseCode::GoingAway));
        }
        sleep(LOOK_EVERY).await;
    }
}
