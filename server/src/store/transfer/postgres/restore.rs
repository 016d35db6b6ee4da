//! Restores the rows of an archive into PostgreSQL in a single transaction. The transaction runs the script that
//! `pg_restore` writes.
//!
//! `pg_restore --clean` in its own transaction would leave tables that a newer version had added. There would also be a
//! moment at which the restored tenants have their old epochs and a node could start. Here, `psql` runs everything in one
//! transaction: the existing tables, if they have tenants, move into another schema, the archive's tables take their place,
//! and the epochs change. The last line of the script commits, and it is written only after `pg_restore` reported that it
//! wrote the whole archive. If the restore fails or is killed before that, the database is unchanged.

use std::{path::Path, process::Stdio};

use sea_orm::sqlx::{self, Connection as _, PgConnection};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};

use super::{
    Address, Programs, WITHOUT_LIMITS, archive::Archive, major_version, programs::failure_reason, refuse_if_served, schema,
};
use crate::{
    clock::rfc3339,
    secrets::Secrets,
    store::{
        Database, Store,
        connect::POSTGRES_APPLICATION,
        entities::signing_key,
        queries::keys::SigningKeyRow,
        transfer::{
            Options, Restored, Summary, TransferError, record_restore,
            tables::{self, Table, quoted},
            unreadable,
        },
    },
};

/// The prefix of the lines in which `psql` prints the name of a table and its number of rows.
const ROWS: &str = "causerie rows ";

/// Restores the backup `file` into the database at `url`.
///
/// # Errors
/// [`TransferError`] if the backup can't be restored. The database is then unchanged, except for
/// [`TransferError::AfterRestore`].
pub async fn restore(file: &Path, url: &str, secrets: &Secrets, options: &Options) -> Result<Restored, TransferError> {
    let address = Address::check(url, "database.url").await?;
    // The connection stays open to the end, so that another restore that begins meanwhile sees it and is refused.
    let mut connection = address.connect("restore").await?;
    refuse_if_served(&mut connection).await?;
    let schema = schema(&mut connection).await?;
    let names: Vec<String> = tables::migration_tables().await?.into_iter().collect();
    let present = tables::postgres_tables(&mut connection, &names).await.map_err(TransferError::postgres)?;
    let tenants = tenants_in(&mut connection, &present).await?;
    if tenants > 0 && !options.replace {
        return Err(TransferError::HasTenants { place: "PostgreSQL".to_owned(), tenants });
    }

    let programs = Programs::find(major_version(&mut connection).await?, &address).await?;
    let archive = Archive::check(&programs, file).await?;
    let keys_to_revoke = examine(file, &archive, &schema, secrets, options).await?;
    let kept = (tenants > 0).then(|| {
        let time = rfc3339(options.now_ms - options.now_ms % 1000);
        let stamp: String = time.chars().filter(char::is_ascii_alphanumeric).collect();
        format!("causerie_replaced_{}", stamp.to_lowercase())
    });
    let begin = begin(&schema, &present, kept.as_deref());
    let restored: Vec<&str> = archive.tables_in(&schema).filter(|table| names.iter().any(|name| name == table)).collect();
    let own_process: i32 =
        sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await.map_err(TransferError::postgres)?;
    let end = end(&schema, &keys_to_revoke, &restored, own_process, options.now_ms);
    let bytes = std::fs::metadata(file).map_err(|error| TransferError::file(file, error))?.len();
    let tables = replay(&programs, file, &begin, &end).await?;
    // From here on the database holds the restored tables.
    let migrated = finish(url, options).await.map_err(|error| {
        let kept =
            kept.as_ref().map(|schema| format!(" and the old tables are in the schema `{schema}`")).unwrap_or_default();
        TransferError::AfterRestore { kept, error: Box::new(error) }
    })?;
    let _ = connection.close().await;
    let kept = kept.map(|schema| format!("the schema `{schema}`"));
    Ok(Restored { summary: Summary { tables, bytes }, kept, migrated })
}

/// Migrates the restored database and records the restore in the audit. Returns the migrations that were applied.
async fn finish(url: &str, options: &Options) -> Result<Vec<String>, TransferError> {
    let store = Store::connect(&Database::Postgres { url: url.to_owned(), connections_max: 2 }).await?;
    let migrated = store.migrate().await?;
    record_restore(&store, options).await?;
    store.close().await;
    Ok(migrated)
}

