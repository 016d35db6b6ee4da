//! Handles signals of the operating system: SIGTERM and SIGINT, which request the end of the program, and SIGXFSZ.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Receives SIGTERM and SIGINT.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Installs the handlers. From then on, the signals no longer end the process by themselves. Call this before the server
    /// starts work that needs an orderly shutdown.
    ///
    /// # Errors
    /// Returns the error of the operating system if it refuses a handler.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next signal and returns its name.
    pub async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// Installs a handler for SIGXFSZ, so that a write beyond the file size limit (`ulimit -f`) fails with an error instead of
/// ending the process. Must be called in a tokio runtime.
pub fn outlive_file_size_limit() {
    // The handler stays for the life of the process. If the system refuses it, SIGXFSZ ends the process as before.
    let _ = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()));
}
