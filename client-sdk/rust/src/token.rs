//! Gets tokens, and decides when to replace them.

use std::{
    error::Error,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use causerie_protocol::Timestamp;
use futures::{FutureExt, future::BoxFuture};

/// Why a [`TokenProvider`] has no token; any error type converts into it.
pub type TokenFailure = Box<dyn Error + Send + Sync>;

/// Gets a token that the embedding product signs. Every async closure that returns `Result<String, _>` implements it.
///
/// The client calls it for the first connection, shortly before the current token expires, and after the server refused the
/// current token; at most once in [`crate::Config::token_interval`]. After a failure it tries again with backoff.
pub trait TokenProvider: Send + Sync + 'static {
    /// Gets a new token.
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
    /// `None` if the server named no expiry: the token is used until it is refused.
    pub refresh_at: Option<Instant>,
}

/// A token is replaced at most this long before it expires, so that a slow back end does not interrupt the connection.
const LEAD_MAX: Duration = Duration::from_secs(60);

/// A provider with a minimal interval between its calls.
#[derive(Clone)]
pub(crate) struct Tokens {
    provider: Arc<dyn TokenProvider>,
    interval: Duration,
    asked_at: Arc<Mutex<Option<Instant>>>,
}

impl Tokens {
    pub fn new(provider: Arc<dyn TokenProvider>, interval: Duration) -> Self {
        Self { provider, interval, asked_at: Arc::default() }
    }

    /// The earliest instant of the next call.
    pub fn due(&self) -> Option<Instant> {
        self.asked_at.lock().unwrap_or_else(PoisonError::into_inner).map(|at| at + self.interval)
    }

    /// Calls the provider, now or as soon as the interval allows it. One call at a time.
    pub fn fresh(&self) -> BoxFuture<'static, Result<String, TokenFailure>> {
        let tokens = self.clone();
        async move {
            if let Some(due) = tokens.due() {
                tokio::time::sleep_until(due.into()).await;
            }
            *tokens.asked_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            tokens.provider.token().await
        }
        .boxed()
    }
}

impl Token {
    /// Whether the token can open another connection.
    pub fn is_fresh(&self, now: Instant) -> bool {
        self.refresh_at.is_none_or(|at| now < at)
    }
}

/// When to replace a token that lives for `lifetime` from `now`: a fifth of its life before the end, at most a minute.
fn refresh_at(lifetime: Duration, now: Instant) -> Instant {
    now + lifetime.saturating_sub(LEAD_MAX.min(lifetime / 5))
}

/// When to replace a token. The server names the remaining life or, in older versions, the time of expiry. `None` if it
/// names neither.
pub(crate) fn refresh_after(ttl_ms: u32, expires_at: Option<&Timestamp>, now: Instant) -> Option<Instant> {
    if ttl_ms > 0 {
        return Some(refresh_at(Duration::from_millis(ttl_ms.into()), now));
    }
    expires_at.map(|at| refresh_at(lifetime(at.seconds, at.nanos), now))
}

/// The time left until an expiry, by the clock of this machine, which may be wrong.
fn lifetime(seconds: i64, nanos: i32) -> Duration {
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
        let asked: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let times = Arc::clone(&asked);
        let provider = move || {
            times.lock().expect("whole").push(Instant::now());
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
        let asked = asked.lock().expect("whole");
        assert_eq!((asked.len(), due.len()), (5, 5));
        assert!(due.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(30)), "{due:?}");
        assert!(asked.iter().skip(1).zip(&due).all(|(asked, due)| asked >= due), "{asked:?} {due:?}");
    }
}
