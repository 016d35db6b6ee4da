//! How connections are kept alive, limited and ended, and how closely positions are watched.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::setting::{Kind, Setting};

/// Nothing that is timed may take longer than an hour.
const HOUR_MS: u64 = 3_600_000;

pub(super) const SETTINGS: &[Setting] = &[
    Setting { key: "heartbeat.interval_ms", kind: Kind::Whole(50, HOUR_MS) },
    Setting { key: "handshake.timeout_ms", kind: Kind::Whole(50, HOUR_MS) },
    Setting { key: "limits.frames_per_second", kind: Kind::Whole(1, 1_000_000) },
    Setting { key: "limits.frames_burst", kind: Kind::Whole(1, 1_000_000) },
    Setting { key: "limits.sends_per_second", kind: Kind::Whole(1, 1_000_000) },
    Setting { key: "limits.sends_burst", kind: Kind::Whole(1, 1_000_000) },
    Setting { key: "limits.searches_per_second", kind: Kind::Whole(1, 1_000_000) },
    Setting { key: "limits.searches_burst", kind: Kind::Whole(1, 1_000_000) },
    Setting { key: "limits.connections_per_user_max", kind: Kind::Whole(1, 1_000_000) },
    Setting { key: "limits.outbox_bytes_max", kind: Kind::Whole(65_536, 1_073_741_824) },
    Setting { key: "limits.in_flight_max", kind: Kind::Whole(1, 65_536) },
    Setting { key: "shutdown.delay_ms", kind: Kind::Whole(0, HOUR_MS) },
    Setting { key: "shutdown.drain_ms", kind: Kind::Whole(0, HOUR_MS) },
    Setting { key: "positions.recent_ms", kind: Kind::Whole(10, HOUR_MS) },
    Setting { key: "positions.all_ms", kind: Kind::Whole(10, HOUR_MS) },
    Setting { key: "positions.redis_away_ms", kind: Kind::Whole(10, HOUR_MS) },
    Setting { key: "positions.recent_window_ms", kind: Kind::Whole(10, HOUR_MS) },
];

/// How dead connections are found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Heartbeat {
    /// Milliseconds between pings; a peer silent for twice as long is gone. Default 25,000, below the 30 to 60 s after which
    /// common proxies cut idle connections.
    pub interval_ms: u64,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self { interval_ms: 25_000 }
    }
}

impl Heartbeat {
    /// Time between pings.
    #[must_use]
    pub fn interval(&self) -> Duration {
        Duration::from_millis(self.interval_ms)
    }
}

/// How long a stranger may stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Handshake {
    /// Milliseconds from the connection to its first frame. Default 10,000.
    pub timeout_ms: u64,
}

impl Default for Handshake {
    fn default() -> Self {
        Self { timeout_ms: 10_000 }
    }
}

impl Handshake {
    /// Time from the connection to its first frame.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

/// What one connection or person may use up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Frames a connection may send per second, in the long run. Default 50.
    pub frames_per_second: u32,
    /// Frames it may send at once. Default 200.
    pub frames_burst: u32,
    /// Messages a person may send per second, in the long run. Default 20.
    pub sends_per_second: u32,
    /// Messages a person may send at once, an outbox that was offline for instance. Default 100.
    pub sends_burst: u32,
    /// Searches for people a person may make per second, in the long run. Default 5: a fast typist's.
    pub searches_per_second: u32,
    /// Searches a person may make at once. Default 30.
    pub searches_burst: u32,
    /// Connections of one person on one node. Default 20.
    pub connections_per_user_max: usize,
    /// Bytes that wait for a slow reader before it is parted from the live stream. Default 131,072.
    pub outbox_bytes_max: usize,
    /// Commands of one connection being worked on; beyond, its socket is not read. Default 64.
    pub in_flight_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frames_per_second: 50,
            frames_burst: 200,
            sends_per_second: 20,
            sends_burst: 100,
            searches_per_second: 5,
            searches_burst: 30,
            connections_per_user_max: 20,
            outbox_bytes_max: 131_072,
            in_flight_max: 64,
        }
    }
}

/// How the server leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shutdown {
    /// Milliseconds between "not ready" and the last accepted connection, for load balancers to notice. Default 0.
    pub delay_ms: u64,
    /// Milliseconds over which connections are closed, so that their clients do not all return at once. Default 30,000.
    pub drain_ms: u64,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { delay_ms: 0, drain_ms: 30_000 }
    }
}

impl Shutdown {
    /// Time between "not ready" and the last accepted connection.
    #[must_use]
    pub fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    /// Time over which connections are closed.
    #[must_use]
    pub fn drain(&self) -> Duration {
        Duration::from_millis(self.drain_ms)
    }
}

/// How often live conversations are compared with the database, which finds what the bus lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Positions {
    /// Milliseconds between checks of recently active conversations. Default 1,000.
    pub recent_ms: u64,
    /// Milliseconds between checks of all conversations with a live member. Default 30,000.
    pub all_ms: u64,
    /// Milliseconds between checks while Redis is away: then the check is the delivery between nodes. Default 300.
    pub redis_away_ms: u64,
    /// A conversation counts as recently active for this many milliseconds. Default 60,000.
    pub recent_window_ms: u64,
}

impl Default for Positions {
    fn default() -> Self {
        Self { recent_ms: 1_000, all_ms: 30_000, redis_away_ms: 300, recent_window_ms: 60_000 }
    }
}

impl Positions {
    /// Time between checks of recently active conversations.
    #[must_use]
    pub fn recent(&self) -> Duration {
        Duration::from_millis(self.recent_ms)
    }

    /// Time between checks of all conversations with a live member.
    #[must_use]
    pub fn all(&self) -> Duration {
        Duration::from_millis(self.all_ms)
    }

    /// Time between checks while Redis is away.
    #[must_use]
    pub fn redis_away(&self) -> Duration {
        Duration::from_millis(self.redis_away_ms)
    }

    /// How long a conversation counts as recently active.
    #[must_use]
    pub fn recent_window(&self) -> Duration {
        Duration::from_millis(self.recent_window_ms)
    }
}
