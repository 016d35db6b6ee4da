//! Writes the queued frames of many sockets. One system call writes all frames that wait for a socket, as far as the limits
//! of `sessions::outbox` allow.
//!
//! Waking the task of each connection would cost more than the write itself. While a flusher works through its list of
//! sockets, further frames are queued, so on a busier server each system call writes more frames. The flusher uses no timer.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{sync::Notify, task::yield_now};

use super::{outbox::WriteOutcome, socket_writer::SocketWriter};
use crate::telemetry::Metrics;

/// How many sockets a flusher writes to before it yields to other tasks of the runtime: about 0.2 ms of work.
const WRITES_AT_ONCE: usize = 64;

/// A list of sockets whose outboxes have frames to write, and the loop that writes them.
#[derive(Default)]
pub struct Flusher {
    /// The sockets that have frames to write.
    pending: Mutex<Vec<Arc<SocketWriter>>>,
    /// Notified when a socket is added to the empty list.
    added: Notify,
}

impl Flusher {
    /// Adds a socket to the list.
    pub fn add(&self, socket: Arc<SocketWriter>) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.push(socket);
        let was_empty = pending.len() == 1;
        drop(pending);
        if was_empty {
            self.added.notify_one();
        }
    }

    /// Writes the outboxes of the listed sockets. Never returns.
    pub async fn run(self: Arc<Self>, metrics: Arc<Metrics>) {
        let mut sockets = Vec::new();
        loop {
            std::mem::swap(&mut sockets, &mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner));
            if sockets.is_empty() {
                self.added.notified().await;
                continue;
            }
            for chunk in sockets.chunks(WRITES_AT_ONCE) {
                let mut outcome = WriteOutcome::default();
                for socket in chunk {
                    outcome += socket.flush();
                }
                outcome.count(&metrics);
                yield_now().await;
            }
            sockets.clear();
        }
    }
}
