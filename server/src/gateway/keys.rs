//! Ends the sessions whose tokens were signed with a key that has been revoked.

use std::{collections::HashSet, sync::Arc, time::Duration};

use causerie_protocol::CloseCode;

use crate::{app::App, auth::keys::KeyMark, sessions::CloseReason};

/// How often the keys are read. The command that revokes a key promises that its connections close within 30 seconds.
const CHECKED_EVERY: Duration = Duration::from_secs(10);

/// Starts the task that checks for revoked keys.
pub fn watch(app: &Arc<App>) {
    let (app, stop) = (Arc::clone(app), app.tasks.stopping());
    app.tasks.clone().spawn_vital("signing keys", async move {
        tokio::select! {
            () = look(&app) => {}
            () = stop.cancelled() => {}
        }
    });
}

async fn look(app: &App) {
    // The revoked keys of the last two reads. Keys that were revoked before the server started let no session in. The
    // sessions of a newly revoked key are ended at two reads in a row, because a session may be added just after a read,
    // with a key that was valid just before it.
    let mut last: Option<[HashSet<KeyMark>; 2]> = None;
    loop {
        // `refresh_keys` logs its failures.
        if let Ok(ended) = app.auth.refresh_keys().await {
            // The keys of a deleted tenant are gone. Its sessions end with the reason of the tenant, which the first reason
            // keeps; without the database, no key is known to be revoked.
            let _ = app.hub.end_suspended().await;
            if let Some([older, _]) = &last {
                end(app, &ended.difference(older).copied().collect());
            }
            let newer = last.take().map_or_else(|| ended.clone(), |[_, newer]| newer);
            last = Some([newer, ended]);
        }
        tokio::time::sleep(CHECKED_EVERY).await;
    }
}

fn end(app: &App, keys: &HashSet<KeyMark>) {
    if keys.is_empty() {
        return;
    }
    let mut count = 0;
    for session in app.sessions.all().into_iter().filter(|session| keys.contains(&session.signed_by())) {
        let why = "the token's signing key was revoked: fetch a fresh token".to_owned();
        session.end(CloseReason::Code(CloseCode::TokenExpired, why));
        count += 1;
    }
    if count > 0 {
        tracing::info!(count, "sessions ended: their signing key was revoked");
    }
}
