//! Replaces the database of a stopped embedded server by a backup.
//!
//! The backup is copied beside the database. The copy is checked and migrated, its tenants get new epochs, and then it gets
//! the database's name. If the process is killed at any moment, either the old or the new database has that name; on a
//! volume that supports neither hard links nor the exchange of names, there is a moment without a database.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, RenameFlags, renameat_with},
    io::Errno,
};
use sea_orm::sqlx::{self, Connection as _, SqliteConnection, sqlite::SqliteJournalMode};

use super::{CONTENTS_TABLE, Contents, TableContents, damage, migrations, open};
use crate::{
    clock::rfc3339,
    secrets::Secrets,
    store::{
        Database, Store,
        queries::{keys, tenants},
        transfer::{
            Options, Restored, Summary, TransferError,
            destination::{remove_sqlite, rename_to_free, sync_folder, with_suffix},
            error::error_message,
            fingerprint, record_restore, tables, unreadable,
        },
    },
};

/// The new database before it gets its final name. The file is removed when this value is dropped.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        remove_sqlite(&self.0);
    }
}

/// Restores the backup `file` as the database `database`. The caller holds the lock of the folder.
///
/// # Errors
/// [`TransferError`] if the backup can't be restored; the existing database is then unchanged.
pub async fn restore(file: &Path, database: &Path, secrets: &Secrets, options: &Options) -> Result<Restored, TransferError> {
    let is_replaced = may_replace(database, options).await?;
    if fs::metadata(with_suffix(file, "-wal")).is_ok_and(|log| log.len() > 0) {
        return Err(TransferError::Unfinished(file.to_owned()));
    }
    let scratch = with_suffix(database, ".restoring");
    if ["", "-wal", "-shm", "-journal"].iter().any(|suffix| is_same(file, &with_suffix(&scratch, suffix))) {
        let why =
            "a restore writes the new database under this name: move the file to another name, and restore it from there";
        return Err(TransferError::file(file, io::Error::other(why)));
    }
    let scratch = Scratch(scratch);
    remove_sqlite(&scratch.0);
    let (from, to) = (file.to_owned(), scratch.0.clone());
    let copied = tokio::task::spawn_blocking(move || copy_private(&from, &to)).await.expect("copying does not panic");
    let bytes = copied.map_err(|error| TransferError::file(&scratch.0, error))?;
    let rows = examine(file, &scratch.0).await?;
    let migrated = renew(file, &scratch.0, secrets, options).await?;
    let failed = |error| TransferError::file(&scratch.0, error);
    if fs::metadata(with_suffix(&scratch.0, "-wal")).is_ok_and(|log| log.len() > 0) {
        return Err(failed(io::Error::other("its log could not be moved into it")));
    }
    File::open(&scratch.0).and_then(|file| file.sync_all()).map_err(failed)?;
    let kept = put_in_place(&scratch.0, database, is_replaced, options.now_ms)
        .map_err(|error| TransferError::file(database, error))?;
    let kept = kept.map(|path| path.display().to_string());
    Ok(Restored { summary: Summary { tables: rows, bytes }, kept, migrated })
}

/// Whether two paths name the same file.
fn is_same(first: &Path, second: &Path) -> bool {
    let id = |path: &Path| fs::metadata(path).map(|found| (found.dev(), found.ino()));
    matches!((id(first), id(second)), (Ok(first), Ok(second)) if first == second)
}

/// Whether there is an existing database to keep under another name: it has tenants, or can't be read. An error if `options`
/// do not allow to replace it.
async fn may_replace(database: &Path, options: &Options) -> Result<bool, TransferError> {
    if fs::symlink_metadata(database).is_err() {
        return Ok(false);
    }
    let place = || database.display().to_string();
    match tenants_in(database).await {
        Ok(0) => Ok(false),
        Ok(_) | Err(_) if options.replace => Ok(true),
        Ok(tenants) => Err(TransferError::HasTenants { place: place(), tenants }),
        Err(error) => Err(TransferError::CannotTell { place: place(), why: error_message(&error) }),
    }
}

/// The number of tenants of a database. Closing the last connection moves the write-ahead log into the file, which is then
/// complete by itself.
async fn tenants_in(database: &Path) -> Result<u64, sqlx::Error> {
    let mut connection = open(database, None).await?;
    let has_table: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_master WHERE name = 'tenants'").fetch_one(&mut connection).await?;
    let mut tenants: i64 = 0;
    if has_table > 0 {
        tenants = sqlx::query_scalar("SELECT count(*) FROM tenants").fetch_one(&mut connection).await?;
    }
    connection.close().await?;
    Ok(u64::try_from(tenants).unwrap_or_default())
}

