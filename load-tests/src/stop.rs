//! The early end of a run: a user interrupts the run, or its time limit passes. The results up to then are reported.

use std::{fmt, fs, sync::Arc, time::Duration};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use crate::{Outcome, measure::clock};

/// The exit status of an interrupted run. A shell reports the same status for a program that Ctrl-C ended.
pub const INTERRUPTED: u8 = 130;

/// The reason why a run ends early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Ctrl-C, SIGTERM or SIGHUP.
    Asked,
    /// The time of `--limit` has passed.
    Limit,
}

/// The error of work that was not finished because the run ends early.
#[derive(Debug)]
pub struct Stopped(Why);

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Why::Asked => "interrupted",
            Why::Limit => "the time of --limit is over",
        })
    }
}

impl std::error::Error for Stopped {}

/// The state of the early end of a run. Clones share the state.
#[derive(Debug, Clone)]
pub struct Stop(Arc<watch::Sender<Option<Why>>>);

impl Stop {
    /// The state of a run that was not stopped yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(None)))
    }

    /// Stops the run after the time `limit`, or when the process gets SIGINT, SIGTERM or SIGHUP. A later SIGINT or SIGTERM
    /// ends the process and its children at once, and the folder of the run is not removed.
    ///
    /// # Errors
    /// When signals can't be listened to.
    pub fn listen(&self, limit: Duration) -> Outcome<()> {
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        // SIGHUP: the terminal was closed.
        let mut hang_up = signal(SignalKind::hangup())?;
        let stop = self.clone();
        tokio::spawn(async move {
            let why = tokio::select! {
                _ = interrupt.recv() => Why::Asked,
                _ = terminate.recv() => Why::Asked,
                _ = hang_up.recv() => Why::Asked,
                () = tokio::time::sleep(limit) => Why::Limit,
            };
            stop.stop(why);
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            end_children();
            std::process::exit(INTERRUPTED.into());
        });
        Ok(())
    }

    /// Stops the run; the first reason is kept.
    pub fn stop(&self, why: Why) {
        self.0.send_if_modified(|reason| {
            let first = reason.is_none();
            reason.get_or_insert(why);
            first
        });
    }

    /// The reason, if the run was stopped.
    #[must_use]
    pub fn why(&self) -> Option<Why> {
        *self.0.borrow()
    }

    /// Waits until the run is stopped.
    pub async fn stopped(&self) {
        // `self` holds the sender, so the wait ends only with a reason.
        let _ = self.0.subscribe().wait_for(Option::is_some).await;
    }

    /// Checks that the run was not stopped.
    ///
    /// # Errors
    /// [`Stopped`] if the run was stopped.
    pub fn check(&self) -> Outcome<()> {
        self.why().map_or(Ok(()), |why| Err(Stopped(why).into()))
    }

    /// Waits until an instant of the shared clock, in µs.
    ///
    /// # Errors
    /// [`Stopped`] if the run is stopped before that instant.
    pub async fn sleep_until(&self, at_us: u64) -> Outcome<()> {
        let sleep = async {
            clock::sleep_until(at_us).await;
            Ok(())
        };
        self.guard(sleep).await
    }

    /// Runs `work` until it is done or the run is stopped.
    ///
    /// # Errors
    /// [`Stopped`] if the run is stopped first, or the error of `work`.
    pub async fn guard<T>(&self, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        tokio::select! {
            biased;
            () = self.stopped() => Err(Stopped(self.why().unwrap_or(Why::Asked)).into()),
            done = work => done,
        }
    }
}

/// Sends SIGINT to the process group of each child. Each child leads its own group, so that Ctrl-C of a terminal reaches
/// only this process.
fn end_children() {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let children = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    for children in children {
        for child in children.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?)) {
            // SIGINT makes PostgreSQL end its processes, which have their own groups. The other programs end too.
            let _ = kill_process_group(child, Signal::INT);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn stopped_work_ends_and_the_first_reason_is_kept() {
        let stop = Stop::new();
        assert_eq!(stop.guard(async { Ok(7) }).await.expect("not stopped"), 7);
        stop.stop(Why::Limit);
        stop.stop(Why::Asked);
        let error = stop.guard(std::future::pending::<Outcome<()>>()).await.expect_err("stopped");
        assert!(error.is::<Stopped>() && error.to_string().contains("--limit"), "{error}");
        assert_eq!(stop.why(), Some(Why::Limit));
    }
}
