//! `causerie serve`: reads the settings, starts the log, builds and starts the server, waits for a signal, and stops the
//! server.

use std::{io::Write as _, sync::Arc};

use axum::Router;
use sd_notify::NotifyState;

use super::{Outcome, Settings, clock, data_location};
use crate::{
    app::App,
    demo,
    lifecycle::{Server, Signals},
    store::{StoreError, queries::tenants},
    telemetry,
};

pub(super) async fn run(settings: &Settings) -> Outcome {
    let config = settings.load()?.config;
    let _log = telemetry::init(&config.log)?;
    let mut signals = Signals::listen()?;
    if !config.database.url.is_empty() && config.redis.url.is_empty() {
        tracing::warn!("without `redis.url` this node hears of other nodes' messages only when it looks at the database");
    }
    let app = App::build(config, clock()).await?;
    let has_demo = demo::is_wanted(&app.config, &app.store).await?;
    let demo_router = if has_demo {
        demo::prepare(&app).await?;
        demo::router(Arc::clone(&app))
    } else {
        Router::new()
    };
    let server = Server::start(app, demo_router).await?;
    let banner = banner(&server, has_demo).await?;
    announce(&server, &banner);
    tell_systemd(NotifyState::Ready);

    tokio::select! {
        signal = signals.next() => tracing::info!(signal, "asked to leave; once more to leave at once"),
        () = server.died() => tracing::error!("a part is dead; leaving"),
    }
    tell_systemd(NotifyState::Stopping);
    tokio::select! {
        left = server.stop() => Ok(left?),
        signal = signals.next() => Err(format!("left at once on a second {signal}").into()),
    }
}

/// Reports a state to the service manager that started this process, if the service has `Type=notify`.
fn tell_systemd(state: NotifyState) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "the service manager could not be notified");
    }
}

/// Prints the addresses of the server and the banner, for operators and for scripts that wait for this line. If they can't
/// be written, the server continues to run.
fn announce(server: &Server, banner: &str) {
    let mut out = std::io::stdout().lock();
    let written = (|| -> std::io::Result<()> {
        writeln!(out, "causerie is ready on http://{}", server.public_address())?;
        writeln!(out, "internal listener on http://{}", server.internal_address())?;
        out.write_all(banner.as_bytes())?;
        out.flush()
    })();
    if let Err(error) = written {
        tracing::warn!(%error, "standard output can't be written");
    }
}

/// The text below the addresses: whether the demo is on or why it is off, and the next step for the operator.
async fn banner(server: &Server, has_demo: bool) -> Result<String, StoreError> {
    let (config, store) = (&server.app().config, &server.app().store);
    let address = server.public_address();
    let kept = format!("  Messages are kept in {}\n\n", data_location(config));
    if has_demo {
        return Ok(format!(
            "\n  Open http://{address}/ and choose users, each in a tab of their own.\n\n  \
             DEMO: anyone who can connect may sign in as a demo user, without a password.\n  \
             Turn it off with CAUSERIE_DEMO__ENABLED=false.\n\n{kept}"
        ));
    }
    let reason = demo::why_off(config, store).await?;
    let next = match tenants::all(store).await?.first() {
        None => "There is no tenant yet. Make one: causerie tenant create acme --name \"Acme\"".to_owned(),
        Some(tenant) => format!(
            "Users sign in with tokens that your back end signs. For a key: causerie signing-key add --tenant {} --algorithm HS256 \
             --generate",
            tenant.slug
        ),
    };
    Ok(format!("\n  The demo is off: {reason}.\n  {next}\n\n{kept}"))
}
