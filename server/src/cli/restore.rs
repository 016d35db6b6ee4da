//! `causerie restore`: replaces the database of a stopped server by a backup.

use std::{path::PathBuf, time::Instant};

use clap::Args;

use super::{Outcome, Settings, clock, data_location, operator_named, transfer};
use crate::{
    app,
    store::transfer::{BackupOf, Options, TransferError, postgres, sqlite},
};

#[derive(Debug, Args)]
#[command(after_help = "\
Stop all nodes first. The backup is checked whole before anything changes, and a database that is replaced is kept: the SQLite
file beside the new one, PostgreSQL's tables in a schema of their own. If the restore fails or is killed, the database is as it was.

Clients load their conversations anew when they come back. What was done after the backup is undone, so repeat it: messages are
lost, and keys, users and tokens that were revoked since are valid again.

  systemctl stop causerie
  causerie restore --replace /var/backups/causerie-2026-11-29
  systemctl start causerie")]
pub(super) struct Restore {
    /// The file that `causerie backup` made.
    file: PathBuf,
    /// Replace a database that has tenants. It is kept under a name with the date.
    #[arg(long)]
    replace: bool,
    /// Revoke signing keys whose secret can't be read with `auth.secrets_key`, instead of refusing the backup.
    #[arg(long)]
    revoke_unreadable_keys: bool,
}

impl Restore {
    pub(super) async fn run(self, settings: &Settings) -> Outcome {
        let config = settings.load()?.config;
        let secrets = settings.secrets()?;
        let options = Options {
            replace: self.replace,
            revoke_unreadable_keys: self.revoke_unreadable_keys,
            now_ms: clock().now_ms(),
            by: operator_named(None),
        };
        let begun = Instant::now();
        let is_embedded = config.database.url.is_empty();
        let restored = match BackupOf::read(&self.file)? {
            BackupOf::Sqlite if !is_embedded => return Err(TransferError::IsSqlite(self.file).into()),
            BackupOf::Postgres if is_embedded => return Err(TransferError::IsPostgres(self.file).into()),
            BackupOf::Sqlite => {
                app::make_folder(&config)?;
                let _folder = transfer::take_folder(&config)?;
                let database = config.data.sqlite_file();
                transfer::interruptible(sqlite::restore(&self.file, &database, &secrets, &options)).await?
            }
            BackupOf::Postgres => {
                let restore = postgres::restore(&self.file, config.database.url.expose(), &secrets, &options);
                transfer::interruptible(restore).await?
            }
        };
        transfer::print_rows(&restored.summary);
        for step in &restored.migrated {
            println!("took {step}");
        }
        println!("{} is restored: {}.", data_location(&config), transfer::amount(&restored.summary, begun.elapsed()));
        if let Some(kept) = &restored.kept {
            println!("What was there is kept in {kept}.");
        }
        println!("Clients load their conversations anew. Revocations made after the backup are undone: repeat them.");
        Ok(())
    }
}
