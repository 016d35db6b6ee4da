//! Measures the resources that this process uses during a load, and the lateness of its timers.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread::available_parallelism,
    time::Duration,
};

use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::{
    Outcome,
    measure::{clock, process, saturation::Usage},
};

const TICK: Duration = Duration::from_millis(10);

/// The measurements of this process; a clone shares them.
pub struct Watch(Arc<Mutex<Measurements>>);

struct Measurements {
    usage: Usage,
    running: bool,
    began: Instant,
    cpu_before_s: f64,
}

impl Watch {
    /// Starts the timer task.
    ///
    /// # Errors
    /// When `/proc` can't be read.
    pub fn new() -> Outcome<Self> {
        let state = Measurements { usage: Usage::default(), running: false, began: Instant::now(), cpu_before_s: cpu_s()? };
        let state = Arc::new(Mutex::new(state));
        let ticking = Arc::clone(&state);
        tokio::spawn(async move {
            let mut ticks = interval(TICK);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                let due = ticks.tick().await;
                // The runtime runs timers first. After this yield the task waits behind the tasks that have frames to
                // read.
                tokio::task::yield_now().await;
                let late_us = clock::micros(due.elapsed());
                let mut state = ticking.lock().unwrap_or_else(PoisonError::into_inner);
                if state.running {
                    state.usage.ticks.record(late_us);
                }
            }
        });
        Ok(Self(state))
    }

    /// Begins the measurement of a load.
    ///
    /// # Errors
    /// The errors of [`Watch::new`].
    pub fn begin(&self) -> Outcome<()> {
        let cpu_before_s = cpu_s()?;
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = Measurements { usage: Usage::default(), running: true, began: Instant::now(), cpu_before_s };
        Ok(())
    }

    /// Ends the measurement: all messages of the load were sent.
    ///
    /// # Errors
    /// The errors of [`Watch::new`].
    pub fn end(&self) -> Outcome<()> {
        let cpu_s = cpu_s()?;
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.running = false;
        state.usage.cpu_s = cpu_s - state.cpu_before_s;
        state.usage.elapsed_s = state.began.elapsed().as_secs_f64();
        state.usage.cores = available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(())
    }

    /// The resources that the last load used.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).usage.clone()
    }
}

fn cpu_s() -> Outcome<f64> {
    Ok(process::cpu(std::process::id())?.as_secs_f64())
}
