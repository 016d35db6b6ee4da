//! The web pages that may use a tenant.

use std::collections::HashMap;

use causerie_protocol::TenantId;
use sea_orm::{ConnectionTrait, DbErr, QueryResult};

use crate::{
    domain::WebAccess,
    store::{
        Store, StoreError,
        rows::{self, statement},
    },
};

/// The stored form of a list: the entries, which contain no spaces, separated by spaces.
fn stored_text(list: Option<&Vec<String>>) -> Option<String> {
    list.map(|list| list.join(" "))
}

fn read_list(row: &QueryResult, column: &str) -> Result<Option<Vec<String>>, DbErr> {
    let stored: Option<String> = row.try_get("", column)?;
    Ok(stored.map(|stored| stored.split_whitespace().map(str::to_owned).collect()))
}

/// The pages that may use a tenant; the default if the tenant does not exist.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn of(connection: &impl ConnectionTrait, tenant: TenantId) -> Result<WebAccess, StoreError> {
    let sql = "SELECT allowed_origins, frame_ancestors FROM tenants WHERE id = $1";
    let query = statement(connection.get_database_backend(), sql, vec![tenant.0.into()]);
    let Some(row) = connection.query_one_raw(query).await? else { return Ok(WebAccess::default()) };
    Ok(WebAccess {
        allowed_origins: read_list(&row, "allowed_origins")?,
        frame_ancestors: read_list(&row, "frame_ancestors")?,
    })
}

/// Replaces the pages that may use a tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn set(connection: &impl ConnectionTrait, tenant: TenantId, access: &WebAccess) -> Result<(), StoreError> {
    let sql = "UPDATE tenants SET allowed_origins = $1, frame_ancestors = $2 WHERE id = $3";
    let values = vec![
        stored_text(access.allowed_origins.as_ref()).into(),
        stored_text(access.frame_ancestors.as_ref()).into(),
        tenant.0.into(),
    ];
    connection.execute_raw(statement(connection.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// The allowed origins of tenants. A tenant without a list of its own is absent.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn origins_of(store: &Store, tenants: &[TenantId]) -> Result<HashMap<TenantId, Vec<String>>, StoreError> {
    let sql = "SELECT t.id, t.allowed_origins FROM input JOIN tenants t ON t.id = input.id \
               WHERE t.allowed_origins IS NOT NULL";
    let query = rows::ids(tenants.iter().copied()).statement(store.backend(), sql, &[]);
    let rows = store.reader().query_all_raw(query).await?;
    let read_origins =
        |row: &QueryResult| Ok((TenantId(row.try_get("", "id")?), read_list(row, "allowed_origins")?.unwrap_or_default()));
    rows.iter().map(read_origins).collect()
}

/// The allowed origins of all tenants together.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn all_origins(store: &Store) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT allowed_origins FROM tenants WHERE allowed_origins IS NOT NULL";
    let rows = store.reader().query_all_raw(statement(store.backend(), sql, Vec::new())).await?;
    let mut origins = Vec::new();
    for row in &rows {
        origins.extend(read_list(row, "allowed_origins")?.unwrap_or_default());
    }
    Ok(origins)
}
