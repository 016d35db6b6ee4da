//! Where tokens come from, and how long one is good for.

use std::{
    error::Error,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use causerie_protocol::wire::Welcome;
use futures::{FutureExt, future::BoxFuture};

/// Why a [`TokenProvider`] had no token; any error will do.
pub type TokenFailure = Box<dyn Error + Send + Sync>;

/// Gets a token signed by the embedding product. Every async closure that returns `Result<String, _>` is one.
///
/// Asked only when a fresh token is needed: for the first connection, shortly before the old one expires, and when the
/// server refused the old one. A failure is tried again with backoff.
pub trait TokenProvider: Send + Sync + 'static {
    /// Gets a fresh token.
    fn token(&self) -> BoxFuture<'static, Result<String, TokenFailure>>;
}

impl<F, Answer, Failure> TokenProvider for F
where
    F: Fn() -> Answer + Send + Sync + 'static,
    Answer: Future<Output = Result<String, Failure>> + Send + 'static,
    Failure: Into<TokenFailure>,
{
    fn token(&self) -> BoxFuture<'static, Result<String, TokenFailure>> {
        self().map(|answer| answer.map_err(Into::into)).boxed()
    }
}

/// A token in use.
#[derive(Clone)]
pub(crate) struct Token {
    pub text: String,
    /// `None` where the server told no expiry: good until it is refused.
    pub refresh_at: Option<Instant>,
}

/// A token is replaced this long before it expires, so that a slow product back end makes nobody drop.
const LEAD_MAX: Duration = Duration::from_secs(60);

/// Never refresh more often than this: a clock that runs ahead of the server's would refresh without pause.
const INTERVAL_MIN: Duration = Duration::from_secs(1);

impl Token {
    /// Good enough for another connection?
    pub fn is_fresh(&self, now: Instant) -> bool {
        self.refresh_at.is_none_or(|at| now < at)
    }
}

/// When to replace a token that lives for `lifetime` from `now`: a fifth of it, at most a minute, before the end.
pub(crate) fn refresh_at(lifetime: Duration, now: Instant) -> Instant {
    now + lifetime.saturating_sub(LEAD_MAX.min(lifetime / 5)).max(INTERVAL_MIN)
}

/// How long from now until an expiry told by the server, by this machine's clock.
pub(crate) fn lifetime(seconds: i64, nanos: i32) -> Duration {
    let expiry = Duration::new(u64::try_from(seconds).unwrap_or(0), u32::try_from(nanos).unwrap_or(0));
    expiry.saturating_sub(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// When to replace the token a connection was welcomed with; never where the server names no expiry.
pub(crate) fn refresh_after_welcome(welcome: &Welcome, now: Instant) -> Option<Instant> {
    welcome.token_expires_at.as_ref().map(|at| refresh_at(lifetime(at.seconds, at.nanos), now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_tokens_are_replaced_a_minute_early_and_short_ones_at_four_fifths() {
        let now = Instant::now();
        assert_eq!(refresh_at(Duration::from_secs(3600), now), now + Duration::from_secs(3540));
        assert_eq!(refresh_at(Duration::from_secs(10), now), now + Duration::from_secs(8));
    }

    #[test]
    fn a_clock_ahead_of_the_server_does_not_refresh_without_pause() {
        let now = Instant::now();
        assert_eq!(refresh_at(lifetime(0, 0), now), now + INTERVAL_MIN);
    }
}
