//! Shows the progress of a run on stderr: bars on a terminal, lines elsewhere.

use std::{
    io::{IsTerminal as _, stderr},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::report::words::plain_lines;

/// The style of a bar. An invalid template would be an error, and all templates are constants.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|error| unreachable!("{error}"))
}

#[derive(Debug, Clone, Copy)]
pub struct Progress {
    terminal: bool,
}

/// A progress bar. Dropping it removes it from the screen.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Progress {
    /// Detects whether stderr is a terminal.
    #[must_use]
    pub fn new() -> Self {
        Self { terminal: stderr().is_terminal() }
    }

    /// Prints a line.
    pub fn print(&self, what: &str) {
        eprintln!("load-tests: {}", plain_lines(what));
    }

    /// A bar for a number of steps.
    #[must_use]
    pub fn bar(&self, what: &str, steps: u64) -> Bar {
        self.start(what, steps, "{msg} {wide_bar} {pos}/{len} {eta}")
    }

    /// A bar for a duration. It advances by itself.
    #[must_use]
    pub fn time(&self, what: &str, length: Duration) -> Bar {
        let bar = self.start(what, length.as_secs().max(1), "{msg} {wide_bar} {pos}/{len} s");
        if self.terminal {
            let moving = bar.0.clone();
            tokio::spawn(async move {
                while !moving.is_finished() {
                    tokio::time::sleep(Duration::from_millis(500)).await;
                    moving.set_position(moving.elapsed().as_secs());
                }
            });
        }
        bar
    }

    fn start(&self, what: &str, steps: u64, template: &str) -> Bar {
        if !self.terminal {
            self.print(what);
            return Bar(ProgressBar::hidden());
        }
        Bar(ProgressBar::new(steps).with_style(style(template)).with_message(what.to_owned()))
    }
}

impl Bar {
    /// Sets the number of finished steps.
    pub fn set(&self, steps: u64) {
        self.0.set_position(steps);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
