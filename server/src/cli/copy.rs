//! `causerie copy`: copies the database of an embedded server to PostgreSQL.

use std::{path::PathBuf, time::Instant};

use clap::Args;

use super::{Outcome, Settings, transfer};
use crate::{app, store::transfer::copy};

#[derive(Debug, Args)]
#[command(after_help = "\
Stop the server first. The target is an empty database, which the command migrates; either everything is copied and compared, or
nothing is. Clients keep their positions and resume as after a restart. The nodes need the same `auth.secrets_key`.

  systemctl stop causerie
  causerie copy --to-file /etc/causerie/database-url
  # CAUSERIE_DATABASE__URL_FILE=/etc/causerie/database-url (and redis.url), then
  systemctl start causerie")]
pub(super) struct Copy {
    /// `postgres://user@host/database`. Without a password, which other users of the machine would see in the list of
    /// processes.
    #[arg(long, value_name = "URL", required_unless_present = "to_file")]
    to: Option<String>,
    /// A file with that address, and with its password.
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    to_file: Option<PathBuf>,
}

impl Copy {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        let config = settings.load()?.config;
        if !config.database.url.is_empty() {
            let reason = "`database.url` is set: `copy` reads the embedded database of `data.dir`, and takes the target by --to alone";
            return Err(reason.into());
        }
        let to = match (self.to, self.to_file) {
            (Some(to), _) => to,
            (None, Some(file)) => {
                let read = std::fs::read_to_string(&file);
                read.map_err(|error| format!("--to-file {}: {error}", file.display()))?.trim_end().to_owned()
            }
            (None, None) => unreachable!("clap requires one of them"),
        };
        settings.existing_file()?;
        let _folder = transfer::take_folder(&config)?;
        // Migrates the embedded database, so that both sides have the same tables.
        app::open_store(&config).await?.close().await;
        let begun = Instant::now();
        let source = config.data.sqlite_file();
        let report = |table: &str, rows: u64| eprintln!("{table}: {rows} rows copied and compared");
        let summary = transfer::interruptible(copy(&source, &to, report)).await?;
        transfer::print_rows(&summary);
        println!(
            "PostgreSQL has everything that {} has: {}. Set `database.url`, and do not start a server on this folder again.",
            super::data_location(&config),
            transfer::amount(&summary, begun.elapsed())
        );
        Ok(())
    }
}
