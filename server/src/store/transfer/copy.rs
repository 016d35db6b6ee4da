//! Copies an embedded database to an empty PostgreSQL database.
//!
//! All rows are copied in one transaction with PostgreSQL's `COPY`, each table after the tables that it refers to. Before
//! the commit each table is read back and compared: PostgreSQL's text format has one form per value, so the lines that are
//! read must equal the lines that were written. If the copy fails or is killed before the commit, the target stays empty.

use std::{collections::BTreeSet, path::Path, time::Duration};

use futures::TryStreamExt as _;
use sea_orm::sqlx::{
    self, AssertSqlSafe, Connection as _, PgConnection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteRow},
};

use super::{
    Summary, TransferError,
    fingerprint::{Fingerprint, Value},
    postgres::{self, Address},
    sqlite::CONTENTS_TABLE,
    tables::{self, Column, MIGRATIONS, Table, quoted},
};
use crate::store::{Database, Store};

/// The number of bytes of rows per message to PostgreSQL. Apart from the driver's buffers, no more of a table is in memory.
const BATCH_BYTES: usize = 256 * 1024;
/// The tables that a server fills by itself: the table with which `/readyz` tests writes, and the table of values that nodes
/// share, such as the key of cursors. A database whose other tables are empty counts as empty.
const SERVER_TABLES: [&str; 2] = ["write_probe", "shared_values"];
/// The option that names the target, for error messages.
const SETTING: &str = "--to";

/// Copies the database in the file `source` to the empty database at `url`, which is migrated first. The caller has locked
/// the folder of `source`. `on_table` is called after each table with its name and its number of rows.
///
/// # Errors
/// [`TransferError`] if the target is not empty, if either database fails, or if PostgreSQL can't store a value; the target
/// then has no rows.
pub async fn copy(source: &Path, url: &str, mut on_table: impl FnMut(&str, u64)) -> Result<Summary, TransferError> {
    let target = Address::check(url, SETTING).await?;
    let mut to = target.connect("copy").await?;
    postgres::refuse_if_served(&mut to).await?;
    let from_failed = TransferError::sqlite(source);
    let options = SqliteConnectOptions::new().filename(source).busy_timeout(Duration::from_secs(30));
    let mut from = SqliteConnection::connect_with(&options).await.map_err(&from_failed)?;
    // Another subcommand may write at the same time. The transaction makes all reads see the same moment.
    sqlx::raw_sql("BEGIN").execute(&mut from).await.map_err(&from_failed)?;
    let mut names = tables::sqlite_tables(&mut from).await.map_err(&from_failed)?;
    names.retain(|name| name != MIGRATIONS && name != CONTENTS_TABLE);

    // The check comes before the migration, because a migration would change a database that is in use.
    let before = tables::postgres_tables(&mut to, &names).await.map_err(TransferError::postgres)?;
    refuse_if_filled(&mut to, &before).await?;
    prepare(&mut to, url).await?;
    let tables = tables::postgres_tables(&mut to, &names).await.map_err(TransferError::postgres)?;
    refuse_if_different(&mut from, &names, &tables).await?;

    sqlx::raw_sql("BEGIN").execute(&mut to).await.map_err(TransferError::postgres)?;
    let all: Vec<String> = tables.iter().map(|table| quoted(&table.name)).collect();
    let lock = format!("SET LOCAL lock_timeout = '10s'; LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", all.join(", "));
    sqlx::raw_sql(AssertSqlSafe(lock)).execute(&mut to).await.map_err(TransferError::postgres)?;
    refuse_if_filled(&mut to, &tables).await?;
    let mut summary = Summary::default();
    for table in &tables {
        let (fingerprint, bytes) = copy_table(&mut from, &mut to, table).await?;
        compare(&mut to, table, fingerprint).await?;
        advance_sequences(&mut to, table).await?;
        summary.bytes += bytes;
        summary.tables.push((table.name.clone(), fingerprint.rows));
        on_table(&table.name, fingerprint.rows);
    }
    sqlx::raw_sql("COMMIT").execute(&mut to).await.map_err(TransferError::postgres)?;
    // PostgreSQL counts the rows, so that the first node gets plans for the real numbers. If this fails, PostgreSQL does it
    // by itself within a minute.
    let analyze = format!("ANALYZE {}", all.join(", "));
    let _ = sqlx::raw_sql(AssertSqlSafe(analyze)).execute(&mut to).await;
    let _ = to.close().await;
    let _ = from.close().await;
    summary.tables.sort();
    Ok(summary)
}

