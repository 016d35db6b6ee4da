//! Lookups of groups.

use std::collections::HashMap;

use causerie_protocol::{GroupId, TenantId};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::{
    domain::Group,
    store::{
        StoreError,
        rows::{self, Column, Rows},
    },
};

/// Groups of a tenant by id. Unknown ids and ids of another tenant are left out.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn find(connection: &impl ConnectionTrait, tenant: TenantId, ids: &[GroupId]) -> Result<Vec<Group>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let body =
        "SELECT g.id, g.external_id, g.name, g.kind FROM input i JOIN groups g ON g.id = i.id WHERE g.tenant_id = {0}";
    let query = rows::ids(ids.iter().copied()).statement(connection.get_database_backend(), body, &[tenant.0.into()]);
    connection.query_all_raw(query).await?.iter().map(group).collect()
}

/// The ids of a tenant's groups by external id. Unknown groups are left out.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn find_by_external_id(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    external_ids: &[&str],
) -> Result<HashMap<String, GroupId>, StoreError> {
    let mut rows = Rows::new([("external_id", Column::Text)]);
    for id in external_ids {
        rows.push([(*id).into()]);
    }
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let body =
        "SELECT g.id, g.external_id FROM input i JOIN groups g ON g.tenant_id = {0} AND g.external_id = i.external_id";
    let query = rows.statement(connection.get_database_backend(), body, &[tenant.0.into()]);
    let found = connection.query_all_raw(query).await?;
    found.iter().map(|row| Ok((row.try_get("", "external_id")?, GroupId(row.try_get("", "id")?)))).collect()
}

fn group(row: &QueryResult) -> Result<Group, StoreError> {
    Ok(Group {
        id: GroupId(row.try_get("", "id")?),
        external_id: row.try_get("", "external_id")?,
        name: row.try_get("", "name")?,
        kind: row.try_get("", "kind")?,
    })
}
