//! `causerie copy`: takes an embedded installation to PostgreSQL.

use std::time::Instant;

use clap::Args;

use super::{Outcome, Settings, transfer};
use crate::{app, store::transfer::copy};

#[derive(Debug, Args)]
#[command(after_help = "\
Stop the server first. The target is an empty database, which the command migrates; either everything is copied and compared, or
nothing is. Clients keep their positions and resume as after a restart. The nodes need the same `auth.secrets_key`.

  systemctl stop causerie
  CAUSERIE_COPY_TO=postgres://causerie:secret@db/causerie causerie copy
  # set database.url (and redis.url), then
  systemctl start causerie")]
pub(super) struct Copy {
    /// `postgres://user:password@host/database`. In CAUSERIE_COPY_TO other users of the machine do not see the password.
    #[arg(long, env = "CAUSERIE_COPY_TO", hide_env_values = true, value_name = "URL")]
    to: String,
}

impl Copy {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        let config = settings.load()?.config;
        if !config.database.url.is_empty() {
            let why = "`database.url` is set: `copy` reads the embedded database of `data.dir`, and takes the target by --to alone";
            return Err(why.into());
        }
        settings.existing_file()?;
        let _folder = transfer::take_folder(&config)?;
        // Brings it up to date, so that both sides have the same tables.
        app::open_store(&config).await?.close().await;
        let begun = Instant::now();
        let source = config.data.sqlite_file();
        let told = |table: &str, rows: u64| eprintln!("{table}: {rows} rows are there, and the same");
        let summary = transfer::interruptible(copy(&source, &self.to, told)).await?;
        transfer::print_rows(&summary);
        println!(
            "PostgreSQL has everything that {} has: {}. Set `database.url`, and do not start a server on this folder again.",
            super::place(&config),
            transfer::amount(&summary, begun.elapsed())
        );
        Ok(())
    }
}
