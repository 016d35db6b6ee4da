//! Writes what was queued for many sockets, one call per socket however many frames wait for it.
//!
//! Waking the task of each connection would cost more than the write itself. While a flusher works through its list, more is
//! queued behind: the busier the server, the more frames leave with each call. No timer is involved.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{sync::Notify, task::yield_now};

use super::{Session, Wrote};
use crate::telemetry::Metrics;

/// Writes between two looks of the runtime at its other tasks: some 0.2 ms.
const WRITES_AT_ONCE: usize = 64;

/// Sessions that have something to be written.
#[derive(Default)]
pub struct Flusher {
    due: Mutex<Vec<Arc<Session>>>,
    some: Notify,
}

impl Flusher {
    /// One more.
    pub fn add(&self, session: Arc<Session>) {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        due.push(session);
        let first = due.len() == 1;
        drop(due);
        if first {
            self.some.notify_one();
        }
    }

    /// Writes for ever.
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
