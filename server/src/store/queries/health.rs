//! Whether the database serves.

use rand::RngCore as _;
use sea_orm::{ConnectionTrait as _, DbBackend};
use uuid::Uuid;

use crate::store::{Store, StoreError, rows::statement};

/// What is written after a write was not stored: more than the place a small write may still find in a file's last block.
const FILLER: usize = 64 * 1024;

/// Writes a row and commits it. Every other test lies: a full volume takes statements and refuses the commit, and a standby
/// takes the commit of a transaction without statements.
///
/// # Errors
/// When it can't write.
pub async fn can_write(store: &Store) -> Result<(), StoreError> {
    let mut filler = vec![0; if store.is_failing() { FILLER } else { 0 }];
    // PostgreSQL would make a small row of anything that repeats.
    rand::rng().fill_bytes(&mut filler);
    let transaction = store.begin().await?;
    // The rows of earlier probes. No node waits for another here, which may be frozen in the middle of its own.
    let earlier = match store.backend() {
        DbBackend::Postgres => "DELETE FROM write_probe WHERE id IN (SELECT id FROM write_probe FOR UPDATE SKIP LOCKED)",
        _ => "DELETE FROM write_probe",
    };
    transaction.execute_raw(statement(store.backend(), earlier, vec![])).await?;
    let probe = "INSERT INTO write_probe (id, filler) VALUES ($1, $2)";
    transaction.execute_raw(statement(store.backend(), probe, vec![Uuid::now_v7().into(), filler.into()])).await?;
    transaction.commit().await
}