/// Copies a file durably into a new file that only its owner can read.
fn copy_private(from: &Path, to: &Path) -> io::Result<u64> {
    let mut target = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    let bytes = io::copy(&mut File::open(from)?, &mut target)?;
    target.sync_all()?;
    Ok(bytes)
}

/// Checks that the copy of a backup is complete and belongs to this program. Returns the rows per table. `file` is the path
/// for errors.
async fn examine(file: &Path, copy: &Path) -> Result<Vec<(String, u64)>, TransferError> {
    let damaged = |error: sqlx::Error| TransferError::Damaged { path: file.to_owned(), why: error_message(&error) };
    let mut connection = open(copy, Some(SqliteJournalMode::Delete)).await.map_err(damaged)?;
    if let Some(why) = damage(&mut connection).await.map_err(damaged)? {
        return Err(TransferError::Damaged { path: file.to_owned(), why });
    }
    let tables = tables::sqlite_tables(&mut connection).await.map_err(damaged)?;
    if let Some(missing) = [tables::MIGRATIONS, "tenants"].into_iter().find(|name| !tables.iter().any(|table| table == name))
    {
        let why = format!("it has no table `{missing}`");
        return Err(TransferError::NotABackup { path: file.to_owned(), why });
    }
    let applied = migrations(&mut connection).await.map_err(damaged)?;
    if let Some(migration) = tables::unknown_migration(&applied) {
        return Err(TransferError::Newer { place: file.display().to_string(), migration });
    }
    let mut found = Contents::new();
    for table in tables.iter().filter(|table| *table != CONTENTS_TABLE) {
        let fingerprint = fingerprint::of_sqlite_table(&mut connection, table).await.map_err(damaged)?;
        found.insert(table.clone(), TableContents::from(fingerprint));
    }
    // A plain copy of a stopped server's file does not have this table. It is accepted without the comparison.
    if tables.iter().any(|table| table == CONTENTS_TABLE) {
        let recorded = read_contents(&mut connection).await.map_err(damaged)?;
        if let Some((table, _)) = recorded.iter().find(|(table, recorded)| found.get(*table) != Some(*recorded)) {
            let why = format!("the rows of `{table}` are not those that were backed up");
            return Err(TransferError::Damaged { path: file.to_owned(), why });
        }
        let drop = format!("DROP TABLE {CONTENTS_TABLE}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(drop)).execute(&mut connection).await.map_err(damaged)?;
    }
    connection.close().await.map_err(damaged)?;
    Ok(found.into_iter().map(|(name, table)| (name, table.rows)).collect())
}

/// Reads the description of the tables that the backup contains.
async fn read_contents(connection: &mut SqliteConnection) -> Result<Contents, sqlx::Error> {
    let sql = format!("SELECT tables FROM {CONTENTS_TABLE}");
    let text: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(connection).await?;
    serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Migrates the copy, gives its tenants new epochs, and records the restore. Returns the migrations that were applied.
async fn renew(file: &Path, copy: &Path, secrets: &Secrets, options: &Options) -> Result<Vec<String>, TransferError> {
    let store = Store::connect(&Database::Sqlite(copy.to_owned())).await?;
    let migrated = store.migrate().await?;
    refuse_other_schema(file, &store).await?;
    let unreadable_keys = unreadable(&keys::signing_keys(&store).await?, secrets, options)?;
    for kid in unreadable_keys {
        if let Some(tenant) = keys::signing_key_owner(&store, &kid).await? {
            keys::revoke_signing_key(store.writer(), tenant, &kid, options.now_ms).await?;
        }
    }
    tenants::renew_epochs(&store).await?;
    record_restore(&store, options).await?;
    store.close().await;
    Ok(migrated)
}

/// An error if the schema differs from the schema that the migrations create: a trigger, a view or a changed table could
/// change the server's behaviour.
async fn refuse_other_schema(file: &Path, store: &Store) -> Result<(), TransferError> {
    let (expected, found) = (tables::schema_of_migrations().await?, tables::schema_of(store.reader()).await?);
    let difference = |object: &String| match (expected.get(object), found.get(object)) {
        (Some(_), None) => Some(format!("it has no {object}")),
        (None, Some(_)) => Some(format!("it has the {object}, which this program does not make")),
        (expected, found) => (expected != found).then(|| format!("its {object} is not the one this program makes")),
    };
    match expected.keys().chain(found.keys()).find_map(difference) {
        Some(why) => Err(TransferError::NotABackup { path: file.to_owned(), why }),
        None => Ok(()),
    }
}

/// Gives the new file the database's name. Returns where the old file is kept.
fn put_in_place(new: &Path, database: &Path, keep: bool, now_ms: i64) -> io::Result<Option<PathBuf>> {
    let kept = if keep { Some(keep_beside(database, now_ms)?) } else { None };
    if let Some((kept, _)) = &kept {
        // These files exist only if the old database could not be opened and closed. Their changes belong to the old
        // database.
        for suffix in ["-wal", "-journal"] {
            if fs::symlink_metadata(with_suffix(database, suffix)).is_ok() {
                rename_to_free(&with_suffix(database, suffix), &with_suffix(kept, suffix))?;
            }
        }
    }
    for suffix in ["-wal", "-shm", "-journal"] {
        match fs::remove_file(with_suffix(database, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    match &kept {
        Some((kept, Link::Impossible)) => exchange(new, database, kept)?,
        Some((_, Link::Made)) | None => fs::rename(new, database)?,
    }
    sync_folder(database)?;
    Ok(kept.map(|(kept, _)| kept))
}

/// Whether the old file has a second name, by a hard link.
#[derive(Debug, PartialEq)]
enum Link {
    Made,
    /// The volume does not support hard links.
    Impossible,
}

/// Gives the old file a second name, so that at every moment there is a database under the first name. A name that is taken
/// is not used again: two restores may happen within a second.
fn keep_beside(database: &Path, now_ms: i64) -> io::Result<(PathBuf, Link)> {
    let stamp: String = rfc3339(now_ms - now_ms % 1000).chars().filter(char::is_ascii_alphanumeric).collect();
    let mut number = 1_u32;
    loop {
        let suffix = if number == 1 { String::new() } else { format!("-{number}") };
        let kept = with_suffix(database, &format!(".replaced-{stamp}{suffix}"));
        number += 1;
        if ["", "-wal", "-journal"].iter().any(|suffix| fs::symlink_metadata(with_suffix(&kept, suffix)).is_ok()) {
            continue;
        }
        match fs::hard_link(database, &kept) {
            Ok(()) => return Ok((kept, Link::Made)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => match Errno::from_io_error(&error) {
                Some(Errno::PERM | Errno::OPNOTSUPP | Errno::NOSYS | Errno::MLINK) => return Ok((kept, Link::Impossible)),
                _ => return Err(error),
            },
        }
    }
}

/// On a volume without links: gives the new file the database's name, and the old file the name `kept`.
fn exchange(new: &Path, database: &Path, kept: &Path) -> io::Result<()> {
    // The new file first gets the old file's later name: if the process is killed, no file is left that the next restore
    // removes.
    rename_to_free(new, kept)?;
    let Err(error) = renameat_with(CWD, kept, CWD, database, RenameFlags::EXCHANGE) else { return Ok(()) };
    rename_to_free(kept, new)?;
    if !matches!(error, Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) {
        return Err(error.into());
    }
    // Some volumes can't exchange names: on such a volume there is a moment without a database.
    rename_to_free(database, kept)?;
    rename_to_free(new, database).inspect_err(|_| {
        let _ = rename_to_free(kept, database);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDirectory;

    #[test]
    fn a_database_kept_within_the_same_second_is_not_replaced() {
        let folder = TempDirectory::new();
        let (database, new) = (folder.0.join("causerie.sqlite"), folder.0.join("causerie.sqlite.restoring"));
        fs::write(&database, "0").expect("writes");
        let mut kept = Vec::new();
        for round in 1..4 {
            fs::write(&new, round.to_string()).expect("writes");
            kept.push(put_in_place(&new, &database, true, 1_000).expect("restores").expect("it is kept"));
        }
        for (round, kept) in kept.iter().enumerate() {
            assert_eq!(fs::read_to_string(kept).expect("reads"), round.to_string(), "{}", kept.display());
        }
        assert_eq!(fs::read_to_string(&database).expect("reads"), "3");
    }

    #[test]
    fn without_hard_links_the_two_files_exchange_names_and_replace_no_file() {
        let folder = TempDirectory::new();
        let [database, new, kept] = ["causerie.sqlite", "new", "kept"].map(|name| folder.0.join(name));
        fs::write(&database, "old").expect("writes");
        fs::write(&new, "new").expect("writes");
        fs::write(&kept, "kept before").expect("writes");
        let refused = exchange(&new, &database, &kept).expect_err("the name is taken");
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(
            [&database, &new, &kept].map(|path| fs::read_to_string(path).expect("reads")),
            ["old", "new", "kept before"]
        );
        fs::remove_file(&kept).expect("removes");
        exchange(&new, &database, &kept).expect("exchanges");
        assert_eq!([&database, &kept].map(|path| fs::read_to_string(path).expect("reads")), ["new", "old"]);
        assert!(!new.exists());
    }
}
