//! Checks that the database accepts writes.

use rand::RngCore as _;
use sea_orm::{ConnectionTrait as _, DbBackend};
use uuid::Uuid;

use crate::store::{Store, StoreError, rows::statement};

/// The number of bytes that a probe writes after a failed write: more than the free space that a small write may still find
/// in the last block of a file.
const FILLER: usize = 64 * 1024;

/// Writes a row and commits it. Weaker checks give wrong answers: a full volume accepts statements and refuses the commit,
/// and a standby accepts the commit of a transaction without statements.
///
/// # Errors
/// `StoreError` if the write or its commit fails.
pub async fn can_write(store: &Store) -> Result<(), StoreError> {
    let mut filler = vec![0; if store.is_failing() { FILLER } else { 0 }];
    // Random bytes, because PostgreSQL would compress repeated bytes to a small row.
    rand::rng().fill_bytes(&mut filler);
    let transaction = store.begin().await?;
    // Deletes the rows of earlier probes. It skips locked rows, so that a node never waits for another node, which may hang
    // in its own probe.
    let earlier = match store.backend() {
        DbBackend::Postgres => "DELETE FROM write_probe WHERE id IN (SELECT id FROM write_probe FOR UPDATE SKIP LOCKED)",
        _ => "DELETE FROM write_probe",
    };
    transaction.execute_raw(statement(store.backend(), earlier, vec![])).await?;
    let probe = "INSERT INTO write_probe (id, filler) VALUES ($1, $2)";
    transaction.execute_raw(statement(store.backend(), probe, vec![Uuid::now_v7().into(), filler.into()])).await?;
    transaction.commit().await
}
