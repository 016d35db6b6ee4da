//! Heartbeats, limits, shutdown, and the comparison of live conversations with the database.

use std::time::Duration;

use super::setting::Kind;

/// The longest duration of a setting, in milliseconds.
const HOUR_MS: u64 = 3_600_000;

section! {
    /// How the server finds dead connections.
    Heartbeat in "heartbeat" {
        /// Milliseconds between pings. A peer that is silent for two intervals is cut. Common proxies cut idle connections after 30 to
        /// 60 s, so the default is below.
        interval_ms: u64 = 25_000, Kind::Whole(50, HOUR_MS);
    }
}

impl Heartbeat {
    /// The time between pings.
    #[must_use]
    pub fn interval(&self) -> Duration {
        Duration::from_millis(self.interval_ms)
    }
}

section! {
    /// How long a connection may stay without a user.
    Handshake in "handshake" {
        /// Milliseconds from the opening of a connection to its `hello`.
        timeout_ms: u64 = 10_000, Kind::Whole(50, HOUR_MS);
    }
}

impl Handshake {
    /// The longest time from the opening of a connection to its `hello`.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

section! {
    /// What one connection or one user may use. A rate is the long-term average, a burst is what may come at once.
    Limits in "limits" {
        /// Frames per second from one connection.
        frames_per_second: u32 = 50, Kind::Whole(1, 1_000_000);
        /// Frames at once from one connection.
        frames_burst: u32 = 200, Kind::Whole(1, 1_000_000);
        /// Messages per second from one user.
        sends_per_second: u32 = 20, Kind::Whole(1, 1_000_000);
        /// Messages at once from one user, for instance from a device that was offline.
        sends_burst: u32 = 100, Kind::Whole(1, 1_000_000);
        /// Directory searches per second from one user. The default suits a fast typist.
        searches_per_second: u32 = 5, Kind::Whole(1, 1_000_000);
        /// Directory searches at once from one user.
        searches_burst: u32 = 30, Kind::Whole(1, 1_000_000);
        /// Connections of one user to one node.
        connections_per_user_max: usize = 20, Kind::Whole(1, 1_000_000);
        /// Bytes in the outbox of one connection. A connection that reads too slowly then gets `gap` instead of events.
        outbox_bytes_max: usize = 131_072, Kind::Whole(65_536, 1_073_741_824);
        /// Unanswered commands of one connection. The server does not read more from its socket.
        in_flight_max: usize = 64, Kind::Whole(1, 65_536);
    }
}

section! {
    /// How the server stops.
    Shutdown in "shutdown" {
        /// Milliseconds from "not ready" to the last accepted connection, so that load balancers can notice.
        delay_ms: u64 = 0, Kind::Whole(0, HOUR_MS);
        /// Milliseconds over which the server closes its connections, so that the clients do not all return at once.
        drain_ms: u64 = 30_000, Kind::Whole(0, HOUR_MS);
    }
}

impl Shutdown {
    /// The time between "not ready" and the last accepted connection.
    #[must_use]
    pub fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    /// The time over which the server closes its connections.
    #[must_use]
    pub fn drain(&self) -> Duration {
        Duration::from_millis(self.drain_ms)
    }
}

section! {
    /// How often a node compares live conversations with the database, to find changes that the bus lost.
    Positions in "positions" {
        /// Milliseconds between checks of recently active conversations.
        recent_ms: u64 = 1_000, Kind::Whole(10, HOUR_MS);
        /// Milliseconds between checks of all conversations with a member online.
        all_ms: u64 = 30_000, Kind::Whole(10, HOUR_MS);
        /// Milliseconds between checks while Redis is away. These checks then deliver messages between nodes.
        redis_away_ms: u64 = 300, Kind::Whole(10, HOUR_MS);
        /// Milliseconds for which a conversation counts as recently active.
        recent_window_ms: u64 = 60_000, Kind::Whole(10, HOUR_MS);
    }
}

impl Positions {
    /// The time between checks of recently active conversations.
    #[must_use]
    pub fn recent(&self) -> Duration {
        Duration::from_millis(self.recent_ms)
    }

    /// The time between checks of all conversations with a member online.
    #[must_use]
    pub fn all(&self) -> Duration {
        Duration::from_millis(self.all_ms)
    }

    /// The time between checks while Redis is away.
    #[must_use]
    pub fn redis_away(&self) -> Duration {
        Duration::from_millis(self.redis_away_ms)
    }

    /// The time for which a conversation counts as recently active.
    #[must_use]
    pub fn recent_window(&self) -> Duration {
        Duration::from_millis(self.recent_window_ms)
    }
}
