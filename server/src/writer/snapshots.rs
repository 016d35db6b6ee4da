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

/// Why a batch was not written.
pub(super) enum NotWritten {
    /// The database failed. Nothing was written; only if the commit itself failed, this is unknown.
    Failed(StoreError),
    /// This node must read all facts of a tenant first, which takes too long for a transaction that holds locks.
    FactsMissing(TenantId),
}

impl From<StoreError> for NotWritten {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// A tenant's facts at a version read under its lock.
pub(super) async fn snapshot(
    tx: &WriteTx,
    deps: &WriterDeps,
    tenant: TenantId,
    version: read::Version,
) -> Result<Arc<Snapshot>, NotWritten> {
    let known = deps.facts.at_version_in(tx.connection(), tenant, version).await?;
    known.ok_or(NotWritten::FactsMissing(tenant))
}
