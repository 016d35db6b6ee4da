//! The import lock: one import at a time per tenant, because two imports that replace the same scope would undo each other.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use causerie_protocol::TenantId;

use crate::store::{
    Store, StoreError,
    queries::facts::lock::{self, Importing},
};

/// The locks that the imports of this process hold. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct ImportLocks(Arc<Mutex<HashSet<TenantId>>>);

/// The lock of one tenant, held until it is dropped.
pub struct ImportLock {
    in_process: ProcessLock,
    in_database: Importing,
}

impl ImportLock {
    /// Releases the lock. When this function returns, another import can take the lock.
    pub async fn end(self) {
        self.in_database.end().await;
        drop(self.in_process);
    }
}

/// The part of the lock that excludes other imports of this process.
struct ProcessLock {
    locks: ImportLocks,
    tenant: TenantId,
}

impl ImportLocks {
    /// Takes the tenant's lock. Returns `None` while another import holds it, on this node or on another node.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn take(&self, store: &Store, tenant: TenantId) -> Result<Option<ImportLock>, StoreError> {
        self.take_below(usize::MAX, store, tenant).await
    }

    /// Like [`Self::take`]. Also returns `None` while `imports_max` imports of this process run, because each import holds a
    /// database connection.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn take_below(
        &self,
        imports_max: usize,
        store: &Store,
        tenant: TenantId,
    ) -> Result<Option<ImportLock>, StoreError> {
        let Some(in_process) = self.lock_in_process(imports_max, tenant) else { return Ok(None) };
        let in_database = lock::importing(store, tenant).await?;
        Ok(in_database.map(|in_database| ImportLock { in_process, in_database }))
    }

    /// Takes the part of the lock in this process.
    fn lock_in_process(&self, imports_max: usize, tenant: TenantId) -> Option<ProcessLock> {
        let mut importing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = importing.len() < imports_max && importing.insert(tenant);
        is_free.then(|| ProcessLock { locks: self.clone(), tenant })
    }
}

impl Drop for ProcessLock {
    fn drop(&mut self) {
        self.locks.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.tenant);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_limited_per_tenant_and_in_total() {
        let (locks, tenants) = (ImportLocks::default(), [TenantId::new(), TenantId::new(), TenantId::new()]);
        let first = locks.lock_in_process(2, tenants[0]).expect("is free");
        assert!(locks.lock_in_process(2, tenants[0]).is_none(), "one of a tenant");
        let _second = locks.lock_in_process(2, tenants[1]).expect("is free");
        assert!(locks.lock_in_process(2, tenants[2]).is_none(), "two in all");
        drop(first);
        assert!(locks.lock_in_process(2, tenants[2]).is_some());
    }
}
