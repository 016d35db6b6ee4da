//! `causerie backup`: copies all data of a server into one file, while the server runs.

use std::{path::PathBuf, time::Instant};

use clap::Args;

use super::{Outcome, Settings, clock, data_location, transfer};
use crate::{
    clock::rfc3339,
    store::transfer::{postgres, sqlite},
};

#[derive(Debug, Args)]
#[command(after_help = "\
The server may run; it serves on meanwhile. Messages sent after the backup began are not in it.
The file appears under its name once it is complete and checked. It holds messages and secrets, so it has mode 0600.
PostgreSQL is backed up by its own pg_dump, which must not be older than the server.

  causerie backup /var/backups/causerie-$(date +%F)")]
pub(super) struct Backup {
    /// The file to make; one that exists is not replaced.
    file: PathBuf,
}

impl Backup {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        let config = settings.load()?.config;
        let (begun, begun_at) = (Instant::now(), rfc3339(clock().now_ms()));
        let summary = if config.database.url.is_empty() {
            settings.existing_file()?;
            transfer::interruptible(sqlite::backup(&config.data.sqlite_file(), &self.file)).await?
        } else {
            transfer::interruptible(postgres::backup(config.database.url.expose(), &self.file)).await?
        };
        transfer::print_rows(&summary);
        println!(
            "{} holds what was in {} at {begun_at}: {}. Messages sent since are not in it.",
            self.file.display(),
            data_location(&config),
            transfer::amount(&summary, begun.elapsed())
        );
        Ok(())
    }
}
