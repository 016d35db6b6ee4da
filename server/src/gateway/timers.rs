//! Computes when a quiet connection next needs work: a ping, a close after silence, or the end of its token.

use std::time::Duration;

use tokio::time::Instant;

use crate::auth::token;

/// The number of seconds before the expiry of its token at which a client is asked to refresh the token.
const EXPIRY_NOTICE_S: i64 = 60;

/// The number of seconds for which an expired token is still accepted, because clocks may differ. A session stays open for
/// as long as its token would be accepted.
const LEEWAY_S: i64 = token::LEEWAY_S;

/// The milliseconds from `now_s` until a token expires at `expires_at_s`. At least 1, because 0 means "unknown" on the wire.
#[must_use]
pub fn remaining_ms(expires_at_s: i64, now_s: i64) -> u32 {
    let remaining_ms = expires_at_s.saturating_sub(now_s).saturating_mul(1000);
    u32::try_from(remaining_ms.max(1)).unwrap_or(u32::MAX)
}

/// The deadlines of one connection.
pub struct Timers {
    interval: Duration,
    next_ping: Instant,
    alive_at: Instant,
    expires_at_s: i64,
    /// Whether [`Due::ExpiryNotice`] was reported for the current token.
    notice_given: bool,
}

/// The work that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing until [`Timers::next`].
    Nothing,
    /// Send a ping.
    Ping,
    /// Close the connection: the client sent nothing for two intervals.
    Silence,
    /// Send the event that asks the client to refresh its token.
    ExpiryNotice,
    /// Close the connection: the token expired.
    Expired,
}

impl Timers {
    /// The deadlines of a connection that just finished its handshake.
    #[must_use]
    pub fn new(interval: Duration, expires_at_s: i64, now: Instant) -> Self {
        Self { interval, next_ping: now + interval, alive_at: now, expires_at_s, notice_given: false }
    }

    /// Records that the client is alive now.
    pub fn client_alive(&mut self, now: Instant) {
        self.alive_at = now;
    }

    /// Records that the client sent a fresh token. `expires_at_s`: seconds since 1970 UTC.
    pub fn token_refreshed(&mut self, expires_at_s: i64) {
        self.expires_at_s = expires_at_s;
        self.notice_given = false;
    }

    /// When the token expires. Seconds since 1970 UTC.
    #[must_use]
    pub fn expires_at_s(&self) -> i64 {
        self.expires_at_s
    }

    /// The next moment at which work may be due. `now_s` is `now` as wall clock time, in seconds since 1970 UTC.
    #[must_use]
    pub fn next(&self, now: Instant, now_s: i64) -> Instant {
        let expiry = if self.notice_given { self.expires_at_s + LEEWAY_S } else { self.expires_at_s - EXPIRY_NOTICE_S };
        let until_expiry = Duration::from_secs(u64::try_from(expiry - now_s).unwrap_or(0));
        self.next_ping.min(self.silence_at()).min(now + until_expiry.min(self.interval))
    }

    /// The work that is due at `now`. Each ping and each expiry notice is due once.
    pub fn due(&mut self, now: Instant, now_s: i64) -> Due {
        if now_s >= self.expires_at_s + LEEWAY_S {
            return Due::Expired;
        }
        if !self.notice_given && now_s >= self.expires_at_s - EXPIRY_NOTICE_S {
            self.notice_given = true;
            return Due::ExpiryNotice;
        }
        if now >= self.silence_at() {
            return Due::Silence;
        }
        if now < self.next_ping {
            return Due::Nothing;
        }
        self.next_ping = now + self.interval;
        Due::Ping
    }

    /// When the connection is closed if the client stays silent.
    fn silence_at(&self) -> Instant {
        self.alive_at + 2 * self.interval
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(25);

    #[test]
    fn the_remaining_lifetime_is_never_zero_and_never_wraps() {
        assert_eq!((remaining_ms(3700, 100), remaining_ms(100, 100), remaining_ms(90, 100)), (3_600_000, 1, 1));
        assert_eq!(remaining_ms(i64::MAX, 0), u32::MAX);
    }

    #[test]
    fn a_silent_connection_is_pinged_and_then_closed() {
        let start = Instant::now();
        let mut timers = Timers::new(INTERVAL, 10_000, start);
        assert_eq!(timers.due(start + INTERVAL / 2, 0), Due::Nothing);
        assert_eq!(timers.due(start + INTERVAL, 0), Due::Ping);
        assert_eq!(timers.due(start + 2 * INTERVAL, 0), Due::Silence);
    }

    #[test]
    fn a_silent_connection_is_closed_without_waiting_for_the_next_ping() {
        let start = Instant::now();
        let mut timers = Timers::new(INTERVAL, 10_000, start);
        let alive_at = start + INTERVAL / 2;
        timers.client_alive(alive_at);
        assert_eq!(timers.due(start + INTERVAL, 0), Due::Ping);
        assert_eq!(timers.due(start + 2 * INTERVAL, 0), Due::Ping);
        assert_eq!(timers.next(start + 2 * INTERVAL, 0), alive_at + 2 * INTERVAL);
        assert_eq!(timers.due(alive_at + 2 * INTERVAL, 0), Due::Silence);
    }

    #[test]
    fn a_connection_that_answers_pings_stays_open() {
        let start = Instant::now();
        let mut timers = Timers::new(INTERVAL, 10_000, start);
        for round in 1..10 {
            let now = start + round * INTERVAL;
            timers.client_alive(now);
            assert_eq!(timers.due(now, 0), Due::Ping);
        }
    }

    #[test]
    fn an_expiring_token_is_announced_once_and_ends_the_connection_unless_refreshed() {
        let start = Instant::now();
        let mut timers = Timers::new(INTERVAL, 100, start);
        assert_eq!(timers.due(start, 40), Due::ExpiryNotice);
        assert_eq!(timers.due(start, 41), Due::Nothing);
        assert_eq!(timers.next(start, 90 + LEEWAY_S), start + Duration::from_secs(10));
        assert_eq!(timers.due(start, 99 + LEEWAY_S), Due::Nothing);
        timers.token_refreshed(200 + LEEWAY_S);
        assert_eq!(timers.due(start, 100 + LEEWAY_S), Due::Nothing);
        assert_eq!(timers.due(start, 199 + 2 * LEEWAY_S), Due::ExpiryNotice);
        assert_eq!(timers.due(start, 200 + 2 * LEEWAY_S), Due::Expired);
    }
}