async fn tenants_in(connection: &mut PgConnection, present: &[Table]) -> Result<u64, TransferError> {
    if !present.iter().any(|table| table.name == "tenants") {
        return Ok(0);
    }
    tables::count(connection, "tenants").await.map_err(TransferError::postgres)
}

/// Checks that this program and its keys can use the archive. Returns the signing keys to revoke.
async fn examine(
    file: &Path,
    archive: &Archive<'_>,
    schema: &str,
    secrets: &Secrets,
    options: &Options,
) -> Result<Vec<String>, TransferError> {
    let not_a_backup = |why: String| TransferError::NotABackup { path: file.to_owned(), why };
    for table in [tables::MIGRATIONS, "tenants", "signing_keys"] {
        match archive.schema_of(table) {
            None => return Err(not_a_backup(format!("it has no table `{table}`"))),
            Some(other) if other != schema => {
                return Err(not_a_backup(format!(
                    "its tables are in the schema `{other}`, and those of `database.url` in `{schema}`: restore it with `search_path` \
                     set to `{other}`"
                )));
            }
            Some(_) => {}
        }
    }
    let applied = archive.rows(tables::MIGRATIONS, &["version"]).await?;
    let applied: Vec<String> = applied.into_iter().flatten().flatten().collect();
    if let Some(migration) = tables::unknown_migration(&applied) {
        return Err(TransferError::Newer { place: file.display().to_string(), migration });
    }
    let columns = ["kid", "tenant_id", "algorithm", "material", "created_at", "revoked_at"];
    let rows: Option<Vec<SigningKeyRow>> =
        archive.rows("signing_keys", &columns).await?.into_iter().map(parse_signing_key).collect();
    let rows = rows.ok_or_else(|| not_a_backup("its signing keys can't be read".to_owned()))?;
    unreadable(&rows, secrets, options)
}

fn parse_signing_key(fields: Vec<Option<String>>) -> Option<SigningKeyRow> {
    let [kid, tenant_id, algorithm, material, created_at, revoked_at] = <[Option<String>; 6]>::try_from(fields).ok()?;
    let row = signing_key::Model {
        kid: kid?,
        tenant_id: tenant_id?.parse().ok()?,
        algorithm: algorithm?,
        material: material?,
        created_at: created_at?.parse().ok()?,
        revoked_at: revoked_at.map(|time| time.parse()).transpose().ok()?,
    };
    Some(row.into())
}

/// The beginning of the script, which removes the existing tables from the schema: they move into the schema `kept`, or are
/// dropped if `kept` is `None`, which means that they hold no tenant.
fn begin(schema: &str, present: &[Table], kept: Option<&str>) -> String {
    // The timeout ends the restore if an unnoticed connection holds a lock.
    let mut script = format!("{WITHOUT_LIMITS}BEGIN;\nSET LOCAL lock_timeout = '10s';\n");
    let quoted_name = |table: &Table| format!("{}.{}", quoted(schema), quoted(&table.name));
    match kept {
        Some(kept) => {
            script += &format!("CREATE SCHEMA {};\n", quoted(kept));
            for table in present {
                script += &format!("ALTER TABLE {} SET SCHEMA {};\n", quoted_name(table), quoted(kept));
            }
        }
        None if present.is_empty() => {}
        None => {
            let tables: Vec<String> = present.iter().map(quoted_name).collect();
            script += &format!("DROP TABLE {};\n", tables.join(", "));
        }
    }
    script
}