/// Checks that the target can hold the data, and migrates its schema.
async fn prepare(to: &mut PgConnection, url: &str) -> Result<(), TransferError> {
    let encoding: String =
        sqlx::query_scalar("SHOW server_encoding").fetch_one(&mut *to).await.map_err(TransferError::postgres)?;
    if encoding != "UTF8" {
        let message = format!("the database has the encoding {encoding}; make it with ENCODING 'UTF8'");
        return Err(TransferError::Target(message));
    }
    let applied = postgres::migrations(to).await?;
    if let Some(migration) = tables::unknown_migration(&applied) {
        return Err(TransferError::Newer { place: "the schema of PostgreSQL".to_owned(), migration });
    }
    let store = Store::connect(&Database::Postgres { url: url.to_owned(), connections_max: 2 }).await?;
    store.migrate().await?;
    store.close().await;
    Ok(())
}

/// An error if a table has rows, apart from the tables that a server fills by itself.
async fn refuse_if_filled(to: &mut PgConnection, tables: &[Table]) -> Result<(), TransferError> {
    for table in tables.iter().filter(|table| !SERVER_TABLES.contains(&table.name.as_str())) {
        let rows = tables::count(to, &table.name).await.map_err(TransferError::postgres)?;
        if rows > 0 {
            let why = format!("the database is not empty: its table `{}` has {rows} rows", table.name);
            return Err(TransferError::Target(why));
        }
    }
    Ok(())
}

/// An error if the tables or columns of the two databases differ. Both databases have the same migrations, so another
/// program made the difference.
async fn refuse_if_different(from: &mut SqliteConnection, names: &[String], tables: &[Table]) -> Result<(), TransferError> {
    for name in names {
        let Some(table) = tables.iter().find(|table| table.name == *name) else {
            return Err(TransferError::Target(format!("the database has no table `{name}`, which the embedded one has")));
        };
        let target_columns: BTreeSet<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        let source_columns = tables::columns_of_sqlite(from, name).await;
        let source_columns = source_columns.map_err(|error| TransferError::Target(super::error::error_message(&error)))?;
        if let Some(column) = source_columns.symmetric_difference(&target_columns).next() {
            let why = format!("the column `{column}` of the table `{name}` is on one side only");
            return Err(TransferError::Target(why));
        }
    }
    Ok(())
}

fn columns(table: &Table) -> String {
    table.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
}

/// Copies the rows of a table. Returns their fingerprint and their number of bytes.
async fn copy_table(
    from: &mut SqliteConnection,
    to: &mut PgConnection,
    table: &Table,
) -> Result<(Fingerprint, u64), TransferError> {
    let table_error = |error: sqlx::Error| {
        TransferError::Postgres(format!("the table `{}`: {}", table.name, super::error::error_message(&error)))
    };
    if SERVER_TABLES.contains(&table.name.as_str()) {
        let empty = format!("DELETE FROM {}", quoted(&table.name));
        sqlx::raw_sql(AssertSqlSafe(empty)).execute(&mut *to).await.map_err(table_error)?;
    }
    let select = format!("SELECT {} FROM {}", columns(table), quoted(&table.name));
    let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(from);
    let statement = format!("COPY {} ({}) FROM STDIN", quoted(&table.name), columns(table));
    let mut copy = to.copy_in_raw(&statement).await.map_err(table_error)?;
    let (mut fingerprint, mut bytes) = (Fingerprint::default(), 0);
    let (mut batch, mut line) = (Vec::with_capacity(BATCH_BYTES * 2), Vec::new());
    while let Some(row) = rows.try_next().await.map_err(table_error)? {
        line.clear();
        // If `copy` is dropped because of an error, PostgreSQL's statement fails, which aborts the transaction.
        append_row(table, &row, &mut line)?;
        fingerprint.add(&line);
        batch.extend_from_slice(&line);
        batch.push(b'\n');
        if batch.len() >= BATCH_BYTES {
            bytes += batch.len() as u64;
            copy.send(batch.as_slice()).await.map_err(table_error)?;
            batch.clear();
        }
    }
    bytes += batch.len() as u64;
    copy.send(batch.as_slice()).await.map_err(table_error)?;
    copy.finish().await.map_err(table_error)?;
    Ok((fingerprint, bytes))
}

