//! The settings of a client.

use std::{fmt, sync::Arc, time::Duration};

use causerie_protocol::Encoding;
use url::Url;

use crate::{outbox::OutboxStore, token::TokenProvider};

/// A source of randomness: each call returns a number from 0 to 1. Tests inject a fixed one.
pub type Jitter = Arc<dyn Fn() -> f64 + Send + Sync>;

/// The settings of a client. [`Config::new`] sets the defaults; a program changes fields before it connects.
#[derive(Clone)]
#[non_exhaustive]
pub struct Config {
    /// The WebSocket of the server: `wss://chat.example.org/v1/ws`.
    pub url: Url,
    /// The encoding of frames. Default: [`Encoding::Proto`], which is smaller; JSON is easier to read on the wire.
    pub encoding: Encoding,
    /// Provides signed tokens.
    pub token_provider: Arc<dyn TokenProvider>,
    /// The shortest time between two calls of the token provider. Default: 30 seconds.
    pub token_interval: Duration,
    /// The longest wait after the first failure; it doubles with each further failure. Default: 500 ms.
    pub backoff_min: Duration,
    /// The longest wait between two attempts. Default: 30 seconds.
    pub backoff_max: Duration,
    /// How long a command may stay without an answer, including the time without a connection. The same limit holds for
    /// opening a connection, and an unanswered message is sent again after it. Default: 10 seconds.
    pub command_timeout: Duration,
    /// Keeps unsent messages over restarts. Default: none, they are kept in memory.
    pub outbox_store: Option<Arc<dyn OutboxStore>>,
    /// How many messages may be unsent. Default: 1,000.
    pub outbox_max: usize,
    /// How many events are queued for one subscriber before it gets [`crate::Event::Lagged`]. Default: 65,536.
    pub events_max: usize,
    /// Spreads reconnections over time.
    pub jitter: Jitter,
    /// The name of the program, for the server's logs. Default: this crate's.
    pub client_name: String,
    /// The version of the program, for the server's logs. Default: this crate's.
    pub client_version: String,
}

/// A URL that is not the address of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{url}` is no address of a server, such as `wss://chat.example.org/v1/ws`: {why}")]
pub struct InvalidUrl {
    url: String,
    why: String,
}

impl Config {
    /// Settings with their defaults.
    ///
    /// # Errors
    /// If `url` is not an absolute `ws://` or `wss://` address.
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
    fn only_websocket_urls_are_accepted() {
        let provider = || async { Ok::<_, std::io::Error>(String::new()) };
        assert!(Config::new("ws://127.0.0.1:8080/v1/ws", provider).is_ok());
        let error = Config::new("http://127.0.0.1/", provider).expect_err("refused");
        assert!(error.to_string().contains("its scheme is `http`"), "{error}");
        assert!(Config::new("chat", provider).is_err());
    }
}
