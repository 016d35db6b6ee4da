//! Loads the facts by which a batch is decided.

use std::sync::Arc;

use causerie_protocol::TenantId;

use super::WriterDeps;
use crate::{
    facts::Snapshot,
    store::{
        StoreError,
        queries::{facts::read, write_tx::WriteTx},
    },
};

/// The reason why a batch was not written.
pub(super) enum NotWritten {
    /// The database failed. Nothing was written, except perhaps if the commit itself failed.
    Failed(StoreError),
    /// This node must read all facts of a tenant first, which takes too long for a transaction that holds locks.
    FactsMissing(TenantId),
}

impl From<StoreError> for NotWritten {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// Returns a tenant's facts at a version that was read under the lock of these facts.
///
/// # Errors
/// [`NotWritten::FactsMissing`] if all facts must be read first, [`NotWritten::Failed`] if the database fails.
pub(super) async fn snapshot(
    tx: &WriteTx,
    deps: &WriterDeps,
    tenant: TenantId,
    version: read::Version,
) -> Result<Arc<Snapshot>, NotWritten> {
    let snapshot = deps.facts.at_version_in(tx.connection(), tenant, version).await?;
    snapshot.ok_or(NotWritten::FactsMissing(tenant))
}
