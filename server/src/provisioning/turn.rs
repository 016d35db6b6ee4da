//! Whose turn it is to import: one at a time per tenant, since two that replace the same scope would undo each other.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use causerie_protocol::TenantId;

use crate::store::{
    Store, StoreError,
    queries::facts::lock::{self, Importing},
};

/// The imports of this process. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Mutex<HashSet<TenantId>>>);

/// It is one's turn until this is dropped.
pub struct Turn {
    here: Here,
    everywhere: Importing,
}

impl Turn {
    /// Gives the turn back; the next may take it when this returns.
    pub async fn end(self) {
        self.everywhere.end().await;
        drop(self.here);
    }
}

/// The turn among the imports of this process.
struct Here {
    turns: Turns,
    tenant: TenantId,
}

impl Turns {
    /// Takes the tenant's turn; `None` while somebody else has it, on this node or another.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(&self, store: &Store, tenant: TenantId) -> Result<Option<Turn>, StoreError> {
        self.take_one_of(usize::MAX, store, tenant).await
    }

    /// [`Self::take`]; `None` also while `most` imports of this process are under way: each keeps a connection to the
    /// database to itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_one_of(&self, most: usize, store: &Store, tenant: TenantId) -> Result<Option<Turn>, StoreError> {
        let Some(here) = self.here(most, tenant) else { return Ok(None) };
        let everywhere = lock::importing(store, tenant).await?;
        Ok(everywhere.map(|everywhere| Turn { here, everywhere }))
    }

    fn here(&self, most: usize, tenant: TenantId) -> Option<Here> {
        let mut importing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = importing.len() < most && importing.insert(tenant);
        is_free.then(|| Here { turns: self.clone(), tenant })
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        self.turns.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.tenant);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_limited_per_tenant_and_in_total() {
        let (turns, tenants) = (Turns::default(), [TenantId::new(), TenantId::new(), TenantId::new()]);
        let first = turns.here(2, tenants[0]).expect("is free");
        assert!(turns.here(2, tenants[0]).is_none(), "one of a tenant");
        let _second = turns.here(2, tenants[1]).expect("is free");
        assert!(turns.here(2, tenants[2]).is_none(), "two in all");
        drop(first);
        assert!(turns.here(2, tenants[2]).is_some());
    }
}
