//! PostgreSQL: the table is filled without indexes and constraints, which are created again afterwards. The rows
//! are inserted in the order of time, so the conversations interleave as in a real history.

use async_trait::async_trait;
use sea_orm::sqlx::{self, AssertSqlSafe, Postgres as Sql, pool::PoolConnection};

use super::{AUTHOR, Filled, ROWS};
use crate::{Outcome, world::Postgres};

const SETTINGS: [&str; 3] = ["SET synchronous_commit = off", "SET work_mem = '128MB'", "SET maintenance_work_mem = '512MB'"];
/// Statements that drop and restore the keys and references of the table, and then its other indexes.
const KEYS: &str = "SELECT 'ALTER TABLE messages DROP CONSTRAINT ' || quote_ident(conname), \
    'ALTER TABLE messages ADD CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid) \
    FROM pg_constraint WHERE conrelid = 'messages'::regclass AND contype IN ('p', 'u', 'f') \
    UNION ALL SELECT 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid) FROM pg_index i \
    WHERE i.indrelid = 'messages'::regclass \
    AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = i.indrelid)";
/// Brings the database into the state of one that has been running for long and has no pending writes.
const REST: [&str; 3] = ["DROP TABLE filled, filled_members", "VACUUM (ANALYZE)", "CHECKPOINT"];

/// The connection that fills the database.
pub struct Session {
    connection: PoolConnection<Sql>,
    put_back: Vec<String>,
}

impl Session {
    /// Opens a connection.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn new(postgres: &Postgres) -> Outcome<Self> {
        let mut session = Self { connection: postgres.pool().acquire().await?, put_back: Vec::new() };
        for setting in SETTINGS {
            super::Session::run(&mut session, setting).await?;
        }
        Ok(session)
    }
}

#[async_trait]
impl super::Session for Session {
    fn fragments(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("{uuid}", "UUID"),
            ("{rows}", "json_array_elements(CAST($1 AS JSON)) AS r (value)"),
            ("{second_as_uuid}", "CAST(r.value->>1 AS UUID)"),
            ("{message_id}", "CAST(lpad(to_hex(x.number), 16, '0') || lpad(to_hex(x.seq), 16, '0') AS UUID)"),
            ("{message_text}", "lpad(CAST(x.seq AS TEXT), 256, 'chatting ')"),
        ]
    }

    async fn insert(&mut self, sql: &str, rows: String) -> Outcome<()> {
        sqlx::query(AssertSqlSafe(sql)).bind(rows).execute(&mut *self.connection).await?;
        Ok(())
    }

    async fn run(&mut self, sql: &str) -> Outcome<()> {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *self.connection).await?;
        Ok(())
    }

    async fn open(&mut self) -> Outcome<()> {
        self.run("ANALYZE filled, filled_members").await?;
        let keys: Vec<(String, String)> = sqlx::query_as(KEYS).fetch_all(&mut *self.connection).await?;
        for (take_away, put_back) in keys {
            self.run(&take_away).await?;
            self.put_back.push(put_back);
        }
        Ok(())
    }

    fn filling_statements(&self, conversations: &[Filled]) -> Vec<(String, u64)> {
        let all: u64 = conversations.iter().map(|it| u64::from(it.messages)).sum();
        let count = all.div_ceil(ROWS).max(1);
        let piece = |at: u64| {
            // The rows are sorted before their texts are made, so that the sort moves less data.
            let rows = format!(
                "SELECT f.number, f.id, f.messages, f.uncounted_seq, s.seq, m.user_id FROM filled f \
                 CROSS JOIN LATERAL generate_series(f.messages * {at} / {count} + 1, f.messages * ({at} + 1) / {count}) AS s (seq) \
                 JOIN filled_members m ON {AUTHOR} ORDER BY CAST(s.seq AS FLOAT8) / f.messages"
            );
            (rows, all / count)
        };
        (0..count).map(piece).collect()
    }

    async fn close(&mut self) -> Outcome<()> {
        for statement in std::mem::take(&mut self.put_back) {
            self.run(&statement).await?;
        }
        for statement in REST {
            self.run(statement).await?;
        }
        Ok(())
    }
}
