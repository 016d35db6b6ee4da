//! Suspended tenants, and tenants that are being deleted.

use std::collections::HashSet;

use causerie_protocol::TenantId;
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use super::facts::lock;
use crate::store::{
    StoreError,
    rows::{self, statement},
};

/// Suspends a tenant, or ends its suspension if `suspended_at_ms` (milliseconds since 1970 UTC) is `None`. Waits for all
/// batches that were decided before; once the transaction is committed, nothing is written for a suspended tenant. A
/// suspended tenant keeps the time of its first suspension.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses a statement.
pub async fn set_suspended(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    suspended_at_ms: Option<i64>,
) -> Result<(), StoreError> {
    lock::exclusive(transaction, tenant).await?;
    let backend = transaction.get_database_backend();
    // Early versions created tenants without this row. Without the row, the update would change nothing.
    let sql = "INSERT INTO facts (tenant_id, version, policy_version) VALUES ($1, 0, 0) ON CONFLICT (tenant_id) DO NOTHING";
    transaction.execute_raw(statement(backend, sql, vec![tenant.0.into()])).await?;
    let sql = match suspended_at_ms {
        Some(_) => "UPDATE facts SET suspended_at = COALESCE(suspended_at, $2) WHERE tenant_id = $1",
        None => "UPDATE facts SET suspended_at = $2 WHERE tenant_id = $1",
    };
    let values = vec![tenant.0.into(), suspended_at_ms.into()];
    transaction.execute_raw(statement(backend, sql, values)).await?;
    Ok(())
}

/// Records that the tenant is being deleted. A repeated call keeps the time of the first.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn set_deleting(transaction: &impl ConnectionTrait, tenant: TenantId, at_ms: i64) -> Result<(), StoreError> {
    let sql = "UPDATE tenants SET deleting_at = COALESCE(deleting_at, $1) WHERE id = $2";
    let values = vec![at_ms.into(), tenant.0.into()];
    transaction.execute_raw(statement(transaction.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// The tenants among these that are suspended.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn suspended_among(
    connection: &impl ConnectionTrait,
    tenants: impl IntoIterator<Item = TenantId>,
) -> Result<HashSet<TenantId>, StoreError> {
    let body = "SELECT f.tenant_id FROM input i JOIN facts f ON f.tenant_id = i.id WHERE f.suspended_at IS NOT NULL";
    let distinct: HashSet<TenantId> = tenants.into_iter().collect();
    let query = rows::ids(distinct).statement(connection.get_database_backend(), body, &[]);
    connection.query_all_raw(query).await?.iter().map(tenant_id).collect()
}

/// Checks that the tenant exists. Must be called under the tenant's fact lock, so that the result stays true until the
/// transaction ends.
///
/// # Errors
/// [`StoreError::TenantAbsent`] if it does not exist; another `StoreError` if the database does not answer or refuses the
/// statement.
pub async fn require_tenant(transaction: &impl ConnectionTrait, tenant: TenantId) -> Result<(), StoreError> {
    suspended_at(transaction, tenant).await.map(drop)
}

/// Checks that the tenant exists and is not suspended. Must be called under the tenant's fact lock, so that the result stays
/// true until the transaction ends.
///
/// # Errors
/// [`StoreError::TenantAbsent`] or [`StoreError::TenantSuspended`]; another `StoreError` if the database does not answer or
/// refuses the statement.
pub async fn require_open(transaction: &impl ConnectionTrait, tenant: TenantId) -> Result<(), StoreError> {
    match suspended_at(transaction, tenant).await? {
        Some(_) => Err(StoreError::TenantSuspended),
        None => Ok(()),
    }
}

/// The time of the tenant's suspension, milliseconds since 1970 UTC; `None` if the tenant is not suspended. An error if it
/// does not exist.
async fn suspended_at(transaction: &impl ConnectionTrait, tenant: TenantId) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT f.suspended_at FROM tenants t LEFT JOIN facts f ON f.tenant_id = t.id WHERE t.id = $1";
    let query = statement(transaction.get_database_backend(), sql, vec![tenant.0.into()]);
    let row = transaction.query_one_raw(query).await?.ok_or(StoreError::TenantAbsent)?;
    Ok(row.try_get("", "suspended_at")?)
}

/// The tenants among these that are suspended or do not exist.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn closed_among(
    connection: &impl ConnectionTrait,
    tenants: impl IntoIterator<Item = TenantId>,
) -> Result<HashSet<TenantId>, StoreError> {
    let body = "SELECT t.id FROM input i JOIN tenants t ON t.id = i.id LEFT JOIN facts f ON f.tenant_id = t.id
                WHERE f.suspended_at IS NULL";
    let mut closed: HashSet<TenantId> = tenants.into_iter().collect();
    let query = rows::ids(closed.iter().copied()).statement(connection.get_database_backend(), body, &[]);
    for row in connection.query_all_raw(query).await? {
        closed.remove(&TenantId(row.try_get("", "id")?));
    }
    Ok(closed)
}

fn tenant_id(row: &QueryResult) -> Result<TenantId, StoreError> {
    Ok(TenantId(row.try_get::<Uuid>("", "tenant_id")?))
}
