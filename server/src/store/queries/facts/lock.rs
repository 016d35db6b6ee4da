//! The fact lock of a tenant: whoever changes facts holds it alone, whoever writes what was decided by facts shares it.
//!
//! Advisory locks, and not locked rows: those who wait for them are served in turn, so that a stream of sharers does not
//! keep a writer waiting for ever, and sharing writes nothing. Locks are taken before those of any row, several tenants in
//! the order of their keys. SQLite has one writer at a time and needs none.

use causerie_protocol::TenantId;
use sea_orm::{ConnectionTrait, DbBackend, Value, sea_query::ArrayType};

use crate::store::{Store, StoreError, Transaction, rows::statement};

/// Sets these locks apart from others on the same database.
const SALT: u64 = 0x6661_6374_6c6f_636b;
/// Sets the turn to import apart from the lock.
const IMPORT_SALT: i64 = 0x696d_706f_7274;

/// Waits until nobody else holds the tenant's lock, and keeps it until the transaction ends.
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

/// Waits until nobody changes facts of these tenants, and keeps it so until the transaction ends.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn shared(
    transaction: &impl ConnectionTrait,
    tenants: impl IntoIterator<Item = TenantId>,
) -> Result<(), StoreError> {
    if transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let sql = "SELECT pg_advisory_xact_lock_shared(key) FROM unnest($1::bigint[]) AS key";
    transaction.execute_raw(statement(DbBackend::Postgres, sql, vec![keys(tenants)])).await?;
    Ok(())
}

/// The locks of these tenants in the order they are taken, to be bound as `bigint[]`.
#[must_use]
pub fn keys(tenants: impl IntoIterator<Item = TenantId>) -> Value {
    let mut keys: Vec<i64> = tenants.into_iter().map(key).collect();
    keys.sort_unstable();
    keys.dedup();
    Value::Array(ArrayType::BigInt, Some(Box::new(keys.into_iter().map(Value::from).collect())))
}

/// A tenant's import is under way until this is dropped.
pub struct Importing {
    /// Its lock ends with it; it writes nothing.
    transaction: Option<Transaction>,
}

impl Importing {
    /// Gives the turn back; it is free when this returns. Dropped, it is free some time later.
    pub async fn end(self) {
        if let Some(transaction) = self.transaction {
            // A connection that broke has lost its locks, too.
            let _ = transaction.rollback().await;
        }
    }
}

/// Takes a tenant's turn to import among all nodes; `None` while somebody else has it. On SQLite there is one node.
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
    let taken = row.map(|row| row.try_get::<bool>("", "taken")).transpose()?.unwrap_or_default();
    Ok(taken.then_some(Importing { transaction: Some(transaction) }))
}

/// Tenants that share a key wait for each other and nothing worse.
fn key(tenant: TenantId) -> i64 {
    let (high, low) = tenant.0.as_u64_pair();
    (high ^ low ^ SALT).cast_signed()
}
