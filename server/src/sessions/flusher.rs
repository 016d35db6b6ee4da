//! Writes the queued frames of many sockets. All frames that wait for a socket go out with one call, as far as the limits of
//! `sessions::outbox` allow.
//!
//! Waking the task of each connection would cost more than the write itself. While a flusher works through its list of
//! sockets, further frames are queued, so on a busier server each call writes more frames. The flusher uses no timer.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{sync::Notify, task::yield_now};

use super::{outbox::Wrote, socket_writer::SocketWriter};
use crate::telemetry::Metrics;

/// How many sockets a flusher writes to before it yields to other tasks of the runtime: about 0.2 ms of work.
const WRITES_AT_ONCE: usize = 64;

/// A list of sockets whose outboxes have frames to write, and the loop that writes them.
#[derive(Default)]
pub struct Flusher {
    due: Mutex<Vec<Arc<SocketWriter>>>,
    some: Notify,
}

impl Flusher {
    /// Adds a socket to the list.
    pub fn add(&self, socket: Arc<SocketWriter>) {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        due.push(socket);
        let first = due.len() == 1;
        drop(due);
        if first {
            self.some.notify_one();
        }
    }

    /// Writes the outboxes of the listed sockets. Never returns.
    pub async fn run(self: Arc<Self>, metrics: Arc<Metrics>) {
        let mut sockets = Vec::new();
        loop {
            std::mem::swap(&mut sockets, &mut *self.due.lock().unwrap_or_else(PoisonError::into_inner));
            if sockets.is_empty() {
                self.some.notified().await;
                continue;
            }
            for some in sockets.chunks(WRITES_AT_ONCE) {
                let mut wrote = Wrote::default();
                for socket in some {
                    wrote += socket.flush();
                }
                wrote.count(&metrics);
                yield_now().await;
            }
            sockets.clear();
        }
    }
}
