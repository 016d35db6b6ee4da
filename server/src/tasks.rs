//! The server's tasks, each with an owner who hears of its end, and what the outside is told of the whole.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};

use futures::FutureExt as _;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Where the server is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Not listening yet.
    Starting,
    /// Serving.
    Ready,
    /// Leaving: new connections should go elsewhere.
    Stopping,
}

/// What load balancers are told. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Readiness(Arc<AtomicU8>);

impl Default for Readiness {
    fn default() -> Self {
        Self(Arc::new(AtomicU8::new(Phase::Starting as u8)))
    }
}

impl Readiness {
    /// Where the server is.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.0.load(Ordering::Acquire) {
            1 => Phase::Ready,
            2 => Phase::Stopping,
            _ => Phase::Starting,
        }
    }

    /// New connections are welcome.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.phase() == Phase::Ready
    }

    /// Moves on.
    pub fn set(&self, phase: Phase) {
        self.0.store(phase as u8, Ordering::Release);
    }
}

/// All tasks of one server. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
    died: CancellationToken,
    any_died: Arc<AtomicBool>,
}

impl Tasks {
    /// Fires when tasks should end: the last step of leaving, after sockets are closed.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs a task that comes and goes, a connection for instance. Its panic is remembered; the server goes on.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        self.tracker.spawn(self.watched(name, task));
    }

    /// Runs a task without which there is no serving: when it panics, [`Self::died`] tells.
    pub fn spawn_vital(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let watch = Watch { name, tasks: self.clone(), vital: true };
        self.tracker.spawn(task.map(move |()| drop(watch)));
    }

    /// A task run by someone else whose panic is remembered here.
    pub fn watched(
        &self,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> impl Future<Output = ()> + Send + 'static {
        let watch = Watch { name, tasks: self.clone(), vital: false };
        // An `async` block would hold the task twice: where it came in, and where it is awaited.
        task.map(move |()| drop(watch))
    }

    /// Returns when a vital task died.
    pub async fn died(&self) {
        self.died.cancelled().await;
    }

    /// The server can't go on: what [`Self::died`] tells, without a panic.
    pub fn give_up(&self) {
        self.any_died.store(true, Ordering::Release);
        self.died.cancel();
    }

    /// Whether any task panicked, or gave up, so far.
    #[must_use]
    pub fn any_died(&self) -> bool {
        self.any_died.load(Ordering::Acquire)
    }

    /// Tells tasks to end and waits until all have.
    pub async fn finish(&self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

/// Dropped at a task's end, whichever way it ends; a second task per task only to hear of its end would cost more.
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
        let told = readiness.clone();
        assert_eq!(told.phase(), Phase::Starting);
        readiness.set(Phase::Ready);
        assert!(told.is_ready());
        readiness.set(Phase::Stopping);
        assert!(!told.is_ready());
    }
}