/// Reads the table back and compares it with the copied rows.
async fn compare(to: &mut PgConnection, table: &Table, copied: Fingerprint) -> Result<(), TransferError> {
    let statement = format!("COPY {} ({}) TO STDOUT", quoted(&table.name), columns(table));
    let mut stream = to.copy_out_raw(&statement).await.map_err(TransferError::postgres)?;
    let (mut found, mut rest) = (Fingerprint::default(), Vec::new());
    while let Some(piece) = stream.try_next().await.map_err(TransferError::postgres)? {
        rest.extend_from_slice(&piece);
        let Some(end) = rest.iter().rposition(|byte| *byte == b'\n') else { continue };
        rest[..end].split(|byte| *byte == b'\n').for_each(|line| found.add(line));
        rest.drain(..=end);
    }
    if found == copied {
        return Ok(());
    }
    Err(TransferError::Differs { table: table.name.clone(), source_rows: copied.rows, target_rows: found.rows })
}

/// Sets the sequences of a table, so that new rows get numbers after the numbers of the copied rows.
async fn advance_sequences(to: &mut PgConnection, table: &Table) -> Result<(), TransferError> {
    for column in &table.columns {
        let Some(sequence) = &column.sequence else { continue };
        let (column, name) = (quoted(&column.name), quoted(&table.name));
        let sql = format!("SELECT setval($1::regclass, max({column})) FROM {name} HAVING max({column}) IS NOT NULL");
        let set = sqlx::query(AssertSqlSafe(sql)).bind(sequence).execute(&mut *to).await;
        set.map_err(TransferError::postgres)?;
    }
    Ok(())
}

/// Appends a row in the text format of `COPY`, as PostgreSQL itself would write it, without the line break.
fn append_row(table: &Table, row: &SqliteRow, line: &mut Vec<u8>) -> Result<(), TransferError> {
    for (index, column) in table.columns.iter().enumerate() {
        if index > 0 {
            line.push(b'\t');
        }
        let value =
            Value::of(row, index).map_err(|error| value_error(table, row, column, &super::error::error_message(&error)))?;
        append_value(&value, &column.kind, line).map_err(|why| value_error(table, row, column, &why))?;
    }
    Ok(())
}

/// The error for a value that PostgreSQL can't store; it names the row by its key.
fn value_error(table: &Table, row: &SqliteRow, column: &Column, why: &str) -> TransferError {
    let keys = table.columns.iter().enumerate().filter(|(_, column)| column.is_key).map(|(index, column)| {
        let mut text = Vec::new();
        let is_readable = Value::of(row, index).is_ok_and(|value| append_value(&value, &column.kind, &mut text).is_ok());
        let text = if is_readable { String::from_utf8_lossy(&text).into_owned() } else { "?".to_owned() };
        format!("{} = {text}", column.name)
    });
    let row = format!("the row of `{}` with {}", table.name, keys.collect::<Vec<_>>().join(", "));
    TransferError::Value { row, column: column.name.clone(), why: why.to_owned() }
}

