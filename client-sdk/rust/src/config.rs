//! How a client connects.

use std::{fmt, sync::Arc, time::Duration};

use causerie_protocol::Encoding;
use url::Url;

use crate::{outbox::OutboxStore, token::TokenProvider};

/// A source of randomness: each call gives a number from 0 to 1. Tests inject a fixed one.
pub type Jitter = Arc<dyn Fn() -> f64 + Send + Sync>;

/// Everything a client needs to know. [`Config::new`] fills in the defaults; change fields before connecting.
#[derive(Clone)]
#[non_exhaustive]
pub struct Config {
    /// The server's socket, `wss://chat.example.org/v1/ws`.
    pub url: Url,
    /// How frames are encoded. Default: [`Encoding::Proto`], the smaller one; JSON is easier to watch on the wire.
    pub encoding: Encoding,
    /// Gets fresh tokens.
    pub token_provider: Arc<dyn TokenProvider>,
    /// The token provider is asked at most once in this time, whatever happens. Default: 30 seconds.
    pub token_interval: Duration,
    /// The longest wait after the first failure; doubled with every further one. Default: half a second.
    pub backoff_min: Duration,
    /// The longest wait ever. Default: 30 seconds.
    pub backoff_max: Duration,
    /// How long a command may stay unanswered, the time without a connection included. Also limits a handshake, and the
    /// time after which an unanswered send is repeated. Default: 10 seconds.
    pub command_timeout: Duration,
    /// Keeps unanswered sends over restarts. Default: none, they are kept in memory.
    pub outbox_store: Option<Arc<dyn OutboxStore>>,
    /// How many sends may wait for an answer. Default: 1,000.
    pub outbox_max: usize,
    /// How many events wait for one subscriber before it is told [`crate::Event::Lagged`]. Default: 65,536.
    pub events_max: usize,
    /// Spreads reconnections.
    pub jitter: Jitter,
    /// Which program speaks, for the server's logs. Default: this crate.
    pub client_name: String,
    /// Its version.
    pub client_version: String,
}

/// The address of a server that can't be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{url}` is no ws:// or wss:// address: {why}")]
pub struct InvalidUrl {
    url: String,
    why: String,
}

impl Config {
    /// A configuration with the defaults.
    ///
    /// # Errors
    /// When `url` is not an absolute `ws://` or `wss://` address.
    pub fn new(url: &str, token_provider: impl TokenProvider) -> Result<Self, InvalidUrl> {
        let invalid = |why: String| InvalidUrl { url: url.to_owned(), why };
        let parsed = Url::parse(url).map_err(|error| invalid(error.to_string()))?;
        if !matches!(parsed.scheme(), "ws" | "wss") {
            return Err(invalid(format!("its scheme is `{}`", parsed.scheme())));
        }
        Ok(Self {
            url: parsed,
            encoding: Encoding::Proto,
            token_provider: Arc::new(token_provider),
            token_interval: Duration::from_secs(30),
            backoff_min: Duration::from_millis(500),
            backoff_max: Duration::from_secs(30),
            command_timeout: Duration::from_secs(10),
            outbox_store: None,
            outbox_max: 1_000,
            events_max: 65_536,
            jitter: Arc::new(rand::random::<f64>),
            client_name: env!("CARGO_PKG_NAME").to_owned(),
            client_version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("url", &self.url.as_str()).field("encoding", &self.encoding).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked() {
        let provider = || async { Ok::<_, std::io::Error>(String::new()) };
        assert!(Config::new("ws://127.0.0.1:8080/v1/ws", provider).is_ok());
        let error = Config::new("http://127.0.0.1/", provider).expect_err("refused");
        assert!(error.to_string().contains("its scheme is `http`"), "{error}");
        assert!(Config::new("chat", provider).is_err());
    }
}
