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
    here: Here,
    everywhere: Importing,
}

impl ImportLock {
    /// Releases the lock; another import may take it when this returns.
    pub async fn end(self) {
        self.everywhere.end().await;
        drop(self.here);
    }
}

/// The part of the lock that excludes other imports of this process.
struct Here {
    locks: ImportLocks,
    tenant: TenantId,
}

impl ImportLocks {
    /// Takes the tenant's lock; `None` while another import holds it, on this node or another.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn take(&self, store: &Store, tenant: TenantId) -> Result<Option<ImportLock>, StoreError> {
        self.take_one_of(usize::MAX, store, tenant).await
    }

    /// [`Self::take`]; also `None` while `most` imports of this process are running, because each of them holds a database
    /// connection of its own.
    ///
    /// # Errors
    /// `StoreError` if the database does not answer or refuses the statement.
    pub async fn take_one_of(&self, most: usize, store: &Store, tenant: TenantId) -> Result<Option<ImportLock>, StoreError> {
        let Some(here) = self.here(most, tenant) else { return Ok(None) };
        let everywhere = lock::importing(store, tenant).await?;
        Ok(everywhere.map(|everywhere| ImportLock { here, everywhere }))
    }

    fn here(&self, most: usize, tenant: TenantId) -> Option<Here> {
        let mut importing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = importing.len() < most && importing.insert(tenant);
        is_free.then(|| Here { locks: self.clone(), tenant })
    }
}

impl Drop for Here {
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
        let first = locks.here(2, tenants[0]).expect("is free");
        assert!(locks.here(2, tenants[0]).is_none(), "one of a tenant");
        let _second = locks.here(2, tenants[1]).expect("is free");
        assert!(locks.here(2, tenants[2]).is_none(), "two in all");
        drop(first);
        assert!(locks.here(2, tenants[2]).is_some());
    }
}
