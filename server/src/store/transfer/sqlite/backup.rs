//! Copies the database file of a running server as it is at one moment.

use std::path::Path;

use sea_orm::sqlx::{self, Connection as _, sqlite::SqliteJournalMode};

use super::{CONTENTS_TABLE, Contents, damage, migrations, open};
use crate::store::transfer::{Summary, TransferError, destination::Partial, fingerprint, tables};

/// Writes a backup of the database in the file `source` to the new file `to`. The server may run: the backup contains the
/// transactions that were committed before it began, and writers do not wait for it.
///
/// # Errors
/// [`TransferError`] if `to` exists, if a file can't be read or written, or if the copy is damaged. No file named `to` is
/// left then.
pub async fn backup(source: &Path, to: &Path) -> Result<Summary, TransferError> {
    let partial = Partial::begin(to)?;
    let failed = TransferError::sqlite(source);
    let mut connection = open(source, None).await.map_err(&failed)?;
    let applied = migrations(&mut connection).await.map_err(|error| TransferError::NotABackup {
        path: source.to_owned(),
        why: format!("it has no table of migrations ({})", super::super::error::error_message(&error)),
    })?;
    if let Some(migration) = tables::unknown_migration(&applied) {
        return Err(TransferError::Newer { place: source.display().to_string(), migration });
    }
    let name = partial
        .path()
        .to_str()
        .ok_or_else(|| TransferError::Sqlite { path: to.to_owned(), why: "SQLite takes names in UTF-8 only".to_owned() })?;
    let failed = TransferError::sqlite(partial.path());
    sqlx::query("VACUUM INTO ?").bind(name).execute(&mut connection).await.map_err(&failed)?;
    connection.close().await.map_err(&failed)?;
    let tables = describe(partial.path()).await?;
    let bytes = partial.finish()?;
    Ok(Summary { tables, bytes })
}

/// Reads the whole copy, and adds the table that describes it ([`Contents`]).
async fn describe(copy: &Path) -> Result<Vec<(String, u64)>, TransferError> {
    let failed = TransferError::sqlite(copy);
    let mut connection = open(copy, Some(SqliteJournalMode::Delete)).await.map_err(&failed)?;
    // If the database was once restored by copying a backup file, it still has that backup's table.
    let drop = format!("DROP TABLE IF EXISTS {CONTENTS_TABLE}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(drop)).execute(&mut connection).await.map_err(&failed)?;
    let mut contents = Contents::new();
    for table in tables::sqlite_tables(&mut connection).await.map_err(&failed)? {
        let fingerprint = fingerprint::of_sqlite_table(&mut connection, &table).await.map_err(&failed)?;
        contents.insert(table, fingerprint.into());
    }
    let text = serde_json::to_string(&contents).expect("numbers and texts serialize");
    let create = format!("CREATE TABLE {CONTENTS_TABLE} (version TEXT NOT NULL, tables TEXT NOT NULL)");
    sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(&mut connection).await.map_err(&failed)?;
    let insert = format!("INSERT INTO {CONTENTS_TABLE} (version, tables) VALUES (?, ?)");
    let insert = sqlx::query(sqlx::AssertSqlSafe(insert)).bind(env!("CARGO_PKG_VERSION")).bind(text);
    insert.execute(&mut connection).await.map_err(&failed)?;
    if let Some(why) = damage(&mut connection).await.map_err(&failed)? {
        return Err(TransferError::Damaged { path: copy.to_owned(), why });
    }
    connection.close().await.map_err(&failed)?;
    Ok(contents.into_iter().map(|(name, table)| (name, table.rows)).collect())
}
