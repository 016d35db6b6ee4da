//! SQLite: the table is filled in the order of its key, in which SQLite stores it. Its other indexes are dropped
//! before and created again afterwards.

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use sea_orm::sqlx::{
    self, AssertSqlSafe, ConnectOptions as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{AUTHOR, Filled, ROWS};
use crate::Outcome;

/// A value of `PRAGMA cache_size`: a quarter of a gigabyte, for sorting.
const CACHE: &str = "-262144";

/// The connection that fills the database.
pub struct Session {
    connection: SqliteConnection,
    put_back: Vec<String>,
}

impl Session {
    /// Opens a connection. Durability is off: if the machine fails, only this run is lost.
    ///
    /// # Errors
    /// When the file can't be opened.
    pub async fn new(file: &Path) -> Outcome<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .busy_timeout(Duration::from_secs(5))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Off)
            .pragma("cache_size", CACHE)
            .foreign_keys(false);
        Ok(Self { connection: options.connect().await?, put_back: Vec::new() })
    }
}

#[async_trait]
impl super::Session for Session {
    fn fragments(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("{uuid}", "BLOB"),
            ("{rows}", "json_each(?1) AS r"),
            ("{second_as_uuid}", "unhex(r.value->>1)"),
            ("{message_id}", "unhex(printf('%016x%016x', x.number, x.seq))"),
            ("{message_text}", "printf('%0256d', x.seq)"),
        ]
    }

    async fn insert(&mut self, sql: &str, rows: String) -> Outcome<()> {
        sqlx::query(AssertSqlSafe(sql)).bind(rows).execute(&mut self.connection).await?;
        Ok(())
    }

    async fn run(&mut self, sql: &str) -> Outcome<()> {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut self.connection).await?;
        Ok(())
    }

    async fn open(&mut self) -> Outcome<()> {
        // SQLite has no function that generates numbers.
        self.run("CREATE TEMP TABLE numbers (seq INTEGER PRIMARY KEY)").await?;
        self.run(
            "INSERT INTO numbers WITH RECURSIVE counted (seq) AS \
             (SELECT 1 UNION ALL SELECT seq + 1 FROM counted WHERE seq < (SELECT MAX(messages) FROM filled)) \
             SELECT seq FROM counted",
        )
        .await?;
        let indexes: Vec<(String, String)> = sqlx::query_as(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'messages' AND sql IS NOT NULL",
        )
        .fetch_all(&mut self.connection)
        .await?;
        for (name, definition) in indexes {
            self.run(&format!("DROP INDEX {name}")).await?;
            self.put_back.push(definition);
        }
        Ok(())
    }

    fn filling_statements(&self, conversations: &[Filled]) -> Vec<(String, u64)> {
        let piece = |(from, to): (usize, usize), (first, last): (u64, u64), rows| {
            let rows_of = format!(
                "SELECT f.number, f.id, f.messages, f.uncounted_seq, s.seq, m.user_id FROM filled f \
                 CROSS JOIN numbers s ON s.seq BETWEEN {first} AND MIN(f.messages, {last}) \
                 CROSS JOIN filled_members m ON {AUTHOR} \
                 WHERE f.number >= {from} AND f.number < {to} ORDER BY f.number, s.seq"
            );
            (rows_of, rows)
        };
        let (mut pieces, mut from, mut rows) = (Vec::new(), 0, 0);
        for (at, it) in conversations.iter().enumerate() {
            let messages = u64::from(it.messages);
            if rows + messages > ROWS && rows > 0 {
                pieces.push(piece((from, at), (1, ROWS), rows));
                (from, rows) = (at, 0);
            }
            if messages <= ROWS {
                rows += messages;
                continue;
            }
            // A long conversation is filled by statements of its own.
            for first in (0..messages).step_by(usize::try_from(ROWS).unwrap_or(usize::MAX)) {
                let last = (first + ROWS).min(messages);
                pieces.push(piece((at, at + 1), (first + 1, last), last - first));
            }
            (from, rows) = (at + 1, 0);
        }
        if rows > 0 {
            pieces.push(piece((from, conversations.len()), (1, ROWS), rows));
        }
        pieces
    }

    async fn close(&mut self) -> Outcome<()> {
        for statement in std::mem::take(&mut self.put_back) {
            self.run(&statement).await?;
        }
        self.run("PRAGMA wal_checkpoint(TRUNCATE)").await
    }
}
