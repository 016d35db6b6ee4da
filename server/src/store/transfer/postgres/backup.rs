//! Writes a backup with `pg_dump`: an archive of the state of one moment.

use std::path::Path;

use sea_orm::sqlx::{self, Connection as _};

use super::{Address, Programs, archive::Archive, major_version, migrations, schema};
use crate::store::transfer::{Summary, TransferError, destination::Partial, tables};

/// Writes a backup of the database at `url` to the new file `to`. Nodes may run during the backup; they do not wait for it.
///
/// # Errors
/// [`TransferError`] if `to` exists, if PostgreSQL or its programs can't be used, or if the archive is not complete. No file
/// named `to` is left then.
pub async fn backup(url: &str, to: &Path) -> Result<Summary, TransferError> {
    let address = Address::check(url, "database.url").await?;
    let mut connection = address.connect("backup").await?;
    let programs = Programs::find(major_version(&mut connection).await?, &address).await?;
    let partial = Partial::begin(to)?;
    // `pg_dump` and the counts below read the same snapshot.
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    sqlx::raw_sql(begin).execute(&mut connection).await.map_err(TransferError::postgres)?;
    let snapshot: String = sqlx::query_scalar("SELECT pg_export_snapshot()")
        .fetch_one(&mut connection)
        .await
        .map_err(TransferError::postgres)?;
    let applied = migrations(&mut connection).await?;
    if applied.is_empty() {
        let why = "the database has no tables of Causerie: run `causerie migrate`, or correct `database.url`";
        return Err(TransferError::Postgres(why.to_owned()));
    }
    if let Some(migration) = tables::unknown_migration(&applied) {
        return Err(TransferError::Newer { place: "the schema of PostgreSQL".to_owned(), migration });
    }
    let schema = schema(&mut connection).await?;
    let names: Vec<String> = tables::migration_tables().await?.into_iter().collect();
    let present = tables::postgres_tables(&mut connection, &names).await.map_err(TransferError::postgres)?;

    let file = partial
        .path()
        .to_str()
        .ok_or_else(|| TransferError::file(to, std::io::Error::other("`pg_dump` takes names in UTF-8 only")))?;
    let mut arguments: Vec<String> =
        ["--format=custom", "--no-owner", "--no-privileges", "--no-password", "--lock-wait-timeout=30s"]
            .map(ToOwned::to_owned)
            .into();
    arguments.push(format!("--snapshot={snapshot}"));
    arguments.push(format!("--file={file}"));
    for table in &present {
        arguments.push(format!("--table={}.{}", tables::quoted(&schema), tables::quoted(&table.name)));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    programs.run("pg_dump", &arguments).await.map_err(TransferError::Program)?;

    let mut row_counts = Vec::new();
    for table in &present {
        let rows = tables::count(&mut connection, &table.name).await.map_err(TransferError::postgres)?;
        row_counts.push((table.name.clone(), rows));
    }
    connection.close().await.map_err(TransferError::postgres)?;
    let archive = Archive::check(&programs, partial.path()).await?;
    if let Some(missing) = present.iter().find(|table| archive.schema_of(&table.name).is_none()) {
        let why = format!("the rows of `{}` are not in it", missing.name);
        return Err(TransferError::Damaged { path: partial.path().to_owned(), why });
    }
    row_counts.sort();
    Ok(Summary { tables: row_counts, bytes: partial.finish()? })
}
