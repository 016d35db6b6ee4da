//! The server's tasks, with a record of panics, and the phase of the server for load balancers.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};

use futures::FutureExt as _;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A phase of the server's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The ports are not open yet.
    Starting,
    /// The server accepts connections.
    Ready,
    /// The server stops: new connections should go to other nodes.
    Stopping,
}

/// The phase of the server, shared with the health endpoint. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Readiness(Arc<AtomicU8>);

impl Default for Readiness {
    fn default() -> Self {
        Self(Arc::new(AtomicU8::new(Phase::Starting as u8)))
    }
}

impl Readiness {
    /// The current phase.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.0.load(Ordering::Acquire) {
            1 => Phase::Ready,
            2 => Phase::Stopping,
            _ => Phase::Starting,
        }
    }

    /// Whether the phase is [`Phase::Ready`].
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.phase() == Phase::Ready
    }

    /// Sets the current phase.
    pub fn set(&self, phase: Phase) {
        self.0.store(phase as u8, Ordering::Release);
    }
}

/// The set of all tasks of one server. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    /// The token of [`Tasks::stopping`].
    stop: CancellationToken,
    /// Cancelled when a vital task has panicked or the server gave up.
    died: CancellationToken,
    /// Whether any task has panicked or the server gave up.
    any_died: Arc<AtomicBool>,
}

impl Tasks {
    /// A token that is cancelled when tasks must end. This happens in the last step of a shutdown, after the sessions are
    /// closed.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs a short-lived task, for example a connection. The server records a panic of the task and continues.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        self.tracker.spawn(self.watched(name, task));
    }

    /// Runs a task without which the server can't work. When the task panics, [`Self::died`] returns.
    pub fn spawn_vital(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let watch = Watch { name, tasks: self.clone(), vital: true };
        self.tracker.spawn(task.map(move |()| drop(watch)));
    }

    /// Wraps a task that the caller runs, so that its panic is recorded here.
    pub fn watched(
        &self,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> impl Future<Output = ()> + Send + 'static {
        let watch = Watch { name, tasks: self.clone(), vital: false };
        // `map` takes less memory than an `async` block. The state of an `async` block would have space for the task twice:
        // for the captured variable and for the awaited future.
        task.map(move |()| drop(watch))
    }

    /// Waits until a task of [`Self::spawn_vital`] panics or [`Self::give_up`] is called.
    pub async fn died(&self) {
        self.died.cancelled().await;
    }

    /// Declares that the server can't continue. Has the same effect as a panic of a vital task.
    pub fn give_up(&self) {
        self.any_died.store(true, Ordering::Release);
        self.died.cancel();
    }

    /// Whether any task has panicked, or [`Self::give_up`] was called.
    #[must_use]
    pub fn any_died(&self) -> bool {
        self.any_died.load(Ordering::Acquire)
    }

    /// Cancels the token of [`Self::stopping`] and waits until all tasks have ended.
    pub async fn finish(&self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

/// Records the panic of a task. It is dropped when the task ends. This costs less than a second task that waits for the
/// first task.
struct Watch {
    name: &'static str,
    tasks: Tasks,
    vital: bool,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!(task = self.name, "a task died");
            self.tasks.any_died.store(true, Ordering::Release);
            if self.vital {
                self.tasks.died.cancel();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_of_a_vital_task_is_reported() {
        let tasks = Tasks::default();
        tasks.spawn_vital("clockwork", async { panic!("on purpose") });
        tasks.died().await;
        tasks.finish().await;
        assert!(tasks.any_died());
    }

    #[tokio::test]
    async fn a_panic_of_a_short_lived_task_does_not_stop_the_server() {
        let tasks = Tasks::default();
        tasks.spawn("connection", async { panic!("on purpose") });
        tasks.finish().await;
        assert!(tasks.any_died());
        assert!(!tasks.died.is_cancelled());
    }

    #[tokio::test]
    async fn shutdown_stops_tasks_and_waits_for_them() {
        let tasks = Tasks::default();
        let done = Arc::new(AtomicBool::new(false));
        let (stopping, finished) = (tasks.stopping(), Arc::clone(&done));
        tasks.spawn_vital("worker", async move {
            stopping.cancelled().await;
            tokio::task::yield_now().await;
            finished.store(true, Ordering::Release);
        });
        tasks.finish().await;
        assert!(done.load(Ordering::Acquire));
        assert!(!tasks.any_died());
    }

    #[test]
    fn readiness_is_shared() {
        let readiness = Readiness::default();
        let clone = readiness.clone();
        assert_eq!(clone.phase(), Phase::Starting);
        readiness.set(Phase::Ready);
        assert!(clone.is_ready());
        readiness.set(Phase::Stopping);
        assert!(!clone.is_ready());
    }
}
