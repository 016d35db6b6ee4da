//! Ends the sessions whose tokens were signed with a key that has been revoked.

use std::{collections::HashSet, sync::Arc, time::Duration};

use causerie_protocol::CloseCode;

use crate::{app::App, auth::keys::KeyMark, sessions::CloseReason};

/// How often the keys are read. The command that revokes a key promises that its connections close within 30 seconds.
const CHECK_EVERY: Duration = Duration::from_secs(10);

/// Starts the task that checks for revoked keys.
pub fn watch(app: &Arc<App>) {
    let (app, stop) = (Arc::clone(app), app.tasks.stopping());
    app.tasks.clone().spawn_vital("signing keys", async move {
        tokio::select! {
            () = end_revoked(&app) => {}
            () = stop.cancelled() => {}
        }
    });
}

async fn end_revoked(app: &App) {
    // The revoked keys of the last two reads. Keys that were revoked before the server started let no session in. The
    // sessions of a newly revoked key are ended at two reads in a row, because a session may be added just after a read,
    // with a key that was valid just before that read.
    let mut previous: Option<[HashSet<KeyMark>; 2]> = None;
    loop {
        // `refresh_keys` logs its failures.
        if let Ok(revoked) = app.auth.refresh_keys().await {
            // The keys of a deleted tenant count as revoked. The sessions of this tenant are ended before, with the reason
            // that the tenant was deleted: a session keeps its first reason. A failure of this call is ignored: without the
            // database, `refresh_keys` fails too.
            let _ = app.hub.end_suspended().await;
            if let Some([older, _]) = &previous {
                end_sessions(app, &revoked.difference(older).copied().collect());
            }
            let newer = previous.take().map_or_else(|| revoked.clone(), |[_, newer]| newer);
            previous = Some([newer, revoked]);
        }
        tokio::time::sleep(CHECK_EVERY).await;
    }
}

fn end_sessions(app: &App, keys: &HashSet<KeyMark>) {
    if keys.is_empty() {
        return;
    }
    let mut count = 0;
    for session in app.sessions.all().into_iter().filter(|session| keys.contains(&session.signed_by())) {
        let message = "the token's signing key was revoked: fetch a fresh token".to_owned();
        session.end(CloseReason::Code(CloseCode::TokenExpired, message));
        count += 1;
    }
    if count > 0 {
        tracing::info!(count, "sessions ended: their signing key was revoked");
    }
}
