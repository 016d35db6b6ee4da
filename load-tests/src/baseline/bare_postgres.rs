//! The baseline for writes on PostgreSQL: loops of INSERT and COMMIT into a copy of the server's table with its
//! indexes, on the same PostgreSQL.

use std::time::Duration;

use futures::future::try_join_all;
use sea_orm::sqlx::{self, Executor as _, PgPool, postgres::PgPoolOptions};
use tokio::time::Instant;
use uuid::Uuid;

use super::{Row, rows};
use crate::Outcome;

/// The number of connections that commit one row at a time.
pub const CONNECTIONS: u32 = 16;
/// Rows per statement of the batch loop; the server's `database.batch_max`.
pub const BATCH: usize = 256;

const INSERT: &str = "INSERT INTO bare_messages
    (conversation_id, seq, id, version, author_id, client_id, text, counted, sent_at)
    SELECT c, s, i, s, a, k, t, TRUE, 0
    FROM UNNEST($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[]) AS r (c, s, i, a, k, t)";

/// The table and the connections to it.
pub struct BarePostgres {
    pool: PgPool,
    text: String,
}

impl BarePostgres {
    /// Creates the table.
    ///
    /// # Errors
    /// When the database refuses a statement.
    pub async fn new(url: &str, text_bytes: usize) -> Outcome<Self> {
        let pool = PgPoolOptions::new().min_connections(CONNECTIONS).max_connections(CONNECTIONS).connect(url).await?;
        pool.execute("CREATE TABLE bare_messages (LIKE messages INCLUDING ALL)").await?;
        Ok(Self { pool, text: "x".repeat(text_bytes) })
    }

    /// Commits one row per transaction, on all connections at once. Returns the rows per second.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn row_by_row(&self, length: Duration) -> Outcome<f64> {
        let end = Instant::now() + length;
        let counts = (0..CONNECTIONS).map(async |_| {
            let conversation = [Uuid::now_v7()];
            let mut count = 0;
            while Instant::now() < end {
                count += 1;
                self.insert(&rows(&conversation, count)).await?;
            }
            Outcome::Ok(count)
        });
        let total: i64 = try_join_all(counts).await?.iter().sum();
        Ok(per_second(total, length))
    }

    /// Commits [`BATCH`] rows per transaction, on one connection. Returns the rows per second.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn batches(&self, length: Duration) -> Outcome<f64> {
        let conversations: Vec<Uuid> = (0..BATCH).map(|_| Uuid::now_v7()).collect();
        let end = Instant::now() + length;
        let (mut seq, mut total) = (0, 0);
        while Instant::now() < end {
            seq += 1;
            total += i64::try_from(BATCH)?;
            self.insert(&rows(&conversations, seq)).await?;
        }
        Ok(per_second(total, length))
    }

    async fn insert(&self, rows: &[Row]) -> Outcome<()> {
        let column = |of: fn(&Row) -> Uuid| rows.iter().map(of).collect::<Vec<_>>();
        sqlx::query(INSERT)
            .bind(column(|row| row.conversation))
            .bind(rows.iter().map(|row| row.seq).collect::<Vec<_>>())
            .bind(column(|row| row.id))
            .bind(column(|row| row.conversation))
            .bind(column(|row| row.client_id))
            .bind(rows.iter().map(|_| self.text.as_str()).collect::<Vec<_>>())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Closes the connections, so that they do not affect the later measurements.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

#[allow(clippy::cast_precision_loss)] // rows of a few seconds
fn per_second(count: i64, length: Duration) -> f64 {
    count as f64 / length.as_secs_f64()
}
