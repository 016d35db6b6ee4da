//! Ends the sessions whose tokens were signed with a key that has been revoked, and the sessions of suspended tenants.

use std::{collections::HashSet, sync::Arc, time::Duration};

use causerie_protocol::{CloseCode, TenantId};

use crate::{
    app::App,
    auth::{AuthError, keys::KeyMark},
    sessions::CloseReason,
    store::queries::tenant_states,
};

/// How often the keys are read. The command that revokes a key promises that its connections close within 30 seconds.
const CHECKED_EVERY: Duration = Duration::from_secs(10);

/// Starts the task that checks for revoked keys and suspended tenants.
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
            if let Some([older, _]) = &last {
                end(app, &ended.difference(older).copied().collect());
            }
            let newer = last.take().map_or_else(|| ended.clone(), |[_, newer]| newer);
            last = Some([newer, ended]);
        }
        match tenant_states::suspended(app.store.reader()).await {
            Ok(suspended) => end_suspended(app, &suspended),
            Err(error) => tracing::warn!(%error, "suspended tenants can't be looked for"),
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

/// Ends the sessions of suspended tenants on this node.
pub fn end_suspended(app: &App, tenants: &HashSet<TenantId>) {
    if tenants.is_empty() {
        return;
    }
    let mut count = 0;
    for session in app.sessions.all().into_iter().filter(|session| tenants.contains(&session.caller.tenant)) {
        session.end(CloseReason::Code(AuthError::Suspended.close_code(), AuthError::Suspended.to_string()));
        count += 1;
    }
    if count > 0 {
        tracing::info!(count, "sessions ended: their tenant is suspended");
    }
}