/// The end of the script: renews the epochs, revokes keys, prints the rows per table, and commits. `own_process` is the id
/// of the PostgreSQL process that serves the restore's other connection, beside `psql`.
fn end(schema: &str, keys_to_revoke: &[String], restored: &[&str], own_process: i32, now_ms: i64) -> String {
    let mut script = format!("\nUPDATE {}.tenants SET epoch = gen_random_uuid();\n", quoted(schema));
    for kid in keys_to_revoke {
        let kid = kid.replace('\'', "''");
        script += &format!("UPDATE {}.signing_keys SET revoked_at = {now_ms} WHERE kid = '{kid}';\n", quoted(schema));
    }
    for table in restored {
        script += &format!("SELECT '{ROWS}{table} ' || count(*) FROM {}.{};\n", quoted(schema), quoted(table));
    }
    // A node that started meanwhile would continue with data that it read from the replaced database.
    script += &format!(
        "DO $$ DECLARE nodes bigint; BEGIN
           PERFORM pg_catalog.pg_stat_clear_snapshot();
           SELECT count(*) INTO nodes FROM pg_catalog.pg_stat_activity
             WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), {own_process})
                   AND (application_name = '{POSTGRES_APPLICATION}' OR application_name LIKE '{POSTGRES_APPLICATION} %');
           IF nodes > 0 THEN
             RAISE EXCEPTION 'the database is in use by Causerie: % connections since the restore began. Stop all nodes first', nodes;
           END IF;
         END $$;\n"
    );
    script + "COMMIT;\n"
}

/// The number of rows that `psql` printed for each table.
fn parse_row_counts(printed: &str) -> Vec<(String, u64)> {
    let rows = printed.lines().filter_map(|line| {
        let (table, rows) = line.strip_prefix(ROWS)?.split_once(' ')?;
        Some((table.to_owned(), rows.parse().ok()?))
    });
    let mut rows: Vec<(String, u64)> = rows.collect();
    rows.sort();
    rows
}

/// Runs `begin`, the archive's script and `end` in `psql`. Returns the number of rows of each table.
async fn replay(programs: &Programs, file: &Path, begin: &str, end: &str) -> Result<Vec<(String, u64)>, TransferError> {
    let failed = |why: String| TransferError::Program(format!("{why}; nothing was changed"));
    let cannot_run = |program: &str, error: std::io::Error| failed(format!("`{program}` can't be run: {error}"));
    let mut psql = programs.command("psql");
    psql.args([
        "--no-psqlrc",
        "--quiet",
        "--no-password",
        "--tuples-only",
        "--no-align",
        "--set=ON_ERROR_STOP=1",
        "--file=-",
    ]);
    psql.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut psql = psql.spawn().map_err(|error| cannot_run("psql", error))?;
    let mut archive = programs.command("pg_restore");
    archive.args(["--no-owner", "--no-privileges", "--file=-"]).arg(file).stdout(Stdio::piped());
    let mut archive = archive.spawn().map_err(|error| cannot_run("pg_restore", error))?;

    let mut input = psql.stdin.take().expect("it is piped");
    let script = archive.stdout.take().expect("it is piped");
    let (psql_stderr, archive_stderr) =
        (psql.stderr.take().expect("it is piped"), archive.stderr.take().expect("it is piped"));
    let write = async {
        let copy_script = async {
            // Dropped at the end of this block, so that `pg_restore` does not wait for a reader after `psql` failed.
            let mut script = script;
            input.write_all(begin.as_bytes()).await?;
            tokio::io::copy(&mut script, &mut input).await
        };
        let (copied, archive_text) = tokio::join!(copy_script, read_all(archive_stderr));
        let exit = archive.wait().await;
        let is_whole = copied.is_ok() && exit.is_ok_and(|status| status.success());
        if is_whole && input.write_all(end.as_bytes()).await.is_ok() {
            let _ = input.shutdown().await;
        }
        // Without the last line of the script, `psql` commits nothing.
        drop(input);
        (is_whole, failure_reason("pg_restore", &archive_text))
    };
    let printed = psql.stdout.take().expect("it is piped");
    let ((is_whole, archive_failure), psql_text, printed) = tokio::join!(write, read_all(psql_stderr), read_all(printed));
    let status = psql.wait().await.map_err(|error| cannot_run("psql", error))?;
    match (status.success(), is_whole) {
        (true, true) => Ok(parse_row_counts(&String::from_utf8_lossy(&printed))),
        (true, false) => Err(failed(archive_failure)),
        (false, _) => Err(failed(failure_reason("psql", &psql_text))),
    }
}

/// Reads a stream to its end.
async fn read_all(mut from: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut text = Vec::new();
    // If reading fails, the text read before is used.
    let _ = from.read_to_end(&mut text).await;
    text
}
