//! Writes the queued frames of many sockets. All frames that wait for a socket go out with one call, as far as the limits of
//! `sessions::outbox` allow.
//!
//! Waking the task of each connection would cost more than the write itself. While a flusher works through its list of
//! sessions, further frames are queued, so on a busier server each call writes more frames. The flusher uses no timer.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{sync::Notify, task::yield_now};

use super::{Session, Wrote};
use crate::telemetry::Metrics;

/// How many sessions a flusher writes to before it yields to other tasks of the runtime: about 0.2 ms of work.
const WRITES_AT_ONCE: usize = 64;

/// A list of sessions whose outboxes have frames to write, and the loop that writes them.
#[derive(Default)]
pub struct Flusher {
    due: Mutex<Vec<Arc<Session>>>,
    some: Notify,
}

impl Flusher {
    /// Adds a session to the list.
    pub fn add(&self, session: Arc<Session>) {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        due.push(session);
        let first = due.len() == 1;
        drop(due);
        if first {
            self.some.notify_one();
        }
    }

    /// Writes the outboxes of the listed sessions. Never returns.
    pub async fn run(self: Arc<Self>, metrics: Arc<Metrics>) {
        let mut sessions = Vec::new();
        loop {
            std::mem::swap(&mut sessions, &mut *self.due.lock().unwrap_or_else(PoisonError::into_inner));
            if sessions.is_empty() {
                self.some.notified().await;
                continue;
            }
            for some in sessions.chunks(WRITES_AT_ONCE) {
                let mut wrote = Wrote::default();
                for session in some {
                    wrote += session.socket.flush();
                }
                wrote.count(&metrics);
                yield_now().await;
            }
            sessions.clear();
        }
    }
}
