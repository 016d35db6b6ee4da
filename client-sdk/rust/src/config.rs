//! The settings of a client.

use std::{fmt, sync::Arc, time::Duration};

use causerie_protocol::Encoding;
use url::Url;

use crate::{outbox::OutboxStore, token::TokenProvider};

/// A source of random numbers: each call returns a number from 0 to 1. Tests use a fixed number.
pub type Jitter = Arc<dyn Fn() -> f64 + Send + Sync>;

/// The settings of a client. [`Config::new`] sets the defaults; a program changes fields before it connects.
#[derive(Clone)]
#[non_exhaustive]
pub struct Config {
    /// The URL of the server's WebSocket, such as `wss://chat.example.org/v1/ws`.
    pub url: Url,
    /// The encoding of frames. Default: [`Encoding::Proto`]. Its frames are smaller than those of [`Encoding::Json`], which
    /// a person can read.
    pub encoding: Encoding,
    /// Provides the signed tokens that authenticate the user.
    pub token_provider: Arc<dyn TokenProvider>,
    /// The shortest time between two calls of the token provider. Default: 30 seconds.
    pub token_interval: Duration,
    /// The longest random wait after the first failure. It doubles with each further failure, up to `backoff_max`. Default:
    /// 500 ms.
    pub backoff_min: Duration,
    /// The longest wait between two attempts. Default: 30 seconds.
    pub backoff_max: Duration,
    /// The longest time that a command waits for its answer, including the time without a connection. Opening a connection
    /// has the same limit, and a message without an answer is sent again after this time. Default: 10 seconds.
    pub command_timeout: Duration,
    /// Keeps unsent messages over restarts of the program. Default: none; unsent messages are only in memory.
    pub outbox_store: Option<Arc<dyn OutboxStore>>,
    /// The maximum number of unsent messages, and of failed messages that are kept. Default: 1,000.
    pub outbox_max: usize,
    /// The maximum number of events that are queued for one subscriber. A subscriber with a full queue gets
    /// [`crate::Event::Lagged`]. Default: 65,536.
    pub events_max: usize,
    /// The random numbers that spread reconnections over time. Default: a random number generator.
    pub jitter: Jitter,
    /// The name of the program, for the server's logs. Default: the name of this crate.
    pub client_name: String,
    /// The version of the program, for the server's logs. Default: the version of this crate.
    pub client_version: String,
}

/// The error of [`Config::new`]: the URL is not the address of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{url}` is no address of a server, such as `wss://chat.example.org/v1/ws`: {why}")]
pub struct InvalidUrl {
    url: String,
    why: String,
}

impl Config {
    /// Settings with default values.
    ///
    /// # Errors
    /// [`InvalidUrl`] if `url` is not an absolute `ws://` or `wss://` address.
    pub fn new(url: &str, token_provider: impl TokenProvider) -> Result<Self, InvalidUrl> {
        let invalid_url = |why: String| InvalidUrl { url: url.to_owned(), why };
        let parsed = Url::parse(url).map_err(|error| invalid_url(error.to_string()))?;
        if !matches!(parsed.scheme(), "ws" | "wss") {
            return Err(invalid_url(format!("its scheme is `{}`", parsed.scheme())));
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
