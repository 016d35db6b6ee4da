//! Who is connected: a session is the user behind a socket. What is to be written to it waits in its [`SocketWriter`]'s outbox
//! until a [`flusher`] comes by.

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
    outbox::Wrote,
    session::{CloseReason, Session},
    socket_writer::SocketWriter,
};
use crate::{tasks::Tasks, telemetry::Metrics};
use flusher::Flusher;

/// All sessions of this node.
pub struct Sessions {
    /// One per core; each session keeps to one.
    flushers: Vec<Arc<Flusher>>,
    by_connection: DashMap<ConnectionId, Arc<Session>>,
}

impl Sessions {
    /// None yet; those who will write to them are started.
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

    /// Who writes to a connection.
    #[must_use]
    pub fn flusher(&self, connection: ConnectionId) -> Arc<Flusher> {
        // The last bytes of an id are random.
        let at = usize::from(connection.0.as_bytes()[15]) % self.flushers.len();
        Arc::clone(&self.flushers[at])
    }

    /// Adds a session.
    pub fn add(&self, session: &Arc<Session>) {
        self.by_connection.insert(session.connection, Arc::clone(session));
    }

    /// Removes a session.
    pub fn remove(&self, session: &Session) {
        self.by_connection.remove(&session.connection);
    }

    /// Everyone of now.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Session>> {
        self.by_connection.iter().map(|session| Arc::clone(&session)).collect()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_connection.len()
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_connection.is_empty()
    }
}
