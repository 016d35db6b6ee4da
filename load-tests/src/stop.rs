//! The early end of a run: a user interrupts it, or its time limit passes. The results up to then are reported.

use std::{fmt, fs, sync::Arc, time::Duration};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use crate::{Outcome, measure::clock};

/// The exit status of an interrupted run: the one that a shell reports for a program that Ctrl-C ended.
pub const INTERRUPTED: u8 = 130;

/// Why a run ends early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Ctrl-C or a signal to end.
    Asked,
    /// The time of `--limit` has passed.
    Limit,
}

/// The error of work that was given up because the run ends early.
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

/// Tells all of its holders that the run ends early. Clones share the state.
#[derive(Debug, Clone)]
pub struct Stop(Arc<watch::Sender<Option<Why>>>);

impl Stop {
    /// A run that nothing has stopped yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(None)))
    }

    /// Asks for it after this long, and when the process is told to end. Told twice, the process ends at once,
    /// and all it started with it; its folder stays.
    ///
    /// # Errors
    /// When signals can't be listened to.
    pub fn listen(&self, limit: Duration) -> Outcome<()> {
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        // The terminal was closed.
        let mut hang_up = signal(SignalKind::hangup())?;
        let stop = self.clone();
        tokio::spawn(async move {
            let why = tokio::select! {
                _ = interrupt.recv() => Why::Asked,
                _ = terminate.recv() => Why::Asked,
                _ = hang_up.recv() => Why::Asked,
                () = tokio::time::sleep(limit) => Why::Limit,
            };
            stop.now(why);
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
    pub fn now(&self, why: Why) {
        self.0.send_if_modified(|asked| {
            let first = asked.is_none();
            asked.get_or_insert(why);
            first
        });
    }

    /// The reason, if the run was stopped.
    #[must_use]
    pub fn why(&self) -> Option<Why> {
        *self.0.borrow()
    }

    /// Returns once the run was stopped.
    pub async fn asked(&self) {
        // `self` holds the sender, so the wait ends only with a reason.
        let _ = self.0.subscribe().wait_for(Option::is_some).await;
    }

    /// An error once it was asked for.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn check(&self) -> Outcome<()> {
        self.why().map_or(Ok(()), |why| Err(Stopped(why).into()))
    }

    /// Waits until an instant of the shared clock.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn sleep_until(&self, at_us: u64) -> Outcome<()> {
        let sleep = async {
            clock::sleep_until(at_us).await;
            Ok(())
        };
        self.guard(sleep).await
    }

    /// Does something unless, or until, the run ends.
    ///
    /// # Errors
    /// [`Stopped`], or the work's own.
    pub async fn guard<T>(&self, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        tokio::select! {
            biased;
            () = self.asked() => Err(Stopped(self.why().unwrap_or(Why::Asked)).into()),
            done = work => done,
        }
    }
}

/// Each child leads a process group of its own, so that Ctrl-C of a terminal reaches only this process.
fn end_children() {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let children = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    for children in children {
        for child in children.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?)) {
            // On this signal PostgreSQL ends its own processes, which have their own groups; the other programs end as well.
            let _ = kill_process_group(child, Signal::INT);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_given_up_and_the_first_reason_stays() {
        let stop = Stop::new();
        assert_eq!(stop.guard(async { Ok(7) }).await.expect("not stopped"), 7);
        stop.now(Why::Limit);
        stop.now(Why::Asked);
        let error = stop.guard(std::future::pending::<Outcome<()>>()).await.expect_err("stopped");
        assert!(error.is::<Stopped>() && error.to_string().contains("--limit"), "{error}");
        assert_eq!(stop.why(), Some(Why::Limit));
    }
}
