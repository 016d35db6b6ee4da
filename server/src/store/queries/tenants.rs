//! Tenants: creation, lookups and changes.

use std::collections::HashMap;

use causerie_protocol::TenantId;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryResult, Value};
use uuid::Uuid;

use crate::store::{
    Store, StoreError,
    entities::tenant,
    rows::{self, statement},
};

/// A customer of this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// The id of the tenant.
    pub id: TenantId,
    /// Short name for operators, unique.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// The epoch. A client that holds another epoch drops its stored data.
    pub epoch: Uuid,
    /// Milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// The time of the suspension, milliseconds since 1970 UTC; `None` if the tenant is not suspended.
    pub suspended_at_ms: Option<i64>,
    /// The time at which the deletion of the tenant was requested, milliseconds since 1970 UTC; `None` if it was not
    /// requested.
    pub deleting_at_ms: Option<i64>,
}

/// Selects the columns that [`tenant()`] reads.
const SELECT: &str = "SELECT t.id, t.slug, t.name, t.epoch, t.created_at, t.deleting_at, f.suspended_at
                      FROM tenants t LEFT JOIN facts f ON f.tenant_id = t.id";

fn tenant(row: &QueryResult) -> Result<Tenant, StoreError> {
    Ok(Tenant {
        id: TenantId(row.try_get("", "id")?),
        slug: row.try_get("", "slug")?,
        name: row.try_get("", "name")?,
        epoch: row.try_get("", "epoch")?,
        created_at_ms: row.try_get("", "created_at")?,
        suspended_at_ms: row.try_get("", "suspended_at")?,
        deleting_at_ms: row.try_get("", "deleting_at")?,
    })
}

async fn select(connection: &impl ConnectionTrait, end: &str, values: Vec<Value>) -> Result<Vec<Tenant>, StoreError> {
    let query = statement(connection.get_database_backend(), &format!("{SELECT} {end}"), values);
    connection.query_all_raw(query).await?.iter().map(tenant).collect()
}

impl Tenant {
    /// A tenant with a new id, not stored yet.
    #[must_use]
    pub fn new(slug: &str, name: &str, now_ms: i64) -> Self {
        let (slug, name) = (slug.to_owned(), name.to_owned());
        Self {
            id: TenantId::new(),
            slug,
            name,
            epoch: Uuid::now_v7(),
            created_at_ms: now_ms,
            suspended_at_ms: None,
            deleting_at_ms: None,
        }
    }
}

/// The first policy of a tenant.
#[derive(Debug, Clone, Copy)]
pub struct FirstPolicy<'a> {
    /// The name of a preset, or a name that the operator chose.
    pub name: &'a str,
    /// The text of the policy. The caller has checked that it compiles.
    pub text: &'a str,
    /// The actor that chose the policy, such as `cli:root`.
    pub by: &'a str,
}

/// Creates a tenant without facts, with the preset `open`.
///
/// # Errors
/// `StoreError` if the slug is taken ([`StoreError::is_unique_violation`]), or if the database does not answer or refuses a
/// statement.
pub async fn create(store: &Store, slug: &str, name: &str, now_ms: i64) -> Result<Tenant, StoreError> {
    create_with_policy(store, slug, name, None, now_ms).await
}

/// Creates a tenant without facts, with `policy`, or with the preset `open` if `policy` is `None`. It uses one transaction,
/// so that the tenant never exists with another policy.
///
/// # Errors
/// `StoreError` if the slug is taken ([`StoreError::is_unique_violation`]), or if the database does not answer or refuses a
/// statement.
pub async fn create_with_policy(
    store: &Store,
    slug: &str,
    name: &str,
    policy: Option<FirstPolicy<'_>>,
    now_ms: i64,
) -> Result<Tenant, StoreError> {
    let tenant = Tenant::new(slug, name, now_ms);
    let transaction = store.begin().await?;
    insert(&transaction, &tenant, policy).await?;
    transaction.commit().await?;
    Ok(tenant)
}

/// Stores a new tenant without facts, with `policy`, or with the preset `open` if `policy` is `None`.
///
/// # Errors
/// `StoreError` if the slug is taken ([`StoreError::is_unique_violation`]), or if the database does not answer or refuses a
/// statement.
pub async fn insert(
    connection: &impl ConnectionTrait,
    tenant: &Tenant,
    policy: Option<FirstPolicy<'_>>,
) -> Result<(), StoreError> {
    let backend = connection.get_database_backend();
    let row = tenant::ActiveModel {
        id: Set(tenant.id.into()),
        slug: Set(tenant.slug.clone()),
        name: Set(tenant.name.clone()),
        epoch: Set(tenant.epoch),
        created_at: Set(tenant.created_at_ms),
    };
    tenant::Entity::insert(row).exec_without_returning(connection).await?;
    let sql = "INSERT INTO facts (tenant_id, version, policy_version) VALUES ($1, 0, $2)";
    let values = vec![tenant.id.0.into(), i64::from(policy.is_some()).into()];
    connection.execute_raw(statement(backend, sql, values)).await?;
    if let Some(policy) = policy {
        let sql = "INSERT INTO policies (tenant_id, version, name, text, created_at, created_by)
                   VALUES ($1, 1, $2, $3, $4, $5)";
        let created_at_ms = tenant.created_at_ms;
        let values =
            vec![tenant.id.0.into(), policy.name.into(), policy.text.into(), created_at_ms.into(), policy.by.into()];
        connection.execute_raw(statement(backend, sql, values)).await?;
    }
    Ok(())
}

