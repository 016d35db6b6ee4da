//! Closes a connection in the middle of an answer.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Notify;

/// Closes the connection of a request. The extensions of the request contain it. The response body can't close the
/// connection, because the body is not polled while the client does not read. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Cut(Arc<State>);

#[derive(Debug, Default)]
struct State {
    requested: Notify,
    at_shutdown: AtomicBool,
}

impl Cut {
    /// Closes the connection.
    pub fn now(&self) {
        self.0.requested.notify_one();
    }

    /// Sets whether a shutdown closes the connection or waits for the end of its answer.
    pub fn set_at_shutdown(&self, cut: bool) {
        self.0.at_shutdown.store(cut, Ordering::Release);
    }

    /// Whether a shutdown closes the connection.
    #[must_use]
    pub fn is_at_shutdown(&self) -> bool {
        self.0.at_shutdown.load(Ordering::Acquire)
    }

    /// Waits until [`Self::now`] is called. Used by the listener, which closes the connection then.
    pub async fn asked(&self) {
        self.0.requested.notified().await;
    }
}
