//! The versions of a tenant's facts, their log, and the policies.

use std::collections::HashMap;

use causerie_protocol::{TenantId, facts::Changes};
use prost::Message as _;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use crate::store::{
    Store, StoreError,
    rows::{self, statement},
};

/// The versions of a tenant. Both are 0 for a tenant without any fact or policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Version {
    /// The number of transactions that changed facts.
    pub facts: u64,
    /// The number of the current policy; 0 for the preset `open`.
    pub policy: u64,
}

/// A current or earlier policy of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPolicy {
    /// 1 for the tenant's first policy.
    pub version: u64,
    /// The name of a preset, or a name that the operator chose.
    pub name: String,
    /// The text of the policy.
    pub text: String,
    /// When the policy was put in force, milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// The actor that put the policy in force, such as `cli:root`.
    pub created_by: String,
    /// The version whose rules this policy restored; `None` for new rules.
    pub restores: Option<u64>,
}

/// The versions of tenants. Inside a transaction that holds the tenants' fact locks, they stay valid until the transaction
/// ends.
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

/// The changes of each version after `after`, oldest first, at most `limit` versions. If the first is not `after + 1`, the
/// log was pruned and all facts must be loaded again.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement, or if an entry of the log can't be decoded.
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

/// The current policy; `None` for the preset `open`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn policy(connection: &impl ConnectionTrait, tenant: TenantId) -> Result<Option<StoredPolicy>, StoreError> {
    let sql = "SELECT p.* FROM facts f JOIN policies p ON p.tenant_id = f.tenant_id AND p.version = f.policy_version
               WHERE f.tenant_id = $1";
    let query = statement(connection.get_database_backend(), sql, vec![tenant.0.into()]);
    connection.query_one_raw(query).await?.as_ref().map(stored_policy).transpose()
}

/// The tenant's policy with this version.
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

/// All current and earlier policies of the tenant, the latest first.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn policies(connection: &impl ConnectionTrait, tenant: TenantId) -> Result<Vec<StoredPolicy>, StoreError> {
    let sql = "SELECT p.* FROM policies p WHERE p.tenant_id = $1 ORDER BY p.version DESC";
    let query = statement(connection.get_database_backend(), sql, vec![tenant.0.into()]);
    connection.query_all_raw(query).await?.iter().map(stored_policy).collect()
}

/// Deletes the log of all tenants except the last `keep` versions of each. A node with an older version loads all facts
/// again. Returns the number of deleted entries.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn prune_log(store: &Store, keep: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM fact_log WHERE (tenant_id, version) IN
               (SELECT l.tenant_id, l.version FROM facts f
                JOIN fact_log l ON l.tenant_id = f.tenant_id AND l.version <= f.version - $1)";
    let result = store.writer().execute_raw(statement(store.backend(), sql, vec![i64::from(keep).into()])).await?;
    Ok(result.rows_affected())
}

/// Reads the columns `version` and `policy_version`.
pub(super) fn version(row: &QueryResult) -> Result<Version, StoreError> {
    version_as(row, "version")
}

/// Reads the versions. `facts_column` is the column with the version of the facts.
pub(in crate::store::queries) fn version_as(row: &QueryResult, facts_column: &str) -> Result<Version, StoreError> {
    Ok(Version { facts: number(row, facts_column)?, policy: number(row, "policy_version")? })
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

/// Converts a counter to the type of the database. No counter comes near the limit of 63 bits.
pub(super) fn signed(counter: u64) -> i64 {
    i64::try_from(counter).unwrap_or(i64::MAX)
}

/// Reads a counter.
pub(super) fn number(row: &QueryResult, column: &str) -> Result<u64, StoreError> {
    let number: i64 = row.try_get("", column)?;
    u64::try_from(number).map_err(|_| DbErr::Type(format!("{column} is negative")).into())
}
