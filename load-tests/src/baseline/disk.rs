//! The baseline for durability: how long the disk takes to make a write durable.

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    Outcome,
    measure::{Latencies, clock},
};

/// PostgreSQL and SQLite write pages and log records of a few KiB.
const BLOCK: [u8; 8 * 1024] = [7; 8 * 1024];

/// Appends a block and calls `fdatasync`, in a loop. Returns the duration of each call.
///
/// # Errors
/// When the folder can't be written.
pub async fn fdatasync(folder: &Path, length: Duration) -> Outcome<Latencies> {
    let path = folder.join("fdatasync");
    tokio::task::spawn_blocking(move || {
        let mut file = File::create(&path)?;
        let mut latencies = Latencies::new();
        let end = Instant::now() + length;
        while Instant::now() < end {
            file.write_all(&BLOCK)?;
            let began = Instant::now();
            file.sync_data()?;
            latencies.record(clock::micros(began.elapsed()));
        }
        std::fs::remove_file(&path)?;
        Ok(latencies)
    })
    .await?
}
