//! The fact lock of a tenant: exclusive for a transaction that changes facts, shared for a transaction that writes rows
//! which were decided by the facts.
//!
//! The locks are advisory locks, not row locks: PostgreSQL grants them in the order of the requests, so that a stream of
//! shared holders can't starve a writer, and a shared lock writes nothing. Fact locks are taken before row locks. The fact
//! locks of several tenants are taken in the order of their keys. SQLite has one writer at a time and needs no fact lock.

use causerie_protocol::TenantId;
use sea_orm::{ConnectionTrait, DbBackend, Value, sea_query::ArrayType};

use crate::store::{Store, StoreError, Transaction, rows::statement};

/// Distinguishes these locks from other advisory locks of the same database.
const SALT: u64 = 0x6661_6374_6c6f_636b;
/// Distinguishes the import lock of a tenant from its fact lock.
const IMPORT_SALT: i64 = 0x696d_706f_7274;

/// The fact lock that a transaction takes for the tenant that it works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// No lock of the tenant, because the transaction creates it and no other transaction knows it.
    Nothing,
    /// The shared lock: the transaction writes rows that were decided by the tenant's facts and state.
    Shared(TenantId),
    /// The exclusive lock: the transaction changes the facts or the state of the tenant, by which other transactions decide.
    Exclusive(TenantId),
}

/// Waits for the locks of a transaction and holds them until the transaction ends: the lock `hold`, and the shared lock of
/// the tenant `home`, whose back end requested the transaction.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn take(transaction: &impl ConnectionTrait, hold: Hold, home: Option<TenantId>) -> Result<(), StoreError> {
    match hold {
        Hold::Nothing => shared(transaction, home).await,
        Hold::Shared(tenant) => shared(transaction, home.into_iter().chain([tenant])).await,
        Hold::Exclusive(tenant) => {
            let home = home.filter(|home| key(*home) != key(tenant));
            let (before, after): (Vec<_>, Vec<_>) = home.into_iter().partition(|home| key(*home) < key(tenant));
            shared(transaction, before).await?;
            exclusive(transaction, tenant).await?;
            shared(transaction, after).await
        }
    }
}

/// Waits for the tenant's exclusive lock and holds it until the transaction ends.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn exclusive(transaction: &impl ConnectionTrait, tenant: TenantId) -> Result<(), StoreError> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        let sql = "SELECT pg_advisory_xact_lock($1)";
        transaction.execute_raw(statement(DbBackend::Postgres, sql, vec![key(tenant).into()])).await?;
    }
    Ok(())
}

/// Waits for the shared locks of these tenants and holds them until the transaction ends.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn shared(
    transaction: &impl ConnectionTrait,
    tenants: impl IntoIterator<Item = TenantId>,
) -> Result<(), StoreError> {
    let mut tenants = tenants.into_iter().peekable();
    if transaction.get_database_backend() != DbBackend::Postgres || tenants.peek().is_none() {
        return Ok(());
    }
    let sql = "SELECT pg_advisory_xact_lock_shared(key) FROM unnest($1::bigint[]) AS key";
    transaction.execute_raw(statement(DbBackend::Postgres, sql, vec![keys(tenants)])).await?;
    Ok(())
}

/// The keys of these tenants' locks, in the order in which the locks are taken, to be bound as `bigint[]`.
#[must_use]
pub fn keys(tenants: impl IntoIterator<Item = TenantId>) -> Value {
    let mut keys: Vec<i64> = tenants.into_iter().map(key).collect();
    keys.sort_unstable();
    keys.dedup();
    Value::Array(ArrayType::BigInt, Some(Box::new(keys.into_iter().map(Value::from).collect())))
}

/// The import lock of a tenant, which allows one import at a time. Released when dropped.
pub struct Importing {
    /// The transaction that holds the lock; it writes nothing. `None` on SQLite.
    transaction: Option<Transaction>,
}

impl Importing {
    /// Releases the lock before it returns. A dropped lock is released some time later.
    pub async fn end(self) {
        if let Some(transaction) = self.transaction {
            // If the connection is broken, its locks are already released.
            let _ = transaction.rollback().await;
        }
    }
}

/// Takes the import lock of a tenant, for all nodes; `None` if it is held already. Always succeeds on SQLite, which has a
/// single node.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn importing(store: &Store, tenant: TenantId) -> Result<Option<Importing>, StoreError> {
    if store.backend() != DbBackend::Postgres {
        return Ok(Some(Importing { transaction: None }));
    }
    let transaction = store.begin().await?;
    let sql = "SELECT pg_try_advisory_xact_lock($1) AS taken";
    let values = vec![(key(tenant) ^ IMPORT_SALT).into()];
    let row = transaction.query_one_raw(statement(DbBackend::Postgres, sql, values)).await?;
    let is_taken = row.map(|row| row.try_get::<bool>("", "taken")).transpose()?.unwrap_or_default();
    Ok(is_taken.then_some(Importing { transaction: Some(transaction) }))
}

/// The key of a tenant's lock. If two tenants have the same key, they only wait for each other.
fn key(tenant: TenantId) -> i64 {
    let (high, low) = tenant.0.as_u64_pair();
    (high ^ low ^ SALT).cast_signed()
}