/// Appends a value in the text format of `COPY`. `kind` is the type of PostgreSQL's column. The error is the end of a
/// sentence about the column.
fn append_value(value: &Value<'_>, kind: &str, line: &mut Vec<u8>) -> Result<(), String> {
    match (kind, value) {
        (_, Value::Null) => line.extend(b"\\N"),
        ("uuid", Value::Blob(bytes)) => {
            let id = uuid::Uuid::from_slice(bytes).map_err(|_| format!("has {} bytes where an id has 16", bytes.len()))?;
            line.extend(id.hyphenated().to_string().as_bytes());
        }
        ("bigint" | "integer" | "smallint", Value::Integer(number)) => line.extend(number.to_string().as_bytes()),
        ("boolean", Value::Integer(flag @ (0 | 1))) => line.push(if *flag == 1 { b't' } else { b'f' }),
        ("bytea", Value::Blob(bytes)) => {
            line.extend(b"\\\\x");
            for byte in *bytes {
                line.extend(format!("{byte:02x}").as_bytes());
            }
        }
        ("text", Value::Text(text)) => append_text(text, line)?,
        (_, value) => {
            let holds = match value {
                Value::Null => "nothing",
                Value::Integer(_) => "a whole number",
                Value::Real(_) => "a number with a fraction",
                Value::Text(_) => "a text",
                Value::Blob(_) => "bytes",
            };
            return Err(format!("holds {holds}, and PostgreSQL's column is of the type `{kind}`"));
        }
    }
    Ok(())
}

/// Appends a text with the escapes of the text format of `COPY`.
fn append_text(text: &[u8], line: &mut Vec<u8>) -> Result<(), String> {
    let text = std::str::from_utf8(text).map_err(|_| "holds a text that is not UTF-8".to_owned())?;
    for byte in text.bytes() {
        let escaped = match byte {
            0 => {
                return Err(
                    "holds a NUL character (U+0000), which PostgreSQL can't store: change that text first".to_owned()
                );
            }
            8 => b'b',
            b'\t' => b't',
            b'\n' => b'n',
            11 => b'v',
            12 => b'f',
            b'\r' => b'r',
            b'\\' => b'\\',
            _ => {
                line.push(byte);
                continue;
            }
        };
        line.extend([b'\\', escaped]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_postgresql_writes_them() {
        let id = [0x0a; 16];
        let table: &[(Value<'_>, &str, Result<&str, &str>)] = &[
            (Value::Null, "text", Ok("\\N")),
            (Value::Text(b""), "text", Ok("")),
            (Value::Text("é\t\n\r\\N\u{8}\u{b}\u{c}".as_bytes()), "text", Ok("é\\t\\n\\r\\\\N\\b\\v\\f")),
            (Value::Text(b"a\0b"), "text", Err("NUL")),
            (Value::Text(b"\xff"), "text", Err("not UTF-8")),
            (Value::Integer(-1), "bigint", Ok("-1")),
            (Value::Integer(1), "boolean", Ok("t")),
            (Value::Integer(2), "boolean", Err("a whole number, and PostgreSQL's column is of the type `boolean`")),
            (Value::Blob(&id), "uuid", Ok("0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a")),
            (Value::Blob(&id[..15]), "uuid", Err("15 bytes where an id has 16")),
            (Value::Blob(&[0, 255]), "bytea", Ok("\\\\x00ff")),
            (Value::Real(0.5), "bigint", Err("a number with a fraction")),
            (Value::Text(b"1"), "bigint", Err("a text")),
        ];
        for (value, kind, expected) in table {
            let mut line = Vec::new();
            let result = append_value(value, kind, &mut line);
            match (result, expected) {
                (Ok(()), Ok(expected)) => assert_eq!(String::from_utf8_lossy(&line), *expected),
                (Err(why), Err(expected)) => assert!(why.contains(expected), "{why}"),
                (result, expected) => panic!("{result:?} instead of {expected:?}"),
            }
        }
    }
}
