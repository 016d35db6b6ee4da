//! The signed-in connections of this node. A session has a user and a socket. Frames for the socket wait in the outbox of
//! its [`SocketWriter`] until a [`flusher`] writes them.

mod coarse_timer;
pub mod flusher;
mod frame;
pub mod framing;
pub(crate) mod outbox;
mod session;
mod socket_writer;

use std::sync::Arc;

use causerie_protocol::ConnectionId;
use dashmap::DashMap;

pub use self::{
    coarse_timer::CoarseTimer,
    frame::Frame,
    outbox::WriteOutcome,
    session::{CloseReason, Session},
    socket_writer::SocketWriter,
};
use crate::{tasks::Tasks, telemetry::Metrics};
use flusher::Flusher;

/// All sessions of this node.
pub struct Sessions {
    /// One flusher per core. A session always uses the same flusher.
    flushers: Vec<Arc<Flusher>>,
    by_connection: DashMap<ConnectionId, Arc<Session>>,
}

impl Sessions {
    /// Starts the flushers. No session is registered yet.
    #[must_use]
    pub fn start(tasks: &Tasks, metrics: &Arc<Metrics>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let flushers: Vec<Arc<Flusher>> = (0..cores).map(|_| Arc::default()).collect();
        for flusher in &flushers {
            let (flusher, metrics, stop) = (Arc::clone(flusher), Arc::clone(metrics), tasks.stopping());
            tasks.spawn_vital("flusher", async move {
                tokio::select! {
                    () = flusher.run(metrics) => {}
                    () = stop.cancelled() => {}
                }
            });
        }
        Self { flushers, by_connection: DashMap::new() }
    }

    /// The flusher that writes to this connection. The same connection always gets the same flusher.
    #[must_use]
    pub fn flusher(&self, connection: ConnectionId) -> Arc<Flusher> {
        // The last bytes of an id are random.
        let index = usize::from(connection.0.as_bytes()[15]) % self.flushers.len();
        Arc::clone(&self.flushers[index])
    }

    /// Registers a session under its connection id.
    pub fn add(&self, session: &Arc<Session>) {
        self.by_connection.insert(session.connection, Arc::clone(session));
    }

    /// Removes the session that is registered under this session's connection id.
    pub fn remove(&self, session: &Session) {
        self.by_connection.remove(&session.connection);
    }

    /// The sessions that are registered now.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Session>> {
        self.by_connection.iter().map(|session| Arc::clone(&session)).collect()
    }

    /// The number of registered sessions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_connection.len()
    }

    /// Whether no session is registered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_connection.is_empty()
    }
}
