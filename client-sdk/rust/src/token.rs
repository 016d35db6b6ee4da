//! Gets tokens, and computes when to replace them.

use std::{
    error::Error,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use causerie_protocol::Timestamp;
use futures::{FutureExt, future::BoxFuture};

/// The error of a [`TokenProvider`]. Any error type converts into it.
pub type TokenFailure = Box<dyn Error + Send + Sync>;

/// Gets tokens that the embedding product signs. Each closure that returns a future of `Result<String, _>` implements this
/// trait.
///
/// The client calls the provider for the first connection, shortly before the current token expires, and after the server
/// refused the current token, but at most once in [`crate::Config::token_interval`]. After a failure the client calls it
/// again with backoff.
pub trait TokenProvider: Send + Sync + 'static {
    /// Gets a new token: a signed JWT.
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

#[derive(Clone)]
pub(crate) struct Token {
    pub text: String,
    /// When to replace the token. `None` if the server named no expiry: the client uses the token until the server refuses
    /// it.
    pub refresh_at: Option<Instant>,
}

/// A token is replaced at most this long before it expires. The time is for a slow back end: the connection must not be
/// interrupted while the client gets the next token.
const LEAD_MAX: Duration = Duration::from_secs(60);

/// A token provider with the shortest allowed interval between its calls.
#[derive(Clone)]
pub(crate) struct Tokens {
    provider: Arc<dyn TokenProvider>,
    interval: Duration,
    called_at: Arc<Mutex<Option<Instant>>>,
}

impl Tokens {
    pub fn new(provider: Arc<dyn TokenProvider>, interval: Duration) -> Self {
        Self { provider, interval, called_at: Arc::default() }
    }

    /// The earliest instant of the next call. `None` before the first call.
    pub fn due(&self) -> Option<Instant> {
        self.called_at.lock().unwrap_or_else(PoisonError::into_inner).map(|at| at + self.interval)
    }

    /// Calls the provider, now or as soon as the interval allows it. The caller must await one call before it makes the
    /// next.
    pub fn fresh(&self) -> BoxFuture<'static, Result<String, TokenFailure>> {
        let tokens = self.clone();
        async move {
            if let Some(due) = tokens.due() {
                tokio::time::sleep_until(due.into()).await;
            }
            *tokens.called_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            tokens.provider.token().await
        }
        .boxed()
    }
}

impl Token {
    /// Whether the token need not be replaced yet, so that it can open another connection.
    pub fn is_fresh(&self, now: Instant) -> bool {
        self.refresh_at.is_none_or(|at| now < at)
    }
}

/// When to replace a token that is valid for `lifetime` from `now`: a fifth of `lifetime` before its end, but at most a
/// minute before it.
fn refresh_at(lifetime: Duration, now: Instant) -> Instant {
    now + lifetime.saturating_sub(LEAD_MAX.min(lifetime / 5))
}

/// When to replace a token. The server names the remaining time or, in older versions, the time of expiry. `None` if the
/// server names neither.
pub(crate) fn refresh_after(ttl_ms: u32, expires_at: Option<&Timestamp>, now: Instant) -> Option<Instant> {
    if ttl_ms > 0 {
        return Some(refresh_at(Duration::from_millis(ttl_ms.into()), now));
    }
    expires_at.map(|at| refresh_at(time_until(at.seconds, at.nanos), now))
}

/// The time until an expiry by the clock of this machine, which may be wrong. The expiry is in seconds and nanoseconds since
/// 1970 UTC.
fn time_until(seconds: i64, nanos: i32) -> Duration {
    let expiry = Duration::new(u64::try_from(seconds).unwrap_or(0), u32::try_from(nanos).unwrap_or(0));
    expiry.saturating_sub(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
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
    fn the_remaining_life_counts_more_than_the_time_of_expiry() {
        let now = Instant::now();
        let long_ago = Timestamp { seconds: 1_000, nanos: 0 };
        assert_eq!(refresh_after(3_600_000, Some(&long_ago), now), Some(now + Duration::from_secs(3540)));
        assert_eq!(refresh_after(0, Some(&long_ago), now), Some(now));
        assert_eq!(refresh_after(0, None, now), None);
    }

    #[tokio::test]
    async fn a_provider_is_called_once_in_an_interval() {
        let call_times: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let provider_times = Arc::clone(&call_times);
        let provider = move || {
            provider_times.lock().expect("whole").push(Instant::now());
            std::future::ready(Err::<String, _>("down"))
        };
        let tokens = Tokens::new(Arc::new(provider), Duration::from_millis(30));
        let mut due = Vec::new();
        for _ in 0..5 {
            // A future that is dropped before it runs does not call the provider.
            drop(tokens.fresh());
            tokens.fresh().await.expect_err("down");
            due.extend(tokens.due());
        }
        let call_times = call_times.lock().expect("whole");
        assert_eq!((call_times.len(), due.len()), (5, 5));
        assert!(due.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(30)), "{due:?}");
        assert!(call_times.iter().skip(1).zip(&due).all(|(call_time, due)| call_time >= due), "{call_times:?} {due:?}");
    }
}
