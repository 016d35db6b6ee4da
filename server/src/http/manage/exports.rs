//! Limits exports. At a time, a node reads at most two exports from the database, and runs at most one export per tenant.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use causerie_protocol::{ErrorCode, Refusal, TenantId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The maximum number of exports of a node that read the database at the same time. Each of them holds a connection, and the
/// embedded database has four connections for readers.
const READING_MAX: usize = 2;
/// The `Retry-After` of a refused export, in milliseconds.
const BUSY_RETRY_MS: u32 = 5_000;

/// The exports of this node. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Exports(Arc<State>);

#[derive(Debug)]
struct State {
    /// Permits for exports that read the database.
    reading: Arc<Semaphore>,
    /// The tenants that have an export.
    tenants: Mutex<HashSet<TenantId>>,
}

/// Permits an export to read the database and to keep its file.
pub struct Permit {
    _reading: OwnedSemaphorePermit,
    tenant: TenantPermit,
}

/// Permits an export of the tenant to keep its file until the file is sent. While it exists, the tenant can't begin another
/// export.
pub struct TenantPermit(Exports, TenantId);

impl Default for Exports {
    fn default() -> Self {
        Self(Arc::new(State { reading: Arc::new(Semaphore::new(READING_MAX)), tenants: Mutex::default() }))
    }
}

impl Exports {
    /// Begins an export.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`] while another export of the tenant is read or sent, or while this node reads two exports.
    pub fn begin(&self, tenant: TenantId) -> Result<Permit, Refusal> {
        let busy = |reason| Refusal::new(ErrorCode::RateLimited, reason).retry_after_ms(BUSY_RETRY_MS);
        let reading = Arc::clone(&self.0.reading).try_acquire_owned();
        let reading = reading.map_err(|_| busy("this server already runs as many exports as it can; try again later"))?;
        if !self.0.tenants.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant) {
            return Err(busy("another export of this tenant is not finished; try again later"));
        }
        Ok(Permit { _reading: reading, tenant: TenantPermit(self.clone(), tenant) })
    }
}

impl Permit {
    /// Releases the permit to read the database. Returns the permit for the file, which is not sent yet.
    #[must_use]
    pub fn finish_reading(self) -> TenantPermit {
        self.tenant
    }
}

impl Drop for TenantPermit {
    fn drop(&mut self) {
        self.0.0.tenants.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_are_limited_per_tenant_and_while_they_read() {
        let (exports, [first, second, third]) = (Exports::default(), std::array::from_fn(|_| TenantId::new()));
        let reading = exports.begin(first).expect("is free");
        exports.begin(first).err().expect("one of a tenant");
        let other = exports.begin(second).expect("is free");
        exports.begin(third).err().expect("two at a time");
        let sending = reading.finish_reading();
        exports.begin(first).err().expect("its file is still sent");
        drop((sending, other));
        exports.begin(first).expect("is free again");
    }
}