/// Finds the tenant with this slug, or creates it with `policy`, or with the preset `open` if `policy` is `None`. Two nodes
/// may call this at the same time.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn ensure(
    store: &Store,
    slug: &str,
    name: &str,
    policy: Option<FirstPolicy<'_>>,
    now_ms: i64,
) -> Result<Tenant, StoreError> {
    if let Some(tenant) = find_by_slug(store, slug).await? {
        return Ok(tenant);
    }
    match create_with_policy(store, slug, name, policy, now_ms).await {
        // Another node created the tenant meanwhile.
        Err(error) if error.is_unique_violation() => find_by_slug(store, slug).await?.ok_or(error),
        result => result,
    }
}

/// The tenant with this slug; `None` if there is no such tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn find_by_slug(store: &Store, slug: &str) -> Result<Option<Tenant>, StoreError> {
    find_by_slug_in(store.reader(), slug).await
}

/// The tenant with this slug, read in the transaction of `connection`; `None` if there is no such tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn find_by_slug_in(connection: &impl ConnectionTrait, slug: &str) -> Result<Option<Tenant>, StoreError> {
    Ok(select(connection, "WHERE t.slug = $1", vec![slug.into()]).await?.pop())
}

/// The first slug, in alphabetical order, of a tenant whose first policy the actor `actor` did not choose; `None` if there
/// is no such tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn slug_of_tenant_not_created_by(store: &Store, actor: &str) -> Result<Option<String>, StoreError> {
    let sql =
        "SELECT t.slug FROM tenants t LEFT JOIN policies p ON p.tenant_id = t.id AND p.version = 1 AND p.created_by = $1
               WHERE p.tenant_id IS NULL ORDER BY t.slug LIMIT 1";
    let found = store.reader().query_one_raw(statement(store.backend(), sql, vec![actor.into()])).await?;
    Ok(found.map(|row| row.try_get("", "slug")).transpose()?)
}

/// All tenants, sorted by slug.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn all(store: &Store) -> Result<Vec<Tenant>, StoreError> {
    select(store.reader(), "ORDER BY t.slug", Vec::new()).await
}

/// A page of the tenants, sorted by slug: at most `limit` tenants after the slug `after`.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn page(store: &Store, after: &str, limit: u32) -> Result<Vec<Tenant>, StoreError> {
    let end = "WHERE t.slug > $1 ORDER BY t.slug LIMIT $2";
    select(store.reader(), end, vec![after.into(), i64::from(limit).into()]).await
}

/// Gives every tenant a new epoch, so that clients drop their stored data.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn renew_epochs(store: &Store) -> Result<(), StoreError> {
    let transaction = store.begin().await?;
    for tenant in tenant::Entity::find().all(&transaction).await? {
        let sql = "UPDATE tenants SET epoch = $1 WHERE id = $2";
        let values = vec![Uuid::now_v7().into(), tenant.id.into()];
        transaction.execute_raw(statement(store.backend(), sql, values)).await?;
    }
    transaction.commit().await
}

/// The epochs of tenants, as text for the wire. Tenants that do not exist are absent.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn epochs(store: &Store, tenants: &[TenantId]) -> Result<HashMap<TenantId, String>, StoreError> {
    let sql = "SELECT t.id, t.epoch FROM input JOIN tenants t ON t.id = input.id";
    let query = rows::ids(tenants.iter().copied()).statement(store.backend(), sql, &[]);
    let found = store.reader().query_all_raw(query).await?;
    let read_epoch =
        |row: &QueryResult| Ok((TenantId(row.try_get("", "id")?), row.try_get::<Uuid>("", "epoch")?.to_string()));
    found.iter().map(read_epoch).collect()
}

/// Changes the display name of a tenant. Returns the tenant; `None` if no tenant has this slug.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn rename(connection: &impl ConnectionTrait, slug: &str, name: &str) -> Result<Option<Tenant>, StoreError> {
    let sql = "UPDATE tenants SET name = $1 WHERE slug = $2";
    let values = vec![name.into(), slug.into()];
    connection.execute_raw(statement(connection.get_database_backend(), sql, values)).await?;
    find_by_slug_in(connection, slug).await
}

/// The tenant with this id; `None` if there is no such tenant.
///
/// # Errors
/// `StoreError` if the database does not answer or refuses the statement.
pub async fn find(store: &Store, id: TenantId) -> Result<Option<Tenant>, StoreError> {
    Ok(select(store.reader(), "WHERE t.id = $1", vec![id.0.into()]).await?.pop())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        store::queries::facts::read,
        testing::{NOW_MS, on_each_database},
    };

    #[tokio::test]
    async fn a_tenant_starts_with_the_policy_given_at_its_creation() {
        on_each_database(|store| async move {
            let first = FirstPolicy { name: "school", text: "policy school", by: "cli:root" };
            let school = create_with_policy(&store, "school", "School", Some(first), NOW_MS).await.expect("stores");
            let stored = read::policy(store.reader(), school.id).await.expect("reads").expect("has one");
            assert_eq!((stored.version, stored.name.as_str(), stored.created_by.as_str()), (1, "school", "cli:root"));
            let plain = create(&store, "plain", "Plain", NOW_MS).await.expect("stores");
            assert_eq!(read::policy(store.reader(), plain.id).await.expect("reads"), None, "stands for `open`");
        })
        .await;
    }
}
