//! How far a tenant's facts are, and what changed since.

use std::collections::HashMap;

use causerie_protocol::{TenantId, facts::Changes};
use prost::Message as _;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use crate::store::{
    Store, StoreError,
    rows::{self, statement},
};

/// How far a tenant's facts are. A tenant nothing was ever written for is at its default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Version {
    /// Counts the transactions that changed facts.
    pub facts: u64,
    /// Counts the policies the tenant had; 0 is the preset `open`.
    pub policy: u64,
}

/// A policy a tenant has or had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPolicy {
    /// Counts from 1.
    pub version: u64,
    /// Of a preset, or the operator's own.
    pub name: String,
    /// What it was compiled from.
    pub text: String,
    /// Milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Who put it in force, in words.
    pub created_by: String,
    /// The version it brought back; `None` for rules that were new.
    pub restores: Option<u64>,
}

/// The versions of tenants; inside a transaction that holds their locks, they stay so until its end.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn versions(
    connection: &impl ConnectionTrait,
    tenants: &[TenantId],
) -> Result<HashMap<TenantId, Version>, StoreError> {
    if tenants.is_empty() {
        return Ok(HashMap::new());
    }
    let body = "SELECT f.tenant_id, f.version, f.policy_version FROM input i JOIN facts f ON f.tenant_id = i.id";
    let query = rows::ids(tenants.iter().copied()).statement(connection.get_database_backend(), body, &[]);
    let rows = connection.query_all_raw(query).await?;
    rows.iter().map(|row| Ok((TenantId(row.try_get("", "tenant_id")?), version(row)?))).collect()
}

/// What each version after `after` changed, oldest first, at most `limit` of them. Where the first is not `after + 1`, the
/// log was pruned and facts are to be loaded anew.
///
/// # Errors
/// When the database fails, or holds what is no log.
pub async fn log_since(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    after: u64,
    limit: u32,
) -> Result<Vec<(u64, Changes)>, StoreError> {
    let sql = "SELECT version, change FROM fact_log WHERE tenant_id = $1 AND version > $2 ORDER BY version LIMIT $3";
    let values = vec![tenant.0.into(), signed(after).into(), i64::from(limit).into()];
    let rows = connection.query_all_raw(statement(connection.get_database_backend(), sql, values)).await?;
    rows.iter()
        .map(|row| {
            let change: Vec<u8> = row.try_get("", "change")?;
            let changes = Changes::decode(change.as_slice()).map_err(|error| DbErr::Type(error.to_string()))?;
            Ok((number(row, "version")?, changes))
        })
        .collect()
}

/// The policy in force; `None` for the preset `open`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn policy(connection: &impl ConnectionTrait, tenant: TenantId) -> Result<Option<StoredPolicy>, StoreError> {
    let sql = "SELECT p.* FROM facts f JOIN policies p ON p.tenant_id = f.tenant_id AND p.version = f.policy_version
               WHERE f.tenant_id = $1";
    let query = statement(connection.get_database_backend(), sql, vec![tenant.0.into()]);
    connection.query_one_raw(query).await?.as_ref().map(stored_policy).transpose()
}

/// One of the policies the tenant had.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn policy_of_version(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    version: u64,
) -> Result<Option<StoredPolicy>, StoreError> {
    let sql = "SELECT p.* FROM policies p WHERE p.tenant_id = $1 AND p.version = $2";
    let values = vec![tenant.0.into(), signed(version).into()];
    let query = statement(connection.get_database_backend(), sql, values);
    connection.query_one_raw(query).await?.as_ref().map(stored_policy).transpose()
}

/// Every policy the tenant had, the latest first.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn policies(connection: &impl ConnectionTrait, tenant: TenantId) -> Result<Vec<StoredPolicy>, StoreError> {
    let sql = "SELECT p.* FROM policies p WHERE p.tenant_id = $1 ORDER BY p.version DESC";
    let query = statement(connection.get_database_backend(), sql, vec![tenant.0.into()]);
    connection.query_all_raw(query).await?.iter().map(stored_policy).collect()
}

/// Forgets what changed, but for the last `keep` versions of each tenant. A node further behind loads anew.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn prune_log(store: &Store, keep: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM fact_log WHERE (tenant_id, version) IN
               (SELECT l.tenant_id, l.version FROM facts f
                JOIN fact_log l ON l.tenant_id = f.tenant_id AND l.version <= f.version - $1)";
    let done = store.writer().execute_raw(statement(store.backend(), sql, vec![i64::from(keep).into()])).await?;
    Ok(done.rows_affected())
}

/// From columns `version` and `policy_version`.
pub(super) fn version(row: &QueryResult) -> Result<Version, StoreError> {
    version_as(row, "version")
}

/// A version whose count of transactions has another name.
pub(in crate::store::queries) fn version_as(row: &QueryResult, facts: &str) -> Result<Version, StoreError> {
    Ok(Version { facts: number(row, facts)?, policy: number(row, "policy_version")? })
}

fn stored_policy(row: &QueryResult) -> Result<StoredPolicy, StoreError> {
    Ok(StoredPolicy {
        version: number(row, "version")?,
        name: row.try_get("", "name")?,
        text: row.try_get("", "text")?,
        created_at_ms: row.try_get("", "created_at")?,
        created_by: row.try_get("", "created_by")?,
        restores: match row.try_get::<Option<i64>>("", "restores")? {
            Some(_) => Some(number(row, "restores")?),
            None => None,
        },
    })
}

/// A counter, for the database. None comes near the limit.
pub(super) fn signed(counter: u64) -> i64 {
    i64::try_from(counter).unwrap_or(i64::MAX)
}

/// A counter of the database.
pub(super) fn number(row: &QueryResult, column: &str) -> Result<u64, StoreError> {
    let number: i64 = row.try_get("", column)?;
    u64::try_from(number).map_err(|_| DbErr::Type(format!("{column} is negative")).into())
}
