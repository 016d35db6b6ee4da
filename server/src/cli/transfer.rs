//! The code that `backup`, `restore` and `copy` share.

use std::{future::Future, time::Duration};

use crate::{
    config::Config,
    lifecycle::Signals,
    store::{
        FolderLock,
        transfer::{Summary, TransferError},
    },
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs `work`. On SIGINT or SIGTERM it drops `work`, which cleans up, and returns an error.
pub(super) async fn interruptible<T>(work: impl Future<Output = Result<T, TransferError>>) -> Result<T, Failure> {
    let mut signals = Signals::listen()?;
    tokio::select! {
        done = work => Ok(done?),
        signal = signals.next() => Err(format!("stopped by {signal} before its end").into()),
    }
}

/// Locks the folder of the embedded database, so that no server uses it while the subcommand runs.
pub(super) fn take_folder(config: &Config) -> Result<FolderLock, TransferError> {
    let path = std::path::absolute(&config.data.dir).unwrap_or_else(|_| config.data.dir.clone());
    FolderLock::take(&config.data.dir).map_err(|error| TransferError::Folder { path, error })
}

/// Prints a line per table: its name and its number of rows.
pub(super) fn print_rows(summary: &Summary) {
    let width = summary.tables.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    for (name, rows) in &summary.tables {
        println!("{name:width$}  {rows:>12}");
    }
}

/// The size and the duration as text: `1200 rows, 345600 bytes in 0.4 s`.
pub(super) fn amount(summary: &Summary, took: Duration) -> String {
    let rows: u64 = summary.tables.iter().map(|(_, rows)| rows).sum();
    format!("{rows} rows, {} bytes in {:.1} s", summary.bytes, took.as_secs_f64())
}
