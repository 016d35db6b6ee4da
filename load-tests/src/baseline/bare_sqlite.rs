//! The baseline for writes on SQLite: a loop of INSERT and COMMIT into a copy of the server's table with its
//! indexes, in a file beside the server's file.

use std::{path::Path, time::Duration};

use sea_orm::sqlx::{
    self, AssertSqlSafe, ConnectOptions as _, Connection as _, QueryBuilder, Sqlite, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::time::Instant;
use uuid::Uuid;

use super::rows;
use crate::Outcome;

/// Rows per transaction; the server's `database.batch_max`.
pub const BATCH: usize = 256;

const INSERT: &str =
    "INSERT INTO messages (conversation_id, seq, id, version, author_id, client_id, text, counted, sent_at) ";

/// Writes [`BATCH`] rows per durable transaction. Returns the rows per second.
///
/// # Errors
/// When the file can't be written, or the server's file has no table `messages`.
#[allow(clippy::cast_precision_loss)] // rows of a few seconds
pub async fn batches(server_file: &Path, folder: &Path, text_bytes: usize, length: Duration) -> Outcome<f64> {
    let mut theirs = open(server_file).await?;
    let schema: Vec<String> = sqlx::query_scalar(
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'messages' AND sql IS NOT NULL ORDER BY type DESC",
    )
    .fetch_all(&mut theirs)
    .await?;
    theirs.close().await?;
    let mut bare = open(&folder.join("bare.sqlite")).await?;
    for statement in schema {
        // The server's own definition of the table.
        sqlx::query(AssertSqlSafe(statement)).execute(&mut bare).await?;
    }
    let conversations: Vec<Uuid> = (0..BATCH).map(|_| Uuid::now_v7()).collect();
    let text = "x".repeat(text_bytes);
    let end = Instant::now() + length;
    let (mut seq, mut total) = (0, 0_u64);
    while Instant::now() < end {
        seq += 1;
        // One statement for all rows: sqlx passes each statement to another thread, which would cost more than the
        // rows.
        let mut insert = QueryBuilder::<Sqlite>::new(INSERT);
        insert.push_values(rows(&conversations, seq), |mut values, row| {
            values.push_bind(row.conversation).push_bind(row.seq).push_bind(row.id).push_bind(row.seq);
            values.push_bind(row.conversation).push_bind(row.client_id).push_bind(text.as_str()).push("1").push("0");
        });
        insert.build().execute(&mut bare).await?;
        total += BATCH as u64;
    }
    bare.close().await?;
    Ok(total as f64 / length.as_secs_f64())
}

/// The number of messages in the server's file.
///
/// # Errors
/// When the file can't be read.
pub async fn messages(server_file: &Path) -> Outcome<i64> {
    let mut theirs = open(server_file).await?;
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM messages").fetch_one(&mut theirs).await?;
    theirs.close().await?;
    Ok(count)
}

/// The durability settings are those of the server. Foreign keys stay off, because the copy of the table refers to no
/// other table.
async fn open(file: &Path) -> Outcome<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .busy_timeout(Duration::from_secs(5))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // The setting of the server.
        .pragma("temp_store", "MEMORY")
        .pragma("wal_autocheckpoint", "4000")
        .pragma("cache_size", "-16384")
        .foreign_keys(false);
    Ok(options.connect().await?)
}
