//! `causerie serve`: config, telemetry, build, serve, wait for a signal, drain.

use std::io::Write as _;

use super::{Outcome, Settings, clock, place};
use crate::{
    app::App,
    config::Config,
    demo,
    lifecycle::{Server, Signals},
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
    if app.config.demo_enabled() {
        demo::prepare(&app).await?;
    }
    let server = Server::start(app).await?;
    announce(&server);

    tokio::select! {
        signal = signals.next() => tracing::info!(signal, "asked to leave; once more to leave at once"),
        () = server.died() => tracing::error!("a part is dead; leaving"),
    }
    tokio::select! {
        left = server.stop() => Ok(left?),
        signal = signals.next() => Err(format!("left at once on a second {signal}").into()),
    }
}

/// Tells people, and scripts that wait for it, where to connect. Nobody may be listening, or the volume the answer goes to may be
/// full, which is no reason not to serve.
fn announce(server: &Server) {
    let mut out = std::io::stdout().lock();
    let told = (|| -> std::io::Result<()> {
        writeln!(out, "causerie is ready on http://{}", server.public_address())?;
        writeln!(out, "internal listener on http://{}", server.internal_address())?;
        out.write_all(banner(&server.app().config, &server.public_address().to_string()).as_bytes())?;
        out.flush()
    })();
    if let Err(error) = told {
        tracing::warn!(%error, "standard output can't be written");
    }
}

fn banner(config: &Config, address: &str) -> String {
    if !config.demo_enabled() {
        return String::new();
    }
    let kept = place(config);
    format!(
        "\n  Open http://{address}/ and choose people, each in a tab of their own.\n\n  \
         DEMO: anyone who can connect may sign in as a demo person, without a password.\n  \
         Turn it off with CAUSERIE_DEMO__ENABLED=false.\n\n  \
         Messages are kept in {kept}\n\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_warns() {
        let text = banner(&Config::default(), "127.0.0.1:8080");
        for part in ["http://127.0.0.1:8080/", "without a password", "CAUSERIE_DEMO__ENABLED=false", "/data"] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn without_demo_there_is_nothing_to_warn_of() {
        let mut config = Config::default();
        config.demo.enabled = Some(false);
        assert_eq!(banner(&config, "127.0.0.1:8080"), "");
    }
}
